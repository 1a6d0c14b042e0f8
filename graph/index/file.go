package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"debadge/graph"
)

// A snapshot file is the magic, then the sections in their order, each its
// kind (4 bytes), length (8), content and the CRC-32C of all that (4), and
// nothing after the last. Numbers are little endian.
const magic = "debadge index 2\n"

type section uint32

const (
	headSection section = 1 + iota
	revisionSection
	entitySection
	entityBlobSection
	entityLaterSection
	sourceSection
	sourceBlobSection
	sourceLaterSection
	factSection
	idSection
	evidenceSection
	detailSection
	textSection
	shareSection
	retiredSection
	orderSection
	keySection
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes the index to a snapshot file, in place of the one that is there.
func (s *Store) Save(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return graph.Errorf(graph.KindUnavailable, "the index cannot be saved: %w", err)
	}
	defer os.Remove(file.Name())
	x := s.index.Load()
	err = x.whole().write(file)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return graph.Errorf(graph.KindUnavailable, "the index cannot be saved: %w", err)
	}
	return nil
}

// whole is the newest snapshot with all of it in the base.
func (x *index) whole() *snapshot {
	x.mu.Lock()
	s := *x.current.Load()
	names := x.freshNames()
	x.mu.Unlock()
	if s.freshItems() > 0 || len(names) > 0 {
		known := make([]link, 0, len(names))
		for _, l := range names {
			if l.value < s.entities.first.n { // else it is not published yet
				known = append(known, l)
			}
		}
		s.base = s.rebuild(known)
	}
	return &s
}

// fileWriter remembers the first error.
type fileWriter struct {
	to  *bufio.Writer
	sum hash.Hash32
	err error
}

func (w *fileWriter) write(p []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(p)
		_, _ = w.sum.Write(p) // a hash takes everything
	}
}

// section writes a section whose content fill writes.
func (w *fileWriter) section(kind section, length uint64, fill func()) {
	w.sum.Reset()
	var head [12]byte
	binary.LittleEndian.PutUint32(head[:], uint32(kind))
	binary.LittleEndian.PutUint64(head[4:], length)
	w.write(head[:])
	fill()
	w.write(binary.LittleEndian.AppendUint32(nil, w.sum.Sum32()))
}

func (w *fileWriter) arena(kind section, a *arena) {
	w.section(kind, a.n, func() {
		left := a.n
		for _, p := range a.pages {
			k := min(left, pageSize)
			w.write(p[:k])
			left -= k
		}
	})
}

// list writes n items of a size.
func list(w *fileWriter, kind section, n, size int, put func(to []byte, i int)) {
	w.section(kind, uint64(n)*uint64(size), func() { //nolint:gosec // not negative
		item := make([]byte, size)
		for i := range n {
			put(item, i)
			w.write(item)
		}
	})
}

func putAll(to []byte, values ...uint32) {
	for i, v := range values {
		binary.LittleEndian.PutUint32(to[4*i:], v)
	}
}

// write writes a snapshot whose base holds all of it.
func (s *snapshot) write(to io.Writer) error {
	w := &fileWriter{to: bufio.NewWriterSize(to, 1<<18), sum: crc32.New(castagnoli)}
	_, w.err = w.to.WriteString(magic)
	head := appendText(appendText(nil, s.change.id), s.change.digest)
	head = binary.LittleEndian.AppendUint32(head, uint32(s.revision))
	w.section(headSection, uint64(len(head)), func() { w.write(head) })
	list(w, revisionSection, int(s.revisions.n), 24, func(to []byte, i int) {
		r := s.revisions.at(uint32(i))                       //nolint:gosec // below n
		binary.LittleEndian.PutUint64(to, uint64(r.seconds)) //nolint:gosec // read back the same way
		putAll(to[8:], r.nanos, r.nodes, r.sources, r.claims)
	})
	s.entities.write(w, entitySection)
	s.sources.write(w, sourceSection)
	s.writeClaims(w)
	list(w, orderSection, len(s.base.order), 4, func(to []byte, i int) { putAll(to, number(s.base.order[i])) })
	list(w, keySection, len(s.base.keys.pairs), 8, func(to []byte, i int) {
		binary.LittleEndian.PutUint64(to, s.base.keys.pairs[i])
	})
	return errors.Join(w.err, w.to.Flush())
}

func (c *catalog) write(w *fileWriter, kind section) {
	list(w, kind, int(c.first.n), 4, func(to []byte, i int) { putAll(to, *c.first.at(uint32(i))) }) //nolint:gosec // below n
	w.arena(kind+1, &c.blob)
	list(w, kind+2, int(c.laters.n), 12, func(to []byte, i int) {
		l := c.laters.at(uint32(i)) //nolint:gosec // below n
		putAll(to, l.record, l.at, uint32(l.since))
	})
}

