package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
)

const whole = `{
  "debadge": 1,
  "id": "case-1",
  "author": "a.lopez",
  "reason": "complaint read",
  "entities": [
    {
      "id": "company:inspur-group",
      "name": "Inspur Group Co., Ltd.",
      "aliases": [
        {
          "text": "浪潮",
          "language": "zh"
        }
      ],
      "attributes": {
        "country": [
          "CN"
        ]
      }
    },
    {
      "id": "product:inspur:nf5280m5",
      "name": "NF5280M5",
      "brand": "Inspur"
    }
  ],
  "sources": [
    {
      "id": "source:complaint",
      "title": "Complaint <24-cv-02220> & exhibits",
      "publisher": "N.D. Cal.",
      "date": "2024-04"
    }
  ],
  "claims": [
    {
      "relation": "MAKES",
      "from": "company:inspur-group",
      "to": "product:inspur:nf5280m5",
      "status": "alleged",
      "confidence": 0.7,
      "valid_from": "2019",
      "citations": [
        {
          "source": "source:complaint",
          "stance": "supports",
          "locator": "¶ 41"
        }
      ]
    },
    {
      "id": "claim:share",
      "relation": "OWNS",
      "from": "company:inspur-group",
      "to": "company:part",
      "status": "reported",
      "valid_to": "2025-01-31",
      "share_min": "33.33",
      "share_max": "40",
      "attributes": {
        "interest": "voting"
      },
      "citations": [
        {
          "source": "source:complaint",
          "stance": "supports"
        }
      ]
    }
  ],
  "retractions": [
    {
      "claim": "claim:old",
      "reason": "misread",
      "replaced_by": "claim:share"
    }
  ]
}
`

