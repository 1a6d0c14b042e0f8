// Retracts claims of one relation: MAKES here, the others by putting their type in its place. A
// symmetric claim comes as two rows, the second one mirrored.
//
// Parameters:
//   batch        map       rows, each with id, mirror, reason and replaced_by
//   revision     integer   the revision that is being written
//   recorded_at  datetime  when it is recorded
//
// Columns:
//   written  integer  how many relationships were written

UNWIND $batch.rows AS row
MATCH ()-[r:MAKES {id: row.id, mirror: row.mirror}]->()
USING INDEX SEEK r:MAKES(id, mirror)
SET r.retracted = $revision, r.retracted_at = $recorded_at, r.retraction_reason = row.reason,
  r.replaced_by = row.replaced_by
RETURN count(r) AS written
