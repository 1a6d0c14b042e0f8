package main

import (
	"strings"
	"testing"
	"time"
)

// TestServeHoldsTheLedger has a service keep the log and the decisions up to
// date, while the command line looks at them, makes keys and checkpoints, and is
// refused everything else.
func TestServeHoldsTheLedger(t *testing.T) {
	store := "sqlite:" + t.TempDir() + "/claims.db"
	run := func(want int, says string, args ...string) {
		t.Helper()
		code, out, wrong := command(t, append(args, "--store", store)...)
		if code != want || !strings.Contains(out+wrong, says) {
			t.Errorf("%v: %d\n%s%s\nwant %d and %q", args, code, out, wrong, want, says)
		}
	}
	record := []string{"decision", "record", "X1", "--action", "review", "--reason", "seen", "--author", "o.ficer"}
	run(answered, "", "import", "bundle", "testdata/case.json")
	run(answered, "decision-1", record...)
	_, stop := start(t, "--store", store)

	run(couldNotAnswer, "debadge serve (process ", record...)
	run(answered, "dbk_", "key", "create", "--name", "erp", "--role", "reader")
	run(answered, "key-1", "audit", "list", "--kind", "key")
	run(answered, "debadge-ledger-", "audit", "checkpoint")
	run(answered, "1 decision", "decision", "list")
	run(answered, "is retracted from revision 2", "retract", "claim:n5-is-x1", "--reason", "withdrawn")
	for {
		if _, out, _ := command(t, "audit", "list", "--kind", "change", "--store", store); strings.Contains(out, "revision:2") {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("the service did not follow the store")
		}
		time.Sleep(10 * time.Millisecond)
	}
	run(answered, "1 decision would be on another finding", "decision", "list", "--changed")
	run(answered, "1 of 1 decision has", "decision", "verify")
	run(answered, "The log is whole", "audit", "verify")
	if code := stop(); code != answered {
		t.Errorf("the service ended with %d", code)
	}
	run(answered, "decision-2", record...)
}