func TestEncodeWritesWhatDecodeRead(t *testing.T) {
	cs, err := bundle.Decode("whole.json", iotest.OneByteReader(strings.NewReader(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := bundle.Encode(&again, cs); err != nil {
		t.Fatal(err)
	}
	if again.String() != whole {
		t.Errorf("got:\n%s\nwant:\n%s", &again, whole)
	}
	prepared, err := cs.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	again.Reset()
	if err := bundle.Encode(&again, prepared); err != nil {
		t.Fatal(err)
	}
	full := again.String()
	cs, err = bundle.Decode("full.json", &again)
	if err != nil {
		t.Fatal(err)
	}
	again.Reset()
	if err := bundle.Encode(&again, cs); err != nil {
		t.Fatal(err)
	}
	if again.String() != full {
		t.Errorf("got:\n%s\nwant:\n%s", &again, full)
	}
}

func TestReadRefusesWhatIsNotABundle(t *testing.T) {
	const claim = `{"debadge": 1,
  "claims": [
    %s
  ]}`
	in := func(item string) string { return fmt.Sprintf(claim, item) }
	for name, tt := range map[string]struct{ text, want string }{
		"empty":            {"", `f.json:1:1: the file ends where the '{' of a bundle belongs`},
		"list":             {"[]", `f.json:1:1: '[' where the '{' of a bundle belongs`},
		"no version":       {`{"entities": []}`, `f.json:1:1: the key "debadge" is missing; a bundle begins with "debadge": 1`},
		"other version":    {`{"debadge": 2}`, `f.json:1:13: this is not version 1 of the format, the only one that is known`},
		"version in text":  {`{"debadge": "1"}`, `f.json:1:13: this is not version 1 of the format, the only one that is known`},
		"unknown key":      {`{"debadge": 1, "entitys": []}`, `f.json:1:16: "entitys" is not a key of a bundle; the keys are debadge, id, author, reason, entities, sources, claims, retractions`},
		"other case":       {`{"debadge": 1, "Claims": []}`, `f.json:1:16: "Claims" is not a key of a bundle; the keys are debadge, id, author, reason, entities, sources, claims, retractions`},
		"key twice":        {"{\"debadge\": 1,\n\"claims\": [],\n\"claims\": []}", `f.json:3:1: the key "claims" stands already in line 2; a key comes once`},
		"key twice deep":   {in(`{"from": "a", "from": "b"}`), `f.json:3:19: claims[0]: the key "from" stands already in line 3; a key comes once`},
		"key twice by \\u": {in(`{"from": "a", "\u0066rom": "b"}`), `f.json:3:19: claims[0]: the key "from" stands already in line 3; a key comes once`},
		"list is object":   {`{"debadge": 1, "claims": {}}`, `f.json:1:26: "claims" must be a list`},
		"trailing":         {"{\"debadge\": 1}\n{}", `f.json:2:1: '{' after the end of the bundle; a file holds one`},
		"cut short":        {`{"debadge": 1, "claims": [`, `f.json:1:27: claims[0]: the file ends where a value belongs`},
		"trailing comma":   {`{"debadge": 1, "claims": [],}`, `f.json:1:29: a comma before '}'; remove it`},
		"comment":          {"{\"debadge\": 1, // yes\n}", `f.json:1:16: '/' where a key in quotes belongs`},
		"mark":             {"\xef\xbb\xbf{}", `f.json:1:1: the file begins with a byte order mark; save it as UTF-8 without one`},
		"UTF-16 LE":        {"\xff\xfe{\x00}\x00", `f.json:1:1: the file is UTF-16 or UTF-32; save it as UTF-8`},
		"UTF-16 BE":        {"\x00{\x00}", `f.json:1:1: the file is UTF-16 or UTF-32; save it as UTF-8`},
		"gzip":             {"\x1f\x8b\x08", `f.json:1:1: the file is compressed with gzip; unpack it first`},
		"NUL":              {"{\"debadge\"\x00: 1}", `f.json:1:11: a NUL character; a bundle is text`},
		"NUL escaped":      {`{"debadge": 1, "author": "a\u0000"}`, `f.json:1:28: a NUL character; a bundle is text`},
		"not UTF-8":        {"{\"debadge\": 1,\n\"author\": \"浪潮\xff\"}", `f.json:2:14: byte 0xFF is not valid UTF-8; save the file as UTF-8`},
		"overlong":         {"{\"debadge\": 1, \"author\": \"\xc0\x80\"}", `f.json:1:27: byte 0xC0 is not valid UTF-8; save the file as UTF-8`},
		"half a surrogate": {`{"debadge": 1, "author": "\ud800x"}`, `f.json:1:27: half of a character: a surrogate without its other half`},
		"two halves":       {`{"debadge": 1, "author": "\ud800\ud800"}`, `f.json:1:27: half of a character: a surrogate without its other half`},
		"bad escape":       {`{"debadge": 1, "author": "C:\x"}`, `f.json:1:29: a backslash that begins no escape; write a backslash as \\`},
		"open text":        {"{\"debadge\": 1, \"author\": \"a\n\"}", `f.json:1:26: the closing quote is missing in this line; write a line break as \n`},
		"open text at end": {`{"debadge": 1, "author": "a`, `f.json:1:26: the file ends within this text; its closing quote is missing`},
		"tab in text":      {"{\"debadge\": 1, \"author\": \"a\tb\"}", `f.json:1:28: the control character 0x09 in a text; write it as \u0009`},
		"deep":             {in(strings.Repeat("[", 100_000)), `f.json:3:21: claims[0]: nested more than 16 deep`},
		"leading zero":     {in(`{"confidence": 01}`), `f.json:3:20: claims[0]: "01" is not a number`},
		"NaN":              {in(`{"confidence": NaN}`), `f.json:3:20: claims[0]: "NaN" is not a value; write text in quotes`},
		"single quotes":    {in(`{'from': 1}`), `f.json:3:6: claims[0]: '\'' where a key in quotes belongs`},
		"claim of text":    {in(`"x"`), `f.json:3:5: claims[0]: is text; write an object`},
		"many values":      {in("[" + strings.Repeat("1,", 60_000) + "1]"), `f.json:3:100004: claims[0]: the item holds more than 50000 values`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bundle.Decode("f.json", strings.NewReader(tt.text))
			checkFirstField(t, err, tt.want)
		})
	}
}

// checkFirstField checks the kind of an error and the first thing that it names.
func checkFirstField(t *testing.T, err error, want string) {
	t.Helper()
	var e *graph.Error
	if !errors.As(err, &e) || e.Kind != graph.KindInvalid || len(e.Fields) == 0 {
		t.Fatalf("got %v, want an invalid error with fields", err)
	}
	if got := e.Fields[0].Field + ": " + e.Fields[0].Message; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadTellsEverythingThatIsWrong(t *testing.T) {
	const text = `{
  "debadge": 1,
  "entities": [
    {"id": "Company:A", "name": "A"},
    {"id": "company:b", "name": "B", "nane": "B"}
  ],
  "claims": [
    {"relation": "OWNS", "from": "company:a", "to": "company:b", "status": "sure",
     "share_min": 101, "valid_from": "2024-13", "citations": [{"source": "source:x", "stance": "supports"}]},
    {"relation": "OWNS", "from": "company:a", "to": "company:a", "status": "alleged",
     "attributes": {"interest": "much", "a.b": "x"}, "citations": [{"source": "source:x", "stance": "maybe"}]}
  ]
}`
	_, err := bundle.Decode("cases/01.json", strings.NewReader(text))
	const want = `cases/01.json is refused
  cases/01.json:4:12: entities[0].id: "Company:A" is not an id; write kind:slug or kind:maker:slug in lower-case ASCII letters, digits, '.', '_' and '-'
  cases/01.json:5:38: entities[1]: "nane" is not a key here; the keys are id, name, brand, aliases, attributes
  cases/01.json:8:76: claims[0].status: "sure" is not a status; use confirmed, reported, alleged or disputed
  cases/01.json:9:19: claims[0].share_min: "101" is outside 0 to 100; write a percentage from 0 to 100 with at most 6 decimals, such as 33.33
  cases/01.json:9:38: claims[0].valid_from: "2024-13" is not a date; write YYYY-MM-DD, YYYY-MM or YYYY
  cases/01.json:10:53: claims[1].to: is the same entity as from; OWNS needs two
  cases/01.json:11:33: claims[1].attributes.interest: "much" is not an interest; use equity, voting or control
  cases/01.json:11:48: claims[1].attributes.a.b: OWNS has no such attribute; it has interest
  cases/01.json:11:67: claims[1].citations: is missing a citation that supports the claim; a claim without a source is not kept
  cases/01.json:11:101: claims[1].citations[0].stance: "maybe" is not a stance; use supports or denies`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestReadNamesBothPlacesOfARepeatedItem(t *testing.T) {
	const text = `{"debadge": 1, "entities": [
  {"id": "company:a", "name": "A"},
  {"id": "company:a", "name": "B"}]}`
	_, err := bundle.Decode("f.json", strings.NewReader(text))
	checkFirstField(t, err, `f.json:3:3: entities[1]: company:a stands already in line 2`)
}

func TestReadTellsOfAFileThatFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := bundle.Check("f.json", io.MultiReader(strings.NewReader(`{"debadge": 1, `), iotest.ErrReader(broken)))
	if graph.KindOf(err) != graph.KindUnavailable || !errors.Is(err, broken) {
		t.Errorf("got %v, want an unavailable error that wraps the cause", err)
	}
}

// long writes a bundle of n companies and n claims, each from a company to the next.
func long(n int, header string) string {
	var b strings.Builder
	b.WriteString(`{"debadge": 1, ` + header + "\n" + `"entities": [`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n{\"id\": \"company:c%d\", \"name\": \"C%d\"}", i, i)
	}
	b.WriteString("],\n\"sources\": [{\"id\": \"source:s\", \"title\": \"S\", \"publisher\": \"P\"}],\n\"claims\": [")
	for i := range n - 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n{\"relation\": \"AFFILIATED_WITH\", \"from\": \"company:c%d\", \"to\": \"company:c%d\", \"status\": \"alleged\", \"citations\": [{\"source\": \"source:s\", \"stance\": \"supports\"}]}", i, i+1)
	}
	b.WriteString("]}\n")
	return b.String()
}

func TestALongFileIsSplitInOrder(t *testing.T) {
	for header, ids := range map[string][]string{
		"":                   nil,
		`"id": "import-7", `: {"import-7/part-1", "import-7/part-2", "import-7/part-3"},
	} {
		text := long(6_000, header+`"author": "a", "reason": "r",`)
		read := func() (sizes []int, got []string) {
			sum, err := bundle.Read("long.json", strings.NewReader(text), func(p *bundle.Part) error {
				sizes, got = append(sizes, p.Len()), append(got, p.ID)
				if p.Author != "a" || p.Reason != "r" {
					t.Errorf("part %d is by %q because %q", p.Number, p.Author, p.Reason)
				}
				return nil
			})
			if err != nil || sum != (bundle.Summary{Items: 12_000, Parts: 3}) {
				t.Fatalf("got %+v, %v", sum, err)
			}
			return sizes, got
		}
		sizes, first := read()
		if fmt.Sprint(sizes) != "[5000 5000 2000]" {
			t.Errorf("got parts of %v", sizes)
		}
		if _, second := read(); fmt.Sprint(first) != fmt.Sprint(second) {
			t.Errorf("ids %v, then %v", first, second)
		}
		if ids != nil && fmt.Sprint(first) != fmt.Sprint(ids) {
			t.Errorf("got ids %v, want %v", first, ids)
		}
	}
	if _, err := bundle.Decode("long.json", strings.NewReader(long(6_000, ""))); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("Decode of a long file: %v", err)
	}
}

func TestALongFileKeepsTheOrder(t *testing.T) {
	text := long(6_000, "")
	head, claims, _ := strings.Cut(text, "\"claims\":")
	_, entities, _ := strings.Cut(head, "\n")
	swapped := `{"debadge": 1, "claims":` + strings.TrimSuffix(claims, "}\n") + ",\n" + strings.TrimSuffix(entities, ",\n") + "}"
	_, err := bundle.Check("f.json", strings.NewReader(swapped))
	checkFirstField(t, err, `f.json:6001:1: "entities" stands too late; a file of more than 5000 items keeps the order [entities sources claims retractions], since it is committed in parts`)

	late := strings.TrimSuffix(text, "}\n") + `, "author": "a"}`
	_, err = bundle.Check("f.json", strings.NewReader(late))
	checkFirstField(t, err, `f.json:12003:165: author: stands after the first 5000 items; write it before the items`)
}

func TestAWrongItemInALaterPartIsToldByItsPlaceInTheFile(t *testing.T) {
	text := strings.Replace(long(6_000, ""), `"from": "company:c5500"`, `"from": "product:c5500"`, 1)
	parts := 0
	_, err := bundle.Read("f.json", strings.NewReader(text), func(*bundle.Part) error { parts++; return nil })
	checkFirstField(t, err, `f.json:11505:41: claims[5500].from: "product:c5500" is a product, but must be a company: AFFILIATED_WITH goes from a company to a company`)
	if parts != 2 {
		t.Errorf("%d parts were handed on, want the two before the wrong one", parts)
	}
}
