package identifier_test

import (
	"strings"
	"testing"

	"debadge/graph/identifier"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		scheme identifier.Scheme
		text   string
		want   string // the value, "" for an error
		wrong  string // what the error says
	}{
		{identifier.LEI, "5493 00BN 9B4Y W1XO 0T89", "", "check digits"},
		{identifier.LEI, "213800D1EI4B9WTWWD28", "213800D1EI4B9WTWWD28", ""},
		{identifier.LEI, "213800d1ei4b9wtwwd28", "213800D1EI4B9WTWWD28", ""},
		{identifier.LEI, "213800D1EI4B9WTWWD29", "", "wrong check digits"},
		{identifier.LEI, "213800D1EI4B9WTWWD2", "", "20 letters and digits"},
		{identifier.LEI, "213800D1EI4B9WTWWDAB", "", "two check digits"},
		{identifier.USCC, "913700001630477270", "913700001630477270", ""},
		{identifier.USCC, "９１３７００００ 1630477270", "913700001630477270", ""},
		{identifier.USCC, "913700001630477271", "", "wrong check character"},
		{identifier.USCC, "91110000710929498G", "91110000710929498G", ""},
		{identifier.USCC, "91120000783342508F", "91120000783342508F", ""},
		{identifier.USCC, "9137000016304772I0", "", "other than I, O, S, V and Z"},
		{identifier.USCC, "91AB00001630477270", "", "administrative division"},
		{identifier.DUNS, "12-345-6789", "123456789", ""},
		{identifier.DUNS, "12-345-678", "", "9 digits"},
		{identifier.CAGE, "1abc2", "1ABC2", ""},
		{identifier.CAGE, "1ABO2", "", "other than I and O"},
		{identifier.UEI, "abcdef123456", "ABCDEF123456", ""},
		{identifier.UEI, "0BCDEF123456", "", "first not 0"},
		{identifier.GTIN, "4006381333931", "04006381333931", ""},
		{identifier.GTIN, "4006381333932", "", "wrong check digit"},
		{identifier.GTIN, "96385074", "00000096385074", ""},
		{identifier.GTIN, "400638133393", "", "wrong check digit"},
		{identifier.GTIN, "40063813339", "", "8, 12, 13 or 14"},
		{identifier.GTIN, "00000000", "", "all zeros"},
		{identifier.GTIN, "400638133393X", "", "no digit"},
		{identifier.UPC, "036000291452", "00036000291452", ""},
		{identifier.UPC, "4006381333931", "", "12 digits"},
		{identifier.FCCGrantee, "2abcd", "2ABCD", ""},
		{identifier.FCCGrantee, "ABC", "ABC", ""},
		{identifier.FCCGrantee, "ABCD", "", "3 characters"},
		{identifier.FCCID, "2ABCD-X1", "2ABCDX1", ""},
		{identifier.FCCID, "ABC", "", "product code"},
		{identifier.MPN, "kr2280-x2 a0", "KR2280X2A0", ""},
		{identifier.MPN, " - ", "", "no letter or digit"},
		{identifier.MPN, strings.Repeat("x", 61), "", "longer"},
		{"isbn", "1", "", "not a kind of identifier; use one of lei"},
	} {
		got, err := identifier.Parse(c.scheme, c.text)
		switch {
		case c.want == "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s %q: got %q, %v; want an error with %q", c.scheme, c.text, got.Value, err, c.wrong)
		case c.want != "" && (err != nil || got.Value != c.want):
			t.Errorf("%s %q: got %q, %v; want %q", c.scheme, c.text, got.Value, err, c.want)
		}
	}
}

func TestUPCIsAGTIN(t *testing.T) {
	got, err := identifier.Parse(identifier.UPC, "036000291452")
	if err != nil || got.Scheme != identifier.GTIN || identifier.UPC.Attribute() != "gtin" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestGranteeOfAnFCCID(t *testing.T) {
	for id, want := range map[string]string{"2ABCD-X1": "2ABCD", "ABC-123": "ABC", "AB": ""} {
		got, ok := identifier.Grantee(id)
		if got.Value != want || ok != (want != "") {
			t.Errorf("%s: got %v, %v, want %q", id, got, ok, want)
		}
	}
}

func TestEverySchemeHasAKind(t *testing.T) {
	for _, s := range identifier.Schemes() {
		if k := s.Kind(); k != identifier.Company && k != identifier.Product {
			t.Errorf("%s names %q", s, k)
		}
	}
}

// One wrong digit for a digit, or letter for a letter, is noticed.
func TestCheckCharactersNoticeSlips(t *testing.T) {
	for scheme, value := range map[identifier.Scheme]string{
		identifier.LEI: "213800D1EI4B9WTWWD28", identifier.USCC: "91110000710929498G", identifier.GTIN: "4006381333931",
	} {
		for i := range len(value) {
			for _, other := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
				if (value[i] <= '9') != (other <= '9') {
					continue // MOD 97-10 does not promise it: a letter counts as two digits
				}
				slip := value[:i] + string(other) + value[i+1:]
				if _, err := identifier.Parse(scheme, slip); slip != value && err == nil {
					t.Errorf("%s: %s passes for %s", scheme, slip, value)
				}
			}
		}
	}
}

func TestCheckedSeesWhatATextIs(t *testing.T) {
	for text, want := range map[string]int{"213800D1EI4B9WTWWD28": 1, "913700001630477270": 1, "4006381333931": 1, "KR2280-X2": 0, "123456789": 0} {
		if got := identifier.Checked(text); len(got) != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range identifier.Schemes() {
		f.Add(string(s), "213800D1EI4B9WTWWD28")
		f.Add(string(s), "２ＡＢＣＤ-x1")
		f.Add(string(s), "036000291452")
	}
	f.Fuzz(func(t *testing.T, scheme, text string) {
		id, err := identifier.Parse(identifier.Scheme(scheme), text)
		if err != nil {
			return
		}
		again, err := identifier.Parse(id.Scheme, id.Value)
		if err != nil || again != id {
			t.Errorf("%s %q gives %v, which gives %v, %v", scheme, text, id, again, err)
		}
	})
}
