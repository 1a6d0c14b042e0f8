package ingest_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"debadge/graph/ingest"
)

func TestParseNames(t *testing.T) {
	for text, want := range map[string]ingest.Names{
		"Plain Co., Ltd.":                      {Name: "Plain Co., Ltd."},
		" SPACED\u00a0 OUT  Inc. ":             {Name: "SPACED OUT Inc."},
		"Zhongli Trading (Suzhou)":             {Name: "Zhongli Trading (Suzhou)"},
		"Zhongli Trading (Hongkong) Co., Ltd.": {Name: "Zhongli Trading (Hongkong) Co., Ltd."},
		"Northern Light Institute (NLI)":       {Name: "Northern Light Institute (NLI)", Aliases: []string{"NLI"}},
		"Northern Light (LLC)":                 {Name: "Northern Light (LLC)"},
		"Northern Light (UAE)":                 {Name: "Northern Light (UAE)"},
		"Orbita Technologies Co., Ltd. (Orbita).  Affiliated Entity:  Orbita Marine Networks Co., Ltd.": {
			Name: "Orbita Marine Networks Co., Ltd.", Principal: "Orbita Technologies Co., Ltd. (Orbita)",
		},
		"Orbita Technologies Co., Ltd.; Affiliated Entities: Orbita Labs ": {Name: "Orbita Labs", Principal: "Orbita Technologies Co., Ltd."},
		"Affiliated Supply Services":                                       {Name: "Affiliated Supply Services"},
		"Sunrise Import Company; and any successor, sub-unit, or subsidiary thereof": {
			Name: "Sunrise Import Company", Successors: true,
		},
		"Sunrise Academy (SA1), and its sub-units and successors": {Name: "Sunrise Academy (SA1)", Aliases: []string{"SA1"}, Successors: true},
		"Volga Gas, OOO (f.k.a., Otkrytoe Volgagas)":              {Name: "Volga Gas, OOO", Former: []string{"Otkrytoe Volgagas"}},
		"Volga Gas (formerly Old Gas; Older Gas)":                 {Name: "Volga Gas", Former: []string{"Old Gas", "Older Gas"}},
		"Volga Gas, formerly Old Gas":                             {Name: "Volga Gas", Former: []string{"Old Gas"}},
		"Far Trading, Inc. (a.k.a. FARCO, Inc.)":                  {Name: "Far Trading, Inc.", Aliases: []string{"FARCO, Inc."}},
		"Far Trading, a.k.a. Near Trading, f/k/a Old Trading":     {Name: "Far Trading", Aliases: []string{"Near Trading"}, Former: []string{"Old Trading"}},
		"PETRA (A.K.A. NADIA) LIM":                                {Name: "PETRA LIM", Aliases: []string{"NADIA"}},
		"JAN SUN A/K/A JOHN SUN":                                  {Name: "JAN SUN", Aliases: []string{"JOHN SUN"}},
		"Space Institute [aka Space Systems Center]":              {Name: "Space Institute", Aliases: []string{"Space Systems Center"}},
		"Bright Metal Corporation (Parent Organization: National Metal Group (NMG))": {
			Name: "Bright Metal Corporation", Parent: "National Metal Group (NMG)",
		},
		"Aka Industries Formerly": {Name: "Aka Industries Formerly"},
		"Osaka Ltd.":              {Name: "Osaka Ltd."},
		"":                        {},
	} {
		if diff := cmp.Diff(want, ingest.ParseNames(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseAliases(t *testing.T) {
	aliases, former := ingest.ParseAliases([]string{
		"Alpha", " and Beta", "and", "-Gamma OOO", "JSC Delta, f.k.a., Old Delta", "F.K.A. Office of Epsilon (OOE)", "Alpha", "Zeta, a.k.a. Zet",
	})
	if diff := cmp.Diff([]string{"Alpha", "Beta", "Gamma OOO", "JSC Delta", "Zeta", "Zet"}, aliases); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Old Delta", "Office of Epsilon (OOE)"}, former); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseNames(f *testing.F) {
	for _, text := range []string{"A (f.k.a. B)", "A Affiliated Entity: B", "A; and any successor thereof", "((((", "[a(b]c)", "a.k.a. f.k.a. ,", "\xff(\xff)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := ingest.ParseNames(text)
		for _, s := range slices.Concat(n.Aliases, n.Former, []string{n.Name, n.Principal, n.Parent}) {
			if utf8.ValidString(text) && !utf8.ValidString(s) {
				t.Errorf("%q: the name %q is broken", text, s)
			}
		}
		if slices.Contains(n.Aliases, "") || slices.Contains(n.Former, "") {
			t.Errorf("%q: an empty name in %+v", text, n)
		}
	})
}
