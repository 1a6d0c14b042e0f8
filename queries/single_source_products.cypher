// Which products trace back to a listed company by one single source alone: without what it says,
// no path would be left? Sources of the listing itself do not count. Paths are those without an
// affiliation. One row for each product and source.
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
//   after           string          go on after the product with this id
//   limit           integer         look at so many products at most, in the order of their ids
//
// Columns:
//   product    string          the id of a product
//   source     string          the id of the source
//   title      string          its title
//   publisher  string          who published it
//   claims     list of string  the ids of the claims on a shortest path that rest on it alone
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, share_min: 0, after: '',
//     limit: 200}

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
WITH company, list
WHERE size($lists) = 0 OR list.id IN $lists
WITH DISTINCT company
CALL (company) {
  MATCH (company)-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*1..16]->(e)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min)
  RETURN DISTINCT e AS p
}
WITH DISTINCT p
WHERE p:Product AND p.id > $after
WITH p ORDER BY p.id LIMIT $limit
CALL (p) {
  MATCH path = ANY SHORTEST (p) ((a)<-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS
    WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.revision <= $revision AND $revision < r.retracted
      AND r.status IN $statuses AND r.confidence >= $min_confidence
      AND coalesce(r.share_min, 100000000) >= $share_min]-(b)){1,16} (t)
  WITH path, t
  WHERE EXISTS {
    MATCH (t)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
        AND l.revision <= $revision AND $revision < l.retracted
        AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
    WHERE (size($lists) = 0 OR list.id IN $lists) AND $origin IN [t.id, list.id]
  }
  RETURN path ORDER BY length(path), t.id LIMIT 1
}
UNWIND relationships(path) AS h
WITH p, h, [i IN range(0, size(h.cite_source) - 1) WHERE h.cite_stance[i] = 'supports' | h.cite_source[i]] AS supports
UNWIND supports AS source
WITH p, source, collect(DISTINCT CASE WHEN all(s IN supports WHERE s = source) THEN h.id END) AS claims
WHERE size(claims) > 0
CALL (p, source) {
  MATCH (p)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|SAME_AS*0..16]-(t)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND coalesce(r.share_min, 100000000) >= $share_min
    AND any(i IN range(0, size(r.cite_source) - 1) WHERE r.cite_stance[i] = 'supports' AND r.cite_source[i] <> source))
  WITH DISTINCT t
  MATCH (t)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
  WHERE (size($lists) = 0 OR list.id IN $lists) AND $origin IN [t.id, list.id]
  RETURN count(*) AS others
}
WITH p, source, claims, others
WHERE others = 0
MATCH (s:Source {id: source})
RETURN p.id AS product, source AS source, s.title AS title, s.publisher AS publisher, claims AS claims
ORDER BY product, source
