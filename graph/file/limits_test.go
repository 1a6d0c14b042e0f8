package file_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
)

// repeated is a reader of a text many times over, which holds little of it.
type repeated struct {
	text string
	left int64 // bytes
	at   int
}

func repeat(text string, size int64) *repeated {
	return &repeated{text: strings.Repeat(text, max(1, 64<<10/len(text))), left: size}
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

// held runs work and returns how far the heap grew meanwhile, in MiB.
func held(t *testing.T, work func()) int {
	t.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	most, stop, done := uint64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	work()
	close(stop)
	<-done
	return int(max(most, before.HeapAlloc)-before.HeapAlloc) >> 20
}

func timed(work func()) time.Duration {
	start := time.Now() //nolint:forbidigo // how long it takes is what is tried
	work()
	return time.Since(start)
}

// big is a file around a reader, as large as that gives.
func big(r io.Reader) *file.File { return &file.File{Name: "big.csv", Text: r} }

func TestLongLine(t *testing.T) {
	for name, line := range map[string]io.Reader{
		"unquoted":            repeat("x", 1<<30),
		"quoted":              io.MultiReader(strings.NewReader(`"`), repeat("x", 1<<26), strings.NewReader(`"`)),
		"quotes that are odd": repeat(`"""x`, 1<<26),
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			grown := held(t, func() {
				got = read(t, big(io.MultiReader(strings.NewReader("a,b\n1,2\ny,"), line, strings.NewReader("\n3,4\n"))), file.TableOptions{})
			})
			want := "[2: 1|2 3! b: the field is longer than 1 MiB 4: 3|4]"
			if fmt.Sprint(got) != want {
				t.Errorf("rows %.300s, want %s", got, want)
			}
			if grown > 40 {
				t.Errorf("a line of so many bytes took %d MiB, want at most 40", grown)
			}
		})
	}
}

func TestManyColumns(t *testing.T) {
	many := strings.Repeat(",", 1_000_000)
	got := read(t, open(t, "a,b\n1,2\n"+many+"\n3,4\n"), file.TableOptions{})
	if want := "[2: 1|2 3! : the row has more than 4096 columns 4: 3|4]"; fmt.Sprint(got) != want {
		t.Errorf("rows %.300s, want %s", got, want)
	}
	if _, err := file.NewTable(open(t, many+"\n"), file.TableOptions{}); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("a header of a million columns: %v, want an invalid file", err)
	}
	much := strings.Repeat("xxxxxx,", 700_000)
	got = read(t, open(t, "a,b\n1,2\n"+much+"\n3,4\n"), file.TableOptions{})
	if want := "[2: 1|2 3! : the row has more than 4096 columns 4: 3|4]"; fmt.Sprint(got) != want {
		t.Errorf("rows %.300s, want %s", got, want)
	}
}

func TestManyLinesInQuotes(t *testing.T) {
	got := read(t, open(t, "a,b\n1,\"2\n"+strings.Repeat("3,4\n", 300_000)), file.TableOptions{})
	if len(got) != 300_001 || !strings.HasPrefix(got[0], "2! b: the quote that opens here is not closed within 1 MiB") || got[300_000] != "300002: 3|4" {
		t.Errorf("%d rows, the first %s, the last %s", len(got), got[0], got[len(got)-1])
	}
}

// TestNeverQuadratic reads files in which every row looks ahead.
func TestNeverQuadratic(t *testing.T) {
	for _, row := range []string{"1,\"2\n", "1,\"\"\"2\n", "\"\n", "1,\"2\"\"\n", "\"\"\"\n1\n", "1,\"\"\"\"\"\n"} {
		took := timed(func() { read(t, open(t, "a,b\n"+strings.Repeat(row, 1<<18/len(row))), file.TableOptions{}) })
		if took > 20*time.Second {
			t.Errorf("256 KiB of %q took %v", row, took)
		}
	}
}

