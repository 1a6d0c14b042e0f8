package ftm_test

import (
	"encoding/json"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/ingesttest"
)

func TestPercentagesAreReadAsPrintedOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		values      []string
		least, most string
	}{
		{nil, "0", "100"},
		{[]string{"50"}, "50", "50"},
		{[]string{"25.5 %"}, "25.5", "25.5"},
		{[]string{"33,33%"}, "33.33", "33.33"},
		{[]string{"33.3333333"}, "33.333333", "33.333334"},
		{[]string{"100.00"}, "100", "100"},
		{[]string{"25-50"}, "25", "50"},
		{[]string{"25% – 50%"}, "25", "50"},
		{[]string{"between 25 and 50 percent"}, "25", "50"},
		{[]string{"75 to 100"}, "75", "100"},
		{[]string{"more than 25"}, "25.000001", "100"},
		{[]string{">=50%"}, "50", "100"},
		{[]string{"<50"}, "0", "49.999999"},
		{[]string{"up to 10"}, "0", "10"},
		{[]string{"75+"}, "75", "100"},
		{[]string{"0.25"}, "0.25", "0.25"},
		{[]string{"30", "25-50"}, "25", "50"},
		{[]string{"30", "40"}, "30", "40"},
		{[]string{"30", "a third"}, "0", "100"},
		{[]string{"50-25"}, "0", "100"},
		{[]string{"150"}, "0", "100"},
		{[]string{"-5"}, "0", "100"},
		{[]string{"1/3"}, "0", "100"},
		{[]string{"25-50-75"}, "0", "100"},
	} {
		values, err := json.Marshal(c.values)
		if err != nil {
			t.Fatal(err)
		}
		text := `{"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":` + string(values) + `}}`
		got := ingesttest.ReadAll(t, ftm.Format(), ingesttest.Made(t, "made.txt", text))
		claims := got.Claims(graph.Owns)
		if len(claims) != 1 {
			t.Fatalf("%q: %d claims\n%s", c.values, len(claims), got)
		}
		if least, most := claims[0].ShareMin.String(), claims[0].ShareMax.String(); least != c.least || most != c.most {
			t.Errorf("%q is %s to %s, want %s to %s", c.values, least, most, c.least, c.most)
		}
	}
}
