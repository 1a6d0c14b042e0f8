// Finds claims by their ids, retracted or not, among those of one relation: MAKES here, the others by
// putting their type in its place.
//
// Parameters:
//   batch  map  ids: the ids of the claims
//
// Columns:
//   claim     map     the properties of the relationship
//   relation  string  its type
//   from      string  the id of the entity where it starts
//   to        string  the id of the entity where it ends

UNWIND $batch.ids AS id
MATCH (a)-[r:MAKES {id: id, mirror: false}]->(b)
USING INDEX SEEK r:MAKES(id, mirror)
RETURN properties(r) AS claim, type(r) AS relation, a.id AS `from`, b.id AS `to`
