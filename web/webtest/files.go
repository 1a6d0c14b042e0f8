package webtest

import (
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Choose gives a field a file, as the dialog of a browser does.
func (b *Browser) Choose(selector, path string) {
	b.t.Helper()
	b.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
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
