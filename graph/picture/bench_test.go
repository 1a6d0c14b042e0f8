package picture_test

import (
	"io"
	"testing"

	"debadge/graph/picture"
)

func BenchmarkSVG(b *testing.B) {
	answer, _, names := ask(b, fill(b, retold("")), "product:fresh:x1", 4)
	for b.Loop() {
		if err := picture.SVG(io.Discard, answer, picture.Options{Names: names}); err != nil {
			b.Fatal(err)
		}
	}
}
