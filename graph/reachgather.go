package graph

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"sync"
)

// fill takes the rows of a reach over, and reads what else the table says of
// them.
func (t *ReachTable) fill(ctx context.Context, found *reachFound) error {
	t.rows = make([]tableRow, len(found.rows))
	hows := newHowPlaces(t, found)
	for i := range found.rows {
		t.rows[i] = tableRow{product: found.rows[i].product, how: hows.place(&found.rows[i])}
	}
	reader := linkReader{}
	reader.of(found.q)
	order := byNumber(t.rows) // in which a view may have laid them out
	sets := sellerSets{t: t, multiple: map[string]int32{}}
	brands := brandReader{t: t, v: found.q.view, dense: reader.dense, known: map[uint32]int32{}, texts: map[string]int32{}}
	wait := brands.start(ctx, order)
	for rows, nodes := range t.blocks(order) {
		err := gaveUp(ctx)
		if err == nil {
			err = reader.read(ctx, nodes, Upstream, SetOf(Sells))
		}
		if err != nil {
			return errors.Join(err, wait())
		}
		sets.take(rows, reader.links)
	}
	if err := wait(); err != nil {
		return err
	}
	t.companies.rank(found.q.view)
	t.sellers.rank(found.q.view)
	return nil
}

// blocks yields the rows some at a time, with their products.
func (t *ReachTable) blocks(order []int32) iter.Seq2[[]int32, []Node] {
	return func(yield func([]int32, []Node) bool) {
		nodes := make([]Node, 0, floodBlock)
		for rows := range slices.Chunk(order, floodBlock) {
			nodes = nodes[:0]
			for _, i := range rows {
				nodes = append(nodes, t.rows[i].product)
			}
			if !yield(rows, nodes) {
				return
			}
		}
	}
}

// howPlaces finds the place of how a product is reached without hashing it.
type howPlaces struct {
	t      *ReachTable
	found  *reachFound
	places []int32 // by origin, way, strength and action: 1 + the place
}

const (
	waysAndMore      = int(ByAffiliation) + 1
	strengthsAndMore = int(Disputed) + 1
	actionsAndMore   = int(Block) + 1
)

func newHowPlaces(t *ReachTable, found *reachFound) *howPlaces {
	return &howPlaces{t, found, make([]int32, len(found.origins)*waysAndMore*strengthsAndMore*actionsAndMore)}
}

func (p *howPlaces) place(h *hit) int32 {
	action := p.found.action(h)
	at := &p.places[((int(h.origin)*waysAndMore+int(h.way))*strengthsAndMore+int(h.tier))*actionsAndMore+int(action)]
	if *at == 0 {
		from := &p.found.origins[h.origin].listing
		p.t.how = append(p.t.how, tableHow{h.way, h.tier, action, p.t.companies.place(from.Near), p.t.lists.place(from.Far)})
		*at = int32(len(p.t.how)) //nolint:gosec // bounded by the rows
	}
	return *at - 1
}

// byNumber returns the places of the rows in the order of their handles.
func byNumber(rows []tableRow) []int32 {
	most := Node(-1)
	for i := range rows {
		most = max(most, rows[i].product)
	}
	at := make([]int32, most+1)
	for i := range rows {
		at[rows[i].product] = int32(i + 1)
	}
	order := make([]int32, 0, len(rows))
	for _, i := range at {
		if i > 0 {
			order = append(order, i-1)
		}
	}
	return order
}

// handles are distinct entities, numbered in the order in which they came.
type handles struct {
	nodes []Node
	known []int32  // by Node: 1 + its number
	ranks []uint32 // by number: how they stand in the order of ids
}

func (h *handles) place(n Node) int32 {
	if more := int(n) + 1 - len(h.known); more > 0 {
		h.known = append(h.known, make([]int32, more)...)
	}
	if h.known[n] == 0 {
		h.nodes = append(h.nodes, n)
		h.known[n] = int32(len(h.nodes)) //nolint:gosec // bounded by the nodes
	}
	return h.known[n] - 1
}

// rank notes the order of ids. No other handle comes from then on.
func (h *handles) rank(v View) {
	h.ranks = make([]uint32, len(h.nodes))
	if d, ok := v.(dense); !ok || !d.Ranks(h.nodes, h.ranks) {
		for place, n := range sorted(v, slices.Clone(h.nodes), "") {
			h.ranks[h.known[n]-1] = uint32(place)
		}
	}
	h.known = nil
}

