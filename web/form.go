package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"debadge/graph"
)

// The bounds of forms, in bytes but for the last.
const (
	maxForm   = 64 << 10 // without a file, of few fields
	maxPasted = 4 << 20  // lines in place of a file
	maxField  = 16 << 10 // any other field beside a file
	maxFields = 1000
)

// postForm reads a form that was sent.
func (v *visit) postForm(most int64) (url.Values, error) {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	if err := v.r.ParseForm(); err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
	}
	return v.r.PostForm, nil
}

// sentFile is what a form brings: its fields, and then a file, which is read
// while it comes.
type sentFile struct {
	fields url.Values
	file   io.Reader // nil if none was chosen
}

// readSent reads a form up to its file. What stands behind the file is not seen:
// the form has the file last.
func (v *visit) readSent() (sentFile, error) {
	sent := sentFile{fields: url.Values{}}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return sent, graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
	}
	left := int64(maxPasted + maxForm) // of all fields together
	for range maxFields {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return sent, graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
		}
		if part.FormName() == "file" {
			if part.FileName() != "" {
				sent.file = part
			}
			return sent, nil
		}
		value, err := readField(part, left)
		if err != nil {
			return sent, err
		}
		left -= int64(len(value))
		sent.fields.Add(part.FormName(), value)
	}
	return sent, graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
}

func readField(part *multipart.Part, most int64) (string, error) {
	limit := int64(maxField)
	if part.FormName() == "lines" {
		limit = maxPasted
	}
	most = min(most, limit)
	data, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil || int64(len(data)) > most {
		return "", graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
	}
	return string(data), nil
}
