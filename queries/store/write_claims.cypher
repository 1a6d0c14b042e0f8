// Records claims of one relation that are not there yet: MAKES here, the others by putting their type
// in its place. A symmetric claim comes as two rows, the second one mirrored.
//
// Parameters:
//   batch  map  rows, each with from, to, and the properties of the relationship
//
// Columns:
//   written  integer  how many relationships were written

UNWIND $batch.rows AS row
MATCH (a:Entity {id: row.from})
USING INDEX SEEK a:Entity(id)
MATCH (b:Entity {id: row.to})
USING INDEX SEEK b:Entity(id)
CREATE (a)-[r:MAKES]->(b)
SET r = row.properties
RETURN count(r) AS written
