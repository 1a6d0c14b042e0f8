// Finds the newest versions of sources by their ids.
//
// Parameters:
//   ids  list of string  the ids of the sources
//
// Columns:
//   source  map  id, title, publisher, date, url, language, kind and digest

UNWIND $ids AS id
MATCH (s:Source {id: id})
RETURN s {.id, .title, .publisher, .date, .url, .language, .kind, .digest} AS source
