// Ends the writing of a change set: records it, and moves the store to its revision.
//
// Parameters:
//   change_set   map       the properties of its node: key, id, digest, author, reason, items
//   revision     integer   the revision that is being written
//   recorded_at  datetime  when it is recorded
//   entities     integer   how many entities are new
//   sources      integer   how many sources are new
//   claims       integer   how many claims are new
//   retracted    integer   how many claims are retracted
//   misnamed     integer   how many of the new claims have an id that looks as if it followed from their
//                          content, and does not
//
// Columns:
//   revision  integer  the newest revision

MATCH (s:Store {name: 'debadge'})
CREATE (c:ChangeSet)
SET c = $change_set, c.revision = $revision, c.recorded_at = $recorded_at
SET s.revision = $revision, s.recorded_at = $recorded_at, s.entities = s.entities + $entities,
  s.sources = s.sources + $sources, s.claims = s.claims + $claims - $retracted,
  s.retracted = s.retracted + $retracted,
  s.misnamed = s.misnamed + $misnamed
RETURN s.revision AS revision
