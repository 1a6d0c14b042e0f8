// Package webtest opens pages in a real headless Chromium, for tests, and finds
// what is wrong with them: what axe-core objects to, errors on the console, and
// requests to anywhere but the service.
//
// Chromium is found on the PATH, or is the one that DEBADGE_TEST_CHROMIUM names.
// axe-core (https://github.com/dequelabs/axe-core) is what .ci/axe has fetched.
package webtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a walk through pages may take.
const patience = 2 * time.Minute

// Browser is one tab. What went wrong in it fails the test at its end.
type Browser struct {
	ctx     context.Context
	t       testing.TB
	address string // of the service

	mu      sync.Mutex
	wrong   []string
	allowed []string // failures that are meant, such as 404
}

// Browse opens a tab for the service at an address, such as
// http://127.0.0.1:8080, until the test ends.
func Browse(tb testing.TB, address string) *Browser {
	tb.Helper()
	allocator, stop := chromedp.NewExecAllocator(tb.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(tb)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("hide-scrollbars", true))...)
	tb.Cleanup(stop)
	return open(allocator, tb, address)
}

// Tab opens another tab of the same browser until a test ends, with cookies of
// its own. It takes a fraction of the time that another browser takes.
func (b *Browser) Tab(tb testing.TB) *Browser {
	tb.Helper()
	return open(b.ctx, tb, b.address, chromedp.WithNewBrowserContext())
}

func open(parent context.Context, tb testing.TB, address string, options ...chromedp.ContextOption) *Browser {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	tb.Cleanup(cancel)
	b := &Browser{ctx: ctx, t: tb, address: strings.TrimSuffix(address, "/")}
	b.Do() //nolint:contextcheck // opens the tab, in the context of the browser
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		for _, w := range b.wrongs() {
			tb.Error(w)
		}
	})
	return b
}

// chromium finds the browser.
func chromium(tb testing.TB) string {
	tb.Helper()
	if path := os.Getenv("DEBADGE_TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	tb.Fatal("the tests of pages need Chromium: install the package chromium (.ci/setup does), or name one in DEBADGE_TEST_CHROMIUM")
	return ""
}

// hear notes what goes wrong in the tab.
func (b *Browser) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.note("a script failed: " + e.ExceptionDetails.Text + " " + describe(e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.note(fmt.Sprintf("the console has a %s: %s", e.Type, arguments(e.Args)))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.note(fmt.Sprintf("the console has a %s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *page.EventJavascriptDialogOpening:
		b.note("a dialog opens: " + e.Message)
		go func() { // not while the tab waits for it
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.address+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") && u != "about:blank" {
			b.note("a request goes elsewhere: " + u)
		}
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range args {
		texts = append(texts, describe(a))
	}
	return strings.Join(texts, " ")
}

func describe(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return strings.TrimSpace(string(o.Value) + " " + o.Description)
}

func (b *Browser) note(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, status := range b.allowed {
		if strings.Contains(what, "status of "+status) || strings.Contains(what, "net::"+status) {
			return
		}
	}
	b.wrong = append(b.wrong, what)
}

func (b *Browser) wrongs() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong
}

// Allow says that answers of a status are meant, or a failure to get one, such as
// ERR_CONNECTION_REFUSED: a browser tells of them on the console.
func (b *Browser) Allow(status string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.allowed = append(b.allowed, status)
}

// Do acts in the tab, and ends the test where that fails.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx := b.ctx
	if len(actions) > 0 { // what opens the tab must not end it with a time limit
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(b.ctx, patience)
		defer cancel()
	}
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%v; the page:\n%s", err, b.text())
	}
}

// run returns what an action does.
func run[T any](b *Browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%v; the page:\n%s", err, b.text())
	}
	return v
}

// text is what the page shows, for the message of a failure.
func (b *Browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// Look sets what the reader has: how wide the window is, and whether colors are
// dark.
func (b *Browser) Look(width int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	height := int64(900)
	if width < 600 {
		height = 740
	}
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: height, DeviceScaleFactor: 1, Mobile: width < 600,
	})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// Print shows the page as it is printed, or no longer.
func (b *Browser) Print(on bool) {
	b.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
}

func call[P any](b *Browser, command cdp.Command[P, cdp.Empty], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// Open loads a page of the service by its path.
func (b *Browser) Open(path string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(b.address+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// Show loads anything by its path, and waits until the browser is done with it.
func (b *Browser) Show(path string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(b.address + path))
	b.Await(`document.readyState === "complete"`)
}

// The keys that have no letter.
const (
	ArrowDown = kb.ArrowDown
	Enter     = kb.Enter
)

// Press presses what a CSS selector finds.
func (b *Browser) Press(selector string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Type types a text into a field, behind what it has.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Evaluate returns what an expression of JavaScript is.
func Evaluate[T any](b *Browser, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression))
}

// Await waits until an expression of JavaScript is true of a page that is read. While
// one page takes the place of another, there may be nothing to ask.
func (b *Browser) Await(expression string) {
	b.t.Helper()
	ask := chromedp.Evaluate[bool](`document.readyState !== "loading" && Boolean(` + expression + ")")
	end := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		is, err := chromedp.Run(ctx, ask)
		cancel()
		if is && err == nil {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("this does not come true: %s (%v); the page:\n%s", expression, err, b.text())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// AwaitText waits until the page shows a text, in any letter case.
func (b *Browser) AwaitText(text string) {
	b.t.Helper()
	b.Await(fmt.Sprintf("document.body?.innerText.toLowerCase().includes(%q)", strings.ToLower(text)))
}

// Path is the address of the page behind that of the service.
func (b *Browser) Path() string {
	b.t.Helper()
	u, err := url.Parse(Evaluate[string](b, "location.href"))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.RequestURI()
}