func TestCutOff(t *testing.T) {
	var text strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	text.WriteString("a,b\n")
	for range 50_000 {
		fmt.Fprintf(&text, "%d,%d\n", random.Uint64(), random.Uint64())
	}
	whole := map[string][]byte{"gzip": gzipped(t, text.String()), "zip": zipped(t, "a.csv", text.String())}
	for form, packed := range whole {
		for _, cut := range []int{12, 20, len(packed) / 2, len(packed) - 1} {
			err := readAll(packed[:cut], file.Options{})
			if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "is cut off or broken: its "+form+" data does not end") {
				t.Errorf("%s cut off at %d of %d: %v, want an invalid file that is cut off", form, cut, len(packed), err)
			}
		}
		broken := bytes.Clone(packed)
		broken[len(broken)/2] ^= 0xFF
		if err := readAll(broken, file.Options{}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s with a wrong byte: %v, want an invalid file", form, err)
		}
		if err := readAll(packed, file.Options{}); err != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// readAll opens a file and reads its table to the end.
func readAll(content []byte, o file.Options) error {
	f, err := file.New("test", content, o)
	if err != nil {
		return err
	}
	table, err := file.NewTable(f, file.TableOptions{})
	if err != nil {
		return errors.Join(err, f.Close())
	}
	for err == nil || isBad(err) {
		_, err = table.Next()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, table.Close(), f.Close())
}

func isBad(err error) bool {
	_, ok := errors.AsType[*file.BadRow](err)
	return ok
}

func packedZeros(t *testing.T, size int64, inZip string) []byte {
	t.Helper()
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	into, w := io.Writer(g), io.Closer(g)
	if inZip != "" {
		z := zip.NewWriter(&b)
		w = z
		if inZip == "xl/workbook.xml" {
			if _, err := z.Create("[Content_Types].xml"); err != nil {
				t.Fatal(err)
			}
		}
		m, err := z.Create(inZip)
		if err != nil {
			t.Fatal(err)
		}
		into = m
	}
	if _, err := io.Copy(into, repeat("1,"+strings.Repeat("2", 1000)+"\n", size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBomb(t *testing.T) {
	const size = 24 << 20
	for name, packed := range map[string][]byte{
		"gzip": packedZeros(t, size, ""),
		"zip":  packedZeros(t, size, "a.csv"),
		"xlsx": packedZeros(t, size, "xl/workbook.xml"),
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			var took time.Duration
			if grown := held(t, func() { took = timed(func() { err = readAll(packed, file.Options{}) }) }); grown > 64 {
				t.Errorf("the bomb took %d MiB, want at most 64", grown)
			}
			if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "is a bomb") {
				t.Errorf("%v, want an invalid file that is a bomb", err)
			}
			if took > 10*time.Second {
				t.Errorf("the bomb was found after %v", took)
			}
		})
	}
	if err := readAll(packedZeros(t, 1<<20, ""), file.Options{}); err != nil {
		t.Errorf("a short file of one value: %v", err)
	}
	if err := readAll(packedZeros(t, size, ""), file.Options{MaxRatio: 2000}); err != nil {
		t.Errorf("with a larger ratio allowed: %v", err)
	}
	err := readAll(packedZeros(t, 1<<20, ""), file.Options{MaxText: 1 << 19})
	if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "holds more than 512 KiB") {
		t.Errorf("more than the largest text: %v", err)
	}
}

func TestSpoolLimit(t *testing.T) {
	dir := t.TempDir()
	_, err := file.Spool("x", repeat("a", 1<<20), file.Options{MaxText: 1 << 10, TempDir: dir})
	if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "x is longer than 1 KiB") {
		t.Errorf("%v, want an invalid file", err)
	}
}

func TestTwicePacked(t *testing.T) {
	for name, packed := range map[string][]byte{
		"gzip in gzip": gzipped(t, string(gzipped(t, "a"))),
		"gzip in zip":  zipped(t, "a.csv.gz", string(gzipped(t, "a"))),
		"zip in zip":   zipped(t, "a.zip", string(zipped(t, "a.csv", "a"))),
	} {
		if err := readAll(packed, file.Options{}); graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "is compressed twice") {
			t.Errorf("%s: %v, want an invalid file", name, err)
		}
	}
}

func TestForeign(t *testing.T) {
	for content, says := range map[string]string{
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old .xls form",
		"BZh91AY":                          "bzip2",
		"%PDF-1.7":                         "is a PDF",
		string(zipped(t)):                  "an archive without a file in it",
	} {
		if err := readAll([]byte(content), file.Options{}); graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want an invalid file: %s", content, err, says)
		}
	}
}