// sellerSets finds out who sells the products on the day, by claims that count.
type sellerSets struct {
	t        *ReachTable
	single   []int32 // by seller: the set of it alone
	multiple map[string]int32
	set      []int32
	key      []byte
}

// take notes the sellers of some rows from links that lead to them.
func (s *sellerSets) take(rows []int32, links []Link) {
	for len(links) > 0 {
		at := links[0].At
		s.set = s.set[:0]
		for len(links) > 0 && links[0].At == at {
			s.set = append(s.set, s.t.sellers.place(links[0].Far))
			links = links[1:]
		}
		s.t.rows[rows[at]].sellers = s.place()
	}
}

func (s *sellerSets) place() int32 {
	if len(s.set) > 1 {
		slices.Sort(s.set)
		s.set = slices.Compact(s.set)
	}
	if len(s.set) > 1 {
		s.key = s.key[:0]
		for _, seller := range s.set {
			s.key = binary.LittleEndian.AppendUint32(s.key, uint32(seller)) //nolint:gosec // not negative
		}
		at, ok := s.multiple[string(s.key)]
		if !ok {
			at = s.add()
			s.multiple[string(s.key)] = at
		}
		return at
	}
	seller := s.set[0]
	for int(seller) >= len(s.single) {
		s.single = append(s.single, 0)
	}
	if s.single[seller] == 0 {
		s.single[seller] = s.add()
	}
	return s.single[seller]
}

func (s *sellerSets) add() int32 {
	s.t.sets = append(s.t.sets, slices.Clone(s.set))
	return int32(len(s.t.sets) - 1) //nolint:gosec // bounded by the rows
}

// brandReader reads the brands of products.
type brandReader struct {
	t       *ReachTable
	v       View
	dense   dense
	numbers []uint32
	known   map[uint32]int32 // by the view's number of a brand
	texts   map[string]int32 // by the brand, if the view has no numbers
}

// start reads the brands of all rows, beside the sellers where the view allows it:
// each takes about a third of the time of a table. Wait returns once they are read.
func (b *brandReader) start(ctx context.Context, order []int32) (wait func() error) {
	all := func() error {
		for rows, nodes := range b.t.blocks(order) {
			if err := gaveUp(ctx); err != nil {
				return err
			}
			if err := b.read(ctx, rows, nodes); err != nil {
				return err
			}
		}
		return nil
	}
	if b.dense == nil {
		return all
	}
	var (
		under sync.WaitGroup
		err   error
		broke any
	)
	under.Go(func() {
		defer func() { broke = recover() }() // whoever asks is told, as of a panic of its own
		err = all()
	})
	return func() error {
		under.Wait()
		if broke != nil {
			panic(broke)
		}
		return err
	}
}

func (b *brandReader) read(ctx context.Context, rows []int32, nodes []Node) error {
	if b.dense == nil {
		return b.readEntities(ctx, rows, nodes)
	}
	b.numbers = append(b.numbers[:0], make([]uint32, len(nodes))...)
	b.dense.Brands(nodes, b.numbers)
	for i, number := range b.numbers {
		at, ok := b.known[number]
		if !ok {
			at = b.add(b.dense.Brand(number))
			b.known[number] = at
		}
		b.t.rows[rows[i]].brand = at
	}
	return nil
}

func (b *brandReader) add(brand string) int32 {
	b.t.brands = append(b.t.brands, brand)
	return int32(len(b.t.brands) - 1) //nolint:gosec // bounded by the rows
}

func (b *brandReader) readEntities(ctx context.Context, rows []int32, nodes []Node) error {
	ids := make([]ID, len(nodes))
	for i, n := range nodes {
		ids[i] = b.v.ID(n)
	}
	entities, err := b.v.Entities(ctx, ids)
	if err != nil {
		return err
	}
	for i := range entities {
		brand := entities[i].Brand
		at, ok := b.texts[brand]
		if !ok {
			at = b.add(brand)
			b.texts[brand] = at
		}
		b.t.rows[rows[i]].brand = at
	}
	return nil
}
