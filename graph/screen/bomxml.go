package screen

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"golang.org/x/text/encoding/charmap"
)

// bomXML reads a bill of material in XML, a component at a time.
type bomXML struct {
	name   string
	in     rationed
	d      *xml.Decoder
	open   []string // the elements around
	counts map[string]int
	last   string
	queued []bomPart
}

func newBOMXML(name string, r io.Reader) *bomXML {
	b := &bomXML{name: name, in: rationed{r: r, left: maxPart}, counts: map[string]int{}}
	b.d = xml.NewDecoder(&b.in)
	b.d.CharsetReader = charset
	return b
}

// charset knows the encodings that a bill of material declares in practice. One
// in UTF-16 was made UTF-8 when the file was opened.
func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1":
		return charmap.ISO8859_1.NewDecoder().Reader(in), nil
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("its encoding %.40q is not known; save it as UTF-8", label)
}

func (b *bomXML) next() (bomPart, error) {
	for len(b.queued) == 0 {
		b.in.renew()
		t, err := b.d.Token()
		if errors.Is(err, io.EOF) && len(b.open) == 0 && b.counts["bom"] > 0 {
			return bomPart{}, io.EOF
		}
		if err == nil {
			err = b.token(t)
		}
		if err != nil {
			return bomPart{}, notReadable(b.name, b.last, unexpected(err))
		}
	}
	p := b.queued[0]
	b.queued = b.queued[1:]
	b.last = p.at
	return p, nil
}

func (b *bomXML) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.Directive:
		return errors.New("it declares a document type; remove it")
	case xml.StartElement:
		return b.element(t)
	case xml.EndElement:
		b.open = b.open[:len(b.open)-1]
	}
	return nil
}

func (b *bomXML) element(start xml.StartElement) error {
	path := strings.Join(append(b.open, start.Name.Local), "/")
	switch path {
	case "bom":
		if !strings.Contains(start.Name.Space, "cyclonedx.org/schema/bom") {
			return errors.New("its first element is of no CycloneDX namespace")
		}
		b.counts["bom"]++
	case "bom/components", "bom/services":
	case "bom/metadata":
		var m cdx.Metadata
		bad, err := b.decode(start, &m)
		if bad != "" {
			b.queued = append(b.queued, bomPart{at: "metadata", bad: bad})
		}
		b.queued = append(b.queued, metadataParts(&m)...)
		return err
	case "bom/components/component":
		p := bomPart{at: b.place("components"), component: new(cdx.Component)}
		var err error
		p.bad, err = b.decode(start, p.component)
		b.queued = append(b.queued, p)
		return err
	case "bom/services/service":
		p := bomPart{at: b.place("services"), service: new(cdx.Service)}
		var err error
		p.bad, err = b.decode(start, p.service)
		b.queued = append(b.queued, p)
		return err
	default:
		if len(b.open) == 0 {
			return fmt.Errorf("its first element is %.40q and not bom", start.Name.Local)
		}
		return b.skip()
	}
	b.open = append(b.open, start.Name.Local)
	return nil
}

func (b *bomXML) place(list string) string {
	b.counts[list]++
	return partName(list, b.counts[list]-1)
}

// skip passes over an element, however long it is.
func (b *bomXML) skip() error {
	for depth := 1; depth > 0; {
		b.in.renew()
		t, err := b.d.Token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// whole is an element as it is written.
type whole struct {
	Attrs []xml.Attr `xml:",any,attr"`
	Inner []byte     `xml:",innerxml"`
}

// decode reads an element. What has the wrong form is told, and reading goes on
// behind it: so it is read as it is written first.
func (b *bomXML) decode(start xml.StartElement, v any) (bad string, err error) {
	var w whole
	if err := b.d.DecodeElement(&w, &start); err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("<" + start.Name.Local)
	for _, a := range w.Attrs {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			text.WriteString(" " + a.Name.Local + `="`)
			_ = xml.EscapeText(&text, []byte(a.Value)) // a builder takes everything
			text.WriteString(`"`)
		}
	}
	text.WriteString(">")
	text.Write(w.Inner)
	text.WriteString("</" + start.Name.Local + ">")
	if err := xml.Unmarshal([]byte(text.String()), v); err != nil {
		return "it is not as CycloneDX has it: " + err.Error(), nil //nolint:nilerr // it is told as a bad line
	}
	return "", nil
}
