package refresh

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/robfig/cron/v3"
	"gopkg.in/yaml.v3"

	"debadge/graph"
)

// Manifest says which registers are kept current.
type Manifest struct {
	Registers []Register `yaml:"registers"`
}

// Register is a list or register, and where its editions are published.
type Register struct {
	Name       string     `yaml:"name"`         // of the entry: lower-case letters, digits and '-'
	Format     string     `yaml:"format"`       // as debadge import takes it
	From       []string   `yaml:"from"`         // addresses or paths, of the parts of one edition
	Lists      []graph.ID `yaml:"lists"`        // that every edition must be of
	Schedule   string     `yaml:"schedule"`     // cron: minute hour day month weekday, in UTC
	MaxAgeDays int        `yaml:"max_age_days"` // how old an edition may be before answers ask for a review; 0: no limit
	Enabled    bool       `yaml:"enabled"`

	SHA256    []string `yaml:"sha256"`    // of each of from: the digest, or the address of a file that begins with it
	Signature []string `yaml:"signature"` // of each of from: the address of its Ed25519 signature in base64
	PublicKey string   `yaml:"public_key"`
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// ParseManifest reads a manifest from YAML. Relative paths in it are those
// beside a folder. The error names each entry and field that is wrong.
func ParseManifest(data []byte, folder string, formats func(name string) bool) (Manifest, error) {
	var m Manifest
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil && !errors.Is(err, io.EOF) {
		return Manifest{}, &graph.Error{
			Kind: graph.KindInvalid, Cause: err,
			Message: "the manifest is not as it should be: " + strings.TrimPrefix(err.Error(), "yaml: "),
		}
	}
	var wrong []graph.FieldError
	seen := map[string]bool{}
	for i := range m.Registers {
		r := &m.Registers[i]
		add := func(field, format string, args ...any) {
			wrong = append(wrong, graph.FieldError{Field: fmt.Sprintf("registers[%d].%s", i, field), Message: fmt.Sprintf(format, args...)})
		}
		r.check(formats, add)
		if seen[r.Name] {
			add("name", "%q stands twice", r.Name)
		}
		seen[r.Name] = true
		for k, from := range r.From {
			if !isAddress(from) && !filepath.IsAbs(from) {
				r.From[k] = filepath.Join(folder, from)
			}
		}
	}
	if len(wrong) > 0 {
		return Manifest{}, &graph.Error{Kind: graph.KindInvalid, Message: "the manifest is refused", Fields: wrong}
	}
	return m, nil
}

func (r *Register) check(formats func(string) bool, add func(field, format string, args ...any)) {
	if !nameForm.MatchString(r.Name) {
		add("name", "%q is not a name; use lower-case letters, digits and '-'", r.Name)
	}
	if !formats(r.Format) {
		add("format", "%q is not a format; debadge help import tells them", r.Format)
	}
	if len(r.From) == 0 {
		add("from", "is missing; give the address or the path of the file")
	}
	for _, from := range r.From {
		if u, err := url.Parse(from); isAddress(from) && (err != nil || u.Host == "") {
			add("from", "%q is not an address", from)
		}
	}
	if _, err := cron.ParseStandard(r.Schedule); r.Schedule != "" && err != nil {
		add("schedule", "%q is not a schedule (%s); write minute hour day month weekday, such as 30 6 * * *", r.Schedule, err)
	}
	if r.MaxAgeDays < 0 || r.MaxAgeDays > 36500 {
		add("max_age_days", "is outside 0 to 36500")
	}
	for _, list := range r.Lists {
		if list.Kind() != graph.List {
			add("lists", "%q is not the id of a list", list)
		}
	}
	if len(r.SHA256) > 0 && len(r.SHA256) != len(r.From) {
		add("sha256", "has %d entries for %d files", len(r.SHA256), len(r.From))
	}
	r.checkSignature(add)
}

func (r *Register) checkSignature(add func(field, format string, args ...any)) {
	if len(r.Signature) == 0 && r.PublicKey == "" {
		return
	}
	if len(r.Signature) != len(r.From) {
		add("signature", "has %d entries for %d files", len(r.Signature), len(r.From))
	}
	if key, err := base64.StdEncoding.DecodeString(r.PublicKey); err != nil || len(key) != ed25519.PublicKeySize {
		add("public_key", "is not an Ed25519 key of 32 bytes in base64")
	}
}

func isAddress(from string) bool {
	return strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://")
}

// Find returns the entry of a name.
func (m Manifest) Find(name string) (Register, bool) {
	for _, r := range m.Registers {
		if r.Name == name {
			return r, true
		}
	}
	return Register{}, false
}
