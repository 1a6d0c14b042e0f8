package webtest

import (
	"errors"
	"os"
	"path/filepath"

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

// Window writes a picture of what the window shows into a file.
func (b *Browser) Window(path string) {
	b.t.Helper()
	b.write(path, run(b, chromedp.CaptureScreenshot()))
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
