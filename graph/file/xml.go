package file

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"debadge/graph"
)

// MaxElement is how many bytes one element that is decoded may have.
const MaxElement = 4 << 20

const maxElementDepth = 100

// Element is a start tag of an XML file.
type Element struct {
	Name string // without its namespace
	Attr []xml.Attr
	Line int

	start xml.StartElement
}

// Get returns the value of an attribute, "" if the element has none of the name.
func (e Element) Get(attribute string) string {
	for _, a := range e.Attr {
		if a.Name.Local == attribute {
			return a.Value
		}
	}
	return ""
}

// XML reads the elements of a file one by one. A document type, and with it
// every entity of the file's own, is refused.
type XML struct {
	file   *File
	in     *budget
	decode *xml.Decoder
	depth  int
}

// NewXML begins to read the file as XML.
func NewXML(f *File) *XML {
	x := &XML{file: f, in: &budget{r: f.Text, left: 2 * MaxElement}}
	x.decode = xml.NewDecoder(x.in)
	x.decode.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if f.charset == UTF16LE || f.charset == UTF16BE || f.charset == Latin1 || f.charset == Win1252 {
			return in, nil // Text is UTF-8 by now, whatever the declaration says
		}
		declared, err := ParseCharset(label)
		if err != nil {
			return nil, errors.New(err.Error()) // fail adds the place to what has no kind
		}
		r, _, err := decode(f.Name, in, declared)
		return r, err
	}
	return x
}

// Next returns the next start tag of one of the names, at whatever depth; the
// end is io.EOF. Every other error is final and names the line.
func (x *XML) Next(names ...string) (Element, error) {
	for {
		x.in.left = 2 * MaxElement
		line, _ := x.decode.InputPos()
		token, err := x.decode.Token()
		if err != nil {
			return Element{}, x.fail(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			x.depth++
			if x.depth > maxElementDepth {
				return Element{}, x.invalid(fmt.Sprintf("elements are nested more than %d deep", maxElementDepth))
			}
			if slices.Contains(names, t.Name.Local) {
				t = t.Copy()
				return Element{Name: t.Name.Local, Attr: t.Attr, Line: line, start: t}, nil
			}
		case xml.EndElement:
			x.depth--
		case xml.Directive:
			if strings.HasPrefix(strings.ToUpper(string(t)), "DOCTYPE") {
				return Element{}, x.invalid("the file has a document type (DOCTYPE), which is not read; remove it")
			}
		}
	}
}

// Decode reads the element that Next returned, with all that is in it, as
// encoding/xml's Unmarshal does.
func (x *XML) Decode(e Element, into any) error {
	x.in.left = 2 * MaxElement
	x.depth--
	if err := x.decode.DecodeElement(into, &e.start); err != nil {
		return x.fail(err)
	}
	return nil
}

func (x *XML) invalid(what string) error {
	line, _ := x.decode.InputPos()
	return graph.Errorf(graph.KindInvalid, "%s: line %d: %s", x.file.Name, line, what)
}

func (x *XML) fail(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errBudget):
		return x.invalid("an element is longer than 4 MiB")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return x.invalid("the file ends in the middle of an element: it is cut off")
	}
	if _, ok := errors.AsType[*graph.Error](err); ok {
		return err
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if syntax.Msg == "unexpected EOF" {
			return x.invalid("the file ends in the middle of an element: it is cut off")
		}
		return graph.Errorf(graph.KindInvalid, "%s: line %d: the file is not XML: %s", x.file.Name, syntax.Line, syntax.Msg)
	}
	return x.invalid("cannot be read: " + err.Error())
}

var errBudget = errors.New("too long")

// budget ends a text with an error where one thing in it takes too many bytes.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
