package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"debadge/graph"
	"debadge/graph/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

// view is what a handler shows.
type view struct {
	Title   string
	Nav     string // the entry of the navigation that the page belongs to
	Data    any
	Modules []string // scripts of the page's own, beside app.js
	Status  int      // default 200
}

// sheet is what a template sees.
type sheet struct {
	view
	Me      Visitor
	Q       question
	Here    string // the address of the page, for coming back to it
	Version string
}

// Link is an address that keeps the question.
func (s *sheet) Link(path string, pairs ...string) string { return s.Q.link(path, pairs...) }

// Over is the address of this page asked another question.
func (s *sheet) Over(q question) string {
	path, _, _ := strings.Cut(s.Here, "?")
	return q.link(path)
}

// Entity is the address of the page about an entity.
func (s *sheet) Entity(id graph.ID) string { return s.Q.link(entityPath(id)) }

// fragmentHeader names the parts of a page that a script exchanges, with spaces
// between.
const fragmentHeader = "Debadge-Part"

// readTemplates parses each page together with what all share.
func (s *Site) readTemplates() (map[string]*template.Template, error) {
	funcs := template.FuncMap{
		"t": text, "tk": textOf, "visible": words.Visible, "asset": s.assets.url,
		"period": period, "day": longDate, "dated": dated, "minute": minute, "number": words.Thousands, "days": days, "dict": dict, "bare": bareAddress, "before": before,
	}
	shared, err := template.New("shared").Funcs(funcs).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/icons.html")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	all := map[string]*template.Template{}
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".html")
		if base == "layout" || base == "parts" || base == "icons" {
			continue
		}
		own, err := shared.Clone()
		if err == nil {
			own, err = own.ParseFS(templateFiles, name)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the template %s: %w", base, err)
		}
		all[base] = own
	}
	return all, nil
}

// bareAddress leaves out of an address what is asked.
func bareAddress(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

// before is the revision before one: changes are asked for after a revision.
func before(r graph.Revision) graph.Revision { return r - min(r, 1) }

// dict makes a map of names and values, for templates that take several.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("the name %v is no text", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// render answers with a page, or with the part of it that a script asks for.
func (v *visit) render(name string, show view) error {
	sheets, ok := v.site.sheets[name]
	if !ok {
		return fmt.Errorf("there is no template %q", name)
	}
	var b bytes.Buffer
	s := &sheet{view: show, Me: v.me, Q: v.q, Here: v.r.URL.RequestURI(), Version: v.site.Version}
	if err := writeSheet(&b, sheets, strings.Fields(v.r.Header.Get(fragmentHeader)), s); err != nil {
		return fmt.Errorf("writing the page %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Add("Vary", "Cookie, "+fragmentHeader)
	v.w.WriteHeader(max(show.Status, http.StatusOK))
	_, _ = v.w.Write(b.Bytes()) // a browser that is gone does not miss it
	return nil
}

// writeSheet writes a page, or parts of it: each one in an element that names it.
func writeSheet(b *bytes.Buffer, sheets *template.Template, parts []string, s *sheet) error {
	if len(parts) == 0 {
		return sheets.ExecuteTemplate(b, "layout", s)
	}
	for _, part := range parts {
		block := "part-" + part
		if sheets.Lookup(block) == nil {
			return graph.Errorf(graph.KindInvalid, "%s", text("failure.no-part", part))
		}
		fmt.Fprintf(b, "<div data-part=%q>", template.HTMLEscapeString(part))
		if err := sheets.ExecuteTemplate(b, block, s); err != nil {
			return err
		}
		b.WriteString("</div>")
	}
	return nil
}
