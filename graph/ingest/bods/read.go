package bods

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

// Format reads BODS statements.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "bods",
		Summary:   "Beneficial Ownership Data Standard, 0.4 and 0.3, statements in an array or one a line",
		Register:  "bods",
		Publisher: "the publisher that the statements name",
		Title:     "Beneficial ownership statements",
		Kind:      "registry",
		Together:  true,
		Read:      read,
	}
}

// reader reads the files of one edition.
type reader struct {
	sink  ingest.Sink
	spool spool
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) (err error) {
	r := reader{sink: sink}
	defer func() { err = errors.Join(err, r.spool.close()) }()
	for i, f := range files {
		if err := r.walk(ctx, i, f); err != nil {
			return err
		}
	}
	return r.spool.each(func(key string, group []entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.tell(files, key, group)
	})
}

// walk gives the sink the parties of a file, and holds back its relationships.
func (r *reader) walk(ctx context.Context, number int, f *file.File) error {
	items, err := file.NewItems(f, file.ItemOptions{Keys: []string{"statements"}})
	if err != nil {
		return err
	}
	statements, wrong := 0, 0
	for {
		item, err := items.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case errors.Is(err, io.EOF):
			if statements == 0 && wrong > 0 {
				return graph.Errorf(graph.KindInvalid, "%s has no BODS statement; one has a statementId and a recordType (0.4) or a statementType (0.3)", f.Name)
			}
			return nil
		case isBad:
			wrong++
			if bad.Truncated {
				r.sink.Incomplete(f.Name + " is cut off")
			}
			err = r.sink.Refuse(ingest.Refusal{Place: ingest.Place{File: f.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason})
		case err == nil:
			s, column, reason := parse(ingest.Place{File: f.Name, Line: item.Line}, item.JSON)
			if reason != "" {
				wrong++
				err = r.sink.Refuse(ingest.Refusal{Place: ingest.Place{File: f.Name, Line: item.Line, Column: column}, Value: file.Shorten(string(item.JSON)), Reason: reason})
				break
			}
			statements++
			err = r.take(number, &s, item.JSON)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// take gives the sink a party, or holds a relationship back: under its own key,
// and, since it ends them, under those of the statements that it replaces.
func (r *reader) take(number int, s *statement, data []byte) error {
	if s.kind != relationshipKind {
		return r.sink.Record(s.describe())
	}
	e := entry{key: s.series(), file: number, line: s.at.Line, told: true, data: data}
	if err := r.spool.add(e); err != nil {
		return err
	}
	if s.RecordType != "" {
		return nil // in 0.4 the record holds them together
	}
	e.told = false
	for _, old := range s.Replaces {
		e.key = old
		if err := r.spool.add(e); err != nil {
			return err
		}
	}
	return nil
}

// tell reads the statements of one relationship again, in the order of their
// dates, and tells its history.
func (r *reader) tell(files []*file.File, key string, group []entry) error {
	var versions []version
	for _, e := range group {
		s, _, _ := parse(ingest.Place{File: files[e.file].Name, Line: e.line}, e.data) // read once already
		versions = append(versions, version{s, e.told})
	}
	inOrder(versions)
	if !slices.ContainsFunc(versions, func(v version) bool { return v.told }) {
		return nil
	}
	return tell(r.sink, key, versions)
}

// inOrder sorts versions by their dates. One without a date stays behind the
// one that it stands behind.
func inOrder(versions []version) {
	at := make(map[*version]graph.Day, len(versions))
	order := make([]*version, len(versions))
	last := graph.MinDay
	for i := range versions {
		v := &versions[i]
		if !v.date.IsZero() {
			last = v.date.Earliest()
		}
		at[v], order[i] = last, v
	}
	slices.SortStableFunc(order, func(a, b *version) int { return cmp.Compare(at[a], at[b]) })
	sorted := make([]version, len(versions))
	for i, v := range order {
		sorted[i] = *v
	}
	copy(versions, sorted)
}
