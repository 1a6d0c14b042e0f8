package gleif_test

import (
	"testing"

	"debadge/graph/ingest/gleif"
	"debadge/graph/ingest/ingesttest"
)

// Whatever a file holds, it is read or refused, and read again it says the same.
func FuzzRead(f *testing.F) {
	ingesttest.Fuzz(f, gleif.Format(),
		"LEI,Exception.Category,Exception.Reason.1,Exception.Reason.x\n529900AAAAAAAAAAAA11,A,B,C\n",
		"Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,Relationship.Period.1.startDate,Relationship.Period.1.endDate,Relationship.Period.1.periodType\n529900AAAAAAAAAAAA11,529900AAAAAAAAAAAA11,IS_FEEDER_TO,2020,2019,RELATIONSHIP_PERIOD\n",
		`{"LEI":{"$":"529900AAAAAAAAAAAA11"},"Entity":{"LegalName":{"@xml:lang":"de","$":"A"},"SuccessorEntity":{"SuccessorLEI":"x"}}}`,
		`<a:LEIRecord xmlns:a="x"><a:LEI>529900AAAAAAAAAAAA11</a:LEI><a:Entity><a:LegalName xml:lang="de">A</a:LegalName></a:Entity></a:LEIRecord>`,
	)
}
