package index

import (
	"cmp"
	"math/bits"
	"slices"

	"debadge/graph"
)

// base is the part of an index that is laid out for reading: what there was at
// one revision. It is never changed; [snapshot.rebuild] makes a new one.
type base struct {
	revision      graph.Revision
	nodes, claims uint32
	retiredCount  int
	keyLinks      uint32 // of the index's chain of keys, that are in keys

	order, rank []graph.Node // in the order of ids, and where each is in it
	keys        keys
	upstream    adjacency
	downstream  leads
	retired     [2][]retiredClaim // by direction
}

// adjacency are the claims not retracted, grouped by the end that is downstream.
type adjacency struct {
	start []uint32 // of each node, and the end of the last
	edges []edge
}

// edge is a claim seen from its near end, in 24 bytes.
type edge struct {
	far        graph.Node
	claim      graph.ClaimRef
	begin, end graph.Day
	share      uint32
	relation   graph.Relation
	status     graph.Status
	confidence graph.Confidence
	interest   graph.Interest
}

// retiredClaim is a retracted claim, for views before that.
type retiredClaim struct{ near, claim uint32 }

// ends returns the entity from which a claim is walked upstream and the one
// from which it is walked downstream.
func (f *fact) ends() (up, down graph.Node) {
	if outward.Has(f.relation) {
		return f.from, f.to
	}
	return f.to, f.from
}

func (f *fact) symmetric() bool { return symmetric.Has(f.relation) }

var outward, symmetric = func() (o, s graph.RelationSet) {
	for _, r := range graph.Relations() {
		if r.Rule().Outward {
			o |= graph.SetOf(r)
		}
		if r.Rule().Symmetric {
			s |= graph.SetOf(r)
		}
	}
	return o, s
}()

// toProducts are the relations that lead to products. Of a node they stand behind
// all others, so that a walk among companies does not read every product of a hub.
var toProducts = graph.SetOfLayers(graph.Lineage, graph.Attribution)

// rebuild lays out everything that the snapshot holds. keyLinks are the names
// that are not in the base yet.
func (s *snapshot) rebuild(names []link) *base {
	b := &base{
		revision: s.revision, nodes: s.entities.first.n, claims: s.facts.n, retiredCount: s.retiredCount,
		keyLinks: s.base.keyLinks + uint32(len(names)), //nolint:gosec // the chains' own count
		order:    s.sorted(),
		keys:     s.base.keys.with(names),
	}
	b.rank = make([]graph.Node, len(b.order))
	for i, n := range b.order {
		b.rank[n] = graph.Node(i)
	}
	b.connect(s)
	return b
}

// sorted returns all nodes in the order of ids.
func (s *snapshot) sorted() []graph.Node {
	old, fresh := s.base.order, s.fresh()
	all := make([]graph.Node, 0, len(old)+len(fresh))
	for _, f := range fresh {
		i, _ := slices.BinarySearchFunc(old, f.id, func(n graph.Node, id graph.ID) int {
			return cmp.Compare(s.entities.id(number(n)), id)
		})
		all = append(append(all, old[:i]...), f.node)
		old = old[i:]
	}
	return append(all, old...)
}

// named is a node with its id.
type namedNode struct {
	id   graph.ID
	node graph.Node
}

// fresh returns the nodes that are not in the base, in the order of ids.
func (s *snapshot) fresh() []namedNode {
	list := make([]namedNode, 0, s.entities.first.n-s.base.nodes)
	for n := s.base.nodes; n < s.entities.first.n; n++ {
		list = append(list, namedNode{s.entities.id(n), graph.Node(n)}) //nolint:gosec // apply bounds it
	}
	slices.SortFunc(list, func(a, b namedNode) int { return cmp.Compare(a.id, b.id) })
	return list
}

