package ofac_test

import (
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/ofac"
)

// FuzzRead reads any two files: none may crash it, and who is read is listed.
func FuzzRead(f *testing.F) {
	var seeds [][]byte
	for _, name := range all {
		seeds = append(seeds, ingesttest.Fixture(f, name))
	}
	for _, other := range seeds[1:] {
		f.Add(seeds[0], other)
	}
	f.Add([]byte("1,\"A\",-0- ,\"X\",,,,,,,,\"Linked To: A; Linked To: ; Effective Date (CMIC) 31 Feb 2031; a.k.a. '''\"\n"), []byte("1,1,aka,\u202e,\n"))
	f.Fuzz(func(t *testing.T, main, other []byte) {
		var files []*file.File
		for _, content := range [][]byte{main, other} {
			one, err := file.New("x", content, file.Options{})
			if err != nil {
				return // such as a broken gzip
			}
			files = append(files, one)
		}
		var sink ingesttest.Transcript
		err := ofac.Format().Read(t.Context(), files, &sink)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%v is not the fault of the files", err)
		}
		for _, r := range sink.Records {
			if len(r.Claims) == 0 || r.Claims[0].Relation != graph.ListedOn || r.Claims[0].From != r.Entities[0].ID {
				t.Errorf("a party without its listing: %+v", r)
			}
		}
	})
}
