// Which products of a brand trace back to a listed company? One row for each product, company and
// list. A product of the brand that leads to no listing has no row.
//
// Parameters:
//   brand           name            the brand, in any letter case
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   share_min       integer         an OWNS with this share at least, in millionths of a percent,
//                                   is ownership; one with less, or whose share is not known,
//                                   counts as an affiliation. 0: any share is ownership
//   affiliations    integer         0 or 1: how many affiliations a path may have
//   limit           integer         look at so many products of the brand at most, in the order of
//                                   their ids
//
// Columns:
//   product       string   the id of a product
//   name          string   its name
//   company       string   the id of a listed company
//   list          string   the id of the list that it is on
//   listed_from   date     the first day of the listing that began first; 0001-01-01 if it is not
//                          known
//   affiliations  integer  the fewest affiliations of a path
//   hops          integer  the fewest hops of a path with so many, the listing not counted
//
// In Neo4j Browser:
//   :param {brand: 'Aivres', as_of: date(), revision: 4294967295, lists: [], statuses:
//     ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0, affiliations: 1,
//     limit: 1000}

CALL db.index.fulltext.queryNodes('entity_texts',
  'brand:"' + replace(replace($brand, '\\', '\\\\'), '"', '\\"') + '"') YIELD node AS p
WHERE p:Product AND toLower(p.brand) = toLower($brand) AND p.created <= $revision
WITH p ORDER BY p.id LIMIT $limit
CALL (p) {
  MATCH (p)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..16]-(t)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  RETURN t, 0 AS affiliations, min(size(rs)) AS hops
  UNION ALL
  WITH p WHERE $affiliations >= 1
  MATCH (p)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..15]-(x)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  WITH x, min(size(rs)) AS before
  MATCH (x)<-[f:AFFILIATED_WITH|OWNS WHERE f.valid_from <= $as_of AND $as_of < f.valid_to
      AND f.revision <= $revision AND $revision < f.retracted
      AND f.status IN $statuses AND f.confidence >= $min_confidence
      AND (f.share_min IS NULL OR f.share_min < $share_min)]-(y)
  WITH y, min(before) + 1 AS before
  MATCH (y)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..15]-(t)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  WITH t, y, before, min(size(rs)) AS after
  WHERE before + after <= 16
  RETURN t, 1 AS affiliations, min(before + after) AS hops
}
MATCH (t)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
WHERE size($lists) = 0 OR list.id IN $lists
WITH p, t, list, affiliations, hops, min(l.valid_from) AS listed_from
ORDER BY affiliations, hops
WITH p, t, list, listed_from, collect({affiliations: affiliations, hops: hops})[0] AS best
RETURN p.id AS product, p.name AS name, t.id AS company, list.id AS list, listed_from AS listed_from,
  best.affiliations AS affiliations, best.hops AS hops
ORDER BY product, company, list
