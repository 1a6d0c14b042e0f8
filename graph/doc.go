// Package graph is the domain of debadge: companies, products, lists and
// proceedings, the dated claims between them with their evidence, and the
// lineage engine that answers which products trace back to a listed entity.
//
// It imports the standard library alone. Stores adapt a technology to [Store];
// the engine is written once, on a [View], so that every store gives the same
// answer for the same reason.
package graph
