package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the template
	"encoding/base64"
	"fmt"
	"html/template"

	"github.com/danielgtaylor/huma/v2"
)

const apiDescription = "Answers which products trace back to a listed entity: the path, the evidence of every hop, and how strong the weakest one is. " +
	"Every answer states the policy, the dates and the revision that it was computed at, so that the same question gives the same answer. " +
	"Parameters that are not known are refused, and so are repeated ones. Errors are problem documents (RFC 9457) with the request id that is in the log. " +
	"HEAD is answered wherever GET is."

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle string

var docsPolicy = pagePolicy + "; style-src 'sha256-" + styleDigest() + "'"

func styleDigest() string {
	sum := sha256.Sum256([]byte(docsStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// renderDocs writes the OpenAPI document as a page that loads nothing.
func (s *server) renderDocs() ([]byte, error) {
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the page of documentation: %w", err)
	}
	var page bytes.Buffer
	err = t.Execute(&page, struct {
		Description, Version string
		Style                template.CSS
		Routes               []*huma.Operation
		Problems             []faultRule
	}{apiDescription, s.Version, template.CSS(docsStyle), s.routes, faults[:canceled]}) //nolint:gosec // our own style sheet
	if err != nil {
		return nil, fmt.Errorf("writing the page of documentation: %w", err)
	}
	return page.Bytes(), nil
}
