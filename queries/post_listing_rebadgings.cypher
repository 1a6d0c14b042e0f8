// Which products were rebranded, or sold by another company, on or after the day on which a company
// was listed to which they trace back? A sale by the listed company itself is none. A listing or a
// rebranding of which no start is known is none either. One row for each claim, company and list.
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
//   relation      string   REBRANDED_AS or SELLS
//   claim         string   the id of the claim
//   from          string   the id of the old product, or of the seller
//   to            string   the id of the new product, or of the product sold
//   date          date     the first day on which the claim holds
//   company       string   the id of the listed company
//   list          string   the id of the list
//   listed_from   date     the first day of the listing that began first
//   affiliations  integer  the fewest affiliations of a path from the product back to the company
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0, affiliations: 1}

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
WITH c, `from`, `to`, company, listing, affiliations
WHERE c.valid_from >= listing.listed_from
RETURN type(c) AS relation, c.id AS claim, `from`.id AS `from`, `to`.id AS `to`, c.valid_from AS date,
  company.id AS company, listing.list AS list, listing.listed_from AS listed_from, affiliations
ORDER BY `to`, `from`, relation, claim, company, list
