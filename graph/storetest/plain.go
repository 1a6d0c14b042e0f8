package storetest

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"debadge/graph"
)

// plainStore is a store of maps and slices, read by looking at everything. Its
// views give handles and edges in a random order, as the contract allows, so an
// answer that depends on either is found out. It is for one goroutine.
type plainStore struct {
	clock    func() time.Time
	changes  []graph.Change
	sets     map[string]graph.Change
	entities map[graph.ID][]version[graph.Entity]
	sources  map[graph.ID][]version[graph.Source]
	claims   []graph.StoredClaim
	about    map[graph.ID][]int // by entity: its claims
	closed   bool
}

type version[T any] struct {
	since graph.Revision
	form  T
}

var _ graph.Store = (*plainStore)(nil)

func newPlainStore(clock func() time.Time) *plainStore {
	if clock == nil {
		clock = fixedClock
	}
	return &plainStore{
		clock: clock, sets: map[string]graph.Change{}, entities: map[graph.ID][]version[graph.Entity]{},
		sources: map[graph.ID][]version[graph.Source]{}, about: map[graph.ID][]int{},
	}
}

// FixedTime is when everything is recorded where answers are compared byte for
// byte.
var FixedTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func fixedClock() time.Time { return FixedTime }

func (s *plainStore) newest() graph.Revision { return graph.Revision(len(s.changes)) }

func latest[T any](versions []version[T], at graph.Revision) (T, bool) {
	for _, v := range slices.Backward(versions) {
		if v.since <= at {
			return v.form, true
		}
	}
	var none T
	return none, false
}

func (s *plainStore) entity(id graph.ID, at graph.Revision) (graph.Entity, bool) {
	return latest(s.entities[id], at)
}

// Append keeps what is new.
func (s *plainStore) Append(_ context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	if s.closed {
		return graph.Receipt{}, graph.Unavailable("the store is closed", nil)
	}
	return s.append(cs)
}

func (s *plainStore) append(cs graph.ChangeSet) (graph.Receipt, error) {
	cs, err := cs.Prepare()
	if err != nil {
		return graph.Receipt{}, err
	}
	if old, ok := s.sets[cs.ID]; ok {
		if old.Digest != cs.Digest() {
			return graph.Receipt{}, graph.Errorf(graph.KindConflict, "%s was committed with other content", cs.ID)
		}
		return graph.Receipt{Revision: old.Revision, RecordedAt: old.RecordedAt, Replayed: true}, nil
	}
	plan, receipt, err := cs.Plan(s.existing())
	if err != nil {
		return graph.Receipt{}, err
	}
	if receipt.Revision = s.newest(); receipt.Revision > 0 {
		receipt.RecordedAt = s.changes[receipt.Revision-1].RecordedAt
	}
	if plan.IsEmpty() {
		return receipt, nil
	}
	receipt.Revision, receipt.RecordedAt = receipt.Revision+1, graph.RecordTime(s.clock(), receipt.RecordedAt)
	change := graph.Change{ChangeSet: plan, Revision: receipt.Revision, RecordedAt: receipt.RecordedAt, Digest: cs.Digest()}
	s.keep(change)
	s.sets[cs.ID] = change
	s.changes = append(s.changes, change)
	return receipt, nil
}

func (s *plainStore) keep(c graph.Change) {
	for _, e := range c.Entities {
		s.entities[e.ID] = append(s.entities[e.ID], version[graph.Entity]{c.Revision, e})
	}
	for _, e := range c.Sources {
		s.sources[e.ID] = append(s.sources[e.ID], version[graph.Source]{c.Revision, e})
	}
	for _, claim := range c.Claims {
		s.about[claim.From] = append(s.about[claim.From], len(s.claims))
		s.about[claim.To] = append(s.about[claim.To], len(s.claims))
		s.claims = append(s.claims, graph.StoredClaim{Claim: claim, Recorded: c.Revision})
	}
	for _, r := range c.Retractions {
		for i := range s.claims {
			if s.claims[i].ID == r.Claim {
				s.claims[i].Retracted = c.Revision
			}
		}
	}
}

func (s *plainStore) existing() graph.Existing {
	known := graph.Existing{Entities: map[graph.ID]graph.Entity{}, Sources: map[graph.ID]graph.Source{}, Claims: map[graph.ID]graph.StoredClaim{}}
	for id := range s.entities {
		known.Entities[id], _ = s.entity(id, s.newest())
	}
	for id := range s.sources {
		known.Sources[id], _ = latest(s.sources[id], s.newest())
	}
	for _, c := range s.claims {
		known.Claims[c.ID] = c
	}
	return known
}

// Changes yields the log.
func (s *plainStore) Changes(_ context.Context, since graph.Revision, yield func(graph.Change) error) error {
	for _, c := range s.changes[min(int(since), len(s.changes)):] {
		if err := yield(c); err != nil {
			return err
		}
	}
	return nil
}

