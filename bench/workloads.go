package bench

import "slices"

// Workload is one question or job that several sides are compared in.
type Workload struct {
	Name string
	Says string // what one sample is
}

// Workloads returns everything that is measured, in the order of the page.
func Workloads() []Workload {
	return []Workload{
		{Trace, "One question about one product."},
		{Timeline, "How the finding about one product changed over valid time."},
		{Reach, "Every product that traces back to the hub, which makes 18 percent of all."},
		{Typical, "The same for listed companies as they come."},
		{Screen, "10,000 lines that name products by their ids."},
		{FreeText, "One text, a name misspelled or inside of a line, and the product that it means."},
		{Append, "Traces while somebody writes, and how soon what was written is seen."},
		{Import, "Claims a second, with everything that belongs to them."},
		{Open, "From opening a store to the first answered trace."},
		{Export, "Claims a second, written out."},
		{HTTP, "Requests a second over eight connections, about 20,000 products; the client shares the cores."},
		{Latency, "How long each of those requests took, and a batch by itself."},
		{HTTPAgain, "The same about 100 products, again and again."},
		{LatencyAgain, "How long each of those requests took."},
		{Memory, "What is held to answer."},
	}
}

// The names of the workloads.
const (
	Trace    = "trace"
	Timeline = "timeline"
	Reach    = "reach"
	Typical  = "reach of a typical company"
	Screen   = "screen"
	FreeText = "free text"
	Append   = "append"
	Import   = "import"
	Open     = "open"
	Export   = "export"
	HTTP     = "HTTP"
	Latency  = "HTTP latency"

	HTTPAgain    = "HTTP, asked again"
	LatencyAgain = "HTTP latency, asked again"

	Memory = "memory"
)

func workloadOrder(name string) int {
	return slices.IndexFunc(Workloads(), func(w Workload) bool { return w.Name == name })
}

// The sides that a target is about, as results and the page name them.
const (
	Floor        = "floor: a bare walk over integer arrays"
	Index        = "debadge, index: the finding"
	Evidence     = "debadge, index: the answer with all evidence"
	FivePaths    = "debadge, index: five paths to each listing, with all evidence"
	ClearAllocs  = "debadge, index: allocations of a finding that is clear"
	Cypher       = "Neo4j: one query in Cypher alone"
	WholeReach   = "debadge, index: the whole reach"
	FirstPage    = "debadge, index: the first page of 100, not counted"
	Screened     = "debadge, index: the findings"
	Prepared     = "debadge, index: the findings, on a day that was asked about before"
	ScreenedFile = "debadge, index: a CSV file of them to NDJSON, both cores"
	Bitset       = "floor: a bit for each product, made before"
	Resolved     = "debadge: resolved"
	Rapidfuzz    = "rapidfuzz: process.extractOne over the same names"
	IdleTrace    = "debadge, index: a finding, while nobody writes"
	BusyTrace    = "debadge, index: a finding, while somebody writes"
	Visible      = "debadge: 1,000 claims, from their receipt until a view shows them"
	SQLiteImport = "debadge into SQLite"
	SQLiteBare   = "the same rows by bare inserts of the same driver"
	Neo4jImport  = "debadge into Neo4j"
	Neo4jBare    = "the same rows by bare UNWIND batches"
	Neo4jAdmin   = "debadge's neo4j-csv by neo4j-admin"
	FromSnapshot = "debadge on SQLite, from the snapshot"
	Rebuilt      = "debadge on SQLite, without a snapshot"
	AtRest       = "debadge on Neo4j, from the snapshot"
	Scanned      = "debadge on Neo4j, without a snapshot"
	Served       = "debadge serve: a trace with all evidence"
	ReadyMade    = "a gin handler that has the same bytes ready-made"
	ServedCypher = "a gin handler that asks Neo4j once"
	ServedBatch  = "debadge serve: a batch of 10,000 lines"
	IndexBare    = "index, without names and sources"
	IndexWhole   = "index, with everything"
	Process      = "the process that serves"
	Arrays       = "floor: the arrays"
)

// Target is a bound on the ratio of two sides of one run, or on the value of one.
type Target struct {
	Says     string
	Of       Side
	To       Side    // none: the value itself is bounded
	P99      bool    // of the 99th percentiles, not the medians
	Most     float64 // with Least 0
	Least    float64
	InSecond bool // the value is a duration, told in seconds
}

// Side names one side of a workload.
type Side struct{ Workload, Name string }

