package index

import (
	"context"
	"slices"
	"testing"
	"time"

	"debadge/graph"
)

// plain answers views by going through all changes each time: what the index
// has to agree with.
type plain struct {
	entities map[graph.ID]graph.Entity
	sources  map[graph.ID]graph.Source
	claims   map[graph.ID]graph.Claim
	time     time.Time
}

func plainAt(feed []graph.Change, r graph.Revision) plain {
	p := plain{entities: map[graph.ID]graph.Entity{}, sources: map[graph.ID]graph.Source{}, claims: map[graph.ID]graph.Claim{}}
	for _, c := range feed[:r] {
		for _, e := range c.Entities {
			p.entities[e.ID] = e
		}
		for _, s := range c.Sources {
			p.sources[s.ID] = s
		}
		for _, k := range c.Claims {
			p.claims[k.ID] = k
		}
		for _, x := range c.Retractions {
			delete(p.claims, x.Claim)
		}
		p.time = c.RecordedAt
	}
	return p
}

func (p plain) find(f graph.Find) []graph.ID {
	var ids []graph.ID
	for id := range p.sources {
		if f.Sources && f.Kind == "" && f.Key == "" && id > f.After {
			ids = append(ids, id)
		}
	}
	for id, e := range p.entities {
		if !f.Sources && (f.Kind == "" || id.Kind() == f.Kind) && id > f.After && (f.Key == "" || slices.Contains(e.NameKeys(), f.Key)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if f.Limit > 0 && len(ids) > f.Limit {
		ids = ids[:f.Limit]
	}
	return ids
}

// hop is an edge with ids in place of handles.
type hop struct {
	near, far, claim graph.ID
	edge             graph.Edge
}

func (p plain) hops(near graph.ID, d graph.Direction, set graph.RelationSet) []hop {
	var list []hop
	for _, c := range p.claims {
		rule := c.Relation.Rule()
		from, to := c.From, c.To
		if rule.Outward == (d == graph.Upstream) {
			from, to = to, from // a walk goes from to, to from
		}
		if !set.Has(c.Relation) || (to != near && (!rule.Symmetric || from != near)) {
			continue
		}
		if to != near {
			from = to
		}
		e := graph.Edge{
			From: c.ValidFrom.Earliest(), To: c.ValidTo.Latest(), ShareMin: c.ShareMin.Micro(), ShareMax: c.ShareMax.Micro(),
			Relation: c.Relation, Status: c.Status, Confidence: c.Confidence,
		}
		if c.Relation == graph.Owns {
			e.Interest = c.Interest()
		}
		list = append(list, hop{near, from, c.ID, e})
	}
	return sortHops(list)
}

func sortHops(list []hop) []hop {
	slices.SortFunc(list, func(a, b hop) int {
		if a.claim < b.claim {
			return -1
		}
		return 1
	})
	return list
}

func viewHops(ctx context.Context, t *testing.T, v graph.View, near graph.ID, d graph.Direction, set graph.RelationSet) []hop {
	t.Helper()
	nodes, err := v.Nodes(ctx, []graph.ID{near})
	if err != nil {
		t.Fatal(err)
	}
	edges, err := v.Adjacent(ctx, nodes, d, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []hop
	for _, e := range edges {
		claims, err := v.Claims(ctx, []graph.ClaimRef{e.Claim})
		if err != nil {
			t.Fatal(err)
		}
		h := hop{near: v.ID(e.Near), far: v.ID(e.Far), claim: claims[0].ID, edge: e}
		h.edge.Near, h.edge.Far, h.edge.Claim = 0, 0, 0
		list = append(list, h)
	}
	return sortHops(list)
}
