// Records new versions of sources. The version before is kept beside them.
//
// Parameters:
//   batch     map      rows, each with id, and the properties of the node
//   revision  integer  the revision that is being written
//
// Columns:
//   written  integer  how many sources were written

UNWIND $batch.rows AS row
MATCH (s:Source {id: row.id})
USING INDEX SEEK s:Source(id)
WITH s, row, s.created AS created
CREATE (v:SourceVersion)
SET v = properties(s), v.until = $revision
CREATE (s)-[:FORMERLY]->(v)
SET s = row.properties, s.created = created
RETURN count(s) AS written