// connect counts the claims of each node, then puts each in its place.
func (b *base) connect(s *snapshot) {
	upstream, downstream := &b.upstream, &b.downstream
	upstream.start, downstream.start = make([]uint32, b.nodes+1), make([]uint32, b.nodes+1)
	gone := make(map[uint32]bool)
	for n := range b.claims {
		f := s.facts.at(n)
		up, down := f.ends()
		if s.retracted(n, b.revision) {
			gone[n] = true
			b.retire(f, n)
			continue
		}
		upstream.start[up]++
		downstream.start[down]++
		if f.symmetric() {
			upstream.start[down]++
			downstream.start[up]++
		}
	}
	upstream.edges = make([]edge, total(upstream.start))
	downstream.far, downstream.claims = make([]lead, total(downstream.start)), make([]uint32, len(upstream.edges))
	// The starts are ends now, and move to the front as the places are filled: what
	// leads to products last.
	for _, set := range []graph.RelationSet{toProducts, ^toProducts} {
		for n := b.claims; n > 0; {
			n--
			if f := s.facts.at(n); set.Has(f.relation) && !gone[n] {
				b.place(f, n)
			}
		}
	}
	for _, list := range b.retired {
		slices.SortFunc(list, func(a, b retiredClaim) int {
			return cmp.Or(cmp.Compare(a.near, b.near), cmp.Compare(a.claim, b.claim))
		})
	}
}

// total turns counts into ends.
func total(counts []uint32) uint32 {
	sum := uint32(0)
	for i := range counts {
		sum += counts[i]
		counts[i] = sum
	}
	return sum
}

// place puts a claim in front of those that its ends have already.
func (b *base) place(f *fact, n uint32) {
	up, down := f.ends()
	b.placeBetween(f, n, up, down)
	if f.symmetric() {
		b.placeBetween(f, n, down, up)
	}
}

func (b *base) placeBetween(f *fact, n uint32, up, down graph.Node) {
	e := edge{
		far: down, claim: graph.ClaimRef(n), begin: f.begin, end: f.end, share: f.share, //nolint:gosec // apply bounds it
		relation: f.relation, status: f.status, confidence: f.confidence, interest: graph.Interest(f.extra & interestMask),
	}
	b.upstream.put(up, e)
	b.downstream.put(down, newLead(f, up), n)
}

// put places an edge in front of those that its node has already.
func (a *adjacency) put(near graph.Node, e edge) {
	a.start[near]--
	a.edges[a.start[near]] = e
}

// of returns the edges of a node.
func (a *adjacency) of(n graph.Node) []edge { return a.edges[a.start[n]:a.start[n+1]] }

func (b *base) retire(f *fact, n uint32) {
	up, down := f.ends()
	b.retired[0] = append(b.retired[0], retiredClaim{number(up), n})
	b.retired[1] = append(b.retired[1], retiredClaim{number(down), n})
	if f.symmetric() {
		b.retired[0] = append(b.retired[0], retiredClaim{number(down), n})
		b.retired[1] = append(b.retired[1], retiredClaim{number(up), n})
	}
}

// keys finds entities by the hashes of their name keys: a hash above, a node
// below, sorted. What it finds has to be compared with the name.
type keys struct {
	pairs []uint64
	start []uint32 // where the hashes with each value of the upper bits begin
	shift uint
}

// keyHash is part of the snapshot file: it never changes within a version.
func keyHash(key string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

func keyPair(hash, node uint32) uint64 { return uint64(hash)<<32 | uint64(node) }

// with returns the keys and some more.
func (k keys) with(more []link) keys {
	if len(more) == 0 {
		return k
	}
	fresh := make([]uint64, len(more))
	for i, l := range more {
		fresh[i] = keyPair(l.key, l.value)
	}
	slices.Sort(fresh)
	if len(k.pairs) == 0 {
		return newKeys(fresh)
	}
	all, old := make([]uint64, 0, len(fresh)+len(k.pairs)), k.pairs
	for _, p := range fresh {
		i := 0
		for i < len(old) && old[i] < p {
			i++
		}
		all = append(append(all, old[:i]...), p)
		old = old[i:]
	}
	return newKeys(append(all, old...))
}

// newKeys takes sorted pairs.
func newKeys(sorted []uint64) keys {
	sorted = slices.Compact(sorted)
	width := max(bits.Len(uint(len(sorted)))-4, 0)
	k := keys{pairs: sorted, start: make([]uint32, 1<<width+1), shift: uint(64 - width)}
	for _, p := range sorted {
		k.start[p>>k.shift+1]++
	}
	total(k.start)
	return k
}

// list calls visit with each node behind a hash.
func (k keys) list(hash uint32, visit func(uint32)) {
	if len(k.pairs) == 0 {
		return
	}
	first := keyPair(hash, 0)
	slot := first >> k.shift
	part := k.pairs[k.start[slot]:k.start[slot+1]]
	i, _ := slices.BinarySearch(part, first)
	for ; i < len(part) && uint32(part[i]>>32) == hash; i++ {
		visit(uint32(part[i])) //nolint:gosec // the lower half
	}
}
