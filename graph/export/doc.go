// Package export writes what a store holds for other tools: as a Cypher script
// or as files for neo4j-admin, each of which makes a Neo4j store that debadge
// itself opens; as debadge's own stream of change sets, which another store
// takes over as it is; and as GraphML, GEXF and FollowTheMoney for those who
// draw or compare. Two exports of one revision are equal byte for byte.
//
// The whole store goes out, or the part around some entities. Memory stays
// bounded: what has to be put together or in order goes through files.
//
// Cypher literals follow the Cypher manual for Neo4j 5; the files for the
// importer follow the operations manual's chapter on neo4j-admin database import;
// GraphML follows graphml.graphdrawing.org, GEXF follows gexf.net (version
// 1.3), and FollowTheMoney the schemata of release 4.11.
package export
