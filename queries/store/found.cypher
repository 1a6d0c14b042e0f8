// Makes the node that stands for the store, once its schema is in place.
//
// Parameters:
//   schema  integer  the version of the schema
//
// Columns:
//   schema  integer  the version of the schema

MERGE (s:Store {name: 'debadge'})
ON CREATE SET s.revision = 0, s.entities = 0, s.sources = 0, s.claims = 0, s.retracted = 0, s.misnamed = 0
SET s.schema = $schema
RETURN s.schema AS schema
