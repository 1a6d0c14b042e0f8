package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// claimForm is a claim as somebody fills it in.
type claimForm struct {
	Corrects graph.ID
	V        map[string]string // values by field
	Wrong    map[string]string // what is wrong with each
	Others   []string          // what is wrong and has no field
	Kept     []keptCitation    // of the claim that is corrected

	Relations, Statuses, Kinds []option
	Attributes                 []graph.Attribute
}

// keptCitation is a citation of a claim that is corrected.
type keptCitation struct {
	Citation graph.Citation
	Place    int
	Title    string
	Kept     bool
}

// claimFields are the fields of one line each.
var claimFields = []string{
	"relation", "from", "from_name", "from_brand", "to", "to_name", "to_brand", "status", "confidence", "valid_from", "valid_to", "share_min", "share_max",
	"source", "source_title", "source_publisher", "source_date", "source_url", "source_kind", "source_language", "locator", "quote", "reason", "author",
}

// claimAttributes are those that claims of any relation may have.
func claimAttributes() []graph.Attribute {
	var all []graph.Attribute
	for _, r := range graph.Relations() {
		all = append(all, r.Rule().Attributes...)
	}
	return all
}

// newClaimForm shows an empty form, or the claim that is to be corrected.
func (v *visit) newClaimForm() error {
	f := &claimForm{V: map[string]string{"status": graph.Reported.String()}, Wrong: map[string]string{}}
	for name, values := range v.r.URL.Query() { // a link can fill in what it knows
		f.V[name] = strings.TrimSpace(values[0])
	}
	if id := graph.ID(v.form("corrects")); id != "" {
		stored, err := v.ask.Claim(v.ctx(), id, client.At{})
		if err != nil {
			return err
		}
		f.from(stored.Claim)
		f.keep(stored, nil)
	}
	return v.showClaimForm(f, http.StatusOK)
}

func (v *visit) showClaimForm(f *claimForm, status int) error {
	for _, r := range graph.Relations() {
		rule := r.Rule()
		f.Relations = append(f.Relations, option{r.String(), text("form.relation", rule.From, textOf("relation", r), rule.To), f.V["relation"] == r.String()})
	}
	for _, s := range graph.Statuses() {
		f.Statuses = append(f.Statuses, option{s.String(), textOf("form.status", s), f.V["status"] == s.String()})
	}
	for _, k := range graph.SourceKinds() {
		f.Kinds = append(f.Kinds, option{k, textOf("source-kind", k), f.V["source_kind"] == k})
	}
	f.Attributes = claimAttributes()
	title := text("form.title")
	if f.Corrects != "" {
		title = text("form.title.correct")
	}
	return v.render("claim-form", view{Title: title, Nav: "data", Data: f, Status: status})
}

// from fills in a claim that is known.
func (f *claimForm) from(c graph.Claim) {
	f.Corrects = c.ID
	f.V = map[string]string{
		"relation": c.Relation.String(), "from": string(c.From), "to": string(c.To), "status": c.Status.String(), "confidence": c.Confidence.String(),
		"valid_from": c.ValidFrom.String(), "valid_to": c.ValidTo.String(),
	}
	if c.Relation.Rule().Share {
		f.V["share_min"], f.V["share_max"] = c.ShareMin.String(), c.ShareMax.String()
	}
	maps.Copy(f.V, c.Attributes)
}

// keep lists the citations of a claim that is corrected; all are kept unless
// some were chosen.
func (f *claimForm) keep(stored client.ClaimAnswer, chosen map[string]bool) {
	titles := map[graph.ID]string{}
	for _, s := range stored.Sources {
		titles[s.ID] = s.Title
	}
	for i, q := range stored.Claim.Citations {
		f.Kept = append(f.Kept, keptCitation{q, i, titles[q.Source], chosen == nil || chosen[strconv.Itoa(i)]})
	}
}

