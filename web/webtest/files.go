package webtest

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Choose gives a field a file, as the dialog of a browser does.
func (b *Browser) Choose(selector, path string) {
	b.t.Helper()
	b.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// ChooseByKey presses keys on the field that has the focus, and chooses a file in
// the dialog that the browser opens for that. It fails where none opens.
func (b *Browser) ChooseByKey(keys, path string) {
	b.t.Helper()
	opened := make(chan *page.EventFileChooserOpened, 1)
	if err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*page.EventFileChooserOpened); ok {
			select {
			case opened <- e:
			default: // one dialog is enough
			}
		}
	}); err != nil {
		b.t.Fatal(err)
	}
	call(b, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	b.Key(keys)
	select {
	case e := <-opened:
		call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, BackendNodeID: e.BackendNodeID})
	case <-time.After(patience):
		b.t.Fatalf("no dialog for a file opens; the page:\n%s", b.text())
	}
	call(b, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: false})
}

// Drop drags a file over what a CSS selector finds, and drops it there.
func (b *Browser) Drop(selector, path string) {
	b.t.Helper()
	at := Evaluate[[]float64](b, fmt.Sprintf(`(() => {
		const place = document.querySelector(%q);
		place.scrollIntoView({block: "center"});
		const box = place.getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector))
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		_, err := chromedp.Call(b.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at[0], Y: at[1], Data: data})
		if err != nil {
			b.t.Fatal(err)
		}
	}
}
