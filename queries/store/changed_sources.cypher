// Lists the versions of sources that a stretch of revisions recorded, for the feed.
//
// Parameters:
//   after    integer  revisions after this one
//   through  integer  and through this one
//
// Columns:
//   source    map      id, title, publisher, date, url, language, kind and digest
//   revision  integer  the revision that recorded the version

CALL () {
  MATCH (n:Source) WHERE n.revision > $after AND n.revision <= $through
  RETURN n
  UNION ALL
  MATCH (n:SourceVersion) WHERE n.revision > $after AND n.revision <= $through
  RETURN n
}
RETURN n {.id, .title, .publisher, .date, .url, .language, .kind, .digest} AS source, n.revision AS revision
