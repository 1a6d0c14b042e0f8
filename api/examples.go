package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// example is a request that the document shows. Each is asked of the public
// cases in a test.
type example struct {
	About  string
	Target string
	Accept string // media type, where it is not JSON
	Body   string // of a POST
	Type   string // of the body, where it is not JSON
	Has    string // what the answer holds
	Absent bool   // what it names is not there in the test: no job is, so the answer is a problem
}

// examples is the table of them, by the ids of operations.
var examples = map[string][]example{
	"trace": {
		{About: "Does a server trace back to the US Entity List?", Target: "/v1/trace?subject=KR2280-X2&list=us-bis-entity-list&as_of=2024-04-15", Has: `"finding": "listed"`},
		{About: "By confirmed claims alone", Target: "/v1/trace?subject=product:aivres:kr2280-x2&policy=strict&as_of=2024-04-15", Has: `"finding": "clear"`},
	},
	"timeline": {{About: "The finding over time", Target: "/v1/timeline?subject=KR2280-X2&list=us-bis-entity-list", Has: `"from": "2023-03"`}},
	"reach": {
		{About: "A page of the products", Target: "/v1/reach?origin=company:inspur-group&as_of=2024-04-15&limit=2", Has: `"next": `},
		{About: "All of them, a line each", Target: "/v1/reach?origin=list:us-bis-entity-list&as_of=2024-04-15", Accept: ndjsonType, Has: `{"head":`},
	},
	"reach-table": {
		{About: "What one seller sells, by brand", Target: "/v1/reach/products?origin=company:inspur-group&seller=company:aivres-systems&order=brand&as_of=2024-04-15", Has: `"counts": `},
	},
	"diff":       {{About: "What one revision brought", Target: "/v1/diff?from=10&to=11&as_of=2026-06-01", Has: `"findings": {`}},
	"rebadgings": {{About: "New badges after the listing", Target: "/v1/rebadgings?origin=company:inspur-group&as_of=2024-04-15", Has: `"SELLS"`}},
	"search":     {{About: "What a text means", Target: "/v1/entities?q=kr2280x2", Has: `product:aivres:kr2280-x2`}},
	"entity":     {{About: "A product with the claims about it", Target: "/v1/entities/product:aivres:kr2280-x2", Has: `"claims": [`}},
	"neighbors":  {{About: "What is around a company", Target: "/v1/entities/company:inspur-group/neighbors?down=company:inspur-group&limit=3", Has: `"neighbors": `}},
	"lists":      {{About: "The lists on a day", Target: "/v1/lists?as_of=2024-04-15", Has: `list:us-bis-entity-list`}},
	"list":       {{About: "Who is on a list", Target: "/v1/lists/us-bis-entity-list?as_of=2024-04-15", Has: `company:inspur-group`}},
	"policies":   {{About: "All policies", Target: "/v1/policies", Has: `"name": "cautious"`}},
	"policy":     {{About: "The rules of one", Target: "/v1/policies/default", Has: `"digest": "sha256:`}},
	"claim":      {{About: "A claim with its evidence", Target: "/v1/claims/claim:aivres-kr2280-x2-succeeds-x1", Has: `"SUCCEEDED_BY"`}},
	"contested":  {{About: "What to look at", Target: "/v1/contested?limit=5", Has: `"looked": `}},
	"sources":    {{About: "The first documents, with their ages", Target: "/v1/sources?as_of=2026-06-01&limit=3", Has: `"age_days": `}},
	"source":     {{About: "A document", Target: "/v1/sources/source:us-csl-2022", Has: `"publisher": `}},
	"append": {{
		About: "A product that followed another one", Target: "/v1/changes", Has: `"revision": `, Body: `{
  "author": "a.lopez",
  "reason": "data sheet read",
  "entities": [{"id": "product:aivres:kr2280-x3", "name": "KR2280-X3", "brand": "Aivres"}],
  "sources": [{"id": "source:data-sheet", "title": "Data sheet", "publisher": "A reseller", "kind": "vendor"}],
  "claims": [{
    "relation": "SUCCEEDED_BY", "from": "product:aivres:kr2280-x2", "to": "product:aivres:kr2280-x3", "status": "reported",
    "citations": [{"source": "source:data-sheet", "stance": "supports", "locator": "page 1"}]
  }]
}`,
	}},
	"correct": {{
		About: "The same with another status", Target: "/v1/claims/claim:aivres-kr2280-x2-succeeds-x1/correct", Has: `"retracted": 1`, Body: `{
  "author": "a.lopez",
  "reason": "a second document says the same",
  "sources": [{"id": "source:data-sheet", "title": "Data sheet", "publisher": "A reseller", "kind": "vendor"}],
  "claims": [{
    "relation": "SUCCEEDED_BY", "from": "product:aivres:kr2280-x1", "to": "product:aivres:kr2280-x2", "status": "reported",
    "citations": [{"source": "source:data-sheet", "stance": "supports", "locator": "page 2"}]
  }]
}`,
	}},
	"retract": {{
		About: "A claim that was in error", Target: "/v1/claims/claim:aivres-kr2280-x1-rebrand/retract", Has: `"retracted": 1`,
		Body: `{"author": "a.lopez", "reason": "read wrongly"}`,
	}},
	"changes": {
		{About: "A page of the feed", Target: "/v1/changes?since=10&limit=2", Has: `"next": 12`},
		{About: "All that was recorded since, a line each", Target: "/v1/changes?since=10", Accept: ndjsonType, Has: `{"head":`},
	},
	"picture":          {{About: "The lineage as SVG", Target: "/v1/picture?subject=KR2280-X2&as_of=2024-04-15", Accept: svgType, Has: `<svg`}},
	"timeline-picture": {{About: "The timeline as SVG", Target: "/v1/timeline/picture?subject=KR2280-X2&as_of=2024-04-15", Accept: svgType, Has: `<svg`}},
	"dossier":          {{About: "A page to print", Target: "/v1/dossier?subject=KR2280-X2&as_of=2024-04-15", Accept: "text/html", Has: `<h1>`}},
	"export":           {{About: "What a product came from, for Gephi", Target: "/v1/export/gexf?entity=product:aivres:kr2280-x2", Accept: "application/gexf+xml", Has: `<gexf`}},
	"live":             {{About: "A probe", Target: livePath, Has: `"ok"`}},
	"ready":            {{About: "A probe", Target: readyPath, Has: `"ready"`}},
	"version":          {{About: "Which build answers", Target: "/v1/version", Has: `"debadge"`}},
	"me":               {{About: "Who am I?", Target: "/v1/me", Has: `"may": [`}},
	"metrics":          {{About: "What Prometheus asks", Target: "/metrics", Accept: "text/plain", Has: `debadge_`}},
	"openapi":          {{About: "This document", Target: "/openapi.json", Accept: "application/openapi+json", Has: `"openapi"`}},
	"docs":             {{About: "The same for people", Target: "/docs", Accept: "text/html", Has: `<html`}},
	"screen": {{
		About: "The lines of an order", Target: "/v1/screen?as_of=2024-04-15", Has: `"rows": [`,
		Body: `[{"product": "KR2280-X2", "brand": "Aivres"}, {"product": "no such thing"}]`,
	}},
	"screen-stream": {{
		About: "Lines as they come", Target: "/v1/screen/stream?as_of=2024-04-15", Type: ndjsonType, Has: `product:aivres:kr2280-x2`,
		Body: `{"product": "Aivres KR2280-X2"}`,
	}},
	"screen-job": {{About: "A large file", Target: "/v1/jobs/screen", Type: "text/csv", Body: "product\nKR2280-X2\n", Absent: true}},
	"screen-columns": {{
		About: "What is read from which column", Target: "/v1/screen/columns", Type: "text/csv", Has: `"field": "product"`,
		Body: "Hersteller,Typ\nAivres,KR2280-X2\n",
	}},
	"screen-again": {{About: "What a text of the file means", Target: "/v1/jobs/01J0000000/again", Absent: true, Body: `{
  "policy": "cautious",
  "choices": [{"role": "product", "text": "KR2280-X2", "entity": "product:aivres:kr2280-x2"}]
}`}},
	"job-rows":    {{About: "Lines to look at", Target: "/v1/jobs/01J0000000/rows?action=review&limit=50", Absent: true}},
	"job-columns": {{About: "How the file was read", Target: "/v1/jobs/01J0000000/columns", Absent: true}},
	"choose": {{
		About: "A text that means one product", Target: "/v1/choices", Has: `"revision": `,
		Body: `{"text": "KR2280 second generation", "entity": "product:aivres:kr2280-x2", "means": true, "reason": "the data sheet says so", "author": "a.lopez"}`,
	}},
	"import-choices": {{About: "Formats and registers", Target: "/v1/jobs/import", Absent: true}},
	"import-job":     {{About: "A bundle", Target: "/v1/jobs/import?format=bundle", Body: `{"debadge": 1}`, Absent: true}},
	"refresh-job":    {{About: "A register of the manifest", Target: "/v1/jobs/refresh?register=us-csl", Absent: true}},
	"jobs":           {{About: "My jobs", Target: "/v1/jobs", Absent: true}},
	"job":            {{About: "How far it is", Target: "/v1/jobs/01J0000000", Absent: true}},
	"job-result":     {{About: "What came of it", Target: "/v1/jobs/01J0000000/result", Absent: true}},
	"job-cancel":     {{About: "No longer wanted", Target: "/v1/jobs/01J0000000", Absent: true}},

	"reconcile":          {{About: "What the service can do", Target: "/v1/reconcile", Has: `"versions"`}},
	"reconcile-post":     {{About: "A batch", Target: "/v1/reconcile", Type: "application/x-www-form-urlencoded", Body: `queries={"q0":{"query":"KR2280-X2"}}`, Has: `product:aivres:kr2280-x2`}},
	"suggest-entity":     {{About: "Names that begin so", Target: "/v1/reconcile/suggest/entity?prefix=KR2280", Has: `"result"`}},
	"suggest-type":       {{About: "Types", Target: "/v1/reconcile/suggest/type?prefix=pro", Has: `product`}},
	"suggest-property":   {{About: "Properties", Target: "/v1/reconcile/suggest/property?prefix=f", Has: `"result"`}},
	"propose-properties": {{About: "Properties of a company", Target: "/v1/reconcile/properties?type=company", Has: `"properties"`}},
	"reconcile-preview":  {{About: "A few lines", Target: "/v1/reconcile/preview?id=product:aivres:kr2280-x2", Accept: "text/html", Has: `KR2280-X2`}},
	"decide": {{
		About: "A purchase that was blocked", Target: decisionsPath, Has: `"id": "decision-1"`, Body: `{
  "subject": "KR2280-X2",
  "action": "block",
  "reasoning": "alleged rebadge of the NF5280M5",
  "author": "a.lopez",
  "question": {"as_of": "2024-04-15", "lists": ["us-bis-entity-list"]}
}`,
	}},
	"decision-sign-off": {{
		About: "Another officer agrees", Target: decisionsPath + "/decision-1/sign-off", Absent: true,
		Body: `{"verdict": "signed", "reasoning": "read the indictment", "author": "b.chen"}`,
	}},
	"decisions": {
		{About: "All decisions", Target: decisionsPath, Has: `"decision-1"`},
		{About: "Those whose finding would be another one today", Target: decisionsPath + "?changed=true", Has: `"decisions": [`},
	},
	"decision":         {{About: "A record", Target: decisionsPath + "/decision-1", Has: `"policy_digest": "sha256:`}},
	"decisions-verify": {{About: "Are the answers still the same?", Target: decisionsPath + "/verify", Has: `"same": 1`}},
	"watch": {{
		About: "Be told by webhook", Target: watchesPath, Has: `"secret": "whsec_`,
		Body: `{"subject": "KR2280-X2", "watcher": "procurement", "endpoint": "https://erp.example/hook"}`,
	}},
	"watches":      {{About: "What is watched", Target: watchesPath, Has: `"watch-1"`}},
	"watched":      {{About: "A watch", Target: watchesPath + "/watch-1", Has: `"procurement"`}},
	"watch-events": {{About: "What has happened since", Target: watchesPath + "/events?after=0", Has: `"next": 0`}},
	"watch-secret": {{About: "Exchange the secret", Target: watchesPath + "/watch-1/secret", Has: `"secret": "whsec_`}},
	"watch-replay": {{About: "Deliver once more", Target: watchesPath + "/watch-1/replay", Has: `"replayed": 0`}},
	"watch-pause":  {{About: "Gather events", Target: watchesPath + "/watch-1/pause", Has: `"paused"`}},
	"watch-resume": {{About: "Deliver them again", Target: watchesPath + "/watch-1/resume", Has: `"active"`}},
	"watch-end":    {{About: "No longer wanted", Target: watchesPath + "/watch-1/end", Has: `"ended"`}},
	"audit": {
		{About: "The latest decisions", Target: auditPath + "?kind=decision&newest=true", Has: `"decision-1"`},
		{About: "All of the log, page by page", Target: auditPath + "?limit=2", Has: `"entries": [`},
	},
	"audit-proof":      {{About: "The proof of an entry", Target: auditPath + "/proof/0", Has: `"hashes": [`}},
	"audit-checkpoint": {{About: "To be kept elsewhere", Target: auditPath + "/checkpoint", Accept: "text/plain", Has: `debadge-ledger-`}},
	"audit-key":        {{About: "To verify it by", Target: auditPath + "/key", Accept: "text/plain", Has: `debadge-ledger-`}},

	"mcp": {{
		About: "Which tools there are", Target: "/mcp", Accept: "application/json, text/event-stream", Has: `"tools"`,
		Body: `{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}`,
	}},
}

