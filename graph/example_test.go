package graph_test

import (
	"context"
	"fmt"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// founding returns a store with a rebadged server whose maker is listed.
func founding(ctx context.Context) graph.Store {
	store := index.NewMemory(func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
	month := func(text string) graph.Date {
		d, err := graph.ParseDate(text)
		if err != nil {
			panic(err)
		}
		return d
	}
	notice := []graph.Citation{{Source: "source:notice", Stance: graph.Supports}}
	complaint := []graph.Citation{{Source: "source:complaint", Stance: graph.Supports, Locator: "¶ 41"}}
	_, err := store.Append(ctx, graph.ChangeSet{
		Entities: []graph.Entity{
			{ID: "company:maker", Name: "Maker Co., Ltd."},
			{ID: "list:entity-list", Name: "Entity List"},
			{ID: "product:maker:m5", Name: "M5", Brand: "Maker"},
			{ID: "product:seller:x1", Name: "X1", Brand: "Seller"},
			{ID: "product:seller:x2", Name: "X2", Brand: "Seller"},
		},
		Sources: []graph.Source{
			{ID: "source:notice", Title: "Additions to the list", Publisher: "The regulator"},
			{ID: "source:complaint", Title: "Complaint", Publisher: "A court"},
		},
		Claims: []graph.Claim{
			{Relation: graph.ListedOn, From: "company:maker", To: "list:entity-list", Status: graph.Confirmed, ValidFrom: month("2023-03"), Citations: notice},
			{Relation: graph.Makes, From: "company:maker", To: "product:maker:m5", Status: graph.Reported, Citations: complaint},
			{Relation: graph.RebrandedAs, From: "product:maker:m5", To: "product:seller:x1", Status: graph.Alleged, ValidFrom: month("2023-06"), Citations: complaint},
			{Relation: graph.SucceededBy, From: "product:seller:x1", To: "product:seller:x2", Status: graph.Reported, ValidFrom: month("2024"), Citations: complaint},
		},
	})
	if err != nil {
		panic(err)
	}
	return store
}

func ExampleTrace() {
	ctx := context.Background()
	day, err := graph.ParseDate("2024-06-01")
	if err != nil {
		panic(err)
	}
	answer, err := graph.Trace(ctx, founding(ctx), graph.Question{
		Subject: "seller x2", AsOf: day.Earliest(), Policy: graph.DefaultPolicy(),
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Subject.ID, answer.Finding, answer.Strength, answer.Action, "since", answer.Since)
	for _, listing := range answer.Listings {
		fmt.Println(listing.Entity.Name, "on", listing.List.Name, "by", listing.Way, listing.Paths[0].Confidence)
		for _, hop := range listing.Paths[0].Hops {
			fmt.Println(" ", hop.From.Name, hop.Relation, hop.To.Name, hop.Strength, hop.PostListing)
		}
	}
	// Output:
	// product:seller:x2 listed alleged review since 2024
	// Maker Co., Ltd. on Entity List by lineage 0.384
	//   X1 SUCCEEDED_BY X2 reported false
	//   M5 REBRANDED_AS X1 alleged true
	//   Maker Co., Ltd. MAKES M5 reported false
	//   Maker Co., Ltd. LISTED_ON Entity List confirmed false
}

func ExampleTimeline() {
	ctx := context.Background()
	answer, err := graph.Timeline(ctx, founding(ctx), graph.Question{Subject: "product:seller:x1", Policy: graph.DefaultPolicy()})
	if err != nil {
		panic(err)
	}
	for _, step := range answer.Steps {
		fmt.Printf("from %q to %q: %s, %s\n", step.From, step.To, step.Finding, step.Action)
	}
	// Output:
	// from "" to "2023-06": clear, pass
	// from "2023-06" to "": listed, review
}

func ExampleReach() {
	ctx := context.Background()
	day, err := graph.ParseDate("2024-06-01")
	if err != nil {
		panic(err)
	}
	head, err := graph.Reach(ctx, founding(ctx), graph.ReachQuestion{
		Origin: "Entity List", AsOf: day.Earliest(), Policy: graph.DefaultPolicy(),
	}, func(row graph.ReachRow) error {
		fmt.Println(row.Product.ID, row.Way, row.Strength, row.Action)
		return nil
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(head.Total, "products, complete:", head.Complete)
	// Output:
	// product:maker:m5 direct reported block
	// product:seller:x1 lineage alleged review
	// product:seller:x2 lineage alleged review
	// 3 products, complete: true
}
