// Says which of some ids are entities that were known at a revision.
//
// Parameters:
//   batch     map      ids: the ids
//   revision  integer  the revision
//
// Columns:
//   id  string  an id that is known

UNWIND $batch.ids AS id
MATCH (e:Entity {id: id})
USING INDEX SEEK e:Entity(id)
WHERE e.created <= $revision
RETURN e.id AS id
