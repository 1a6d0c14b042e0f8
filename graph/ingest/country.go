package ingest

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"debadge/graph"
)

// Country returns the ISO 3166-1 alpha-2 code of a country by its code of two
// or three letters or by a name in English as lists print it, in any letter
// case. What is no country's name is not guessed at. The Crimea and other
// regions have the code that ISO gives the country they belong to; Kosovo has
// XK, which is what registers use.
func Country(text string) (code string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 100 {
		return "", false
	}
	names := countries()
	if code, ok = names[graph.NameKey(text)]; ok {
		return code, true
	}
	text, _, _ = strings.Cut(text, "(") // Burma (Myanmar), Crimea (Occupied)
	code, ok = names[graph.NameKey(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "the "))]
	return code, ok
}

// noCountries are codes that stand for no country of ISO 3166-1, or for none any more.
const noCountries = "AC AN CP CS DD DG EA EU EZ FX IC NT QO SU TA TP UN XA XB YD YU ZR"

// countries maps name keys to codes.
var countries = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	english := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || strings.Contains(noCountries, code) {
				continue
			}
			names[graph.NameKey(code)] = code
			names[graph.NameKey(english.Name(region))] = code
			if iso3 := region.ISO3(); iso3 != "ZZZ" {
				names[graph.NameKey(iso3)] = code
			}
		}
	}
	for name, code := range otherNames {
		names[graph.NameKey(name)] = code
	}
	return names
})

// otherNames are names that lists and registers print beside the usual ones.
var otherNames = map[string]string{
	"UK": "GB", "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
	"United Kingdom of Great Britain and Northern Ireland": "GB",
	"USA": "US", "U.S.A.": "US", "United States of America": "US", "U.S.": "US",
	"UAE": "AE", "U.A.E.": "AE",
	"Russian Federation": "RU", "Republic of Belarus": "BY", "Republic of Kazakhstan": "KZ",
	"PRC": "CN", "P.R.C.": "CN", "People's Republic of China": "CN", "Peoples Republic of China": "CN", "P.R. China": "CN", "PR China": "CN", "Mainland China": "CN",
	"Hong Kong": "HK", "Hong Kong S.A.R.": "HK", "Hong Kong, China": "HK", "Macau": "MO", "Macao": "MO", "Macau S.A.R.": "MO",
	"Republic of China": "TW", "Taiwan, China": "TW", "Taiwan, Province of China": "TW",
	"DPRK": "KP", "Democratic People's Republic of Korea": "KP", "Korea, North": "KP", "Korea, Democratic People's Republic of": "KP",
	"Republic of Korea": "KR", "Korea, South": "KR", "Korea, Republic of": "KR", "Korea": "KR",
	"Islamic Republic of Iran": "IR", "Iran, Islamic Republic of": "IR", "Syrian Arab Republic": "SY",
	"Burma": "MM", "Union of Myanmar": "MM", "Myanmar": "MM",
	"Viet Nam": "VN", "Socialist Republic of Vietnam": "VN", "Lao People's Democratic Republic": "LA", "Lao PDR": "LA",
	"Congo, Democratic Republic of the": "CD", "Congo, The Democratic Republic of the": "CD", "Democratic Republic of the Congo": "CD",
	"Democratic Republic of Congo": "CD", "DRC": "CD", "Congo, Republic of the": "CG", "Republic of the Congo": "CG", "Congo": "CG", "Congo (Brazzaville)": "CG",
	"Ivory Coast": "CI", "Cote d'Ivoire": "CI", "Cote d Ivoire": "CI", "Cape Verde": "CV", "Swaziland": "SZ",
	"Czech Republic": "CZ", "Slovak Republic": "SK", "Macedonia": "MK", "North Macedonia": "MK", "The Former Yugoslav Republic of Macedonia": "MK",
	"Republic of Moldova": "MD", "Moldova, Republic of": "MD", "Bosnia": "BA", "Bosnia and Herzegovina": "BA",
	"Turkey": "TR", "Türkiye": "TR", "Turkiye": "TR", "Republic of Turkey": "TR", "Holland": "NL", "The Netherlands": "NL", "Kingdom of the Netherlands": "NL",
	"Vatican": "VA", "Holy See": "VA", "East Timor": "TL", "Brunei Darussalam": "BN",
	"Palestine": "PS", "State of Palestine": "PS", "Palestinian": "PS", "Palestinian Territory, Occupied": "PS", "Occupied Palestinian Territory": "PS",
	"West Bank": "PS", "Gaza": "PS", "Region: Gaza": "PS", "Region: West Bank": "PS",
	"Crimea": "UA", "Crimea Region of Ukraine": "UA", "Region: Crimea": "UA", "Republic of Crimea": "UA",
	"Region: Northern Mali": "ML", "Region: Kafia Kingi": "SD", "Kosovo": "XK", "Republic of Kosovo": "XK",
	"Plurinational State of Bolivia": "BO", "Bolivia, Plurinational State of": "BO", "Bolivarian Republic of Venezuela": "VE", "Venezuela, Bolivarian Republic of": "VE",
	"United Republic of Tanzania": "TZ", "Tanzania, United Republic of": "TZ", "Libyan Arab Jamahiriya": "LY", "State of Libya": "LY",
	"Bahamas, The": "BS", "Gambia, The": "GM", "Gambia": "GM", "Bahamas": "BS", "Micronesia": "FM", "Federated States of Micronesia": "FM",
	"Virgin Islands, British": "VG", "British Virgin Islands": "VG", "BVI": "VG", "Virgin Islands, U.S.": "VI", "Saint Vincent": "VC", "St. Vincent and the Grenadines": "VC",
	"St. Kitts and Nevis": "KN", "Saint Kitts and Nevis": "KN", "St. Lucia": "LC", "Trinidad": "TT", "Antigua": "AG",
}
