// Records new sources and new versions of sources. The version before is kept beside them.
//
// Parameters:
//   rows         list of map  id, and the properties of the node
//   revision     integer      the revision that is being written
//   recorded_at  datetime     when it is recorded
//
// Columns:
//   written  integer  how many sources were written

UNWIND $rows AS row
MERGE (s:Source {id: row.id})
WITH s, row, coalesce(s.created, $revision) AS created
CALL (s) {
  WITH s WHERE s.revision < $revision
  MERGE (v:SourceVersion {id: s.id, revision: s.revision})
  SET v = properties(s), v.until = $revision
  MERGE (s)-[:FORMERLY]->(v)
}
SET s = row.properties, s.created = created, s.revision = $revision, s.recorded_at = $recorded_at
RETURN count(s) AS written
