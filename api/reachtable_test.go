package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"debadge/graph"
)

// TestSharedTable: those who ask for a table while it is read share one reading,
// which goes on as long as one of them waits for it.
func TestSharedTable(t *testing.T) {
	var k reachTables
	table := &graph.ReachTable{}
	began, finish := make(chan context.Context, 1), make(chan struct{})
	read := func(ctx context.Context) (*graph.ReachTable, error) {
		began <- ctx
		select {
		case <-finish:
			return table, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	ask := func(ctx context.Context) chan error {
		got := make(chan error, 1)
		go func() {
			found, err := k.share(ctx, "key", read)
			if err == nil && found != table {
				err = fmt.Errorf("another table: %p", found)
			}
			got <- err
		}()
		return got
	}
	waiting := func(n int) {
		t.Helper()
		for there := 0; there != n; {
			k.mu.Lock()
			if there = 0; k.reading["key"] != nil {
				there = k.reading["key"].waiting
			}
			k.mu.Unlock()
		}
	}
	first, giveUp := context.WithCancel(t.Context())
	a := ask(first)
	reading := <-began
	b := ask(t.Context())
	waiting(2)
	giveUp()
	if err := <-a; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	waiting(1)
	if reading.Err() != nil {
		t.Error("the reading ended with the one who asked first")
	}
	close(finish)
	if err := <-b; err != nil {
		t.Errorf("who waited got %v", err)
	}
	if k.find("key") != table {
		t.Error("the table is not kept")
	}
}

// TestAbandonedTable: a reading ends when nobody waits for it any more, and who
// asks then begins another one.
func TestAbandonedTable(t *testing.T) {
	var k reachTables
	ended := make(chan struct{})
	first, giveUp := context.WithCancel(t.Context())
	_, err := k.share(first, "key", func(ctx context.Context) (*graph.ReachTable, error) {
		giveUp()
		<-ctx.Done()
		defer close(ended)
		return nil, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	table := &graph.ReachTable{}
	found, err := k.share(t.Context(), "key", func(context.Context) (*graph.ReachTable, error) { return table, nil })
	if found != table || err != nil {
		t.Errorf("who asked then got %v", err)
	}
	<-ended
}

// TestBrokenTable: what goes wrong while a table is read goes wrong for who asks.
func TestBrokenTable(t *testing.T) {
	var k reachTables
	defer func() {
		if recover() == nil {
			t.Error("the panic is gone")
		}
		if len(k.reading) > 0 || len(k.kept) > 0 {
			t.Errorf("left behind: %+v", &k)
		}
	}()
	_, err := k.share(t.Context(), "key", func(context.Context) (*graph.ReachTable, error) { panic("broken") })
	t.Errorf("answered with %v", err)
}

// TestUncountedPages: pages that nobody counts hold the same rows as those that
// are counted, and have no entity tag.
func TestUncountedPages(t *testing.T) {
	s := newService(t, nil)
	whole := decode[reachPage](t, s.get(t, "/v1/reach?origin=company:acme").Body.Bytes())
	var rows []graph.ReachRow
	for target := "/v1/reach?origin=company:acme&limit=1&uncounted=true"; ; {
		w := s.get(t, target)
		page := decode[reachPage](t, w.Body.Bytes())
		if tag := w.Header().Get("ETag"); tag != "" {
			t.Errorf("a page has the entity tag %s", tag)
		}
		rows = append(rows, page.Rows...)
		if page.Next == "" {
			break
		}
		target = "/v1/reach?origin=company:acme&limit=1&uncounted=true&cursor=" + page.Next
	}
	if len(rows) != 3 || !reflect.DeepEqual(rows, whole.Rows) {
		t.Errorf("pages hold %+v, all of it %+v", rows, whole.Rows)
	}
}
