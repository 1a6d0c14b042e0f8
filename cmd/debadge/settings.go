package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"debadge/graph/resolve"
	"debadge/graph/screen"
)

// flags are the values of all settings of one run.
type flags struct {
	store   string
	demo    bool
	timeout time.Duration

	asOf, knownAt, policy, format, cursor string
	lists                                 []string
	paths, limit, candidates              int
	all, noLink                           bool

	explain      bool
	columns      []string
	from, failOn string

	out string // of a dossier or an export

	reason, replacedBy, author string

	kind, brand, threshold, means, never, evaluate string

	edition, refused, charset    string
	strict, dryRun, acceptShrink bool
	template                     bool

	addr, read, target string
	live               bool

	subjects             []string
	upstream, downstream bool
	around               int
	parameters           string

	since, until string
	params       []string
	rows         int

	jobFlags

	manifest, refreshFolder string
	printManifest           bool

	ledgerFlags
	serviceFlags
}

// everywhere is the place of a setting that every command has.
const everywhere = "debadge"

// setting is a row of the table of settings, from which parsing and help are made.
type setting struct {
	flag, env string
	arg       string // how help names the value
	value     func(*flags) any
	initial   any
	help      string
	commands  []string
}

var questions = []string{"trace", "reach", "rebadgings", "timeline", "screen", "dossier"}

// settings is the one place that says which settings there are.
func settings() []setting {
	return slices.Concat(learnedSettings(), askingSettings(), exportingSettings(), keepingSettings(), jobSettings(), ledgerSettings(), serviceSettings())
}

