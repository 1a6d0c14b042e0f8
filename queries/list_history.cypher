// On which lists was a company, under any of its ids and former names, and what became of that? One
// row for each claim of a listing, also one that ended, is disputed or was retracted.
//
// Parameters:
//   subject   id       the id of a company
//   revision  integer  claims recorded by this revision, and not retracted by then
//   limit     integer  at most so many rows
//
// Columns:
//   list          string          the id of the list
//   company       string          the id of the company that is on it
//   entry         string          the name as the list prints it; null if it is not known
//   listed_from   string          when the listing took effect, as it is given; null if it is not
//                                 known
//   listed_to     string          the first day on which it no longer holds; null if it goes on
//   announced     string          when it was announced; null if it is not known
//   published     string          when it was published; null if it is not known
//   status        string          the status of the claim
//   claim         string          its id
//   recorded_at   datetime        when it was recorded
//   retracted_at  datetime        when it was retracted; null if it was not
//   why           string          why it was retracted; null if it was not
//   sources       list of string  the ids of the sources that support it
//
// In Neo4j Browser:
//   :param {subject: 'company:cxmt', revision: 4294967295, limit: 1000}

MATCH (s:Entity {id: $subject})
CALL (s) {
  MATCH (s)<-[rs:RENAMED_TO|SAME_AS*0..16]-(e)
  WHERE all(r IN rs WHERE r.revision <= $revision AND $revision < r.retracted AND r.status <> 'disputed')
  RETURN DISTINCT e
}
MATCH (e)-[l:LISTED_ON]->(list)
WHERE l.revision <= $revision
WITH e, l, list, $revision >= l.retracted AS gone
RETURN list.id AS list, e.id AS company, l.entry AS entry, l.valid_from_text AS listed_from, l.valid_to_text AS listed_to,
  l.announced AS announced, l.published AS published, l.status AS status, l.id AS claim, l.recorded_at AS recorded_at,
  CASE WHEN gone THEN l.retracted_at END AS retracted_at, CASE WHEN gone THEN l.retraction_reason END AS why,
  [i IN range(0, size(l.cite_source) - 1) WHERE l.cite_stance[i] = 'supports' | l.cite_source[i]] AS sources
ORDER BY list, l.valid_from, claim
LIMIT $limit
