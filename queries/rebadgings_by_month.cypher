// In which months were products rebranded, or sold by another company, on or after the day on which
// a company was listed to which they trace back? A sale by the listed company itself is none. A
// date that is known to the year alone counts in January. One row for each month.
//
// Parameters:
//   origin          id              the id of a company or a list
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   share_min       integer         an OWNS with this share at least, in millionths of a percent,
//                                   is ownership; one with less, or whose share is not known,
//                                   counts as an affiliation. 0: any share is ownership
//   affiliations    integer         0 or 1: how many affiliations a path may have
//
// Columns:
//   month        string          the month, YYYY-MM
//   rebrandings  integer         how many products came under a new brand
//   sales        integer         how many sales of a product by another company began
//   companies    integer         how many listed companies they lead back to
//   claims       list of string  the ids of the claims, the first 20
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0,
//     affiliations: 1}

MATCH (o:Entity {id: $origin})
CALL (o) {
  MATCH (o)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
  RETURN o AS company, list, l
  UNION
  MATCH (o)<-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]-(company)
  RETURN company, o AS list, l
}
WITH company, list, l
WHERE (size($lists) = 0 OR list.id IN $lists) AND l.valid_from > date('0001-01-01')
WITH company, list, min(l.valid_from) AS listed_from
WITH company, collect({list: list.id, listed_from: listed_from}) AS listings
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
WITH company, listings, e, min(affiliations) AS affiliations
WHERE e:Product
CALL (company, e) {
  MATCH (e)-[c:REBRANDED_AS WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
      AND c.revision <= $revision AND $revision < c.retracted
      AND c.status IN $statuses AND c.confidence >= $min_confidence]->(new)
  RETURN c, e AS `from`, new AS `to`
  UNION ALL
  MATCH (e)<-[c:SELLS WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
      AND c.revision <= $revision AND $revision < c.retracted
      AND c.status IN $statuses AND c.confidence >= $min_confidence]-(seller)
  WHERE seller <> company
  RETURN c, seller AS `from`, e AS `to`
}
UNWIND listings AS listing
WITH c, `to`, company, listing
WHERE c.valid_from >= listing.listed_from
WITH c, collect(DISTINCT company.id) AS companies
WITH toString(c.valid_from.year) + '-' + right('0' + toString(c.valid_from.month), 2) AS month, c, companies
ORDER BY month, c.id
UNWIND companies AS company
RETURN month AS month,
  count(DISTINCT CASE type(c) WHEN 'REBRANDED_AS' THEN c.id END) AS rebrandings,
  count(DISTINCT CASE type(c) WHEN 'SELLS' THEN c.id END) AS sales,
  count(DISTINCT company) AS companies, collect(DISTINCT c.id)[..20] AS claims
ORDER BY month
