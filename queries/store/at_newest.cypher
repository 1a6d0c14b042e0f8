// Says which revision is the newest.
//
// Parameters: none
//
// Columns:
//   revision     integer         the newest revision
//   recorded_at  datetime        when it was recorded; null for revision 0
//   lists        list of string  the ids of the lists that were known then: questions name them, and they are few

MATCH (s:Store {name: 'debadge'})
RETURN s.revision AS revision, s.recorded_at AS recorded_at,
  COLLECT { MATCH (l:List) WHERE l.created <= s.revision RETURN l.id } AS lists
