// Records new versions of entities. The version before is kept beside them.
//
// Parameters:
//   batch     map      rows, each with id, and the properties of the node
//   revision  integer  the revision that is being written
//
// Columns:
//   written  integer  how many entities were written

UNWIND $batch.rows AS row
MATCH (e:Entity {id: row.id})
USING INDEX SEEK e:Entity(id)
WITH e, row, e.created AS created
CREATE (v:EntityVersion)
SET v = properties(e), v.until = $revision
CREATE (e)-[:FORMERLY]->(v)
SET e = row.properties, e.created = created
RETURN count(e) AS written
