package ingest_test

import (
	"bytes"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest"
)

func TestPartyIDTellsPartiesApart(t *testing.T) {
	for _, tt := range []struct{ number, name, want string }{
		{"30949", "Any Name", "company:us-ofac:30949"},
		{" 6908555 ", "", "company:us-ofac:6908555"},
		{"", "Müller & Söhne, GmbH", "company:us-ofac:muller-sohne-gmbh-"},
		{"", "测试", "company:us-ofac:"},
		{"", strings.Repeat("long name ", 20), "company:us-ofac:long-name-long-name-long-name-long-name-long-name-long-name-"},
	} {
		got := ingest.PartyID("us-ofac", tt.number, tt.name)
		if !strings.HasPrefix(string(got), tt.want) {
			t.Errorf("%q, %q: got %s, want %s", tt.number, tt.name, got, tt.want)
		}
		cs := graph.ChangeSet{Entities: []graph.Entity{{ID: got, Name: "x"}}}
		if _, err := cs.Prepare(); err != nil {
			t.Error(err)
		}
	}
	if ingest.PartyID("r", "", "A, Inc.") == ingest.PartyID("r", "", "A Inc") {
		t.Error("two names, as printed, have one id")
	}
}

func TestRefusedRowsAreNoFormulas(t *testing.T) {
	var b bytes.Buffer
	f := ingest.NewRefusedFile(&b)
	for _, value := range []string{"=1+1", "+1", "-1", "@x", "\t=1", " =1", "plain", "two\nlines", `a "b"`} {
		if err := f.Add(ingest.Refusal{Place: ingest.Place{File: "f.csv", Line: 3, Column: "start_date"}, Value: value, Reason: "is no date"}); err != nil {
			t.Fatal(err)
		}
	}
	const want = `file,line,column,value,reason
f.csv,3,start_date,'=1+1,is no date
f.csv,3,start_date,'+1,is no date
f.csv,3,start_date,'-1,is no date
f.csv,3,start_date,'@x,is no date
f.csv,3,start_date,'	=1,is no date
f.csv,3,start_date,' =1,is no date
f.csv,3,start_date,plain,is no date
f.csv,3,start_date,"two
lines",is no date
f.csv,3,start_date,"a ""b""",is no date
`
	if b.String() != want {
		t.Errorf("got:\n%s", &b)
	}
}
