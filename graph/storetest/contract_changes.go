package storetest

import (
	"errors"
	"fmt"
	"time"

	"debadge/graph"
)

// awkward is text that breaks what quotes, escapes, trims or folds.
var awkward = []string{
	`it's "quoted"`, `back\slash \n \u0041 \`, "line\nfeed\r\n\ttab", "浪潮电子信息产业股份有限公司", "emoji 🖥️👩‍💻", "e\u0301 é", " spaces ",
	"$1 :name ?2 {x} `tick` //--/*;", "<b>&amp;</b>", "\u2028\u2029\u200b\u202e\ufeff", "%_[]^", "\x01\x1f\x7f", "null", "0", "NaN", "\U0010ffff", "=1+1",
}

// rich fills every field in as many ways as there are.
func rich() graph.ChangeSet {
	cs := world()
	cs.ID, cs.Author, cs.Reason = "rich: 浪潮 \"1\"", "An \\ author", "line\nfeed"
	for i, text := range awkward {
		id := fmt.Sprintf("product:rich:p%02d", len(awkward)-i)
		cs.Entities = append(cs.Entities, graph.Entity{
			ID: graph.ID(id), Name: text + "x", Brand: text + "y",
			Aliases:    []graph.Alias{{Text: text + "z", Language: "zh-Hans"}, {Text: "plain"}, {Text: text + "z"}},
			Attributes: map[string][]string{"note": {text + "1", text + "2", text + "1"}, "a_1": {"x"}},
		})
		cs.Sources = append(cs.Sources, graph.Source{
			ID: graph.ID(fmt.Sprintf("source:rich:s%02d", len(awkward)-i)), Title: text + "t", Publisher: text + "p",
			URL: text, Language: "x-" + text, Digest: text,
		})
		cs.Claims = append(cs.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprintf("claim:rich%02d", len(awkward)-i)), Relation: graph.Sells, From: "company:alpha", To: graph.ID(id),
			Status: graph.Alleged, Attributes: map[string]string{"territory": text + "a"},
			Citations: []graph.Citation{
				{Source: "source:paper", Stance: graph.Supports, Locator: text, Text: text},
				{Source: "source:register", Stance: graph.Denies, Text: text + "d"},
				{Source: "source:paper", Stance: graph.Supports},
			},
		})
	}
	cs.Sources = append(cs.Sources,
		graph.Source{ID: "source:day", Title: "t", Publisher: "p", Date: date("0001-01-01"), Kind: "court"},
		graph.Source{ID: "source:month", Title: "t", Publisher: "p", Date: date("2024-02"), Kind: "list"},
		graph.Source{ID: "source:year", Title: "t", Publisher: "p", Date: date("9999"), Kind: "other"})
	cs.Claims = append(cs.Claims, edgesOfEveryKind()...)
	return cs
}

// edgesOfEveryKind are claims that differ in dates, shares and statuses.
func edgesOfEveryKind() []graph.Claim {
	owns := func(id graph.ID, low, high, interest string) graph.Claim {
		return claim(id, graph.Owns, "company:beta", "company:alpha", func(c *graph.Claim) {
			if low != "" {
				c.ShareMin = share(low)
			}
			if high != "" {
				c.ShareMax = share(high)
			}
			if interest != "" {
				c.Attributes = map[string]string{"interest": interest}
			}
		})
	}
	listed := func(id graph.ID, from, to string) graph.Claim {
		return claim(id, graph.ListedOn, "company:alpha", "list:north", valid(from, to), func(c *graph.Claim) {
			c.Status, c.Confidence = graph.Confirmed, 33
			c.Attributes = map[string]string{"entry": "Álpha \"A\"", "announced": "2023", "published": "2023-03-06"}
		})
	}
	disputed := claim("", graph.PartyTo, "company:alpha", "proceeding:first", attribute("role", "defendant"))
	disputed.Status, disputed.Confidence = graph.Disputed, 1
	return []graph.Claim{
		owns("claim:o1", "33.333333", "66.666667", "equity"), owns("claim:o2", "0.000001", "0.000001", "voting"),
		owns("claim:o3", "", "", "control"), owns("claim:o4", "100", "", ""), owns("claim:o5", "", "16.7", ""), owns("claim:o6", "0", "100", ""),
		listed("claim:l1", "2023-03-06", ""), listed("claim:l2", "2023", "2023"), listed("claim:l3", "", "2024-02"),
		listed("claim:l4", "0001-01-01", "9999-12-31"), listed("claim:l5", "2024-02-29", "2024-03"), listed("claim:l6", "", ""),
		claim("", graph.IdenticalTo, "product:beta:two", "product:alpha:one", valid("1999-12", "")), disputed,
	}
}

func exactContent(p *probe) {
	set := rich()
	at := p.clock.now()
	p.append(set)
	want := graph.Change{ChangeSet: p.arranged(set), Revision: 1, RecordedAt: at, Digest: p.digest(set)}
	got := p.changes(0)
	p.same("number of changes", len(got), 1)
	p.sameItems(got[0].ChangeSet, want.ChangeSet)
	got[0].ChangeSet, want.ChangeSet = graph.ChangeSet{}, graph.ChangeSet{}
	p.same("the change", got[0], want)

	arranged := p.arranged(set)
	p.view(graph.Moment{}, func(v graph.View) {
		var read graph.ChangeSet
		var err error
		ids := make([]graph.ID, len(arranged.Entities))
		for i, e := range arranged.Entities {
			ids[i] = e.ID
		}
		read.Entities, err = v.Entities(p.ctx, ids)
		p.must("entities", err)
		ids = make([]graph.ID, len(arranged.Sources))
		for i, s := range arranged.Sources {
			ids[i] = s.ID
		}
		read.Sources, err = v.Sources(p.ctx, ids)
		p.must("sources", err)
		var refs []graph.ClaimRef
		for _, e := range p.adjacent(v, graph.Downstream, every, "company:alpha", "company:beta", "product:alpha:one", "list:north", "proceeding:first") {
			refs = append(refs, e.Claim)
		}
		read.Claims, err = v.Claims(p.ctx, refs)
		p.must("claims", err)
		read.ID, read.Author, read.Reason = arranged.ID, arranged.Author, arranged.Reason
		p.sameItems(p.arranged(read), arranged)
	})
}

// sameItems compares change sets item by item, so that a difference can be read.
func (p *probe) sameItems(got, want graph.ChangeSet) {
	p.t.Helper()
	p.same("numbers of items",
		[]int{len(got.Entities), len(got.Sources), len(got.Claims), len(got.Retractions)},
		[]int{len(want.Entities), len(want.Sources), len(want.Claims), len(want.Retractions)})
	if p.t.Failed() {
		return
	}
	for i := range want.Entities {
		p.same("entity", got.Entities[i], want.Entities[i])
	}
	for i := range want.Sources {
		p.same("source", got.Sources[i], want.Sources[i])
	}
	for i := range want.Claims {
		p.same("claim", got.Claims[i], want.Claims[i])
	}
	for i := range want.Retractions {
		p.same("retraction", got.Retractions[i], want.Retractions[i])
	}
	p.same("the change set", got, want)
}

func changesOrder(p *probe) {
	var want []graph.Change
	note := func(set, stored graph.ChangeSet) {
		at := p.clock.step(time.Second)
		p.append(set)
		stored = p.arranged(stored)
		want = append(want, graph.Change{ChangeSet: stored, Revision: graph.Revision(len(want) + 1), RecordedAt: at, Digest: p.digest(set)})
	}
	note(world(), world())
	// ids in the order of their bytes, whatever a collation thinks of them
	var mixed graph.ChangeSet
	mixed.ID = "mixed"
	for _, id := range []graph.ID{"company:ab", "company:a_b", "company:a9", "company:a.b", "company:a-b", "company:a:b", "company:a"} {
		mixed.Entities = append(mixed.Entities, entity(id, "Name"))
		mixed.Claims = append(mixed.Claims, claim("claim:"+id[len("company:"):], graph.Makes, id, "product:alpha:one"))
	}
	note(mixed, mixed)
	// what is there already is no part of the change
	partly := graph.ChangeSet{ID: "partly", Author: "a", Reason: "r"}
	partly.Entities = []graph.Entity{entity("company:ab", "Name"), entity("company:a", "Changed")}
	partly.Claims = []graph.Claim{mixed.Claims[0], claim("claim:new", graph.Makes, "company:a", "product:beta:two")}
	stored := partly
	stored.Entities, stored.Claims = partly.Entities[1:], partly.Claims[1:]
	note(partly, stored)
	for i := range 4 {
		set := graph.ChangeSet{ID: fmt.Sprint("more ", 9-i), Retractions: []graph.Retraction{{Claim: mixed.Claims[i].ID, Reason: "r"}}}
		if i%2 == 0 {
			set = graph.ChangeSet{ID: set.ID, Sources: []graph.Source{source(graph.ID(fmt.Sprint("source:more", i)))}}
		}
		note(set, set)
	}
	for since := 0; since <= len(want)+3; since++ {
		rest := want[min(since, len(want)):]
		if len(rest) == 0 {
			rest = nil
		}
		p.same(fmt.Sprint("changes since ", since), p.changes(graph.Revision(since)), rest)
	}
}

func changesError(p *probe) {
	for i := range 3 {
		p.append(graph.ChangeSet{Entities: []graph.Entity{entity(graph.ID(fmt.Sprint("company:c", i)), "Name")}})
	}
	stop := errors.New("enough")
	calls := 0
	err := p.store.Changes(p.ctx, 0, func(graph.Change) error {
		if calls++; calls == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) {
		p.t.Errorf("the error of yield came back as %v", err)
	}
	p.same("calls", calls, 2)
	p.same("changes afterwards", len(p.changes(0)), 3)
}
