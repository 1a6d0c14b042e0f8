package index

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debadge/graph"
)

// history appends random change sets to a store: new and changed entities and
// sources, claims of all relations, retractions, now and then texts that are
// longer than a page of an arena.
type history struct {
	t        *testing.T
	store    graph.Store
	rand     *rand.Rand
	entities []graph.ID
	sources  []graph.ID
	claims   []graph.ID
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (h *history) text() string {
	if h.rand.IntN(40) == 0 {
		return strings.Repeat("long ", pageSize/5+h.rand.IntN(9)) + strconv.Itoa(h.rand.IntN(1000))
	}
	return pick(h.rand, []string{"KR2280-X2", "kr2280 x2", "浪潮", "Ａcme", "Acme Ltd", "Norm"}) + strconv.Itoa(h.rand.IntN(4))
}

func (h *history) date() graph.Date {
	d, err := graph.ParseDate(pick(h.rand, []string{"2020", "2021-03", "2022-02-28", "0001-01-01", "1999-12-31", "2019-06"}))
	if err != nil {
		h.t.Fatal(err)
	}
	return pick(h.rand, []graph.Date{d, d, {}})
}

func (h *history) entity() graph.Entity {
	id := graph.ID(fmt.Sprintf("%s:x%03d", pick(h.rand, graph.Kinds()), h.rand.IntN(1000)))
	if len(h.entities) > 0 && h.rand.IntN(4) == 0 {
		id = pick(h.rand, h.entities)
	}
	e := graph.Entity{ID: id, Name: h.text()}
	if id.Kind() == graph.Product && h.rand.IntN(2) == 0 {
		e.Brand = h.text()
	}
	for range h.rand.IntN(3) {
		e.Aliases = append(e.Aliases, graph.Alias{Text: h.text(), Language: pick(h.rand, []string{"", "zh", "en"})})
	}
	if h.rand.IntN(3) == 0 {
		e.Attributes = map[string][]string{"country": {"US", h.text()}, "address": {h.text()}}
	}
	return e
}

func (h *history) claim() (graph.Claim, bool) {
	rule := pick(h.rand, graph.Relations()).Rule()
	ends := func(k graph.Kind) graph.ID {
		var of []graph.ID
		for _, id := range h.entities {
			if id.Kind() == k {
				of = append(of, id)
			}
		}
		if len(of) == 0 {
			return ""
		}
		return pick(h.rand, of[:min(len(of), 5+h.rand.IntN(len(of)))])
	}
	c := graph.Claim{
		Relation: rule.Relation, From: ends(rule.From), To: ends(rule.To), Status: graph.Status(1 + h.rand.IntN(4)),
		Confidence: graph.Confidence(h.rand.IntN(101)), ValidFrom: h.date(),
	}
	if !rule.Event && h.rand.IntN(3) == 0 {
		c.ValidTo, _ = graph.ParseDate(pick(h.rand, []string{"2023", "2024-02", "2025-05-05", "9999-12-31"}))
	}
	if rule.Share && h.rand.IntN(2) == 0 {
		c.ShareMin, c.ShareMax = graph.ShareOf(h.rand.Int32N(50)), graph.ShareOf(50+h.rand.Int32N(50))
	}
	for _, a := range rule.Attributes {
		if h.rand.IntN(2) == 0 {
			c.Attributes = map[string]string{a.Name: map[graph.AttributeType]string{
				graph.TextAttribute: "a text", graph.DateAttribute: "2020-02", graph.InterestAttribute: "control", graph.RoleAttribute: "plaintiff",
			}[a.Type]}
		}
	}
	switch h.rand.IntN(4) {
	case 0:
		c.ID = graph.ID(fmt.Sprintf("claim:named-%d", h.rand.IntN(1<<30)))
	case 1:
		c.ID = graph.ID("claim:" + hex.EncodeToString(binary16(h.rand)))
	}
	c.Citations = []graph.Citation{{Source: pick(h.rand, h.sources), Stance: graph.Supports, Locator: h.text()}}
	if h.rand.IntN(3) == 0 {
		c.Citations = append(c.Citations, graph.Citation{Source: pick(h.rand, h.sources), Stance: graph.Denies, Text: h.text()})
	}
	return c, c.From != "" && c.To != "" && c.From != c.To
}

func binary16(r *rand.Rand) []byte {
	p := make([]byte, 16)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

func (h *history) step() {
	var cs graph.ChangeSet
	for range h.rand.IntN(4) {
		e := h.entity()
		if !slices.ContainsFunc(cs.Entities, func(o graph.Entity) bool { return o.ID == e.ID }) {
			cs.Entities = append(cs.Entities, e)
		}
	}
	if len(h.sources) == 0 || h.rand.IntN(5) == 0 {
		cs.Sources = []graph.Source{{
			ID: graph.ID(fmt.Sprintf("source:s%d", h.rand.IntN(9))), Title: h.text(), Publisher: h.text(), Date: h.date(),
			URL: h.text(), Language: "en", Kind: "press", Digest: h.text(),
		}}
	}
	for _, e := range cs.Entities {
		if !slices.Contains(h.entities, e.ID) {
			h.entities = append(h.entities, e.ID)
		}
	}
	for _, s := range cs.Sources {
		h.sources = append(h.sources, s.ID)
	}
	for range h.rand.IntN(8) {
		if c, ok := h.claim(); ok {
			cs.Claims = append(cs.Claims, c)
		}
	}
	if len(h.claims) > 0 && h.rand.IntN(3) == 0 {
		cs.Retractions = []graph.Retraction{{Claim: pick(h.rand, h.claims), Reason: "wrong"}}
	}
	prepared, err := cs.Prepare()
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.store.Append(h.t.Context(), prepared); err != nil {
		h.t.Fatal(err)
	}
	for _, c := range prepared.Claims {
		h.claims = append(h.claims, c.ID)
	}
}

// feedOf makes a random feed.
func feedOf(t *testing.T, seed uint64, steps int) (feed []graph.Change, h *history) {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := NewMemory(func() time.Time { now = now.Add(time.Minute); return now })
	h = &history{t: t, store: m, rand: rand.New(rand.NewPCG(seed, 0))}
	for range steps {
		h.step()
	}
	return m.log, h
}

// TestHistories holds all forms of an index to the plain reading of random
// feeds: all beside the base, all in it, some of each, and from a file.
func TestHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			feed, h := feedOf(t, seed, 50)
			for name, build := range map[string]func() *index{
				"beside": func() *index { return applied(t, newIndex(), feed, 0) },
				"often":  func() *index { return applied(t, newIndex(), feed, 1) },
				"mixed":  func() *index { return applied(t, newIndex(), feed, 23) },
				"load": func() *index {
					x := newIndex()
					x.begin()
					applied(t, x, feed, 0)
					x.finish()
					return x
				},
				"file":       func() *index { return refiled(t, applied(t, newIndex(), feed, 0)) },
				"file, then": func() *index { return applied(t, refiled(t, applied(t, newIndex(), feed[:40], 17)), feed[40:], 0) },
			} {
				x := build()
				for r := range graph.Revision(len(feed) + 1) {
					if err := x.now().read(graph.Moment{Revision: r, Time: time.Unix(0, 0)}, func(v graph.View) error {
						h.agree(name, v, r, plainAt(feed, r))
						return nil
					}); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// applied applies a feed and lays the index out anew after every so many
// changes. Each snapshot has to answer as before when the feed has gone on.
func applied(t *testing.T, x *index, feed []graph.Change, every int) *index {
	t.Helper()
	for i, c := range feed {
		if err := x.apply(c); err != nil {
			t.Fatal(err)
		}
		if x.bulk {
			continue
		}
		x.publish()
		if every > 0 && i%every == every-1 {
			b := x.now().rebuild(x.freshNames())
			x.mu.Lock()
			x.install(b)
			x.mu.Unlock()
		}
	}
	return x
}

func refiled(t *testing.T, x *index) *index {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index")
	s := &Store{}
	s.index.Store(x)
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	file, r, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	y := blank()
	r.head(&y.snapshot)
	r.rest(y)
	if r.err != nil {
		t.Fatal(r.err)
	}
	return y
}

func (h *history) agree(name string, v graph.View, r graph.Revision, want plain) {
	ctx, t := h.t.Context(), h.t
	same := func(what string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s at revision %d: %s\n got %.600v\nwant %.600v", name, r, what, got, want)
		}
	}
	at, when := v.At()
	same("revision", at, r)
	same("time", when, want.time)
	all := want.find(graph.Find{})
	rand := rand.New(rand.NewPCG(uint64(r), 7))
	finds := []graph.Find{{}, {Kind: graph.Product}, {Kind: graph.Company, Limit: 3}, {Key: "acme1"}, {Limit: 2}, {Sources: true}, {Sources: true, Limit: 1}}
	for range 4 {
		f := graph.Find{Kind: pick(rand, append(graph.Kinds(), "")), Limit: rand.IntN(4), After: pick(rand, h.entities)}
		if e := want.entities[pick(rand, h.entities)]; e.ID != "" && rand.IntN(2) == 0 {
			f.Key = pick(rand, e.NameKeys())
			f.After = pick(rand, []graph.ID{"", f.After})
		}
		finds = append(finds, f)
	}
	for id := range want.sources {
		finds = append(finds, graph.Find{Sources: true, After: id, Limit: 1 + rand.IntN(3)})
	}
	for _, f := range finds {
		got, err := v.Find(ctx, f)
		same("error", err, nil)
		same(fmt.Sprintf("find %+.80v", f), got, want.find(f))
	}
	h.records(ctx, v, want, all, same)
	for range 6 {
		near := pick(rand, h.entities)
		if _, ok := want.entities[near]; !ok {
			continue
		}
		set := pick(rand, []graph.RelationSet{^graph.RelationSet(0), graph.RelationSet(rand.Uint32())})
		for _, d := range []graph.Direction{graph.Upstream, graph.Downstream} {
			same(fmt.Sprint("around ", near), viewHops(ctx, t, v, near, d, set), want.hops(near, d, set))
		}
	}
	nodes, err := v.Nodes(ctx, all)
	same("error", err, nil)
	rand.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	walker, ok := v.(*view)
	same("the index's own view", ok, true)
	comparesOrder(t, walker, nodes, all, same)
	comparesLinks(ctx, t, rand, walker, nodes)
	for i, n := range nodes {
		brand := make([]uint32, 1)
		walker.Brands(nodes[i:i+1], brand)
		same("brand", walker.Brand(brand[0]), want.entities[v.ID(n)].Brand)
		if int(n) >= walker.NodeCount() {
			t.Fatalf("handle %d is not below the count", n)
		}
	}
}

func (h *history) records(ctx context.Context, v graph.View, want plain, all []graph.ID, same func(string, any, any)) {
	for _, id := range all {
		got, err := v.Entities(ctx, []graph.ID{id})
		same("error", err, nil)
		same("entity", got[0], want.entities[id])
	}
	for _, id := range h.entities {
		if _, ok := want.entities[id]; !ok {
			_, err := v.Entities(ctx, []graph.ID{id})
			same("kind of error", graph.KindOf(err), graph.KindNotFound)
		}
	}
	for id, s := range want.sources {
		got, err := v.Sources(ctx, []graph.ID{id})
		same("error", err, nil)
		same("source", got[0], s)
	}
	nodes, err := v.Nodes(ctx, all)
	same("error", err, nil)
	edges, err := v.Adjacent(ctx, nodes, graph.Downstream, ^graph.RelationSet(0), nil)
	same("error", err, nil)
	found := map[graph.ID]graph.Claim{}
	for _, e := range edges {
		claims, err := v.Claims(ctx, []graph.ClaimRef{e.Claim})
		same("error", err, nil)
		found[claims[0].ID] = claims[0]
	}
	same("claims", found, want.claims)
}

// TestReadersDuringAppends has readers check, while a writer goes on, that a
// view does not change, with the base being replaced underneath.
func TestReadersDuringAppends(t *testing.T) {
	t.Parallel()
	feed, h := feedOf(t, 99, 100)
	x := newIndex()
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		readers.Go(func() {
			for {
				s := x.now()
				r := s.revision
				if i%2 == 0 && r > 3 {
					r -= 3
				}
				if r > 0 {
					_ = s.read(graph.Moment{Revision: r}, func(v graph.View) error {
						h.agree("concurrent", v, r, plainAt(feed, r))
						return nil
					})
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for i, c := range feed {
		if err := x.apply(c); err != nil {
			t.Fatal(err)
		}
		x.publish()
		if i%20 == 19 {
			s, names := x.now(), x.freshNames()
			x.builds.Go(func() {
				b := s.rebuild(names)
				x.mu.Lock()
				defer x.mu.Unlock()
				x.install(b)
			})
			if i%40 == 39 {
				x.builds.Wait()
			}
		}
		if i%40 < 20 {
			x.builds.Wait()
		}
	}
	x.builds.Wait()
	close(stop)
	readers.Wait()
}