// addClaim takes a filled-in form.
func (v *visit) addClaim() error {
	sent, err := v.postForm(maxForm)
	if err != nil {
		return err
	}
	f := &claimForm{V: map[string]string{}, Wrong: map[string]string{}, Corrects: graph.ID(sent.Get("corrects"))}
	for _, name := range claimFields {
		f.V[name] = strings.TrimSpace(sent.Get(name))
	}
	for _, a := range claimAttributes() {
		f.V[a.Name] = strings.TrimSpace(sent.Get(a.Name))
	}
	if f.Corrects != "" {
		stored, err := v.ask.Claim(v.ctx(), f.Corrects, client.At{})
		if err != nil {
			return err
		}
		f.keep(stored, chosenOf(sent))
	}
	cs, err := v.changeOf(f)
	if err != nil {
		return err
	}
	if len(f.Wrong) > 0 { // the domain would say more of a claim that can be read
		return v.showClaimForm(f, http.StatusUnprocessableEntity)
	}
	var receipt client.Receipt
	if f.Corrects != "" {
		receipt, err = v.ask.Correct(v.ctx(), f.Corrects, cs, client.Write{})
	} else {
		receipt, err = v.ask.Append(v.ctx(), cs, client.Write{})
	}
	if fields, ok := refusedFields(err); ok {
		f.refuse(fields, cs)
		return v.showClaimForm(f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.redirect(v.q.link(claimPath(receipt.Claims[0]), "saved", strconv.FormatUint(uint64(receipt.Revision), 10)))
}

func chosenOf(form url.Values) map[string]bool {
	chosen := map[string]bool{}
	for _, place := range form["keep"] {
		chosen[place] = true
	}
	return chosen
}

// changeOf reads the form. What cannot be read is noted beside its field.
func (v *visit) changeOf(f *claimForm) (graph.ChangeSet, error) {
	c := graph.Claim{Citations: []graph.Citation{}} // so that none is said, and not left out
	f.read("relation", c.Relation.UnmarshalText)
	f.read("status", c.Status.UnmarshalText)
	f.read("valid_from", c.ValidFrom.UnmarshalText)
	f.read("valid_to", c.ValidTo.UnmarshalText)
	f.read("confidence", func(b []byte) (err error) { c.Confidence, err = graph.ParseConfidence(string(b)); return err })
	f.read("share_min", func(b []byte) (err error) { c.ShareMin, err = graph.ParseShare(string(b)); return err })
	f.read("share_max", func(b []byte) (err error) { c.ShareMax, err = graph.ParseShare(string(b)); return err })
	cs := graph.ChangeSet{Author: f.V["author"], Reason: f.V["reason"]}
	var err error
	if c.From, err = v.endOf(f, "from", &cs); err != nil {
		return cs, err
	}
	if c.To, err = v.endOf(f, "to", &cs); err != nil {
		return cs, err
	}
	for _, a := range claimAttributes() {
		if f.V[a.Name] != "" {
			if c.Attributes == nil {
				c.Attributes = map[string]string{}
			}
			c.Attributes[a.Name] = f.V[a.Name]
		}
	}
	for _, k := range f.Kept {
		if k.Kept {
			c.Citations = append(c.Citations, k.Citation)
		}
	}
	f.cite(&c, &cs)
	cs.Claims = []graph.Claim{c}
	return cs, nil
}

// read reads a field that is filled in.
func (f *claimForm) read(name string, parse func([]byte) error) {
	if f.V[name] == "" {
		return
	}
	if err := parse([]byte(f.V[name])); err != nil {
		f.Wrong[name] = messageOf(err)
	}
}

func messageOf(err error) string {
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// endOf is an end of the claim: by its id, by what it is called, or one that is
// new and gets a name.
func (v *visit) endOf(f *claimForm, name string, cs *graph.ChangeSet) (graph.ID, error) {
	value := f.V[name]
	if newName := f.V[name+"_name"]; newName != "" {
		cs.Entities = append(cs.Entities, graph.Entity{ID: graph.ID(value), Name: newName, Brand: f.V[name+"_brand"]})
		return graph.ID(value), nil
	}
	if value == "" || strings.Contains(value, ":") {
		return graph.ID(value), nil
	}
	found, err := v.ask.Search(v.ctx(), value, nil, nil, client.At{}, client.Page{Limit: 5})
	if err != nil {
		return "", err
	}
	if found.Entity != nil {
		f.V[name] = string(found.Entity.ID)
		return found.Entity.ID, nil
	}
	f.Wrong[name] = text("form.no-entity", value)
	for i, c := range found.Candidates {
		if i == 0 {
			f.Wrong[name] = text("form.which", value)
		}
		f.Wrong[name] += " " + string(c.Entity.ID)
	}
	return "", nil
}

// cite adds the source that the form names or describes.
func (f *claimForm) cite(c *graph.Claim, cs *graph.ChangeSet) {
	described := f.V["source_title"] != ""
	if f.V["source"] == "" && !described && f.V["locator"] == "" && f.V["quote"] == "" {
		return
	}
	s := graph.Source{
		ID: graph.ID(f.V["source"]), Title: f.V["source_title"], Publisher: f.V["source_publisher"], URL: f.V["source_url"],
		Language: f.V["source_language"], Kind: f.V["source_kind"],
	}
	f.read("source_date", s.Date.UnmarshalText)
	if described {
		cs.Sources = append(cs.Sources, s)
	}
	c.Citations = append(c.Citations, graph.Citation{Source: s.ID, Stance: graph.Supports, Locator: f.V["locator"], Text: f.V["quote"]})
}

var (
	citationField = regexp.MustCompile(`^claims\[0\]\.citations(\[\d+\])?\.?`)
	entityField   = regexp.MustCompile(`^entities\[(\d+)\]\.`)
)

// refuse puts what the domain refuses beside the fields that it comes from, in
// the words of the domain.
func (f *claimForm) refuse(fields []graph.FieldError, cs graph.ChangeSet) {
	for _, e := range fields {
		name := fieldOf(strings.TrimPrefix(e.Field, "body."), cs, f.V)
		switch {
		case name == "":
			f.Others = append(f.Others, strings.TrimSpace(e.Field+" "+e.Message))
		case f.Wrong[name] != "":
			f.Wrong[name] += "; " + e.Message
		default:
			f.Wrong[name] = e.Message
		}
	}
}

// fieldOf is the field of the form that a field of a change set comes from.
func fieldOf(field string, cs graph.ChangeSet, values map[string]string) string {
	switch {
	case citationField.MatchString(field):
		switch citationField.ReplaceAllString(field, "") {
		case "locator":
			return "locator"
		case "text":
			return "quote"
		}
		return "source"
	case strings.HasPrefix(field, "sources[0]."):
		name := strings.TrimPrefix(field, "sources[0].")
		if name == "id" {
			return "source"
		}
		return known("source_"+name, values)
	case strings.HasPrefix(field, "claims[0].attributes."):
		return known(strings.TrimPrefix(field, "claims[0].attributes."), values)
	case strings.HasPrefix(field, "claims[0]."):
		return known(strings.TrimPrefix(field, "claims[0]."), values)
	}
	if m := entityField.FindStringSubmatch(field); m != nil {
		i, err := strconv.Atoi(m[1])
		rest := entityField.ReplaceAllString(field, "")
		if err != nil || i >= len(cs.Entities) {
			return ""
		}
		end := "to"
		if string(cs.Entities[i].ID) == values["from"] {
			end = "from"
		}
		if rest == "id" {
			return end
		}
		return known(end+"_"+rest, values)
	}
	return known(field, values)
}

func known(name string, values map[string]string) string {
	if _, ok := values[name]; ok {
		return name
	}
	return ""
}
