package index

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"debadge/graph"
)

// index is the writing side: it holds the state as it grows, and what only a
// writer needs.
type index struct {
	mu       sync.Mutex // guards all but current
	snapshot            // as it will be published
	current  atomic.Pointer[snapshot]

	interned *table
	byShare  map[shares]uint32
	cited    struct { // the source that was looked up last
		id     graph.ID
		number uint32
	}
	scratch []byte
	record  []byte

	loading  column[uint64] // pairs of name keys while the first load lasts
	bulk     bool           // whether it does
	builds   sync.WaitGroup
	building bool
	broken   bool // a change was applied in part
	frozen   bool // read from a file, and no change applied since
}

// freshest is how many changes the index carries beside its base in any case;
// shareFresh says which part of the base they may become.
const (
	freshest   = 4096
	shareFresh = 8
)

// blank is an index with nothing in it, not even an empty revision: a file is read
// into it.
func blank() *index {
	x := &index{byShare: map[shares]uint32{}}
	x.numbers, x.late = new(numbering), new(atomic.Pointer[lateNodes])
	return x
}

func newIndex() *index {
	x := blank()
	x.revisions.add(revision{})
	x.shares.add(shares{})
	x.byShare[shares{}] = 0
	x.base = &base{upstream: adjacency{start: make([]uint32, 1)}, downstream: leads{start: make([]uint32, 1)}}
	x.publishLocked()
	return x
}

// now returns the newest snapshot.
func (x *index) now() *snapshot { return x.current.Load() }

// apply takes the next change of the feed. It appears with publish. After an
// error the index is of no use.
func (x *index) apply(c graph.Change) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.broken {
		return graph.Errorf(graph.KindInternal, "the index could not take a change before this one")
	}
	if c.Revision != x.revision+1 {
		return graph.Errorf(graph.KindInternal, "the feed yields revision %d after %d", c.Revision, x.revision)
	}
	if err := x.room(len(c.Entities), len(c.Claims)); err != nil {
		return err
	}
	x.thaw()
	x.broken = true
	for _, e := range c.Entities {
		x.addEntity(e, c.Revision)
	}
	for _, s := range c.Sources {
		x.record = x.encodeSource(x.record[:0], s)
		x.sources.add(s.ID, x.record, c.Revision)
	}
	for _, k := range c.Claims {
		n, err := x.addClaim(k)
		if err != nil {
			return err
		}
		if !x.bulk {
			x.link(n)
		}
	}
	for _, r := range c.Retractions {
		n, ok := x.claim(r.Claim)
		if !ok {
			return graph.Errorf(graph.KindInternal, "the feed retracts %s before it yields it", r.Claim)
		}
		x.retired = x.retired.put(n, uint32(c.Revision))
		x.retiredCount++
	}
	x.broken = false
	x.revision, x.change = c.Revision, changeKey{c.ID, c.Digest}
	x.revisions.add(revision{
		seconds: c.RecordedAt.Unix(), nanos: uint32(c.RecordedAt.Nanosecond()), //nolint:gosec // below 10^9
		nodes: x.entities.first.n, sources: x.sources.first.n, claims: x.facts.n,
	})
	return nil
}

// unusable reports whether the index can take no more changes.
func (x *index) unusable() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.broken
}

// room refuses what 32 bits cannot count.
func (x *index) room(entities, claims int) error {
	if int(x.entities.first.n)+entities > math.MaxInt32 || int(x.facts.n)+claims > math.MaxInt32 ||
		max(x.entities.blob.n, x.sources.blob.n, x.details.n, x.texts.n) > maxArena {
		return graph.Unavailable("the store is larger than an index in memory can be; read it directly", nil)
	}
	return nil
}

func (x *index) addEntity(e graph.Entity, r graph.Revision) {
	x.record = x.encodeEntity(x.record[:0], e)
	n := x.entities.add(e.ID, x.record, r)
	for _, key := range e.NameKeys() {
		if x.bulk {
			x.loading.add(keyPair(keyHash(key), n))
		} else {
			x.freshKeys = x.freshKeys.add(keyHash(key), n)
		}
	}
}

// link puts a claim beside the base.
func (x *index) link(n uint32) {
	f := x.facts.at(n)
	up, down := f.ends()
	x.freshUp, x.freshDown = x.freshUp.add(number(up), n), x.freshDown.add(number(down), n)
	if f.symmetric() {
		x.freshUp, x.freshDown = x.freshUp.add(number(down), n), x.freshDown.add(number(up), n)
	}
}

// publish lets views see what was applied, and lays it out anew in the
// background if much of it stands beside the base.
func (x *index) publish() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.publishLocked()
	if x.freshItems() <= freshest+x.base.items()/shareFresh || x.building {
		return
	}
	x.building = true
	s, names := x.current.Load(), x.freshNames()
	x.builds.Go(func() {
		b := s.rebuild(names)
		x.mu.Lock()
		defer x.mu.Unlock()
		x.building = false
		x.install(b)
	})
}

func (x *index) publishLocked() {
	s := x.snapshot
	x.current.Store(&s)
}

func (b *base) items() uint32 { return b.nodes + b.claims }

func (s *snapshot) items() uint32 { return s.entities.first.n + s.facts.n }

func (s *snapshot) freshItems() uint32 { return s.items() - s.base.items() }

// freshNames are the links of the name keys beside the base.
func (x *index) freshNames() []link {
	if x.freshKeys == nil {
		return nil
	}
	return x.freshKeys.links[:x.freshKeys.n]
}

// install takes a new base, and puts beside it what came since.
func (x *index) install(b *base) {
	names := x.freshNames()[b.keyLinks-x.base.keyLinks:]
	x.base, x.freshUp, x.freshDown, x.freshKeys = b, nil, nil, nil
	for _, l := range names {
		x.freshKeys = x.freshKeys.add(l.key, l.value)
	}
	for n := b.claims; n < x.facts.n; n++ {
		x.link(n)
	}
	// What is published may be older than what is applied, but not the base.
	s := *x.current.Load()
	s.base, s.freshUp, s.freshDown, s.freshKeys = x.base, x.freshUp, x.freshDown, x.freshKeys
	x.current.Store(&s)
}

// begin starts a load of many changes that no view sees before finish.
func (x *index) begin() { x.bulk = true }

func (x *index) finish() {
	x.mu.Lock()
	defer x.mu.Unlock()
	names := flat(&x.loading)
	x.bulk, x.loading = false, column[uint64]{}
	slices.Sort(names)
	x.base = &base{keys: newKeys(names)} // of nothing but names
	x.base = x.rebuild(nil)
	x.publishLocked()
}
