package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
	"debadge/graph/dossier"
	"debadge/graph/picture"
)

const (
	svgType = "image/svg+xml"
	dotType = "text/vnd.graphviz"

	pageType = "text/html; charset=utf-8"
)

func (in *SubjectQuestion) asked() *graph.Moment { return &in.KnownAt.at }

type pictureInput struct {
	SubjectQuestion

	Format string `query:"format" enum:"svg,dot" default:"svg"`
	Embed  bool   `query:"embed"`
	Links  string `query:"links" maxLength:"10000"`
}

// pageLinks lead from a picture to the pages of the service, and to what the page
// around it says of a claim.
type pageLinks struct{ query string }

// linksOf lets them ask what is said, or else what the picture was asked.
func linksOf(c huma.Context, links string) (pageLinks, error) {
	u := c.URL()
	from := u.Query()
	if links != "" {
		var err error
		if from, err = url.ParseQuery(strings.TrimPrefix(links, "?")); err != nil {
			return pageLinks{}, refuseField("query.links", "is not what an address asks: write ?as_of=2026-01-31&policy=strict")
		}
	}
	asked := url.Values{}
	for _, name := range []string{"as_of", "known_at", "policy", "list"} {
		for _, value := range from[name] {
			if value != "" {
				asked.Add(name, value)
			}
		}
	}
	if len(asked) == 0 {
		return pageLinks{}, nil
	}
	return pageLinks{"?" + asked.Encode()}, nil
}

// Entity is the page about an entity.
func (l pageLinks) Entity(e graph.EntityRef) string {
	return "/entities/" + url.PathEscape(string(e.ID)) + l.query
}

// Hop is the place on the page that tells a claim.
func (pageLinks) Hop(claims []graph.Claim) string {
	if len(claims) == 0 {
		return ""
	}
	return "#" + string(claims[0].ID)
}

func (s *server) addPictures() {
	draws := func(id, path, summary, description string) *huma.Operation {
		op := operation(id, path, "pictures", summary, description, notFound, ambiguous, timeout)
		respondWith(op, svgType, &huma.Schema{Type: huma.TypeString})
		return op
	}
	op := draws("picture", "/v1/picture", "The lineage of a product or company as a picture",
		"Draws what a trace answers, all paths to all listings in one picture: as SVG, which holds no script, style or link and may stand in any page, or as DOT for Graphviz.")
	respondWith(op, dotType, &huma.Schema{Type: huma.TypeString})
	answering(s, op, s.picture)
	answering(s, draws("timeline-picture", "/v1/timeline/picture", "The finding over time as a picture",
		"Draws what a timeline answers, with the periods of the lists, the rebadgings and the ownership that the trace of as_of tells."), s.timelinePicture)
	op = operation("dossier", "/v1/dossier", "pictures", "One page about a product or company, to be printed or filed",
		"Answers with a page that needs nothing else: the finding, both pictures, every hop with its evidence, the sources, what was asked and how to ask it again. "+
			"Asked with the same as_of and known_at of one store, two pages are equal byte for byte.", notFound, ambiguous, timeout)
	respondWith(op, "text/html", &huma.Schema{Type: huma.TypeString})
	answering(s, op, s.dossier)
}

func (s *server) question(in *SubjectQuestion) (graph.Question, error) {
	policy, err := s.policy(in.Policy)
	return graph.Question{
		Subject: in.Subject, AsOf: s.dayOr(in.AsOf), KnownAt: in.KnownAt.at, Policy: policy, Lists: in.List, Paths: in.Paths,
	}, err
}

func (s *server) picture(ctx context.Context, hc huma.Context, in *pictureInput) (func(http.ResponseWriter), error) {
	q, err := s.question(&in.SubjectQuestion)
	if err != nil {
		return nil, err
	}
	answer, err := graph.Trace(ctx, s.Store, q)
	if err != nil {
		return nil, err
	}
	names, err := picture.ReadNames(ctx, s.Store, answer)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if in.Format == "dot" {
		err = picture.DOT(&b, answer, picture.Options{Names: names})
		return bytesOf(dotType, &b), err
	}
	o := picture.Options{Names: names}
	if in.Embed {
		o.Bare = true
		if o.Links, err = linksOf(hc, in.Links); err != nil {
			return nil, err
		}
	}
	err = picture.SVG(&b, answer, o)
	return bytesOf(svgType, &b), err
}

