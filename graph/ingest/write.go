package ingest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"debadge/graph"
)

// writer brings records into the store, a change set at a time.
type writer struct {
	*run

	batch   []prepared
	items   int
	records int

	sources   map[graph.ID]bool // that the store is known to have
	pretended map[graph.ID]bool // what a dry run would have added and retracted
	retired   map[graph.ID]bool // see readRetired; nil until it is needed
}

func newWriter(im *run) *writer {
	return &writer{run: im, pretended: map[graph.ID]bool{}, sources: map[graph.ID]bool{}}
}

// writing is the sink of a reading that writes.
type writing struct {
	silent

	w              *writer
	ctx            context.Context //nolint:containedctx // a sink lives as long as one call of Read
	entities, rest bool            // what is written of each record
}

// Record adds the record to the batch.
func (s *writing) Record(r Record) error {
	p, refusal := s.w.prepare(r)
	if refusal != nil || s.w.unknownEnd(p) != "" {
		return nil // told by the first reading
	}
	if !s.entities {
		p.described = nil
	}
	if !s.rest {
		p.mentioned, p.sources, p.claims = nil, nil, nil
	}
	return s.w.add(s.ctx, p)
}

func (w *writer) add(ctx context.Context, p prepared) error {
	items := len(p.described) + len(p.mentioned) + len(p.sources) + 2*len(p.claims)
	if w.items > 0 && w.items+items > cmp.Or(w.options.batch, maxItems) {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	w.batch = append(w.batch, p)
	w.items += items
	w.records++
	if w.records%tellEvery == 0 {
		w.progress(Writing, w.records, w.total())
	}
	return nil
}

// total is how many records are read to write: all of them twice where entities
// are written before what refers to them.
func (w *writer) total() int {
	if w.survey.forward {
		return 2 * w.report.Records
	}
	return w.report.Records
}

// flush writes the batch.
func (w *writer) flush(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	b, err := w.bundle(ctx)
	if err != nil {
		return err
	}
	err = w.commit(ctx, b)
	if graph.KindOf(err) == graph.KindInvalid && w.retired == nil {
		// A claim may have the id of one that was retracted, which a view does not show.
		if err := w.readRetired(ctx); err != nil {
			return err
		}
		if b, err = w.bundle(ctx); err != nil {
			return err
		}
		err = w.commit(ctx, b)
	}
	w.batch, w.items = nil, 0
	return err
}

// bundled is a change set with what the report says of it.
type bundled struct {
	cs       graph.ChangeSet
	revision graph.Revision // at which it was found out
	count    []func()
}

// bundle finds out what of the batch is new.
func (w *writer) bundle(ctx context.Context) (*bundled, error) {
	var b *bundled
	err := w.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		b = &bundled{}
		b.revision, _ = v.At()
		if err := w.bundleEntities(ctx, v, b); err != nil {
			return err
		}
		if err := w.bundleSources(ctx, v, b); err != nil {
			return err
		}
		return w.bundleClaims(ctx, v, b)
	})
	return b, err
}

