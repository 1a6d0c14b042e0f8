// Says when a revision was recorded. A revision that was not reached has no row.
//
// Parameters:
//   revision  integer  the revision
//
// Columns:
//   revision     integer         the revision
//   recorded_at  datetime        when it was recorded
//   lists        list of string  the ids of the lists that were known then: questions name them, and they are few

MATCH (c:ChangeSet {revision: $revision})
RETURN c.revision AS revision, c.recorded_at AS recorded_at,
  COLLECT { MATCH (l:List) WHERE l.created <= c.revision RETURN l.id } AS lists