func (s *snapshot) writeClaims(w *fileWriter) {
	n := int(s.facts.n)
	list(w, factSection, n, 24, func(to []byte, i int) {
		f := s.facts.at(uint32(i))                                                        //nolint:gosec // below n
		putAll(to, number(f.from), number(f.to), uint32(f.begin), uint32(f.end), f.share) //nolint:gosec // read back the same way
		to[20], to[21], to[22], to[23] = byte(f.relation), byte(f.status), byte(f.confidence), f.extra
	})
	list(w, idSection, n, len(rawID{}), func(to []byte, i int) { copy(to, s.ids.at(uint32(i))[:]) }) //nolint:gosec // below n
	list(w, evidenceSection, n, 4, func(to []byte, i int) { putAll(to, *s.evidence.at(uint32(i))) }) //nolint:gosec // below n
	w.arena(detailSection, &s.details)
	w.arena(textSection, &s.texts)
	list(w, shareSection, int(s.shares.n), 12, func(to []byte, i int) {
		v := s.shares.at(uint32(i))                         //nolint:gosec // below n
		putAll(to, uint32(v.low), uint32(v.high), v.stated) //nolint:gosec // read back the same way
	})
	var gone []retiredClaim // with the revision as near
	s.retired.each(func(claim, by uint32) {
		if by <= uint32(s.revision) {
			gone = append(gone, retiredClaim{by, claim})
		}
	})
	list(w, retiredSection, len(gone), 8, func(to []byte, i int) { putAll(to, gone[i].claim, gone[i].near) })
}

// damaged says what is wrong with a snapshot file.
func damaged(format string, args ...any) error {
	return graph.Errorf(graph.KindInvalid, "the snapshot file is not used: "+format, args...)
}

// fileReader remembers the first error.
type fileReader struct {
	from *bufio.Reader
	left uint64 // of the file
	sum  hash.Hash32
	err  error
}

func (r *fileReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = damaged(format, args...)
	}
}

func (r *fileReader) read(p []byte) {
	if r.err != nil {
		clear(p)
		return
	}
	if uint64(len(p)) > r.left {
		r.fail("it ends too early")
		clear(p)
		return
	}
	r.left -= uint64(len(p))
	if _, err := io.ReadFull(r.from, p); err != nil {
		r.fail("it cannot be read: %w", err)
	}
	_, _ = r.sum.Write(p) // a hash takes everything
}

// section reads a section whose content take reads, given its length.
func (r *fileReader) section(kind section, take func(length uint64)) {
	r.sum.Reset()
	var head [12]byte
	r.read(head[:])
	length := binary.LittleEndian.Uint64(head[4:])
	if got := section(binary.LittleEndian.Uint32(head[:])); got != kind {
		r.fail("it has part %d where part %d should be", got, kind)
	}
	if length > r.left {
		r.fail("it ends too early")
	}
	if r.err != nil {
		return
	}
	take(length)
	want := r.sum.Sum32()
	var sum [4]byte
	r.read(sum[:])
	if binary.LittleEndian.Uint32(sum[:]) != want {
		r.fail("part %d is damaged", kind)
	}
}

func (r *fileReader) arena(kind section) (a arena) {
	r.section(kind, func(length uint64) {
		for a.n < length && r.err == nil {
			page := make([]byte, pageSize)
			k := min(length-a.n, pageSize)
			r.read(page[:k])
			a.pages, a.n = append(a.pages, page), a.n+k
		}
	})
	return a
}

// items reads a list that [list] wrote.
func items[T any](r *fileReader, kind section, size uint64, get func([]byte) T) (c column[T]) {
	r.section(kind, func(length uint64) {
		if length%size != 0 || length/size > 1<<31 {
			r.fail("part %d has a length of %d", kind, length)
			return
		}
		item := make([]byte, size)
		for range length / size {
			if r.err != nil {
				return
			}
			r.read(item)
			c.add(get(item))
		}
	})
	return c
}

func one(p []byte) uint32 { return binary.LittleEndian.Uint32(p) }

// openFile returns the file and a reader at its first section.
func openFile(path string) (*os.File, *fileReader, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the operator's
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	r := &fileReader{from: bufio.NewReaderSize(file, 1<<18), left: uint64(info.Size()), sum: crc32.New(castagnoli)} //nolint:gosec // not negative
	start := make([]byte, len(magic))
	r.read(start)
	if r.err == nil && string(start) != magic {
		r.fail("it is none, or of another version")
	}
	if r.err != nil {
		return nil, nil, errors.Join(r.err, file.Close())
	}
	return file, r, nil
}
