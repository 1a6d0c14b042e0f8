// Lists the entities that were known at a revision, in the order of their ids.
//
// Parameters:
//   after     string   only ids after this one
//   before    string   only ids before this one
//   revision  integer  the revision
//   limit     integer  at most so many
//
// Columns:
//   id  string  the id of an entity

MATCH (e:Entity)
WHERE e.id > $after AND e.id < $before AND e.created <= $revision
RETURN e.id AS id
ORDER BY id
LIMIT $limit
