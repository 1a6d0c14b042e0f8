package graph

import (
	"context"
	"maps"
	"slices"
	"time"
)

// DiffQuestion asks what a store learned between two moments, and whose
// findings changed by it.
type DiffQuestion struct {
	From, To Moment // after From, and through To
	AsOf     Day
	Policy   Policy
	Limit    int // at most so many change sets, findings, and items of each sort; 0 is no limit
}

// DiffAnswer says what a store learned.
type DiffAnswer struct {
	From       DiffEnd         `json:"from"`
	To         DiffEnd         `json:"to"`
	AsOf       Date            `json:"as_of"`
	Policy     PolicyRef       `json:"policy"`
	Counts     DiffCounts      `json:"counts"`      // of everything, also of what Limit leaves out
	ChangeSets []DiffChangeSet `json:"change_sets"` // in the order of revisions
	Items      []DiffItem      `json:"items"`       // in the order of revisions: entities, sources, claims, retractions
	Findings   DiffFindings    `json:"findings"`
}

// DiffEnd is a moment as the store knows it.
type DiffEnd struct {
	Revision   Revision   `json:"revision"`
	RecordedAt *time.Time `json:"recorded_at"` // of the revision; null for the empty store
}

// DiffCounts says how much was learned.
type DiffCounts struct {
	ChangeSets       int `json:"change_sets"`
	EntitiesRecorded int `json:"entities_recorded"`
	EntitiesChanged  int `json:"entities_changed"`
	Sources          int `json:"sources"` // recorded or changed
	ClaimsRecorded   int `json:"claims_recorded"`
	ClaimsRetracted  int `json:"claims_retracted"` // and not replaced
	ClaimsCorrected  int `json:"claims_corrected"` // retracted, and another one took their place
}