func (w *writer) bundleEntities(ctx context.Context, v graph.View, b *bundled) error {
	var ids []graph.ID
	for _, p := range w.batch {
		for _, e := range slices.Concat(p.described, p.mentioned) {
			ids = append(ids, e.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	stored, err := storedEntities(ctx, v, ids)
	if err != nil {
		return err
	}
	now := maps.Clone(stored)
	for _, p := range w.batch {
		for _, e := range p.described {
			now[e.ID] = w.described(now, e)
		}
		for _, e := range p.mentioned {
			if old, ok := now[e.ID]; ok {
				e = joined(old, graph.Entity{ID: e.ID, Name: old.Name, Aliases: e.Aliases, Attributes: e.Attributes}, old.Name)
			}
			now[e.ID] = e
		}
	}
	for _, id := range ids {
		e, old := now[id], stored[id]
		if old.ID != "" && old.Digest() == e.Digest() || w.pretended[id] {
			continue
		}
		b.cs.Entities = append(b.cs.Entities, e)
		count := &w.report.EntitiesAdded
		if old.ID != "" {
			count = &w.report.EntitiesChanged
		}
		b.count = append(b.count, func() { *count++ })
	}
	return nil
}

// described returns an entity as it is once a record has described it. Where an
// edition calls one entity by two names, the first one is its name.
func (w *writer) described(now map[graph.ID]graph.Entity, e graph.Entity) graph.Entity {
	old, ok := now[e.ID]
	if !ok {
		return e
	}
	if w.survey.described[short(string(e.ID))] != short(e.Name) {
		return joined(old, e, old.Name)
	}
	if w.format.Whole {
		old.Attributes = maps.Clone(old.Attributes)
		for name := range e.Attributes {
			delete(old.Attributes, name)
		}
	}
	return joined(old, e, e.Name)
}

// bundleSources adds the sources that the store does not have. What it has of a
// document stays: a person may have described it better than a row does.
func (w *writer) bundleSources(ctx context.Context, v graph.View, b *bundled) error {
	var sources []graph.Source
	seen := map[graph.ID]bool{}
	for _, p := range w.batch {
		for _, s := range p.sources {
			if !seen[s.ID] && !w.sources[s.ID] {
				seen[s.ID] = true
				sources = append(sources, s)
			}
		}
	}
	ids := make([]graph.ID, len(sources))
	for i, s := range sources {
		ids[i] = s.ID
	}
	stored, err := storedSources(ctx, v, ids)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if _, ok := stored[s.ID]; !ok {
			b.cs.Sources = append(b.cs.Sources, s)
		}
		b.count = append(b.count, func() { w.sources[s.ID] = true })
	}
	return nil
}

func (w *writer) bundleClaims(ctx context.Context, v graph.View, b *bundled) error {
	var all []stated
	for _, p := range w.batch {
		all = append(all, p.claims...)
	}
	groups, err := w.storedClaims(ctx, v, all)
	if err != nil {
		return err
	}
	for _, s := range all {
		group := slices.DeleteFunc(groups[s.key], func(c graph.Claim) bool { return w.pretended[c.ID] && w.options.DryRun })
		claim, retraction := w.place(s, &group)
		groups[s.key] = group
		w.book(b, s, claim, retraction)
	}
	return nil
}

// book adds what place found to the change set and to the report.
func (w *writer) book(b *bundled, s stated, claim *graph.Claim, retraction *graph.Retraction) {
	count := func(what func(*Counts) *int) {
		b.count = append(b.count, func() { w.report.count(s.Claim, what) })
	}
	switch {
	case claim == nil || w.pretended[claim.ID]:
		count(func(c *Counts) *int { return &c.Unchanged })
		return
	case retraction == nil:
		fresh, withdrawn := w.standing(*claim)
		switch {
		case withdrawn:
			count(func(c *Counts) *int { return &c.Withdrawn })
			return
		case fresh.ID != claim.ID:
			count(func(c *Counts) *int { return &c.Reopened })
		default:
			count(func(c *Counts) *int { return &c.Added })
		}
		claim = &fresh
	case isReopened(*retraction):
		count(func(c *Counts) *int { return &c.Reopened })
	default:
		count(func(c *Counts) *int { return &c.Changed })
	}
	b.cs.Claims = append(b.cs.Claims, *claim)
	if retraction != nil {
		b.cs.Retractions = append(b.cs.Retractions, *retraction)
	}
}

// commit appends a change set, unless the import is a dry run, and counts what
// it brought.
func (w *writer) commit(ctx context.Context, b *bundled) error {
	if !b.cs.IsEmpty() && !w.options.DryRun {
		if err := w.append(ctx, b); err != nil {
			return err
		}
	}
	if w.options.DryRun {
		w.pretend(b.cs)
	}
	for _, count := range b.count {
		count()
	}
	return nil
}

// append commits a change set. Its id holds the revision at which it was found
// out, so that saying the same as long before is not taken for a repetition.
func (w *writer) append(ctx context.Context, b *bundled) error {
	b.cs.Author = w.options.Author
	b.cs.Reason = "import of " + w.name()
	b.cs.ID = fmt.Sprintf("import:%s:%d:%s", w.format.Register, b.revision, b.cs.Digest()[:32])
	receipt, err := w.store.Append(ctx, b.cs)
	if err != nil {
		return err
	}
	for i := range b.cs.Claims {
		w.touch(b.cs.Claims[i])
	}
	w.report.Commits++
	w.report.Revision = max(w.report.Revision, receipt.Revision)
	if receipt.Withdrawn > 0 {
		return w.revive(ctx, b)
	}
	return nil
}

// touch tells of the ends of a claim that was written or retracted.
func (w *writer) touch(c graph.Claim) {
	if w.options.Touched == nil {
		return
	}
	for _, id := range []graph.ID{c.From, c.To} {
		if k := id.Kind(); k == graph.Company || k == graph.Product {
			w.options.Touched(id)
		}
	}
}

// pretend notes what a dry run would have written.
func (w *writer) pretend(cs graph.ChangeSet) {
	for _, e := range cs.Entities {
		w.pretended[e.ID] = true
	}
	for _, c := range cs.Claims {
		w.pretended[c.ID] = true
	}
	for _, r := range cs.Retractions {
		w.pretended[r.Claim] = true
	}
}
