package ingest

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"slices"

	"debadge/graph"
)

// begin writes the files as sources, and that the edition of its lists is now
// this one and not complete yet: an older edition is refused from here on.
func (w *writer) begin(ctx context.Context) error {
	return w.mark(ctx, "no")
}

// end writes whether the edition is complete.
func (w *writer) end(ctx context.Context) error {
	complete := "no"
	if w.complete() {
		complete = "yes"
	}
	return w.mark(ctx, complete)
}

// mark writes the files as sources, and in each list how far its edition is.
func (w *writer) mark(ctx context.Context, complete string) error {
	var b *bundled
	err := w.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		b = &bundled{}
		b.revision, _ = v.At()
		if err := w.markSources(ctx, v, b); err != nil || w.edition.date.IsZero() {
			return err
		}
		lists, err := storedEntities(ctx, v, w.survey.covered())
		if err != nil {
			return err
		}
		for _, id := range w.survey.covered() {
			w.markList(lists[id], id, complete, b)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.commit(ctx, b)
}

// markList adds a list with its edition, if that is not what it says already.
// An edition that was imported before stays complete while it is gone through.
func (w *writer) markList(list graph.Entity, id graph.ID, complete string, b *bundled) {
	if list.ID == "" {
		list = w.survey.cover[id]
	}
	if list.ID == "" {
		return // covered, but neither described by the edition nor known
	}
	now := imported{w.edition.date.String(), w.edition.digest, complete}
	before, ok := importedOf(list, w.format.Register)
	if ok && complete == "no" && before.edition == now.edition && before.digest == now.digest && w.complete() {
		return
	}
	if marked := withImported(list, w.format.Register, now); marked.Digest() != list.Digest() {
		b.cs.Entities = append(b.cs.Entities, marked)
	}
}

// markSources adds the files of the edition, and their date where it was not
// known before.
func (w *writer) markSources(ctx context.Context, v graph.View, b *bundled) error {
	ids := make([]graph.ID, len(w.edition.files))
	for i, f := range w.edition.files {
		ids[i] = f.id
	}
	stored, err := storedSources(ctx, v, ids)
	if err != nil {
		return err
	}
	for _, f := range w.edition.files {
		s, ok := stored[f.id]
		switch {
		case !ok:
			s = graph.Source{ID: f.id, Title: w.format.Title, Publisher: w.format.Publisher, Kind: w.format.Kind, Digest: f.digest}
			if len(w.edition.files) > 1 {
				s.Title += ", " + path.Base(filepath.ToSlash(f.name))
			}
		case w.edition.date.IsZero() || s.Date == w.edition.date:
			continue
		}
		s.Date = w.edition.date
		b.cs.Sources = append(b.cs.Sources, s)
	}
	return nil
}

// closeAbsent closes the listings that a complete edition no longer holds.
func (w *writer) closeAbsent(ctx context.Context) error {
	if !w.closes() {
		return nil
	}
	absent, err := w.absent(ctx)
	if err != nil {
		return err
	}
	done := 0
	for chunk := range slices.Chunk(absent, max(1, cmp.Or(w.options.batch, maxItems)/2)) {
		b := &bundled{}
		for _, c := range chunk {
			key, _ := keyIn(w.format.Register, c.ID)
			closed, r := w.closing(key, c)
			if closed != nil {
				b.cs.Claims = append(b.cs.Claims, *closed)
			}
			b.cs.Retractions = append(b.cs.Retractions, r)
			b.count = append(b.count, func() { w.report.count(c, func(c *Counts) *int { return &c.Closed }) })
		}
		if err := w.commit(ctx, b); err != nil {
			return err
		}
		done += len(chunk)
		w.progress(Closing, done, len(absent))
	}
	return nil
}

// absent returns the open listings of the edition's lists that it does not hold.
func (w *writer) absent(ctx context.Context) (absent []graph.Claim, err error) {
	err = w.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		absent = nil
		for _, list := range w.survey.covered() {
			err := w.listings(ctx, v, list, func(key keyHash, c graph.Claim) {
				if w.stands(c) && !w.survey.holds(key, contentOf(c)) && !w.pretended[c.ID] {
					absent = append(absent, c)
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return absent, err
}
