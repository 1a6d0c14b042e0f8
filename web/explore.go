package web

import (
	"bytes"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"debadge/api/client"
	"debadge/graph"
	"debadge/graph/picture"
	"debadge/graph/words"
)

// opening is what an address says of which part of the graph is shown.
type opening struct {
	q         question
	Root      graph.ID
	Up, Down  []graph.ID // what is open; never empty both
	Relations []string
	Statuses  []string
	Limit     int
}

// The numbers of neighbors of one entity that a reader can choose.
var exploreLimits = []int{12, 24, 50, graph.MostNeighbors}

func openingOf(root graph.ID, q question, values url.Values) opening {
	o := opening{q: q, Root: root, Relations: values["relation"], Statuses: values["status"], Limit: exploreLimits[0]}
	for _, id := range values["up"] {
		o.Up = append(o.Up, graph.ID(id))
	}
	for _, id := range values["down"] {
		o.Down = append(o.Down, graph.ID(id))
	}
	if len(o.Up)+len(o.Down) == 0 {
		o.Up, o.Down = []graph.ID{root}, []graph.ID{root}
	}
	if n, err := strconv.Atoi(values.Get("limit")); err == nil && slices.Contains(exploreLimits, n) {
		o.Limit = n
	}
	return o
}

// address is where a part is shown.
func (o opening) address() string {
	v := o.q.Values()
	for _, id := range o.Up {
		v.Add("up", string(id))
	}
	for _, id := range o.Down {
		v.Add("down", string(id))
	}
	for _, r := range o.Relations {
		v.Add("relation", r)
	}
	for _, s := range o.Statuses {
		v.Add("status", s)
	}
	if o.Limit != exploreLimits[0] {
		v.Set("limit", strconv.Itoa(o.Limit))
	}
	return explorePath(o.Root) + "?" + v.Encode()
}

func explorePath(id graph.ID) string { return "/explore/" + url.PathEscape(string(id)) }

// turned is the part with a side of an entity opened or closed; false where
// nothing would be left open.
func (o opening) turned(id graph.ID, up bool) (opening, bool) {
	side := &o.Down
	if up {
		side = &o.Up
	}
	if slices.Contains(*side, id) {
		*side = slices.DeleteFunc(slices.Clone(*side), func(other graph.ID) bool { return other == id })
	} else {
		*side = append(slices.Clone(*side), id)
	}
	return o, len(o.Up)+len(o.Down) > 0
}

// explorePage is what the page for moving about in the graph shows.
type explorePage struct {
	ID      graph.ID
	Name    string
	Open    opening
	Picture template.HTML
	Nodes   []exploredNode
	Claims  []exploredClaim
	Notices []notice
	More    string // where more neighbors of each are shown, if there are any

	Relations, Statuses []option
	Lists               []option
	Limits              []option
}

// option is something to be chosen in a form.
type option struct {
	Value, Text string
	Chosen      bool
}

// exploredNode is a row of the table of entities.
type exploredNode struct {
	Entity   graph.EntityRef
	Other    string // its name in another script
	Up, Down exploredSide
}

// exploredSide says how many neighbors there are, and what opens them.
type exploredSide struct {
	graph.Side
	Key, Href, Text, Title string // no Href: there is nothing to open
}

// exploredClaim is a row of the table of claims.
type exploredClaim struct {
	ID       graph.ID
	Sentence string
	Status   graph.Status
	When     string
	Sources  int
	Denied   bool
}

func (v *visit) explore() error {
	id := graph.ID(v.r.PathValue("id"))
	o := openingOf(id, v.q, v.r.URL.Query())
	part, err := v.ask.Neighbors(v.ctx(), id, v.q.At(), client.Opening{Up: o.Up, Down: o.Down, Relations: o.Relations, Statuses: o.Statuses, Limit: o.Limit})
	if err != nil {
		return err
	}
	var lists graph.ListsAnswer
	if !v.part() { // they are in the form above
		if lists, err = v.ask.Lists(v.ctx(), client.At{KnownAt: v.q.KnownAt}); err != nil {
			return err
		}
	}
	o = o.keepOnly(part.Entities)
	p := explorePage{ID: id, Name: part.Entities[0].Entity.Ref().FullName(), Open: o}
	p.fill(part)
	p.choose(lists)
	if p.Picture, err = p.draw(part); err != nil {
		return err
	}
	return v.render("explore", view{Title: text("explore.title", p.Name), Data: &p, Modules: []string{"picture.js", "explore.js"}})
}

// keepOnly forgets what is open of entities that are not shown.
func (o opening) keepOnly(nodes []graph.ExploredNode) opening {
	gone := func(id graph.ID) bool {
		return !slices.ContainsFunc(nodes, func(n graph.ExploredNode) bool { return n.Entity.ID == id })
	}
	o.Up, o.Down = slices.DeleteFunc(slices.Clone(o.Up), gone), slices.DeleteFunc(slices.Clone(o.Down), gone)
	return o
}

func (p *explorePage) fill(part client.NeighborsAnswer) {
	names := map[graph.ID]string{}
	more := false
	for _, n := range part.Entities {
		ref := n.Entity.Ref()
		names[ref.ID] = ref.FullName()
		p.Nodes = append(p.Nodes, exploredNode{
			Entity: ref, Other: picture.OtherName(n.Entity), Up: p.side(ref, n.Upstream, true), Down: p.side(ref, n.Downstream, false),
		})
		more = more || n.Upstream.Open && n.Upstream.Shown < n.Upstream.Neighbors || n.Downstream.Open && n.Downstream.Shown < n.Downstream.Neighbors
	}
	for _, c := range part.Claims {
		p.Claims = append(p.Claims, exploredClaimOf(c, names))
	}
	if !part.Complete {
		p.Notices = append(p.Notices, notice{Kind: "review", Title: text("explore.bounded"), Items: part.Reasons})
	}
	if i := slices.Index(exploreLimits, p.Open.Limit); more && part.Complete && i+1 < len(exploreLimits) {
		next := p.Open
		next.Limit = exploreLimits[i+1]
		p.More = next.address()
	}
}

