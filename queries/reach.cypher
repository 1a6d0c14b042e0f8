// Which products trace back to a listed company, or to the companies on a list? One row for each
// product, company and list. A company that no list holds on that day leads to no row. A path has at
// most 16 hops, the listing not counted.
//
// Parameters:
//   origin          id              the id of a company or a list
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   share_min       integer         an OWNS with this share at least, in millionths of a percent, is
//                                   ownership; one with less, or whose share is not known, counts as an
//                                   affiliation. 0: any share is ownership
//   affiliations    integer         0 or 1: how many affiliations a path may have
//
// Columns:
//   product       string   the id of a product
//   company       string   the id of the listed company
//   list          string   the id of the list
//   affiliations  integer  the fewest affiliations of a path
//   hops          integer  the fewest hops of a path with so many, the listing not counted
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0, affiliations: 1}

MATCH (o:Entity {id: $origin})
CALL (o) {
  MATCH (o)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
  RETURN o AS company, list
  UNION
  MATCH (o)<-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]-(company)
  RETURN company, o AS list
}
WITH DISTINCT company, list
WHERE size($lists) = 0 OR list.id IN $lists
WITH company, collect(list.id) AS lists
CALL (company) {
  MATCH (company)-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..16]->(e)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  RETURN e, 0 AS affiliations, min(size(rs)) AS hops
  UNION ALL
  WITH company WHERE $affiliations >= 1
  MATCH (company)-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..15]->(x)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  WITH x, min(size(rs)) AS before
  MATCH (x)-[f:AFFILIATED_WITH|OWNS WHERE f.valid_from <= $as_of AND $as_of < f.valid_to
    AND f.revision <= $revision AND $revision < f.retracted
    AND f.status IN $statuses AND f.confidence >= $min_confidence
    AND (f.share_min IS NULL OR f.share_min < $share_min)]->(y)
  WITH y, min(before) + 1 AS before
  MATCH (y)-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..15]->(e)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  WITH e, y, before, min(size(rs)) AS after
  WHERE before + after <= 16
  RETURN e, 1 AS affiliations, min(before + after) AS hops
}
WITH company, lists, e, affiliations, hops
WHERE e:Product
ORDER BY affiliations, hops
WITH company, lists, e, collect({affiliations: affiliations, hops: hops})[0] AS best
UNWIND lists AS list
RETURN DISTINCT e.id AS product, company.id AS company, list, best.affiliations AS affiliations, best.hops AS hops
ORDER BY product, company, list
