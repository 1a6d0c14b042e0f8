// Lists the claims adjacent to a frontier of entities, upstream: against the arrow, and
// along it to lists and proceedings. A symmetric claim is stored as two mirrored relationships, so
// that one direction finds it from either end. The length *1..1 keeps the planner from reading an
// index of relationships for each entity, which it does while there are few of them.
//
// Parameters:
//   frontier  list of string  the ids of the entities
//   revision  integer         claims recorded by this revision, and not retracted by then
//
// Columns:
//   near        integer  the position of the entity in the frontier
//   far         string   the id of the entity at the other end
//   claim       string   the id of the claim
//   relation    string   its type
//   status      string   confirmed, reported, alleged or disputed
//   confidence  integer  in percent
//   valid_from  date     the first day on which it holds
//   valid_to    date     the first day on which it no longer holds
//   share_min   integer  in millionths of a percent; null but for OWNS
//   share_max   integer  in millionths of a percent; null but for OWNS
//   interest    string   equity, voting or control; null if it is not stated

UNWIND range(0, size($frontier) - 1) AS near
MATCH (a:Entity {id: $frontier[near]})
CALL (a) {
  MATCH (a)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS*1..1]-(b)
  WHERE all(r IN rs WHERE r.revision <= $revision AND $revision < r.retracted)
  RETURN rs[0] AS r, b
  UNION ALL
  MATCH (a)-[rs:LISTED_ON|PARTY_TO*1..1]->(b)
  WHERE all(r IN rs WHERE r.revision <= $revision AND $revision < r.retracted)
  RETURN rs[0] AS r, b
}
RETURN near, b.id AS far, r.id AS claim, type(r) AS relation, r.status AS status,
  r.confidence AS confidence, r.valid_from AS valid_from, r.valid_to AS valid_to,
  r.share_min AS share_min, r.share_max AS share_max, r.interest AS interest
