package webtest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Screenshot writes a picture of the whole page into the folder that
// DEBADGE_SCREENSHOTS names, if it names one.
func (b *Browser) Screenshot(name string) {
	b.t.Helper()
	folder := os.Getenv("DEBADGE_SCREENSHOTS")
	if folder == "" {
		return
	}
	b.write(filepath.Join(folder, name+".png"), run(b, chromedp.FullScreenshot(100)))
}

// Top writes a picture of the top of the page, as wide as the window and as high
// as is asked for, into a file, as small as PNG makes it.
func (b *Browser) Top(path string, height int) {
	b.t.Helper()
	width, beyond := Evaluate[float64](b, "innerWidth"), true
	shot, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Clip: &page.Viewport{Width: width, Height: float64(height), Scale: 1}, CaptureBeyondViewport: &beyond,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		b.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColors(picture)); err != nil {
		b.t.Fatal(err)
	}
	b.write(path, small.Bytes())
}

// fewColors draws a picture in the 256 colors that it has most of: those of the
// edges of letters, which are the most by far, differ by less than an eye sees.
func fewColors(picture image.Image) *image.Paletted {
	count := map[color.Color]int{}
	box := picture.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	few := image.NewPaletted(box, color.Palette(colors[:min(len(colors), 256)]))
	nearest := map[color.Color]uint8{}
	for _, c := range colors {
		nearest[c] = uint8(few.Palette.Index(c))
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			few.SetColorIndex(x, y, nearest[picture.At(x, y)])
		}
	}
	return few
}

// PDF prints the page, on A4, and returns the document. It is written into the
// folder of pictures as well.
func (b *Browser) PDF(name string) []byte {
	b.t.Helper()
	printed, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
	if err != nil {
		b.t.Fatal(err)
	}
	if folder := os.Getenv("DEBADGE_SCREENSHOTS"); folder != "" {
		b.write(filepath.Join(folder, name+".pdf"), printed.Data)
	}
	return printed.Data
}

func (b *Browser) write(path string, data []byte) {
	b.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, data, 0o600)); err != nil {
		b.t.Fatal(err)
	}
}
