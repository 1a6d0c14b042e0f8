// Package ofac reads the lists of the US Office of Foreign Assets Control as it
// publishes them in its legacy CSV layout: the list of Specially Designated
// Nationals (sdn.csv, alt.csv, add.csv, sdn_comments.csv) and the consolidated
// list of all others (cons_prim.csv, cons_alt.csv, cons_add.csv,
// cons_comments.csv). The layout is that of OFAC's data specification for the
// SDN list (dat_spec.txt): no header, "-0- " for nothing, a byte 1A at the end.
//
// The files of one edition are given together, in any order. Which is which is
// told by its number of columns, since names get lost: 12 of main entries, 5
// of other names, 6 of addresses, 2 of remarks that went on beyond what a main
// entry holds. A file of main entries is of the consolidated list if it has an
// entry whose programs all are lists of their own (NS-PLC, CMIC-EO13959), or
// by its name if it has none.
//
// A party of the SDN file is on that list. One of the consolidated files is on
// the lists that its programs and the dates in its remarks name. The dates
// "Listing Date" and "Effective Date" become the announcement and the start of
// the listing. The files do not say of which day they are.
package ofac

import (
	"context"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

// register is where the numbers of entries are from. OFAC gives one for ever,
// over all of its lists.
const register = "us-ofac"

// Format reads the files of an edition together.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "ofac",
		Summary:   "OFAC's SDN and consolidated lists: the prim (or sdn), alt, add and comments CSV files of an edition, together",
		Register:  register,
		Publisher: "US Department of the Treasury, Office of Foreign Assets Control",
		Title:     "OFAC sanctions lists",
		Kind:      "list",
		Together:  true,
		Read:      readFiles,
	}
}

// What is left out, as the report counts it.
const (
	linkAbsent = "link to a party that is in none of the files"
	linkUnsure = "link to a name that several parties have"
)

func readFiles(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	e := edition{sink: sink}
	sorted, err := sort(files)
	if err != nil {
		return err
	}
	if len(sorted[mainEntries]) == 0 {
		return graph.Errorf(graph.KindInvalid,
			"none of the files has main entries, which are rows of 12 fields; give sdn.csv or cons_prim.csv with the files that belong to it")
	}
	for _, shape := range []shape{mainEntries, otherNames, addresses, comments} {
		for _, f := range sorted[shape] {
			if err := e.read(ctx, f, shape); err != nil {
				return err
			}
		}
	}
	return e.tell(ctx)
}
