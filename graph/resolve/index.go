package resolve

import (
	"context"
	"sync"

	"debadge/graph"
)

// Index finds entities by what people call them. It never changes and may be
// asked by any number of goroutines at once.
type Index struct {
	opts     Options
	revision graph.Revision
	base     *segment
	recent   *segment        // what changed since base was built; its entities replace those of base
	replaced map[uint32]bool // entities of base that are in recent
	scratch  *sync.Pool
}

// page is how many entities are read from a view at once.
const page = 4096

// kinds are the kinds of entity that a text can mean.
var kinds = []graph.Kind{graph.Company, graph.Product}

// Build makes the index of all companies and products of a view.
func Build(ctx context.Context, v graph.View, opts Options) (*Index, error) {
	opts, err := opts.checked()
	if err != nil {
		return nil, err
	}
	b := newBuilder()
	for _, kind := range kinds {
		for after := graph.ID(""); ; {
			ids, err := v.Find(ctx, graph.Find{Kind: kind, After: after, Limit: page})
			if err != nil {
				return nil, err
			}
			if len(ids) == 0 {
				break
			}
			entities, err := v.Entities(ctx, ids)
			if err != nil {
				return nil, err
			}
			for i := range entities {
				if err := b.add(&entities[i]); err != nil {
					return nil, err
				}
			}
			after = ids[len(ids)-1]
		}
	}
	revision, _ := v.At()
	return newIndex(opts, revision, b.segment(), nil), nil
}

func newIndex(opts Options, revision graph.Revision, base, recent *segment) *Index {
	x := &Index{opts: opts, revision: revision, base: base, recent: recent, scratch: new(sync.Pool)}
	if recent != nil {
		x.replaced = make(map[uint32]bool, len(recent.records))
		for i := range recent.records {
			if n, ok := base.find(recent.id(uint32(i))); ok {
				x.replaced[n] = true
			}
		}
	}
	return x
}

func (o Options) checked() (Options, error) {
	if o.Threshold < 0 || o.Threshold > 1 || o.Margin < 0 || o.Margin > 1 || o.MaxScored < 0 {
		return o, graph.Errorf(graph.KindInvalid, "the threshold and the margin of resolving are numbers from 0 to 1, and the candidates to compare a number above 0")
	}
	if o.Threshold == 0 {
		o.Threshold = DefaultThreshold
	}
	if o.Margin == 0 {
		o.Margin = DefaultMargin
	}
	if o.MaxScored == 0 {
		o.MaxScored = DefaultScored
	}
	return o, nil
}

// With returns the index with other options.
func (x *Index) With(opts Options) (*Index, error) {
	opts, err := opts.checked()
	if err != nil {
		return nil, err
	}
	y := *x
	y.opts = opts
	return &y, nil
}

// Revision returns the revision of the view that the index was built from.
func (x *Index) Revision() graph.Revision { return x.revision }

// Size says how large an index is.
type Size struct {
	Entities int
	Names    int
	Bytes    int
}

// Size returns how many entities and names there are, and how much memory they
// take.
func (x *Index) Size() Size {
	s := x.base.size()
	if x.recent != nil {
		r := x.recent.size()
		s.Names, s.Bytes = s.Names+r.Names, s.Bytes+r.Bytes
		s.Entities += r.Entities - len(x.replaced)
	}
	return s
}

// rebuildShare says which part of the base what changed since may become before
// all is built anew.
const rebuildShare = 8

// Update returns an index at the newest revision of the store that x was built
// from: x itself if nothing is newer, else one that shares most of its memory
// with x.
func (x *Index) Update(ctx context.Context, s graph.Store) (*Index, error) {
	changed := map[graph.ID]graph.Entity{}
	revision := x.revision
	err := s.Changes(ctx, x.revision, func(c graph.Change) error {
		revision = c.Revision
		for _, e := range c.Entities {
			if kind := e.ID.Kind(); kind == graph.Company || kind == graph.Product {
				changed[e.ID] = e
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	switch {
	case revision == x.revision:
		return x, nil
	case len(changed) == 0:
		y := *x
		y.revision = revision
		return &y, nil
	case x.recentSize()+len(changed) > page+len(x.base.records)/rebuildShare:
		return Open(ctx, s, graph.Moment{Revision: revision}, x.opts)
	}
	var y *Index
	err = s.View(ctx, graph.Moment{Revision: revision}, func(v graph.View) error {
		recent, err := x.newer(ctx, v, changed)
		if err == nil {
			y = newIndex(x.opts, revision, x.base, recent)
		}
		return err
	})
	return y, err
}

func (x *Index) recentSize() int {
	if x.recent == nil {
		return 0
	}
	return len(x.recent.records)
}

// newer builds the segment of all entities that changed since the base.
func (x *Index) newer(ctx context.Context, v graph.View, changed map[graph.ID]graph.Entity) (*segment, error) {
	b := newBuilder()
	var old []graph.ID
	for i := range x.recentSize() {
		id := x.recent.id(uint32(i))
		if _, ok := changed[id]; !ok {
			old = append(old, id)
		}
	}
	entities, err := v.Entities(ctx, old)
	if err != nil {
		return nil, err
	}
	for _, e := range changed {
		entities = append(entities, e)
	}
	for i := range entities {
		if err := b.add(&entities[i]); err != nil {
			return nil, err
		}
	}
	return b.segment(), nil
}

// Open builds the index of a store at a moment.
func Open(ctx context.Context, s graph.Store, at graph.Moment, opts Options) (*Index, error) {
	var x *Index
	err := s.View(ctx, at, func(v graph.View) error {
		var err error
		x, err = Build(ctx, v, opts)
		return err
	})
	return x, err
}
