package file

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"debadge/graph"
)

// Files in these forms are refused with advice; the others are read.
var foreign = []struct{ magic, advice string }{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a spreadsheet of the old .xls form, or one with a password; save it as .xlsx without a password, or as CSV"},
	{"BZh", "is compressed by bzip2; decompress it first"},
	{"\xfd7zXZ\x00", "is compressed by xz; decompress it first"},
	{"\x28\xb5\x2f\xfd", "is compressed by zstd; decompress it first"},
	{"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"},
	{"%PDF-", "is a PDF; debadge reads data, not pages"},
}

const (
	gzipMagic = "\x1f\x8b"
	zipMagic  = "PK\x03\x04"
	zipEmpty  = "PK\x05\x06"
)

// unpack returns the file's bytes without compression.
func (f *File) unpack() (io.Reader, error) {
	raw := &counting{r: io.NewSectionReader(f.data, 0, f.Size), n: &f.offset}
	begin := bufio.NewReaderSize(raw, 64<<10)
	head, err := begin.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
	}
	if bytes.HasPrefix(head, []byte(zipMagic)) || bytes.HasPrefix(head, []byte(zipEmpty)) {
		return f.unzip()
	}
	if f.member != "" {
		return nil, graph.Errorf(graph.KindInvalid, "%s: %s is no zip archive", f.Name, strings.TrimSuffix(f.Name, "/"+f.member))
	}
	if err := refuseForeign(f.Name, head); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(gzipMagic)) {
		return begin, nil
	}
	unzipped, err := gzip.NewReader(begin)
	if err != nil {
		return nil, f.broken("gzip", err)
	}
	return f.inner(&limited{f: f, form: "gzip", r: unzipped, packed: f.Size})
}

func refuseForeign(name string, head []byte) error {
	for _, form := range foreign {
		if bytes.HasPrefix(head, []byte(form.magic)) {
			return graph.Errorf(graph.KindInvalid, "%s %s", name, form.advice)
		}
	}
	return nil
}

// inner refuses what is compressed twice: which of several files is meant can
// not be told, and each layer multiplies what a bomb holds.
func (f *File) inner(r io.Reader) (io.Reader, error) {
	begin := bufio.NewReaderSize(r, 64<<10)
	head, err := begin.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, magic := range []string{gzipMagic, zipMagic} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return nil, graph.Errorf(graph.KindInvalid, "%s is compressed twice; unpack it once", f.Name)
		}
	}
	return begin, refuseForeign(f.Name, head)
}

// unzip opens the one member of an archive that is of use, or the named one.
func (f *File) unzip() (io.Reader, error) {
	archive, err := zip.NewReader(f.data, f.Size)
	if err != nil {
		return nil, f.broken("zip", err)
	}
	if f.book = f.member == "" && isBook(archive); f.book {
		return nil, f.checkBook(archive)
	}
	member, err := f.choose(archive.File)
	if err != nil {
		return nil, err
	}
	if member.Flags&1 != 0 {
		return nil, graph.Errorf(graph.KindInvalid, "%s has a password; unpack it first", f.Name)
	}
	content, err := member.Open()
	if err != nil {
		return nil, f.broken("zip", err)
	}
	f.release = append(f.release, content.Close)
	if f.member == "" {
		f.member = member.Name
		f.Name += "/" + member.Name
	}
	packed := int64(min(member.CompressedSize64, uint64(f.Size))) //nolint:gosec // not more than Size
	return f.inner(&limited{f: f, form: "zip", r: content, packed: packed, count: &f.offset})
}

func (f *File) choose(members []*zip.File) (*zip.File, error) {
	useful := slices.DeleteFunc(slices.Clone(members), func(m *zip.File) bool {
		return strings.HasSuffix(m.Name, "/") || strings.HasPrefix(m.Name, "__MACOSX/") || strings.HasPrefix(path.Base(m.Name), ".")
	})
	if f.member != "" {
		at := slices.IndexFunc(members, func(m *zip.File) bool { return m.Name == f.member })
		if at >= 0 {
			return members[at], nil
		}
		return nil, graph.Errorf(graph.KindNotFound, "%s: the archive has no such member; it has %s", f.Name, listed(useful))
	}
	switch len(useful) {
	case 0:
		return nil, graph.Errorf(graph.KindInvalid, "%s is an archive without a file in it", f.Name)
	case 1:
		return useful[0], nil
	}
	return nil, graph.Errorf(graph.KindInvalid, "%s is an archive of %d files: %s; name one, such as %s/%s",
		f.Name, len(useful), listed(useful), f.Name, useful[0].Name)
}

func listed(members []*zip.File) string {
	const most = 10
	names := make([]string, 0, most)
	for _, m := range members[:min(len(members), most)] {
		names = append(names, Shorten(m.Name))
	}
	if len(members) > most {
		names = append(names, fmt.Sprintf("and %d more", len(members)-most))
	}
	return strings.Join(names, ", ")
}

// broken says what is wrong with compressed data.
func (f *File) broken(form string, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, zip.ErrFormat) && form == "zip":
		return &graph.Error{
			Kind: graph.KindInvalid, Cause: err,
			Message: f.Name + " is cut off or broken: its " + form + " data does not end as it should; fetch it again",
		}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isCorrupt(err):
		return &graph.Error{
			Kind: graph.KindInvalid, Cause: err,
			Message: f.Name + " is broken: its " + form + " data is not what was packed; fetch it again",
		}
	case errors.Is(err, zip.ErrAlgorithm):
		return &graph.Error{
			Kind: graph.KindInvalid, Cause: err,
			Message: f.Name + " is compressed by a method that debadge does not read; unpack it first",
		}
	}
	return graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
}

func isCorrupt(err error) bool {
	_, ok := errors.AsType[flate.CorruptInputError](err)
	return ok
}

// limited stops a bomb: it ends with an error at more bytes than there may be.
type limited struct {
	f      *File
	form   string
	r      io.Reader
	packed int64
	out    int64
	count  *atomic.Int64 // told how far reading is, where nothing below does
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.out += int64(n)
	o := l.f.options
	switch {
	case l.out > o.MaxText:
		return 0, graph.Errorf(graph.KindInvalid, "%s holds more than %s; split it", l.f.Name, bytesText(o.MaxText))
	case l.out > ratioGrace && l.out/o.MaxRatio > l.packed:
		return 0, graph.Errorf(graph.KindInvalid, "%s is a bomb: %s hold more than %d times as much; it is not read",
			l.f.Name, bytesText(l.packed), o.MaxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, l.f.broken(l.form, err)
	}
	if l.count != nil {
		// The size that the archive claims may lie, so progress is a guess.
		l.count.Store(min(l.out, l.f.Size))
	}
	return n, err
}

type counting struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func bytesText(n int64) string {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if size := int64(1) << (30 - 10*i); n >= size && n%size == 0 || n >= 8*size {
			return fmt.Sprintf("%d %s", n/size, unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
