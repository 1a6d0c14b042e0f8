package index

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"debadge/graph"
)

// index is the plain form: maps under a lock.
type index struct {
	mu       sync.RWMutex
	revision graph.Revision
	times    []time.Time // of each revision
	nodes    []versions[graph.Entity]
	byID     map[graph.ID]graph.Node
	sources  map[graph.ID]*versions[graph.Source]
	claims   []graph.StoredClaim
	byClaim  map[graph.ID]graph.ClaimRef
	up, down [][]graph.Edge
	retired  int
}

// versions are the forms of a record, oldest first.
type versions[T any] struct {
	since []graph.Revision
	forms []T
}

func (v *versions[T]) at(r graph.Revision) (T, bool) {
	for i, since := range slices.Backward(v.since) {
		if since <= r {
			return v.forms[i], true
		}
	}
	var none T
	return none, false
}

func newIndex() *index {
	return &index{
		times: make([]time.Time, 1), byID: map[graph.ID]graph.Node{},
		sources: map[graph.ID]*versions[graph.Source]{}, byClaim: map[graph.ID]graph.ClaimRef{},
	}
}

func (x *index) apply(c graph.Change) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if c.Revision != x.revision+1 {
		return graph.Errorf(graph.KindInternal, "the feed yields revision %d after %d", c.Revision, x.revision)
	}
	for _, e := range c.Entities {
		n, ok := x.byID[e.ID]
		if !ok {
			n = graph.Node(len(x.nodes)) //nolint:gosec // far below
			x.byID[e.ID] = n
			x.nodes, x.up, x.down = append(x.nodes, versions[graph.Entity]{}), append(x.up, nil), append(x.down, nil)
		}
		v := &x.nodes[n]
		v.since, v.forms = append(v.since, c.Revision), append(v.forms, e)
	}
	for _, s := range c.Sources {
		v := x.sources[s.ID]
		if v == nil {
			v = &versions[graph.Source]{}
			x.sources[s.ID] = v
		}
		v.since, v.forms = append(v.since, c.Revision), append(v.forms, s)
	}
	for _, k := range c.Claims {
		x.claim(k, c.Revision)
	}
	for _, r := range c.Retractions {
		x.claims[x.byClaim[r.Claim]].Retracted = c.Revision
		x.retired++
	}
	x.revision, x.times = c.Revision, append(x.times, c.RecordedAt)
	return nil
}

func (x *index) claim(k graph.Claim, r graph.Revision) {
	ref := graph.ClaimRef(len(x.claims)) //nolint:gosec // far below
	x.byClaim[k.ID] = ref
	x.claims = append(x.claims, graph.StoredClaim{Claim: k, Recorded: r})
	rule, from, to := k.Relation.Rule(), x.byID[k.From], x.byID[k.To]
	e := graph.Edge{
		Near: to, Far: from, Claim: ref, From: k.ValidFrom.Earliest(), To: k.ValidTo.Latest(),
		ShareMin: k.ShareMin.Micro(), ShareMax: k.ShareMax.Micro(), Relation: k.Relation, Status: k.Status, Confidence: k.Confidence,
	}
	if k.Relation == graph.Owns {
		e.Interest = k.Interest()
	}
	back := e
	back.Near, back.Far = from, to
	if rule.Outward {
		e, back = back, e
	}
	x.up[e.Near], x.down[back.Near] = append(x.up[e.Near], e), append(x.down[back.Near], back)
	if rule.Symmetric {
		x.up[back.Near], x.down[e.Near] = append(x.up[back.Near], back), append(x.down[e.Near], e)
	}
}

func (x *index) publish() {}

// snapshot is the index at its newest revision.
type snapshot struct {
	*index
	revision graph.Revision
}

func (x *index) now() snapshot {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return snapshot{x, x.revision}
}

func (s snapshot) at(r graph.Revision) (graph.Revision, time.Time) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return r, s.times[r]
}

func (s snapshot) read(at graph.Moment, read func(graph.View) error) error {
	r := s.revision
	switch {
	case at.Revision > r:
		return graph.Errorf(graph.KindNotFound, "revision %d does not exist; the newest is %d", at.Revision, r)
	case at.Revision != 0:
		r = at.Revision
	case !at.Time.IsZero():
		for _, t := s.at(r); r > 0 && t.After(at.Time); _, t = s.at(r) {
			r--
		}
	}
	return read(&view{s.index, r})
}

