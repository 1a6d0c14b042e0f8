// Lists the claims that a stretch of revisions recorded, for the feed.
//
// Parameters:
//   after    integer  revisions after this one
//   through  integer  and through this one
//
// Columns:
//   claim     map     the properties of the relationship
//   relation  string  its type
//   from      string  the id of the entity where it starts
//   to        string  the id of the entity where it ends

CALL () {
  MATCH (a)-[r:MAKES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror RETURN r, a, b
}
RETURN properties(r) AS claim, type(r) AS relation, a.id AS `from`, b.id AS `to`
