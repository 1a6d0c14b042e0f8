// Says which revision is the newest.
//
// Parameters: none
//
// Columns:
//   revision     integer         the newest revision
//   recorded_at  datetime        when it was recorded; null for revision 0
//   lists        list of map     the lists that were known then, in the versions of then: questions name them, and
//                                they are few

MATCH (s:Store {name: 'debadge'})
RETURN s.revision AS revision, s.recorded_at AS recorded_at,
  COLLECT {
    MATCH (l:List) WHERE l.created <= s.revision
    CALL (l, s) {
      WITH l, s WHERE l.revision <= s.revision
      RETURN l AS version
      UNION ALL
      WITH l, s WHERE l.revision > s.revision
      MATCH (l)-[:FORMERLY]->(v)
      WHERE v.revision <= s.revision AND s.revision < v.until
      RETURN v AS version
    }
    RETURN version {.id, .name, .brand, .aliases, .alias_languages, .attributes}
    ORDER BY l.id
  } AS lists
