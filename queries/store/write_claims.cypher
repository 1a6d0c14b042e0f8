// Records claims of one relation: MAKES here, the others by putting their type in its place. A
// symmetric claim comes as two rows, the second one mirrored.
//
// Parameters:
//   rows         list of map  id, mirror, from, to, and the properties of the relationship
//   revision     integer      the revision that is being written
//   recorded_at  datetime     when it is recorded
//
// Columns:
//   written  integer  how many relationships were written

UNWIND $rows AS row
MATCH (a:Entity {id: row.from})
MATCH (b:Entity {id: row.to})
MERGE (a)-[r:MAKES {id: row.id, mirror: row.mirror}]->(b)
SET r = row.properties, r.id = row.id, r.mirror = row.mirror, r.revision = $revision, r.recorded_at = $recorded_at
RETURN count(r) AS written
