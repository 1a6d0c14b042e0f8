package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/queries"
)

// upstreamTrace is the question of a trace in Cypher.
func upstreamTrace() queries.Query { return queries.Must("upstream_trace") }

// commands are those that give the page, and the same answer for programs.
func (d *dossierPage) commands() []string {
	a := d.answer
	subject := a.Query
	if a.Subject != nil {
		subject = string(a.Subject.ID)
	}
	args := []string{"--as-of", a.AsOf.String(), "--known-at", strconv.FormatUint(uint64(a.Revision), 10), "--policy", d.policyName}
	for _, list := range a.Lists {
		args = append(args, "--list", string(list))
	}
	args = append(args, "--paths", strconv.Itoa(max(d.paths, 1)))
	if d.demo {
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

// parameters are those of the query in Neo4j Browser's own form.
func (d *dossierPage) parameters() string {
	a := d.answer
	lists := a.Lists
	if len(lists) == 0 {
		lists = d.policy.Lists
	}
	var statuses []string
	for s := graph.Confirmed; s <= d.policy.WeakestStatus && s <= graph.Alleged; s++ {
		statuses = append(statuses, s.String())
	}
	return ":param {subject: " + cypherText(subjectID(a)) +
		",\n  as_of: date(" + cypherText(a.AsOf.String()) + "), revision: " + strconv.FormatUint(uint64(a.Revision), 10) +
		",\n  lists: " + cypherTexts(lists) + ",\n  statuses: " + cypherTexts(statuses) +
		",\n  min_confidence: " + strconv.Itoa(int(d.policy.MinConfidence)) +
		", share_min: " + strconv.Itoa(int(d.leastShare().Micro())) +
		", affiliations: " + strconv.Itoa(min(d.policy.MaxAffiliations, 1)) + "}"
}

func subjectID(a graph.Answer) string {
	if a.Subject == nil {
		return a.Query
	}
	return string(a.Subject.ID)
}

// leastShare is from which share on one owner alone counts by the policy's
// first rule, which is the one that the policy itself goes by.
func (d *dossierPage) leastShare() graph.Share {
	switch rules := d.policy.Ownership; {
	case len(rules) == 0:
		return graph.ShareOf(graph.WholeShare)
	case rules[0].Form == graph.AnyShare:
		return graph.ShareOf(0)
	default:
		return rules[0].Threshold
	}
}

// cypherNote says what the query does not know of.
func (d *dossierPage) cypherNote() string {
	var not []string
	if len(d.policy.Ownership) > 0 && d.policy.Ownership[0].Form == graph.Aggregate {
		not = append(not, "the adding up of the shares of several owners (it counts an owner by itself)")
	}
	if d.policy.MaxAffiliations > 1 {
		not = append(not, "more than one affiliation in a path")
	}
	if d.policy.MaxHops != 16 {
		not = append(not, "the limit of "+plural(d.policy.MaxHops, "hop", "hops"))
	}
	if len(d.policy.Relations) > 0 {
		not = append(not, "the relations that the policy leaves out")
	}
	if len(not) == 0 {
		return ""
	}
	return "The query does not know of " + strings.Join(not, ", nor of ") + "; where that matters, the command above is what counts."
}

func cypherTexts[T ~string](texts []T) string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = cypherText(string(t))
	}
	return "[" + strings.Join(all, ", ") + "]"
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
