package screen

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"debadge/graph"
)

// bomLines reads a bill of material as [newBOM] does.
func bomLines(t *testing.T, name string, text io.Reader, parts func(string, io.Reader) bomParts) ([]Line, map[string]int, error) {
	t.Helper()
	r := &bomReader{name: name, parts: parts(name, text), leftOut: map[string]int{}, pos: func() (int64, int64) { return 0, 0 }}
	var lines []Line
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines, r.leftOut, nil
		}
		if err != nil {
			return lines, r.leftOut, err
		}
		if line.Number != len(lines)+1 || line.At == "" {
			t.Fatalf("line %d is numbered %d, at %q", len(lines)+1, line.Number, line.At)
		}
		lines = append(lines, line)
	}
}

func inJSON(name string, r io.Reader) bomParts { return newBOMJSON(name, r) }
func inXML(name string, r io.Reader) bomParts  { return newBOMXML(name, r) }

func TestBillOfMaterialIsTheSameInBothForms(t *testing.T) {
	var both [2][]Line
	for i, form := range []struct {
		file  string
		parts func(string, io.Reader) bomParts
	}{{"hbom.json", inJSON}, {"hbom.xml", inXML}} {
		f, err := os.Open(filepath.Join("testdata", form.file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines, leftOut, err := bomLines(t, form.file, f, form.parts)
		if err != nil {
			t.Fatal(err)
		}
		if want := (map[string]int{"library": 2, "service": 1}); !reflect.DeepEqual(leftOut, want) {
			t.Errorf("%s: left out %v, want %v", form.file, leftOut, want)
		}
		for j := range lines {
			if lines[j].Bad != "" {
				lines[j].Bad = "bad" // in words of its own
			}
		}
		both[i] = lines
	}
	if !reflect.DeepEqual(both[0], both[1]) {
		t.Errorf("JSON gives\n%+v\nXML gives\n%+v", both[0], both[1])
	}
	var got []string
	for _, l := range both[0] {
		got = append(got, strings.Join([]string{l.At, l.Bad, l.Input.Product, strings.Join(l.Input.Also, "+"), l.Input.Brand, l.Input.Manufacturer, l.Input.Supplier}, "|"))
	}
	want := []string{
		"metadata.component||Rack controller RC-9|||Example Controls|",
		"metadata.component.components[0]||RC-9 base firmware||||Example Controls",
		"metadata||||||Example Integrators",
		"components[0]||X1|BDG-X1+x1 server|Badge|Origin Group|Badge Inc.",
		"components[0].components[0]||Fan tray||||",
		"components[0].components[0].components[0]||Fan 80 mm||||",
		"components[0].components[1]|||||Example Library Works|",
		"components[1]|bad|||||",
		"components[3]||ethernet driver||||",
		"services[0]||||||Example Cloud",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the lines are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if ids := both[0][3].Input.Identifiers; len(ids) != 1 || ids[0].Value != "4006381333931" {
		t.Errorf("the identifiers are %v", ids)
	}
}

func TestBrokenBillsSayHowFarTheyWereRead(t *testing.T) {
	device := `{"type":"device","name":"A1"}`
	for name, test := range map[string]struct {
		text  string
		lines int
		says  string
	}{
		"cut.json":      {`{"bomFormat":"CycloneDX","components":[` + device + `,{"type":"dev`, 1, "behind components[0]: it is cut off"},
		"no-list.json":  {`{"components":{"a":1}}`, 0, "components is no list"},
		"no-bill.json":  {`[]`, 0, "it is no object"},
		"twice.json":    {`{"components":[` + device + `],"components":[` + device + `]}`, 2, ""},
		"null.json":     {`{"metadata":null,"components":null}`, 0, ""},
		"cut.xml":       {`<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="device"><name>A1</name></component><comp`, 1, "behind components[0]"},
		"other.xml":     {`<html><body/></html>`, 0, `its first element is "html" and not bom`},
		"doctype.xml":   {`<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>`, 0, "it declares a document type"},
		"namespace.xml": {`<bom><components/></bom>`, 0, "no CycloneDX namespace"},
		"latin.xml":     {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components><component type=\"device\"><name>Ger\xe4t</name></component></components></bom>", 1, ""},
		"ebcdic.xml":    {`<?xml version="1.0" encoding="EBCDIC"?><bom/>`, 0, `its encoding "EBCDIC" is not known`},
		"empty.xml":     {`<?xml version="1.0"?>`, 0, "it is cut off"},
	} {
		parts := inJSON
		if strings.HasSuffix(name, ".xml") {
			parts = inXML
		}
		lines, _, err := bomLines(t, name, strings.NewReader(test.text), parts)
		if len(lines) != test.lines {
			t.Errorf("%s: %d lines, want %d: %+v", name, len(lines), test.lines, lines)
		}
		switch {
		case test.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.says != "" && (graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: %v; want it to say %q", name, err, test.says)
		}
	}
}

// TestOneComponentHasABound: a component without an end is the end of the
// file, and takes no more memory than a component may.
func TestOneComponentHasABound(t *testing.T) {
	for name, parts := range map[string]func(string, io.Reader) bomParts{
		`{"components":[{"name":"`: inJSON,
		`<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component><n>`: inXML,
	} {
		text := io.MultiReader(strings.NewReader(name), io.LimitReader(endless{}, 1<<30))
		if _, _, err := bomLines(t, "endless", text, parts); err == nil || !strings.Contains(err.Error(), "one component has more than") {
			t.Errorf("%v", err)
		}
	}
	// What is skipped has no such bound.
	text := io.MultiReader(strings.NewReader(`{"vulnerabilities":[`), strings.NewReader(strings.Repeat(`{"id":"x"},`, 4<<20)+`0],"components":[{"type":"device","name":"A1"}]}`))
	if lines, _, err := bomLines(t, "long", text, inJSON); err != nil || len(lines) != 1 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestItemsAreReadByTheirKeys(t *testing.T) {
	var o objects
	for text, want := range map[string]Input{
		`{"Model":"X1","Hersteller":"Badge Inc.","Menge":2}`:                {Product: "X1", Manufacturer: "Badge Inc."},
		`{"product":{"name":"X1"},"vendor":{"name":"Shop","vat":"1"}}`:      {Product: "X1", Supplier: "Shop"},
		`{"型号":"X1","品牌":"Badge","规格":"2U"}`:                                {Product: "X1", Also: []string{"2U"}, Brand: "Badge"},
		`{"sku":4711,"brand":["Badge","Other"]}`:                            {Product: "4711", Brand: "Badge"},
		`{"sku":4711,"description":"X1 server"}`:                            {Product: "X1 server"},
		`{"model":"X1","product":"Server","description":"X1","brand":null}`: {Product: "X1", Also: []string{"Server"}},
		`"X1"`:                              {Product: "X1"},
		`{"debadge_id":"product:badge:x1"}`: {ID: "product:badge:x1"},
	} {
		l, err := o.line([]byte(text))
		if err != nil || l.Bad != "" || !reflect.DeepEqual(l.Input, want) {
			t.Errorf("%s gives %+v, %q, %v; want %+v", text, l.Input, l.Bad, err, want)
		}
		if l.Cells[0] != text {
			t.Errorf("%s is kept as %s", text, l.Cells[0])
		}
	}
	for _, text := range []string{`17`, `{"a":1}`, `[]`, `null`} {
		if l, err := o.line([]byte(text)); err != nil || l.Bad == "" {
			t.Errorf("%s gives %+v, %v; want a bad line", text, l, err)
		}
	}
	o.mapping = Mapping{FieldProduct: "thing.what"}
	if l, err := o.line([]byte(`{"thing":{"what":"X1","model":"no"}}`)); err != nil || l.Input.Product != "X1" {
		t.Errorf("%+v, %v", l, err)
	}
}

// realBill is a bill of material of the shared data, or the one of testdata that
// was made after it.
func realBill(t *testing.T, name, retold string) *os.File {
	t.Helper()
	dir := os.Getenv("DEBADGE_SHARED_DATA") //nolint:forbidigo // where a test finds a file that is not part of the repository
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "cyclonedx", name))
	if errors.Is(err, os.ErrNotExist) {
		f, err = os.Open(filepath.Join("testdata", retold))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestRealBills reads a board with its connectors, and a bill of services.
func TestRealBills(t *testing.T) {
	f := realBill(t, "hbom-pcie-sata.json", "hbom-board.json")
	lines, leftOut, err := bomLines(t, "board", f, inJSON)
	if err != nil || len(lines) != 7 || len(leftOut) != 0 {
		t.Fatalf("%d lines, left out %v, %v; want a board and six parts", len(lines), leftOut, err)
	}
	suppliers, gtins := 0, 0
	for _, l := range lines {
		if l.Bad != "" || l.Input.Product == "" {
			t.Errorf("%+v", l)
		}
		if l.Input.Supplier != "" {
			suppliers++
		}
		gtins += len(l.Input.Identifiers)
	}
	if suppliers != 6 || gtins != 1 {
		t.Errorf("%d lines name a supplier, and %d have a GTIN; want 6 and 1", suppliers, gtins)
	}

	f = realBill(t, "saasbom.json", "saasbom.json")
	lines, leftOut, err = bomLines(t, "services", f, inJSON)
	if err != nil || leftOut["application"] != 1 {
		t.Fatalf("left out %v, %v", leftOut, err)
	}
	for _, l := range lines {
		if l.Input.Product != "" || l.Input.Supplier == "" {
			t.Errorf("a service is asked about as %+v, and not its provider alone", l.Input)
		}
	}
	if len(lines) < 2 {
		t.Errorf("%d providers", len(lines))
	}
}
