package web_test

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"debadge/web/webtest"
)

// pictured are the pictures of the README. DEBADGE_README_PICTURES names the
// folder to write them into anew: make pictures.
var pictured = []struct {
	name, path    string
	width, height int
	dark          bool
}{
	{"product-page", "/entities/product:aivres:kr2280-x2?as_of=2024-04-15", 1440, 1262, false},
	{"product-page-small", "/entities/product:aivres:kr2280-x2?as_of=2024-04-15", 360, 740, true},
}

// mostPicture bounds a picture in bytes: a clone should stay small.
const mostPicture = 150 << 10

// TestReadmePictures checks that the README shows the pictures, small and with
// words for those who do not see them.
func TestReadmePictures(t *testing.T) {
	if folder := os.Getenv("DEBADGE_README_PICTURES"); folder != "" {
		b := webtest.Browse(t, serve(t, nil).URL)
		for _, p := range pictured {
			b.Look(p.width, p.dark)
			b.Open(p.path)
			b.Top(filepath.Join(folder, p.name+".png"), p.height)
		}
	}
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictured {
		if shown := regexp.MustCompile(fmt.Sprintf(`(!\[[^\]]{20,}\]\(docs/%s\.png\)|<img src="docs/%[1]s\.png" alt="[^"]{20,}")`, p.name)); !shown.Match(readme) {
			t.Errorf("the README does not show docs/%s.png with words beside it", p.name)
		}
		file, err := os.Open(filepath.Join("..", "docs", p.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.DecodeConfig(file)
		if err != nil || picture.Width != p.width {
			t.Errorf("%s is %d wide: %v", p.name, picture.Width, err)
		}
		if info, err := file.Stat(); err != nil || info.Size() > mostPicture {
			t.Errorf("%s is too large: %v", p.name, err)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}
