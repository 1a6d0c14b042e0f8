package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"debadge/graph/neo4j/neo4jtest"
)

// TestServeOutlivesItsNeo4j imports a case over bolt:// and serves it over
// neo4j:// and bolt://: the answer is the one that SQLite gives; while Neo4j is
// away it is 503 with the reason; and once it is back the next request is
// answered, without a restart.
func TestServeOutlivesItsNeo4j(t *testing.T) {
	server := neo4jtest.StartOwn(t)
	host := strings.TrimPrefix(server.URI, "bolt://")
	db := "sqlite:" + t.TempDir() + "/claims.db"
	for _, store := range []string{db, "bolt://" + host} {
		if code, _, wrong := command(t, "import", "bundle", "testdata/case.json", "--store", store); code != answered {
			t.Fatal(wrong)
		}
	}
	code, want, wrong := command(t, "trace", "Seller X2", "--format", "json", "--store", db)
	if code != answered {
		t.Fatal(wrong)
	}
	var addresses []string
	for _, args := range [][]string{
		{"--store", "neo4j://" + host, "--read", "index"},
		{"--store", "bolt://" + host, "--read", "direct"},
	} {
		if _, out, wrong := command(t, "trace", "Seller X2", "--format", "json", "--store", args[1]); out != want {
			t.Errorf("%s on the command line:\n%s%s\nSQLite:\n%s", args[1], out, wrong, want)
		}
		address, _ := start(t, append(args, "--ledger", t.TempDir()+"/ledger.db")...)
		waitUntilReady(t, address)
		addresses = append(addresses, address)
		if status, body := trace(t, address); status != http.StatusOK || body != want {
			t.Errorf("%v: %d\n%s\nSQLite:\n%s", args, status, body, want)
		}
	}
	server.Kill(t)
	time.Sleep(2 * feedMaxStale) // an index answers as before until its last look at the store is that old
	for _, address := range addresses {
		status, body := trace(t, address)
		if status != http.StatusServiceUnavailable || strings.Contains(body, `"finding"`) || !strings.Contains(body, `"detail"`) {
			t.Errorf("while Neo4j is away: %d\n%s", status, body)
		}
	}
	server.Restart(t)
	for _, address := range addresses {
		if status, body := trace(t, address); status != http.StatusOK || body != want {
			t.Errorf("after Neo4j came back: %d\n%s", status, body)
		}
	}
}

// trace asks a service, and returns the status and the body.
func trace(t *testing.T, address string) (int, string) {
	t.Helper()
	client := http.Client{Timeout: time.Minute}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v1/trace?subject=Seller+X2", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