func (s snapshot) existing(n graph.Names) graph.Existing {
	s.mu.RLock()
	defer s.mu.RUnlock()
	known := graph.Existing{Entities: map[graph.ID]graph.Entity{}, Sources: map[graph.ID]graph.Source{}, Claims: map[graph.ID]graph.StoredClaim{}}
	for _, id := range n.Entities {
		if node, ok := s.byID[id]; ok {
			known.Entities[id], _ = s.nodes[node].at(s.revision)
		}
	}
	for _, id := range n.Sources {
		if v, ok := s.sources[id]; ok {
			known.Sources[id], _ = v.at(s.revision)
		}
	}
	for _, id := range n.Claims {
		if ref, ok := s.byClaim[id]; ok {
			known.Claims[id] = s.claims[ref]
		}
	}
	return known
}

func (s snapshot) status() graph.StoreStatus {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return graph.StoreStatus{
		Revision: s.revision, RecordedAt: s.times[s.revision], Entities: len(s.nodes), Sources: len(s.sources),
		Claims: len(s.claims) - s.retired, Retracted: s.retired,
	}
}

type view struct {
	x        *index
	revision graph.Revision
}

// At returns the view's revision and its time.
func (v *view) At() (graph.Revision, time.Time) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	return v.revision, v.x.times[v.revision]
}

// Nodes looks the ids up.
func (v *view) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = graph.NoNode
		if n, ok := v.x.byID[id]; ok && v.x.nodes[n].since[0] <= v.revision {
			nodes[i] = n
		}
	}
	return nodes, interrupted(ctx)
}

// ID reads the node's id.
func (v *view) ID(n graph.Node) graph.ID {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	if n < 0 || int(n) >= len(v.x.nodes) {
		return ""
	}
	return v.x.nodes[n].forms[0].ID
}

// Find looks at each entity.
func (v *view) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	var ids []graph.ID
	for i := range v.x.nodes {
		e, ok := v.x.nodes[i].at(v.revision)
		if ok && (f.Kind == "" || e.ID.Kind() == f.Kind) && e.ID > f.After && (f.Key == "" || slices.Contains(e.NameKeys(), f.Key)) {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	if f.Limit > 0 && len(ids) > f.Limit {
		ids = ids[:f.Limit]
	}
	return ids, interrupted(ctx)
}

// Adjacent filters the edges of each node.
func (v *view) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	lists := v.x.up
	if d == graph.Downstream {
		lists = v.x.down
	}
	for _, n := range frontier {
		for _, e := range lists[n] {
			c := &v.x.claims[e.Claim]
			if set.Has(e.Relation) && c.Recorded <= v.revision && (c.Retracted == 0 || c.Retracted > v.revision) {
				edges = append(edges, e)
			}
		}
	}
	return edges, interrupted(ctx)
}

// Entities returns their versions at the revision.
func (v *view) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	list := make([]graph.Entity, len(ids))
	for i, id := range ids {
		n, ok := v.x.byID[id]
		if ok {
			list[i], ok = v.x.nodes[n].at(v.revision)
		}
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known", id)
		}
	}
	return list, interrupted(ctx)
}

// Claims returns the claims themselves.
func (v *view) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	list := make([]graph.Claim, len(refs))
	for i, ref := range refs {
		list[i] = v.x.claims[ref].Claim
	}
	return list, interrupted(ctx)
}

// Sources returns their versions at the revision.
func (v *view) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	list := make([]graph.Source, len(ids))
	for i, id := range ids {
		s, ok := v.x.sources[id]
		if ok {
			list[i], ok = s.at(v.revision)
		}
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known", id)
		}
	}
	return list, interrupted(ctx)
}

// SortNodes sorts by ids.
func (v *view) SortNodes(nodes []graph.Node) {
	slices.SortFunc(nodes, func(a, b graph.Node) int { return cmp.Compare(v.ID(a), v.ID(b)) })
}

// NodeCount is above every handle.
func (v *view) NodeCount() int {
	v.x.mu.RLock()
	defer v.x.mu.RUnlock()
	return len(v.x.nodes)
}
