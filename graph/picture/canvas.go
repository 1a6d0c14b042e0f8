package picture

import (
	"bytes"
	"strconv"
	"strings"
)

// The colors: grays, and one ink for all that is said. A black and white print
// loses nothing.
const (
	ink   = "#16191d"
	soft  = "#545b64"
	paper = "#ffffff"
	shade = "#f1f3f5"
)

// fonts are asked for by name and never fetched. Browsers take those of other
// scripts by themselves.
const fonts = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif"

// canvas writes SVG. Every look is a presentation attribute: a page may forbid
// style sheets and style attributes.
type canvas struct{ b bytes.Buffer }

// open begins a drawing of a size, which people who cannot see it are told the
// title and the description of.
func (c *canvas) open(width, height float64, title, description string) {
	c.openAs("img", width, height, title, description)
}

// openAs begins a drawing of a role: one that holds links is a group, since the
// parts of an image cannot be reached.
func (c *canvas) openAs(role string, width, height float64, title, description string) {
	w, h := number(width), number(height)
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg" width="`, w, `" height="`, h, `" viewBox="0 0 `, w, ` `, h,
		`" role="`, role, `" font-family="`, fonts, `" fill="`, ink, `">`, "\n")
	c.raw(`<title>`, escaped(title), `</title>`, "\n", `<desc>`, escaped(description), `</desc>`, "\n")
	c.raw(`<rect width="`, w, `" height="`, h, `" fill="`, paper, `"/>`, "\n")
}

// part begins a part of a drawing with a title: a link where it leads anywhere.
// The attribute names what is drawn, for scripts. It returns what ends the part.
func (c *canvas) part(href, attribute, value, title string) (end string) {
	if href == "" {
		c.raw("<g><title>", escaped(title), "</title>\n")
		return "</g>\n"
	}
	c.raw(`<a href="`, escaped(href), `" `, attribute, `="`, escaped(value), `" aria-label="`, escaped(title), `"><title>`, escaped(title), "</title>\n")
	return "</a>\n"
}

func (c *canvas) close() []byte {
	c.raw("</svg>\n")
	return c.b.Bytes()
}

func (c *canvas) raw(parts ...string) {
	for _, p := range parts {
		c.b.WriteString(p)
	}
}

// look is how a shape is drawn; zero fields are left out.
type look struct {
	fill, stroke string
	width        float64
	dash         string
	round        float64 // of corners
}

func (l look) attributes() string {
	var b strings.Builder
	add := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + `="` + value + `"`)
		}
	}
	fill := l.fill
	if fill == "" {
		fill = "none"
	}
	add("fill", fill)
	add("stroke", l.stroke)
	if l.width > 0 {
		add("stroke-width", number(l.width))
	}
	add("stroke-dasharray", l.dash)
	if l.dash != "" {
		add("stroke-linecap", "butt")
	}
	if l.round > 0 {
		add("rx", number(l.round))
	}
	return b.String()
}

func (c *canvas) rect(x, y, w, h float64, l look) {
	c.raw(`<rect x="`, number(x), `" y="`, number(y), `" width="`, number(w), `" height="`, number(h), `"`, l.attributes(), "/>\n")
}

func (c *canvas) path(d string, l look) {
	c.raw(`<path d="`, d, `"`, l.attributes(), "/>\n")
}

func (c *canvas) line(x1, y1, x2, y2 float64, l look) {
	c.path("M"+xy(x1, y1)+"L"+xy(x2, y2), l)
}

// letters is how a text is written.
type letters struct {
	size   float64
	bold   bool
	fill   string // "" is ink
	anchor string // start (the default), middle or end
}

// text writes a line of text with its middle at a height.
func (c *canvas) text(x, middle float64, text string, l letters) {
	c.raw(`<text x="`, number(x), `" y="`, number(middle+l.size*0.35), `" font-size="`, number(l.size), `"`)
	if l.bold {
		c.raw(` font-weight="bold"`)
	}
	if l.fill != "" {
		c.raw(` fill="`, l.fill, `"`)
	}
	if l.anchor != "" {
		c.raw(` text-anchor="`, l.anchor, `"`)
	}
	c.raw(`>`, escaped(text), "</text>\n")
}

const arrowLength = 9.0

// arrow draws the head of an arrow that points left or right, with its point at
// a place.
func (c *canvas) arrow(at point, right bool, fill string) {
	back := arrowLength
	if right {
		back = -back
	}
	c.path("M"+xy(at.x, at.y)+"L"+xy(at.x+back, at.y-4)+"L"+xy(at.x+back, at.y+4)+"Z", look{fill: fill})
}

// curve is a line through places that leaves and reaches each of them level.
func curve(route []point) string {
	var b strings.Builder
	b.WriteString("M" + xy(route[0].x, route[0].y))
	for i := 1; i < len(route); i++ {
		p, q := route[i-1], route[i]
		if p.y == q.y {
			b.WriteString("L" + xy(q.x, q.y))
			continue
		}
		half := (p.x + q.x) / 2
		b.WriteString("C" + xy(half, p.y) + " " + xy(half, q.y) + " " + xy(q.x, q.y))
	}
	return b.String()
}

func xy(x, y float64) string { return number(x) + "," + number(y) }

// number writes a coordinate to a tenth.
func number(v float64) string {
	text := strconv.FormatFloat(v, 'f', 1, 64)
	text = strings.TrimSuffix(text, ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escaped makes a text safe as the content of an element or an attribute.
func escaped(text string) string { return escapes.Replace(visible(text)) }
