package trials

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"debadge/extent"
	"debadge/graph"
)

// An operation of a history: a name that was given to an entity, or one that was read.
type operation struct {
	key   int
	write string // "": a read
}

// register is an entity whose name is overwritten and read.
var register = porcupine.Model{
	Init: func() any { return "" },
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[int][]porcupine.Operation{}
		for _, op := range history {
			key := op.Input.(operation).key //nolint:errcheck // its only type
			byKey[key] = append(byKey[key], op)
		}
		var all [][]porcupine.Operation
		for _, part := range byKey {
			all = append(all, part)
		}
		return all
	},
	Step: func(state, input, output any) (bool, any) {
		if op := input.(operation); op.write != "" { //nolint:errcheck // its only type
			return true, op.write
		}
		return output == state, state
	},
}

const (
	clients = 32
	keys    = 8
)

// TestTrialC1 has 32 clients write and read names, on two open stores of one
// file, and through an index: each history is linearizable by key.
func TestTrialC1(t *testing.T) {
	path := newFile(t)
	first, second := open(t, path, clock), open(t, path, clock)
	for _, c := range []struct {
		name string
		of   func(client int) graph.Store
	}{
		{"two processes on one file", func(client int) graph.Store { return []graph.Store{first, second}[client%2] }},
		{"one index", func(int) graph.Store { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			of := c.of
			if of(0) == nil {
				s := replica(t, newFile(t))
				of = func(int) graph.Store { return s }
			}
			for round := range extent.Rounds(2, 50) {
				history := record(t, of, fmt.Sprint(c.name, round), extent.Rounds(6, 20))
				if result := porcupine.CheckOperationsTimeout(register, history, time.Minute); result != porcupine.Ok {
					t.Fatalf("round %d: a history of %d operations is %s", round, len(history), result)
				}
			}
		})
	}
}

// TestHistoryIsChecked has the check refuse a history that reads what was
// overwritten before.
func TestHistoryIsChecked(t *testing.T) {
	history := []porcupine.Operation{
		{ClientId: 0, Input: operation{0, "a"}, Call: 0, Return: 1},
		{ClientId: 0, Input: operation{0, "b"}, Call: 2, Return: 3},
		{ClientId: 1, Input: operation{0, ""}, Output: "a", Call: 4, Return: 5},
	}
	if porcupine.CheckOperations(register, history) {
		t.Error("a stale read passes")
	}
}

func record(t *testing.T, of func(int) graph.Store, round string, each int) []porcupine.Operation {
	t.Helper()
	began := clock()
	var mu sync.Mutex
	var history []porcupine.Operation
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			s := of(client)
			for i := range each {
				op := operation{key: rand.IntN(keys)}
				if rand.IntN(2) == 0 {
					op.write = fmt.Sprintf("%s of %d, %d", round, client, i)
				}
				call := time.Since(began).Nanoseconds()
				output, err := op.do(t.Context(), s, round)
				if err != nil {
					t.Error(err)
					return
				}
				done := porcupine.Operation{ClientId: client, Input: op, Output: output, Call: call, Return: time.Since(began).Nanoseconds()}
				mu.Lock()
				history = append(history, done)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return history
}

func (o operation) do(ctx context.Context, s graph.Store, round string) (name string, err error) {
	id := graph.ID(fmt.Sprintf("company:key%d-%x", o.key, round))
	if o.write != "" {
		_, err := appendTo(ctx, s, graph.ChangeSet{Entities: []graph.Entity{{ID: id, Name: o.write}}})
		return "", err
	}
	err = s.View(ctx, graph.Moment{}, func(v graph.View) error {
		name = ""
		found, err := v.Entities(ctx, []graph.ID{id})
		if graph.KindOf(err) == graph.KindNotFound {
			return nil // nobody has named it yet
		}
		if err == nil && len(found) == 1 {
			name = found[0].Name
		}
		return err
	})
	return name, err
}

// TestTrialC3 writes at one place and reads at two others with the revision of
// the receipt: everybody sees it.
func TestTrialC3(t *testing.T) {
	path := newFile(t)
	writer := open(t, path, clock)
	elsewhere := []interface {
		graph.Store
		Wait(ctx context.Context, revision graph.Revision) error
	}{replica(t, path), replica(t, path)}
	ctx := t.Context()
	for i := range extent.Rounds(100, 10_000) {
		id := graph.ID("product:written:p" + strconv.Itoa(i))
		receipt, err := writer.Append(ctx, graph.ChangeSet{Entities: []graph.Entity{{ID: id, Name: "P"}}})
		if err != nil {
			t.Fatal(err)
		}
		for at, s := range elsewhere {
			if err := s.Wait(ctx, receipt.Revision); err != nil {
				t.Fatal(err)
			}
			if err := s.View(ctx, graph.Moment{}, func(v graph.View) error {
				found, err := v.Entities(ctx, []graph.ID{id})
				if err == nil && len(found) == 0 {
					t.Errorf("revision %d is not seen at %d", receipt.Revision, at)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestTrialC4 lists a company and gives it a product, both at once and from two
// places: no answer at a revision that has both is clear.
func TestTrialC4(t *testing.T) {
	path := newFile(t)
	one, other, reader := open(t, path, clock), open(t, path, clock), replica(t, path)
	ctx := t.Context()
	if _, err := one.Append(ctx, graph.ChangeSet{
		Sources:  []graph.Source{{ID: "source:notice", Title: "Notice", Publisher: "Regulator"}},
		Entities: []graph.Entity{{ID: "list:l", Name: "List"}},
	}); err != nil {
		t.Fatal(err)
	}
	for i := range extent.Rounds(100, 10_000) {
		company, product := graph.ID("company:c"+strconv.Itoa(i)), graph.ID("product:c:p"+strconv.Itoa(i))
		if _, err := one.Append(ctx, graph.ChangeSet{Entities: []graph.Entity{{ID: company, Name: "C"}, {ID: product, Name: "P"}}}); err != nil {
			t.Fatal(err)
		}
		both := race(t,
			func() (graph.Receipt, error) {
				return appendTo(ctx, one, graph.ChangeSet{Claims: []graph.Claim{cited(graph.ListedOn, company, "list:l")}})
			},
			func() (graph.Receipt, error) {
				return appendTo(ctx, other, graph.ChangeSet{Claims: []graph.Claim{cited(graph.Makes, company, product)}})
			})
		if err := reader.Wait(ctx, both); err != nil {
			t.Fatal(err)
		}
		for _, s := range []graph.Store{one, other, reader} {
			answer, err := graph.Trace(ctx, s, ask(product, both))
			if err != nil || answer.Finding != graph.Listed {
				t.Fatalf("round %d: at revision %d the finding is %v, %v", i, both, answer.Finding, err)
			}
		}
		// Before the later of the two it is no listing, whoever came first.
		if answer, err := graph.Trace(ctx, reader, ask(product, both-1)); err != nil || answer.Finding != graph.Clear {
			t.Fatalf("round %d: before both the finding is %v, %v", i, answer.Finding, err)
		}
	}
}

// race appends twice at once, and returns the first revision that has both.
func race(t *testing.T, appends ...func() (graph.Receipt, error)) (both graph.Revision) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, one := range appends {
		all.Go(func() {
			receipt, err := one()
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			both = max(both, receipt.Revision)
			mu.Unlock()
		})
	}
	all.Wait()
	return both
}
