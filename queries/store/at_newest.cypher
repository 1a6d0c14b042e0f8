// Says which revision is the newest of which all can be read: that of the newest change set by its
// index, which a commit writes last. The node of the store tells of a revision before its claims can
// be seen (https://neo4j.com/developer/kb/neo4j-current-transaction-commit-process-order).
//
// Parameters: none
//
// Columns:
//   revision     integer         the newest revision
//   recorded_at  datetime        when it was recorded; null for revision 0
//   lists        list of map     the lists that were known then, in the versions of then: questions name them, and
//                                they are few

MATCH (s:Store {name: 'debadge'})
OPTIONAL CALL () {
  MATCH (c:ChangeSet) WHERE c.revision > 0
  RETURN c ORDER BY c.revision DESC LIMIT 1
}
WITH coalesce(c.revision, 0) AS revision, c.recorded_at AS recorded_at
RETURN revision, recorded_at,
  COLLECT {
    MATCH (l:List) WHERE l.created <= revision
    CALL (l, revision) {
      WITH l, revision WHERE l.revision <= revision
      RETURN l AS version
      UNION ALL
      WITH l, revision WHERE l.revision > revision
      MATCH (l)-[:FORMERLY]->(v)
      WHERE v.revision <= revision AND revision < v.until
      RETURN v AS version
    }
    RETURN version {.id, .name, .brand, .aliases, .alias_languages, .attributes, .revision}
    ORDER BY l.id
  } AS lists
