package picture_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/picture"
)

// retoldPart is everything that is retold, with a mark on one rebadging.
func retoldPart(tb testing.TB) picture.Part {
	tb.Helper()
	cs, err := retold("").Prepare()
	if err != nil {
		tb.Fatal(err)
	}
	part := picture.Part{
		Title: "Around X1", Headline: "a part", Basis: "known at revision 1", Subjects: []graph.ID{"product:fresh:x1"},
		Entities: cs.Entities, Claims: cs.Claims, Sources: cs.Sources,
	}
	for _, c := range cs.Claims {
		if c.Relation == graph.RebrandedAs {
			part.After = append(part.After, graph.Rebadging{
				Relation: c.Relation, Claims: []graph.ClaimAnswer{c}, Entity: graph.EntityRef{ID: "company:origin"}, List: graph.EntityRef{ID: "list:blue"},
			})
		}
	}
	if len(part.After) == 0 {
		tb.Fatal("nothing is rebadged")
	}
	return part
}

func TestPart(t *testing.T) {
	part := retoldPart(t)
	for kind, draw := range map[string]func(io.Writer, picture.Part) error{"svg": picture.PartSVG, "dot": picture.PartDOT} {
		var b bytes.Buffer
		if err := draw(&b, part); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "part."+kind)
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("the picture is not that of %s; look at both, and write it with -update if the new one is right", path)
		}
		for _, words := range []string{"Around X1", "AFTER THE LISTING", "LISTED COMPANY", "disputed, not counted", "DENIED in: Fresh Label", "源厂集团", "PRODUCT, ASKED ABOUT"} {
			if !strings.Contains(b.String(), words) {
				t.Errorf("the %s does not say %q", kind, words)
			}
		}
		if kind == "dot" {
			checkDOT(t, b.Bytes())
		}
	}
}

// TestPartShowsEachClaimOnce: an export never loses one, or shows one as two.
func TestPartShowsEachClaimOnce(t *testing.T) {
	part := retoldPart(t)
	var b bytes.Buffer
	if err := picture.PartSVG(&b, part); err != nil {
		t.Fatal(err)
	}
	for _, c := range part.Claims {
		if n := strings.Count(b.String(), string(c.ID)); n != 1 {
			t.Errorf("%s stands in the picture %d times", c.ID, n)
		}
	}
	part.Entities = part.Entities[1:]
	if err := picture.PartSVG(io.Discard, part); err == nil {
		t.Error("a claim without one of its ends was drawn")
	}
}

func TestPartHasABound(t *testing.T) {
	part := picture.Part{Title: "Many"}
	for i := range picture.MostEntities + 1 {
		part.Entities = append(part.Entities, graph.Entity{ID: graph.ID(fmt.Sprintf("company:c%d", i)), Name: "C"})
	}
	if err := picture.PartSVG(io.Discard, part); err == nil || !strings.Contains(err.Error(), "301 entities are too many") {
		t.Errorf("%v", err)
	}
	part.Entities = part.Entities[1:]
	if err := picture.PartDOT(io.Discard, part); err != nil {
		t.Error(err)
	}
}
