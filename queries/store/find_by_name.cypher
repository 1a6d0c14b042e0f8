// Lists the entities that one of their names leads to, in the versions that were the newest
// at a revision, in the order of their ids.
//
// Parameters:
//   query     string   the name key as a quoted phrase, for the full-text index
//   key       string   the name key
//   after     string   only ids after this one
//   before    string   only ids before this one
//   revision  integer  the revision
//   limit     integer  at most so many
//
// Columns:
//   id  string  the id of an entity

CALL db.index.fulltext.queryNodes('entity_names', $query) YIELD node
WHERE $key IN node.name_keys AND node.id > $after AND node.id < $before
  AND node.revision <= $revision AND $revision < node.until
RETURN node.id AS id
ORDER BY id
LIMIT $limit
