// Says which revision was the newest at a time. A time before the first one has no row.
//
// Parameters:
//   time  datetime  the time
//
// Columns:
//   revision     integer         the newest revision recorded at or before the time
//   recorded_at  datetime        when it was recorded
//   lists        list of string  the ids of the lists that were known then: questions name them, and they are few

MATCH (c:ChangeSet)
WHERE c.recorded_at <= $time
WITH c
ORDER BY c.recorded_at DESC, c.revision DESC
LIMIT 1
RETURN c.revision AS revision, c.recorded_at AS recorded_at,
  COLLECT { MATCH (l:List) WHERE l.created <= c.revision RETURN l.id } AS lists
