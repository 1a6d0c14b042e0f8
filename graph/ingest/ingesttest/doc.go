// Package ingesttest is what the tests of formats share: a transcript of what a
// format reads, as golden files have it, files to read, imports into a store in
// memory, and questions to it.
package ingesttest
