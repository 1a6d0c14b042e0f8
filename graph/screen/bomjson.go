package screen

import (
	"encoding/json"
	"errors"
	"io"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// bomJSON reads a bill of material in JSON, a component at a time.
type bomJSON struct {
	name   string
	in     rationed
	d      *json.Decoder
	began  bool
	list   string // the array in which it is; "" is the object itself
	index  int
	last   string // the last part, for messages
	queued []bomPart
}

func newBOMJSON(name string, r io.Reader) *bomJSON {
	b := &bomJSON{name: name, in: rationed{r: r, left: maxPart}}
	b.d = json.NewDecoder(&b.in)
	return b
}

func (b *bomJSON) next() (bomPart, error) {
	if !b.began {
		b.began = true
		if err := b.want('{'); err != nil {
			return bomPart{}, err
		}
	}
	for len(b.queued) == 0 {
		b.in.renew()
		var err error
		if b.list == "" {
			err = b.member()
		} else {
			err = b.element()
		}
		if errors.Is(err, io.EOF) && b.d == nil {
			return bomPart{}, io.EOF
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

// unexpected is the end of a file in the middle of something.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it is cut off")
	}
	return err
}

func (b *bomJSON) want(delim json.Delim) error {
	t, err := b.d.Token()
	if err == nil && t != delim {
		err = errors.New("it is no object")
	}
	if err != nil {
		return notReadable(b.name, "", unexpected(err))
	}
	return nil
}

// member reads the next key of the bill, and its value if that is no list of
// parts. At the end of the bill it sets the decoder to nil.
func (b *bomJSON) member() error {
	t, err := b.d.Token()
	if err != nil {
		return err
	}
	if t == json.Delim('}') {
		b.d = nil
		return io.EOF
	}
	key, _ := t.(string)
	switch key {
	case "metadata":
		return b.metadata()
	case "components", "services":
	default:
		return b.skip()
	}
	open, err := b.d.Token()
	switch {
	case err != nil:
		return err
	case open == nil: // null
	case open == json.Delim('['):
		b.list, b.index = key, 0
	default:
		return errors.New(key + " is no list")
	}
	return nil
}

func (b *bomJSON) metadata() error {
	var m cdx.Metadata
	bad, err := b.decode(&m)
	if bad != "" {
		b.queued = append(b.queued, bomPart{at: "metadata", bad: bad})
	}
	b.queued = append(b.queued, metadataParts(&m)...)
	return err
}

// decode reads a value. What has the wrong form is told, and reading goes on
// behind it.
func (b *bomJSON) decode(v any) (bad string, err error) {
	var raw json.RawMessage
	if err := b.d.Decode(&raw); err != nil {
		return "", err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return "it is not as CycloneDX has it: " + err.Error(), nil //nolint:nilerr // it is told as a bad line
	}
	return "", nil
}

func (b *bomJSON) element() error {
	if !b.d.More() {
		b.list = ""
		_, err := b.d.Token() // the bracket
		return err
	}
	p := bomPart{at: partName(b.list, b.index)}
	b.index++
	var err error
	if b.list == "components" {
		p.component = new(cdx.Component)
		p.bad, err = b.decode(p.component)
	} else {
		p.service = new(cdx.Service)
		p.bad, err = b.decode(p.service)
	}
	b.queued = append(b.queued, p)
	return err
}

// skip passes over a value, however long it is.
func (b *bomJSON) skip() error {
	for depth := 0; ; {
		b.in.renew()
		t, err := b.d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
