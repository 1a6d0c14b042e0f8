package picture

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"debadge/graph"
)

// barKind is what a bar of a timeline shows.
type barKind uint8

const (
	findingBar barKind = iota
	listingBar
	eventMark
	holdingBar
)

// bar is a stretch of valid time, or an event.
type bar struct {
	kind     barKind
	from, to graph.Date
	strength graph.Status
	finding  graph.Finding
	text     string
	after    string // that it began on or after a listing
}

// lane is a line of a timeline.
type lane struct {
	label string
	bars  []bar
}

// group is a part of a timeline with a heading.
type group struct {
	title string
	lanes []lane
}

// TimelineSVG draws the finding over time, and below it what it follows from:
// the periods of the lists, the rebadgings and sales, and the ownership that
// the answer of a trace tells. The day asked about is marked.
func TimelineSVG(w io.Writer, t graph.TimelineAnswer, a graph.Answer, o Options) error {
	d := newDiagram(a, o)
	groups := []group{{"FINDING", []lane{d.findingLane(t)}}}
	add := func(title string, lanes []lane) {
		if len(lanes) > 0 {
			groups = append(groups, group{title, lanes})
		}
	}
	add("LISTINGS", d.listingLanes(t))
	add("PRODUCTS: REBADGED, FOLLOWED UP, SOLD", d.lanesOf(eventMark, graph.RebrandedAs, graph.SucceededBy, graph.Sells, graph.Licenses, graph.ComponentOf))
	add("COMPANIES: OWNED, RENAMED, LINKED", append(d.lanesOf(holdingBar, graph.Owns, graph.AffiliatedWith, graph.RenamedTo), d.ownerLanes(a.Ownership)...))
	_, err := w.Write(drawTimeline(d, groups, a.AsOf, o.Bare))
	return err
}

func (d *diagram) findingLane(t graph.TimelineAnswer) lane {
	l := lane{label: d.title}
	for _, s := range t.Steps {
		text := string(s.Finding)
		if s.Strength != 0 {
			text += ", " + s.Strength.String()
		}
		text += " → " + s.Action.String()
		next := bar{kind: findingBar, from: s.From, to: s.To, strength: s.Strength, finding: s.Finding, text: text}
		if last := len(l.bars) - 1; last >= 0 && l.bars[last].text == text {
			l.bars[last].to = s.To // only the listings differ, which have lanes of their own
			continue
		}
		l.bars = append(l.bars, next)
	}
	return l
}

// listingLanes has a lane for each company and list: the periods of the claims
// where the answer has them, else those in which the subject traced back to it.
func (d *diagram) listingLanes(t graph.TimelineAnswer) []lane {
	type key struct{ entity, list graph.ID }
	var lanes []lane
	done := map[key]bool{}
	for _, e := range d.edges {
		if e.relation != graph.ListedOn || len(e.former) > 0 || e.strength == graph.Disputed {
			continue
		}
		done[key{d.nodes[e.from].ref.ID, d.nodes[e.to].ref.ID}] = true
		l := lane{label: d.nodes[e.from].name.Full + " on " + d.nodes[e.to].name.Full}
		for _, c := range e.claims {
			l.bars = append(l.bars, bar{kind: listingBar, from: c.ValidFrom, to: c.ValidTo, strength: c.Status, text: c.Status.String()})
		}
		lanes = append(lanes, l)
	}
	once := map[key]*lane{}
	var order []key
	for _, s := range t.Steps {
		for _, l := range s.Listings {
			k := key{l.Entity.ID, l.List.ID}
			if done[k] {
				continue
			}
			if once[k] == nil {
				once[k] = &lane{label: "traced to " + l.Entity.FullName() + " on " + l.List.FullName()}
				order = append(order, k)
			}
			bars := &once[k].bars
			if last := len(*bars) - 1; last >= 0 && (*bars)[last].to == s.From && (*bars)[last].strength == l.Strength {
				(*bars)[last].to = s.To
				continue
			}
			*bars = append(*bars, bar{kind: listingBar, from: s.From, to: s.To, strength: l.Strength, text: l.Strength.String()})
		}
	}
	for _, k := range order {
		lanes = append(lanes, *once[k])
	}
	return lanes
}

