package ingesttest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Fixture returns what a file of testdata holds.
func Fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

// Open opens files for one import; a name without a folder is in testdata.
func Open(tb testing.TB, names ...string) []*file.File {
	tb.Helper()
	var files []*file.File
	for _, name := range names {
		if filepath.Base(name) == name {
			name = filepath.Join("testdata", name)
		}
		f, err := file.Open(name, file.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = f.Close() }) // it was only read
		files = append(files, f)
	}
	return files
}

// Made returns a file that holds a text, for one import.
func Made(tb testing.TB, name, text string) []*file.File {
	tb.Helper()
	f, err := file.New(name, []byte(text), file.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return []*file.File{f}
}

// Read reads a file of some content. The transcript holds what came before an
// error.
func Read(tb testing.TB, format ingest.Format, name string, content []byte) (*Transcript, error) {
	tb.Helper()
	var got Transcript
	f, err := file.New(name, content, file.Options{})
	if err != nil {
		return &got, err
	}
	err = format.Read(context.WithoutCancel(tb.Context()), []*file.File{f}, &got)
	return &got, err
}

// ReadAll reads files that can be read to their end.
func ReadAll(tb testing.TB, format ingest.Format, files []*file.File) *Transcript {
	tb.Helper()
	var got Transcript
	if err := format.Read(tb.Context(), files, &got); err != nil {
		tb.Fatal(err)
	}
	return &got
}

// Golden compares a text with a file of testdata, which -update writes anew.
func Golden(tb testing.TB, name string, got fmt.Stringer) {
	tb.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), []byte(got.String()), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	if want := string(Fixture(tb, name)); got.String() != want {
		tb.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// Refused reads contents, by what they are, that are no file of the format.
func Refused(tb testing.TB, format ingest.Format, name string, contents map[string]string) {
	tb.Helper()
	for what, content := range contents {
		if _, err := Read(tb, format, name, []byte(content)); err == nil || graph.KindOf(err) != graph.KindInvalid {
			tb.Errorf("%s: %v, want an invalid file", what, err)
		}
	}
}

// Fuzz reads whatever there is twice: it is read or refused, and the second time
// says the same. The seeds come beside the small files of testdata.
func Fuzz(f *testing.F, format ingest.Format, seeds ...string) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	const small = 1 << 13
	for _, name := range names {
		if text := Fixture(f, filepath.Base(name)); filepath.Ext(name) != ".golden" && len(text) < small {
			f.Add(text)
		}
	}
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		opened, err := file.New("fuzz", text, file.Options{})
		if err != nil {
			return // such as a broken gzip
		}
		var got [2]Transcript
		var errs [2]error
		for i := range got {
			if err := opened.Rewind(); err != nil {
				t.Fatal(err)
			}
			errs[i] = format.Read(t.Context(), []*file.File{opened}, &got[i])
		}
		if errs[0] != nil && graph.KindOf(errs[0]) != graph.KindInvalid {
			t.Errorf("%v is no word on the file", errs[0])
		}
		if (errs[0] == nil) != (errs[1] == nil) || got[0].String() != got[1].String() {
			t.Errorf("first %v\n%s\nthen %v\n%s", errs[0], &got[0], errs[1], &got[1])
		}
	})
}

// Shared returns the path of a real file of the shared data, if that is beside
// the checkout or where the environment says.
func Shared(path ...string) (string, bool) {
	given := os.Getenv("DEBADGE_SHARED_DATA") //nolint:forbidigo // where a test finds files that are not part of the repository
	for _, root := range []string{given, filepath.Join("..", "..", "..", "..", "shared", "data")} {
		name := filepath.Join(append([]string{root}, path...)...)
		if _, err := os.Stat(name); root != "" && err == nil {
			return name, true
		}
	}
	return "", false
}
