package resolve_test

import (
	"strconv"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/identifier"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

func clock() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func company(id, name string, aliases ...string) graph.Entity {
	e := graph.Entity{ID: graph.ID("company:" + id), Name: name}
	for _, a := range aliases {
		e.Aliases = append(e.Aliases, graph.Alias{Text: a})
	}
	return e
}

func product(id, brand, name string) graph.Entity {
	e := company("x", name)
	e.ID, e.Brand = graph.ID("product:"+id), brand
	return e
}

func with(e graph.Entity, attribute string, values ...string) graph.Entity {
	e.Attributes = map[string][]string{attribute: values}
	return e
}

func store(tb testing.TB, entities ...graph.Entity) graph.Store {
	tb.Helper()
	s := index.NewMemory(clock)
	if _, err := s.Append(tb.Context(), graph.ChangeSet{Entities: entities}); err != nil {
		tb.Fatal(err)
	}
	return s
}

func build(tb testing.TB, entities ...graph.Entity) *resolve.Index {
	tb.Helper()
	x, err := resolve.Open(tb.Context(), store(tb, entities...), graph.Moment{}, resolve.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

func world() []graph.Entity {
	return []graph.Entity{
		with(company("inspur-group", "Inspur Group Co., Ltd.", "Inspur", "浪潮", "浪潮集团"), "uscc", "913700001630477270"),
		company("inspur-info", "Inspur Electronic Information Industry Co., Ltd.", "IEIT Systems", "浪潮信息"),
		company("inspur-beijing", "Inspur (Beijing) Electronic Information Industry Co., Ltd."),
		company("inspur-software", "Inspur Software Co., Ltd."),
		company("aivres", "Aivres Systems Inc.", "Aivres"),
		company("huawei", "Huawei Technologies Co., Ltd.", "Huawei"),
		company("dahua", "浙江大华技术股份有限公司"),
		company("lorex-tech", "Lorex Technology Inc.", "Lorex"),
		company("lorex-corp", "Lorex Corporation"),
		with(company("grantee", "Nordlicht Funk GmbH"), "fcc_grantee", "2ABCD"),
		company("kaspersky", "AO Kaspersky Lab"),
		company("cetc", "China Electronics Technology Group Corporation"),
		product("aivres:kr2280-x1", "Aivres", "KR2280-X1"),
		product("aivres:kr2280-x2", "Aivres", "KR2280-X2"),
		product("inspur:nf5280m5", "Inspur", "NF5280M5"),
		with(product("skyrover:x1", "SkyRover", "X1"), "mpn", "SR-X1-001"),
		product("dji:mini-4-pro", "DJI", "Mini 4 Pro"),
		product("dji:mini-4k", "DJI", "Mini 4K"),
		product("dji:mavic-3-enterprise", "DJI", "Mavic 3 Enterprise"),
		product("anzu:raptor", "Anzu", "Raptor"),
		product("anzu:raptor-t", "Anzu", "Raptor T"),
		with(product("acme:q100", "Acme", "Q100-O10"), "gtin", "4006381333931"),
		company("dji", "SZ DJI Technology Co., Ltd.", "DJI"),
	}
}

func TestResolve(t *testing.T) {
	x := build(t, world()...)
	for _, c := range []struct {
		query   resolve.Query
		outcome resolve.Outcome
		id      graph.ID // the best candidate
		basis   resolve.Basis
	}{
		{resolve.Query{Text: "KR2280-X2"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "kr 2280 x2"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "KR2280–X2"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "ＫＲ２２８０／Ｘ２"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "Aivres KR 2280 X2"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "KR2280-X2 Aivres"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByModel},
		{resolve.Query{Text: "KR2280-X2-A0-F0-00 2U"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByModel},
		{resolve.Query{Text: "Rack server Aivres KR2280-X2, 2U, black"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByModel},
		{resolve.Query{Text: "KR2280-X2", Brand: "AIVRES"}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "KR2280-X2", Maker: "Aivres Systems, Inc."}, resolve.Resolved, "product:aivres:kr2280-x2", resolve.ByName},
		{resolve.Query{Text: "KR2280-X2", Brand: "Supermicro"}, resolve.Unknown, "product:aivres:kr2280-x2", resolve.OtherBrand},
		{resolve.Query{Text: "Inspur KR2280-X2"}, resolve.Unknown, "product:aivres:kr2280-x2", resolve.OtherBrand},
		{resolve.Query{Text: "KR2280-X3"}, resolve.Unknown, "product:aivres:kr2280-x1", resolve.DifferentModel},
		{resolve.Query{Text: "NF5280M6"}, resolve.Unknown, "product:inspur:nf5280m5", resolve.DifferentModel},
		{resolve.Query{Text: "Inspur NF5280M5 server"}, resolve.Resolved, "product:inspur:nf5280m5", resolve.ByModel},
		{resolve.Query{Text: "NF528OM5"}, resolve.Unknown, "product:inspur:nf5280m5", resolve.ByConfusion},
		{resolve.Query{Text: "X1"}, resolve.Resolved, "product:skyrover:x1", resolve.ByName},
		{resolve.Query{Text: "ThinkPad X1 Carbon"}, resolve.Unknown, "product:skyrover:x1", resolve.ByModel},
		{resolve.Query{Text: "SkyRover X1 drone"}, resolve.Resolved, "product:skyrover:x1", resolve.ByModel},
		{resolve.Query{Text: "DJI Mini 4"}, resolve.Unknown, "", ""},
		{resolve.Query{Text: "DJI Mini 4 Pro fly more kit"}, resolve.Resolved, "product:dji:mini-4-pro", resolve.ByModel},
		{resolve.Query{Text: "DJI Mavik 3 Enterprise"}, resolve.Unknown, "product:dji:mavic-3-enterprise", resolve.ByParts},
		{resolve.Query{Text: "DJI Mavic 3 Enterprisse"}, resolve.Resolved, "product:dji:mavic-3-enterprise", resolve.ByParts},
		{resolve.Query{Text: "Anzu Raptor"}, resolve.Resolved, "product:anzu:raptor", resolve.ByName},
		{resolve.Query{Text: "Anzu Raptor T drone"}, resolve.Resolved, "product:anzu:raptor-t", resolve.ByModel},
		{resolve.Query{Text: "Anzu Raptor Max"}, resolve.Unknown, "product:anzu:raptor", resolve.OtherSuffix},
		{resolve.Query{Text: "Inspur"}, resolve.Resolved, "company:inspur-group", resolve.ByName},
		{resolve.Query{Text: "浪潮集團有限公司"}, resolve.Resolved, "company:inspur-group", resolve.ByCore},
		{resolve.Query{Text: "Langchao"}, resolve.Resolved, "company:inspur-group", resolve.ByCore},
		{resolve.Query{Text: "Инспур"}, resolve.Resolved, "company:inspur-group", resolve.ByName},
		{resolve.Query{Text: "Іnѕрur Grоuр"}, resolve.Resolved, "company:inspur-group", resolve.ByCore},
		{resolve.Query{Text: "Inspur Elec. Info. Ind. Co Ltd"}, resolve.Resolved, "company:inspur-info", resolve.ByCore},
		{resolve.Query{Text: "Inspur Electronics Beijing"}, resolve.Unknown, "", ""},
		{resolve.Query{Text: "Inspur Softwre Co. Ltd"}, resolve.Resolved, "company:inspur-software", resolve.ByParts},
		{resolve.Query{Text: "Huawei Tecnologies Co Limited"}, resolve.Resolved, "company:huawei", ""},
		{resolve.Query{Text: "هواوي"}, resolve.Resolved, "company:huawei", resolve.ByParts},
		{resolve.Query{Text: "Хуавэй Технологии"}, resolve.Resolved, "company:huawei", resolve.ByParts},
		{resolve.Query{Text: "大华"}, resolve.Unknown, "company:dahua", resolve.ByParts},
		{resolve.Query{Text: "浙江大華技術"}, resolve.Resolved, "company:dahua", resolve.ByCore},
		{resolve.Query{Text: "Lorex Corp."}, resolve.Resolved, "company:lorex-corp", resolve.ByCore},
		{resolve.Query{Text: "Lorex LLC"}, resolve.Ambiguous, "company:lorex-tech", resolve.ByCore},
		{resolve.Query{Text: "Лаборатория Касперского"}, resolve.Unknown, "", ""},
		{resolve.Query{Text: "CETG"}, resolve.Unknown, "company:cetc", resolve.ByAcronym},
		{resolve.Query{Text: "9137 0000 1630 4772 70"}, resolve.Resolved, "company:inspur-group", resolve.ByIdentifier},
		{resolve.Query{Text: "sr x1 001"}, resolve.Resolved, "product:skyrover:x1", resolve.ByIdentifier},
		{resolve.Query{Identifiers: []identifier.Identifier{{Scheme: "gtin", Value: "4006381333931"}}}, resolve.Resolved, "product:acme:q100", resolve.ByIdentifier},
		{resolve.Query{Identifiers: []identifier.Identifier{{Scheme: "gtin", Value: "4006381333930"}}}, resolve.Unknown, "", ""},
		{resolve.Query{Identifiers: []identifier.Identifier{{Scheme: "fcc_id", Value: "2ABCD-RX9"}}}, resolve.Resolved, "company:grantee", resolve.ByGrantee},
		{resolve.Query{Text: "KR2280-X2", Identifiers: []identifier.Identifier{{Scheme: "gtin", Value: "4006381333931"}}}, resolve.Ambiguous, "product:acme:q100", resolve.ByIdentifier},
		{resolve.Query{Text: "company:huawei"}, resolve.Resolved, "company:huawei", resolve.ByID},
		{resolve.Query{Text: "Inspur", Kind: graph.Product}, resolve.Unknown, "", ""},
		{resolve.Query{Text: "…"}, resolve.Unknown, "", ""},
		{resolve.Query{}, resolve.Unknown, "", ""},
	} {
		got := x.Resolve(c.query)
		var best resolve.Candidate
		if len(got.Candidates) > 0 {
			best = got.Candidates[0]
		}
		if got.Outcome != c.outcome || (c.id != "" && best.Entity.ID != c.id) || (c.basis != "" && best.Basis != c.basis) {
			t.Errorf("%+v: %s %s %v %s (%s), want %s %s %s", c.query, got.Outcome, best.Entity.ID, best.Score, best.Basis, best.Why, c.outcome, c.id, c.basis)
			for _, k := range got.Candidates {
				t.Logf("    %s %v %s %s", k.Entity.ID, k.Score, k.Basis, k.Why)
			}
		}
		if (got.Entity != nil) != (got.Outcome == resolve.Resolved) {
			t.Errorf("%+v: the entity is %v with the outcome %s", c.query, got.Entity, got.Outcome)
		}
	}
}

// TestTextOfTwoLettersIsCutAloud asks for two letters that more words begin with
// than are read: that names like it were left out is said.
func TestTextOfTwoLettersIsCutAloud(t *testing.T) {
	t.Parallel()
	var many []graph.Entity
	for i := range 20_001 {
		many = append(many, company(strconv.Itoa(i), "Zq Works "+strconv.Itoa(i)))
	}
	for _, test := range []struct {
		names    int
		complete bool
	}{{20, true}, {len(many), false}} {
		got := build(t, many[:test.names]...).Resolve(resolve.Query{Text: "zq"})
		if got.Complete != test.complete || (len(got.Reasons) == 0) != test.complete {
			t.Errorf("%d names: complete %v, %q", test.names, got.Complete, got.Reasons)
		}
	}
}
