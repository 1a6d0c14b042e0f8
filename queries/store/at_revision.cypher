// Says when a revision was recorded. A revision that was not reached has no row.
//
// Parameters:
//   revision  integer  the revision
//
// Columns:
//   revision     integer         the revision
//   recorded_at  datetime        when it was recorded
//   lists        list of map     the lists that were known then, in the versions of then: questions name them, and
//                                they are few

MATCH (c:ChangeSet {revision: $revision})
RETURN c.revision AS revision, c.recorded_at AS recorded_at,
  COLLECT {
    MATCH (l:List) WHERE l.created <= c.revision
    CALL (l, c) {
      WITH l, c WHERE l.revision <= c.revision
      RETURN l AS version
      UNION ALL
      WITH l, c WHERE l.revision > c.revision
      MATCH (l)-[:FORMERLY]->(v)
      WHERE v.revision <= c.revision AND c.revision < v.until
      RETURN v AS version
    }
    RETURN version {.id, .name, .brand, .aliases, .alias_languages, .attributes, .revision}
    ORDER BY l.id
  } AS lists
