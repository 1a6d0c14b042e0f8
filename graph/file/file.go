// Package file opens files as people have them: plain, .gz or .zip, in UTF-8
// with or without a mark, UTF-16 or a declared Latin-1, and spreadsheets; and
// reads them item by item: rows of a [Table], [Items] of JSON, elements of
// [XML]. What is broken is told with its line and reading goes on behind it;
// memory stays bounded whatever a file holds.
//
// Tables follow RFC 4180, JSON RFC 8259, compression RFC 1952 and the ZIP
// application note; spreadsheets are Office Open XML (ISO/IEC 29500).
package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"debadge/graph"
)

// File is an opened file. Text is its content in UTF-8 without a mark; bytes
// that are not of its encoding stay invalid in Text, so that who reads it can
// refuse the row that holds them.
type File struct {
	Name   string // as messages call it; of a member of an archive: archive.zip/member.csv
	Digest string // sha256:… of the file as it is on disk
	Size   int64  // on disk, in bytes
	Text   io.Reader

	data    io.ReaderAt
	member  string // of the archive, where the name says one
	options Options
	offset  atomic.Int64
	book    bool // a spreadsheet, whose rows only a Table reads
	charset Charset
	release []func() error
}

// Options say how a file is opened. Their zero value is right for files of
// which nothing is known.
type Options struct {
	// Charset is what a file without a mark is encoded in; UTF-8 if it is empty.
	Charset Charset

	// MaxText is how many bytes a compressed file may hold, 64 GiB if it is 0.
	MaxText int64

	// MaxRatio is how many times its size on disk a compressed file may hold,
	// once that is more than 16 MiB; 250 if it is 0.
	MaxRatio int64

	// MaxBook is the size in bytes of the largest spreadsheet, 64 MiB if it is
	// 0: one is held in memory while it is read.
	MaxBook int64

	// TempDir is where standard input and large spreadsheets are kept while
	// they are read; the system's own if it is empty.
	TempDir string
}

const (
	defaultMaxText  = 64 << 30
	defaultMaxRatio = 250
	defaultMaxBook  = 64 << 20
	ratioGrace      = 16 << 20
)

func (o Options) filled() Options {
	if o.MaxText <= 0 {
		o.MaxText = defaultMaxText
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = defaultMaxRatio
	}
	if o.MaxBook <= 0 {
		o.MaxBook = defaultMaxBook
	}
	return o
}

// Open opens the file of that name; archive.zip/member.csv is a member of an
// archive. What is no regular file, such as a pipe, is spooled first. The file
// must be closed.
func Open(name string, o Options) (*File, error) {
	path, member, err := locate(name)
	if err != nil {
		return nil, err
	}
	disk, err := os.Open(path) //nolint:gosec // reading the file that the user named is the purpose
	if err != nil {
		return nil, unopened(name, err)
	}
	info, err := disk.Stat()
	switch {
	case err != nil:
		_ = disk.Close()
		return nil, unopened(name, err)
	case info.IsDir():
		_ = disk.Close()
		return nil, graph.Errorf(graph.KindInvalid, "%s is a directory; name a file in it", name)
	case !info.Mode().IsRegular():
		defer func() { _ = disk.Close() }()
		return Spool(name, disk, o)
	}
	return begin(&File{
		Name: name, Size: info.Size(), data: disk, member: member, options: o,
		release: []func() error{disk.Close},
	})
}

// Spool opens what a reader gives, such as standard input, by way of a
// temporary file that Close removes.
func Spool(name string, r io.Reader, o Options) (*File, error) {
	disk, err := os.CreateTemp(o.TempDir, "debadge-*.spool")
	if err != nil {
		return nil, graph.Unavailable(name+" cannot be kept while it is read: "+err.Error(), err)
	}
	remove := func() error { return errors.Join(disk.Close(), os.Remove(disk.Name())) }
	most := o.filled().MaxText
	size, err := io.Copy(disk, io.LimitReader(r, most+1))
	switch {
	case err != nil:
		_ = remove()
		return nil, graph.Unavailable(name+" cannot be read: "+err.Error(), err)
	case size > most:
		_ = remove()
		return nil, graph.Errorf(graph.KindInvalid, "%s is longer than %s; split it", name, bytesText(most))
	}
	return begin(&File{
		Name: name, Size: size, data: disk, options: o,
		release: []func() error{remove},
	})
}

// New opens content that is in memory, under a name for messages.
func New(name string, content []byte, o Options) (*File, error) {
	return begin(&File{Name: name, Size: int64(len(content)), data: bytes.NewReader(content), options: o})
}

// locate splits a name such as archive.zip/dir/member.csv where there is no
// file of the whole name but one of its first part.
func locate(name string) (path, member string, err error) {
	_, err = os.Stat(name)
	if err == nil {
		return name, "", nil
	}
	for at := 0; ; {
		cut := strings.IndexByte(name[at:], '/')
		if cut < 0 {
			return "", "", unopened(name, err)
		}
		at += cut + 1
		path := name[:at-1]
		if info, serr := os.Stat(path); path != "" && serr == nil && info.Mode().IsRegular() {
			return path, name[at:], nil
		}
	}
}

func unopened(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &graph.Error{Kind: graph.KindNotFound, Message: "there is no file " + name, Cause: err}
	}
	return graph.Unavailable(name+" cannot be opened: "+err.Error(), err)
}

// begin hashes the file and opens its text.
func begin(f *File) (*File, error) {
	f.options = f.options.filled()
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(f.data, 0, f.Size)); err != nil {
		_ = f.Close()
		return nil, graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
	}
	f.Digest = "sha256:" + hex.EncodeToString(hash.Sum(nil))
	if err := f.Rewind(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Rewind makes Text start again at the file's beginning. Readers that were
// made of the file before are of no use after it. A File that was not opened by
// this package can be read again if its Text is an [io.Seeker].
func (f *File) Rewind() error {
	if f.data == nil {
		return f.seek()
	}
	f.offset.Store(0)
	plain, err := f.unpack()
	if err != nil {
		return err
	}
	if f.book {
		f.Text = failing{graph.Errorf(graph.KindInvalid,
			"%s is a spreadsheet, and this format has none; save it as CSV or name the format that fits", f.Name)}
		return nil
	}
	f.Text, f.charset, err = decode(f.Name, plain, f.options.Charset)
	return err
}

func (f *File) seek() error {
	s, ok := f.Text.(io.Seeker)
	if !ok {
		return graph.Errorf(graph.KindInternal, "%s was not opened by graph/file and cannot be read twice", f.Name)
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return graph.Unavailable(f.Name+" cannot be read again", err)
	}
	return nil
}

// Offset returns how many bytes of the file on disk have been read, for a
// progress bar beside Size. It may be called while another goroutine reads.
func (f *File) Offset() int64 { return f.offset.Load() }

// IsBook reports whether the file is a spreadsheet, which only a [Table] reads.
func (f *File) IsBook() bool { return f.book }

// Charset returns the encoding that the file was found to be in.
func (f *File) Charset() Charset { return f.charset }

// Close frees what the file holds, and removes what it spooled.
func (f *File) Close() error {
	var all error
	for _, release := range f.release {
		all = errors.Join(all, release())
	}
	f.release = nil
	return all
}

// failing is a reader that has only an error to give.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
