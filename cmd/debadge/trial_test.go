package main

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"debadge/extent"
	"debadge/graph/neo4j/neo4jtest"
)

// TestTrialF5 starts services while Neo4j is away, and leaves it away for ten
// minutes: they start, say of which store they cannot answer, do not pile up
// goroutines, and are ready when Neo4j comes.
func TestTrialF5(t *testing.T) {
	server := neo4jtest.StartOwn(t)
	host := strings.TrimPrefix(server.URI, "bolt://")
	server.Stop(t)
	var addresses []string
	for _, args := range [][]string{{"--store", "neo4j://" + host}, {"--store", "bolt://" + host, "--read", "direct"}} {
		address, _ := start(t, append(args, "--ledger", t.TempDir()+"/ledger.db")...)
		addresses = append(addresses, address)
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(client.CloseIdleConnections)
	away := time.Duration(extent.Rounds(20, 600)) * time.Second
	counted := countGoroutines(t)
	for began := time.Now(); time.Since(began) < away; {
		for _, address := range addresses {
			if status, _, body := fetch(t, client, address+"/readyz", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, host) {
				t.Fatalf("/readyz while Neo4j is away is %d, and should name %s:\n%s", status, host, body)
			}
			if status, _, body := fetch(t, client, address+"/livez", ""); status != http.StatusOK {
				t.Fatalf("/livez while Neo4j is away is %d:\n%s", status, body)
			}
			if status, _, body := fetch(t, client, address+"/v1/trace?subject=Seller+X2", ""); status != http.StatusServiceUnavailable || strings.Contains(body, `"finding"`) {
				t.Fatalf("a trace while Neo4j is away is %d:\n%s", status, body)
			}
		}
	}
	goroutines := counted()
	third := max(1, len(goroutines)/3)
	before, after := slices.Max(goroutines[:third]), slices.Max(goroutines[len(goroutines)-third:])
	t.Logf("counted %d times in %s: at most %d goroutines in the first third, %d in the last one", len(goroutines), away, before, after)
	if after > before+5 {
		t.Errorf("%d goroutines became %d", before, after)
	}
	server.Restart(t)
	for _, address := range addresses {
		waitUntilReady(t, address)
		if status, body := trace(t, address); status != http.StatusOK || !strings.Contains(body, `"finding": "unknown"`) {
			t.Errorf("after Neo4j came: %d\n%s", status, body)
		}
	}
}

// countGoroutines counts from time to time, until its result is asked for.
func countGoroutines(t *testing.T) (counted func() []int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan []int, 1)
	go func() {
		var all []int
		for ctx.Err() == nil {
			time.Sleep(100 * time.Millisecond)
			all = append(all, runtime.NumGoroutine())
		}
		result <- all
	}()
	return func() []int {
		stop()
		return <-result
	}
}
