package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/csl"
)

// editionsOfTheList returns a whole edition and a later, broken one: the real
// ones where they are beside the checkout or where DEBADGE_SHARED_DATA says,
// else retold ones.
func editionsOfTheList(t *testing.T) (whole, broken []byte) {
	t.Helper()
	dir := os.Getenv("DEBADGE_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	whole, err := os.ReadFile(filepath.Join(dir, "csl", "csl-whole-2022.csv.gz"))
	if err == nil {
		if broken, err = os.ReadFile(filepath.Join(dir, "csl", "csl-cut-2023.csv.gz")); err == nil {
			return whole, broken
		}
	}
	plain, err := os.ReadFile(filepath.Join("..", "..", "graph", "ingest", "csl", "testdata", "current.csv"))
	if err != nil {
		t.Fatal(err)
	}
	header, rows, _ := bytes.Cut(plain, []byte("\n"))
	rows = bytes.ReplaceAll(rows, []byte("0097-06-30"), []byte("1997-06-30"))
	return packed(t, plain), packed(t, bytes.Join([][]byte{header, header, rows[:len(rows)-200]}, []byte("\n")))
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// renamed finds former names, which are listings beside that of the row.
var renamed = regexp.MustCompile(`(?i)\bf\.k\.a`)

// countListings counts the listings of an edition by other means than the
// import's: another reader of CSV, and no more than which fields are equal. It
// ends at the first row that is broken.
func countListings(t *testing.T, edition []byte) map[string]int {
	t.Helper()
	unpacked, err := gzip.NewReader(bytes.NewReader(edition))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(unpacked)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range header {
		at[name] = i
	}
	counts, seen := map[string]int{}, map[string]bool{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) || errors.Is(err, csv.ErrFieldCount) || errors.Is(err, csv.ErrQuote) {
			return counts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, list := row[at["type"]], row[at["source"]]
		if kind == "Vessel" || kind == "Aircraft" || list == "source" {
			continue
		}
		key := list + row[at["entity_number"]]
		if row[at["entity_number"]] == "" {
			key = strings.Join([]string{list, row[at["name"]], row[at["addresses"]], row[at["federal_register_notice"]]}, "\n")
		}
		if !seen[key] {
			seen[key] = true
			counts[keeper(list)] += 1 + len(renamed.FindAllString(row[at["name"]]+row[at["alt_names"]], -1))
		}
	}
}

// keeper is the department in the name of a list's source.
func keeper(source string) string {
	_, department, _ := strings.Cut(source, " - ")
	return department
}

// countReported adds up the listings of a report by department.
func countReported(r ingest.Report) map[string]int {
	counts := map[string]int{}
	for _, l := range r.Lists {
		department := "Treasury Department"
		switch {
		case strings.HasPrefix(string(l.List), "list:us-bis-"):
			department = "Bureau of Industry and Security"
		case strings.HasPrefix(string(l.List), "list:us-state-"):
			department = "State Department"
		}
		counts[department] += l.Added + l.Changed + l.Reopened
	}
	return counts
}

func importList(t *testing.T, s graph.Store, edition string, data []byte) ingest.Report {
	t.Helper()
	f, err := file.New("csl.csv.gz", data, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	day, err := graph.ParseDate(edition)
	if err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Import(t.Context(), s, csl.Format(), []*file.File{f}, ingest.Options{Edition: day})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEditionsOfTheConsolidatedScreeningList(t *testing.T) {
	whole, broken := editionsOfTheList(t)
	s := index.NewMemory(noon)
	first := importList(t, s, "2022-08-01", whole)
	if diff := cmp.Diff(countListings(t, whole), countReported(first)); diff != "" {
		t.Errorf("listings, counted otherwise (-) and imported (+):\n%s", diff)
	}
	if !first.Complete || first.Refused != 0 || first.RefusedValues == 0 {
		t.Errorf("complete %t, refused %d rows and %d values; a date of the first century is in it", first.Complete, first.Refused, first.RefusedValues)
	}
	if again := importList(t, s, "2022-08-01", whole); again.Commits != 0 {
		t.Errorf("importing again: %+v", again.Counts)
	}
	second := importList(t, s, "2023-11-30", broken)
	if second.Complete || second.Closed != 0 || second.Changed == 0 {
		t.Errorf("the broken edition: complete %t, %+v", second.Complete, second.Counts)
	}
	if again := importList(t, s, "2023-11-30", broken); again.Commits != 0 {
		t.Errorf("importing the broken edition again: %+v", again.Counts)
	}
}