// DiffChangeSet is a change set with how much was new in it.
type DiffChangeSet struct {
	Revision   Revision  `json:"revision"`
	RecordedAt time.Time `json:"recorded_at"`
	Author     string    `json:"author,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Entities   int       `json:"entities"` // recorded or changed
	Sources    int       `json:"sources"`
	Claims     int       `json:"claims"`
	Retracted  int       `json:"retracted"`
}

// DiffWhat is what happened to an entity, a source or a claim.
type DiffWhat string

// What can happen.
const (
	EntityRecorded DiffWhat = "entity_recorded"
	EntityChanged  DiffWhat = "entity_changed"
	SourceRecorded DiffWhat = "source_recorded"
	SourceChanged  DiffWhat = "source_changed"
	ClaimRecorded  DiffWhat = "claim_recorded"
	ClaimRetracted DiffWhat = "claim_retracted"
	ClaimCorrected DiffWhat = "claim_corrected"
)

// DiffItem is one thing that was learned. A claim says what it states; a
// retraction says what the claim stated that it withdraws.
type DiffItem struct {
	Revision Revision `json:"revision"`
	What     DiffWhat `json:"what"`
	ID       ID       `json:"id"`
	Name     string   `json:"name,omitempty"` // of an entity; the title of a source
	Relation Relation `json:"relation,omitzero"`
	From     ID       `json:"from,omitempty"`
	To       ID       `json:"to,omitempty"`
	Status   Status   `json:"status,omitzero"`
	ShareMin Share    `json:"share_min,omitzero"`
	ShareMax Share    `json:"share_max,omitzero"`

	Citations []Citation `json:"citations,omitempty"` // of a claim: on what it rests, and who denies it

	Reason     string `json:"reason,omitempty"` // of a retraction
	ReplacedBy ID     `json:"replaced_by,omitempty"`
}

// DiffFindings says whose findings changed.
type DiffFindings struct {
	Looked int       `json:"looked"` // how many companies and products were compared
	Total  int       `json:"total"`  // how many of them have another finding, strength or action
	Rows   []DiffRow `json:"rows"`   // in the order of ids
}

// DiffRow is a company or product with another finding than before, and why.
type DiffRow struct {
	ChangedRow
	Gained  []StepListing `json:"gained"`  // listings that it did not trace back to before, or not in that way or strength
	Lost    []StepListing `json:"lost"`    // those that it no longer traces back to so
	Because []DiffItem    `json:"because"` // what was learned of its paths and owners; empty if the change is beside them
}

// Diff says what a store learned between two moments, with author and reason,
// and whose findings are not the same at both, and why. It reads the feed
// between the moments; where claims were retracted it reads the feed from the
// start too, to find out what they stated.
func Diff(ctx context.Context, s Store, question DiffQuestion) (DiffAnswer, error) {
	d := diff{
		question: question, store: s, claims: map[ID]DiffItem{}, retracted: map[ID]DiffItem{}, entities: map[ID]DiffItem{},
		answer: DiffAnswer{
			AsOf: question.AsOf.Date(), Policy: PolicyRef{question.Policy.Name, question.Policy.Digest()},
			ChangeSets: []DiffChangeSet{}, Items: []DiffItem{}, Findings: DiffFindings{Rows: []DiffRow{}},
		},
	}
	for _, step := range []func(context.Context) error{d.ends, d.read, d.nameBefore, d.find} {
		if err := step(ctx); err != nil {
			return DiffAnswer{}, err
		}
	}
	return d.answer, nil
}

type diff struct {
	question DiffQuestion
	store    Store
	answer   DiffAnswer

	entities, claims, retracted map[ID]DiffItem // what was learned, the last of each
	touched                     map[ID]bool
	shown                       map[DiffWhat]int // how many items of a sort
}

// ends finds the revisions.
func (d *diff) ends(ctx context.Context) error {
	for _, end := range []struct {
		at    Moment
		found *DiffEnd
	}{{d.question.From, &d.answer.From}, {d.question.To, &d.answer.To}} {
		err := d.store.View(ctx, end.at, func(v View) error {
			revision, recorded := v.At()
			*end.found = DiffEnd{Revision: revision}
			if !recorded.IsZero() {
				recorded = recorded.UTC()
				end.found.RecordedAt = &recorded
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if d.answer.From.Revision > d.answer.To.Revision {
		return Errorf(KindInvalid, "from is revision %d, which is after revision %d; turn them round", d.answer.From.Revision, d.answer.To.Revision)
	}
	return nil
}

// feed reads the changes after a revision and through the end.
func (d *diff) feed(ctx context.Context, since Revision, each func(Change) error) error {
	return changesBetween(ctx, d.store, since, d.answer.To.Revision, each)
}

// read notes what the change sets between the ends bring.
func (d *diff) read(ctx context.Context) error {
	stated, err := withdrawn(ctx, d.store, d.answer.From.Revision, d.answer.To.Revision)
	if err != nil {
		return err
	}
	d.touched, d.shown = map[ID]bool{}, map[DiffWhat]int{}
	return d.feed(ctx, d.answer.From.Revision, func(c Change) error {
		n := &d.answer.Counts
		n.ChangeSets++
		if d.room(len(d.answer.ChangeSets)) {
			d.answer.ChangeSets = append(d.answer.ChangeSets, DiffChangeSet{
				Revision: c.Revision, RecordedAt: c.RecordedAt.UTC(), Author: c.Author, Reason: c.Reason,
				Entities: len(c.Entities), Sources: len(c.Sources), Claims: len(c.Claims), Retracted: len(c.Retractions),
			})
		}
		for _, e := range c.Entities {
			d.entity(c.Revision, e)
		}
		n.Sources += len(c.Sources)
		for _, s := range c.Sources {
			d.item(DiffItem{Revision: c.Revision, What: SourceRecorded, ID: s.ID, Name: s.Title})
		}
		n.ClaimsRecorded += len(c.Claims)
		for _, claim := range c.Claims {
			item := itemOf(c.Revision, ClaimRecorded, claim)
			d.claims[claim.ID] = item
			d.item(item)
			d.touch(claim)
		}
		for _, r := range c.Retractions {
			claim := stated[r.Claim]
			item := itemOf(c.Revision, ClaimRetracted, claim)
			item.ID, item.Reason, item.ReplacedBy = r.Claim, r.Reason, r.ReplacedBy
			if r.ReplacedBy != "" {
				item.What = ClaimCorrected
				n.ClaimsCorrected++
			} else {
				n.ClaimsRetracted++
			}
			d.retracted[r.Claim] = item
			d.item(item)
			d.touch(claim)
		}
		return nil
	})
}

func itemOf(at Revision, what DiffWhat, c Claim) DiffItem {
	return DiffItem{
		Revision: at, What: what, ID: c.ID, Relation: c.Relation, From: c.From, To: c.To, Status: c.Status,
		ShareMin: c.ShareMin, ShareMax: c.ShareMax, Citations: c.Citations,
	}
}

func (d *diff) room(used int) bool { return d.question.Limit == 0 || used < d.question.Limit }

func (d *diff) item(i DiffItem) {
	if d.room(d.shown[i.What]) {
		d.shown[i.What]++
		d.answer.Items = append(d.answer.Items, i)
	}
}

// entity notes an entity. What came before the start of the stretch is not
// known yet: nameBefore sees to it.
func (d *diff) entity(at Revision, e Entity) {
	item := DiffItem{Revision: at, What: EntityRecorded, ID: e.ID, Name: e.Name}
	if _, again := d.entities[e.ID]; again {
		item.What = EntityChanged
		d.answer.Counts.EntitiesChanged++
	} else {
		d.entities[e.ID] = item
	}
	d.item(item)
	if touchedByItself(e) {
		d.touched[e.ID] = true
	}
}

// touch notes from where on downstream a claim can change a finding.
func (d *diff) touch(c Claim) {
	for _, id := range touchedBy(c) {
		d.touched[id] = true
	}
}

// nameBefore tells what was new from what was changed, by what the store knew
// at the start.
func (d *diff) nameBefore(ctx context.Context) error {
	known := map[ID]bool{}
	if d.answer.From.Revision > 0 {
		err := d.store.View(ctx, Moment{Revision: d.answer.From.Revision}, func(v View) error {
			clear(known)
			ids := slices.Sorted(maps.Keys(d.entities))
			nodes, err := v.Nodes(ctx, ids)
			for i, n := range nodes {
				known[ids[i]] = n != NoNode
			}
			if err != nil {
				return err
			}
			return d.sourcesBefore(ctx, v, known)
		})
		if err != nil {
			return err
		}
	}
	for id, item := range d.entities {
		n := &d.answer.Counts
		if known[id] {
			n.EntitiesChanged++
			item.What = EntityChanged
			d.entities[id] = item
		} else {
			n.EntitiesRecorded++
		}
	}
	for i := range d.answer.Items {
		switch item := &d.answer.Items[i]; {
		case !known[item.ID]:
			known[item.ID] = item.What == SourceRecorded // a second time it is changed
		case item.What == EntityRecorded:
			item.What = EntityChanged
		case item.What == SourceRecorded:
			item.What = SourceChanged
		}
	}
	return nil
}

// sourcesBefore notes which of the sources that are shown a view knows.
func (d *diff) sourcesBefore(ctx context.Context, v View, known map[ID]bool) error {
	for _, item := range d.answer.Items {
		if item.What != SourceRecorded {
			continue
		}
		_, err := v.Sources(ctx, []ID{item.ID})
		if err != nil && KindOf(err) != KindNotFound {
			return err
		}
		known[item.ID] = err == nil
	}
	return nil
}
