package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"debadge/api"
	"debadge/graph"
	"debadge/ledger"
	"debadge/web"
	"debadge/web/webtest"
)

// twins are two products of one name.
func (s *service) twins(t *testing.T) {
	t.Helper()
	_, err := s.store.Append(t.Context(), graph.ChangeSet{Author: "test", Reason: "to be told apart", Entities: []graph.Entity{
		{ID: "product:twin-a:tq7700", Name: "TQ7700", Brand: "Twin A"}, {ID: "product:twin-b:tq7700", Name: "TQ7700", Brand: "Twin B"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // the index of names follows
}

// order is a file of many lines, one of which is ambiguous.
func order(lines int) string {
	var b strings.Builder
	b.WriteString("Pos;Hersteller;Typ;Menge\n")
	for i := range lines {
		switch {
		case i == 41:
			b.WriteString("42;;TQ7700;3\n")
		case i%10 == 0:
			fmt.Fprintf(&b, "%d;Aivres;KR2280-X2;1\n", i+1)
		default:
			fmt.Fprintf(&b, "%d;Nobody GmbH;NB-%d-Z;2\n", i+1, i)
		}
	}
	return b.String()
}

// looks opens a page in all of its looks.
func looks(t *testing.T, b *webtest.Browser, name, path string) {
	t.Helper()
	inAllLooks(t, b, name, func() { b.Open(path) })
}

// inAllLooks looks at a page on a telephone and on a desk, in light and in dark.
func inAllLooks(t *testing.T, b *webtest.Browser, name string, open func()) {
	t.Helper()
	for _, width := range []int{360, 1440} {
		for _, dark := range []bool{false, true} {
			b.Look(width, dark)
			open()
			full := fmt.Sprintf("%s-%d-%s", name, width, map[bool]string{false: "light", true: "dark"}[dark])
			b.Axe(full)
			if wide := webtest.Evaluate[int](b, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%s is %d pixels wide", full, wide)
			}
			b.Screenshot(full)
		}
	}
}

// choose gives the file field a file as a person does who drops one.
func choose(b *webtest.Browser, content string) {
	webtest.Evaluate[bool](b, `(() => {
		const data = new DataTransfer();
		data.items.add(new File([`+strconv.Quote(content)+`], "order.csv", {type: "text/csv"}));
		document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return true;
	})()`)
}

// TestScreenAFile drops a file of 5,000 lines, looks at its columns, filters the
// results, and settles an ambiguous line for all files.
func TestScreenAFile(t *testing.T) {
	s := serve(t, nil)
	s.twins(t)
	b := webtest.Browse(t, s.URL)
	looks(t, b, "screen", "/screen")
	b.Look(1440, false)
	b.Open("/screen")
	choose(b, order(5000))
	b.Await(`document.querySelectorAll("#columns tbody tr").length === 4`)
	read := webtest.Evaluate[[]string](b, `[...document.querySelectorAll("#columns select")].map(s => s.value)`)
	if got := strings.Join(read, ","); got != ",manufacturer,product," {
		t.Errorf("the columns are read as %s", got)
	}
	b.Axe("columns of a file")
	b.Screenshot("screen-columns-1440-light")
	b.Press(".sheet-form button.primary")
	b.Await(`document.querySelector(".screened")`)
	counts := webtest.Evaluate[string](b, `document.querySelector(".filters").innerText.replace(/\s+/g, " ")`)
	for _, want := range []string{"All 5,000", "Review 5,000", "Block 0", "Pass 0", "Several may be meant 1", "Not known 4,499"} {
		if !strings.Contains(counts, want) {
			t.Errorf("the counts lack %q: %s", want, counts)
		}
	}
	if rows := webtest.Evaluate[int](b, `document.querySelectorAll(".screened tbody tr").length`); rows != 100 {
		t.Errorf("a page has %d rows", rows)
	}
	path := b.Path()
	looks(t, b, "screened", path)
	b.Look(1440, false)
	b.Open(path + "?page=50")
	if last := webtest.Evaluate[string](b, `document.querySelector(".pager").innerText`); !strings.Contains(last, "4,901 to 5,000 of 5,000") {
		t.Errorf("the last page: %s", last)
	}
	b.Open(path + "?resolution=ambiguous")
	if shown := webtest.Evaluate[string](b, `document.querySelector(".screened").innerText`); !strings.Contains(shown, "Twin A TQ7700") || !strings.Contains(shown, "Twin B TQ7700") || !strings.Contains(shown, "line 43") {
		t.Errorf("the ambiguous line: %s", shown)
	}
	looks(t, b, "screened-ambiguous", path+"?resolution=ambiguous")
	b.Look(1440, false)
	b.Open(path + "?resolution=ambiguous")
	b.Press(`input[type=radio][value="product:twin-a:tq7700"]`)
	b.Press(`input[name=keep]`)
	b.Type("#reason", "the order says so")
	b.Press(".keep button")
	b.Await(`location.pathname !== "` + path + `" && document.querySelector(".filters")`)
	if counts := webtest.Evaluate[string](b, `document.querySelector(".filters").innerText.replace(/\s+/g, " ")`); !strings.Contains(counts, "Several may be meant 0") || !strings.Contains(counts, "Pass 1") {
		t.Errorf("after the choice: %s", counts)
	}
	if where := b.Path(); !strings.Contains(where, "resolution=ambiguous") {
		t.Errorf("the filter is lost: %s", where)
	}
	id := s.sendLines(t, "", "TQ7700\n=cmd|' /C calc'!A0\n")
	if shown := s.await(t, "", id); !strings.Contains(shown, "Twin A TQ7700") || strings.Contains(shown, `value="product:twin-b:tq7700"`) {
		t.Errorf("the choice is not kept: %s", shown)
	}
}

// sendLines screens pasted lines as a browser without script does, and returns
// where the result will be.
func (s *service) sendLines(t *testing.T, credential, lines string) string {
	t.Helper()
	return s.sendForm(t, credential, map[string]string{"as_of": "2026-06-01", "policy": "default", "lines": lines}, "")
}

func (s *service) sendForm(t *testing.T, cookie string, fields map[string]string, file string) string {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", map[bool]string{true: "order.csv"}[file != ""])
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/screen", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	answer, text := s.send(t, r)
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	return answer.Header.Get("Location")
}

// await loads a page until nothing more is under way.
func (s *service) await(t *testing.T, cookie, path string) string {
	t.Helper()
	for range 400 {
		answer, text := s.get(t, path, map[string]string{"Cookie": cookie})
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
		if !strings.Contains(text, "data-poll") {
			return text
		}
		if !strings.Contains(text, `http-equiv="refresh"`) {
			t.Fatal("without script, nothing loads the page again")
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the file is still screened")
	return ""
}

// signedIn returns the cookie of somebody with a role.
func (s *service) signedIn(t *testing.T, role ledger.Role) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-in", strings.NewReader("key="+s.key(t, role)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, text := s.send(t, r)
	if len(answer.Cookies()) == 0 {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	var pairs []string
	for _, c := range answer.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// submit sends a form as a browser without script does.
func (s *service) submit(t *testing.T, cookie, path, form string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", cookie)
	return s.send(t, r)
}

// TestScreenerChoosesForOneFile and is told that it is not kept.
func TestScreenerChoosesForOneFile(t *testing.T) {
	s := serve(t, func(o *api.Options, _ *web.Options) { o.Access.Anonymous = "" })
	s.twins(t)
	cookie := s.signedIn(t, ledger.Role(api.Screener))
	path := s.sendLines(t, cookie, "TQ7700\nKR2280-X2\n")
	shown := s.await(t, cookie, path)
	if strings.Contains(shown, `name="keep"`) || !strings.Contains(shown, "you have no leave to keep it for others") || strings.Contains(shown, "/decisions/new") {
		t.Errorf("a screener sees: %s", shown)
	}
	about := regexp.MustCompile(`name="about.0" value="([^"]*)"`).FindStringSubmatch(shown)
	if about == nil {
		t.Fatalf("nothing can be chosen: %s", shown)
	}
	form := "about.0=" + queryOf(about[1]) + "&pick.0=product%3Atwin-b%3Atq7700"
	answer, text := s.submit(t, cookie, path+"/choose", form)
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	if shown := s.await(t, cookie, answer.Header.Get("Location")); !strings.Contains(shown, "Twin B TQ7700") || !strings.Contains(shown, "chosen by hand for this run") {
		t.Errorf("after the choice: %s", shown)
	}
	if answer, text := s.submit(t, cookie, path+"/choose", form+"&keep=1&reason=x"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a screener keeps a choice: %d %s", answer.StatusCode, text)
	}
	answer, _ = s.submit(t, cookie, path+"/choose", "about.0="+queryOf(about[1])+"&pick.0=none")
	if shown := s.await(t, cookie, answer.Header.Get("Location")); !strings.Contains(shown, "debadge does not know the product; that does not mean that it is clear") {
		t.Errorf("none of them: %s", shown)
	}
	if other, _ := s.get(t, path, map[string]string{"Cookie": s.signedIn(t, ledger.Role(api.Officer))}); other.StatusCode != http.StatusNotFound {
		t.Errorf("another one sees the file: %d", other.StatusCode)
	}
}

// queryOf writes a value of HTML into a form.
func queryOf(html string) string {
	return strings.NewReplacer("&#34;", "%22", "{", "%7B", "}", "%7D", ",", "%2C", ":", "%3A", "[", "%5B", "]", "%5D").Replace(html)
}

// TestColumnsAreCorrected where nothing in the file is known to name a product:
// that is a failure in words, and another column is chosen.
func TestColumnsAreCorrected(t *testing.T) {
	s := serve(t, nil)
	path := s.sendForm(t, "", map[string]string{"as_of": "2026-06-01", "policy": "strict"}, "Farbe,Ding\nrot,KR2280-X2\nblau,=1+1\n")
	shown := s.await(t, "", path)
	if !strings.Contains(shown, "could not be screened") || !strings.Contains(shown, "This is not a finding") || strings.Contains(shown, "is-pass") {
		t.Errorf("a file without a product: %s", shown)
	}
	answer, text := s.submit(t, "", path+"/again", "column.0=Farbe&before.0=&field.0=&column.1=Ding&before.1=&field.1=product&as_of=&policy=cautious")
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	path = answer.Header.Get("Location")
	if shown := s.await(t, "", path); !strings.Contains(shown, "KR2280-X2") || !strings.Contains(shown, "cautious") || !strings.Contains(shown, "Inspur Group") {
		t.Errorf("with the column named: %s", shown)
	}
	answer, text = s.get(t, path+"/result.csv", nil)
	if !strings.Contains(answer.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(text, "'=1+1") || !strings.Contains(text, "Farbe,Ding,") {
		t.Errorf("%v %s", answer.Header, text)
	}
	answer, text = s.get(t, path+"/result.xlsx", nil)
	if book, err := excelize.OpenReader(strings.NewReader(text)); err != nil || !strings.Contains(answer.Header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%v %v", answer.Header, err)
	} else if cell, err := book.GetCellValue("Lines", "B3"); cell != "=1+1" || err != nil {
		t.Errorf("a cell of the input is %q: %v", cell, err)
	}
	if err := os.Remove(filepath.Join(s.jobs, strings.TrimPrefix(path, "/screen/"), "result.xlsx")); err != nil {
		t.Fatal(err)
	}
	if _, shown := s.get(t, path, nil); strings.Contains(shown, "result.xlsx") || !strings.Contains(shown, "result.csv") {
		t.Error("a workbook is offered that an earlier version did not keep")
	}
	if answer, text := s.get(t, path+"/result.xlsx", nil); answer.StatusCode != http.StatusConflict || !strings.Contains(text, "an earlier version") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	answer, text = s.get(t, path+"/result.html", nil)
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, styleHash(text)) ||
		strings.Contains(policy, "unsafe") || !strings.Contains(text, "<h1") {
		t.Errorf("%v", answer.Header)
	}
	if answer, _ := s.get(t, path+"/result.exe", nil); answer.StatusCode != http.StatusNotFound {
		t.Error(answer.StatusCode)
	}
	if answer, _ := s.submit(t, "", path+"/cancel", ""); answer.StatusCode != http.StatusSeeOther {
		t.Error(answer.StatusCode)
	}
	if answer, _ := s.get(t, path, nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a result that was removed is %d", answer.StatusCode)
	}
}

// TestWorkbookIsScreened chooses a workbook, looks at its columns, and screens it.
func TestWorkbookIsScreened(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{{"Pos", "Artikel", "Hersteller"}, {1, "KR2280-X2", "Aivres"}, {2, "NB-77-Z", "无名公司"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "order.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	b := webtest.Browse(t, serve(t, nil).URL)
	b.Look(1440, false)
	b.Open("/screen")
	b.Choose("#file", path)
	b.Await(`document.querySelectorAll("#columns tbody tr").length === 3`)
	b.AwaitText("无名公司")
	b.Press(".sheet-form button.primary")
	b.Await(`document.querySelectorAll(".screened tbody tr").length === 2`)
	rows := webtest.Evaluate[[]string](b, `[...document.querySelectorAll(".screened tbody tr")].map(r => r.innerText)`)
	if !strings.Contains(rows[0], "Inspur Group") || !strings.Contains(rows[1], "Not known") {
		t.Errorf("%q", rows)
	}
	if loads := webtest.Evaluate[bool](b, `Boolean(document.querySelector('a[href$="/result.xlsx"]'))`); !loads {
		t.Error("no workbook is offered")
	}
}

// TestNothingToScreen is refused in words.
func TestNothingToScreen(t *testing.T) {
	s := serve(t, nil)
	b := webtest.Browse(t, s.URL)
	b.Allow("422")
	b.Look(1440, false)
	b.Open("/screen")
	b.Press(".sheet-form button.primary")
	b.AwaitText("Choose a file, or paste lines.")
	b.AwaitText("This is not a finding")
}

// styleHash is the digest of the style sheet in a page, as a content security
// policy names it.
func styleHash(page string) string {
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
