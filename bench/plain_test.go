package bench_test

import (
	"slices"

	"debadge/graph"
)

// plain answers what the engine does by the rules of the default policy, on
// claims in an array. It shares no code with the engine: whom a rule catches is
// computed for the whole graph at once, and a walk is a breadth-first search in
// which a hop costs an affiliation or none.
type plain struct {
	claims   []plainClaim
	up, down adjacency
	product  []bool
	company  []int32 // every company
	mark     []int32 // by entity and affiliations
	epoch    int32
}

type plainClaim struct {
	from, to   int32
	first, end graph.Day
	least      int32 // share
	relation   graph.Relation
	status     graph.Status
	interest   graph.Interest
	gone       bool // retracted
}

// adjacency has the claims at each entity as numbers.
type adjacency struct{ start, claims []int32 }

func (a *adjacency) at(n int32) []int32 { return a.claims[a.start[n]:a.start[n+1]] }

// The policy, in the words of the design.
const (
	maxHops         = 16
	maxAffiliations = 1
	half            = graph.WholeShare / 2
)

func symmetric(r graph.Relation) bool { return r == graph.IdenticalTo || r == graph.AffiliatedWith }

// index makes the arrays once all claims are there.
func (p *plain) index(nodes int) {
	p.mark = make([]int32, 2*nodes)
	build := func(ends func(c *plainClaim, add func(n int32))) adjacency {
		a := adjacency{start: make([]int32, nodes+1)}
		for i := range p.claims {
			ends(&p.claims[i], func(n int32) { a.start[n+1]++ })
		}
		for i := range nodes {
			a.start[i+1] += a.start[i]
		}
		a.claims = make([]int32, a.start[nodes])
		at := slices.Clone(a.start)
		for i := range p.claims {
			ends(&p.claims[i], func(n int32) {
				a.claims[at[n]] = int32(i)
				at[n]++
			})
		}
		return a
	}
	p.up = build(func(c *plainClaim, add func(int32)) {
		switch {
		case c.relation == graph.ListedOn:
			add(c.from)
			return
		case symmetric(c.relation):
			add(c.from)
		}
		add(c.to)
	})
	p.down = build(func(c *plainClaim, add func(int32)) {
		if c.relation == graph.ListedOn {
			return
		}
		add(c.from)
		if symmetric(c.relation) {
			add(c.to)
		}
	})
}

// when is what makes a claim count: the day, and the weakest status.
type when struct {
	day  graph.Day
	tier graph.Status
}

func (w when) holds(c *plainClaim) bool {
	return !c.gone && c.status <= w.tier && c.first <= w.day && w.day < c.end
}

func (p *plain) listed(n int32, w when) bool {
	return slices.ContainsFunc(p.up.at(n), func(k int32) bool {
		c := &p.claims[k]
		return c.relation == graph.ListedOn && w.holds(c)
	})
}

