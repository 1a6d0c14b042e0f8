package ofac

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// The lists that OFAC's files hold: one by itself, and those of the
// consolidated files.
const (
	sdnList   graph.ID = "list:us-ofac-sdn"
	cmicList  graph.ID = "list:us-ofac-ns-cmic"
	ssiList   graph.ID = "list:us-ofac-ssi"
	plcList   graph.ID = "list:us-ofac-plc"
	fseList   graph.ID = "list:us-ofac-fse"
	captaList graph.ID = "list:us-ofac-capta"
	menuList  graph.ID = "list:us-ofac-mbs"
)

var lists = []graph.Entity{
	{ID: sdnList, Name: "Specially Designated Nationals and Blocked Persons List (US Office of Foreign Assets Control)", Aliases: called("SDN List")},
	{ID: cmicList, Name: "Non-SDN Chinese Military-Industrial Complex Companies List (US Office of Foreign Assets Control)", Aliases: called("NS-CMIC List")},
	{ID: ssiList, Name: "Sectoral Sanctions Identifications List (US Office of Foreign Assets Control)", Aliases: called("SSI List")},
	{ID: plcList, Name: "Non-SDN Palestinian Legislative Council List (US Office of Foreign Assets Control)", Aliases: called("NS-PLC List")},
	{ID: fseList, Name: "Foreign Sanctions Evaders List (US Office of Foreign Assets Control)", Aliases: called("FSE List")},
	{ID: captaList, Name: "Correspondent Account or Payable-Through Account Sanctions List (US Office of Foreign Assets Control)", Aliases: called("CAPTA List")},
	{ID: menuList, Name: "Non-SDN Menu-Based Sanctions List (US Office of Foreign Assets Control)", Aliases: called("NS-MBS List")},
}

// called is the name of a list in everybody's mouth.
func called(name string) []graph.Alias { return []graph.Alias{{Text: name}} }

// consolidated are the lists that are covered by a file of the consolidated list.
var consolidated = []graph.ID{cmicList, ssiList, plcList, fseList, captaList, menuList}

// ownList returns the list that a program of the consolidated files is, and
// "" for a program that several lists, or the SDN list, share.
func ownList(program string) graph.ID {
	switch {
	case strings.HasPrefix(program, "CMIC-"), program == "NS-CMIC":
		return cmicList
	case program == "NS-PLC":
		return plcList
	case strings.HasPrefix(program, "FSE-"):
		return fseList
	case program == "561-Related", program == "561 List", program == "CAPTA", program == "HKAA", program == "NS-CAPTA":
		return captaList
	case program == "SSI", program == "NS-SSI":
		return ssiList
	case program == "NS-MBS":
		return menuList
	}
	return ""
}

// nonSDN reports whether a party with these programs can be on the
// consolidated list alone.
func nonSDN(programs []string) bool {
	return len(programs) > 0 && !slices.ContainsFunc(programs, func(p string) bool { return ownList(p) == "" })
}

// programs splits what the file writes as "SDGT] [NS-PLC".
func programs(text string) []string {
	var all []string
	for program := range strings.SplitSeq(text, "]") {
		program = ingest.Tidy(strings.Trim(strings.TrimSpace(program), "[ "))
		if program != "" && !slices.Contains(all, program) {
			all = append(all, program)
		}
	}
	return all
}

// scopeList returns the list on which dates in a remark put a party, by what
// stands in their brackets.
func scopeList(scope string) graph.ID {
	switch {
	case strings.Contains(scope, "CMIC"), strings.Contains(scope, "13959"):
		return cmicList
	case strings.Contains(scope, "14024 Directive 2"), strings.Contains(scope, "CAPTA"), strings.Contains(scope, "561"):
		return captaList
	case strings.Contains(scope, "13662"):
		return ssiList
	}
	return menuList
}

// listings returns the statements of the lists that an entry is on. A party of
// the SDN file is on that list; of the consolidated file, each program and each
// dated measure counts.
func (e *entry) listings() []ingest.Statement {
	var all []ingest.Statement
	if e.sdn {
		all = append(all, e.listing(sdnList, "", dates{}))
	}
	if e.other {
		all = append(all, e.otherListings()...)
	}
	return all
}

func (e *entry) otherListings() []ingest.Statement {
	var all []ingest.Statement
	on := func(list graph.ID) bool {
		return slices.ContainsFunc(all, func(s ingest.Statement) bool { return s.To == list })
	}
	for _, d := range e.remark.dates {
		list, key := scopeList(d.scope), ""
		if list == captaList || list == menuList {
			key = d.scope // several directives may put a party on them, each from its own day
		}
		all = append(all, e.listing(list, key, d))
	}
	for _, program := range e.programs {
		list := ownList(program)
		if program == "UKRAINE-EO13662" {
			list = ssiList
		}
		if list != "" && !on(list) {
			all = append(all, e.listing(list, "", dates{}))
		}
	}
	if len(all) == 0 { // a program that is neither a list nor dated: single measures, from a menu
		all = append(all, e.listing(menuList, "", dates{}))
	}
	return all
}

// listing takes the effective date as the start, and the listing date where no
// other is known.
func (e *entry) listing(list graph.ID, key string, d dates) ingest.Statement {
	from := d.effective
	if from.IsZero() {
		from = d.listed
	}
	s := e.party.Listed(list, from)
	s.Key = key
	if !d.listed.IsZero() {
		s.Attributes["announced"] = d.listed.String()
	}
	var notes []string
	if len(e.programs) > 0 {
		notes = append(notes, "Program "+strings.Join(e.programs, ", ")+".")
	}
	if d.scope != "" {
		notes = append(notes, "Dates given for "+d.scope+".")
	}
	if !d.divestment.IsZero() {
		notes = append(notes, "Divestment allowed until "+d.divestment.String()+".")
	}
	notes = append(notes, e.notes...)
	s.Citations = []graph.Citation{{Stance: graph.Supports, Locator: "entry " + e.number, Text: strings.Join(notes, " ")}}
	return s
}
