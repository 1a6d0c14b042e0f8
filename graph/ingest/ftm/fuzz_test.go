package ftm_test

import (
	"testing"

	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/ingesttest"
)

// Whatever a file holds, it is read or refused, and read again it says the same.
func FuzzRead(f *testing.F) {
	ingesttest.Fuzz(f, ftm.Format(),
		`{"id":"a","schema":"Company","properties":{"name":["A"],"parent":[{"id":"b","schema":"Company","properties":{"name":"B"}}]}}`,
		`{"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["a"],"percentage":["25-50","<1",">99,9"],"startDate":["2019","2019-02-30"],"endDate":["2018"]}}`,
		`{"id":"s","schema":"Sanction","datasets":["us_ofac_sdn"],"properties":{"entity":"a","listingDate":"2020-01"}}`,
	)
}
