package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/screen"
)

// TestLookAt tells columns with what is read from each and some values, and says
// why a file cannot be screened without refusing to show it.
func TestLookAt(t *testing.T) {
	for name, test := range map[string]struct{ text, format, mapping, want, problem string }{
		"german":       {text: "Pos;Hersteller;Typ\n1;Aivres;X1\n2;Aivres;X2\n", want: "csv Pos= [1 2]; Hersteller=manufacturer [Aivres]; Typ=product [X1 X2]; "},
		"by hand":      {text: "Farbe,Ding\nrot,X1\n", mapping: "product=Ding", want: "csv Farbe= [rot]; Ding=product [X1]; "},
		"nothing":      {text: "Farbe,Ding\nrot,X1\n", want: "csv Farbe= [rot]; Ding= [X1]; ", problem: "no column is known"},
		"wrong hand":   {text: "model\nX1\n", mapping: "product=nowhere", want: "csv model= [X1]; ", problem: `no column "nowhere"`},
		"many values":  {text: "model\nx1\nx2\nx1\nx3\nx4\n", want: "csv model=product [x1 x2 x3]; "},
		"bad row":      {text: "model,x\n\"a\"b,1\nX1,2\n", want: "csv model=product [X1]; x= [2]; "},
		"objects":      {text: `{"maker":{"name":"A"},"model":"X1"}` + "\n" + `{"other":1}` + "\n", want: "ndjson maker.name= [A]; model=product [X1]; "},
		"an array":     {text: `[{"model":"X1"},{"model":"X2"}]`, want: "json model=product [X1 X2]; "},
		"texts":        {text: `["X1","X2"]`, want: "json "},
		"a BOM":        {text: `{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"device","name":"X1"}]}`, want: "cyclonedx "},
		"long values":  {text: "model\n" + strings.Repeat("é", 200) + "\n", want: "csv model=product [" + strings.Repeat("é", 60) + "…]; "},
		"named format": {text: "model\nX1\n", format: "csv", want: "csv model=product [X1]; "},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := file.New("order", []byte(test.text), file.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var mapping screen.Mapping
			if test.mapping != "" {
				if mapping, err = screen.ParseMapping([]string{test.mapping}); err != nil {
					t.Fatal(err)
				}
			}
			l, err := screen.LookAt(f, screen.InputOptions{Format: test.format, Mapping: mapping})
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			got.WriteString(l.Format + " ")
			for _, c := range l.Columns {
				fmt.Fprintf(&got, "%s=%s %v; ", c.Name, c.Field, c.Samples)
			}
			if got.String() != test.want || !strings.Contains(l.Problem, test.problem) || (l.Problem == "") != (test.problem == "") {
				t.Errorf("%s%s\nwant %s%s", got.String(), l.Problem, test.want, test.problem)
			}
		})
	}
	for _, text := range []string{"", "<html>", "{"} {
		f, err := file.New("order", []byte(text), file.Options{})
		if err == nil {
			_, err = screen.LookAt(f, screen.InputOptions{})
		}
		if graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
