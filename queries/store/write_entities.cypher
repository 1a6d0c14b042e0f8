// Records entities that are not there yet.
//
// Parameters:
//   batch  map  rows, each with kind, and the properties of the node
//
// Columns:
//   written  integer  how many entities were written

UNWIND $batch.rows AS row
CREATE (e:Entity)
SET e = row.properties
FOREACH (_ IN CASE WHEN row.kind = 'company' THEN [1] ELSE [] END | SET e:Company)
FOREACH (_ IN CASE WHEN row.kind = 'product' THEN [1] ELSE [] END | SET e:Product)
FOREACH (_ IN CASE WHEN row.kind = 'list' THEN [1] ELSE [] END | SET e:List)
FOREACH (_ IN CASE WHEN row.kind = 'proceeding' THEN [1] ELSE [] END | SET e:Proceeding)
RETURN count(e) AS written
