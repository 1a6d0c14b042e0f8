// What began or ended in the world between two dates, of what a product or a company traces back
// to, or on a list? Claims of which no start or end is known began and ended at no date. One row
// for each claim that began and for each that ended.
//
// Parameters:
//   subject         id              the id of a product, a company or a list
//   since           date            after this day
//   until           date            and by this one
//   revision        integer         claims recorded by this revision, and not retracted by then
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   limit           integer         at most so many rows
//
// Columns:
//   date      date    the day
//   what      string  begins or ends
//   relation  string  the relation
//   claim     string  the id of the claim
//   from      string  the id of the origin, or of the company listed
//   to        string  the id of what came from it, or of the list
//   status    string  the status of the claim
//
// In Neo4j Browser:
//   :param {subject: 'product:aivres:kr2280-x2', since: date('2023-01-01'), until: date(),
//     revision: 4294967295, statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0,
//     limit: 1000}

MATCH (s:Entity {id: $subject})
CALL (s) {
  MATCH (s)<-[rs:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS*0..16]-(e)
  WHERE all(r IN rs WHERE r.valid_from <= $until AND $since < r.valid_to
    AND r.revision <= $revision AND $revision < r.retracted
    AND r.status IN $statuses AND r.confidence >= $min_confidence)
  RETURN DISTINCT e
}
CALL (e) {
  MATCH (e)<-[c:MAKES|SELLS|LICENSES|REBRANDED_AS|SUCCEEDED_BY|IDENTICAL_TO|COMPONENT_OF|OWNS|RENAMED_TO|AFFILIATED_WITH|SAME_AS
    WHERE (($since < c.valid_from AND c.valid_from <= $until) OR ($since < c.valid_to AND c.valid_to <= $until))
      AND c.revision <= $revision AND $revision < c.retracted
      AND c.status IN $statuses AND c.confidence >= $min_confidence]-(o)
  RETURN c, o AS `from`, e AS `to`
  UNION ALL
  MATCH (e)-[c:LISTED_ON
    WHERE (($since < c.valid_from AND c.valid_from <= $until) OR ($since < c.valid_to AND c.valid_to <= $until))
      AND c.revision <= $revision AND $revision < c.retracted
      AND c.status IN $statuses AND c.confidence >= $min_confidence]->(o)
  RETURN c, e AS `from`, o AS `to`
  UNION ALL
  MATCH (e)<-[c:LISTED_ON
    WHERE (($since < c.valid_from AND c.valid_from <= $until) OR ($since < c.valid_to AND c.valid_to <= $until))
      AND c.revision <= $revision AND $revision < c.retracted
      AND c.status IN $statuses AND c.confidence >= $min_confidence]-(o)
  RETURN c, o AS `from`, e AS `to`
}
UNWIND [['begins', c.valid_from], ['ends', c.valid_to]] AS turn
WITH c, `from`, `to`, turn
WHERE $since < turn[1] AND turn[1] <= $until
RETURN DISTINCT turn[1] AS date, turn[0] AS what, type(c) AS relation, c.id AS claim,
  CASE WHEN c.mirror THEN `to`.id ELSE `from`.id END AS `from`,
  CASE WHEN c.mirror THEN `from`.id ELSE `to`.id END AS `to`, c.status AS status
ORDER BY date, what, relation, claim
LIMIT $limit
