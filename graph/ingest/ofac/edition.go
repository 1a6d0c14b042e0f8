package ofac

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// entry is a main entry with what the other files add to it.
type entry struct {
	number   string
	party    *party.Party
	leftOut  string // why it is no subject of debadge: vessel, aircraft
	sdn      bool   // stands in the SDN file
	other    bool   // stands in the consolidated file
	programs []string
	text     string // of the remarks, as far as it was read
	remark   remark
	notes    []string
}

// edition holds the entries while the files are read: the main entries come
// first, and a remark may link to an entry further down.
type edition struct {
	sink    ingest.Sink
	entries party.Roll[*entry]
	byName  map[string][]*entry
	rows    []*entry // of the file of main entries that is read
}

// read reads one file row by row.
func (e *edition) read(ctx context.Context, f *file.File, s shape) error {
	table, err := file.NewTable(f, file.TableOptions{Comma: ',', Columns: columns[s]})
	if err != nil {
		return err
	}
	e.rows = nil
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*file.BadRow](err); ok {
			if err := e.refuseRow(f, bad); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := e.row(f, s, row); err != nil {
			return err
		}
	}
	if s == mainEntries {
		e.settle(f)
	}
	return nil
}

// refuseRow tells a row that could not be read, but for the mark of the end.
func (e *edition) refuseRow(f *file.File, bad *file.BadRow) error {
	if bad.Value == file.Shorten(endOfFile) || bad.Header {
		return nil
	}
	if bad.Truncated {
		e.sink.Incomplete(f.Name + " is cut off")
	}
	return e.sink.Refuse(ingest.Refusal{
		Place: ingest.Place{File: f.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

func (e *edition) row(f *file.File, s shape, row file.Row) error {
	number := value(row.Fields[0])
	at := ingest.Place{File: f.Name, Line: row.Line}
	if _, err := strconv.ParseUint(number, 10, 63); err != nil {
		if strings.EqualFold(number, columns[s][0]) {
			return nil // a header that some tool put on top
		}
		at.Column = columns[s][0]
		return e.sink.Refuse(ingest.Refusal{Place: at, Value: number, Reason: "is not the number of an entry, which has digits alone"})
	}
	if s == mainEntries {
		return e.main(at, number, row.Fields)
	}
	to, ok := e.entries.Find(number)
	if !ok {
		at.Column = columns[s][0]
		return e.sink.Refuse(ingest.Refusal{
			Place: at, Value: number, Kept: true,
			Reason: "is an entry that no file of main entries has; give all files of one edition together",
		})
	}
	if to.leftOut != "" {
		return nil
	}
	held := to.party.Held()
	to.add(s, row.Fields)
	return e.entries.Grow(to.party.Held() - held)
}

// add takes what a row of another file says of the entry.
func (e *entry) add(s shape, fields []string) {
	switch s {
	case otherNames:
		e.party.Alias(value(fields[3]), "")
	case addresses:
		street, city, country := value(fields[2]), value(fields[3]), value(fields[4])
		e.party.Set(party.Address, party.Joined(", ", street, city, country))
		e.party.In(country)
	case comments:
		if !strings.HasSuffix(e.text, fields[1]) { // where two files hold the entry, so do their comments
			e.text += fields[1] // goes on in the middle of a word, or with a space
		}
	case mainEntries:
	}
}

func (e *edition) main(at ingest.Place, number string, fields []string) error {
	name, kind := value(fields[1]), value(fields[2])
	if name == "" {
		at.Column = columns[mainEntries][1]
		return e.sink.Refuse(ingest.Refusal{Place: at, Value: number, Reason: "the entry has no name"})
	}
	if first, ok := e.entries.Find(number); ok {
		return e.again(at, first, name, fields)
	}
	one := &entry{
		number: number, programs: programs(value(fields[3])), text: value(fields[11]),
		party: &party.Party{ID: ingest.PartyID(register, number, name), Name: name, At: at},
	}
	switch kind = strings.ToLower(kind); kind {
	case "vessel", "aircraft":
		one.leftOut = kind
	case "":
		one.party.Set(party.PartyType, party.Entity)
	default:
		one.party.Set(party.PartyType, kind)
	}
	one.party.Set(party.Program, one.programs...)
	e.entries.Add(number, one)
	e.rows = append(e.rows, one)
	return e.entries.Grow(len(name) + len(one.text) + one.party.Held())
}

// again takes an entry that stands in the file, or in both lists, a second time.
func (e *edition) again(at ingest.Place, first *entry, name string, fields []string) error {
	if name != first.party.Name {
		e.sink.Conflict(at, "entry "+first.number+" has another name, "+first.party.Name+", in line "+strconv.Itoa(first.party.At.Line))
		first.party.Alias(name, "")
	}
	for _, p := range programs(value(fields[3])) {
		if !slices.Contains(first.programs, p) {
			first.programs = append(first.programs, p)
			first.party.Set(party.Program, p)
		}
	}
	if more := value(fields[11]); more != first.text {
		first.text = party.Joined("; ", first.text, more)
	}
	e.rows = append(e.rows, first)
	return e.entries.Grow(len(name) + len(fields[11]))
}

// settle decides whether a file of main entries is the SDN list.
func (e *edition) settle(f *file.File) {
	other := slices.ContainsFunc(e.rows, func(one *entry) bool { return nonSDN(one.programs) }) ||
		strings.Contains(strings.ToLower(path.Base(f.Name)), "cons")
	for _, one := range e.rows {
		one.sdn = one.sdn || !other
		one.other = one.other || other
	}
	if !other {
		e.sink.Covers(sdnList)
		return
	}
	for _, list := range consolidated {
		e.sink.Covers(list)
	}
}

// tell gives the sink a record of each party.
func (e *edition) tell(ctx context.Context) error {
	e.byName = map[string][]*entry{}
	for _, one := range e.entries.Parties() {
		if one.leftOut != "" {
			e.sink.LeaveOut(one.leftOut)
			continue
		}
		one.remark = read(one.text, one.party)
		key := graph.NameKey(one.party.Name)
		e.byName[key] = append(e.byName[key], one)
	}
	for _, one := range e.entries.Parties() {
		if one.leftOut != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		links, ends := e.links(one)
		one.party.Claims = append(one.listings(), links...)
		record := one.party.Record(lists...)
		record.Mentions = append(record.Mentions, ends...)
		if err := e.sink.Record(record); err != nil {
			return err
		}
	}
	return nil
}

// links returns the affiliations that a remark states. A name that is not
// exactly one party of the files stays a note of the listing: nothing is guessed.
func (e *edition) links(one *entry) ([]ingest.Statement, []graph.Entity) {
	var claims []ingest.Statement
	var ends []graph.Entity
	for _, name := range one.remark.links {
		found := e.byName[graph.NameKey(name)]
		switch {
		case len(found) != 1:
			one.notes = append(one.notes, "Linked to: "+name+".")
			if len(found) == 0 {
				e.sink.LeaveOut(linkAbsent)
			} else {
				e.sink.LeaveOut(linkUnsure)
			}
		case found[0] != one:
			to := found[0].party
			claims = append(claims, ingest.Statement{Claim: graph.Claim{
				Relation: graph.AffiliatedWith, From: one.party.ID, To: to.ID, Status: graph.Confirmed,
				Citations: []graph.Citation{{Stance: graph.Supports, Locator: "entry " + one.number, Text: "Linked to: " + name + "."}},
			}})
			ends = append(ends, graph.Entity{ID: to.ID, Name: to.Name})
		}
	}
	return claims, ends
}

// value is a field without what stands for nothing.
func value(field string) string {
	if field = strings.TrimSpace(field); field == "-0-" {
		return ""
	}
	return field
}
