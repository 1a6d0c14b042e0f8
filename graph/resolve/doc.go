// Package resolve finds the products and companies that a text means: model
// numbers and names the way people really write them, in several scripts, and
// identifiers.
//
// An [Index] is built from a graph.View and never changes, so that any number
// of goroutines can ask it. It answers with candidates, each with a score and
// the reason for it, and guesses nothing: a tie is ambiguous, and another
// generation of a model is another product however close it is written.
package resolve
