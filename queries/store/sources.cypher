// Fetches sources by their ids, each in the version that was the newest at a revision. One that
// was not there yet has no row.
//
// Parameters:
//   batch     map      ids: the ids
//   revision  integer  the revision
//
// Columns:
//   source  map  id, title, publisher, date, url, language, kind, digest and revision: where it is later than the
//           one asked for, the version changed while it was read

UNWIND $batch.ids AS id
MATCH (n:Source {id: id})
CALL (n) {
  WITH n WHERE n.revision <= $revision
  RETURN n AS version
  UNION ALL
  WITH n WHERE n.revision > $revision
  MATCH (n)-[:FORMERLY]->(v)
  WHERE v.revision <= $revision AND $revision < v.until
  RETURN v AS version
}
RETURN version {.id, .title, .publisher, .date, .url, .language, .kind, .digest, .revision} AS source
