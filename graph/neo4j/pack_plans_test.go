package neo4j_test

import (
	"cmp"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/graph/synth"
	"debadge/queries"
)

// plannedOn is the day of the questions about synthetic graphs.
var plannedOn = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)

// planned is a question about a synthetic graph, with the most database hits
// that it may take at ten thousand products. PRODUCT, WHOLE and HUB stand for
// entities of the graph. At a hundred thousand products, BenchmarkPack allows
// ten times as many: what a question takes grows no faster than the graph.
type planned struct {
	query   string
	given   []string
	ceiling int
}

var packPlanned = []planned{
	{"upstream_trace", []string{"subject=PRODUCT"}, 20_000},
	{"upstream_trace", []string{"subject=HUB"}, 20_000},
	{"reach", []string{"origin=HUB"}, 2_000_000},
	{"post_listing_rebadgings", []string{"origin=HUB"}, 2_500_000},
	{"rebadgings_by_month", []string{"origin=HUB"}, 2_500_000},
	{"brand_products", []string{"brand=Hub"}, 400_000},
	{"shared_particulars", []string{"origin=list:synth-north", "attributes=address,country"}, 5_000},
	{"changes_between_dates", []string{"subject=PRODUCT", "since=2010-01-01"}, 20_000},
	{"changes_between_dates", []string{"subject=list:synth-north", "since=2010-01-01"}, 2_000},
	{"changes_between_record_times", nil, 400_000},
	{"single_source_products", []string{"origin=HUB"}, 700_000},
	{"conflicting_claims", nil, 1_400_000},
	{"denials", nil, 200_000},
	{"sources_by_weight", nil, 300_000},
	{"shortest_chain", []string{"from=PRODUCT", "to=HUB"}, 40_000},
	{"shortest_chain", []string{"from=PRODUCT", "to=WHOLE"}, 40_000},
	{"listed_components", []string{"subject=WHOLE"}, 2_000},
	{"ownership_bands", []string{"origin=list:synth-north"}, 4_000},
	{"evidence", []string{"subject=HUB"}, 150_000},
	{"list_history", []string{"subject=HUB"}, 1_000},
}

// synthetic names entities of a synthetic graph.
type synthetic struct{ product, whole graph.ID }

// synthesize fills a store with a synthetic graph.
func synthesize(tb testing.TB, s graph.Store, products int) synthetic {
	tb.Helper()
	var made synthetic
	err := synth.Generate(synth.Options{Products: products, Seed: 7}, func(cs graph.ChangeSet) error {
		for _, c := range cs.Claims {
			switch c.Relation { //nolint:exhaustive // the others name nothing
			case graph.RebrandedAs:
				made.product = c.To
			case graph.ComponentOf:
				made.whole = cmp.Or(made.whole, c.To)
			}
		}
		_, err := s.Append(tb.Context(), cs)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

func (made synthetic) arguments(tb testing.TB, c planned) map[string]any {
	tb.Helper()
	names := strings.NewReplacer("PRODUCT", string(made.product), "WHOLE", string(made.whole), "HUB", string(synth.Hub))
	var given []string
	for _, text := range c.given {
		given = append(given, names.Replace(text))
	}
	params, err := neo4j.Arguments(queries.Must(c.query), given, plannedOn)
	if err != nil {
		tb.Fatal(err)
	}
	if _, ok := params["until"].(time.Time); ok {
		params["until"] = now().UTC() // when the graph was recorded
	}
	return params
}

var total = regexp.MustCompile(`Total database accesses: (\d+)`)

func hitsOf(tb testing.TB, drawn string) int {
	tb.Helper()
	found := total.FindStringSubmatch(drawn)
	if found == nil {
		tb.Fatalf("no total in\n%s", drawn)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// BenchmarkPack asks every question about a synthetic graph of
// DEBADGE_BENCH_PRODUCTS products, and counts database hits.
func BenchmarkPack(b *testing.B) {
	products, err := strconv.Atoi(os.Getenv("DEBADGE_BENCH_PRODUCTS")) //nolint:forbidigo // the size of a benchmark is no setting of debadge
	if err != nil {
		products = 10_000
	}
	server := empty(b)
	s := openAt(b, server, now)
	made := synthesize(b, s, products)
	run(b, server, "CALL db.resampleOutdatedIndexes()", nil)
	for _, c := range packPlanned {
		b.Run(c.query+strings.Join(c.given, " "), func(b *testing.B) {
			params := made.arguments(b, c)
			hits := hitsOf(b, plan(b, server, "PROFILE "+queries.Must(c.query).Text, params))
			if most := max(c.ceiling*products/10_000, c.ceiling); hits > most {
				b.Errorf("%d database hits, more than %d", hits, most)
			}
			var rows int
			for b.Loop() {
				found, _ := run(b, server, queries.Must(c.query).Text, params)
				rows = len(found)
			}
			b.ReportMetric(float64(hits), "hits")
			b.ReportMetric(float64(rows), "rows")
		})
	}
}