// askingSettings are the rows of every command, and of those that answer.
func askingSettings() []setting {
	return []setting{
		{"store", "DEBADGE_STORE", "URL", func(f *flags) any { return &f.store }, "", "where the claims are: sqlite:PATH, neo4j://HOST:PORT, bolt://HOST:PORT or memory: (default: a SQLite file in the user's data directory)", []string{everywhere}},
		{"demo", "", "", func(f *flags) any { return &f.demo }, false, "answer from the public cases that ship with debadge, in memory", []string{everywhere}},
		{"timeout", "DEBADGE_TIMEOUT", "DURATION", func(f *flags) any { return &f.timeout }, 30 * time.Second, "how long one answer may take", []string{everywhere}},
		{"", "DEBADGE_NEO4J_USER", "", nil, "", "user at the Neo4j server", []string{everywhere}},
		{"", "DEBADGE_NEO4J_PASSWORD", "", nil, "", "password at the Neo4j server", []string{everywhere}},

		{"as-of", "", "DATE", func(f *flags) any { return &f.asOf }, "", "the day in the world that is asked about, YYYY-MM-DD (default: today, UTC)", []string{"trace", "reach", "rebadgings", "screen", "dossier", "lists", "members", "diff", recordPlace}},
		{"known-at", "", "TIME|REVISION", func(f *flags) any { return &f.knownAt }, "", "what debadge knew then: 2026-01-31T12:00:00Z, 2026-01-31 (to its end, UTC) or a revision (default: the newest)", append([]string{"lists", "members", "resolve", exportPlace, recordPlace}, questions...)},
		{"policy", "DEBADGE_POLICY", "NAME|FILE", func(f *flags) any { return &f.policy }, "default", "the rules that count: default, strict, cautious, or a file in YAML or JSON", append([]string{"refresh", "diff", recordPlace, "watch add"}, questions...)},
		{"list", "", "LIST", func(f *flags) any { return &f.lists }, []string(nil), "count this list alone, by id or name; may be repeated", append([]string{recordPlace, "watch add"}, questions...)},
		{"paths", "", "N", func(f *flags) any { return &f.paths }, 1, "show up to so many paths to each listing", []string{"trace", "dossier", recordPlace}},
		{"all", "", "", func(f *flags) any { return &f.all }, false, "show every listing in full, with the addresses of its sources", []string{"trace", "timeline"}},
		{"out", "", "FILE", func(f *flags) any { return &f.out }, "", "write to this file, .html or .pdf (default: HTML to the standard output)", []string{"dossier"}},
		{"limit", "", "N", func(f *flags) any { return &f.limit }, 0, "at most so many rows, 0 for all (default: 100 as text, else all)", []string{"reach", "rebadgings"}},
		{"cursor", "", "CURSOR", func(f *flags) any { return &f.cursor }, "", "go on after the rows of the answer that gave this cursor", []string{"reach"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; json for programs, as the HTTP API gives it", []string{"resolve", "lists", "members", "status", "link", "version", "diff", "rebadgings", "list"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; json for programs, as the HTTP API gives it; svg for a picture; dot for Graphviz", []string{"trace"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; json for programs, as the HTTP API gives it; svg for a picture", []string{"timeline"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; json for one object; ndjson for a line each row, and the head at the end", []string{"reach"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; csv or xlsx with the columns of the input; ndjson, json for programs; html for a report", []string{"screen"}},
		{"from", "", "FORMAT", func(f *flags) any { return &f.from }, "", "what the file is: csv, xlsx, json, ndjson or cyclonedx (default: by its content)", []string{"screen"}},
		{"map", "", "FIELD=COLUMN", func(f *flags) any { return &f.columns }, []string(nil), "read a field from a column, such as product=Artikel,brand=Hersteller; may be repeated", []string{"screen"}},
		{"explain", "", "", func(f *flags) any { return &f.explain }, false, "with the path to each listing; json and html always have it", []string{"screen"}},
		{"fail-on", "", "ACTION", func(f *flags) any { return &f.failOn }, "", "exit with status 3 if a line is to block, or with review if one is to block or to review", []string{"screen"}},

		{"kind", "", "KIND", func(f *flags) any { return &f.kind }, "", "look for this kind alone: product or company", []string{"resolve"}},
		{"brand", "", "TEXT", func(f *flags) any { return &f.brand }, "", "the brand or maker, where the text does not say it", []string{"resolve"}},
		{"threshold", "", "SCORE", func(f *flags) any { return &f.threshold }, strconv.FormatFloat(resolve.DefaultThreshold, 'f', -1, 64), "from which score on a candidate counts", []string{"resolve"}},
		{"limit", "", "N", func(f *flags) any { return &f.candidates }, resolve.DefaultLimit, "show at most so many candidates", []string{"resolve"}},
		{"means", "", "ENTITY", func(f *flags) any { return &f.means }, "", "decide that the text means this entity; needs --reason and --author", []string{"resolve"}},
		{"never", "", "ENTITY", func(f *flags) any { return &f.never }, "", "decide that the text never means this entity; needs --reason and --author", []string{"resolve"}},
		{"evaluate", "", "FILE", func(f *flags) any { return &f.evaluate }, "", "measure precision and recall on the labeled pairs of this CSV file", []string{"resolve"}},
		{"reason", "", "TEXT", func(f *flags) any { return &f.reason }, "", "why it is decided so", []string{"resolve"}},
	}
}

// keepingSettings are the rows of the commands that bring claims in and that run.
func keepingSettings() []setting {
	return []setting{
		{"reason", "", "TEXT", func(f *flags) any { return &f.reason }, "", "why the claim is withdrawn; required", []string{"retract"}},
		{"replaced-by", "", "CLAIM", func(f *flags) any { return &f.replacedBy }, "", "the claim that takes its place", []string{"retract"}},
		{"author", "DEBADGE_AUTHOR", "NAME", func(f *flags) any { return &f.author }, "", "who adds or withdraws claims, or decides", []string{"retract", "resolve", "refresh", importFormat, recordPlace, signPlace}},

		{"edition", "", "DATE", func(f *flags) any { return &f.edition }, "", "the day on which the edition was published, YYYY-MM-DD (default: what the file says)", []string{importFormat}},
		{"strict", "", "", func(f *flags) any { return &f.strict }, false, "import nothing if anything is refused", []string{importFormat}},
		{"dry-run", "", "", func(f *flags) any { return &f.dryRun }, false, "write nothing, and report what would be", []string{importFormat, "link", "refresh"}},
		{"no-link", "", "", func(f *flags) any { return &f.noLink }, false, "do not look for companies that are one under the ids of several registers", []string{importFormat}},
		{"refused", "", "FILE", func(f *flags) any { return &f.refused }, "", "write what is refused to this CSV file", []string{importFormat}},
		{"accept-shrink", "", "", func(f *flags) any { return &f.acceptShrink }, false, "close listings even if they are more than a fifth of a list", []string{importFormat, "refresh"}},
		{"template", "", "", func(f *flags) any { return &f.template }, false, "print a table to fill in, and import nothing", []string{"csv"}},
		{"charset", "", "NAME", func(f *flags) any { return &f.charset }, "utf-8", "what files without a byte order mark are encoded in: utf-8, utf-16le, utf-16be, latin-1 or windows-1252", []string{importFormat, "screen"}},

		{"manifest", "DEBADGE_MANIFEST", "FILE", func(f *flags) any { return &f.manifest }, "", "the registers to keep current, in YAML (default: of refresh the shipped one, of serve none)", []string{"refresh", "serve"}},
		{"refresh-folder", "DEBADGE_REFRESH_FOLDER", "FOLDER", func(f *flags) any { return &f.refreshFolder }, "", "where the last good editions and how refreshes went are kept (default: beside a SQLite store, else in the user's data directory)", []string{"refresh", "serve", "lists"}},
		{"print-manifest", "", "", func(f *flags) any { return &f.printManifest }, false, "print the shipped manifest, and do nothing else", []string{"refresh"}},

		{"addr", "DEBADGE_ADDR", "HOST:PORT", func(f *flags) any { return &f.addr }, "127.0.0.1:8080", "where to listen", []string{"serve"}},
		{"read", "DEBADGE_READ", "index|direct", func(f *flags) any { return &f.read }, "index", "answer from an index in memory, or directly from the store", []string{"serve", "mcp", "screen", "diff", "decision list", "decision verify", "watch events"}},
		{"addr", "", "URL", func(f *flags) any { return &f.target }, "http://127.0.0.1:8080", "the service to ask", []string{"healthcheck"}},
		{"live", "", "", func(f *flags) any { return &f.live }, false, "ask whether the process is alive, not whether it can answer", []string{"healthcheck"}},
	}
}

// learnedSettings are those of diff and of the questions in Cypher.
func learnedSettings() []setting {
	return []setting{
		{"from", "", "TIME|REVISION", func(f *flags) any { return &f.since }, "", "what was recorded after then: 2026-01-31T12:00:00Z, 2026-01-31 (to its end, UTC) or a revision; required", []string{"diff"}},
		{"to", "", "TIME|REVISION", func(f *flags) any { return &f.until }, "", "and by then (default: the newest)", []string{"diff"}},
		{"all", "", "", func(f *flags) any { return &f.all }, false, "everything, not the first 20 change sets, findings, and items of each sort", []string{"diff"}},
		{"param", "", "NAME=VALUE", func(f *flags) any { return &f.params }, []string(nil), "a parameter of the query; may be repeated", []string{"run"}},
		{"limit", "", "N", func(f *flags) any { return &f.rows }, 1000, "print at most so many rows, 0 for all", []string{"run"}},
		{"format", "", "FORMAT", func(f *flags) any { return &f.format }, "text", "text for people; csv for spreadsheets; json for programs", []string{"run"}},
	}
}

// formats are the formats that each command writes.
var formats = map[string][]string{
	"trace":    {"text", "json", "svg", "dot"},
	"timeline": {"text", "json", "svg"},
	"reach":    {"text", "json", "ndjson"},
	"screen":   {"text", "csv", "xlsx", "ndjson", "json", "html"},
	"resolve":  {"text", "json"},
	"lists":    {"text", "json"},
	"members":  {"text", "json"},
	"status":   {"text", "json"},
	"link":     {"text", "json"},
	"version":  {"text", "json"},
	"diff":     {"text", "json"},

	"rebadgings": {"text", "json"},
	"list":       {"text", "json"},
	"run":        {"text", "csv", "json"},

	"key create":   {"text", "json"},
	"key list":     {"text", "json"},
	"audit verify": {"text", "json"},
	"audit list":   {"text", "json"},

	recordPlace:       {"text", "json"},
	signPlace:         {"text", "json"},
	"decision list":   {"text", "json"},
	"decision show":   {"text", "json"},
	"decision verify": {"text", "json"},
	"watch list":      {"text", "json"},
	"watch events":    {"text", "json"},
}

// register adds the flags of a command to a set.
func (p *program) register(cmd *cobra.Command, set *pflag.FlagSet, name string) {
	for _, s := range settings() {
		// The commands that look at the configuration have every setting of it.
		here := slices.Contains(s.commands, name) || name == configName && s.env != "" && !slices.Contains(s.commands, everywhere)
		if s.flag == "" || !here {
			continue
		}
		help := s.help
		if s.env != "" {
			help += " [$" + s.env + "]"
		}
		switch v := s.value(&p.flags).(type) {
		case *string:
			set.StringVar(v, s.flag, initial[string](s), help)
		case *bool:
			set.BoolVar(v, s.flag, initial[bool](s), help)
		case *int:
			set.IntVar(v, s.flag, initial[int](s), help)
		case *time.Duration:
			set.DurationVar(v, s.flag, initial[time.Duration](s), help)
		case *[]string:
			set.StringArrayVar(v, s.flag, initial[[]string](s), help)
		}
		if f := set.Lookup(s.flag); s.arg != "" {
			f.Value = named{f.Value, s.arg}
			f.DefValue = f.Value.String()
		}
	}
	p.completeFlags(cmd, name)
}

// named is a flag's value with the name that help gives it.
type named struct {
	pflag.Value
	arg string
}

// Type returns the name.
func (n named) Type() string { return n.arg }

// String returns the value; help leaves out a default that is empty.
func (n named) String() string {
	if text := n.Value.String(); text != "[]" {
		return text
	}
	return ""
}

func initial[T any](s setting) T {
	v, ok := s.initial.(T)
	if !ok {
		panic("the setting " + s.flag + " has an initial value of another type")
	}
	return v
}

func (p *program) completeFlags(cmd *cobra.Command, name string) {
	complete := func(flag string, values ...string) {
		if cmd.Flags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	complete("format", formats[name]...)
	complete("read", "index", "direct")
	complete("from", screen.Formats()...)
	complete("fail-on", "block", "review")
	complete("kind", "product", "company")
	if cmd.Flags().Lookup("policy") != nil {
		_ = cmd.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions(policyNames(), cobra.ShellCompDirectiveDefault))
	}
}

// getenv returns a variable of the environment, or what a file of settings says
// in its place; "" if there is none.
func (p *program) getenv(name string) string {
	if value := environment(p.env, name); value != "" {
		return value
	}
	if v, ok := p.config.values[name]; ok && len(v.texts) == 1 {
		return v.texts[0]
	}
	return ""
}

// environment returns a variable, "" if there is none.
func environment(env []string, name string) string {
	for _, variable := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}

// place is how the table of settings calls a command.
func place(cmd *cobra.Command) string {
	if parent := cmd.Parent(); parent != nil && parent.Name() == "import" && cmd.Name() != "bundle" {
		return importFormat
	}
	if parent := cmd.Parent(); parent != nil && parent.Name() == "export" {
		return exportPlace
	}
	if parent := cmd.Parent(); parent != nil && isLedgerCommand(parent.Name()) {
		return parent.Name() + " " + cmd.Name()
	}
	if parent := cmd.Parent(); parent != nil && parent.Name() == configName {
		return configName
	}
	return cmd.Name()
}

// readEnvironment sets what the environment says and no flag does, and then what
// the file of settings says.
func (p *program) readEnvironment(cmd *cobra.Command) (err error) {
	if p.flags.config == "" {
		p.flags.config = environment(p.env, "DEBADGE_CONFIG")
	}
	if p.flags.config != "" {
		if p.config, err = readConfigFile(p.flags.config); err != nil {
			return err
		}
	}
	for _, s := range settings() {
		if s.flag == "" || s.env == "" || !s.isFor(cmd) {
			continue
		}
		flag := cmd.Flags().Lookup(s.flag)
		if flag == nil || flag.Changed {
			continue
		}
		texts, source := p.given(s)
		for _, text := range texts {
			if err := flag.Value.Set(text); err != nil {
				return usage("%s: %q is not a value for it: %s", source, text, err)
			}
		}
	}
	if f := cmd.Flags().Lookup("format"); f != nil && !slices.Contains(formats[place(cmd)], f.Value.String()) {
		return usage("--format %q is not a format of %s; use %s", f.Value, cmd.CommandPath(), strings.Join(formats[place(cmd)], " or "))
	}
	if p.flags.timeout <= 0 {
		return usage("--timeout %s leaves no time; write a duration such as 30s", p.flags.timeout)
	}
	return nil
}

// initialText is the default of a setting, "" if there is none.
func (s setting) initialText() string {
	if text := fmt.Sprint(s.initial); text != "[]" {
		return text
	}
	return ""
}

// isFor reports whether a command has a setting.
func (s setting) isFor(cmd *cobra.Command) bool {
	here := place(cmd)
	return slices.Contains(s.commands, here) || slices.Contains(s.commands, everywhere) || here == configName
}

// settingsTopic is a page of help, not a command.
func settingsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("A flag takes precedence over the environment, the environment over a file of\n" +
		"settings (--config), the file over the default. A secret is given in the\nenvironment, or in a file that its name with _FILE names.\n\n")
	for _, s := range settings() {
		if s.env == "" {
			continue
		}
		line := "  " + s.env
		if s.flag != "" {
			line += "  --" + s.flag
		}
		if d := s.initialText(); d != "" {
			line += "  (default " + d + ")"
		}
		b.WriteString(line + "\n      " + s.help + "\n")
	}
	return &cobra.Command{Use: "settings", Short: "Settings that the environment can give", Long: strings.TrimSuffix(b.String(), "\n")}
}
