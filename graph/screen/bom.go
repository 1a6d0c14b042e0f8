package screen

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"debadge/graph"
	"debadge/graph/identifier"
)

// The formats of bills of material.
const (
	formatCycloneDX = "cyclonedx"
	formatSPDX      = "spdx"
)

// bomReader gives the components of a CycloneDX bill of material as lines: the
// one that it is about, then its parts, each before the parts inside of it.
// Devices, and the firmware and drivers that belong to them, are asked about by
// name. Of other components, and of services, the companies alone are asked
// about that they name, and those that name none are counted as left out.
type bomReader struct {
	name    string
	parts   bomParts
	pending []Line
	number  int
	leftOut map[string]int
	pos     func() (done, total int64)
}

// bomParts reads a bill of material part by part.
type bomParts interface {
	// next returns the next part, [io.EOF] after the last one. A part that
	// cannot be read has its place and why.
	next() (bomPart, error)
}

// bomPart is one of the parts of a bill of material that are read at a time.
type bomPart struct {
	at        string
	component *cdx.Component
	service   *cdx.Service
	supplier  *cdx.OrganizationalEntity // of the whole, with no component
	maker     *cdx.OrganizationalEntity
	bad       string
}

var _ Reader = (*bomReader)(nil)

// bomColumns are what a bill of material says of a line, as columns.
var bomColumns = []string{"place", "type", "name", "version", "manufacturer", "supplier", "gtin", "quantity"}

// Head returns the columns that CSV shows.
func (r *bomReader) Head() (name, format string, columns []string) {
	return r.name, formatCycloneDX, bomColumns
}

// Position says how far the file is read.
func (r *bomReader) Position() (done, total int64) { return r.pos() }

// LeftOut counts what is no line, by type.
func (r *bomReader) LeftOut() map[string]int { return maps.Clone(r.leftOut) }

// Next returns the next component or company.
func (r *bomReader) Next() (Line, error) {
	for len(r.pending) == 0 {
		part, err := r.parts.next()
		if err != nil {
			return Line{}, err
		}
		r.take(part)
	}
	line := r.pending[0]
	r.pending = r.pending[1:]
	r.number++
	line.Number = r.number
	return line, nil
}

func (r *bomReader) take(p bomPart) {
	switch {
	case p.bad != "":
		r.pending = append(r.pending, Line{At: p.at, Bad: p.bad, Cells: []string{p.at}})
	case p.component != nil:
		r.component(p.at, p.component)
	case p.service != nil:
		r.service(p.at, p.service)
	default:
		r.add(bomLine{at: p.at}, Input{Manufacturer: orgName(p.maker), Supplier: orgName(p.supplier)})
	}
}

// asked are the types of component that are products.
func asked(t cdx.ComponentType) bool {
	return t == cdx.ComponentTypeDevice || t == cdx.ComponentTypeDeviceDriver || t == cdx.ComponentTypeFirmware
}

func (r *bomReader) component(at string, c *cdx.Component) {
	in := Input{Manufacturer: cmp.Or(orgName(c.Manufacturer), strings.TrimSpace(c.Publisher)), Supplier: orgName(c.Supplier)}
	l := bomLine{at: at, kind: string(c.Type), name: c.Name, version: c.Version}
	for _, p := range list(c.Properties) {
		// The names are those of the property taxonomy, cdx:device.
		switch name := strings.ToLower(p.Name); {
		case name == "cdx:device:quantity":
			l.quantity = p.Value
		case strings.HasPrefix(name, "cdx:device:gs1:gtin"):
			l.gtin = p.Value
			in.Identifiers = append(in.Identifiers, identifier.Identifier{Scheme: identifier.GTIN, Value: p.Value})
		case name == "cdx:device:sku":
			in.Also = append(in.Also, p.Value)
		}
	}
	if asked(c.Type) {
		in.Product = strings.TrimSpace(c.Name)
		if !strings.Contains(c.Group, ".") { // else it is a domain backwards
			in.Brand = strings.TrimSpace(c.Group)
		}
		if vendor, product, ok := hardwareCPE(c.CPE); ok {
			in.Brand = cmp.Or(in.Brand, vendor)
			in.Also = append(in.Also, product)
		}
	} else {
		in.Also, in.Identifiers = nil, nil
	}
	r.add(l, in)
	for i := range list(c.Components) {
		r.component(fmt.Sprintf("%s.components[%d]", at, i), &(*c.Components)[i])
	}
}