// caught returns which of some companies the aggregate rule catches: the listed
// ones, and again and again those of which the caught ones hold half.
func (p *plain) caught(companies []int32, w when) map[int32]bool {
	in := map[int32]bool{}
	for _, n := range companies {
		if p.listed(n, w) {
			in[n] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for _, n := range companies {
			if !in[n] && p.joins(n, in, w) {
				in[n], changed = true, true
			}
		}
	}
	return in
}

func (p *plain) joins(n int32, in map[int32]bool, w when) bool {
	type held struct{ owner, share int32 }
	var all []held
	for _, k := range p.up.at(n) {
		c := &p.claims[k]
		if c.to != n || !w.holds(c) || !in[c.from] {
			continue
		}
		if c.relation == graph.RenamedTo {
			return true
		}
		if c.relation != graph.Owns || c.interest != graph.Equity {
			continue
		}
		if i := slices.IndexFunc(all, func(h held) bool { return h.owner == c.from }); i >= 0 {
			all[i].share = max(all[i].share, c.least)
		} else {
			all = append(all, held{c.from, c.least})
		}
	}
	sum := 0
	for _, h := range all {
		sum += int(h.share)
	}
	return sum >= half
}

// rule says what a share costs: nothing where it counts as ownership.
type rule func(c *plainClaim) int32

// aggregate is the default policy's rule.
func aggregate(in map[int32]bool) rule {
	return func(c *plainClaim) int32 {
		if c.interest == graph.Equity && (c.least >= half || (in[c.from] && in[c.to])) {
			return 0
		}
		return 1
	}
}

// oneOwner is the rule that a query without a fixed point can follow: at least
// half, in one hand, of whatever interest.
func oneOwner(c *plainClaim) int32 {
	if c.least >= half {
		return 0
	}
	return 1
}

func price(c *plainClaim, owns rule) int32 {
	switch c.relation {
	case graph.Owns:
		return owns(c)
	case graph.AffiliatedWith:
		return 1
	case graph.Makes, graph.Sells, graph.Licenses, graph.RebrandedAs, graph.SucceededBy, graph.IdenticalTo,
		graph.ComponentOf, graph.RenamedTo, graph.SameAs:
		return 0
	case graph.ListedOn, graph.PartyTo:
	}
	return maxAffiliations + 1 // never walked
}

// spread returns the entities on one side of another one, within the hops and
// affiliations that the policy allows, each once.
func (p *plain) spread(from int32, side *adjacency, w when, owns rule) []int32 {
	p.epoch++
	nodes := int32(len(p.mark) / 2)
	reached, level := []int32{from}, []int32{from} // a level has n, or nodes+n where an affiliation was spent
	p.mark[from] = p.epoch
	for hops := 0; len(level) > 0 && hops < maxHops; hops++ {
		var next []int32
		for _, state := range level {
			n, spent := state%nodes, state/nodes
			for _, k := range side.at(n) {
				c := &p.claims[k]
				if !w.holds(c) {
					continue
				}
				total, far := spent+price(c, owns), c.other(n)
				if total > maxAffiliations {
					continue
				}
				free, linked := p.mark[far] == p.epoch, p.mark[nodes+far] == p.epoch
				if free || (linked && total > 0) {
					continue // reached by fewer hops, and no more affiliations
				}
				if !linked {
					reached = append(reached, far)
				}
				p.mark[total*nodes+far] = p.epoch
				next = append(next, total*nodes+far)
			}
		}
		level = next
	}
	return reached
}

func (c *plainClaim) other(n int32) int32 {
	if c.from == n {
		return c.to
	}
	return c.from
}

// everything returns what is upstream of an entity on any day, each once.
func (p *plain) everything(from int32) []int32 {
	p.epoch++
	reached := []int32{from}
	p.mark[from] = p.epoch
	for i := 0; i < len(reached); i++ {
		n := reached[i]
		for _, k := range p.up.at(n) {
			c := &p.claims[k]
			if far := c.other(n); !c.gone && c.status <= graph.Alleged && price(c, oneOwner) <= maxAffiliations && p.mark[far] != p.epoch {
				p.mark[far] = p.epoch
				reached = append(reached, far)
			}
		}
	}
	return reached
}

// verdict is what the engine's finding is compared with: the strength of the
// strongest path to a listing, 0 if there is none.
func (p *plain) verdict(subject int32, day graph.Day, caught func(when) map[int32]bool) graph.Status {
	for tier := graph.Confirmed; tier <= graph.Alleged; tier++ {
		w := when{day, tier}
		if slices.ContainsFunc(p.spread(subject, &p.up, w, aggregate(caught(w))), func(n int32) bool { return p.listed(n, w) }) {
			return tier
		}
	}
	return 0
}

// days returns the days on which a claim among some entities begins or ends.
func (p *plain) days(entities []int32) []graph.Day {
	days := []graph.Day{graph.MinDay}
	for _, n := range entities {
		for _, k := range p.up.at(n) {
			if c := &p.claims[k]; !c.gone && c.status <= graph.Alleged {
				days = append(days, c.first, c.end)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}
