package dossier

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/picture"
	"debadge/graph/words"
)

//go:embed dossier.html.tmpl
var pageText string

//go:embed dossier.css
var pageStyle string

var pageTemplate = template.Must(template.New("dossier").Funcs(template.FuncMap{"visible": words.Visible}).Parse(pageText))

// page turns an answer into what the page of a dossier shows.
type page struct {
	question graph.Question
	options  Options
	answer   graph.Answer
	timeline graph.TimelineAnswer
	names    map[graph.ID]string
	sources  map[graph.ID]graph.Source

	claims  map[graph.ID]int // the number of each claim on the page
	ordered []claimView
	cited   map[graph.ID]int // the number of each source
}

func (d *page) name(id graph.ID) string {
	if name, ok := d.names[id]; ok {
		return name
	}
	return string(id)
}

type pair struct{ Name, Value string }

// claimView is a claim with all of its evidence.
type claimView struct {
	Number            int
	Text, Grade, ID   string
	Decisive, Denied  bool
	Evidence, Denials []citationView
}

type citationView struct {
	Told, Source, Text string
	Number             int
}

// stepView is a hop of a path; its evidence stands with its claims.
type stepView struct {
	Text, Grade, Mark string
	Claims            []int
}

type pathView struct {
	Title, Chain string
	Steps        []stepView
	Note         string
}

type listingView struct {
	Title, Reached string
	Paths          []pathView
	Decisive       []int
}

type ruleView struct {
	Company string
	Rules   []string
}

type sourceView struct {
	Number                                                   int
	Title, Publisher, Date, Kind, Language, Link, Digest, ID string
}

// view is what the template shows.
type view struct {
	Style               template.CSS
	StyleHash, Title    string
	Headline            string
	Tiles, Asked        []pair
	Reasons             []string
	Incomplete          bool
	Picture, Timeline   template.HTML
	Listings            []listingView
	Decisive            []int
	Claims              []claimView
	Former              []string
	Ownership           []ruleView
	Disputed            []int
	Sources             []sourceView
	Commands            []string
	QueryCommand        string
	Cypher, Parameters  string
	CypherNote          string
	Policy, PolicyTitle string
	Version             string
}

func (d *page) write(w io.Writer, names picture.Names) error {
	a := d.answer
	v := view{
		Style:     template.CSS(pageStyle), //nolint:gosec // a file of this program
		StyleHash: StyleHash(),
		Title:     a.Query, Headline: words.Headline(a), Tiles: d.tiles(), Asked: d.asked(), Reasons: a.Reasons,
		Incomplete: a.Finding == graph.Listed && !a.Complete, Version: d.options.Version,
	}
	if a.Subject != nil {
		v.Title = a.Subject.FullName()
	}
	var err error
	if v.Picture, v.Timeline, err = d.pictures(names); err != nil {
		return err
	}
	for _, l := range words.InOrder(a.Listings) {
		v.Listings = append(v.Listings, d.listingView(l))
	}
	for _, f := range a.Former {
		v.Former = append(v.Former, "traced to "+f.Entity.FullName()+" on "+f.List.FullName()+", "+words.Way(f.Way)+", "+words.Period(f.From, f.To))
	}
	v.Ownership = d.rules()
	for _, c := range a.Disputed {
		near, far := c.Relation.Ends(c.From, c.To)
		v.Disputed = append(v.Disputed, d.claim(c, d.name(near), d.name(far)))
	}
	v.Decisive = d.numbers(a.DecisiveClaims)
	v.Claims, v.Sources = d.ordered, d.sourceViews()
	parameters := d.parameters()
	v.Commands, v.QueryCommand, v.Parameters = d.commands(), queryCommand(parameters), browserParameters(parameters)
	v.Cypher, v.CypherNote = upstreamTrace().Text, d.cypherNote()
	policy, err := json.Marshal(d.question.Policy)
	if err != nil {
		return err
	}
	v.Policy, v.PolicyTitle = string(policy), a.Policy.Digest
	return pageTemplate.Execute(w, v)
}

// tiles are the answer at a glance.
func (d *page) tiles() []pair {
	a := d.answer
	tiles := []pair{{"finding", strings.ToUpper(string(a.Finding))}}
	if a.Strength != 0 {
		tiles = append(tiles, pair{"strength", a.Strength.String()})
	}
	tiles = append(tiles, pair{"action by the policy", a.Action.String()})
	if a.Subject != nil {
		since := "no start is known"
		if !a.Since.IsZero() {
			since = a.Since.String()
		}
		tiles = append(tiles, pair{"without a break since", since})
	}
	if a.PostListingRebadge {
		tiles = append(tiles, pair{"new badge", "after a listing"})
	}
	return tiles
}

// asked is what the same answer can be had again by.
func (d *page) asked() []pair {
	a := d.answer
	known := words.KnownAt(a.KnownAt, a.Revision)
	if d.options.Demo { // the shipped cases are recorded anew in each run
		known = "revision " + words.Thousands(int(a.Revision)) + " of the public cases that ship with debadge"
	}
	all := []pair{{"asked about", a.Query}}
	if a.Subject != nil {
		all = append(all, pair{"subject", string(a.Subject.ID)})
	}
	lists := "all that the policy counts"
	if len(a.Lists) > 0 {
		lists = words.Joined(a.Lists) + " alone"
	}
	all = append(all,
		pair{"as of", a.AsOf.String()},
		pair{"known at", known},
		pair{"policy", a.Policy.Name + ", " + a.Policy.Digest},
		pair{"lists", lists},
		pair{"paths", words.Plural(max(d.question.Paths, 1), "path to each listing", "paths to each listing, at most")})
	for _, e := range a.Editions {
		all = append(all, pair{"edition", words.Edition(e)})
	}
	return all
}

