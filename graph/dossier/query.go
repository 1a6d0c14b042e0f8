package dossier

import (
	"encoding/json"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/words"
	"debadge/queries"
)

// upstreamTrace is the question of a trace in Cypher.
func upstreamTrace() queries.Query { return queries.Must("upstream_trace") }

// commands are those that give the page, and the same answer for programs.
func (d *page) commands() []string {
	a := d.answer
	subject := a.Query
	if a.Subject != nil {
		subject = string(a.Subject.ID)
	}
	args := []string{"--as-of", a.AsOf.String(), "--known-at", strconv.FormatUint(uint64(a.Revision), 10), "--policy", d.options.Policy}
	for _, list := range a.Lists {
		args = append(args, "--list", string(list))
	}
	args = append(args, "--paths", strconv.Itoa(max(d.question.Paths, 1)))
	if d.options.Demo {
		args = append(args, "--demo")
	}
	args = append(args, "--", subject)
	return []string{
		shell(append([]string{"debadge", "dossier", "--out", "case.html"}, args...)),
		shell(append([]string{"debadge", "trace", "--format", "json"}, args...)),
	}
}

// shell writes words as a POSIX shell reads them.
func shell(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if w == "" || strings.ContainsFunc(w, func(r rune) bool { return !shellSafe(r) }) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

func shellSafe(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,", r)
}

// parameter is one of the query's, as Neo4j Browser reads it and as the command
// line does.
type parameter struct{ name, literal, text string }

func (d *page) parameters() []parameter {
	a := d.answer
	lists := a.Lists
	if len(lists) == 0 {
		lists = d.question.Policy.Lists
	}
	var statuses []string
	for s := graph.Confirmed; s <= d.question.Policy.WeakestStatus && s <= graph.Alleged; s++ {
		statuses = append(statuses, s.String())
	}
	number := func(name string, n int) parameter { return parameter{name, strconv.Itoa(n), strconv.Itoa(n)} }
	subject, day := subjectID(a), a.AsOf.String()
	return []parameter{
		{"subject", cypherText(subject), subject},
		{"as_of", "date(" + cypherText(day) + ")", day},
		number("revision", int(a.Revision)),
		{"lists", cypherTexts(lists), strings.Join(texts(lists), ",")},
		{"statuses", cypherTexts(statuses), strings.Join(statuses, ",")},
		number("min_confidence", int(d.question.Policy.MinConfidence)),
		number("share_min", int(d.leastShare().Micro())),
		number("affiliations", min(d.question.Policy.MaxAffiliations, 1)),
	}
}

// browserParameters is the line that Neo4j Browser takes before the query.
func browserParameters(all []parameter) string {
	parts := make([]string, len(all))
	for i, p := range all {
		parts[i] = p.name + ": " + p.literal
	}
	return ":param {" + strings.Join(parts, ", ") + "}"
}

// queryCommand asks the query on the command line.
func queryCommand(all []parameter) string {
	words := []string{"debadge", "queries", "run", "upstream_trace"}
	for _, p := range all {
		words = append(words, "--param", p.name+"="+p.text)
	}
	return shell(words)
}

func subjectID(a graph.Answer) string {
	if a.Subject == nil {
		return a.Query
	}
	return string(a.Subject.ID)
}

// leastShare is from which share on one owner alone counts by the policy's
// first rule, which is the one that the policy itself goes by.
func (d *page) leastShare() graph.Share {
	switch rules := d.question.Policy.Ownership; {
	case len(rules) == 0:
		return graph.ShareOf(graph.WholeShare)
	case rules[0].Form == graph.AnyShare:
		return graph.ShareOf(0)
	default:
		return rules[0].Threshold
	}
}

// cypherNote says what the query does not know of.
func (d *page) cypherNote() string {
	var not []string
	if len(d.question.Policy.Ownership) > 0 && d.question.Policy.Ownership[0].Form == graph.Aggregate {
		not = append(not, "the adding up of the shares of several owners (it counts an owner by itself)")
	}
	if d.question.Policy.MaxAffiliations > 1 {
		not = append(not, "more than one affiliation in a path")
	}
	if d.question.Policy.MaxHops != 16 {
		not = append(not, "the limit of "+words.Plural(d.question.Policy.MaxHops, "hop", "hops"))
	}
	if len(d.question.Policy.Relations) > 0 {
		not = append(not, "the relations that the policy leaves out")
	}
	if len(not) == 0 {
		return ""
	}
	return "The query does not know of " + strings.Join(not, ", nor of ") + "; where that matters, the command above is what counts."
}

func texts[T ~string](all []T) []string {
	plain := make([]string, len(all))
	for i, t := range all {
		plain[i] = string(t)
	}
	return plain
}

func cypherTexts[T ~string](all []T) string {
	quoted := texts(all)
	for i, t := range quoted {
		quoted[i] = cypherText(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// cypherText writes a string of Cypher. JSON's escapes are among Cypher's, and
// it escapes every character that could end the string or a line.
func cypherText(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return "'" + strings.ReplaceAll(string(data[1:len(data)-1]), "'", `\'`) + "'"
}
