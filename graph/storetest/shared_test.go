package storetest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
)

// TestNearest holds the comparison for Cypher to the engine, where all claims
// are of one status and the engine has no stronger path to prefer.
func TestNearest(t *testing.T) {
	t.Parallel()
	store := newPlainStore(nil)
	RunCypher(t, store, func(ctx context.Context, a CypherAsk) ([]CypherRow, error) {
		if len(a.Statuses) > 1 {
			r, err := NewReference(changeSets(store), a.Revision)
			return r.Nearest(a), err
		}
		answer, err := graph.Trace(ctx, store, a.question())
		best := map[string]CypherRow{}
		for _, l := range answer.Listings {
			row := CypherRow{l.Entity.ID, l.List.ID, l.Paths[0].Affiliations, len(l.Paths[0].Hops) - 1}
			old, ok := best[string(row.Company+row.List)]
			if !ok || cmp.Or(cmp.Compare(row.Affiliations, old.Affiliations), cmp.Compare(row.Hops, old.Hops)) < 0 {
				best[string(row.Company+row.List)] = row
			}
		}
		var rows []CypherRow
		for _, row := range best {
			rows = append(rows, row)
		}
		slices.SortFunc(rows, func(x, y CypherRow) int {
			return cmp.Or(cmp.Compare(x.Company, y.Company), cmp.Compare(x.List, y.List))
		})
		return rows, err
	})
}

func changeSets(s *plainStore) []graph.ChangeSet {
	var sets []graph.ChangeSet
	for _, c := range s.changes {
		sets = append(sets, c.ChangeSet)
	}
	return sets
}

// ownershipCase is a case of the shared file of worked examples of ownership
// rules. What it calls true, false and unknown are verdicts.
type ownershipCase struct {
	ID       string                    `json:"id"`
	Listed   []string                  `json:"listed"`
	Own      [][3]any                  `json:"own"`
	Dated    [][5]any                  `json:"own_dated"`
	Bands    [][4]any                  `json:"own_band"`
	Control  [][3]any                  `json:"control"`
	Expect   map[string]any            `json:"expect"`
	ExpectAt map[string]map[string]any `json:"expect_at"`
}

// TestSharedOwnershipCases reads the worked examples where they are at hand.
// The cases named ownership-… retell them and are what counts.
func TestSharedOwnershipCases(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("DEBADGE_SHARED_DATA") //nolint:forbidigo // where a test finds a file that is not part of the repository
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(dir, "ownership-50-cases.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("the worked examples are not in %s; the cases that retell them are asked all the same", dir)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []ownershipCase `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 18 {
		t.Errorf("only %d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.ID, c.verdicts)
	}
}

func (c ownershipCase) verdicts(t *testing.T) {
	t.Helper()
	t.Parallel()
	change := caseChange{}
	add := func(line string, args ...any) {
		change.Claims = append(change.Claims, fmt.Sprintf("c%d ", len(change.Claims))+fmt.Sprintf(line, args...))
	}
	name := func(v any) string { return "company:" + strings.ToLower(fmt.Sprint(v)) }
	for i, l := range c.Listed {
		add("%s LISTED_ON list:l%d", name(l), i)
	}
	for _, o := range c.Own {
		if o[2] == nil {
			add("%s OWNS %s", name(o[0]), name(o[1]))
		} else {
			add("%s OWNS %s share=%v", name(o[0]), name(o[1]), o[2])
		}
	}
	for _, o := range c.Dated {
		line := fmt.Sprintf("%s OWNS %s share=%v from=%v", name(o[0]), name(o[1]), o[2], o[3])
		if o[4] != nil {
			line += fmt.Sprintf(" to=%s", date(fmt.Sprint(o[4])).Earliest()+1) // there the last day is the last on which it holds
		}
		add("%s", line)
	}
	for _, o := range c.Bands {
		add("%s OWNS %s share=%v..%v", name(o[0]), name(o[1]), o[2], o[3])
	}
	for _, o := range c.Control {
		add("%s OWNS %s interest=control", name(o[0]), name(o[1]))
	}
	store := newPlainStore(nil)
	if _, err := store.append(change.set(t, map[graph.ID]bool{})); err != nil {
		t.Fatal(err)
	}
	for company, want := range c.Expect {
		c.verdict(t, store, name(company), "2024-01-01", want)
	}
	for day, companies := range c.ExpectAt {
		for company, want := range companies {
			c.verdict(t, store, name(company), day, want)
		}
	}
}

func (c ownershipCase) verdict(t *testing.T, store graph.Store, company, day string, expect any) {
	t.Helper()
	want := map[any]graph.Verdict{true: graph.In, false: graph.Out, "unknown": graph.Undetermined}[expect]
	q := graph.Question{Subject: company, AsOf: date(day).Earliest(), Policy: graph.DefaultPolicy()}
	answer, err := graph.Trace(t.Context(), store, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Ownership) == 0 || answer.Ownership[0].Rule != "house" || answer.Ownership[0].Verdict != want {
		t.Errorf("%s on %s: want %s, got %+v", company, day, want, answer.Ownership)
	}
	for _, l := range answer.Listings {
		if (l.Way == graph.ByOwnership) != (want == graph.In) {
			t.Errorf("%s on %s is listed by %s", company, day, l.Way)
		}
	}
}
