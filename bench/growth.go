package bench

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"
)

// The picture, in pixels. Both axes are logarithmic: a line that goes up as fast as
// it goes to the right is a cost that grows with the graph.
const (
	pictureWidth  = 860
	pictureHeight = 430
	plotLeft      = 70
	plotTop       = 40
	plotWidth     = 400
	plotHeight    = 330
)

// curve is a line of the picture.
type curve struct {
	side  Side
	p99   bool
	label string
	color string
}

func curves() []curve {
	return []curve{
		{Side{Reach, WholeReach}, false, "reach of the hub", "#b3541e"},
		{Side{Reach, Floor}, false, "reach: bare walk", "#c98b66"},
		{Side{Screen, Screened}, false, "10,000 lines by id", "#6b4c9a"},
		{Side{Trace, Cypher}, false, "trace: one query in Neo4j", "#2c7a51"},
		{Side{Trace, Evidence}, false, "trace with all evidence", "#0f6292"},
		{Side{Trace, Index}, true, "trace, the finding, p99", "#3d8fc4"},
		{Side{Trace, Index}, false, "trace, the finding, p50", "#08415c"},
		{Side{Trace, Floor}, false, "trace: bare walk, p50", "#7d9aab"},
	}
}

// point is a value at a size.
type point struct {
	products, value float64
}

// Growth writes how times grow with the graph, as a picture in SVG.
func Growth(w io.Writer, results []Result) error {
	p := newPage(results)
	var out strings.Builder
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n",
		pictureWidth, pictureHeight)
	fmt.Fprintf(&out, "<title>How times grow with the graph</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", pictureWidth, pictureHeight)
	lines := make([][]point, len(curves()))
	frame := newFrame()
	for i, c := range curves() {
		for _, run := range p.runs {
			if r, ok := p.find(run.Products, c.side); ok {
				at := point{float64(run.Products), r.P50}
				if c.p99 {
					at.value = r.P99
				}
				if at.products > 0 && at.value > 0 { // else it has no place on these axes
					lines[i] = append(lines[i], at)
					frame.include(at)
				}
			}
		}
	}
	frame.grid(&out)
	frame.draw(&out, lines)
	out.WriteString("</svg>\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// frame is the part of the plane that the picture shows, in powers of ten.
type frame struct{ left, right, bottom, top float64 }

func newFrame() *frame {
	return &frame{left: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(1), top: math.Inf(-1)}
}

// include widens the frame to whole powers of ten around a point.
func (f *frame) include(p point) {
	x, y := math.Log10(p.products), math.Log10(p.value)
	f.left, f.right = min(f.left, math.Floor(x)), max(f.right, math.Floor(x)+1)
	f.bottom, f.top = min(f.bottom, math.Floor(y)), max(f.top, math.Floor(y)+1)
}

func (f *frame) x(products float64) float64 {
	return plotLeft + plotWidth*(math.Log10(products)-f.left)/(f.right-f.left)
}

func (f *frame) y(nanoseconds float64) float64 {
	return plotTop + plotHeight*(f.top-math.Log10(nanoseconds))/(f.top-f.bottom)
}

func (f *frame) grid(out *strings.Builder) {
	fmt.Fprintf(out, "<text x=\"%d\" y=\"22\" font-size=\"14\">Time by the number of products; both axes are logarithmic</text>\n", plotLeft)
	for e := f.bottom; e <= f.top; e++ {
		y := f.y(math.Pow(10, e))
		fmt.Fprintf(out, "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
			plotLeft, y, plotWidth, plotLeft-8, y+4, Amount(math.Pow(10, e), "ns"))
	}
	for e := f.left; e <= f.right; e++ {
		x := f.x(math.Pow(10, e))
		fmt.Fprintf(out, "<path d=\"M%.1f %dv%d\" stroke=\"#eee\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			x, plotTop, plotHeight, x, plotTop+plotHeight+20, grouped(int(math.Pow(10, e))))
	}
}

// lineHeight keeps the labels at the right apart.
const lineHeight = 17

// draw writes each line with its label at the right, at the height where the line
// ends, or below the label before it.
func (f *frame) draw(out *strings.Builder, lines [][]point) {
	free := float64(plotTop)
	var order []int // the line that ends highest comes first
	for i, points := range lines {
		if len(points) > 0 {
			order = append(order, i)
		}
	}
	end := func(i int) float64 { return lines[i][len(lines[i])-1].value }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(end(b), end(a)) })
	for _, i := range order {
		c := curves()[i]
		var path strings.Builder
		for k, p := range lines[i] {
			command := "L"
			if k == 0 {
				command = "M"
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", command, f.x(p.products), f.y(p.value))
			fmt.Fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", f.x(p.products), f.y(p.value), c.color)
		}
		last := lines[i][len(lines[i])-1]
		y := max(free, f.y(last.value)+4)
		free = y + lineHeight
		fmt.Fprintf(out, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path.String(), c.color)
		fmt.Fprintf(out, "<path d=\"M%.1f %.1fL%d %.1f\" fill=\"none\" stroke=\"%s\" stroke-dasharray=\"2 3\"/>\n",
			f.x(last.products), f.y(last.value), plotLeft+plotWidth+12, y-4, c.color)
		fmt.Fprintf(out, "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s: %s</text>\n",
			plotLeft+plotWidth+16, y, c.color, html.EscapeString(c.label), Amount(last.value, "ns"))
	}
}
