package graph

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ID names an entity, a source or a claim: kind:slug or kind:maker:slug in
// lower-case ASCII, such as product:aivres:kr2280-x2.
type ID string

const (
	sourceKind Kind = "source"
	claimKind  Kind = "claim"
)

const maxIDLength = 200

var idForm = regexp.MustCompile(`^[a-z]+(:[a-z0-9][a-z0-9._-]*){1,3}$`)

// Kind returns the first part of the id.
func (id ID) Kind() Kind {
	kind, _, _ := strings.Cut(string(id), ":")
	return Kind(kind)
}

func (id ID) check(kinds ...Kind) string {
	if len(id) > maxIDLength {
		return "is longer than 200 characters"
	}
	if !idForm.MatchString(string(id)) {
		return "is not an id; write kind:slug or kind:maker:slug in lower-case ASCII letters, digits, '.', '_' and '-'"
	}
	for _, k := range kinds {
		if id.Kind() == k {
			return ""
		}
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return "is a " + string(id.Kind()) + ", but must be a " + strings.Join(names, " or a ")
}

// Alias is another written form of an entity's name.
type Alias struct {
	Text     string `json:"text"`
	Language string `json:"language,omitempty"` // BCP 47, if known
}

// Entity is a company, a product, a list or a proceeding. A changed entity is a
// new version of it; the former one is kept.
type Entity struct {
	ID         ID                  `json:"id"`
	Name       string              `json:"name"`
	Brand      string              `json:"brand,omitempty"` // of a product
	Aliases    []Alias             `json:"aliases,omitempty"`
	Attributes map[string][]string `json:"attributes,omitempty"` // such as country, address, docket
}

// CountryAttribute is the attribute of a company that holds the ISO 3166-1
// alpha-2 codes of the countries of its seat; ownership rules read it.
const CountryAttribute = "country"

// EntityRef is an entity as answers name it.
type EntityRef struct {
	ID    ID     `json:"id"`
	Kind  Kind   `json:"kind"`
	Name  string `json:"name"`
	Brand string `json:"brand,omitempty"`
}

// Ref returns the entity as answers name it.
func (e Entity) Ref() EntityRef {
	return EntityRef{ID: e.ID, Kind: e.ID.Kind(), Name: e.Name, Brand: e.Brand}
}

// FullName returns the name as people say it: a product behind its brand, unless
// the name begins with it.
func (e EntityRef) FullName() string {
	if e.Brand == "" || strings.HasPrefix(strings.ToLower(e.Name), strings.ToLower(e.Brand)) {
		return e.Name
	}
	return e.Brand + " " + e.Name
}

// NameKeys returns the keys under which the entity is found, without
// duplicates: its name and aliases, each also behind the brand, and the last
// parts of its id; the texts that somebody decided mean it, and without those
// that somebody decided never do.
func (e Entity) NameKeys() []string {
	texts := []string{e.Name, string(e.ID)}
	if _, slug, ok := strings.Cut(string(e.ID), ":"); ok && e.ID.Kind() == List {
		texts = append(texts, slug) // lists are called by their slug
	}
	for _, a := range e.Aliases {
		texts = append(texts, a.Text)
	}
	texts = append(texts, decidedTexts(e.Attributes[CalledAttribute])...)
	if e.Brand != "" {
		for _, t := range texts {
			texts = append(texts, e.Brand+t)
		}
	}
	seen := make(map[string]bool, len(texts))
	for _, t := range decidedTexts(e.Attributes[NotCalledAttribute]) {
		seen[NameKey(t)] = true
	}
	keys := make([]string, 0, len(texts))
	for _, t := range texts {
		if k := NameKey(t); k != "" && !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// NameKey returns the form of a name that ignores letter case, spaces and
// punctuation, and full-width forms of ASCII: "KR2280-X2" and "kr2280 x2" have
// one key. It never drops a letter or a digit, so two models that differ in one
// have two keys.
func NameKey(text string) string { return string(AppendNameKey(nil, text)) }

// AppendNameKey appends the [NameKey] of a text.
func AppendNameKey(to []byte, text string) []byte {
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9': // nearly all of them
			to = utf8.AppendRune(to, r)
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			to = utf8.AppendRune(to, unicode.ToLower(r))
		}
	}
	return to
}

// Source is a document that claims rest on.
type Source struct {
	ID        ID     `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Date      Date   `json:"date,omitzero"`
	URL       string `json:"url,omitempty"`
	Language  string `json:"language,omitempty"`
	Kind      string `json:"kind,omitempty"`   // regulation, list, court, press, vendor, registry, research or other
	Digest    string `json:"digest,omitempty"` // of the archived document, such as sha256:…
}

// Stance says on which side of a claim a citation stands.
type Stance string

// The stances.
const (
	Supports Stance = "supports"
	Denies   Stance = "denies"
)

// Citation is a claim's pointer into a source.
type Citation struct {
	Source  ID     `json:"source"`
	Stance  Stance `json:"stance"`
	Locator string `json:"locator,omitempty"` // page, paragraph, exhibit
	Text    string `json:"text,omitempty"`    // a short paraphrase
}

// Claim is a directed, typed, dated statement between two entities, made by at
// least one source: the only thing that an answer may rest on. It is never
// overwritten: it is retracted, and another one takes its place.
type Claim struct {
	ID         ID                `json:"id"`
	Relation   Relation          `json:"relation"`
	From       ID                `json:"from"`
	To         ID                `json:"to"`
	Status     Status            `json:"status"`
	Confidence Confidence        `json:"confidence"`
	ValidFrom  Date              `json:"valid_from"`
	ValidTo    Date              `json:"valid_to"` // the first day on which it no longer holds
	ShareMin   Share             `json:"share_min,omitzero"`
	ShareMax   Share             `json:"share_max,omitzero"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Citations  []Citation        `json:"citations"`
}

// Interest returns the kind of interest of an OWNS claim.
func (c Claim) Interest() Interest {
	i, err := ParseInterest(c.Attributes["interest"])
	if err != nil {
		return Control // a validated claim has none of these: the reading that counts least
	}
	return i
}

// Retraction withdraws a claim from the answers of later revisions. A
// correction is a retraction that names the claim that takes its place.
type Retraction struct {
	Claim      ID     `json:"claim"`
	Reason     string `json:"reason"`
	ReplacedBy ID     `json:"replaced_by,omitempty"`
}
