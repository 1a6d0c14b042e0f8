// Package bench compares debadge, in one run and on the same data, with what it
// could be at best and with what else could answer the same questions: a bare
// walk over integer arrays, recursive queries in SQLite and PostgreSQL, Neo4j in
// Cypher alone, NetworkX, rapidfuzz.
//
// Every answer is checked against a computation that shares no code with the
// engine before anything is timed. Sides are asked in turns, so that a machine
// which is slow for a while is slow for all of them: what counts are the ratios.
//
// The package itself keeps results and writes the page about them; what
// measures are its tests, which `make bench` runs at full length and every run
// of the tests at a small size.
package bench
