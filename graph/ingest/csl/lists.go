package csl

import (
	"strings"

	"debadge/graph"
)

// list is one of the lists that the Consolidated Screening List brings together.
type list struct {
	id    graph.ID
	name  string
	alias string
	words string // in the source of its rows, in lower case
	dates string // of the labels under which the Treasury gives the dates of this list
}

const (
	bis   = " (US Bureau of Industry and Security)"
	ofac  = " (US Office of Foreign Assets Control)"
	state = " (US Department of State)"
)

// lists are told by words: editions name a list with and without its
// abbreviation and its keeper.
var lists = []list{
	{id: "list:us-bis-entity-list", name: "Entity List" + bis, alias: "Entity List", words: "entity list"},
	{id: "list:us-bis-dpl", name: "Denied Persons List" + bis, alias: "DPL", words: "denied persons"},
	{id: "list:us-bis-uvl", name: "Unverified List" + bis, alias: "UVL", words: "unverified list"},
	{id: "list:us-bis-meu-list", name: "Military End User List" + bis, alias: "MEU List", words: "military end user"},
	{id: "list:us-state-isn", name: "Nonproliferation Sanctions" + state, alias: "ISN", words: "nonproliferation sanctions"},
	{id: "list:us-state-dtc", name: "AECA and ITAR Debarred Parties" + state, alias: "DTC", words: "itar debarred"},
	{id: "list:us-state-dtc", name: "AECA and ITAR Debarred Parties" + state, alias: "DTC", words: "aeca debarred"},
	{id: "list:us-ofac-sdn", name: "Specially Designated Nationals and Blocked Persons List" + ofac, alias: "SDN List", words: "specially designated nationals"},
	{id: "list:us-ofac-ssi", name: "Sectoral Sanctions Identifications List" + ofac, alias: "SSI List", words: "sectoral sanctions"},
	{id: "list:us-ofac-fse", name: "Foreign Sanctions Evaders List" + ofac, alias: "FSE List", words: "foreign sanctions evaders"},
	{id: "list:us-ofac-plc", name: "Non-SDN Palestinian Legislative Council List" + ofac, alias: "NS-PLC List", words: "palestinian legislative council"},
	{id: "list:us-ofac-capta", name: "Correspondent Account or Payable-Through Account Sanctions List" + ofac, alias: "CAPTA List", words: "capta list", dates: "EO 14024 Directive 2"},
	{id: "list:us-ofac-mbs", name: "Non-SDN Menu-Based Sanctions List" + ofac, alias: "NS-MBS List", words: "menu-based sanctions", dates: "EO 14024 Directive 3"},
	{id: "list:us-ofac-ns-cmic", name: "Non-SDN Chinese Military-Industrial Complex Companies List" + ofac, alias: "NS-CMIC List", words: "chinese military-industrial complex", dates: "CMIC"},
}

func listOf(source string) (list, bool) {
	source = strings.ToLower(source)
	for _, l := range lists {
		if strings.Contains(source, l.words) {
			return l, true
		}
	}
	return list{}, false
}

func (l list) entity() graph.Entity {
	return graph.Entity{
		ID: l.id, Name: l.name, Aliases: []graph.Alias{{Text: l.alias}},
		Attributes: map[string][]string{graph.CountryAttribute: {"US"}},
	}
}
