package export

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"

	"debadge/graph"
)

// sorted puts records in the order of their keys. What does not fit into memory
// goes to files in runs that are in order, and is merged when it is read.
type sorted struct {
	dir   string // for the files
	limit int    // bytes in memory

	buffer  []byte // records one after another
	records []span
	runs    []*os.File
}

// span is where a record lies in the buffer: its key up to data, then its data
// up to end.
type span struct{ key, data, end int }

// memoryLimit is how much is in memory at once, beside as much for the merge.
const memoryLimit = 48 << 20

// maxRecord bounds a record, so that a damaged file cannot ask for more memory.
const maxRecord = 1 << 30

func newSorted(dir string, limit int) *sorted {
	return &sorted{dir: dir, limit: limit}
}

// add takes a copy of a record. Keys must differ.
func (s *sorted) add(key, data []byte) error {
	at := len(s.buffer)
	s.buffer = append(append(s.buffer, key...), data...)
	s.records = append(s.records, span{at, at + len(key), len(s.buffer)})
	if len(s.buffer) >= s.limit {
		return s.spill()
	}
	return nil
}

func (s *sorted) key(r span) []byte { return s.buffer[r.key:r.data] }

func (s *sorted) order() {
	slices.SortFunc(s.records, func(a, b span) int { return bytes.Compare(s.key(a), s.key(b)) })
}

// spill writes what is in memory to a file.
func (s *sorted) spill() (err error) {
	if len(s.records) == 0 {
		return nil
	}
	f, err := os.CreateTemp(s.dir, "debadge-export-*")
	if err != nil {
		return onDisk(err)
	}
	s.runs = append(s.runs, f)
	s.order()
	w := bufio.NewWriterSize(f, 1<<18)
	var size [2 * binary.MaxVarintLen64]byte
	for _, r := range s.records {
		head := binary.AppendUvarint(size[:0], uint64(r.data-r.key)) //nolint:gosec // a length is not negative
		head = binary.AppendUvarint(head, uint64(r.end-r.data))      //nolint:gosec // a length is not negative
		_, err1 := w.Write(head)
		_, err2 := w.Write(s.buffer[r.key:r.end])
		if err := cmp.Or(err1, err2); err != nil {
			return onDisk(err)
		}
	}
	s.buffer, s.records = s.buffer[:0], s.records[:0]
	return onDisk(w.Flush())
}

// each yields the records in order. What it yields is valid until the next one.
func (s *sorted) each(yield func(key, data []byte) error) error {
	if len(s.runs) == 0 {
		s.order()
		for _, r := range s.records {
			if err := yield(s.key(r), s.buffer[r.data:r.end]); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	s.buffer, s.records = nil, nil
	m, err := s.merge()
	if err != nil {
		return err
	}
	for len(*m) > 0 {
		first := (*m)[0]
		if err := yield(first.key, first.data); err != nil {
			return err
		}
		more, err := first.next()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(m, 0)
		} else {
			heap.Pop(m)
		}
	}
	return nil
}

// merge begins to read every run.
func (s *sorted) merge() (*merge, error) {
	m := new(merge)
	for _, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, onDisk(err)
		}
		r := &run{from: bufio.NewReaderSize(f, 1<<18)}
		more, err := r.next()
		if err != nil {
			return nil, err
		}
		if more {
			*m = append(*m, r)
		}
	}
	heap.Init(m)
	return m, nil
}

// close removes the files.
func (s *sorted) close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close(), os.Remove(f.Name()))
	}
	s.runs, s.buffer, s.records = nil, nil, nil
	return onDisk(errors.Join(errs...))
}

func onDisk(err error) error {
	if err == nil {
		return nil
	}
	return graph.Unavailable("the temporary files of the export cannot be used: "+err.Error(), err)
}

// run is a file of records in order.
type run struct {
	from      *bufio.Reader
	record    []byte
	key, data []byte
}

func (r *run) next() (more bool, err error) {
	k, err := binary.ReadUvarint(r.from)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	d, err2 := binary.ReadUvarint(r.from)
	if err := cmp.Or(err, err2); err != nil {
		return false, onDisk(err)
	}
	if k > maxRecord || d > maxRecord {
		return false, onDisk(errRecord)
	}
	n := int(k + d)
	if cap(r.record) < n {
		r.record = make([]byte, n+n/2)
	}
	r.record = r.record[:n]
	if _, err := io.ReadFull(r.from, r.record); err != nil {
		return false, onDisk(err)
	}
	r.key, r.data = r.record[:k], r.record[k:]
	return true, nil
}

// merge is a heap of runs by their next keys.
type merge []*run

// Len counts the runs that are not at their end.
func (m *merge) Len() int { return len(*m) }

// Less compares the next keys of two runs.
func (m *merge) Less(i, j int) bool { return bytes.Compare((*m)[i].key, (*m)[j].key) < 0 }

// Swap exchanges two runs.
func (m *merge) Swap(i, j int) { (*m)[i], (*m)[j] = (*m)[j], (*m)[i] }

// Push is for [heap.Interface]; runs are only ever taken out.
func (m *merge) Push(x any) {
	if r, ok := x.(*run); ok {
		*m = append(*m, r)
	}
}

// Pop takes out the last run.
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
