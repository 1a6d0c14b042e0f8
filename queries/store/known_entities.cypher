// Finds the newest versions of entities by their ids.
//
// Parameters:
//   batch  map  ids: the ids of the entities
//
// Columns:
//   entity  map  id, name, brand, aliases, alias_languages and attributes

UNWIND $batch.ids AS id
MATCH (e:Entity {id: id})
USING INDEX SEEK e:Entity(id)
RETURN e {.id, .name, .brand, .aliases, .alias_languages, .attributes} AS entity
