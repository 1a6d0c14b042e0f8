package resolve

import "testing"

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Aivres KR2280-X2":             "aivres kr2280-x2",
		"KR2280–X2":                    "kr2280-x2",
		"ＫＲ２２８０－Ｘ２":                    "kr2280-x2",
		"KR2280\u200b-\u200fX2":        "kr2280-x2",
		"КR2280-Х2":                    "kr2280-x2",
		"Іnspur":                       "inspur",
		"Инспур":                       "inspur",
		"Xi'an Aircraft (U.S.A.) Inc.": "xian aircraft usa inc",
		"Xi’an":                        "xian",
		"Co.,Ltd.":                     "co ltd",
		"S.p.A.":                       "spa",
		"Siemens & Halske":             "siemens and halske",
		"浪潮集團":                         "浪潮集团",
		"Mu\u0308ller GmbH":            "muller gmbh",
		"Łódź Straße":                  "lodz strasse",
		"Pro+":                         "pro plus",
		"Ελλάδα":                       "ellada",
		" -- ":                         "",
		"":                             "",
		"H3C Технологии":               "h3c tekhnologii",
		"大华 Dahua":                     "大华 dahua",
	} {
		if got := fold(text, false).text; got != want {
			t.Errorf("fold(%q) = %q, want %q", text, got, want)
		}
	}
	if got := fold("СОРЕ", true).text; got != "cope" {
		t.Errorf("what looks like COPE is read as %q", got)
	}
	if !fold("СОРЕ", false).foreign || fold("Инспур", false).foreign {
		t.Error("a word is foreign if all of its letters are look-alikes, and only then")
	}
}
