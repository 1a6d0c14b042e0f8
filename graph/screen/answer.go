package screen

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"debadge/graph"
	"debadge/graph/identifier"
)

// Names recognizes the products and companies that lines name, at the revision
// of a view. It may be called by several goroutines at once.
type Names interface {
	// Revision is that of the view whose names it knows; a run is answered at it.
	Revision() graph.Revision

	// Product recognizes a product by a text, and by what else the line says.
	Product(ctx context.Context, v graph.View, text string, in *Input) (Recognized, error)

	// Company recognizes a company by its name and what else identifies it.
	Company(ctx context.Context, v graph.View, text string, ids []identifier.Identifier) (Recognized, error)
}

// Recognized is what a text was recognized as.
type Recognized struct {
	Resolution Resolution
	Entity     graph.ID // where the resolution is identified or matched
	Score      float64
	Why        string
	Candidates []CandidateID // where it is ambiguous, or where something is near
}

// CandidateID is an entity that a text may mean.
type CandidateID struct {
	ID    graph.ID
	Score float64
	Why   string
}

const (
	// keptAnswers is how many answers each generation of a cache holds.
	keptAnswers = 8192

	// mostListings bounds the listings that a row carries.
	mostListings = 32

	// mostCandidates bounds the candidates that a row shows.
	mostCandidates = 8
)

// answerer answers the lines of one run.
type answerer struct {
	store   graph.Store
	opts    Options
	basis   graph.Basis
	at      graph.Moment // of basis.Revision
	texts   *cache[*Subject]
	known   *cache[*assessed]
	parties *cache[graph.EntityRef]
	unsure  graph.Action // the policy's action for what is unknown
	buffers sync.Pool    // of *[]byte, for the encoded rows of a batch
}

// assessed is what the graph holds about an entity.
type assessed struct {
	entity graph.EntityRef
	graph.Assessment
	listings []Listing
	more     int
}

func newAnswerer(ctx context.Context, s graph.Store, opts Options) (*answerer, error) {
	a := &answerer{
		store: s, opts: opts, texts: newCache[*Subject](keptAnswers), known: newCache[*assessed](keptAnswers),
		parties: newCache[graph.EntityRef](keptAnswers),
		unsure:  opts.Policy.Actions.Unknown,
	}
	at := opts.KnownAt
	if at == (graph.Moment{}) {
		at = pinned(opts.Names.Revision())
	}
	err := s.View(ctx, at, func(v graph.View) error {
		assessor, err := graph.NewAssessor(ctx, v, opts.Policy, opts.AsOf, opts.Lists)
		if err != nil {
			return err
		}
		defer assessor.Close()
		a.basis = assessor.Basis(opts.KnownAt)
		return nil
	})
	if err == nil && a.basis.Revision != opts.Names.Revision() {
		err = graph.Errorf(graph.KindInternal, "names of revision %d were to be used at revision %d", opts.Names.Revision(), a.basis.Revision)
	}
	a.at = pinned(a.basis.Revision)
	return a, err
}

// pinned is the moment of a revision and of no later one.
func pinned(r graph.Revision) graph.Moment {
	if r == 0 {
		return graph.Moment{Time: time.Unix(0, 0)} // no revision is as old
	}
	return graph.Moment{Revision: r}
}

