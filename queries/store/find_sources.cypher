// Lists the sources that were known at a revision, in the order of their ids.
//
// Parameters:
//   after     string   only ids after this one
//   before    string   only ids before this one
//   revision  integer  the revision
//   limit     integer  at most so many
//
// Columns:
//   id  string  the id of a source

MATCH (s:Source)
WHERE s.id > $after AND s.id < $before AND s.created <= $revision
RETURN s.id AS id
ORDER BY id
LIMIT $limit
