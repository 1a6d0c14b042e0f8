// Lists the versions of entities that a stretch of revisions recorded, for the feed.
//
// Parameters:
//   after    integer  revisions after this one
//   through  integer  and through this one
//
// Columns:
//   entity    map      id, name, brand, aliases, alias_languages and attributes
//   revision  integer  the revision that recorded the version

CALL () {
  MATCH (n:Entity) WHERE n.revision > $after AND n.revision <= $through
  RETURN n
  UNION ALL
  MATCH (n:EntityVersion) WHERE n.revision > $after AND n.revision <= $through
  RETURN n
}
RETURN n {.id, .name, .brand, .aliases, .alias_languages, .attributes} AS entity, n.revision AS revision
