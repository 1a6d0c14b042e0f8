package ingest_test

import (
	"testing"

	"debadge/graph/ingest"
)

func TestCountry(t *testing.T) {
	for text, want := range map[string]string{
		"CN": "CN", "cn": "CN", "CHN": "CN", "China": "CN", " CHINA ": "CN", "United Arab Emirates": "AE", "The Gambia": "GM",
		"Korea, North": "KP", "Burma": "MM", "Burma (Myanmar)": "MM", "crimea (occupied)": "UA", "Côte d’Ivoire": "CI", "Russian Federation": "RU",
		"Hong Kong": "HK", "Taiwan": "TW", "UK": "GB", "United States": "US", "Türkiye": "TR", "Republic of North Macedonia": "", "Iran": "IR", "Syria": "SY",
		"Democratic Republic of the Congo": "CD", "Kosovo": "XK", "Region: Crimea": "UA",
		"": "", "Beijing": "", "ZZ": "", "AA": "", "Georgia": "GE", "150": "", "XX": "", "EU": "", "Jersey": "JE", "SU": "", "AN": "", "YU": "", "IC": "", "UN": "", "ZR": "", "undetermined": "",
	} {
		if got, ok := ingest.Country(text); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t; want %q", text, got, ok, want)
		}
	}
}