func bytesOf(contentType string, b *bytes.Buffer) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { writeBytes(w, http.StatusOK, contentType, b.Bytes()) }
}

type timelinePictureInput struct {
	SubjectQuestion

	Embed bool `query:"embed"`
}

func (s *server) timelinePicture(ctx context.Context, _ huma.Context, in *timelinePictureInput) (func(http.ResponseWriter), error) {
	q, err := s.question(&in.SubjectQuestion)
	if err != nil {
		return nil, err
	}
	timeline, err := graph.Timeline(ctx, s.Store, q)
	if err != nil {
		return nil, err
	}
	q.KnownAt = graph.Moment{Revision: timeline.Revision}
	answer, err := graph.Trace(ctx, s.Store, q)
	if err != nil {
		return nil, err
	}
	names, err := picture.ReadNames(ctx, s.Store, answer)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = picture.TimelineSVG(&b, timeline, answer, picture.Options{Names: names, Bare: in.Embed})
	return bytesOf(svgType, &b), err
}

type dossierInput struct{ SubjectQuestion }

func (s *server) dossier(ctx context.Context, _ huma.Context, in *dossierInput) (func(http.ResponseWriter), error) {
	q, err := s.question(&in.SubjectQuestion)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := dossier.Write(ctx, s.Store, &b, q, dossier.Options{Version: s.Version, Policy: q.Policy.Name}); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Security-Policy", pagePolicy+"; style-src "+dossier.StyleHash())
		writeBytes(w, http.StatusOK, pageType, b.Bytes())
	}, nil
}

type diffInput struct {
	Freshness

	From   moment `query:"from" required:"true"`
	To     moment `query:"to"`
	AsOf   day    `query:"as_of"`
	Policy string `query:"policy" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"20"`
}

// asked binds the later moment; the earlier one is part of the question.
func (in *diffInput) asked() *graph.Moment { return &in.To.at }

type rebadgingsInput struct {
	Freshness

	Origin  string   `query:"origin" required:"true" minLength:"1" maxLength:"500"`
	AsOf    day      `query:"as_of"`
	KnownAt moment   `query:"known_at"`
	Policy  string   `query:"policy" maxLength:"200"`
	List    []string `query:"list,explode" maxItems:"100"`
	Limit   int      `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}

func (in *rebadgingsInput) asked() *graph.Moment { return &in.KnownAt.at }

func (s *server) addLearned() {
	register(s, operation("diff", "/v1/diff", "questions", "What was learned between two moments, and whose findings changed by it?",
		"Answers with the change sets that were recorded after from and by to, what they brought and withdrew, and each company and product that has another finding, strength or action at the second moment, "+
			"with the claims that made it so. At most limit of each sort are listed; the counts are of all.", notFound, timeout), s.diff)
	register(s, operation("rebadgings", "/v1/rebadgings", "questions", "Which products got a new badge or another seller after the listing?",
		"Answers for a listed company, or for all on a list, with each REBRANDED_AS and SELLS that began on or after the day of the listing to which the old product traces back, in the order of product ids.",
		notFound, ambiguous, timeout), s.rebadgings)
}

func (s *server) diff(ctx context.Context, in *diffInput) (graph.DiffAnswer, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return graph.DiffAnswer{}, err
	}
	return graph.Diff(ctx, s.Store, graph.DiffQuestion{From: in.From.at, To: in.To.at, AsOf: s.dayOr(in.AsOf), Policy: policy, Limit: in.Limit})
}

func (s *server) rebadgings(ctx context.Context, in *rebadgingsInput) (graph.RebadgingsAnswer, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return graph.RebadgingsAnswer{}, err
	}
	return graph.AnswerRebadgings(ctx, s.Store, graph.ReachQuestion{
		Origin: in.Origin, AsOf: s.dayOr(in.AsOf), KnownAt: in.KnownAt.at, Policy: policy, Lists: in.List, Limit: in.Limit,
	})
}
