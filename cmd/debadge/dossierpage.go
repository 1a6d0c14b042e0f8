package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/picture"
)

//go:embed dossier.html.tmpl
var dossierText string

//go:embed dossier.css
var dossierStyle string

var dossierTemplate = template.Must(template.New("dossier").Funcs(template.FuncMap{"visible": escape}).Parse(dossierText))

// dossierPage turns an answer into what the page of a dossier shows.
type dossierPage struct {
	tracePage
	timeline   graph.TimelineAnswer
	policy     graph.Policy
	policyName string // as it was asked for
	demo       bool
	paths      int

	claims  map[graph.ID]int // the number of each claim on the page
	ordered []claimView
	cited   map[graph.ID]int // the number of each source
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

// dossierView is what the template shows.
type dossierView struct {
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
	Cypher, Parameters  string
	CypherNote          string
	Policy, PolicyTitle string
	Version             string
}

func (d *dossierPage) write(w io.Writer, names picture.Names) error {
	a := d.answer
	sum := sha256.Sum256([]byte(dossierStyle))
	v := dossierView{
		Style:     template.CSS(dossierStyle), //nolint:gosec // a file of this program
		StyleHash: "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		Title:     a.Query, Headline: headline(a), Tiles: d.tiles(), Asked: d.asked(), Reasons: a.Reasons,
		Incomplete: a.Finding == graph.Listed && !a.Complete, Version: thisBuild().Version,
	}
	if a.Subject != nil {
		v.Title = nameOf(*a.Subject)
	}
	var err error
	if v.Picture, v.Timeline, err = d.pictures(names); err != nil {
		return err
	}
	for _, l := range inOrder(a.Listings) {
		v.Listings = append(v.Listings, d.listingView(l))
	}
	for _, f := range a.Former {
		v.Former = append(v.Former, "traced to "+nameOf(f.Entity)+" on "+nameOf(f.List)+", "+wayWords(f.Way)+", "+period(f.From, f.To))
	}
	v.Ownership = d.rules()
	for _, c := range a.Disputed {
		near, far := c.To, c.From
		if c.Relation.Rule().Outward {
			near, far = far, near
		}
		v.Disputed = append(v.Disputed, d.claim(c, d.name(near), d.name(far)))
	}
	v.Decisive = d.numbers(a.DecisiveClaims)
	v.Claims, v.Sources = d.ordered, d.sourceViews()
	v.Commands, v.Cypher, v.Parameters = d.commands(), upstreamTrace().Text, d.parameters()
	v.CypherNote = d.cypherNote()
	policy, err := json.Marshal(d.policy)
	if err != nil {
		return err
	}
	v.Policy, v.PolicyTitle = string(policy), a.Policy.Digest
	return dossierTemplate.Execute(w, v)
}

// tiles are the answer at a glance.
func (d *dossierPage) tiles() []pair {
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
func (d *dossierPage) asked() []pair {
	a := d.answer
	known := knownAt(a.KnownAt, a.Revision)
	if d.demo { // the shipped cases are recorded anew in each run
		known = "revision " + thousands(int(a.Revision)) + " of the public cases that ship with debadge"
	}
	all := []pair{{"asked about", a.Query}}
	if a.Subject != nil {
		all = append(all, pair{"subject", string(a.Subject.ID)})
	}
	lists := "all that the policy counts"
	if len(a.Lists) > 0 {
		lists = joined(a.Lists) + " alone"
	}
	all = append(all,
		pair{"as of", a.AsOf.String()},
		pair{"known at", known},
		pair{"policy", a.Policy.Name + ", " + a.Policy.Digest},
		pair{"lists", lists},
		pair{"paths", plural(max(d.paths, 1), "path to each listing", "paths to each listing, at most")})
	for _, e := range a.Editions {
		all = append(all, pair{"edition", editionWords(e)})
	}
	return all
}

func (d *dossierPage) pictures(names picture.Names) (lineage, timeline template.HTML, err error) {
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

func (d *dossierPage) listingView(l graph.ListingAnswer) listingView {
	v := listingView{
		Title:   nameOf(l.Entity) + ", " + listedWords(l) + " on " + nameOf(l.List),
		Reached: "Reached " + wayWords(l.Way) + "; strength " + l.Strength.String() + ".",
	}
	for i, path := range l.Paths {
		steps := walk(*d.answer.Subject, path.Hops)
		names := []string{nameOf(*d.answer.Subject)}
		view := pathView{Title: "Path", Note: d.rebadgingNote(path)}
		if len(l.Paths) > 1 {
			view.Title = "Path " + thousands(i+1) + " of " + thousands(len(l.Paths)) + ", " + path.Strength.String()
		}
		for _, s := range steps {
			names = append(names, nameOf(s.far))
			view.Steps = append(view.Steps, d.stepView(s))
		}
		view.Chain = strings.Join(names, " ← ")
		v.Paths = append(v.Paths, view)
	}
	v.Decisive = d.numbers(l.DecisiveClaims)
	return v
}

func (d *dossierPage) stepView(s step) stepView {
	near, far := nameOf(s.near), nameOf(s.far)
	v := stepView{Text: sentence(s.hop.Claims[0], near, far), Grade: s.hop.Strength.String()}
	if dates := datesOf(s.hop); dates != "" {
		v.Grade += ", from " + dates
	}
	if s.hop.PostListing {
		v.Mark = afterWords(s.hop)
	}
	for _, c := range s.hop.Claims {
		v.Claims = append(v.Claims, d.claim(c, near, far))
	}
	for _, c := range s.hop.Jointly {
		v.Claims = append(v.Claims, d.claim(c, d.name(c.To), d.name(c.From)))
	}
	return v
}

// rebadgingNote says that a product got a new badge, but not after the listing.
func (d *dossierPage) rebadgingNote(path graph.Path) string {
	rebadged := slices.ContainsFunc(path.Hops, func(h graph.Hop) bool { return h.Relation == graph.RebrandedAs })
	if rebadged && !path.PostListingRebadge {
		return "Not known to have been rebadged after this listing."
	}
	return ""
}

// claim puts a claim on the page, once, and returns its number.
func (d *dossierPage) claim(c graph.Claim, near, far string) int {
	if n, ok := d.claims[c.ID]; ok {
		return n
	}
	n := len(d.ordered) + 1
	d.claims[c.ID] = n
	v := claimView{
		Number: n, Text: sentence(c, near, far), Grade: claimNotes(c), ID: string(c.ID),
		Decisive: slices.Contains(d.answer.DecisiveClaims, c.ID),
	}
	for _, q := range c.Citations {
		s := d.sources[q.Source]
		view := citationView{told(c.Status, q.Stance, s.Kind), sourceLine(s, q), q.Text, d.cited[q.Source]}
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
func (d *dossierPage) numbers(ids []graph.ID) []int {
	var all []int
	for _, id := range ids {
		if n, ok := d.claims[id]; ok {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

func (d *dossierPage) rules() []ruleView {
	var all []ruleView
	for _, rules := range byCompany(d.answer.Ownership) {
		v := ruleView{Company: nameOf(rules[0].Entity)}
		for _, o := range rules {
			text := "by the rule " + o.Rule + ": " + verdictWords(o)
			for _, part := range o.Owners {
				for _, c := range part.Claims {
					n := d.claim(c, nameOf(o.Entity), nameOf(part.Entity))
					text += " [claim " + thousands(n) + "]"
				}
			}
			v.Rules = append(v.Rules, text)
		}
		all = append(all, v)
	}
	return all
}

func (d *dossierPage) sourceViews() []sourceView {
	all := make([]sourceView, 0, len(d.answer.Sources))
	for i, s := range d.answer.Sources {
		all = append(all, sourceView{
			Number: i + 1, Title: s.Title, Publisher: s.Publisher, Date: s.Date.String(), Kind: s.Kind,
			Language: s.Language, Link: s.URL, Digest: s.Digest, ID: string(s.ID),
		})
	}
	return all
}
