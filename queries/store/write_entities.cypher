// Records new entities and new versions of entities. The version before is kept beside them.
//
// Parameters:
//   rows         list of map  id, kind, and the properties of the node
//   revision     integer      the revision that is being written
//   recorded_at  datetime     when it is recorded
//
// Columns:
//   written  integer  how many entities were written

UNWIND $rows AS row
MERGE (e:Entity {id: row.id})
WITH e, row, coalesce(e.created, $revision) AS created
CALL (e) {
  WITH e WHERE e.revision < $revision
  MERGE (v:EntityVersion {id: e.id, revision: e.revision})
  SET v = properties(e), v.until = $revision
  MERGE (e)-[:FORMERLY]->(v)
}
SET e = row.properties, e.created = created, e.revision = $revision, e.recorded_at = $recorded_at
FOREACH (_ IN CASE WHEN row.kind = 'company' THEN [1] ELSE [] END | SET e:Company)
FOREACH (_ IN CASE WHEN row.kind = 'product' THEN [1] ELSE [] END | SET e:Product)
FOREACH (_ IN CASE WHEN row.kind = 'list' THEN [1] ELSE [] END | SET e:List)
FOREACH (_ IN CASE WHEN row.kind = 'proceeding' THEN [1] ELSE [] END | SET e:Proceeding)
RETURN count(e) AS written
