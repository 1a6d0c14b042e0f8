package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The ways in which a key is named: {{t "key"}} and text("key"), and the family
// of keys of {{tk "family" …}} and textOf("family", …).
var (
	namedKey    = regexp.MustCompile(`(?:[{(| ]t |\btext\()"([a-z0-9.-]+)"`)
	namedFamily = regexp.MustCompile(`(?:[{(| ]tk |\btextOf\()"([a-z0-9.-]+)"`)
	keyInACase  = regexp.MustCompile(`\bkey :?= "([a-z0-9.-]+)"`) // a key that is chosen before it is named
)

// TestTexts finds texts that are missing, and texts that nothing shows.
func TestTexts(t *testing.T) {
	keys, families := map[string]bool{}, map[string]bool{}
	read := func(name string, data []byte) {
		for _, m := range slices.Concat(namedKey.FindAllSubmatch(data, -1), keyInACase.FindAllSubmatch(data, -1)) {
			key := string(m[1])
			keys[key] = true
			if _, ok := texts()[key]; !ok {
				t.Errorf("%s: there is no text %q", name, key)
			}
		}
		for _, m := range namedFamily.FindAllSubmatch(data, -1) {
			families[string(m[1])] = true
		}
	}
	for _, files := range []fs.FS{os.DirFS("."), os.DirFS("templates")} {
		entries, err := fs.ReadDir(files, ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() || e.Name() == "doc.go" || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			data, err := fs.ReadFile(files, e.Name())
			if err != nil {
				t.Fatal(err)
			}
			read(e.Name(), data)
		}
	}
	for family := range families {
		if !slices.ContainsFunc(allKeys(), func(key string) bool { return strings.HasPrefix(key, family+".") }) {
			t.Errorf("there is no text of the family %q", family)
		}
	}
	for _, key := range allKeys() {
		dot := strings.LastIndex(key, ".")
		if !keys[key] && (dot < 0 || !families[key[:dot]]) {
			t.Errorf("nothing shows the text %q", key)
		}
	}
}

func allKeys() []string {
	var all []string
	for key := range texts() {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}

// TestTextPutsArgumentsIn also where they stand in another order.
func TestTextPutsArgumentsIn(t *testing.T) {
	if got := text("edition", "The List", "3 June 2021"); got != "The List, edition of 3 June 2021" {
		t.Error(got)
	}
	if got := text("edition", "{1}", "b"); got != "{1}, edition of b" {
		t.Errorf("an argument is not looked at again: %q", got)
	}
	if got := text("no.such.key"); !strings.Contains(got, "no.such.key") {
		t.Error(got)
	}
}

// TestTextsOnce finds a key that stands twice: the text that is read last hides
// the other one.
func TestTextsOnce(t *testing.T) {
	data, err := os.ReadFile("texts/en.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\s*"([^"]+)":`).FindAllSubmatch(data, -1) {
		if key := string(m[1]); seen[key] {
			t.Errorf("%q stands twice", key)
		} else {
			seen[key] = true
		}
	}
	if len(seen) < 500 {
		t.Errorf("only %d keys were seen", len(seen))
	}
}
