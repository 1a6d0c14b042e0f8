package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"debadge/graph"
)

// inspect refuses a file that is not a store of this version by its header
// (https://sqlite.org/fileformat.html#the_database_header), before SQLite opens
// it: no page of another program's file is sealed, and would only be reported as
// damaged. A file that is not there, or is empty, becomes a store.
func inspect(path string) error {
	f, err := os.Open(path) //nolint:gosec // the path is whoever's who opens the store
	if err != nil {
		return nil // SQLite makes it, or says why it cannot
	}
	defer func() { _ = f.Close() }() // it was read
	var head [headSize]byte
	switch n, err := io.ReadFull(f, head[:]); {
	case n == 0:
		return nil // as above, or a directory
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return graph.Unavailable(codeMessages[codeIO], err)
	case err != nil || !bytes.HasPrefix(head[:], []byte("SQLite format 3\x00")):
		return graph.Unavailable(codeMessages[codeNotADB], err)
	}
	return recognize(int64(binary.BigEndian.Uint32(head[68:])), int64(binary.BigEndian.Uint32(head[60:])))
}

// recognize refuses the file of another program or another version.
func recognize(application, version int64) error {
	switch {
	case application != applicationID:
		return graph.Errorf(graph.KindInvalid, "the file is a database of another program, not a debadge store")
	case version > schemaVersion:
		return graph.Errorf(graph.KindInvalid,
			"the store was written by a newer debadge (its schema is version %d, this debadge knows %d); use that one", version, schemaVersion)
	case version < schemaVersion:
		return graph.Errorf(graph.KindInvalid, "the store has schema version %d, which debadge never released", version)
	}
	return nil
}
