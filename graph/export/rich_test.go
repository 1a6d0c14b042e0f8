package export_test

import (
	"fmt"
	"strings"

	"debadge/graph"
)

func date(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// awkward is text that harms what quotes, escapes, splits or trims.
var awkward = []string{
	`it's "quoted"`, `back\slash \n \u0041 \`, "line\nfeed\r\n\ttab", "浪潮", "emoji 🖥️👩‍💻", "e\u0301 é", " spaces ", "a;b|c,d",
	"\u2028\u2029\u200b\u202e\ufeff", "\x01\x1f\x7f", "\U0010ffff", "=1+1", "]]>&<b>'", "`tick`", `\u0027) DETACH DELETE n //`, "\r", "\n",
	";\n//", "${x} $rows :param", "-- /* */",
}

// rich is a history with everything in it that a store keeps.
func rich() []graph.ChangeSet {
	first := graph.ChangeSet{ID: strings.Repeat("long ", 80), Author: "it's me", Reason: "line\nfeed"}
	first.Entities = []graph.Entity{
		{ID: "company:a", Name: "A", Attributes: map[string][]string{"country": {"CN", "HK"}, "address": {"1; Road"}}},
		{ID: "company:b", Name: "B"},
		{ID: "list:l", Name: "L", Attributes: map[string][]string{"edition": {"2024-01"}}},
		{ID: "proceeding:x", Name: "X v. Y"},
		{ID: "company:alone", Name: "nobody's"},
	}
	first.Sources = []graph.Source{
		{ID: "source:one", Title: "One", Publisher: "P", Date: date("2024"), URL: "https://example.org/?a=1&b=2", Language: "en", Kind: "court", Digest: "sha256:00"},
		{ID: "source:two", Title: "Two", Publisher: "P"},
	}
	cites := []graph.Citation{{Source: "source:one", Stance: graph.Supports}, {Source: "source:two", Stance: graph.Denies, Locator: "p. 1", Text: "No."}}
	for i, text := range awkward {
		p := graph.ID(fmt.Sprintf("product:p%02d", i))
		first.Entities = append(first.Entities, graph.Entity{
			ID: p, Name: text + "x", Brand: text + "y", Aliases: []graph.Alias{{Text: text + "z"}, {Text: "+" + text, Language: "zh-Hans"}},
			Attributes: map[string][]string{"note": {text + "=1", "=" + text}},
		})
		first.Claims = append(first.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprintf("claim:sells%02d", i)), Relation: graph.Sells, From: "company:a", To: p, Status: graph.Alleged,
			ValidFrom: date("2023-03"), ValidTo: date("2025"), Attributes: map[string]string{"territory": text + "t"},
			Citations: []graph.Citation{{Source: "source:one", Stance: graph.Supports, Locator: text, Text: text}},
		})
	}
	first.Claims = append(first.Claims,
		graph.Claim{ID: "claim:0123456789abcdef0123456789abcdef", Relation: graph.Makes, From: "company:b", To: "product:p00", Status: graph.Reported, Citations: cites[:1]},
		graph.Claim{Relation: graph.Makes, From: "company:b", To: "product:p01", Status: graph.Reported, Citations: cites[:1]},
		graph.Claim{ID: "claim:one", Relation: graph.Makes, From: "company:a", To: "product:p00", Status: graph.Confirmed, Citations: cites[:1]},
		graph.Claim{ID: "claim:kin", Relation: graph.AffiliatedWith, From: "company:b", To: "company:a", Status: graph.Disputed, Citations: cites},
		graph.Claim{
			ID: "claim:on", Relation: graph.ListedOn, From: "company:b", To: "list:l", Status: graph.Confirmed, Citations: cites,
			Attributes: map[string]string{"entry": "B \"Ltd\"", "announced": "2022", "published": "2022-02"},
		},
		graph.Claim{
			ID: "claim:suit", Relation: graph.PartyTo, From: "company:a", To: "proceeding:x", Status: graph.Reported, Citations: cites,
			Attributes: map[string]string{"role": "defendant"},
		},
		graph.Claim{
			ID: "claim:own", Relation: graph.Owns, From: "company:b", To: "company:a", Status: graph.Reported, Citations: cites,
			ShareMin: graph.ShareOf(33_330_000), ShareMax: graph.ShareOf(50_000_000), Attributes: map[string]string{"interest": "voting"},
		},
		graph.Claim{ID: "claim:rebrand", Relation: graph.RebrandedAs, From: "product:p00", To: "product:p01", Status: graph.Alleged, Citations: cites},
	)
	second := graph.ChangeSet{
		ID: "second", Reason: "a correction",
		Entities: []graph.Entity{{ID: "company:b", Name: "B two", Aliases: []graph.Alias{{Text: "one alias"}}}, {ID: "company:late", Name: "late"}},
		Sources:  []graph.Source{{ID: "source:two", Title: "Two, revised", Publisher: "P", Date: date("2024-05")}},
		Claims: []graph.Claim{{
			ID: "claim:kin2", Relation: graph.SameAs, From: "company:late", To: "company:b", Status: graph.Reported, Citations: cites[:1],
		}},
		Retractions: []graph.Retraction{{Claim: "claim:kin", Reason: "it's \\ mistaken", ReplacedBy: "claim:kin2"}, {Claim: "claim:sells03", Reason: "withdrawn"}},
	}
	third := graph.ChangeSet{
		ID: "third", Entities: []graph.Entity{{ID: "company:b", Name: "B three"}, {ID: "company:a", Name: "A"}},
		Claims:      []graph.Claim{{ID: "claim:brief", Relation: graph.RenamedTo, From: "company:a", To: "company:b", Status: graph.Alleged, Citations: cites}},
		Retractions: []graph.Retraction{{Claim: "claim:kin2", Reason: "no"}},
	}
	return []graph.ChangeSet{first, second, third}
}