// Targets returns what debadge promises, each as a ratio in one run.
func Targets() []Target {
	return []Target{
		{Says: "trace, p50 to the floor's", Of: Side{Trace, Index}, To: Side{Trace, Floor}, Most: 2},
		{Says: "trace, p99 to the floor's", Of: Side{Trace, Index}, To: Side{Trace, Floor}, P99: true, Most: 3},
		{Says: "allocations of a clear trace", Of: Side{Trace, ClearAllocs}, Most: 0},
		{Says: "one Neo4j query to a trace", Of: Side{Trace, Cypher}, To: Side{Trace, Index}, Least: 200},
		{Says: "timeline to a trace", Of: Side{Timeline, Index}, To: Side{Trace, Index}, Most: 10},
		{Says: "five paths to a trace", Of: Side{Trace, FivePaths}, To: Side{Trace, Index}, Most: 50},
		{Says: "reach of the hub to the floor's", Of: Side{Reach, WholeReach}, To: Side{Reach, Floor}, Most: 1.5},
		{Says: "its first page to the floor's whole walk", Of: Side{Reach, FirstPage}, To: Side{Reach, Floor}, Most: 1.5 / 30},
		{Says: "screen, identified lines, to the floor's walks", Of: Side{Screen, Screened}, To: Side{Screen, Floor}, Most: 1.6},
		{Says: "screen, identified lines on a prepared day, to a bitset", Of: Side{Screen, Prepared}, To: Side{Screen, Bitset}, Most: 2},
		{Says: "rapidfuzz to free text", Of: Side{FreeText, Rapidfuzz}, To: Side{FreeText, Resolved}, Least: 100},
		{Says: "HTTP trace, of the ready-made handler's rate", Of: Side{HTTP, Served}, To: Side{HTTP, ReadyMade}, Least: 0.7},
		{Says: "HTTP trace, p99 to the ready-made handler's", Of: Side{Latency, Served}, To: Side{Latency, ReadyMade}, P99: true, Most: 2},
		{Says: "HTTP trace asked again, of the ready-made handler's rate", Of: Side{HTTPAgain, Served}, To: Side{HTTPAgain, ReadyMade}, Least: 0.7},
		{
			Says: "HTTP trace asked again, p99 to the ready-made handler's",
			Of:   Side{LatencyAgain, Served}, To: Side{LatencyAgain, ReadyMade}, P99: true, Most: 2,
		},
		{Says: "HTTP trace, to a service that asks Neo4j", Of: Side{HTTP, Served}, To: Side{HTTP, ServedCypher}, Least: 5},
		{Says: "HTTP batch of 10,000 lines to the same in process", Of: Side{Latency, ServedBatch}, To: Side{Screen, ScreenedFile}, Most: 5},
		{Says: "index, bytes a claim", Of: Side{Memory, IndexBare}, Most: 150},
		{Says: "index with names, bytes a claim", Of: Side{Memory, IndexWhole}, Most: 300},
		{Says: "serving process to the floor's arrays", Of: Side{Memory, Process}, To: Side{Memory, Arrays}, Most: 10},
		{Says: "import into SQLite, of the rate of bare inserts", Of: Side{Import, SQLiteImport}, To: Side{Import, SQLiteBare}, Least: 0.5},
		{Says: "import into Neo4j, of the rate of bare batches", Of: Side{Import, Neo4jImport}, To: Side{Import, Neo4jBare}, Least: 0.8},
		{Says: "neo4j-csv by neo4j-admin, to the import into Neo4j", Of: Side{Import, Neo4jAdmin}, To: Side{Import, Neo4jImport}, Least: 3},
		{Says: "open from the snapshot, to a rebuild", Of: Side{Open, FromSnapshot}, To: Side{Open, Rebuilt}, Most: 1.0 / 20},
		{Says: "open beside a Neo4j at rest, in seconds", Of: Side{Open, AtRest}, Most: 2, InSecond: true},
		{Says: "trace p99 while somebody writes, to the idle one", Of: Side{Append, BusyTrace}, To: Side{Append, IdleTrace}, P99: true, Most: 2},
		{Says: "1,000 claims visible, in traces", Of: Side{Append, Visible}, To: Side{Trace, Index}, Most: 10_000},
	}
}

// Kept is whether a ratio or value is within the bound.
func (t Target) Kept(ratio float64) bool {
	if t.Least > 0 {
		return ratio >= t.Least
	}
	return ratio <= t.Most
}
