// Which claims does a source deny, and what do others say? One row for each claim and source that
// denies it. A denial takes no claim away: it stands beside it.
//
// Parameters:
//   after    integer         claims recorded after this revision
//   through  integer         and by this one, that were not retracted by then
//   about    list of string  ids of entities that the claims are about; empty: all of them
//   limit    integer         at most so many rows
//
// Columns:
//   relation      string          the relation
//   from          string          the id of the origin, or of the company listed
//   to            string          the id of what came from it, or of the list
//   claim         string          the id of the claim
//   status        string          its status
//   denied_by     string          the id of the source that denies it
//   publisher     string          who published that
//   date          string          when, as it is given; null if it is not known
//   says          string          a paraphrase of what it says
//   supported_by  list of string  the ids of the sources that support the claim
//
// In Neo4j Browser:
//   :param {after: 0, through: 4294967295, about: [], limit: 1000}

CALL () {
  MATCH (a)-[r:MAKES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted AND 'denies' IN r.cite_stance
  RETURN r, a, b
}
WITH r, a, b
WHERE size($about) = 0 OR a.id IN $about OR b.id IN $about
UNWIND [i IN range(0, size(r.cite_source) - 1) WHERE r.cite_stance[i] = 'denies'] AS i
WITH r, a, b, i
ORDER BY r.id, i
LIMIT $limit
MATCH (s:Source {id: r.cite_source[i]})
RETURN type(r) AS relation, a.id AS `from`, b.id AS `to`, r.id AS claim, r.status AS status,
  s.id AS denied_by, s.publisher AS publisher, s.date AS date, r.cite_text[i] AS says,
  [j IN range(0, size(r.cite_source) - 1) WHERE r.cite_stance[j] = 'supports' | r.cite_source[j]] AS supported_by
ORDER BY claim, denied_by, says
