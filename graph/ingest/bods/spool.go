package bods

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"debadge/graph"
)

// entry is a statement about a relationship, held back until the whole file is
// read. Entries of one key belong together.
type entry struct {
	key  string
	file int // which of the files
	line int
	told bool
	data []byte
}

const (
	defaultHeld  = 32 << 20 // bytes held in memory before they go to disk
	partitions   = 256
	maxPartition = 512 << 20 // bytes that belong together, more or less
)

// spool holds entries in memory, and many of them on disk in parts by their
// keys: what belongs together is in one part, and a part fits into memory.
type spool struct {
	limit int // of bytes held in memory, defaultHeld if it is 0
	held  []entry
	bytes int
	dir   string
	parts [partitions]*part
}

type part struct {
	file  *os.File
	w     *bufio.Writer
	bytes int64
}

// add holds an entry back.
func (s *spool) add(e entry) error {
	if s.dir != "" {
		return s.write(e)
	}
	s.held = append(s.held, e)
	s.bytes += len(e.key) + len(e.data)
	if s.bytes < cmp.Or(s.limit, defaultHeld) {
		return nil
	}
	dir, err := os.MkdirTemp("", "debadge-bods-")
	if err != nil {
		return spoolError(err)
	}
	s.dir = dir
	for _, e := range s.held {
		if err := s.write(e); err != nil {
			return err
		}
	}
	s.held = nil
	return nil
}

func (s *spool) write(e entry) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(e.key)) // a hash takes everything
	n := h.Sum32() % partitions
	p := s.parts[n]
	if p == nil {
		f, err := os.Create(filepath.Join(s.dir, strconv.Itoa(int(n))))
		if err != nil {
			return spoolError(err)
		}
		p = &part{file: f, w: bufio.NewWriterSize(f, 1<<14)}
		s.parts[n] = p
	}
	told := uint64(0)
	if e.told {
		told = 1
	}
	var head []byte
	for _, v := range []uint64{told, uint64(e.file), uint64(e.line), uint64(len(e.key)), uint64(len(e.data))} { //nolint:gosec // counts are not negative
		head = binary.AppendUvarint(head, v)
	}
	for _, b := range [][]byte{head, []byte(e.key), e.data} {
		n, err := p.w.Write(b)
		p.bytes += int64(n)
		if err != nil {
			return spoolError(err)
		}
	}
	return nil
}

// each yields the entries that belong together, key by key.
func (s *spool) each(yield func(key string, group []entry) error) error {
	if s.dir == "" {
		return groups(s.held, yield)
	}
	for _, p := range s.parts {
		if p == nil {
			continue
		}
		entries, err := p.read()
		if err != nil {
			return err
		}
		if err := groups(entries, yield); err != nil {
			return err
		}
	}
	return nil
}

// groups yields entries by key, in the order in which the keys first stand.
func groups(entries []entry, yield func(key string, group []entry) error) error {
	first := make(map[string]int, len(entries))
	for i, e := range entries {
		if _, ok := first[e.key]; !ok {
			first[e.key] = i
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(first[a.key], first[b.key]) })
	for begin := 0; begin < len(entries); {
		end := begin + 1
		for end < len(entries) && entries[end].key == entries[begin].key {
			end++
		}
		if err := yield(entries[begin].key, entries[begin:end]); err != nil {
			return err
		}
		begin = end
	}
	return nil
}

func (p *part) read() ([]entry, error) {
	if p.bytes > maxPartition {
		return nil, graph.Errorf(graph.KindInvalid, "more than %d MB of statements belong to one record; split the file", maxPartition>>20)
	}
	if err := p.w.Flush(); err != nil {
		return nil, spoolError(err)
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, spoolError(err)
	}
	var all []entry
	for r := bufio.NewReader(p.file); ; {
		e, err := readEntry(r)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, spoolError(err)
		}
		all = append(all, e)
	}
}

func readEntry(r *bufio.Reader) (entry, error) {
	var head [5]int
	for i := range head {
		v, err := binary.ReadUvarint(r)
		if err != nil {
			return entry{}, err
		}
		head[i] = int(v) //nolint:gosec // as written by this process
	}
	body := make([]byte, head[3]+head[4])
	if _, err := io.ReadFull(r, body); err != nil {
		return entry{}, err
	}
	return entry{told: head[0] == 1, file: head[1], line: head[2], key: string(body[:head[3]]), data: body[head[3]:]}, nil
}

// close takes the parts away again.
func (s *spool) close() error {
	var errs []error
	for _, p := range s.parts {
		if p != nil {
			errs = append(errs, p.file.Close())
		}
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

func spoolError(err error) error {
	return &graph.Error{Kind: graph.KindUnavailable, Message: "the statements cannot be held back in the directory for temporary files; see that it has room", Cause: err}
}
