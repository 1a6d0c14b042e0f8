// Finds the newest versions of sources by their ids.
//
// Parameters:
//   batch  map  ids: the ids of the sources
//
// Columns:
//   source  map  id, title, publisher, date, url, language, kind and digest

UNWIND $batch.ids AS id
MATCH (s:Source {id: id})
USING INDEX SEEK s:Source(id)
RETURN s {.id, .title, .publisher, .date, .url, .language, .kind, .digest} AS source
