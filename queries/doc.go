// Package queries holds every Cypher statement of debadge, one a file.
//
// The files beside this one are the investigators' questions: they answer in
// Cypher alone, and run in Neo4j Browser once their parameters are set. Those
// in store are what the Neo4j store reads and writes by, and schema.cypher is
// its constraints and indexes.
//
// Each file begins with what it answers, its parameters and its columns, which
// tests compare with the statement. Values are parameters, always. The files
// name every relation that they walk; what a program may put in their place is
// in [Query.Narrow] and [Query.Of], and nothing else is ever put into a text.
package queries
