package bods_test

import (
	"testing"

	"debadge/graph/ingest/bods"
	"debadge/graph/ingest/ingesttest"
)

// Whatever a file holds, it is read or refused, and read again it says the same.
func FuzzRead(f *testing.F) {
	ingesttest.Fuzz(f, bods.Format(),
		`{"statementId":"a","recordId":"r","recordType":"relationship","recordStatus":"closed","recordDetails":{"subject":"x","interestedParty":"y","interests":[{"share":{"exact":"1e9"}}]}}`,
		`{"statementID":"a","statementType":"ownershipOrControlStatement","replacesStatements":["a","b"],"subject":{"describedByEntityStatement":"x"},"interestedParty":{"unspecified":{"reason":"unknown"}}}`,
		`{"statementID":"e","statementType":"entityStatement","entityType":{"type":"state"},"replacesStatements":["e"],"identifiers":[{"scheme":"XI-LEI","id":"x"}]}`,
	)
}
