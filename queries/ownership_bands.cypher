// In which companies do listed owners hold a share that may or may not reach the threshold, as far
// as shares are known? The shares that listed owners, and owners that a chain of such shares leads
// back to a listed one, hold in a company are added up. One row for each company for which the
// least sum is below the threshold and the most is not. The shares of one owner under several ids
// are added up too. Of several claims about one owner the lowest and the highest share count.
//
// Parameters:
//   origin          id              the id of a company or a list
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   threshold       integer         the share that decides, in millionths of a percent
//   limit           integer         at most so many rows
//
// Columns:
//   company  string       the id of the company owned
//   name     string       its name
//   least    float        what owners that are surely caught hold at least, in percent
//   most     float        what owners that may be caught hold at most, in percent
//   owners   list of map  owner (its id), caught (yes or perhaps), share_min and share_max in
//                         percent, claims (their ids)
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, threshold: 50000000,
//     limit: 1000}

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
  MATCH (company)-[rs:OWNS*0..15]->(e)
  WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND r.share_max >= $threshold)
  RETURN DISTINCT e
}
WITH DISTINCT e
MATCH (e)-[r:OWNS WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.revision <= $revision AND $revision < r.retracted
      AND r.status IN $statuses AND r.confidence >= $min_confidence
    AND r.share_max > 0]->(c)
WITH DISTINCT c
CALL (c) {
  MATCH (c)<-[r:OWNS WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
        AND r.revision <= $revision AND $revision < r.retracted
        AND r.status IN $statuses AND r.confidence >= $min_confidence]-(o)
  WITH o, min(r.share_min) AS low, max(r.share_max) AS high, collect(r.id) AS ids
  CALL (o) {
    MATCH (o)<-[rs:OWNS*0..15]-(x)
    WHERE all(r IN rs WHERE r.valid_from <= $as_of AND $as_of < r.valid_to
      AND r.revision <= $revision AND $revision < r.retracted
      AND r.status IN $statuses AND r.confidence >= $min_confidence
      AND r.share_max >= $threshold)
    WITH x, max(CASE WHEN all(r IN rs WHERE r.share_min >= $threshold) THEN 1 ELSE 0 END) AS sure
    MATCH (x)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
        AND l.revision <= $revision AND $revision < l.retracted
        AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
    WHERE (size($lists) = 0 OR list.id IN $lists) AND $origin IN [x.id, list.id]
    RETURN max(sure) AS sure
  }
  WITH o, low, high, ids, sure
  WHERE sure IS NOT NULL
  ORDER BY o.id
  RETURN sum(low * sure) AS least, sum(high) AS most, collect({owner: o.id, caught: CASE sure WHEN 1 THEN 'yes' ELSE 'perhaps' END,
    share_min: low / 1000000.0, share_max: high / 1000000.0, claims: ids}) AS owners
}
WITH c, least, most, owners
WHERE least < $threshold AND $threshold <= most
RETURN c.id AS company, c.name AS name, least / 1000000.0 AS least,
  CASE WHEN most > 100000000 THEN 100.0 ELSE most / 1000000.0 END AS most, owners AS owners
ORDER BY company
LIMIT $limit
