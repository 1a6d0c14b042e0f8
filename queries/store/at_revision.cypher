// Says when a revision was recorded. A revision that was not reached has no row.
//
// Parameters:
//   revision  integer  the revision
//
// Columns:
//   revision     integer   the revision
//   recorded_at  datetime  when it was recorded

MATCH (c:ChangeSet {revision: $revision})
RETURN c.revision AS revision, c.recorded_at AS recorded_at
