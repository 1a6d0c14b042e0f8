// Waits until every index of the schema can be used.
//
// Parameters:
//   seconds  integer  how long at most
//
// Columns: none

CALL db.awaitIndexes($seconds)
