package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Bounds of an exploration.
const (
	MostExplored  = 300   // entities of a part: as many as a picture takes
	MostNeighbors = 100   // of one entity in one direction
	mostShown     = 2_000 // claims of a part
)

// Exploration asks for the part of a store around an entity that somebody opens
// step by step.
type Exploration struct {
	Entity     ID
	Upstream   []ID          // entities of the part whose neighbors upstream belong to it
	Downstream []ID          // and those whose neighbors downstream do
	AsOf       Day           // claims that hold on it; AnyDay: all of them
	Relations  RelationSet   // 0: every relation
	Statuses   []Status      // none: every status
	Lists      map[Node]bool // none: every list
	Limit      int           // of the neighbors of one entity in one direction
}

// AnyDay stands for no day: claims count whenever they hold.
const AnyDay Day = MaxDay

// Explored is a part of a store: entities, and all claims between them that the
// question leaves.
type Explored struct {
	Complete bool           `json:"complete"`
	Reasons  []string       `json:"reasons,omitempty"`
	Entities []ExploredNode `json:"entities"` // the one asked about first, the others as they were met
	Claims   []Claim        `json:"claims"`   // in the order of ids
	Sources  []Source       `json:"sources"`  // that the claims cite, in the order of ids
}

// ExploredNode is an entity of a part, and how much more there is beside it.
type ExploredNode struct {
	Entity     Entity `json:"entity"`
	Upstream   Side   `json:"upstream"`
	Downstream Side   `json:"downstream"`
}

// Side counts the neighbors of an entity in one direction.
type Side struct {
	Open      bool `json:"open"`      // the part was asked to have them
	Neighbors int  `json:"neighbors"` // that the question leaves
	Shown     int  `json:"shown"`     // those in the part
}

// Explore returns the part of a view that an exploration asks for. Neighbors are
// taken in a fixed order: lists first, then by relation, by status and by id.
// A neighbor that is opened without being in the part has no effect.
func Explore(ctx context.Context, v View, q Exploration) (Explored, error) {
	start, err := v.Nodes(ctx, []ID{q.Entity})
	if err != nil {
		return Explored{}, err
	}
	if start[0] == NoNode {
		return Explored{}, Errorf(KindNotFound, "debadge knows nothing by the id %q at this revision", q.Entity)
	}
	if q.Relations == 0 {
		q.Relations = SetOf(Relations()...)
	}
	x := explorer{v: v, q: q, at: map[Node]int{}, answer: Explored{Complete: true, Claims: []Claim{}, Sources: []Source{}}}
	x.meet(start[0])
	for i := 0; i < len(x.nodes); i++ { //nolint:intrange // it grows meanwhile
		if err := x.look(ctx, i); err != nil {
			return Explored{}, err
		}
	}
	return x.answer, x.write(ctx)
}

// explorer gathers a part.
type explorer struct {
	v      View
	q      Exploration
	nodes  []Node
	at     map[Node]int // places of nodes
	edges  []Edge       // that lead upstream from the nodes
	room   []Edge
	marks  []uint64 // a bit for each node of the view, all 0 between uses
	far    [1]Node  // one whose place is asked for, and the place
	place  [1]uint32
	answer Explored
}

// meet takes an entity into the part, if there is room.
func (x *explorer) meet(n Node) {
	if _, ok := x.at[n]; ok {
		return
	}
	if len(x.nodes) == MostExplored {
		x.cut(fmt.Sprintf("a part has at most %d entities; some neighbors are left out", MostExplored))
		return
	}
	x.at[n] = len(x.nodes)
	x.nodes = append(x.nodes, n)
}

func (x *explorer) cut(why string) {
	x.answer.Complete = false
	if !slices.Contains(x.answer.Reasons, why) {
		x.answer.Reasons = append(x.answer.Reasons, why)
	}
}

// look reads the neighbors of a node of the part, and takes in those of its open
// sides.
func (x *explorer) look(ctx context.Context, i int) error {
	n := x.nodes[i]
	var node ExploredNode
	for _, d := range []Direction{Upstream, Downstream} {
		edges, err := x.v.Adjacent(ctx, []Node{n}, d, x.q.Relations, x.room[:0])
		if err != nil {
			return err
		}
		x.room = edges
		edges = slices.DeleteFunc(edges, func(e Edge) bool { return !x.counts(e, d) })
		open, side := x.q.Upstream, &node.Upstream
		if d == Downstream {
			open, side = x.q.Downstream, &node.Downstream
		} else {
			x.edges = append(x.edges, edges...)
		}
		side.Open, side.Neighbors = slices.Contains(open, x.v.ID(n)), x.farEnds(edges)
		if !side.Open {
			continue
		}
		for _, b := range x.first(edges) {
			x.meet(b.node)
		}
	}
	x.answer.Entities = append(x.answer.Entities, node)
	return nil
}

// counts reports whether the question leaves a claim.
func (x *explorer) counts(e Edge, d Direction) bool {
	if x.q.AsOf != AnyDay && (e.From > x.q.AsOf || x.q.AsOf >= e.To) {
		return false
	}
	if len(x.q.Statuses) > 0 && !slices.Contains(x.q.Statuses, e.Status) {
		return false
	}
	if e.Relation == ListedOn && len(x.q.Lists) > 0 {
		list := e.Far
		if d == Downstream {
			list = e.Near
		}
		return x.q.Lists[list]
	}
	return true
}