// View reads at a moment.
func (s *plainStore) View(_ context.Context, at graph.Moment, read func(graph.View) error) error {
	if s.closed {
		return graph.Unavailable("the store is closed", nil)
	}
	revision := s.newest()
	switch {
	case at.Revision > revision:
		return graph.Errorf(graph.KindNotFound, "revision %d does not exist", at.Revision)
	case at.Revision != 0:
		revision = at.Revision
	case !at.Time.IsZero():
		for revision > 0 && s.changes[revision-1].RecordedAt.After(at.Time) {
			revision--
		}
	}
	v := &plainView{plainStore: s, revision: revision, dice: rand.New(rand.NewPCG(uint64(revision), uint64(len(s.claims))))}
	for id := range s.entities {
		if _, ok := s.entity(id, revision); ok {
			v.ids = append(v.ids, id)
		}
	}
	slices.Sort(v.ids)
	v.dice.Shuffle(len(v.ids), func(i, j int) { v.ids[i], v.ids[j] = v.ids[j], v.ids[i] })
	return read(v)
}

// Status counts.
func (s *plainStore) Status(context.Context) (graph.StoreStatus, error) {
	return graph.StoreStatus{Revision: s.newest(), Entities: len(s.entities), Sources: len(s.sources), Claims: len(s.claims)}, nil
}

// Close ends it.
func (s *plainStore) Close() error {
	s.closed = true
	return nil
}

type plainView struct {
	*plainStore
	revision graph.Revision
	ids      []graph.ID // by handle
	dice     *rand.Rand
}

// At returns the revision.
func (v *plainView) At() (graph.Revision, time.Time) {
	if v.revision == 0 {
		return 0, time.Time{}
	}
	return v.revision, v.changes[v.revision-1].RecordedAt
}

// Nodes looks at every id.
func (v *plainView) Nodes(_ context.Context, ids []graph.ID) ([]graph.Node, error) {
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = graph.Node(slices.Index(v.ids, id)) // NoNode is -1
	}
	return nodes, nil
}

// ID returns the id behind a handle.
func (v *plainView) ID(n graph.Node) graph.ID { return v.ids[n] }

// Find looks at every entity, or every source.
func (v *plainView) Find(_ context.Context, f graph.Find) ([]graph.ID, error) {
	var found []graph.ID
	for id := range v.sources {
		if _, ok := latest(v.sources[id], v.revision); ok && f.Sources && f.Key == "" && f.Kind == "" && id > f.After {
			found = append(found, id)
		}
	}
	for _, id := range v.ids {
		e, _ := v.entity(id, v.revision)
		if !f.Sources && (f.Key == "" || slices.Contains(e.NameKeys(), f.Key)) && (f.Kind == "" || id.Kind() == f.Kind) && id > f.After {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	if f.Limit > 0 && len(found) > f.Limit {
		found = found[:f.Limit]
	}
	return found, nil
}

// Adjacent looks at every claim about an entity, each time in another order.
func (v *plainView) Adjacent(_ context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	for _, near := range frontier {
		here := v.ids[near]
		for _, p := range v.dice.Perm(len(v.about[here])) {
			i := v.about[here][p]
			c := v.claims[i]
			if c.Recorded > v.revision || (c.Retracted != 0 && c.Retracted <= v.revision) || !set.Has(c.Relation) {
				continue
			}
			up, down := c.To, c.From // the ends from which it is seen upstream and downstream
			if c.Relation == graph.ListedOn || c.Relation == graph.PartyTo {
				up, down = c.From, c.To
			}
			if here != up && here != down || !mutual(c.Relation) && here != map[graph.Direction]graph.ID{graph.Upstream: up, graph.Downstream: down}[d] {
				continue
			}
			far := c.From
			if here == c.From {
				far = c.To
			}
			edges = append(edges, graph.Edge{
				Near: near, Far: graph.Node(slices.Index(v.ids, far)), Claim: graph.ClaimRef(i),
				From: c.ValidFrom.Earliest(), To: c.ValidTo.Latest(), ShareMin: c.ShareMin.Micro(), ShareMax: c.ShareMax.Micro(),
				Relation: c.Relation, Status: c.Status, Confidence: c.Confidence, Interest: c.Interest(),
			})
		}
	}
	return edges, nil
}

// StoredClaims looks at every claim.
func (v *plainView) StoredClaims(_ context.Context, ids []graph.ID) ([]graph.StoredClaim, error) {
	list := make([]graph.StoredClaim, len(ids))
	for i, id := range ids {
		n := slices.IndexFunc(v.claims, func(c graph.StoredClaim) bool { return c.ID == id && c.Recorded <= v.revision })
		if n < 0 {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known", id)
		}
		list[i] = v.claims[n]
		if list[i].Retracted > v.revision {
			list[i].Retracted = 0
		}
	}
	return list, nil
}

// Entities returns versions.
func (v *plainView) Entities(_ context.Context, ids []graph.ID) ([]graph.Entity, error) {
	all := make([]graph.Entity, len(ids))
	for i, id := range ids {
		e, ok := v.entity(id, v.revision)
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known", id)
		}
		all[i] = e
	}
	return all, nil
}

// Claims returns the claims behind handles.
func (v *plainView) Claims(_ context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	all := make([]graph.Claim, len(refs))
	for i, ref := range refs {
		all[i] = v.claims[ref].Claim
	}
	return all, nil
}

// Sources returns versions.
func (v *plainView) Sources(_ context.Context, ids []graph.ID) ([]graph.Source, error) {
	all := make([]graph.Source, len(ids))
	for i, id := range ids {
		s, ok := latest(v.sources[id], v.revision)
		if !ok {
			return nil, graph.Errorf(graph.KindNotFound, "%s is not known", id)
		}
		all[i] = s
	}
	return all, nil
}
