package storetest

import (
	"slices"
	"time"

	"debadge/graph"
)

func entityVersions(p *probe) {
	versions := []graph.Entity{
		{
			ID: "company:inspur", Name: "Inspur", Aliases: []graph.Alias{{Text: "浪潮", Language: "zh"}, {Text: "Langchao"}},
			Attributes: map[string][]string{"country": {"CN"}, "address": {"Jinan", "Beijing"}},
		},
		{ID: "company:inspur", Name: "IEIT Systems", Aliases: []graph.Alias{{Text: "Inspur Electronic"}}},
		{ID: "company:inspur", Name: "Inspur", Attributes: map[string][]string{"country": {"CN", "HK"}}},
	}
	var times []time.Time
	for i, e := range versions {
		times = append(times, p.clock.step(time.Minute))
		want := graph.Receipt{Revision: graph.Revision(i + 1), RecordedAt: times[i], Changed: 1}
		if i == 0 {
			want.Added, want.Changed = 1, 0
		}
		p.same("receipt", p.append(graph.ChangeSet{Entities: []graph.Entity{e}}), want)
	}
	p.same("entities", p.status().Entities, 1)
	keys := map[string][]graph.Revision{
		"inspur": {1, 3}, "浪潮": {1}, "langchao": {1}, "ieitsystems": {2}, "inspurelectronic": {2}, "companyinspur": {1, 2, 3},
	}
	for i, want := range versions {
		revision := graph.Revision(i + 1)
		for _, at := range []graph.Moment{{Revision: revision}, {Time: times[i]}, {Time: times[i].Add(59 * time.Second)}} {
			p.view(at, func(v graph.View) {
				p.same("version", p.entity(v, "company:inspur"), want)
				for key, when := range keys {
					found := len(p.find(v, graph.Find{Key: key})) == 1
					p.same("found by "+key, found, slices.Contains(when, revision))
				}
			})
		}
	}
}

func sourceVersions(p *probe) {
	one := graph.Source{
		ID: "source:notice", Title: "Notice", Publisher: "BIS", Date: date("2023-03"), URL: "https://example.com/?a=b&c=%20#d",
		Language: "en", Kind: "regulation", Digest: "sha256:00",
	}
	two := graph.Source{ID: "source:notice", Title: "Notice, corrected", Publisher: "BIS"}
	p.append(graph.ChangeSet{Sources: []graph.Source{one}})
	at := p.clock.now()
	p.clock.step(time.Minute)
	p.same("receipt", p.append(graph.ChangeSet{Sources: []graph.Source{two}}).Changed, 1)
	for _, c := range []struct {
		at   graph.Moment
		want graph.Source
	}{{graph.Moment{Revision: 1}, one}, {graph.Moment{Time: at}, one}, {graph.Moment{Revision: 2}, two}, {graph.Moment{}, two}} {
		p.view(c.at, func(v graph.View) {
			list, err := v.Sources(p.ctx, []graph.ID{"source:notice"})
			p.must("sources", err)
			p.same("version", list, []graph.Source{c.want})
		})
	}
	p.same("sources", p.status().Sources, 1)
	p.view(graph.Moment{Time: at.Add(-time.Microsecond)}, func(v graph.View) {
		_, err := v.Sources(p.ctx, []graph.ID{"source:notice"})
		p.fails("before the first revision", err, graph.KindNotFound)
	})
}

// letterCase holds the traps of collations: what differs only in case, in
// composition, in width or in an accent is not the same text, and text comes
// back as it went in.
func letterCase(p *probe) {
	names := []graph.Entity{
		entity("company:n1", "Ångström"), entity("company:n2", "A\u030angstro\u0308m"), entity("company:n3", "ANGSTROM"),
		entity("company:n4", "angstrom"), entity("company:n5", "ａｎｇｓｔｒｏｍ"), entity("company:n6", "Straße"),
		entity("company:n7", "STRASSE"), entity("company:n8", "ÅNGSTRÖM"), entity("company:n9", " angstrom  "),
	}
	p.append(graph.ChangeSet{Entities: names})
	p.view(graph.Moment{}, func(v graph.View) {
		for _, e := range names {
			p.same("name", p.entity(v, e.ID), e)
		}
		for _, c := range []struct {
			key  string
			want []graph.ID
		}{
			{"angstrom", []graph.ID{"company:n3", "company:n4", "company:n5", "company:n9"}},
			{"ångström", []graph.ID{"company:n1", "company:n8"}},
			{"a\u030angstro\u0308m", []graph.ID{"company:n2"}},
			{"straße", []graph.ID{"company:n6"}},
			{"strasse", []graph.ID{"company:n7"}},
			{"ANGSTROM", nil},
			{"angstro%", nil},
			{"angstro_", nil},
			{"angstrom'--", nil},
		} {
			p.same("found by "+c.key, p.find(v, graph.Find{Key: c.key}), c.want)
		}
	})
	for i, name := range []string{"ÅNGSTRÖM", "Ångström ", "A\u030angstro\u0308m"} {
		r := p.append(graph.ChangeSet{Entities: []graph.Entity{entity("company:n1", name)}})
		p.same("a new version", r.Changed, 1)
		p.view(graph.Moment{Revision: graph.Revision(i + 2)}, func(v graph.View) {
			p.same("name", p.entity(v, "company:n1").Name, name)
		})
	}
}
