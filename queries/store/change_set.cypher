// Finds a committed change set by its id.
//
// Parameters:
//   key  string  the id of the change set, or the digest of one that is too long for an index
//
// Columns:
//   revision     integer   the revision that holds it
//   recorded_at  datetime  when it was recorded
//   digest       string    of its content as it was appended

MATCH (c:ChangeSet {key: $key})
RETURN c.revision AS revision, c.recorded_at AS recorded_at, c.digest AS digest
