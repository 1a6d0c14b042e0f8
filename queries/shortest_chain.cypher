// By which chain of claims are two products or companies linked, whatever way the claims point? One
// row for each hop of up to so many shortest chains of at most 10 hops. Lists and proceedings link
// nobody. A chain that changes its direction is no lineage: two products of one maker are linked.
//
// Parameters:
//   from            id              the id of a product or a company
//   to              id              the id of another one
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   limit           integer         at most so many chains, those whose ids come first
//
// Columns:
//   chain     integer         the number of the chain, from 1
//   hop       integer         the number of the hop, from 1
//   near      string          the id of its end nearer to the first entity
//   far       string          the id of its other end
//   relation  string          the relation
//   points    string          on if the claim points from near to far, back if it points the other
//                             way
//   claims    list of string  the ids of the claims that say so
//   statuses  list of string  their statuses, in the same order
//
// In Neo4j Browser:
//   :param {from: 'product:aivres:kr2280-x2', to: 'company:inspur-group', as_of: date(), revision:
//     4294967295, statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, limit: 3}

MATCH (a:Entity {id: $from})
CALL (a) {
  MATCH (b:Entity {id: $to})
  WHERE b <> a
  RETURN b
}
MATCH p = allShortestPaths((a)-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS*..10]-(b))
WHERE all(r IN rs WHERE NOT r.mirror AND r.valid_from <= $as_of AND $as_of < r.valid_to
  AND r.revision <= $revision AND $revision < r.retracted
  AND r.status IN $statuses AND r.confidence >= $min_confidence)
WITH DISTINCT [n IN nodes(p) | n.id] AS ids, nodes(p) AS stops
ORDER BY ids
LIMIT $limit
WITH collect(stops) AS chains
UNWIND range(0, size(chains) - 1) AS i
UNWIND range(0, size(chains[i]) - 2) AS j
WITH i, j, chains[i][j] AS near, chains[i][j + 1] AS far
CALL (near, far) {
  MATCH (near)-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS]->(far)
  WHERE NOT r.mirror AND r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
  RETURN type(r) AS relation, 'on' AS points, r.id AS id, r.status AS status
  UNION ALL
  MATCH (near)<-[r:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS]-(far)
  WHERE NOT r.mirror AND r.valid_from <= $as_of AND $as_of < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence
  RETURN type(r) AS relation, 'back' AS points, r.id AS id, r.status AS status
}
WITH i, j, near, far, relation, points, id, status
ORDER BY id
RETURN i + 1 AS chain, j + 1 AS hop, near.id AS near, far.id AS far, relation AS relation, points AS points,
  collect(id) AS claims, collect(status) AS statuses
ORDER BY chain, hop, relation, points
