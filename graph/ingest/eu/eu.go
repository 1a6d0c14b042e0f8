// Package eu reads the European Union's consolidated list of financial
// sanctions, the Financial Sanctions Files of version 1.1, as they are
// published: CSV with semicolons (csvFullSanctionsList_1_1), where names,
// addresses, dates of birth and numbers of a party are rows of their own, and
// XML (xmlFullSanctionsList_1_1, namespace
// http://eu.europa.ec/fpi/fsd/export). Both give the same parties.
//
// A party has its logical id in its id. The listing starts on the day of
// designation, or where none is given, as for most older entries, on the day
// on which the regulation that names the party entered into force; that
// regulation is cited beside the file. A party of several programs has a
// listing for each.
package eu

import (
	"bytes"
	"context"
	"errors"
	"io"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

const register = "eu-fsf"

var list = graph.Entity{ID: "list:eu-fsf", Name: "Consolidated list of persons, groups and entities subject to EU financial sanctions (European Commission)"}

// Format reads an edition from one file.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "eu",
		Summary:   "the EU's consolidated list of financial sanctions, CSV or XML of version 1.1",
		Register:  register,
		Publisher: "European Commission",
		Title:     "EU consolidated list of financial sanctions",
		Kind:      "list",
		Whole:     true,
		Read:      read,
	}
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		isXML, err := beginsWithTag(f)
		switch {
		case err != nil:
		case isXML:
			err = readXML(ctx, f, sink)
		default:
			err = readTable(ctx, f, sink)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// beginsWithTag looks at the beginning of the file and goes back to it.
func beginsWithTag(f *file.File) (bool, error) {
	if f.IsBook() {
		return false, nil
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f.Text, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		if _, ok := errors.AsType[*graph.Error](err); ok {
			return false, err
		}
		return false, graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
	}
	return bytes.HasPrefix(bytes.TrimSpace(head[:n]), []byte("<")), f.Rewind()
}