// lanesOf has a lane for each edge of some relations of which a date is known.
func (d *diagram) lanesOf(kind barKind, relations ...graph.Relation) []lane {
	var lanes []lane
	for _, e := range d.edges {
		if !slices.Contains(relations, e.relation) || len(e.former) > 0 {
			continue
		}
		l := lane{label: d.nodes[e.from].name.Full + " " + e.verb() + " " + d.nodes[e.to].name.Full}
		for _, c := range e.claims {
			l.add(kind, c, strings.ToLower(e.afterWords()))
		}
		if len(l.bars) > 0 {
			lanes = append(lanes, l)
		}
	}
	return lanes
}

// add adds a claim, if a date of it is known.
func (l *lane) add(kind barKind, c graph.Claim, after string) {
	if c.ValidFrom.IsZero() && c.ValidTo.IsZero() {
		return
	}
	b := bar{kind: kind, from: c.ValidFrom, to: c.ValidTo, strength: c.Status, text: c.Status.String(), after: after}
	if c.Relation.Rule().Event {
		b.kind = eventMark
	} else if kind == eventMark {
		b.kind = holdingBar
	}
	if !slices.Contains(l.bars, b) {
		l.bars = append(l.bars, b)
	}
}

// ownerLanes has the shares that ownership rules looked at, but for those that
// a path shows.
func (d *diagram) ownerLanes(verdicts []graph.OwnershipAnswer) []lane {
	shown := map[graph.ID]bool{}
	for _, e := range d.edges {
		for _, c := range e.claims {
			shown[c.ID] = true
		}
	}
	var lanes []lane
	for _, o := range verdicts {
		for _, part := range o.Owners {
			for _, c := range part.Claims {
				if shown[c.ID] {
					continue
				}
				shown[c.ID] = true
				e := edge{relation: c.Relation, claims: []graph.Claim{c}}
				l := lane{label: part.Entity.FullName() + " " + e.verb() + " " + o.Entity.FullName()}
				if l.add(holdingBar, c, ""); len(l.bars) > 0 {
					lanes = append(lanes, l)
				}
			}
		}
	}
	return lanes
}

// span returns the first and the last day that the bars speak of, the day asked
// about among them.
func span(groups []group, asOf graph.Date) (first, last graph.Day) {
	first, last = graph.MaxDay, graph.MinDay
	note := func(d graph.Date) {
		if !d.IsZero() {
			first, last = min(first, d.Earliest()), max(last, d.Latest())
		}
	}
	note(asOf)
	for _, g := range groups {
		for _, l := range g.lanes {
			for _, b := range l.bars {
				note(b.from)
				note(b.to)
			}
		}
	}
	pad := max((last-first)/16, 45)
	return max(first-pad, graph.MinDay), min(last+pad, graph.MaxDay)
}

// tick is a date on the axis.
type tick struct {
	day  graph.Day
	text string
}

// ticks returns years, or months where the span is short; not more than about
// ten.
func ticks(first, last graph.Day) []tick {
	years := (int(last) - int(first)) / 365
	if years < 2 {
		return monthTicks(first, last)
	}
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if step = s; years/s <= 10 {
			break
		}
	}
	var all []tick
	for y := first.Time().Year()/step*step + step; y <= last.Time().Year(); y += step {
		if d, err := graph.ParseDate(fourDigits(y)); err == nil && d.Earliest() > first {
			all = append(all, tick{d.Earliest(), d.String()})
		}
	}
	return all
}

func monthTicks(first, last graph.Day) []tick {
	var all []tick
	for day := first; day <= last; day++ {
		t := day.Time()
		if t.Day() == 1 && (int(t.Month())-1)%3 == 0 {
			all = append(all, tick{day, t.Format("2006-01")})
		}
	}
	return all
}

func fourDigits(year int) string {
	text := "0000" + number(float64(year))
	return text[len(text)-4:]
}

func byStart(a, b bar) int { return cmp.Compare(a.from.Earliest(), b.from.Earliest()) }
