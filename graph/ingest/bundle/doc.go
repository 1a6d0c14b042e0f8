// Package bundle reads and writes debadge's own format: a change set as one
// JSON object in a file.
//
//	{
//	  "debadge": 1,
//	  "author": "a.lopez",
//	  "reason": "complaint read on 2024-04-18",
//	  "entities": [{"id": "product:aivres:kr2280-x1", "name": "KR2280-X1", "brand": "Aivres"}, …],
//	  "sources": [{"id": "source:complaint", "title": "…", "publisher": "…", "date": "2024-04-15"}],
//	  "claims": [{
//	    "relation": "REBRANDED_AS", "from": "product:inspur:nf5280m5", "to": "product:aivres:kr2280-x1",
//	    "status": "alleged", "valid_from": "2023-03",
//	    "citations": [{"source": "source:complaint", "stance": "supports", "locator": "¶ 41"}]
//	  }],
//	  "retractions": [{"claim": "claim:…", "reason": "…", "replaced_by": "claim:…"}]
//	}
//
// The keys are those of [graph.ChangeSet] and the version, which must be 1. An
// unknown key, a key that comes twice and a value of the wrong type are
// refused, since a typo must not change what a bundle says; so is every file
// that is not plain UTF-8. Each thing wrong is told with file, line, column,
// item and field.
//
// A file of up to [MaxItems] items is one change set: all of it is committed,
// or none. A longer one is split in its own order into change sets of so many,
// so it must name entities and sources before the claims about them, and id,
// author and reason before any item. The id of a part is derived from its
// content (or from the file's id) and its number, so that importing the file
// again changes nothing, and goes on where an import was interrupted.
package bundle
