// Which claims conflict: with evidence of equal rank, so that they are disputed; with another claim
// about the same two, in its dates or shares; or with a claim that the same product was rebranded
// from another one? One row for each conflict whose later claim is among those asked about. A claim
// that is less precise is in no conflict with one that it holds.
//
// Parameters:
//   after    integer  claims recorded after this revision
//   through  integer  and by this one, that were not retracted by then
//   limit    integer  at most so many rows
//
// Columns:
//   conflict    string  disputed, dates, shares or origin
//   relation    string  the relation
//   from        string  the id of the origin, or of the company listed
//   to          string  the id of what came from it, or of the list
//   claim       string  the id of the later claim
//   says        string  its status, dates and shares in percent
//   other       string  the id of the claim that it conflicts with; null if it is disputed by its
//                       own sources
//   other_says  string  its status, dates and shares in percent
//
// In Neo4j Browser:
//   :param {after: 0, through: 4294967295, limit: 1000}

CALL () {
  MATCH (a)-[r:MAKES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SELLS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LICENSES]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:REBRANDED_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SUCCEEDED_BY]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:IDENTICAL_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:COMPONENT_OF]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:OWNS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:RENAMED_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:AFFILIATED_WITH]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:LISTED_ON]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:PARTY_TO]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
  UNION ALL
  MATCH (a)-[r:SAME_AS]->(b) WHERE r.revision > $after AND r.revision <= $through AND NOT r.mirror AND $through < r.retracted
  RETURN r, a, b
}
CALL (r, a, b) {
  WITH r WHERE r.status = 'disputed'
  RETURN 'disputed' AS conflict, null AS k, null AS other
  UNION ALL
  WITH r, a, b WHERE r.valid_from_text IS NOT NULL OR r.valid_to_text IS NOT NULL
  MATCH (a)-[k]->(b)
  WHERE type(k) = type(r) AND NOT k.mirror AND k.revision <= r.revision AND $through < k.retracted
    AND (k.revision < r.revision OR k.id < r.id) AND k.valid_from < r.valid_to AND r.valid_from < k.valid_to
    AND ((r.valid_from_text <> k.valid_from_text AND NOT r.valid_from_text STARTS WITH k.valid_from_text
        AND NOT k.valid_from_text STARTS WITH r.valid_from_text)
      OR (r.valid_to_text <> k.valid_to_text AND NOT r.valid_to_text STARTS WITH k.valid_to_text
        AND NOT k.valid_to_text STARTS WITH r.valid_to_text))
  RETURN 'dates' AS conflict, k, a AS other
  UNION ALL
  WITH r, a, b WHERE type(r) = 'OWNS'
  MATCH (a)-[k:OWNS]->(b)
  WHERE k.revision <= r.revision AND $through < k.retracted
    AND (k.revision < r.revision OR k.id < r.id) AND k.valid_from < r.valid_to AND r.valid_from < k.valid_to
    AND coalesce(k.interest, 'equity') = coalesce(r.interest, 'equity')
    AND (k.share_max < r.share_min OR r.share_max < k.share_min)
  RETURN 'shares' AS conflict, k, a AS other
  UNION ALL
  WITH r, a, b WHERE type(r) = 'REBRANDED_AS'
  MATCH (b)<-[k:REBRANDED_AS]-(other)
  WHERE other <> a AND k.revision <= r.revision AND $through < k.retracted
    AND (k.revision < r.revision OR k.id < r.id)
  RETURN 'origin' AS conflict, k, other
}
WITH conflict, r, a, b, k
ORDER BY type(r), a.id, b.id, r.id, conflict, k.id
LIMIT $limit
RETURN conflict AS conflict, type(r) AS relation, a.id AS `from`, b.id AS `to`, r.id AS claim,
  r.status + coalesce(', from ' + r.valid_from_text, '') + coalesce(', until ' + r.valid_to_text, '')
    + coalesce(', ' + toString(r.share_min / 1000000.0) + ' to ' + toString(r.share_max / 1000000.0), '') AS says,
  k.id AS other,
  k.status + coalesce(', from ' + k.valid_from_text, '') + coalesce(', until ' + k.valid_to_text, '')
    + coalesce(', ' + toString(k.share_min / 1000000.0) + ' to ' + toString(k.share_max / 1000000.0), '') AS other_says
ORDER BY relation, `from`, `to`, claim, conflict, other
