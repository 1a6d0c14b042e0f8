// Which sources does most rest on? One row for each source that claims cite, those first on which
// most claims rest alone.
//
// Parameters:
//   after    integer  claims recorded after this revision
//   through  integer  and by this one, that were not retracted by then
//   limit    integer  at most so many rows
//
// Columns:
//   source     string   the id of the source
//   title      string   its title
//   publisher  string   who published it
//   kind       string   what kind of document it is; null if it is not known
//   alone      integer  how many claims no other source supports
//   supports   integer  how many claims it supports
//   denies     integer  how many claims it denies
//
// In Neo4j Browser:
//   :param {after: 0, through: 4294967295, limit: 1000}

CALL () {
  MATCH (a)-[r:MAKES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r
}
WITH r, [i IN range(0, size(r.cite_source) - 1) WHERE r.cite_stance[i] = 'supports' | r.cite_source[i]] AS supports
UNWIND range(0, size(r.cite_source) - 1) AS i
WITH r.cite_source[i] AS source, r.cite_stance[i] AS stance, r.id AS claim, supports
WITH source, count(DISTINCT CASE WHEN stance = 'supports' AND all(s IN supports WHERE s = source) THEN claim END) AS alone,
  count(DISTINCT CASE WHEN stance = 'supports' THEN claim END) AS supports,
  count(DISTINCT CASE WHEN stance = 'denies' THEN claim END) AS denies
ORDER BY alone DESC, supports DESC, denies DESC, source
LIMIT $limit
MATCH (s:Source {id: source})
RETURN source AS source, s.title AS title, s.publisher AS publisher, s.kind AS kind,
  alone AS alone, supports AS supports, denies AS denies
ORDER BY alone DESC, supports DESC, denies DESC, source
