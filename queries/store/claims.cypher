// Finds claims by their ids, retracted or not. A claim's id is unique among the relationships
// of one type, so each type is asked.
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
CALL (id) {
  MATCH (a)-[r:MAKES {id: id, mirror: false}]->(b) USING INDEX SEEK r:MAKES(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SELLS {id: id, mirror: false}]->(b) USING INDEX SEEK r:SELLS(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LICENSES {id: id, mirror: false}]->(b) USING INDEX SEEK r:LICENSES(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS {id: id, mirror: false}]->(b) USING INDEX SEEK r:REBRANDED_AS(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY {id: id, mirror: false}]->(b) USING INDEX SEEK r:SUCCEEDED_BY(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO {id: id, mirror: false}]->(b) USING INDEX SEEK r:IDENTICAL_TO(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF {id: id, mirror: false}]->(b) USING INDEX SEEK r:COMPONENT_OF(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:OWNS {id: id, mirror: false}]->(b) USING INDEX SEEK r:OWNS(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:RENAMED_TO {id: id, mirror: false}]->(b) USING INDEX SEEK r:RENAMED_TO(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH {id: id, mirror: false}]->(b) USING INDEX SEEK r:AFFILIATED_WITH(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LISTED_ON {id: id, mirror: false}]->(b) USING INDEX SEEK r:LISTED_ON(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:PARTY_TO {id: id, mirror: false}]->(b) USING INDEX SEEK r:PARTY_TO(id, mirror) RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SAME_AS {id: id, mirror: false}]->(b) USING INDEX SEEK r:SAME_AS(id, mirror) RETURN r, a, b
}
RETURN properties(r) AS claim, type(r) AS relation, a.id AS `from`, b.id AS `to`