func (r *bomReader) service(at string, s *cdx.Service) {
	r.add(bomLine{at: at, kind: "service", name: s.Name, version: s.Version}, Input{Supplier: orgName(s.Provider)})
	for i := range list(s.Services) {
		r.service(fmt.Sprintf("%s.services[%d]", at, i), &(*s.Services)[i])
	}
}

// bomLine is what the columns show of a part, beside its companies.
type bomLine struct{ at, kind, name, version, gtin, quantity string }

// add makes a line of what names something to ask about.
func (r *bomReader) add(l bomLine, in Input) {
	if !in.namesProduct() && in.Manufacturer == "" && in.Supplier == "" {
		if l.kind != "" {
			r.leftOut[l.kind]++
		}
		return
	}
	r.pending = append(r.pending, Line{
		At: l.at, Input: in,
		Cells: []string{l.at, l.kind, l.name, l.version, in.Manufacturer, in.Supplier, l.gtin, l.quantity},
	})
}

func orgName(o *cdx.OrganizationalEntity) string {
	if o == nil {
		return ""
	}
	return strings.TrimSpace(o.Name)
}

func list[T any](l *[]T) []T {
	if l == nil {
		return nil
	}
	return *l
}

// hardwareCPE returns the vendor and the product of a CPE 2.3 name of hardware
// (NIST IR 7695), with its escapes and underscores undone.
func hardwareCPE(cpe string) (vendor, product string, ok bool) {
	parts := strings.Split(strings.ReplaceAll(cpe, `\:`, "\x00"), ":")
	const vendorAt, productAt = 3, 4
	if len(parts) <= productAt || parts[0] != "cpe" || parts[2] != "h" {
		return "", "", false
	}
	plain := strings.NewReplacer(`\`, "", "_", " ", "\x00", ":")
	vendor, product = plain.Replace(parts[vendorAt]), plain.Replace(parts[productAt])
	if product == "*" || product == "-" || product == "" {
		return "", "", false
	}
	return strings.Trim(vendor, "*-"), product, true
}

// notReadable is a bill of material that cannot be read any further.
func notReadable(name, at string, err error) error {
	if at != "" {
		at = " behind " + at
	}
	return graph.Errorf(graph.KindInvalid, "%s cannot be read as CycloneDX%s: %w; what stands after it was not screened", name, at, err)
}

// refuseSPDX says why a bill of material of that form is not read.
func refuseSPDX(name string) error {
	return graph.Errorf(graph.KindInvalid, "%s is an SPDX document, which debadge does not read: version 2 has no hardware, and no Go library reads "+
		"the hardware profile of version 3 yet (spdx/tools-golang 0.5.7 reads 2.1 to 2.3); give the bill of material as CycloneDX", name)
}

// maxPart bounds how many bytes one component of a bill of material, with all
// that is inside of it, may have.
const maxPart = 32 << 20

// rationed reads until a part has had its bytes. Each part begins with new ones.
type rationed struct {
	r    io.Reader
	left int
}

func (l *rationed) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, graph.Errorf(graph.KindInvalid, "one component has more than %d MB", maxPart>>20)
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (l *rationed) renew() { l.left = maxPart }

// partName is the place of a part of the list of that name.
func partName(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// metadataParts are what the head of a bill of material says.
func metadataParts(m *cdx.Metadata) []bomPart {
	var parts []bomPart
	if m.Component != nil {
		parts = append(parts, bomPart{at: "metadata.component", component: m.Component})
	}
	whole := bomPart{at: "metadata", supplier: m.Supplier, maker: m.Manufacturer}
	if whole.maker == nil {
		whole.maker = m.Manufacture
	}
	if orgName(whole.supplier) != "" || orgName(whole.maker) != "" {
		parts = append(parts, whole)
	}
	return parts
}
