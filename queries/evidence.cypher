// What does the store know about an entity, and by which sources? One row for each claim and
// source, also for what is disputed, denied, or no longer holds.
//
// Parameters:
//   subject   id       the id of an entity
//   revision  integer  claims recorded by this revision, and not retracted by then
//   limit     integer  at most so many rows
//
// Columns:
//   relation    string   the relation
//   from        string   the id of the origin, or of the company listed
//   to          string   the id of what came from it, or of the list or proceeding
//   claim       string   the id of the claim
//   status      string   its status
//   confidence  integer  its confidence, in percent
//   valid_from  string   from when it holds, as it is given; null if it is not known
//   valid_to    string   the first day on which it no longer holds; null if it goes on
//   stance      string   supports or denies
//   source      string   the id of the source
//   title       string   its title
//   publisher   string   who published it
//   url         string   where it is; null if it is not known
//   locator     string   where in it
//   says        string   a paraphrase of what it says
//
// In Neo4j Browser:
//   :param {subject: 'product:aivres:kr2280-x1', revision: 4294967295, limit: 1000}

MATCH (s:Entity {id: $subject})
CALL (s) {
  MATCH (s)-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS]->(o) RETURN r, s AS a, o AS b
  UNION ALL
  MATCH (s)<-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS]-(o) RETURN r, o AS a, s AS b
  UNION ALL
  MATCH (s)-[r:LISTED_ON|PARTY_TO]->(o) RETURN r, s AS a, o AS b
  UNION ALL
  MATCH (s)<-[r:LISTED_ON|PARTY_TO]-(o) RETURN r, o AS a, s AS b
}
WITH r, a, b
WHERE NOT r.mirror AND r.revision <= $revision AND $revision < r.retracted
UNWIND range(0, size(r.cite_source) - 1) AS i
WITH r, a, b, i
ORDER BY type(r), r.id, i
LIMIT $limit
MATCH (d:Source {id: r.cite_source[i]})
RETURN type(r) AS relation, a.id AS `from`, b.id AS `to`, r.id AS claim, r.status AS status, r.confidence AS confidence,
  r.valid_from_text AS valid_from, r.valid_to_text AS valid_to, r.cite_stance[i] AS stance, d.id AS source,
  d.title AS title, d.publisher AS publisher, d.url AS url, r.cite_locator[i] AS locator, r.cite_text[i] AS says
ORDER BY relation, claim, stance DESC, source, says
