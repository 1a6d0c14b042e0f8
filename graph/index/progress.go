package index

import (
	"time"

	"debadge/graph"
)

// Progress returns the newest revision of the index, and the time until which it
// has seen everything that the followed store had.
func (s *Store) Progress() (revision graph.Revision, seen time.Time) {
	seen = time.Unix(0, s.synced.Load())
	return s.Revision(), seen
}
