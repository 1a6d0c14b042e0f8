package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"debadge/graph"
)

// Options say what is exported.
type Options struct {
	KnownAt graph.Moment  // what the store knew then
	AsOf    *graph.Day    // only claims that hold on this day; nil: whenever they hold
	Policy  *graph.Policy // only claims that the policy counts, and disputed ones; nil: every claim
	Part    Part          // the part around some entities; its zero value is the whole store

	Progress func(Progress) // nil is nobody
	TempDir  string         // where files are put in order; the system's own if it is empty

	drawn bool // for people to look at: without lists that nothing leads to
}

// Progress is how far an export is.
type Progress struct {
	Revision graph.Revision // that was read last
	Last     graph.Revision // that will be
	Items    int            // entities, sources, claims and retractions read
}

// Basis says what an export holds; every format that has a place for it begins
// with it.
type Basis struct {
	Revision   graph.Revision `json:"revision"`
	RecordedAt time.Time      `json:"recorded_at,omitzero"`
	AsOf       *graph.Date    `json:"as_of,omitempty"`
	Policy     string         `json:"policy,omitempty"`
	Digest     string         `json:"policy_digest,omitempty"`
	Part       *Part          `json:"part,omitempty"`
}

// whole reports whether nothing is left out of what the store knew.
func (b Basis) whole() bool { return b.AsOf == nil && b.Policy == "" && b.Part == nil }

// IsPart reports whether something was left out, so that what an export does
// not hold may stand in the store.
func (b Basis) IsPart() bool { return !b.whole() }

// Words tells in a line what an export holds.
func (b Basis) Words() string {
	text := fmt.Sprintf("The whole store at revision %d", b.Revision)
	if b.Part != nil {
		text = fmt.Sprintf("A part of a store at revision %d: %s", b.Revision, b.Part.words())
	} else if !b.whole() {
		text = fmt.Sprintf("A part of a store at revision %d", b.Revision)
	}
	if !b.RecordedAt.IsZero() {
		text += ", recorded " + stamp(b.RecordedAt)
	}
	if b.AsOf != nil {
		text += "; claims that hold on " + b.AsOf.String()
	}
	if b.Policy != "" {
		text += fmt.Sprintf("; claims that the policy %q (sha256:%s) counts, and disputed ones", b.Policy, b.Digest)
	}
	return text + "."
}

// stamp writes a record time, which stores keep in microseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// log is the feed of a store up to a revision, without what is left out.
type log struct {
	store    graph.Store
	basis    Basis
	opts     Options
	claims   claimFilter
	entities map[graph.ID]bool // of the part; nil is all
	sources  map[graph.ID]bool // that claims of the part cite; nil is all
	items    int
}

// openLog settles the revision and, for a part, what belongs to it.
func openLog(ctx context.Context, s graph.Store, opts Options) (*log, error) {
	l := &log{store: s, opts: opts}
	if opts.AsOf != nil {
		day := opts.AsOf.Date()
		l.basis.AsOf, l.claims.day = &day, opts.AsOf
	}
	if opts.Policy != nil {
		l.basis.Policy, l.basis.Digest = opts.Policy.Name, opts.Policy.Digest()
		l.claims.policy(opts.Policy)
	}
	if len(opts.Part.Subjects) > 0 {
		l.basis.Part = &opts.Part
	}
	err := s.View(ctx, opts.KnownAt, func(v graph.View) (err error) {
		l.basis.Revision, l.basis.RecordedAt = v.At()
		if l.basis.Part != nil {
			l.entities, err = opts.Part.gather(ctx, v, l.claims, !opts.drawn)
		}
		return err
	})
	if err != nil || l.entities == nil {
		return l, err
	}
	return l, l.cite(ctx)
}

// cite notes the sources that claims of the part cite: they come before the
// claims, and one may come long before.
func (l *log) cite(ctx context.Context) error {
	cited := map[graph.ID]bool{}
	err := l.changes(ctx, func(c graph.Change) error {
		for i := range c.Claims {
			if l.keeps(&c.Claims[i]) {
				for _, q := range c.Claims[i].Citations {
					cited[q.Source] = true
				}
			}
		}
		return nil
	})
	l.sources = cited
	return err
}

func (l *log) keeps(c *graph.Claim) bool {
	return (l.entities == nil || l.entities[c.From] && l.entities[c.To]) && l.claims.keeps(c)
}

