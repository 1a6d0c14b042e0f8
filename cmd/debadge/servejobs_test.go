package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/index"
)

func testImporter(t *testing.T) *importer {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	return &importer{p: &program{clock: clock}, store: index.NewMemory(clock)}
}

// copied is a file as a job keeps it: without a name that says what it is.
func copied(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func example(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestImporterImports real formats, and tells what it did.
func TestImporterImports(t *testing.T) {
	t.Parallel()
	i := testImporter(t)
	edition, err := graph.ParseDate("2026-05-01")
	if err != nil {
		t.Fatal(err)
	}
	list := copied(t, example(t, "examples/screening-list.csv"))
	bundleFiles, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "cases", "*.json"))
	if err != nil || len(bundleFiles) == 0 {
		t.Fatal(bundleFiles, err)
	}
	cases, err := os.ReadFile(bundleFiles[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		order api.ImportOrder
		has   string
	}{
		{api.ImportOrder{Format: "csl", Edition: edition, DryRun: true, Path: list}, `"commits":0`},
		{api.ImportOrder{Format: "csl", Edition: edition, Path: list}, `"refused":1`},
		{api.ImportOrder{Format: "csl", Edition: edition, Path: list}, `"unchanged":4`},
		{api.ImportOrder{Format: "bundle", DryRun: true, Path: copied(t, cases)}, `"dry_run":true`},
		{api.ImportOrder{Format: "bundle", Path: copied(t, cases)}, `"format":"bundle"`},
	} {
		report, err := i.Import(t.Context(), test.order, func(int64, int64) {})
		if err != nil {
			t.Fatalf("%+v: %v", test.order, err)
		}
		text, err := json.Marshal(report)
		if err != nil || !strings.Contains(string(text), test.has) {
			t.Errorf("%+v: %s %v", test.order, text, err)
		}
	}
	for _, order := range []api.ImportOrder{
		{Format: "csl", Edition: edition, Strict: true, Path: list},
		{Format: "csl", Path: copied(t, cases)},
		{Format: "bundle", Path: list},
		{Format: "bundle", Edition: edition, Path: copied(t, cases)},
		{Format: "none", Path: list},
		{Format: "csl", Charset: "none", Path: list},
	} {
		if _, err := i.Import(t.Context(), order, func(int64, int64) {}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%+v: %v", order, err)
		}
	}
	if _, err := i.Refresh(t.Context(), api.RefreshOrder{Register: "us-csl"}); graph.KindOf(err) != graph.KindNotFound || len(i.Registers()) != 0 {
		t.Errorf("without a manifest: %v", err)
	}
}

// TestAnArchiveIsOneEdition opens the files that belong together.
func TestAnArchiveIsOneEdition(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"sdn.csv", "in/alt.csv"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("1,a\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	format, ok := formatNamed("ofac")
	if !ok {
		t.Fatal("no format ofac")
	}
	files, err := openEdition(api.ImportOrder{Path: copied(t, packed.Bytes())}, format)
	if err != nil || len(files) != 2 || files[0].Name != "sdn.csv" || files[1].Name != "in/alt.csv" {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestJobsFolder is beside the store, and of a store in memory goes with it.
func TestJobsFolder(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	p := &program{clock: time.Now}
	p.flags.jobFlags = jobFlags{jobsKeep: time.Hour, jobsSize: 1, jobsRun: 1}
	p.flags.store = "sqlite:" + filepath.Join(dir, "claims.db")
	q, done, err := p.openJobs(t.Context(), log)
	if err != nil || q.MaxSize() != 1<<20 {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "claims.db.jobs", "lock")); err != nil {
		t.Error(err)
	}
	p.flags.store = "memory:"
	folder, forget, err := p.jobsFolder()
	if err != nil {
		t.Fatal(err)
	}
	if err := forget(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder stays")
	}
	p.flags.jobsRun = 0
	if _, _, err := p.openJobs(t.Context(), log); err == nil {
		t.Error("no job at a time is accepted")
	}
}
