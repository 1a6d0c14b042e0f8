// Fetches claims by the element ids of their relationships.
//
// Parameters:
//   claims  list of string  element ids, as upstream_edges and downstream_edges return them
//
// Columns:
//   position  integer  the position in the list
//   claim     map      the properties of the relationship
//   relation  string   its type
//   from      string   the id of the entity where it starts
//   to        string   the id of the entity where it ends

UNWIND range(0, size($claims) - 1) AS position
MATCH (a)-[r]->(b) WHERE elementId(r) = $claims[position]
RETURN position, properties(r) AS claim, type(r) AS relation, a.id AS `from`, b.id AS `to`