func (d *page) pictures(names picture.Names) (lineage, timeline template.HTML, err error) {
	if d.answer.Subject == nil {
		return "", "", nil
	}
	var b bytes.Buffer
	o := picture.Options{Names: names, Bare: true}
	if err := picture.SVG(&b, d.answer, o); err != nil {
		return "", "", err
	}
	lineage = template.HTML(b.String()) //nolint:gosec // graph/picture escapes every text
	b.Reset()
	err = picture.TimelineSVG(&b, d.timeline, d.answer, o)
	return lineage, template.HTML(b.String()), err //nolint:gosec // as above
}

func (d *page) listingView(l graph.ListingAnswer) listingView {
	v := listingView{
		Title:   l.Entity.FullName() + ", " + words.Listed(l) + " on " + l.List.FullName(),
		Reached: "Reached " + words.Way(l.Way) + "; strength " + l.Strength.String() + ".",
	}
	for i, path := range l.Paths {
		steps := words.Walk(*d.answer.Subject, path.Hops)
		names := []string{d.answer.Subject.FullName()}
		view := pathView{Title: "Path", Note: d.rebadgingNote(path)}
		if len(l.Paths) > 1 {
			view.Title = "Path " + words.Thousands(i+1) + " of " + words.Thousands(len(l.Paths)) + ", " + path.Strength.String()
		}
		for _, s := range steps {
			names = append(names, s.Far.FullName())
			view.Steps = append(view.Steps, d.stepView(s))
		}
		view.Chain = strings.Join(names, " ← ")
		v.Paths = append(v.Paths, view)
	}
	v.Decisive = d.numbers(l.DecisiveClaims)
	return v
}

func (d *page) stepView(s words.Step) stepView {
	near, far := s.Near.FullName(), s.Far.FullName()
	v := stepView{Text: words.Sentence(s.Hop.Claims[0], near, far), Grade: s.Hop.Strength.String()}
	if dates := words.Dates(s.Hop); dates != "" {
		v.Grade += ", from " + dates
	}
	if s.Hop.PostListing {
		v.Mark = words.After(s.Hop)
	}
	for _, c := range s.Hop.Claims {
		v.Claims = append(v.Claims, d.claim(c, near, far))
	}
	for _, c := range s.Hop.Jointly {
		v.Claims = append(v.Claims, d.claim(c, d.name(c.To), d.name(c.From)))
	}
	return v
}

// rebadgingNote says that a product got a new badge, but not after the listing.
func (d *page) rebadgingNote(path graph.Path) string {
	rebadged := slices.ContainsFunc(path.Hops, func(h graph.Hop) bool { return h.Relation == graph.RebrandedAs })
	if rebadged && !path.PostListingRebadge {
		return "Not known to have been rebadged after this listing."
	}
	return ""
}

// claim puts a claim on the page, once, and returns its number.
func (d *page) claim(c graph.Claim, near, far string) int {
	if n, ok := d.claims[c.ID]; ok {
		return n
	}
	n := len(d.ordered) + 1
	d.claims[c.ID] = n
	v := claimView{
		Number: n, Text: words.Sentence(c, near, far), Grade: words.ClaimNotes(c), ID: string(c.ID),
		Decisive: slices.Contains(d.answer.DecisiveClaims, c.ID),
	}
	for _, q := range c.Citations {
		s := d.sources[q.Source]
		view := citationView{words.Told(c.Status, q.Stance, s.Kind), words.SourceLine(s, q), q.Text, d.cited[q.Source]}
		if q.Stance == graph.Denies {
			v.Denials = append(v.Denials, view)
		} else {
			v.Evidence = append(v.Evidence, view)
		}
	}
	v.Denied = len(v.Denials) > 0
	d.ordered = append(d.ordered, v)
	return n
}

// numbers are those of claims on the page, in their order.
func (d *page) numbers(ids []graph.ID) []int {
	var all []int
	for _, id := range ids {
		if n, ok := d.claims[id]; ok {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

func (d *page) rules() []ruleView {
	var all []ruleView
	for _, rules := range words.ByCompany(d.answer.Ownership) {
		v := ruleView{Company: rules[0].Entity.FullName()}
		for _, o := range rules {
			text := []string{"by the rule " + o.Rule + ": " + words.Verdict(o)}
			for _, part := range o.Owners {
				for _, c := range part.Claims {
					text = append(text, "[claim "+words.Thousands(d.claim(c, o.Entity.FullName(), part.Entity.FullName()))+"]")
				}
			}
			v.Rules = append(v.Rules, strings.Join(text, " "))
		}
		all = append(all, v)
	}
	return all
}

func (d *page) sourceViews() []sourceView {
	all := make([]sourceView, 0, len(d.answer.Sources))
	for i, s := range d.answer.Sources {
		all = append(all, sourceView{
			Number: i + 1, Title: s.Title, Publisher: s.Publisher, Date: s.Date.String(), Kind: s.Kind,
			Language: s.Language, Link: s.URL, Digest: s.Digest, ID: string(s.ID),
		})
	}
	return all
}
