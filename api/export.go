package api

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/export"
)

type exportInput struct {
	Freshness

	Format     string   `path:"format" enum:"cypher,ndjson,graphml,gexf,ftm"`
	Entity     []string `query:"entity,explode" maxItems:"100"`
	Upstream   bool     `query:"upstream"`
	Downstream bool     `query:"downstream"`
	Around     int      `query:"around" minimum:"1" maximum:"16"`
	AsOf       day      `query:"as_of"`
	KnownAt    moment   `query:"known_at"`
	Policy     string   `query:"policy" maxLength:"200"`
}

func (in *exportInput) asked() *graph.Moment { return &in.KnownAt.at }

// exporting is a format that a store goes out in.
type exporting struct {
	contentType, ending string
	write               func(context.Context, graph.Store, io.Writer, export.Options) error
}

var exportings = map[string]exporting{
	"cypher": {"text/plain; charset=utf-8", "cypher", func(ctx context.Context, s graph.Store, w io.Writer, o export.Options) error {
		form, err := export.ParseParameters("")
		if err != nil {
			return err
		}
		return export.Cypher(ctx, s, w, form, o)
	}},
	"ndjson":  {ndjsonType, "ndjson", export.NDJSON},
	"graphml": {"application/graphml+xml", "graphml", export.GraphML},
	"gexf":    {"application/gexf+xml", "gexf", export.GEXF},
	"ftm":     {ndjsonType, "ftm.json", export.FtM},
}

func (s *server) addExports() {
	op := operation("export", "/v1/export/{format}", "claims", "Claims for other tools",
		"Answers with the whole store, or the part around some entities, as a stream: cypher is a script for an empty Neo4j 5, ndjson the log that another store takes over as it is, "+
			"graphml and gexf are graphs to be looked at, ftm is FollowTheMoney. Two exports of one revision are equal byte for byte. "+
			"A stream that cannot be ended is cut off: its connection breaks.", notFound, timeout)
	for _, media := range []string{"text/plain", "application/graphml+xml", "application/gexf+xml"} {
		respondWith(op, media, &huma.Schema{Type: huma.TypeString})
	}
	respondWith(op, ndjsonType, s.schema(reflect.TypeFor[exportLine]()))
	serve(s, op, s.export)
}

// exportLine is a line of an export, in its format's own form.
type exportLine map[string]any

func (s *server) export(hc huma.Context, in *exportInput) {
	w := humagin.Unwrap(hc).Writer
	ctx, cancel := context.WithTimeout(hc.Context(), s.StreamTimeout)
	defer cancel()
	control := http.NewResponseController(w)
	defer limitWrites(hc.Context(), control, s.StreamTimeout)()
	err := s.await(ctx, in)
	if err == nil {
		var same bool
		if same, err = s.unchanged(ctx, hc, in); same {
			return
		}
	}
	var o export.Options
	if err == nil {
		o, err = s.exportOptions(hc, in)
	}
	if err != nil {
		writeProblem(hc.Context(), w, problemOf(ctx, err))
		return
	}
	f := exportings[in.Format]
	out := &begun{w: w, begin: func() {
		w.Header().Set("Content-Type", f.contentType)
		w.Header().Set("Content-Disposition", `attachment; filename="debadge.`+f.ending+`"`)
	}}
	b := bufio.NewWriterSize(out, 64<<10)
	if err = f.write(ctx, s.Store, b, o); err == nil {
		err = b.Flush()
	}
	if err == nil {
		out.start() // also where there is nothing to give out
		return
	}
	p := problemOf(ctx, err)
	if !out.yes {
		writeProblem(hc.Context(), w, p)
		return
	}
	recordOf(hc.Context()).note(p)
	panic(http.ErrAbortHandler) // half of a store must not look whole
}

// begun knows whether an answer has begun: until then it can still be a problem.
type begun struct {
	w     http.ResponseWriter
	begin func()
	yes   bool
}

func (b *begun) start() {
	if !b.yes {
		b.yes = true
		b.begin()
	}
}

// Write begins the answer.
func (b *begun) Write(data []byte) (int, error) {
	b.start()
	return b.w.Write(data)
}

func (s *server) exportOptions(hc huma.Context, in *exportInput) (o export.Options, err error) {
	o.KnownAt = in.KnownAt.at
	if in.AsOf.given {
		o.AsOf = &in.AsOf.day
	}
	if hc.Query("policy") != "" {
		policy, err := s.policy(in.Policy)
		if err != nil {
			return o, err
		}
		o.Policy = &policy
	}
	for _, id := range in.Entity {
		o.Part.Subjects = append(o.Part.Subjects, graph.ID(id))
	}
	o.Part.Upstream, o.Part.Downstream, o.Part.Around = in.Upstream, in.Downstream, in.Around
	directed := in.Upstream || in.Downstream || in.Around > 0
	if directed && len(o.Part.Subjects) == 0 {
		return o, refuseField("query.entity", "is missing: upstream, downstream and around go from an entity")
	}
	if !directed && len(o.Part.Subjects) > 0 {
		o.Part.Upstream = true
	}
	return o, nil
}
