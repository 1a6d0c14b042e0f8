// Says by which schema the store was made. A database that holds no store has no row.
//
// Parameters: none
//
// Columns:
//   schema  integer  the version of the schema

MATCH (s:Store {name: 'debadge'})
RETURN s.schema AS schema