var errEnough = errors.New("the last revision was read")

// changes yields the feed up to the revision, with everything in it.
func (l *log) changes(ctx context.Context, yield func(graph.Change) error) error {
	if l.basis.Revision == 0 {
		return nil
	}
	err := l.store.Changes(ctx, 0, func(c graph.Change) error {
		if c.Revision > l.basis.Revision {
			return errEnough
		}
		if err := yield(c); err != nil {
			return err
		}
		if c.Revision == l.basis.Revision {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// each yields the feed without what is left out. A change set of which nothing
// is left stays, so that revisions mean the same everywhere.
func (l *log) each(ctx context.Context, yield func(graph.Change) error) error {
	kept := map[graph.ID]bool{}
	return l.changes(ctx, func(c graph.Change) error {
		l.items += size(c.ChangeSet)
		if l.opts.Progress != nil {
			l.opts.Progress(Progress{Revision: c.Revision, Last: l.basis.Revision, Items: l.items})
		}
		if l.basis.whole() {
			return yield(c)
		}
		return yield(l.cut(c, kept))
	})
}

func size(cs graph.ChangeSet) int {
	return len(cs.Entities) + len(cs.Sources) + len(cs.Claims) + len(cs.Retractions)
}

// cut takes out of a change what is left out. What remains has an id of its
// own: who brings the change set that it is a part of must not be told that it
// is there already.
func (l *log) cut(c graph.Change, kept map[graph.ID]bool) graph.Change {
	part := graph.Change{Revision: c.Revision, RecordedAt: c.RecordedAt}
	part.Author, part.Reason = c.Author, c.Reason
	for i := range c.Entities {
		if l.entities == nil || l.entities[c.Entities[i].ID] {
			part.Entities = append(part.Entities, c.Entities[i])
		}
	}
	for i := range c.Sources {
		if l.sources == nil || l.sources[c.Sources[i].ID] {
			part.Sources = append(part.Sources, c.Sources[i])
		}
	}
	for i := range c.Claims {
		if l.keeps(&c.Claims[i]) {
			part.Claims = append(part.Claims, c.Claims[i])
			kept[c.Claims[i].ID] = true
		}
	}
	for _, r := range c.Retractions {
		if !kept[r.Claim] {
			continue
		}
		if !kept[r.ReplacedBy] {
			r.ReplacedBy = ""
		}
		part.Retractions = append(part.Retractions, r)
	}
	part.Digest = part.ChangeSet.Digest()
	part.ID = l.partID(c.ID)
	return part
}

// partID derives an id from a change set's and from what is left out of it.
func (l *log) partID(id string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n%s", len(id), id, l.basis.Words())
	return "part:sha256:" + hex.EncodeToString(h.Sum(nil))
}

// claimFilter says which claims are kept. Its zero value keeps all.
type claimFilter struct {
	day       *graph.Day
	counts    bool // by what follows
	relations graph.RelationSet
	lists     []graph.ID
	weakest   graph.Status
	least     graph.Confidence
}

func (f *claimFilter) policy(p *graph.Policy) {
	f.counts, f.lists, f.weakest, f.least = true, p.Lists, p.WeakestStatus, p.MinConfidence
	f.relations = graph.SetOfLayers(graph.Listing, graph.Context)
	if len(p.Relations) == 0 {
		f.relations = graph.SetOf(graph.Relations()...)
	}
	f.relations |= graph.SetOf(p.Relations...)
}

func (f *claimFilter) keeps(c *graph.Claim) bool {
	return f.holds(c.ValidFrom.Earliest(), c.ValidTo.Latest()) &&
		f.admits(c.Relation, c.Status, c.Confidence) && f.covers(c.Relation, c.To)
}

func (f *claimFilter) holds(from, to graph.Day) bool {
	return f.day == nil || from <= *f.day && *f.day < to
}

// admits keeps disputed claims as well: they are shown, and never counted.
func (f *claimFilter) admits(r graph.Relation, s graph.Status, c graph.Confidence) bool {
	return !f.counts || f.relations.Has(r) && (s == graph.Disputed || s <= f.weakest && c >= f.least)
}

// covers leaves out listings on other lists than those of the policy.
func (f *claimFilter) covers(r graph.Relation, to graph.ID) bool {
	return len(f.lists) == 0 || r != graph.ListedOn || slices.Contains(f.lists, to)
}
