// Records sources that are not there yet.
//
// Parameters:
//   batch  map  rows, each with the properties of the node
//
// Columns:
//   written  integer  how many sources were written

UNWIND $batch.rows AS row
CREATE (s:Source)
SET s = row.properties
RETURN count(s) AS written
