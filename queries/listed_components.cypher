// Which parts of a product, and parts of its parts, trace back to a listed company? One row for
// each part, company and list. A part that leads to no listing has no row.
//
// Parameters:
//   subject         id              the id of the product that holds them
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   share_min       integer         an OWNS with this share at least, in millionths of a percent,
//                                   is ownership; one with less, or whose share is not known,
//                                   counts as an affiliation. 0: any share is ownership
//   affiliations    integer         0 or 1: how many affiliations a path may have
//   limit           integer         look at so many parts at most, in the order of their ids
//
// Columns:
//   part          string   the id of a part
//   name          string   its name
//   depth         integer  1 for a part, 2 for a part of a part
//   company       string   the id of a listed company
//   list          string   the id of the list that it is on
//   affiliations  integer  the fewest affiliations of a path from the part
//   hops          integer  the fewest hops of a path with so many, the listing not counted
//
// In Neo4j Browser:
//   :param {subject: 'product:lorex:cameras', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0,
//     affiliations: 1, limit: 1000}

MATCH (w:Entity {id: $subject})
MATCH (w)<-[cs:COMPONENT_OF*1..16]-(part)
WHERE all(c IN cs WHERE c.valid_from <= $as_of AND $as_of < c.valid_to
  AND c.revision <= $revision AND $revision < c.retracted
  AND c.status IN $statuses AND c.confidence >= $min_confidence)
WITH part, min(size(cs)) AS depth
ORDER BY part.id
LIMIT $limit
CALL (part) {
  MATCH (part)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..16]-(t)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  RETURN t, 0 AS affiliations, min(size(rs)) AS hops
  UNION ALL
  WITH part WHERE $affiliations >= 1
  MATCH (part)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..15]-(x)
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
WITH DISTINCT part, depth, t, list, affiliations, hops
ORDER BY affiliations, hops
WITH part, depth, t, list, collect({affiliations: affiliations, hops: hops})[0] AS best
RETURN part.id AS part, part.name AS name, depth AS depth, t.id AS company, list.id AS list,
  best.affiliations AS affiliations, best.hops AS hops
ORDER BY depth, part, company, list
