// Which companies share an address, an FCC grantee code, another number, or an officer or owner who
// is a person, with a listed company? Addresses and numbers are the same but for letter case,
// spaces, commas and points. To share something proves nothing: many companies share the address of
// an agent.
//
// Parameters:
//   origin          id              the id of a company or a list
//   as_of           date            the day on which the claims must hold
//   revision        integer         claims recorded by this revision, and not retracted by then
//   lists           list of string  the ids of the lists that count; empty: every list
//   statuses        list of string  the statuses that count: confirmed, reported, alleged
//   min_confidence  integer         the least confidence that counts, in percent
//   attributes      list of string  the attributes that are compared
//   limit           integer         at most so many rows
//
// Columns:
//   company  string          the id of a company
//   name     string          its name
//   shares   string          the attribute; person for an officer or owner
//   value    string          the value; of a person the id
//   listed   string          the id of the listed company that has it too
//   lists    list of string  the ids of the lists that it is on
//
// In Neo4j Browser:
//   :param {origin: 'list:us-bis-entity-list', as_of: date(), revision: 4294967295, lists: [],
//     statuses: ['confirmed', 'reported', 'alleged'], min_confidence: 0, attributes: ['address',
//     'fcc_grantee', 'officer', 'phone', 'website', 'registration_number', 'tax_id'], limit: 1000}

MATCH (o:Entity {id: $origin})
CALL (o) {
  MATCH (o)-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]->(list)
  RETURN o AS company, list, l
  UNION
  MATCH (o)<-[l:LISTED_ON WHERE l.valid_from <= $as_of AND $as_of < l.valid_to
      AND l.revision <= $revision AND $revision < l.retracted
      AND l.status IN $statuses AND l.confidence >= $min_confidence]-(company)
  RETURN company, o AS list, l
}
WITH company, list
WHERE size($lists) = 0 OR list.id IN $lists
WITH company, collect(DISTINCT list.id) AS lists
CALL (company) {
  UNWIND company.attributes AS text
  WITH company, text, split(text, '=')[0] AS attribute
  WHERE attribute IN $attributes
  CALL db.index.fulltext.queryNodes('entity_texts',
    'attributes:"' + replace(replace(text, '\\', '\\\\'), '"', '\\"') + '"') YIELD node AS other
  WHERE other:Company AND other <> company AND other.created <= $revision
    AND any(own IN other.attributes WHERE replace(replace(replace(toLower(own), ' ', ''), ',', ''), '.', '')
      = replace(replace(replace(toLower(text), ' ', ''), ',', ''), '.', ''))
  RETURN other, attribute AS shares, substring(text, size(attribute) + 1) AS value
  UNION
  MATCH (company)<-[x:AFFILIATED_WITH|OWNS WHERE x.valid_from <= $as_of AND $as_of < x.valid_to
      AND x.revision <= $revision AND $revision < x.retracted
      AND x.status IN $statuses AND x.confidence >= $min_confidence]-(person)
  WHERE 'party_type=individual' IN person.attributes
  MATCH (person)-[y:AFFILIATED_WITH|OWNS WHERE y.valid_from <= $as_of AND $as_of < y.valid_to
      AND y.revision <= $revision AND $revision < y.retracted
      AND y.status IN $statuses AND y.confidence >= $min_confidence]->(other)
  WHERE other <> company
  RETURN other, 'person' AS shares, person.id AS value
}
RETURN other.id AS company, other.name AS name, shares AS shares, value AS value, company.id AS listed, lists AS lists
ORDER BY company, shares, value, listed
LIMIT $limit
