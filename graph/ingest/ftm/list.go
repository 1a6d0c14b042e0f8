package ftm

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// programs tells which list a program of OpenSanctions is, where it is one list.
var programs = map[string]graph.ID{
	"US-AECA-DEBARRED": "list:us-state-dtc",
	"US-BIS-DPL":       "list:us-bis-dpl",
	"US-BIS-EL":        "list:us-bis-entity-list",
	"US-BIS-MEU":       "list:us-bis-meu-list",
	"US-BIS-UVL":       "list:us-bis-uvl",
	"US-CAPTA":         "list:us-ofac-capta",
	"US-DDTC-SD":       "list:us-state-dtc",
	"US-DOD-1260H":     "list:us-dod-1260h",
	"US-DOS-ISN":       "list:us-state-isn",
	"US-FSE":           "list:us-ofac-fse",
	"US-MCCAIN-889":    "list:us-ndaa-889",
	"US-NS-CMIC":       "list:us-ofac-ns-cmic",
	"US-NS-MBS":        "list:us-ofac-mbs",
	"US-NS-PLC":        "list:us-ofac-plc",
	"US-SSI":           "list:us-ofac-ssi",
}

// regulators tells of which list a dataset of OpenSanctions is the regulator's
// own edition. us_ofac_cons and us_trade_csl hold several lists; there only the
// program says which.
var regulators = map[string]graph.ID{
	"eu_fsf":                  "list:eu-fsf",
	"gb_hmt_sanctions":        "list:uk-ofsi",
	"un_sc_sanctions":         "list:un-sc",
	"us_bis_denied":           "list:us-bis-dpl",
	"us_ddtc_debarred":        "list:us-state-dtc",
	"us_dod_chinese_milcorps": "list:us-dod-1260h",
	"us_ofac_cons":            "",
	"us_ofac_sdn":             "list:us-ofac-sdn",
	"us_trade_csl":            "",
}

// names are what the lists above are called where nobody has named them yet.
var names = map[graph.ID]string{
	"list:eu-fsf":             "Consolidated list of persons, groups and entities subject to EU financial sanctions (European Commission)",
	"list:uk-ofsi":            "UK sanctions list of asset freeze targets (HM Treasury, OFSI; Foreign, Commonwealth and Development Office)",
	"list:un-sc":              "Consolidated List (United Nations Security Council)",
	"list:us-bis-dpl":         "Denied Persons List (US Bureau of Industry and Security)",
	"list:us-bis-entity-list": "Entity List (US Bureau of Industry and Security)",
	"list:us-bis-meu-list":    "Military End User List (US Bureau of Industry and Security)",
	"list:us-bis-uvl":         "Unverified List (US Bureau of Industry and Security)",
	"list:us-dod-1260h":       "Chinese military companies under section 1260H",
	"list:us-ndaa-889":        "Section 889 of the NDAA for fiscal year 2019",
	"list:us-ofac-capta":      "Correspondent Account or Payable-Through Account Sanctions List (US Office of Foreign Assets Control)",
	"list:us-ofac-fse":        "Foreign Sanctions Evaders List (US Office of Foreign Assets Control)",
	"list:us-ofac-mbs":        "Non-SDN Menu-Based Sanctions List (US Office of Foreign Assets Control)",
	"list:us-ofac-ns-cmic":    "Non-SDN Chinese Military-Industrial Complex Companies List",
	"list:us-ofac-plc":        "Non-SDN Palestinian Legislative Council List (US Office of Foreign Assets Control)",
	"list:us-ofac-sdn":        "Specially Designated Nationals and Blocked Persons List (US Office of Foreign Assets Control)",
	"list:us-ofac-ssi":        "Sectoral Sanctions Identifications List (US Office of Foreign Assets Control)",
	"list:us-state-dtc":       "AECA and ITAR Debarred Parties (US Department of State)",
	"list:us-state-isn":       "Nonproliferation Sanctions (US Department of State)",
}

// lists returns the lists on which a Sanction says that somebody stands.
func (e *entity) lists() []graph.Entity {
	var all []graph.Entity
	add := func(id graph.ID, name string) {
		if known := names[id]; known != "" {
			name = known
		}
		if !slices.ContainsFunc(all, func(l graph.Entity) bool { return l.ID == id }) {
			all = append(all, graph.Entity{ID: id, Name: name})
		}
	}
	own := e.regulatorsList()
	for _, program := range e.all("programId") {
		switch id := programs[strings.ToUpper(program)]; {
		case id != "":
			add(id, program)
		case own != "":
			add(own, e.Datasets[0])
		default:
			add(listID(program), program)
		}
	}
	if len(all) > 0 {
		return all
	}
	if own != "" {
		add(own, e.Datasets[0])
		return all
	}
	for _, property := range []string{"authority", "publisher", "program"} {
		for _, text := range e.all(property) {
			add(listID(text), text)
		}
		if len(all) > 0 {
			return all
		}
	}
	for _, name := range e.Datasets {
		add(listID(name), name)
	}
	return all
}

func listID(name string) graph.ID {
	slug := strings.ToLower(name)
	return graph.ID("list:ftm:" + ingest.Reference(strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == ' ' || r == '_' || r == '-' }), "-")))
}

// regulatorsList returns the list of which all of the entity's datasets are the
// regulator's edition.
func (e *entity) regulatorsList() graph.ID {
	var own graph.ID
	for i, name := range e.Datasets {
		if i > 0 && regulators[name] != own {
			return ""
		}
		own = regulators[name]
	}
	return own
}

// status is confirmed for what regulators say themselves, and reported for
// what others tell of them.
func (e *entity) status() graph.Status {
	for _, name := range e.Datasets {
		if _, ok := regulators[name]; !ok {
			return graph.Reported
		}
	}
	if len(e.Datasets) == 0 {
		return graph.Reported
	}
	return graph.Confirmed
}