// fewEnds are counted by sorting them.
const fewEnds = 1000

// farEnds counts the distinct far ends of claims: of those of a hub by a bit for
// each node, where the view has them close together.
func (x *explorer) farEnds(edges []Edge) int {
	d, ok := x.v.(dense)
	if !ok || len(edges) <= fewEnds {
		ends := make([]Node, len(edges))
		for i, e := range edges {
			ends[i] = e.Far
		}
		slices.Sort(ends)
		return len(slices.Compact(ends))
	}
	if x.marks == nil {
		x.marks = make([]uint64, d.NodeCount()/64+1)
	}
	count := 0
	for _, e := range edges {
		if mark := &x.marks[e.Far/64]; *mark>>(e.Far%64)&1 == 0 {
			*mark |= 1 << (e.Far % 64)
			count++
		}
	}
	for _, e := range edges {
		x.marks[e.Far/64] = 0
	}
	return count
}

// neighbor is one end of claims, and where it stands in the order.
type neighbor struct {
	node   Node
	rank   int
	place  uint32 // in the order of ids
	placed bool   // the view knows the place
}

func (x *explorer) neighbor(e Edge) neighbor {
	n := neighbor{node: e.Far, rank: rankOf(e)}
	if d, ok := x.v.(dense); ok {
		x.far[0] = e.Far
		n.placed = d.Ranks(x.far[:], x.place[:])
		n.place = x.place[0]
	}
	return n
}

// compare reads ids where it has to: a view may have to decode them.
func (x *explorer) compare(a, b neighbor) int {
	switch {
	case a.rank != b.rank:
		return cmp.Compare(a.rank, b.rank)
	case a.placed && b.placed:
		return cmp.Compare(a.place, b.place)
	}
	return cmp.Compare(x.v.ID(a.node), x.v.ID(b.node))
}

// first returns the neighbors that come first. A hub has hundreds of thousands
// of them, so the others are never sorted.
func (x *explorer) first(edges []Edge) []neighbor {
	var best []neighbor
	for _, e := range edges {
		n := x.neighbor(e)
		full := len(best) == x.q.Limit
		if full && x.compare(n, best[len(best)-1]) >= 0 {
			continue
		}
		if i := slices.IndexFunc(best, func(b neighbor) bool { return b.node == n.node }); i >= 0 {
			if best[i].rank <= n.rank {
				continue
			}
			best = slices.Delete(best, i, i+1)
		} else if full {
			best = best[:len(best)-1]
		}
		i, _ := slices.BinarySearchFunc(best, n, x.compare)
		best = slices.Insert(best, i, n)
	}
	return best
}

// rankOf puts lists first, then the relations in their order, the best
// established claims of each first.
func rankOf(e Edge) int {
	if e.Relation == ListedOn {
		return int(e.Status)
	}
	return int(e.Relation)<<4 | int(e.Status)
}

// write puts names, claims and sources into the answer.
func (x *explorer) write(ctx context.Context) error {
	ids := make([]ID, len(x.nodes))
	for i, n := range x.nodes {
		ids[i] = x.v.ID(n)
	}
	entities, err := x.v.Entities(ctx, ids)
	if err != nil {
		return err
	}
	for i := range x.nodes {
		x.answer.Entities[i].Entity = entities[i]
	}
	refs := x.between()
	if refs = slices.Compact(refs); len(refs) > mostShown {
		refs = refs[:mostShown]
		x.cut(fmt.Sprintf("a part has at most %d claims; some are left out", mostShown))
	}
	claims, err := x.v.Claims(ctx, refs)
	if err != nil {
		return err
	}
	var cited []ID
	for _, c := range claims {
		x.answer.Claims = append(x.answer.Claims, c)
		for _, q := range c.Citations {
			cited = append(cited, q.Source)
		}
	}
	// A symmetric claim may have a handle for each of its ends.
	slices.SortFunc(x.answer.Claims, func(a, b Claim) int { return cmp.Compare(a.ID, b.ID) })
	x.answer.Claims = slices.CompactFunc(x.answer.Claims, func(a, b Claim) bool { return a.ID == b.ID })
	slices.Sort(cited)
	sources, err := x.v.Sources(ctx, slices.Compact(cited))
	x.answer.Sources = append(x.answer.Sources, sources...)
	return err
}

// between returns the claims between entities of the part, sorted, and counts the
// neighbors of each that are in it.
func (x *explorer) between() []ClaimRef {
	var refs []ClaimRef
	counted := map[[2]int]bool{}
	for _, e := range x.edges {
		far, ok := x.at[e.Far]
		if !ok {
			continue
		}
		refs = append(refs, e.Claim)
		if pair := [2]int{x.at[e.Near], far}; !counted[pair] {
			counted[pair] = true
			x.answer.Entities[pair[0]].Upstream.Shown++
			x.answer.Entities[far].Downstream.Shown++
		}
	}
	slices.Sort(refs)
	return refs
}