// answer answers the lines of a batch on one view and encodes the answers.
func (a *answerer) answer(ctx context.Context, b *batch, e Encoder) error {
	if len(b.lines) == 0 {
		return nil
	}
	if a.opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.opts.Timeout)
		defer cancel()
	}
	if free, ok := a.buffers.Get().(*[]byte); ok {
		b.encoded = *free
	}
	return a.store.View(ctx, a.at, func(v graph.View) error {
		assessor, err := a.opts.Findings.Assessor(ctx, v, a.opts.Policy, a.opts.AsOf, a.opts.Lists)
		if err != nil {
			return err
		}
		defer assessor.Close()
		q := &asking{answerer: a, view: v, assessor: assessor}
		b.rows, b.encoded = make([]Row, len(b.lines)), b.encoded[:0] // anew if this is a retry
		for i := range b.lines {
			if err := q.row(ctx, &b.lines[i], &b.rows[i]); err != nil {
				return err
			}
			if b.encoded, err = e.Encode(b.encoded, &b.rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// asking is an answerer at work on one view.
type asking struct {
	*answerer
	view     graph.View
	assessor *graph.Assessor
}

// row answers one line.
func (q *asking) row(ctx context.Context, l *Line, r *Row) error {
	*r = Row{Line: l.Number, At: l.At, Input: l.Input, Cells: l.Cells, Finding: graph.Unknown}
	if l.Bad != "" {
		r.Action = max(q.unsure, graph.Review)
		r.Reasons = []string{"the row could not be read: " + l.Bad}
		return nil
	}
	if l.Input.namesProduct() {
		s, err := q.product(ctx, &l.Input)
		if err != nil {
			return err
		}
		r.Product = s
	}
	if err := q.companies(ctx, r); err != nil {
		return err
	}
	q.conclude(r)
	return nil
}

// companies asks about the companies that a line names. The brand is asked
// about where the product does not settle it.
func (q *asking) companies(ctx context.Context, r *Row) error {
	in := &r.Input
	named := []NamedCompany{{Role: Manufacturer, Text: in.Manufacturer}, {Role: Supplier, Text: in.Supplier}}
	if r.Product == nil || r.Product.Entity == nil {
		named = append(named, NamedCompany{Role: Brand, Text: in.Brand})
	}
	ids := in.CompanyIDs // belong to the first of them
	for i, c := range named {
		same := func(o NamedCompany) bool { return o.Text == c.Text }
		if (c.Text == "" || slices.ContainsFunc(named[:i], same)) && (len(ids) == 0 || c.Role != Supplier) {
			continue
		}
		s, err := q.recognized(ctx, keyOf("company", []string{c.Text}, ids), func() (Recognized, error) {
			return q.opts.Names.Company(ctx, q.view, c.Text, ids)
		})
		if err != nil {
			return err
		}
		c.Subject, ids = s, nil
		r.Companies = append(r.Companies, c)
	}
	return nil
}

// conclude makes the line's answer from those about what it names. A company
// that is not known says nothing where the product is: few suppliers are.
func (q *asking) conclude(r *Row) {
	switch {
	case r.Product != nil:
		r.Finding, r.Action = r.Product.Finding, r.Product.Action
	case len(r.Companies) == 0:
		r.Action = q.unsure
		r.Reasons = append(r.Reasons, "the line names no product and no company; a column that does can be named with --map")
	default:
		r.Finding, r.Action = graph.Clear, graph.Pass
	}
	r.subjects(func(s *Subject) {
		if s.Finding != graph.Listed {
			return
		}
		r.Finding = graph.Listed
		if r.Strength == 0 || s.Strength < r.Strength {
			r.Strength = s.Strength
		}
	})
	if r.Product != nil {
		r.because(string(Product), r.Product)
	}
	for _, c := range r.Companies {
		if c.Resolution == NotKnown && r.Product != nil {
			continue
		}
		r.Action = max(r.Action, c.Action)
		if c.Finding == graph.Unknown && r.Finding == graph.Clear {
			r.Finding = graph.Unknown
		}
		r.because(string(c.Role), c.Subject)
	}
}

// because adds why a subject is not clear, where it is not listed.
func (r *Row) because(role string, s *Subject) {
	if s.Finding != graph.Unknown {
		return
	}
	switch s.Resolution {
	case Ambiguous:
		r.Reasons = append(r.Reasons, "several entities match the "+role+"; which of them is meant has to be said, best by its id")
	case NotKnown:
		r.Reasons = append(r.Reasons, "debadge does not know the "+role+"; that does not mean that it is clear")
	case Identified, Matched:
		r.Reasons = append(r.Reasons, "what the graph holds does not settle the "+role+"; debadge trace "+string(s.Entity.ID)+" says why")
	case Refused:
	}
}

// product asks about the product of a line.
func (q *asking) product(ctx context.Context, in *Input) (*Subject, error) {
	if in.ID != "" {
		return q.identified(ctx, graph.ID(in.ID))
	}
	texts := append([]string{in.Product}, in.Also...)
	key := keyOf("product", append(texts, in.Brand, in.Manufacturer), in.Identifiers)
	return q.recognized(ctx, key, func() (Recognized, error) { return q.recognize(ctx, texts, in) })
}

// recognize asks for the texts in their order until one is known. An id in the
// place of a text is taken as one.
func (q *asking) recognize(ctx context.Context, texts []string, in *Input) (Recognized, error) {
	first := Recognized{Resolution: NotKnown}
	for i, text := range texts {
		if id := graph.ID(strings.TrimSpace(text)); id.Kind() == graph.Product || id.Kind() == graph.Company {
			a, err := q.assess(ctx, id)
			if err != nil || a != nil {
				return Recognized{Resolution: Identified, Entity: id, Score: 1, Why: byID}, err
			}
		}
		if text == "" && (i > 0 || len(in.Identifiers) == 0) {
			continue
		}
		r, err := q.opts.Names.Product(ctx, q.view, text, in)
		if err != nil || r.Resolution != NotKnown {
			return r, err
		}
		if len(first.Candidates) == 0 {
			first = r
		}
	}
	return first, nil
}

// keyOf is the same for two lines that say the same of something.
func keyOf(what string, texts []string, ids []identifier.Identifier) string {
	var b strings.Builder
	b.WriteString(what)
	for _, text := range texts {
		b.WriteString("\x00" + text)
	}
	for _, id := range ids {
		b.WriteString("\x00\x00" + string(id.Scheme) + "\x00" + id.Value)
	}
	return b.String()
}

// byID is why something is what an id says.
const byID = "its id"

// identified asks about an entity by its id.
func (q *asking) identified(ctx context.Context, id graph.ID) (*Subject, error) {
	if kind := id.Kind(); kind == graph.Product || kind == graph.Company {
		a, err := q.assess(ctx, id)
		if err != nil {
			return nil, err
		}
		if a != nil {
			return a.subject(Recognized{Resolution: Identified, Score: 1, Why: byID}), nil
		}
	}
	return q.unknown(Recognized{Resolution: NotKnown}), nil
}

func (a *assessed) subject(r Recognized) *Subject {
	return &Subject{
		Resolution: r.Resolution, Entity: &a.entity, Score: r.Score, Why: r.Why,
		Assessment: a.Assessment, Listings: a.listings, MoreListings: a.more,
	}
}

// unknown is the subject of which it is not known what it is.
func (q *asking) unknown(r Recognized) *Subject {
	return &Subject{
		Resolution: r.Resolution, Score: r.Score, Why: r.Why,
		Assessment: graph.Assessment{Finding: graph.Unknown, Action: q.unsure, Complete: true},
	}
}

// recognized asks about what a text is recognized as, and keeps the answer.
func (q *asking) recognized(ctx context.Context, key string, recognize func() (Recognized, error)) (*Subject, error) {
	if s, ok := q.texts.get(key); ok {
		return s, nil
	}
	r, err := recognize()
	if err != nil {
		return nil, err
	}
	var s *Subject
	switch r.Resolution {
	case Identified, Matched:
		a, err := q.assess(ctx, r.Entity)
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, graph.Errorf(graph.KindInternal, "%s was recognized and is not known at revision %d", r.Entity, q.basis.Revision)
		}
		s = a.subject(r)
	case Ambiguous, NotKnown, Refused:
		s = q.unknown(r)
		if err := q.candidates(ctx, s, r); err != nil {
			return nil, err
		}
	}
	q.texts.add(key, s)
	return s, nil
}

// candidates adds the entities that a text may mean. Whichever of several it
// means, the action is at least the mildest of theirs.
func (q *asking) candidates(ctx context.Context, s *Subject, r Recognized) error {
	mildest := graph.Block
	for i, c := range r.Candidates {
		if i == mostCandidates {
			mildest = graph.Pass // not all were asked about
			break
		}
		a, err := q.assess(ctx, c.ID)
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		mildest = min(mildest, a.Action)
		s.Candidates = append(s.Candidates, Candidate{Entity: a.entity, Score: c.Score, Why: c.Why, Finding: a.Finding})
	}
	if s.Resolution == Ambiguous && len(s.Candidates) > 0 {
		s.Action = max(s.Action, mildest)
	}
	return nil
}

// assess asks the graph about an entity, nil if there is none of that id.
func (q *asking) assess(ctx context.Context, id graph.ID) (*assessed, error) {
	if a, ok := q.known.get(string(id)); ok {
		return a, nil
	}
	nodes, err := q.view.Nodes(ctx, []graph.ID{id})
	if err != nil || nodes[0] == graph.NoNode {
		return nil, err
	}
	a := new(assessed)
	if a.Assessment, err = q.assessor.Assess(ctx, nodes[0]); err != nil {
		return nil, err
	}
	if a.Finding == graph.Listed {
		if err := q.listings(ctx, id, a); err != nil {
			return nil, err
		}
	}
	if a.entity, err = q.ref(ctx, id); err != nil {
		return nil, err
	}
	q.known.add(string(id), a)
	return a, nil
}

// ref returns an entity as answers name it.
func (q *asking) ref(ctx context.Context, id graph.ID) (graph.EntityRef, error) {
	found, err := q.view.Entities(ctx, []graph.ID{id})
	if err != nil {
		return graph.EntityRef{}, err
	}
	return found[0].Ref(), nil
}

// listings adds the listings that an entity traces back to.
func (q *asking) listings(ctx context.Context, id graph.ID, a *assessed) error {
	if q.opts.Explain {
		return q.paths(ctx, id, a)
	}
	reached, total, err := q.assessor.Listings(ctx, mostListings)
	if err != nil {
		return err
	}
	a.listings, a.more = make([]Listing, len(reached)), total-len(reached)
	for i, l := range reached {
		a.listings[i] = Listing{Way: l.Way, Strength: l.Strength}
		if a.listings[i].Entity, err = q.party(ctx, l.Entity); err != nil {
			return err
		}
		if a.listings[i].List, err = q.party(ctx, l.List); err != nil {
			return err
		}
	}
	return nil
}

// party returns a listed entity or a list, of which there are few.
func (q *asking) party(ctx context.Context, id graph.ID) (graph.EntityRef, error) {
	if ref, ok := q.parties.get(string(id)); ok {
		return ref, nil
	}
	ref, err := q.ref(ctx, id)
	if err == nil {
		q.parties.add(string(id), ref)
	}
	return ref, err
}

// paths adds the listings with the best path to each.
func (q *asking) paths(ctx context.Context, id graph.ID, a *assessed) error {
	answer, err := graph.TraceView(ctx, q.view, graph.Question{
		Subject: string(id), AsOf: q.opts.AsOf, KnownAt: q.opts.KnownAt, Policy: q.opts.Policy, Lists: q.opts.Lists,
	})
	if err != nil {
		return err
	}
	if answer.Finding != a.Finding || answer.Action != a.Action {
		return graph.Errorf(graph.KindInternal, "the trace and the assessment of %s differ", id)
	}
	for _, l := range answer.Listings[:min(len(answer.Listings), mostListings)] {
		a.listings = append(a.listings, Listing{Entity: l.Entity, List: l.List, Way: l.Way, Strength: l.Strength, Paths: l.Paths})
	}
	a.more = len(answer.Listings) - len(a.listings)
	return nil
}