func exploredClaimOf(c graph.Claim, names map[graph.ID]string) exploredClaim {
	near, far := c.Relation.Ends(c.From, c.To)
	row := exploredClaim{ID: c.ID, Sentence: words.Sentence(c, names[near], names[far]), Status: c.Status, When: period(c.ValidFrom, c.ValidTo)}
	for _, q := range c.Citations {
		row.Denied = row.Denied || q.Stance == graph.Denies
		if q.Stance == graph.Supports {
			row.Sources++
		}
	}
	return row
}

// side says what is to be pressed at a side of an entity, in the picture and in
// the table.
func (p *explorePage) side(e graph.EntityRef, s graph.Side, up bool) exploredSide {
	which, arrow := "down", "▸"
	if up {
		which, arrow = "up", "◂"
	}
	side := exploredSide{Side: s, Key: string(e.ID) + " " + which}
	hidden := s.Neighbors - s.Shown
	turned, some := p.Open.turned(e.ID, up)
	switch {
	case s.Neighbors == 0 || s.Open && !some || !s.Open && hidden == 0:
		return side
	case s.Open && hidden > 0:
		side.Text = text("explore.part", words.Thousands(hidden))
	case s.Open:
		side.Text = "−"
	default:
		side.Text = "+" + words.Thousands(hidden)
	}
	side.Href = turned.address()
	if up {
		side.Text = arrow + " " + side.Text
	} else {
		side.Text += " " + arrow
	}
	side.Title = textOf("explore.open", which, side.Text, e.FullName())
	if s.Open {
		side.Title = textOf("explore.close", which, side.Text, e.FullName())
	}
	return side
}

func (p *explorePage) choose(lists graph.ListsAnswer) {
	for _, r := range graph.Relations() {
		p.Relations = append(p.Relations, option{r.String(), textOf("relation", r), slices.Contains(p.Open.Relations, r.String())})
	}
	for _, s := range graph.Statuses() {
		p.Statuses = append(p.Statuses, option{s.String(), "", slices.Contains(p.Open.Statuses, s.String())})
	}
	for _, l := range lists.Lists {
		p.Lists = append(p.Lists, option{string(l.ID), l.FullName(), slices.Contains(p.Open.q.Lists, string(l.ID))})
	}
	for _, n := range exploreLimits {
		p.Limits = append(p.Limits, option{strconv.Itoa(n), strconv.Itoa(n), n == p.Open.Limit})
	}
}

// exploreLinks leads from the picture to what opens an entity, and to claims.
type exploreLinks struct {
	page  *explorePage
	turns map[graph.ID]string
}

// Entity opens what is closed of an entity; where there is nothing to open, it
// is the page about it.
func (l exploreLinks) Entity(e graph.EntityRef) string {
	if to := l.turns[e.ID]; to != "" {
		return to
	}
	return l.page.Open.q.link(entityPath(e.ID))
}

// Hop is the page about the best claim of a hop.
func (l exploreLinks) Hop(claims []graph.Claim) string {
	if len(claims) == 0 {
		return ""
	}
	return l.page.Open.q.link(claimPath(claims[0].ID))
}

func claimPath(id graph.ID) string { return "/claims/" + url.PathEscape(string(id)) }

// draw draws the part.
func (p *explorePage) draw(part client.NeighborsAnswer) (template.HTML, error) {
	links := exploreLinks{page: p, turns: map[graph.ID]string{}}
	drawn := picture.Part{
		Title: text("explore.title", p.Name), Headline: text("explore.headline", len(p.Nodes), len(p.Claims)),
		Subjects: []graph.ID{p.ID}, Claims: part.Claims, Sources: part.Sources, Bare: true, Turns: map[graph.ID]picture.Turns{},
	}
	for i, n := range part.Entities {
		row := p.Nodes[i]
		drawn.Entities = append(drawn.Entities, n.Entity)
		drawn.Turns[n.Entity.ID] = picture.Turns{
			Upstream:   picture.Turn{Text: row.Up.Text, Title: row.Up.Title, Href: row.Up.Href},
			Downstream: picture.Turn{Text: row.Down.Text, Title: row.Down.Title, Href: row.Down.Href},
		}
		links.turns[n.Entity.ID] = p.whole(row)
	}
	drawn.Links = links
	var b bytes.Buffer
	err := picture.PartSVG(&b, drawn)
	return template.HTML(b.String()), err //nolint:gosec // graph/picture escapes every text
}

// whole opens all that is closed of an entity, or closes all of it.
func (p *explorePage) whole(n exploredNode) string {
	o, changed := p.Open, false
	for _, up := range []bool{true, false} {
		s := n.Down
		if up {
			s = n.Up
		}
		if s.Href != "" && !s.Open {
			o, _ = o.turned(n.Entity.ID, up)
			changed = true
		}
	}
	if changed {
		return o.address()
	}
	for _, up := range []bool{true, false} {
		s := n.Down
		if up {
			s = n.Up
		}
		if s.Open {
			o, changed = o.turned(n.Entity.ID, up)
		}
	}
	if !changed {
		return ""
	}
	return o.address()
}
