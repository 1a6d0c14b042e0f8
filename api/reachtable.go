package api

import (
	"context"
	"fmt"
	"runtime/debug"
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
	f.MostCounts = mostCounted
	found, err := table.Select(ctx, s.Store, f)
	if err != nil {
		return reachTableAnswer{}, err
	}
	answer := reachTableAnswer{ReachAnswer: table.Head, Left: found.Total, Counts: found.Counts, Rows: found.Rows}
	if at := q.KnownAt.Time.UTC(); q.KnownAt.Revision == 0 && !at.IsZero() {
		answer.KnownAt = &at // the table states when its revision was recorded
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
	mu      sync.Mutex
	kept    []keptTable // the one asked for last at the end
	reading map[string]*tableReading
}

type keptTable struct {
	key   string
	table *graph.ReachTable
}

// tableReading is a table while it is read, for all who ask for it meanwhile. It
// is no asker's: it ends early when the last of them gives up.
type tableReading struct {
	waiting int
	stop    context.CancelFunc
	done    chan struct{}
	table   *graph.ReachTable // these three are set before done is closed
	err     error
	broke   error // it panicked
}

// mostKeptRows bounds the rows of all tables that are kept: about 20 bytes each,
// over an index.
const mostKeptRows = 1_000_000

// get returns the table of a question, and reads it if it is not kept.
func (k *reachTables) get(ctx context.Context, store graph.Store, q graph.ReachQuestion) (*graph.ReachTable, error) {
	var key string
	var kept *graph.ReachTable
	err := store.View(ctx, q.KnownAt, func(v graph.View) error {
		revision, recorded := v.At()
		q.KnownAt = pinned(revision)
		// Another store may have been put in place of this one: its revisions are others.
		key = fmt.Sprintf("%d %s %s %s %q %q", revision, recorded.Format(time.RFC3339Nano), q.AsOf, q.Policy.Digest(), q.Origin, strings.Join(q.Lists, "\x00"))
		if kept = k.find(key); kept != nil && !kept.Fits(v) {
			kept = nil
		}
		return nil
	})
	if err != nil || kept != nil {
		return kept, err
	}
	return k.share(ctx, key, func(ctx context.Context) (*graph.ReachTable, error) { return graph.ReadReachTable(ctx, store, q) })
}

// share reads a table, or waits for it if it is being read.
func (k *reachTables) share(ctx context.Context, key string, read func(context.Context) (*graph.ReachTable, error)) (*graph.ReachTable, error) {
	r := k.board(ctx, key, read)
	select {
	case <-r.done:
	case <-ctx.Done():
		k.leave(key, r)
		return nil, ctx.Err()
	}
	if r.broke != nil {
		panic(r.broke)
	}
	return r.table, r.err
}

// board joins the reading of a table that is under way, or begins one.
func (k *reachTables) board(ctx context.Context, key string, read func(context.Context) (*graph.ReachTable, error)) *tableReading {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.reading[key]
	if r == nil {
		r = &tableReading{done: make(chan struct{})}
		ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
		if k.reading == nil {
			k.reading = map[string]*tableReading{}
		}
		k.reading[key] = r
		go k.read(ctx, key, r, read)
	}
	r.waiting++
	return r
}

func (k *reachTables) read(ctx context.Context, key string, r *tableReading, read func(context.Context) (*graph.ReachTable, error)) {
	defer func() {
		if v := recover(); v != nil {
			r.broke = fmt.Errorf("%v\n%s", v, debug.Stack())
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if r.table != nil {
			k.keep(key, r.table)
		}
		k.end(key, r)
		close(r.done)
		r.stop()
	}()
	r.table, r.err = read(ctx)
}

// leave is told by one who does not wait any longer.
func (k *reachTables) leave(key string, r *tableReading) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.waiting--; r.waiting == 0 {
		k.end(key, r) // whoever asks from now on shall not be told that it was given up
		r.stop()
	}
}

// end lets nobody join a reading any more. The lock is held.
func (k *reachTables) end(key string, r *tableReading) {
	if k.reading[key] == r {
		delete(k.reading, key)
	}
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

// keep keeps a table, and lets go of those that were asked for longest ago. The
// lock is held.
func (k *reachTables) keep(key string, t *graph.ReachTable) {
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
