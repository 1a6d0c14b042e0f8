// Makes the writers take turns: whoever sets this property holds the node until its
// transaction ends. What depends on the newest revision is read after it, never in it.
//
// Parameters:
//   writer  string  the id of the change set that is being written
//
// Columns:
//   locked  boolean  true

MATCH (s:Store {name: 'debadge'})
SET s.writer = $writer
RETURN true AS locked
