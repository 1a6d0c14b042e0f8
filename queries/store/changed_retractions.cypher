// Lists the claims that a stretch of revisions retracted, for the feed.
//
// Parameters:
//   after    integer  revisions after this one
//   through  integer  and through this one
//
// Columns:
//   id           string   the id of the claim
//   retracted    integer  the revision that retracted it
//   reason       string   why
//   replaced_by  string   the id of the claim that takes its place; null if none does

CALL () {
  MATCH ()-[r:MAKES]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:SELLS]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:LICENSES]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:REBRANDED_AS]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:SUCCEEDED_BY]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:IDENTICAL_TO]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:COMPONENT_OF]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:OWNS]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:RENAMED_TO]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:AFFILIATED_WITH]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:LISTED_ON]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:PARTY_TO]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
  UNION ALL
  MATCH ()-[r:SAME_AS]->() WHERE r.retracted > $after AND r.retracted <= $through AND NOT r.mirror RETURN r
}
RETURN r.id AS id, r.retracted AS retracted, r.retraction_reason AS reason, r.replaced_by AS replaced_by
