package ftm

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

// Format reads FollowTheMoney entities.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "ftm",
		Summary:   "FollowTheMoney entities of OpenSanctions or Aleph, one a line",
		Register:  "ftm",
		Publisher: "OpenSanctions, or who else published the entities",
		Title:     "FollowTheMoney entities",
		Kind:      "registry",
		Together:  true,
		Read:      read,
	}
}

// reader reads the files of one edition.
type reader struct {
	sink    ingest.Sink
	parties *seen
	things  *seen
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	var size int64
	for _, f := range files {
		size += f.Size
	}
	r := reader{sink: sink, parties: newSeen(size), things: newSeen(size)}
	for _, f := range files {
		found, err := r.walk(ctx, f, walker{sink: sink, needs: describes, visit: r.describe, refuse: sink.Refuse})
		if err != nil {
			return err
		}
		if !found {
			return graph.Errorf(graph.KindInvalid, "%s has no FollowTheMoney entity; one is a JSON object with id, schema and properties", f.Name)
		}
	}
	told := func(ingest.Refusal) error { return nil }
	for _, f := range files {
		if err := f.Rewind(); err != nil {
			return err
		}
		if _, err := r.walk(ctx, f, walker{sink: sink, needs: connects, visit: r.connect, refuse: told}); err != nil {
			return err
		}
	}
	return nil
}

// walk calls visit for each entity of a file, also for those inside others.
func (r *reader) walk(ctx context.Context, f *file.File, w walker) (found bool, err error) {
	items, err := file.NewItems(f, file.ItemOptions{})
	if err != nil {
		return false, err
	}
	for {
		item, err := items.Next()
		bad, isBad := errors.AsType[*file.BadRow](err)
		switch {
		case errors.Is(err, io.EOF):
			return w.found, nil
		case isBad:
			if bad.Truncated {
				r.sink.Incomplete(f.Name + " is cut off")
			}
			err = w.refuse(ingest.Refusal{Place: ingest.Place{File: f.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason})
		case err == nil:
			err = w.item(ingest.Place{File: f.Name, Line: item.Line}, item.JSON, 0)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return w.found, err
		}
	}
}

// walker is what a walk does with each entity. It reads the properties of those
// that need it, and of those that have entities inside.
type walker struct {
	sink   ingest.Sink
	needs  func(*entity) bool
	visit  func(ingest.Place, *entity) error
	refuse func(ingest.Refusal) error
	found  bool
}

// maxNesting is how deep entities stand inside entities; published files reach 2.
const maxNesting = 8

func (w *walker) item(at ingest.Place, data []byte, depth int) error {
	var e entity
	if err := json.Unmarshal(data, &e); err != nil {
		return w.refuse(ingest.Refusal{Place: at, Value: file.Shorten(string(data)), Reason: "is not an entity: an object with id, schema and properties"})
	}
	if e.ID == "" || e.Schema == "" {
		if depth > 0 {
			return nil // a value with members, but no entity
		}
		return w.refuse(ingest.Refusal{Place: at, Value: file.Shorten(string(data)), Reason: "has no id or no schema"})
	}
	w.found = true
	nests := e.has("schema")
	if nests || w.needs(&e) {
		if err := e.open(); err != nil {
			refuse := w.refuse
			if !nests && !describes(&e) {
				refuse = w.sink.Refuse // the other walk does not open it
			}
			return refuse(ingest.Refusal{Place: in(at, ""), Value: file.Shorten(string(e.Written)), Reason: "is not properties: an object of lists of values"})
		}
	}
	if err := w.visit(at, &e); err != nil {
		return err
	}
	if !nests {
		return nil
	}
	if depth == maxNesting {
		return w.refuse(ingest.Refusal{Place: at, Value: e.ID, Reason: "has entities more than 8 deep inside; export it without nesting"})
	}
	for _, inner := range e.nested() {
		if err := w.item(at, inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// describes says whose properties the first walk reads.
func describes(e *entity) bool {
	_, party := parties[e.Schema]
	return party
}

// connects says whose properties the second walk reads.
func connects(e *entity) bool {
	_, ok := links[e.Schema]
	return ok || describes(e) && e.has(subsidiary)
}

// describe is the first walk: it gives the sink the parties, and counts what
// is neither party nor link.
func (r *reader) describe(at ingest.Place, e *entity) error {
	if _, ok := parties[e.Schema]; ok {
		r.parties.add(e.ID)
		return r.sink.Record(ingest.Record{At: at, Entities: []graph.Entity{e.party()}})
	}
	if _, ok := links[e.Schema]; !ok {
		r.things.add(e.ID)
		r.sink.LeaveOut(e.Schema)
	}
	return nil
}

// connect is the second walk: it gives the sink the links.
func (r *reader) connect(at ingest.Place, e *entity) error {
	l, ok := links[e.Schema]
	if describes(e) && len(e.all(subsidiary)) > 0 {
		l, ok = links[subsidiary], true
	}
	if !ok {
		return nil
	}
	return r.link(at, e, l)
}