// curl writes a request as a command.
func (e example) curl(method string) string {
	words := []string{"curl"}
	if method != http.MethodGet {
		words = append(words, "-X "+method)
	}
	if e.Accept != "" {
		words = append(words, "-H 'Accept: "+e.Accept+"'")
	}
	if e.Body != "" {
		words = append(words, "-H 'Content-Type: "+cmp.Or(e.Type, jsonType)+"'", "-d '"+strings.ReplaceAll(e.Body, "'", `'\''`)+"'")
	}
	return strings.Join(append(words, "'http://127.0.0.1:8080"+e.Target+"'"), " ")
}

// showExamples puts the table into the document: as commands, and the values of
// the first one beside the parameters and the body.
func (s *server) showExamples() {
	for _, op := range s.routes {
		of := examples[op.OperationID]
		if len(of) == 0 {
			continue
		}
		var samples []map[string]string
		for _, e := range of {
			samples = append(samples, map[string]string{"lang": "Shell", "label": e.About, "source": e.curl(op.Method)})
		}
		op.Extensions = map[string]any{"x-codeSamples": samples}
		of[0].show(op)
	}
}

func (e example) show(op *huma.Operation) {
	u, err := url.Parse(e.Target)
	if err != nil {
		return
	}
	query := u.Query()
	template, path := strings.Split(op.Path, "/"), strings.Split(u.Path, "/")
	for _, p := range op.Parameters {
		values := query[p.Name]
		if i := slices.Index(template, "{"+p.Name+"}"); p.In == "path" && i >= 0 && i < len(path) {
			values = []string{path[i]}
		}
		if len(values) == 0 {
			continue
		}
		switch p.Schema.Type {
		case huma.TypeString:
			p.Example = values[0]
		case huma.TypeArray:
			p.Example = values
		}
	}
	if op.RequestBody != nil && op.RequestBody.Content[jsonType] != nil && e.Type == "" {
		op.RequestBody.Content[jsonType].Example = jsonText(e.Body)
	}
}

// jsonText is JSON as it stands.
type jsonText string

// MarshalJSON returns the text.
func (t jsonText) MarshalJSON() ([]byte, error) { return []byte(t), nil }
