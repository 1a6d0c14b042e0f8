// What did the store learn between two record times: which entities, sources and claims were
// recorded, which claims were retracted or corrected, by whom, and why?
//
// Parameters:
//   since  datetime  recorded after this time
//   until  datetime  and by this one
//   limit  integer   at most so many rows
//
// Columns:
//   revision     integer   the revision that recorded or retracted it
//   recorded_at  datetime  when
//   author       string    by whom; null if nobody is named
//   what         string    entity recorded, entity changed, source recorded, source changed, claim
//                          recorded, claim retracted or claim corrected
//   id           string    the id of the entity, source or claim
//   relation     string    of a claim: its relation
//   from         string    of a claim: the id of the origin, or of the company listed
//   to           string    of a claim: the id of what came from it, or of the list
//   status       string    of a claim: its status
//   reason       string    why it was retracted, or else why the change set was made; null if it
//                          does not say
//
// In Neo4j Browser:
//   :param {since: datetime('0001-01-01T00:00:00Z'), until: datetime(), limit: 1000}

MATCH (c:ChangeSet)
WHERE c.recorded_at > $since AND c.recorded_at <= $until
WITH min(c.revision) - 1 AS lo, max(c.revision) AS hi
CALL (lo, hi) {
  MATCH (e:Entity) WHERE e.revision > lo AND e.revision <= hi
  RETURN CASE WHEN e.created = e.revision THEN 'entity recorded' ELSE 'entity changed' END AS what, e.revision AS revision,
    e.id AS id, null AS relation, null AS `from`, null AS `to`, null AS status, null AS reason
  UNION ALL
  MATCH (e:EntityVersion) WHERE e.revision > lo AND e.revision <= hi
  RETURN CASE WHEN e.created = e.revision THEN 'entity recorded' ELSE 'entity changed' END AS what, e.revision AS revision,
    e.id AS id, null AS relation, null AS `from`, null AS `to`, null AS status, null AS reason
  UNION ALL
  MATCH (e:Source) WHERE e.revision > lo AND e.revision <= hi
  RETURN CASE WHEN e.created = e.revision THEN 'source recorded' ELSE 'source changed' END AS what, e.revision AS revision,
    e.id AS id, null AS relation, null AS `from`, null AS `to`, null AS status, null AS reason
  UNION ALL
  MATCH (e:SourceVersion) WHERE e.revision > lo AND e.revision <= hi
  RETURN CASE WHEN e.created = e.revision THEN 'source recorded' ELSE 'source changed' END AS what, e.revision AS revision,
    e.id AS id, null AS relation, null AS `from`, null AS `to`, null AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:MAKES]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.revision > lo AND r.revision <= hi AND NOT r.mirror
  RETURN 'claim recorded' AS what, r.revision AS revision,
    r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status, null AS reason
  UNION ALL
  MATCH (a)-[r:MAKES]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.retracted > lo AND r.retracted <= hi AND NOT r.mirror
  RETURN CASE WHEN r.replaced_by IS NULL THEN 'claim retracted' ELSE 'claim corrected' END AS what,
    r.retracted AS revision, r.id AS id, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.status AS status,
    r.retraction_reason AS reason
}
WITH what, revision, id, relation, `from`, `to`, status, reason
ORDER BY revision, what, id
LIMIT $limit
MATCH (c:ChangeSet {revision: revision})
RETURN revision AS revision, c.recorded_at AS recorded_at, c.author AS author, what AS what, id AS id,
  relation AS relation, `from` AS `from`, `to` AS `to`, status AS status, coalesce(reason, c.reason) AS reason
ORDER BY revision, what, id
