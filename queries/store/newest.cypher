// Says which revision is the newest, and how much the store holds.
//
// Parameters: none
//
// Columns:
//   revision     integer   the newest revision
//   recorded_at  datetime  when it was recorded; null for revision 0
//   entities     integer   how many entities there are
//   sources      integer   how many sources
//   claims       integer   how many claims, those that were retracted not counted
//   retracted    integer   how many claims were retracted
//   misnamed     integer   how many claims, retracted or not, have an id that looks as if it followed from
//                          their content, and does not; null if that was not counted from the start

MATCH (s:Store {name: 'debadge'})
RETURN s.revision AS revision, s.recorded_at AS recorded_at, s.entities AS entities,
  s.sources AS sources, s.claims AS claims, s.retracted AS retracted,
  s.misnamed AS misnamed
