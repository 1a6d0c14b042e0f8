package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"debadge/graph"
)

type reachTableInput struct {
	Freshness

	Origin   string       `query:"origin" required:"true" minLength:"1" maxLength:"500"`
	AsOf     day          `query:"as_of"`
	KnownAt  moment       `query:"known_at"`
	Policy   string       `query:"policy" maxLength:"200"`
	List     []string     `query:"list,explode" maxItems:"100"`
	Brand    []string     `query:"brand,explode" maxItems:"100"`
	Seller   []string     `query:"seller,explode" maxItems:"100"`
	Company  []string     `query:"company,explode" maxItems:"100"`
	Action   []string     `query:"action,explode" maxItems:"3" enum:"block,review,pass"`
	Strength []statusName `query:"strength,explode" maxItems:"4"`
	Way      []string     `query:"way,explode" maxItems:"4" enum:"direct,lineage,ownership,affiliation"`
	Order    string       `query:"order" enum:"id,name,brand,action,strength" default:"id"`
	Limit    int          `query:"limit" minimum:"1" maximum:"10000" default:"100"`
	Cursor   cursor       `query:"cursor"`
}

// asked of a page is the revision of the pages before.
func (in *reachTableInput) asked() *graph.Moment {
	in.KnownAt.at = in.Cursor.bind(in.KnownAt)
	return &in.KnownAt.at
}

// reachTableAnswer is a page of the products that trace back to an origin, as
// filters leave them.
type reachTableAnswer struct {
	graph.ReachAnswer
	Left   int                   `json:"left"` // rows that the filters leave
	Counts graph.ReachCounts     `json:"counts"`
	Rows   []graph.ReachTableRow `json:"rows"`
}

// mostCounted bounds the values of one condition that are counted one by one.
const mostCounted = 200

func (s *server) addReachTable() {
	register(s, operation("reach-table", "/v1/reach/products", "questions", "Which products trace back, by brand, seller and strength?",
		"Answers as reach does, with who sells each product, and lets the rows be filtered and sorted. The counts of the values of a condition are of the rows that all the other conditions leave, the most frequent 200 of them. "+
			"total counts the products of the reach, left those that the filters leave. A table is kept for a while, so that its pages cost little.",
		notFound, ambiguous, unavailable, timeout), s.reachTable)
}

func (s *server) reachTable(ctx context.Context, in *reachTableInput) (reachTableAnswer, error) {
	policy, err := s.policy(in.Policy)
	if err != nil {
		return reachTableAnswer{}, err
	}
	q := graph.ReachQuestion{Origin: in.Origin, AsOf: s.dayOr(in.AsOf), KnownAt: in.Cursor.bind(in.KnownAt), Policy: policy, Lists: in.List}
	f, err := in.filter()
	if err != nil {
		return reachTableAnswer{}, err
	}
	table, err := s.tables.get(ctx, s.Store, q)
	if err != nil {
		return reachTableAnswer{}, err
	}
	if f.From, err = placeOf(in.Cursor, table.Len()); err != nil {
		return reachTableAnswer{}, err
	}
	found := table.Select(f)
	answer := reachTableAnswer{ReachAnswer: table.Head, Left: found.Total, Counts: found.Counts, Rows: found.Rows}
	if at := q.KnownAt.Time.UTC(); q.KnownAt.Revision == 0 && !at.IsZero() {
		answer.KnownAt = &at // the table states when its revision was recorded
	}
	c := &answer.Counts
	for _, counts := range []*[]graph.ReachCount{&c.Brands, &c.Sellers, &c.Companies} {
		*counts = (*counts)[:min(len(*counts), mostCounted)]
	}
	if end := f.From + len(found.Rows); end < found.Total {
		answer.Next = placeCursor(table.Head.Revision, end)
	}
	return answer, nil
}

func (in *reachTableInput) filter() (graph.ReachFilter, error) {
	f := graph.ReachFilter{Brands: in.Brand, Sellers: idsOf(in.Seller), Companies: idsOf(in.Company), Order: graph.ReachOrder(in.Order), Most: in.Limit}
	for _, text := range in.Action {
		a, err := graph.ParseAction(text)
		if err != nil {
			return f, err
		}
		f.Actions = append(f.Actions, a)
	}
	for _, one := range in.Strength {
		f.Strengths = append(f.Strengths, one.status)
	}
	for _, text := range in.Way {
		var w graph.Way
		if err := w.UnmarshalText([]byte(text)); err != nil {
			return f, err
		}
		f.Ways = append(f.Ways, w)
	}
	return f, nil
}

// reachTables keeps the tables that were asked for last. A table of a revision
// never goes stale.
type reachTables struct {
	mu   sync.Mutex
	kept []keptTable // the one asked for last at the end
}

type keptTable struct {
	key   string
	table *graph.ReachTable
}

// mostKeptRows bounds the rows of all tables that are kept: about 100 bytes each.
const mostKeptRows = 1_000_000

// get returns the table of a question, and reads it if it is not kept.
func (k *reachTables) get(ctx context.Context, store graph.Store, q graph.ReachQuestion) (*graph.ReachTable, error) {
	var recorded time.Time
	err := store.View(ctx, q.KnownAt, func(v graph.View) error {
		var revision graph.Revision
		revision, recorded = v.At()
		q.KnownAt = pinned(revision)
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Another store may have been put in place of this one: its revisions are others.
	key := fmt.Sprintf("%d %s %s %s %q %q", q.KnownAt.Revision, recorded.Format(time.RFC3339Nano), q.AsOf, q.Policy.Digest(), q.Origin, strings.Join(q.Lists, "\x00"))
	if t := k.find(key); t != nil {
		return t, nil
	}
	t, err := graph.ReadReachTable(ctx, store, q)
	if err == nil {
		k.keep(key, t)
	}
	return t, err
}

func (k *reachTables) find(key string) *graph.ReachTable {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.kept, func(t keptTable) bool { return t.key == key })
	if i < 0 {
		return nil
	}
	found := k.kept[i]
	k.kept = append(slices.Delete(k.kept, i, i+1), found)
	return found.table
}

func (k *reachTables) keep(key string, t *graph.ReachTable) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(slices.DeleteFunc(k.kept, func(o keptTable) bool { return o.key == key }), keptTable{key, t})
	rows := 0
	for _, o := range k.kept {
		rows += o.table.Len()
	}
	for len(k.kept) > 1 && (rows > mostKeptRows || len(k.kept) > 32) {
		rows -= k.kept[0].table.Len()
		k.kept = slices.Delete(k.kept, 0, 1)
	}
}
