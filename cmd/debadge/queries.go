package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/queries"
)

func (p *program) queriesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queries",
		Short: "Questions in Cypher, for a store in Neo4j",
		Long: `Queries are questions in Cypher that run in Neo4j Browser as they stand, and here
with queries run: read-only, with parameters, and bounded. They ask the Neo4j of
the store itself, without the engine of debadge.`,
		Example: `  debadge queries list
  debadge queries show denials
  debadge queries run denials --store neo4j://localhost:7687`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use:               "list",
		Short:             "Which questions are there?",
		Example:           "  debadge queries list\n  debadge queries list --format json",
		Args:              takes(),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return p.listQueries() },
	}
	p.register(list, list.Flags(), "list")
	show := &cobra.Command{
		Use:       "show NAME",
		Short:     "Print a question with its parameters, for Neo4j Browser",
		Example:   "  debadge queries show reach\n  debadge queries show shared_particulars > shared.cypher",
		Args:      takes("the name of a question"),
		ValidArgs: queryNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			q, err := packQuery(args[0])
			if err == nil {
				_, err = fmt.Fprint(p.stdout, q.Source())
			}
			return err
		},
	}
	cmd.AddCommand(list, show, p.runQueryCommand())
	return cmd
}

func (p *program) runQueryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run NAME [--param NAME=VALUE]…",
		Short: "Ask a question of the store in Neo4j",
		Long: `Run asks a question of the pack in a transaction that reads, within --timeout.
What queries show tells as the parameters can be given with --param, of the type
that it tells: a day is YYYY-MM-DD or today, a time 2026-01-31T12:00:00Z, a day
(to its end, UTC) or now, a list has commas. What is not given is as
in the :param line; an id or a name has to be given.`,
		Example: `  debadge queries run brand_products --param brand=Aivres --store neo4j://localhost:7687
  debadge queries run upstream_trace --param subject=product:aivres:kr2280-x2 --param statuses=confirmed,reported
  debadge queries run sources_by_weight --format csv > sources.csv`,
		Args:      takes("the name of a question"),
		ValidArgs: queryNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := packQuery(args[0])
			if err != nil {
				return err
			}
			if _, err := neo4j.Arguments(q, p.flags.params, p.clock()); err != nil {
				return usageError{err}
			}
			if p.flags.rows < 0 {
				return usage("--limit %d is below 0", p.flags.rows)
			}
			if scheme, _, _ := strings.Cut(p.storeName(), ":"); !isNeo4j(scheme) {
				return usage("queries run asks a store in Neo4j, not %s; name one with --store neo4j://HOST:PORT", p.storeName())
			}
			return p.with(cmd.Context(), reading, func(ctx context.Context, s graph.Store) error {
				return p.runQuery(ctx, s, q)
			})
		},
	}
	p.register(cmd, cmd.Flags(), "run")
	return cmd
}

func (p *program) runQuery(ctx context.Context, s graph.Store, q queries.Query) error {
	in, ok := s.(*neo4j.Store)
	if !ok {
		return graph.Errorf(graph.KindInternal, "the store at %s is not one in Neo4j", p.storeName())
	}
	table, err := in.Ask(ctx, q, p.flags.params, p.flags.rows)
	if err != nil {
		return err
	}
	switch p.flags.format {
	case "csv":
		err = writeTableCSV(p.stdout, table)
	case "json":
		return writeTableJSON(p.stdout, q.Name, table)
	default:
		err = writeTable(p.stdout, table)
	}
	if err == nil && table.More {
		fmt.Fprintf(p.stderr, "There are more rows than %s; all of them: --limit 0\n", thousands(len(table.Rows)))
	}
	return err
}

func queryNames() []string {
	var names []string
	for _, q := range queries.Pack() {
		names = append(names, q.Name)
	}
	return names
}

// packQuery returns a question by its name. What the store itself reads and
// writes by is none.
func packQuery(name string) (queries.Query, error) {
	for _, q := range queries.Pack() {
		if q.Name == name {
			return q, nil
		}
	}
	return queries.Query{}, usage("%q is not a question; there are %s", name, strings.Join(queryNames(), ", "))
}

// queryShown is a question as JSON tells it.
type queryShown struct {
	Name       string       `json:"name"`
	Purpose    string       `json:"purpose"`
	Parameters []fieldShown `json:"parameters"`
	Columns    []fieldShown `json:"columns"`
	Text       string       `json:"text"`
}

type fieldShown struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Meaning  string `json:"meaning"`
	Default  string `json:"default,omitempty"`
	Required bool   `json:"required,omitempty"`
}

func (p *program) listQueries() error {
	if p.flags.format == "json" {
		all := []queryShown{}
		for _, q := range queries.Pack() {
			all = append(all, queryShown{Name: q.Name, Purpose: q.Purpose, Parameters: showFields(q.Parameters), Columns: showFields(q.Columns), Text: q.Text})
		}
		return graph.EncodeJSON(p.stdout, map[string]any{"queries": all})
	}
	g := newPage(p.stdout)
	for i, q := range queries.Pack() {
		if i > 0 {
			g.gap()
		}
		g.raw(q.Name + "\n")
		g.line("  ", "%s", q.Purpose)
		var parameters []string
		for _, f := range q.Parameters {
			if f.Required() {
				f.Name += " (required)"
			}
			parameters = append(parameters, f.Name)
		}
		g.line("  --param ", "%s", strings.Join(parameters, ", "))
	}
	return g.flush()
}

// showFields leaves out the default of what has to be given: it is an example.
func showFields(fields []queries.Field) []fieldShown {
	shown := make([]fieldShown, len(fields))
	for i, f := range fields {
		shown[i] = fieldShown{Name: f.Name, Type: f.Type, Meaning: f.Meaning, Default: f.Default, Required: f.Required()}
		if f.Required() {
			shown[i].Default = ""
		}
	}
	return shown
}
