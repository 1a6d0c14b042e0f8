// Says which revision was the newest at a time. A time before the first one has no row.
//
// Parameters:
//   time  datetime  the time
//
// Columns:
//   revision     integer   the newest revision recorded at or before the time
//   recorded_at  datetime  when it was recorded

MATCH (c:ChangeSet)
WHERE c.recorded_at <= $time
RETURN c.revision AS revision, c.recorded_at AS recorded_at
ORDER BY c.recorded_at DESC, c.revision DESC
LIMIT 1
