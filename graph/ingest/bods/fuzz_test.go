package bods_test

import (
	"os"
	"path/filepath"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/bods"
)

// Whatever a file holds, it is read or refused, and read again it says the same.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if filepath.Ext(name) != ".golden" && len(text) < 1<<13 {
			f.Add(text)
		}
	}
	for _, seed := range []string{
		`{"statementId":"a","recordId":"r","recordType":"relationship","recordStatus":"closed","recordDetails":{"subject":"x","interestedParty":"y","interests":[{"share":{"exact":"1e9"}}]}}`,
		`{"statementID":"a","statementType":"ownershipOrControlStatement","replacesStatements":["a","b"],"subject":{"describedByEntityStatement":"x"},"interestedParty":{"unspecified":{"reason":"unknown"}}}`,
		`{"statementID":"e","statementType":"entityStatement","entityType":{"type":"state"},"replacesStatements":["e"],"identifiers":[{"scheme":"XI-LEI","id":"x"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		opened, err := file.New("fuzz", text, file.Options{})
		if err != nil {
			return
		}
		var tapes [2]*tape
		var errs [2]error
		for i := range tapes {
			tapes[i] = newTape()
			if err := opened.Rewind(); err != nil {
				t.Fatal(err)
			}
			errs[i] = bods.Format().Read(t.Context(), []*file.File{opened}, tapes[i])
		}
		if errs[0] != nil && graph.KindOf(errs[0]) != graph.KindInvalid {
			t.Errorf("%v is no word on the file", errs[0])
		}
		if (errs[0] == nil) != (errs[1] == nil) || tapes[0].String() != tapes[1].String() {
			t.Errorf("first %v\n%s\nthen %v\n%s", errs[0], tapes[0], errs[1], tapes[1])
		}
	})
}
