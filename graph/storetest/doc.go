// Package storetest is the contract of a store, as tests: what [graph.Store]
// and [graph.View] promise, asked of any implementation. Tests alone import it.
package storetest
