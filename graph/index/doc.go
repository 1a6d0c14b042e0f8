// Package index answers views from memory. A [Store] follows the feed of
// another store and keeps its claims as adjacency arrays beside their
// evidence; a [Memory] is a store that has nothing else. Reads take no lock:
// they see an immutable snapshot, and a committed change set appears as the
// next one. DESIGN.md says how, and what it costs.
package index
