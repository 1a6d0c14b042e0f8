package gleif_test

import (
	"regexp"
	"strings"
	"testing"

	"debadge/graph/ingest/gleif"
	"debadge/graph/ingest/ingesttest"
)

func read(t *testing.T, name string) *ingesttest.Transcript {
	t.Helper()
	return ingesttest.ReadAll(t, gleif.Format(), ingesttest.Open(t, name))
}

// The records of testdata are written down in each of the formats, and have to
// say the same in each.
func TestEveryFormatSaysTheSame(t *testing.T) {
	for _, name := range []string{"20240102-0800-gleif-goldencopy-lei2-golden-copy", "rr", "repex"} {
		said := map[string]string{}
		places := regexp.MustCompile(`(` + name + `\.\w+:|line )\d+|edition 2024-01-02\n`)
		for _, ext := range []string{".csv", ".json", ".xml"} {
			got := read(t, name+ext)
			said[ext] = places.ReplaceAllString(got.String(), "")
			ingesttest.Golden(t, name+ext+".golden", got)
		}
		for _, ext := range []string{".json", ".xml"} {
			if said[".csv"] != said[ext] {
				t.Errorf("%s: the CSV says\n%s\nthe %s says\n%s", name, said[".csv"], ext, said[ext])
			}
		}
	}
}

const deletion = `<rr:RelationshipData xmlns:rr="http://www.gleif.org/data/schema/rr/2016">
<rr:Header><rr:FileContent>GLEIF_DELTA_PUBLISHED</rr:FileContent><rr:RecordCount>2</rr:RecordCount></rr:Header>
<rr:RelationshipRecords><rr:RelationshipRecord><rr:Relationship>
<rr:StartNode><rr:NodeID>529900AAAAAAAAAAAA11</rr:NodeID></rr:StartNode><rr:EndNode><rr:NodeID>529900BBBBBBBBBBBB22</rr:NodeID></rr:EndNode>
<rr:RelationshipType>IS_FEEDER_TO</rr:RelationshipType></rr:Relationship>
<rr:Extension><gleif:Deletion xmlns:gleif="http://www.gleif.org/data/schema/golden-copy/extensions/1.0"/></rr:Extension>
</rr:RelationshipRecord></rr:RelationshipRecords></rr:RelationshipData>`

func TestAFileOfChangesIsNoWholeEdition(t *testing.T) {
	got := ingesttest.ReadAll(t, gleif.Format(), ingesttest.Made(t, "made.txt", deletion))
	for _, want := range []string{
		"incomplete: made.txt holds changes alone (GLEIF_DELTA_PUBLISHED)\n",
		"incomplete: made.txt holds 1 of 2 records that its header counts\n",
		"AFFILIATED_WITH company:lei:529900bbbbbbbbbbbb22 -> company:lei:529900aaaaaaaaaaaa11 [, ) disputed",
	} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("got\n%s\nwithout %q", got, want)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	ingesttest.Refused(t, gleif.Format(), "made.txt", map[string]string{
		"nothing":             "",
		"a table":             "a,b\n1,2\n",
		"JSON of others":      `[{"a":1}]`,
		"XML of others":       "<a><b/></a>",
		"XML that is cut off": `<lei:LEIData xmlns:lei="x"><lei:LEIRecord><lei:LEI>5299`,
		"a document type":     `<!DOCTYPE a [<!ENTITY b "c">]><lei:LEIRecord xmlns:lei="x">&b;</lei:LEIRecord>`,
		"elements too deep":   "<LEIRecord>" + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "</LEIRecord>",
	})
}
