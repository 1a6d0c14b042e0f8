package file_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"debadge/graph"
	"debadge/graph/file"
)

func gzipped(tb testing.TB, text string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func zipped(tb testing.TB, members ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		m, err := w.Create(members[i])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(m, members[i+1]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func utf16Text(text string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func TestText(t *testing.T) {
	const text = "name,浪潮 😀\nx,é\n"
	tests := []struct {
		name    string
		content string
		options file.Options
		want    string
	}{
		{"UTF-8", text, file.Options{}, text},
		{"UTF-8 with a mark", "\xef\xbb\xbf" + text, file.Options{}, text},
		{"two marks: one is text", "\xef\xbb\xbf\xef\xbb\xbf" + text, file.Options{}, "\xef\xbb\xbf" + text},
		{"UTF-16, low bytes first", "\xff\xfe" + utf16Text(text, false), file.Options{}, text},
		{"UTF-16, high bytes first", "\xfe\xff" + utf16Text(text, true), file.Options{}, text},
		{"UTF-16 without a mark", utf16Text(text, false), file.Options{}, text},
		{"UTF-16 without a mark, high bytes first", utf16Text(text, true), file.Options{}, text},
		{"UTF-16 declared", utf16Text("浪潮", false), file.Options{Charset: file.UTF16LE}, "浪潮"},
		{"half a pair is no text", "\xff\xfea\x00\x3d\xd8b\x00", file.Options{}, "a\xed\xa0\xbdb"},
		{"half a unit is no text", "\xff\xfea\x00b", file.Options{}, "a\xff"},
		{"half a pair at the end", "\xff\xfea\x00\x3d\xd8", file.Options{}, "a\xed\xa0\xbd"},
		{"Latin-1 declared", "caf\xe9 \x80", file.Options{Charset: file.Latin1}, "café \u0080"},
		{"Windows-1252 declared", "caf\xe9 \x80 \x81", file.Options{Charset: file.Win1252}, "café € \x81"},
		{"Latin-1 not declared", "caf\xe9", file.Options{}, "caf\xe9"},
		{"a mark says more than what was declared", "\xef\xbb\xbfé", file.Options{Charset: file.Latin1}, "é"},
		{"gzip", string(gzipped(t, text)), file.Options{}, text},
		{"gzip of two parts", string(gzipped(t, text)) + string(gzipped(t, text)), file.Options{}, text + text},
		{"gzip of UTF-16", string(gzipped(t, "\xff\xfe"+utf16Text(text, false))), file.Options{}, text},
		{"zip", string(zipped(t, "a.csv", text)), file.Options{}, text},
		{"zip with what systems add", string(zipped(t, "d/", "", "d/a.csv", text, "__MACOSX/d/a.csv", "x", "d/.DS_Store", "x")), file.Options{}, text},
		{"nothing", "", file.Options{}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := file.New("x", []byte(test.content), test.options)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got, err := io.ReadAll(f.Text)
				if err != nil || string(got) != test.want {
					t.Fatalf("text %q (%v), want %q", got, err, test.want)
				}
				if err := f.Rewind(); err != nil {
					t.Fatal(err)
				}
			}
			sum := sha256.Sum256([]byte(test.content))
			if want := "sha256:" + hex.EncodeToString(sum[:]); f.Digest != want {
				t.Errorf("digest %s, want %s", f.Digest, want)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	plain, archive := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.zip")
	for name, content := range map[string][]byte{
		plain: []byte("a,b\n"), archive: zipped(t, "x/one.csv", "1", "two.csv", "22"),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		text string
		kind graph.ErrorKind
		says string // in the error
	}{
		{name: plain, text: "a,b\n"},
		{name: archive + "/two.csv", text: "22"},
		{name: archive + "/x/one.csv", text: "1"},
		{name: archive, kind: graph.KindInvalid, says: "an archive of 2 files: x/one.csv, two.csv; name one, such as " + archive + "/x/one.csv"},
		{name: archive + "/three.csv", kind: graph.KindNotFound, says: "it has x/one.csv, two.csv"},
		{name: plain + "/three.csv", kind: graph.KindInvalid, says: "is no zip archive"},
		{name: filepath.Join(dir, "b.csv"), kind: graph.KindNotFound, says: "there is no file"},
		{name: dir, kind: graph.KindInvalid, says: "is a directory"},
	}
	for _, test := range tests {
		t.Run(strings.TrimPrefix(test.name, dir), func(t *testing.T) {
			f, err := file.Open(test.name, file.Options{})
			if test.says != "" {
				if graph.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
					t.Fatalf("%v (%v), want %v: …%s…", err, graph.KindOf(err), test.kind, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(f.Text)
			if err != nil || string(text) != test.text {
				t.Errorf("text %q (%v), want %q", text, err, test.text)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSpoolRemoves(t *testing.T) {
	dir := t.TempDir()
	f, err := file.Spool("standard input", strings.NewReader("a,b\n1,2\n"), file.Options{TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, file.TableOptions{}); len(got) != 1 || got[0] != "2: 1|2" {
		t.Errorf("rows %q", got)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func TestRewindOfOthers(t *testing.T) {
	f := &file.File{Name: "x", Text: strings.NewReader("a")}
	for range 2 {
		if text, err := io.ReadAll(f.Text); err != nil || string(text) != "a" {
			t.Errorf("text %q (%v), want a", text, err)
		}
		if err := f.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&file.File{Name: "x", Text: io.LimitReader(f.Text, 1)}).Rewind(); graph.KindOf(err) != graph.KindInternal {
		t.Errorf("a reader that cannot go back: %v, want an internal error", err)
	}
}

func TestOffset(t *testing.T) {
	text := strings.Repeat("a,b\n", 100_000)
	for name, content := range map[string][]byte{"plain": []byte(text), "gzip": gzipped(t, text), "zip": zipped(t, "a.csv", text)} {
		f, err := file.New("x", content, file.Options{})
		if err != nil {
			t.Fatal(err)
		}
		begun := f.Offset()
		if _, err := io.Copy(io.Discard, f.Text); err != nil {
			t.Fatal(err)
		}
		if f.Offset() != f.Size || begun > f.Size {
			t.Errorf("%s: read %d of %d at the end and %d at the start", name, f.Offset(), f.Size, begun)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCharset(t *testing.T) {
	for content, want := range map[string]file.Charset{"a,b": file.UTF8, "\xff\xfea\x00": file.UTF16LE, "\x00a\x00b": file.UTF16BE} {
		if f := open(t, content); f.Charset() != want {
			t.Errorf("%q is %s, want %s", content, f.Charset(), want)
		}
	}
	if _, err := file.ParseCharset("koi8-r"); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("an encoding that is not read: %v", err)
	}
}
