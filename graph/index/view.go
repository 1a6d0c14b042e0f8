package index

import (
	"cmp"
	"context"
	"slices"
	"time"

	"debadge/graph"
)

// view is a snapshot as it was at a revision. Beside what graph.View asks it
// has what dense.go adds, which a walk may discover.
type view struct {
	s        *snapshot // nil when the view has ended
	revision graph.Revision
	nodes    uint32 // how many there were then
	sources  uint32
	claims   uint32
	clean    bool // every claim of the base counts
	plain    bool // and there are no others

	late []lateNode // see lateNodes
}

var _ graph.View = (*view)(nil)

func (s *snapshot) view(r graph.Revision) *view {
	then := s.revisions.at(uint32(r))
	clean := r >= s.base.revision && s.retiredCount == s.base.retiredCount
	return &view{
		s: s, revision: r, nodes: then.nodes, sources: then.sources, claims: then.claims,
		clean: clean, plain: clean && then.claims == s.base.claims && then.nodes == s.base.nodes,
	}
}

func (v *view) end() { v.s = nil }

// ready says why a call has no answer.
func (v *view) ready(ctx context.Context) error {
	if v.s == nil {
		return graph.Unavailable("the view has ended", nil)
	}
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	return nil
}

// At returns the view's revision and its time.
func (v *view) At() (graph.Revision, time.Time) {
	if v.s == nil {
		return 0, time.Time{}
	}
	return v.s.at(v.revision)
}

// Nodes looks the ids up.
func (v *view) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = v.node(id)
	}
	return nodes, nil
}

func (v *view) node(id graph.ID) graph.Node {
	if n, ok := v.s.entities.find(id, v.nodes); ok {
		return graph.Node(n) //nolint:gosec // apply bounds it
	}
	return graph.NoNode
}

// ID reads the node's id.
func (v *view) ID(n graph.Node) graph.ID {
	if v.s == nil || number(n) >= v.nodes {
		return ""
	}
	return v.s.entities.id(number(n))
}

// Find reads the entities behind the hash of the key, or goes through the
// nodes in the order of ids.
func (v *view) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	var ids []graph.ID
	switch {
	case f.Sources:
		ids = v.sourcesAfter(f)
	case f.Key != "":
		ids = v.named(f)
	default:
		ids = v.after(f)
	}
	if f.Limit > 0 && len(ids) > f.Limit {
		ids = ids[:f.Limit]
	}
	return ids, nil
}

func (v *view) named(f graph.Find) []graph.ID {
	var (
		ids   []graph.ID
		hash  = keyHash(f.Key)
		check = func(n uint32) {
			if n >= v.nodes {
				return
			}
			id := v.s.entities.id(n)
			if id <= f.After || (f.Kind != "" && id.Kind() != f.Kind) {
				return
			}
			if e := v.s.decodeEntity(v.s.entities.version(n, v.revision)); answersTo(e, f.Key) {
				ids = append(ids, id)
			}
		}
	)
	v.s.base.keys.list(hash, check)
	v.s.freshKeys.list(hash, check)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// answersTo reports whether a key is one of an entity's, the likeliest first.
func answersTo(e graph.Entity, key string) bool {
	if len(e.Attributes[graph.NotCalledAttribute]) == 0 && (graph.NameKey(e.Name) == key || graph.NameKey(e.Brand+e.Name) == key) {
		return true
	}
	return slices.Contains(e.NameKeys(), key)
}

// after returns the ids of a kind after one.
func (v *view) after(f graph.Find) []graph.ID {
	low, high := graph.ID(""), graph.ID("")
	if f.Kind != "" {
		low, high = graph.ID(f.Kind+":"), graph.ID(f.Kind+";") // the character after the colon
	}
	if f.After >= low {
		low = f.After + "\x00" // the id after it
	}
	var (
		order = v.s.base.order
		ids   []graph.ID
		fresh = v.s.fresh()
		i, _  = slices.BinarySearchFunc(order, low, func(n graph.Node, id graph.ID) int {
			return cmp.Compare(v.s.entities.id(number(n)), id)
		})
		j, _ = slices.BinarySearchFunc(fresh, low, func(n namedNode, id graph.ID) int { return cmp.Compare(n.id, id) })
	)
	for (i < len(order) || j < len(fresh)) && (f.Limit <= 0 || len(ids) < f.Limit) {
		var next namedNode
		if i < len(order) {
			next = namedNode{v.s.entities.id(number(order[i])), order[i]}
		}
		if i == len(order) || (j < len(fresh) && fresh[j].id < next.id) {
			next = fresh[j]
			j++
		} else {
			i++
		}
		if high != "" && next.id >= high {
			break
		}
		if number(next.node) < v.nodes {
			ids = append(ids, next.id)
		}
	}
	return ids
}

// sourcesAfter looks at all sources: few ask for a list of them, so none is kept
// in order. Of a page no more than twice its rows are held.
func (v *view) sourcesAfter(f graph.Find) []graph.ID {
	if f.Key != "" || f.Kind != "" {
		return nil
	}
	var ids []graph.ID
	for n := range v.sources {
		id := v.s.sources.id(n)
		if id <= f.After {
			continue
		}
		if ids = append(ids, id); f.Limit > 0 && len(ids) == 2*f.Limit {
			slices.Sort(ids)
			ids = ids[:f.Limit]
		}
	}
	slices.Sort(ids)
	return ids
}

// Entities returns their versions at the revision.
func (v *view) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	list := make([]graph.Entity, len(ids))
	for i, id := range ids {
		n, ok := v.s.entities.find(id, v.nodes)
		if !ok {
			return nil, unknown(id)
		}
		list[i] = v.s.decodeEntity(v.s.entities.version(n, v.revision))
	}
	return list, nil
}

// Claims decodes them.
func (v *view) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	list := make([]graph.Claim, len(refs))
	for i, ref := range refs {
		n := uint32(ref) //nolint:gosec // a negative one is none that a view gave
		if n >= v.claims {
			return nil, graph.Errorf(graph.KindInternal, "claim handle %d is not of this view", ref)
		}
		c, err := v.s.decodeClaim(n)
		if err != nil {
			return nil, err
		}
		list[i] = c
	}
	return list, nil
}

// StoredClaims looks the ids up among all claims.
func (v *view) StoredClaims(ctx context.Context, ids []graph.ID) ([]graph.StoredClaim, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	list := make([]graph.StoredClaim, len(ids))
	for i, id := range ids {
		n, ok := v.s.claim(id)
		if !ok || n >= v.claims {
			return nil, unknown(id)
		}
		c, err := v.s.storedClaim(n)
		if err != nil {
			return nil, err
		}
		list[i] = c.By(v.revision)
	}
	return list, nil
}

// Sources returns their versions at the revision.
func (v *view) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	list := make([]graph.Source, len(ids))
	for i, id := range ids {
		n, ok := v.s.sources.find(id, v.sources)
		if !ok {
			return nil, unknown(id)
		}
		var err error
		if list[i], err = v.s.decodeSource(v.s.sources.version(n, v.revision)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func unknown(id graph.ID) error { return graph.Errorf(graph.KindNotFound, "%s is not known", id) }
