package screen

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"debadge/graph"
	"debadge/graph/file"
)

func opened(t *testing.T, name, text string, opts InputOptions) (Reader, error) {
	t.Helper()
	f, err := file.New(name, []byte(text), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Open(f, opts)
}

func linesOf(t *testing.T, r Reader) []Line {
	t.Helper()
	var lines []Line
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		if l.Number != len(lines)+1 {
			t.Fatalf("line %d is numbered %d", len(lines)+1, l.Number)
		}
		lines = append(lines, l)
	}
}

func TestColumnsAreFoundInSeveralLanguages(t *testing.T) {
	want := Input{Product: "X1", Brand: "Badge", Supplier: "Shop", Manufacturer: "Origin"}
	for _, header := range []string{
		"Model,Brand,Vendor,Manufacturer", "Modell;Marke;Lieferant;Hersteller", "Modèle\tMarque\tFournisseur\tFabricant",
		"Modelo,Marca,Proveedor,Fabricante", "Modello,Marca,Fornitore,Produttore", "Produto,Marca,Fornecedor,Fabricante",
		"Artikel,Merk,Leverancier,Fabrikant", "Towar,Marka,Dostawca,Producent", "Модель,Бренд,Поставщик,Производитель",
		"型号,品牌,供应商,制造商", "型番,ブランド,仕入先,メーカー", "모델명,브랜드,공급업체,제조사",
		" MODEL , brand , Supplier Name,Manufacturer Name",
	} {
		row := "X1,Badge,Shop,Origin"
		for _, comma := range []string{";", "\t"} {
			if strings.Contains(header, comma) {
				row = strings.ReplaceAll(row, ",", comma)
			}
		}
		r, err := opened(t, "order.csv", header+"\n"+row+"\n", InputOptions{})
		if err != nil {
			t.Errorf("%s: %v", header, err)
			continue
		}
		if got := linesOf(t, r); len(got) != 1 || !reflect.DeepEqual(got[0].Input, want) {
			t.Errorf("%s gives %+v", header, got)
		}
	}
}

// TestNoColumnNameMeansTwoFields: the table of names is no guess.
func TestNoColumnNameMeansTwoFields(t *testing.T) {
	seen := map[string]Field{}
	for field, names := range fieldNames {
		for _, name := range names {
			if graph.NameKey(name) != name {
				t.Errorf("%q of %s would never be found; write %q", name, field, graph.NameKey(name))
			}
			if other, ok := seen[name]; ok {
				t.Errorf("%q is a name of %s and of %s", name, field, other)
			}
			seen[name] = field
		}
	}
	for _, f := range Fields() {
		if len(fieldNames[f]) == 0 {
			t.Errorf("%s has no name", f)
		}
	}
}

