// Package neo4j keeps facts in a Neo4j database, as a property graph that a
// person can query, and reads them from there. DESIGN.md beside this file says
// what the graph looks like and what must stay as it is.
package neo4j
