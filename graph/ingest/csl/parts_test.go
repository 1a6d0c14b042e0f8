package csl

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph/ingest"
)

func TestNotices(t *testing.T) {
	type cite struct{ ID, Printed, Date string }
	for text, want := range map[string][]cite{
		"":            nil,
		"88 FR 13673": {{"source:us-fr:88-13673", "88 FR 13673", ""}},
		"66 FR 24266, 77 FR 58006 (no. 182), 81 FR 64694": {{"source:us-fr:66-24266", "66 FR 24266", ""}, {"source:us-fr:77-58006", "77 FR 58006", ""}, {"source:us-fr:81-64694", "81 FR 64694", ""}},
		"83 FR 37423; 87 FR 77505":                        {{"source:us-fr:83-37423", "83 FR 37423", ""}, {"source:us-fr:87-77505", "87 FR 77505", ""}},
		"82 F.R. 48792 10/20/2017":                        {{"source:us-fr:82-48792", "82 F.R. 48792 10/20/2017", "2017-10-20"}},
		"68 F.R. 38290 6/27/03 71 F.R. 38843 7/10/06":     {{"source:us-fr:68-38290", "68 F.R. 38290 6/27/03", "2003-06-27"}, {"source:us-fr:71-38843", "71 F.R. 38843 7/10/06", "2006-07-10"}},
		"76 FR 44259 (7/25/11); 80 FR 69852 (11/12/15)":   {{"source:us-fr:76-44259", "76 FR 44259 (7/25/11)", "2011-07-25"}, {"source:us-fr:80-69852", "80 FR 69852 (11/12/15)", "2015-11-12"}},
		"52 FR 100, 1/2/87":                               {{"source:us-fr:52-100", "52 FR 100, 1/2/87", "1987-01-02"}},
		"9.F.R. 12 and 10 F.R 13, 14F.R. 15, 16 F.R.17":   {{"source:us-fr:9-12", "9.F.R. 12", ""}, {"source:us-fr:10-13", "10 F.R 13", ""}, {"source:us-fr:14-15", "14F.R. 15", ""}, {"source:us-fr:16-17", "16 F.R.17", ""}},
		"71 FR  222 FR 71 FR No. 223":                     {{"source:us-fr:71-222", "71 FR  222", ""}, {"source:us-fr:71-223", "71 FR No. 223", ""}},
		"Vol. 88, No. 151, 08/08/2023":                    {{"source:us-fr:88-no-151", "Vol. 88, No. 151, 08/08/2023", "2023-08-08"}},
		"Notice 7, Vol. 70, No. 1, 1/3/2005":              {{"source:us-fr:70-no-1", "Vol. 70, No. 1, 1/3/2005", "2005-01-03"}},
		"87 FR 1; 87 FR 1":                                {{"source:us-fr:87-1", "87 FR 1", ""}},
		"88 FR; F.R. 9 and nothing":                       nil,
		"0 FR 5; 12 FR 0":                                 nil,
		"Order of 5 May":                                  nil,
	} {
		var got []cite
		for _, n := range notices(text) {
			got = append(got, cite{string(n.id()), n.printed, n.date.String()})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestDatesOfTheChineseMilitaryIndustrialList(t *testing.T) {
	for _, ids := range []string{
		"CN, 91X, Unified Social Credit Code (USCC); 02 Aug 2021, Effective Date (CMIC); 03 Jun 2021, Listing Date (CMIC)",
		"Listing Date (CMIC), 2021-06-03; Effective Date (CMIC), 2021-08-02",
		"Listing Date (CMIC):, 03 Jun 2021; 2021-08-02, Effective Date (CMIC):",
		"Listing Date (EO 14024 Directive 2):, 24 Feb 2022; 03 Jun 2021, Listing Date (CMIC); 02 Aug 2021, Effective Date (CMIC)",
	} {
		e := entry{}
		for _, item := range split(ids) {
			if id, ok := labeled(item); ok {
				e.ids = append(e.ids, id)
			}
		}
		d := e.datesOf("CMIC")
		listed, ok := parseDate(d.listed)
		effective, ok2 := parseDate(d.effective)
		if !ok || !ok2 || listed.String() != "2021-06-03" || effective.String() != "2021-08-02" {
			t.Errorf("%s: got %+v", ids, d)
		}
	}
}

func TestIdentifiersInBothOrders(t *testing.T) {
	for item, want := range map[string]identifier{
		"Issuer Name, Tonmac International Co., Ltd.":               {issuerName, "Tonmac International Co., Ltd."},
		"Tonmac International Co., Ltd., Issuer Name":               {issuerName, "Tonmac International Co., Ltd."},
		"CN, 91110000710935732K, Unified Social Credit Code (USCC)": {"Unified Social Credit Code (USCC)", "91110000710935732K"},
		"Unified Social Credit Code (USCC), 91110000710935732K, CN": {"Unified Social Credit Code (USCC)", "91110000710935732K"},
		"CNE100000N20, ISIN":             {"ISIN", "CNE100000N20"},
		"1148904001971, Registration ID": {"Registration ID", "1148904001971"},
		"Male, Gender":                   {},
		"ISIN":                           {},
		"Passport, 836238033, KP":        {},
	} {
		if got, ok := labeled(item); got != want || ok != (want.label != "") {
			t.Errorf("%q: got %+v, %t", item, got, ok)
		}
	}
}

func TestLinkedTo(t *testing.T) {
	for remark, want := range map[string][]string{
		"(Linked To: MAHAN EXAMPLE)":                                       {"MAHAN EXAMPLE"},
		"(Linked To: CORPS (IRC)-FORCE)":                                   {"CORPS (IRC)-FORCE"},
		"Linked To nobody":                                                 nil,
		"x; (Linked To: A, B; Linked To: C); (Linked To: D)":               {"A, B", "C", "D"},
		"(Linked To: never closed (":                                       {"never closed ("},
		"(Linked To: )":                                                    nil,
		"for more information see http://example.org/; (Linked To: A; B )": {"A; B"},
	} {
		if diff := cmp.Diff(want, linkedTo(remark)); diff != "" {
			t.Errorf("%q: %s", remark, diff)
		}
	}
}

func TestNobodyBecomesAPersonWithoutAType(t *testing.T) {
	p, _ := entry{name: "Jan Example", source: "Entity List"}.party(ingest.ParseNames("Jan Example"))
	if p.Attributes["party_type"] != nil {
		t.Errorf("got %+v", p)
	}
	p, _ = entry{name: "EXAMPLE, Jan", kind: "Individual", number: "5"}.party(ingest.ParseNames("EXAMPLE, Jan"))
	if p.Attributes["party_type"][0] != "individual" || p.ID != "company:us-ofac:5" {
		t.Errorf("got %+v", p)
	}
}

func TestStatesAreNoCountries(t *testing.T) {
	for _, tt := range []struct{ source, place, want string }{
		{"Denied Persons List", "9 ELM STREET, LOS ANGELES, CA", ""},
		{"Denied Persons List", "9 ELM STREET, DUBAI, AE", "AE"},
		{"Entity List", "9 Elm Street, Toronto, CA", "CA"},
		{"Denied Persons List", "9 ELM STREET, PHOENIX, AZ, 85043", ""},
		{"Entity List", "Shenzhen, China", "CN"},
		{"Entity List", "Kabul", ""},
	} {
		if got, ok := (entry{source: tt.source}).country(tt.place); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s, %s: got %q", tt.source, tt.place, got)
		}
	}
}