func TestColumnsAreMappedByHand(t *testing.T) {
	text := "Gerätename,Herkunft,Model\nX1,Origin,no\n"
	m, err := ParseMapping([]string{"product=Gerätename,manufacturer=herkunft"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := opened(t, "order.csv", text, InputOptions{Mapping: m})
	if err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, r); got[0].Input.Product != "X1" || got[0].Input.Manufacturer != "Origin" || got[0].Input.Also != nil {
		t.Errorf("%+v", got)
	}
	for _, wrong := range []string{"product", "product=", "thing=Model", "product=a,product=b"} {
		if _, err := ParseMapping([]string{wrong}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := opened(t, "order.csv", text, InputOptions{Mapping: Mapping{FieldBrand: "Marke"}}); graph.KindOf(err) != graph.KindInvalid ||
		!strings.Contains(err.Error(), `the columns are "Gerätename", "Herkunft", "Model"`) {
		t.Error(err)
	}
}

func TestFormatIsToldByContent(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("Model\nX1\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ text, format, says string }{
		"comma":         {"Model,Qty\nX1,1\n", "csv", ""},
		"mark":          {"\ufeffModel\nX1\n", "csv", ""},
		"gz":            {packed.String(), "csv", ""},
		"xlsx":          {book(t, [][]any{{"Model"}, {"X1"}}), "xlsx", ""},
		"array":         {`[{"model":"X1"}]`, "json", ""},
		"texts":         {`["X1"]`, "json", ""},
		"ndjson":        {"{\"model\":\"X1\"}\n{\"model\":\"X2\"}\n", "ndjson", ""},
		"one object":    {`{"model":"X1"}`, "ndjson", ""},
		"order":         {"{\n \"order\": 7,\n \"lines\": [\n {\"model\": \"X1\"}]}", "json", ""},
		"order on one":  {`{"order":7,"lines":[{"model":"X1"}]}`, "ndjson", ""}, // by its look; the reader finds the list
		"bill":          {`{"$schema":"http://cyclonedx.org/schema/bom-1.4.schema.json","components":[{"type":"device","name":"X1"}]}`, "cyclonedx", ""},
		"bill in xml":   {`<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="device"><name>X1</name></component></components></bom>`, "cyclonedx", ""},
		"spdx 3":        {`{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}`, "", "no Go library reads the hardware profile"},
		"spdx 2":        {`{"spdxVersion": "SPDX-2.3"}`, "", "SPDX document"},
		"spdx tags":     {"SPDXVersion: SPDX-2.3\n", "", "SPDX document"},
		"other xml":     {"<html></html>", "", "no CycloneDX"},
		"empty":         {" \n", "", "is empty"},
		"no column":     {"a,b\n1,2\n", "", `no column is known to name a product or a company; the columns are "a", "b"; name one with --map, such as --map product=a`},
		"broken object": {`{"a":`, "", ""},
	} {
		r, err := opened(t, name, test.text, InputOptions{})
		if test.format == "" {
			if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v; want it to say %q", name, err, test.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, format, _ := r.Head()
		if lines := linesOf(t, r); format != test.format || len(lines) == 0 || lines[0].Input.Product != "X1" {
			t.Errorf("%s is read as %s: %+v; want %s", name, format, lines, test.format)
		}
	}
	if _, err := opened(t, "order.csv", "Model\nX1\n", InputOptions{Format: formatXLSX}); graph.KindOf(err) != graph.KindInvalid {
		t.Error(err)
	}
}

// book is a spreadsheet.
func book(t *testing.T, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSpreadsheet(t *testing.T) {
	r, err := opened(t, "order.xlsx", book(t, [][]any{{"Pos", "Artikel", "Hersteller"}, {1, "X1", "Badge Inc."}, {2, "NF5280", "源头集团"}}), InputOptions{})
	if err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, r)
	if len(lines) != 2 || lines[1].At != "row 3" || lines[1].Input.Manufacturer != "源头集团" || lines[0].Cells[1] != "X1" {
		t.Errorf("%+v", lines)
	}
}

// TestBadRowsAreLinesInTheirPlace: nothing is lost, and the order is kept.
func TestBadRowsAreLinesInTheirPlace(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		bad  []bool
	}{
		"csv":    {"Model,Qty\nX1,1\nX2\nX3,3\nX4,\"4\nX5,5\nX\x006,6\nX7,\xff\nX8,8\n", []bool{false, true, false, true, false, true, true, false}},
		"ndjson": {"{\"model\":\"X1\"}\n{\"model\":\n{\"qty\":3}\n7\n{\"model\":\"X5\"}\n", []bool{false, true, true, true, false}},
		"json":   {`[{"model":"X1"},{"model":tru},{"qty":3},{"model":"X4"}]`, []bool{false, true, true, false}},
	} {
		r, err := opened(t, name, test.text, InputOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		lines := linesOf(t, r)
		var bad []bool
		for _, l := range lines {
			bad = append(bad, l.Bad != "")
			if l.At == "" {
				t.Errorf("%s: %+v has no place", name, l)
			}
		}
		if !reflect.DeepEqual(bad, test.bad) {
			t.Errorf("%s: %v, want %v: %+v", name, bad, test.bad, lines)
		}
	}
}

// FuzzOpen: whatever a file is, it is refused, or read to an end with its lines
// numbered.
func FuzzOpen(f *testing.F) {
	for _, text := range []string{
		"Model,Qty\nX1,1\n", "Model\n\"", "[", `[{"model":"X1"},`, `{"lines":[{"sku":1}]}`, "<bom", "{}\n{}", "PK\x03\x04", "SPDXVersion: x",
		`{"bomFormat":"CycloneDX","components":[{"type":"device"}]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := file.New("input", []byte(text), file.Options{})
		if err != nil {
			return
		}
		r, err := Open(in, InputOptions{})
		for n := 1; err == nil; n++ {
			var l Line
			if l, err = r.Next(); err == nil && (l.Number != n || l.At == "") {
				t.Fatalf("line %d is %+v", n, l)
			}
		}
		if !errors.Is(err, io.EOF) && graph.KindOf(err) == graph.KindInternal {
			t.Fatalf("%v is no error about the input", err)
		}
	})
}
