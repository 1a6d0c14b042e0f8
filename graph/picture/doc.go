// Package picture draws answers: the lineage of a trace as SVG and as DOT, and
// the finding over time as SVG.
//
// A lineage reads from left to right: the lists, the listed companies, the
// products that came from them, and the subject. Companies, products and lists
// differ by shape, how far a claim is established by the style of its line, so
// that nothing is lost on a black and white print.
//
// The SVG (version 1.1, https://www.w3.org/TR/SVG11/) holds no script, no style
// sheet, no style attribute, no id and no font: it may stand in any
// page, several times, under the strictest content security policy. It links
// only where it is asked to. The same answer gives the same bytes.
//
// DOT is what Graphviz reads (https://graphviz.org/doc/info/lang.html).
//
// Why the layout is made here stands in DESIGN.md beside this file.
package picture
