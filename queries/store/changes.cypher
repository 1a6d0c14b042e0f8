// Lists the change sets after a revision in order, each with how much it holds.
//
// Parameters:
//   after  integer  revisions after this one
//   limit  integer  at most so many
//
// Columns:
//   revision     integer   the revision
//   recorded_at  datetime  when it was recorded
//   digest       string    of the content as it was appended
//   id           string    the change set's id
//   author       string    who made it
//   reason       string    why
//   items        integer   how many entities, sources, claims and retractions it holds

MATCH (c:ChangeSet)
WHERE c.revision > $after
RETURN c.revision AS revision, c.recorded_at AS recorded_at, c.digest AS digest,
  c.id AS id, c.author AS author, c.reason AS reason, c.items AS items
ORDER BY c.revision
LIMIT $limit
