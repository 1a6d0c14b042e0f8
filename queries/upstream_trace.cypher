// To which listed companies does a product or a company trace back, and by which path? One row for
// each company and list: a shortest one of the paths with the fewest affiliations. A path has at most
// 16 hops, the listing not counted. To find the strongest path, ask with the status confirmed alone,
// then with reported too, then with alleged too.
//
// Parameters:
//   subject         id              the id of a product or a company
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
//   company       string       the id of a listed company
//   list          string       the id of the list that it is on
//   listed_from   date         the first day of the listing that began first; 0001-01-01 if it is not known
//   affiliations  integer      how many affiliations the path has
//   hops          integer      how many hops the path has, the listing not counted
//   path          list of map  relation, claims (their ids), from and to of each hop, from the subject to
//                              the list
//
// In Neo4j Browser:
//   :param {subject: 'product:aivres:kr2280-x2', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0, affiliations: 1}

MATCH (s:Entity {id: $subject})
CALL (s) {
  MATCH p = ANY SHORTEST (s) ((a)<-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS
    WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.revision <= $revision AND $revision < r.retracted
      AND r.status IN $statuses AND r.confidence >= $min_confidence
      AND coalesce(r.share_min, 100000000) >= $share_min]-(b)){0,16} (t)
  RETURN p, t, 0 AS affiliations
  UNION ALL
  WITH s WHERE $affiliations >= 1
  MATCH p = ANY SHORTEST (s) ((a)<-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS
    WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.revision <= $revision AND $revision < r.retracted
      AND r.status IN $statuses AND r.confidence >= $min_confidence
      AND coalesce(r.share_min, 100000000) >= $share_min]-(b)){0,15}
    (x)<-[f:AFFILIATED_WITH|OWNS
    WHERE f.valid_from <= $as_of AND $as_of < f.valid_to
      AND f.revision <= $revision AND $revision < f.retracted
      AND f.status IN $statuses AND f.confidence >= $min_confidence
      AND (f.share_min IS NULL OR f.share_min < $share_min)]-(y)
    ((c)<-[q:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS
    WHERE q.valid_from <= $as_of AND $as_of < q.valid_to
      AND q.revision <= $revision AND $revision < q.retracted
      AND q.status IN $statuses AND q.confidence >= $min_confidence
      AND coalesce(q.share_min, 100000000) >= $share_min]-(d)){0,15} (t)
  WITH p, t WHERE length(p) <= 16
  RETURN p, t, 1 AS affiliations
}
MATCH (t)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
    AND l.revision <= $revision AND $revision < l.retracted
    AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
WHERE size($lists) = 0 OR list.id IN $lists
WITH p, t, affiliations, list, min(l.valid_from) AS listed_from, collect(l)[0] AS listing
ORDER BY affiliations, length(p)
WITH t, list, collect({p: p, affiliations: affiliations, listed_from: listed_from, listing: listing})[0] AS best
WITH t, list, best, relationships(best.p) + best.listing AS hops
RETURN t.id AS company, list.id AS list, best.listed_from AS listed_from,
  best.affiliations AS affiliations, length(best.p) AS hops,
  [h IN hops | {
    relation: type(h),
    from: CASE WHEN h.mirror THEN endNode(h).id ELSE startNode(h).id END,
    to: CASE WHEN h.mirror THEN startNode(h).id ELSE endNode(h).id END,
    claims: COLLECT {
      WITH h, startNode(h) AS origin, endNode(h) AS target
      MATCH (origin)-[k]->(target)
      WHERE type(k) = type(h) AND k.valid_from <= $as_of AND $as_of < k.valid_to
        AND k.revision <= $revision AND $revision < k.retracted
        AND k.status IN $statuses AND k.confidence >= $min_confidence
        AND (coalesce(k.share_min, 100000000) >= $share_min) = (coalesce(h.share_min, 100000000) >= $share_min)
      RETURN k.id ORDER BY k.id
    }
  }] AS path
ORDER BY company, list
