package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/screen"
)

func (s *service) send(t *testing.T, target, media, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.ask(t, r)
}

// rowWords are the action and the finding of each row.
func rowWords(rows []screen.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf("%d %s %s", r.Line, r.Action, r.Finding))
	}
	return strings.Join(all, ", ")
}

// TestScreen answers lines at once.
func TestScreen(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct{ query, body, rows string }{
		{"", `[]`, ""},
		{"", `[{"id":"product:beta:b1"},{"product":"G1","brand":"Gamma"},{"product":"nobody's"},{}]`, "1 review listed, 2 pass clear, 3 review unknown, 4 review unknown"},
		{"?as_of=2022-06-01", ` [ {"product" : "B1" , "also":["x", "y"]} ] `, "1 pass clear"},
		{"?policy=strict", `[{"product":"B1"}]`, "1 pass clear"},
		{"?list=eu-list", `[{"product":"B1"}]`, "1 pass clear"},
		{"?known_at=1&explain=true", `[{"product":"Twin","brand":"Beta"}]`, "1 review listed"},
		{"", `[{"product":"Twin"}]`, "1 review unknown"},
		{"", `[{"product":"G1","supplier":"Acme"}]`, "1 block listed"},
		{"", `[{"identifiers":[{"scheme":"mpn","value":"9"}],"company_identifiers":[{"scheme":"lei","value":"9"}]}]`, "1 review unknown"},
		{"", `[{"product":"a \"quoted\" : {name}, [x] \\"}]`, "1 review unknown"},
	} {
		w := s.send(t, "/v1/screen"+test.query, jsonType, test.body)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", test.body, w.Code, w.Body)
			continue
		}
		a := decode[screenAnswer](t, w.Body.Bytes())
		if got := rowWords(a.Rows); got != test.rows || !a.Finished || a.Revision != 1 || a.Lines != len(a.Rows) {
			t.Errorf("%s: %s of revision %d", test.body, got, a.Revision)
		}
		if strings.Contains(test.query, "explain") != strings.Contains(w.Body.String(), `"paths"`) {
			t.Errorf("%s: paths in %s", test.query, w.Body)
		}
	}
}

// TestScreenRefuses bodies that may not say what was meant.
func TestScreenRefuses(t *testing.T) {
	s := newService(t, nil)
	many := "[" + strings.Repeat(`{"id":"x"},`, mostLines) + `{"id":"x"}]`
	for _, test := range []struct {
		target, media, body string
		status              int
		has                 string
	}{
		{"/v1/screen", jsonType, ``, 422, "no JSON array"},
		{"/v1/screen", jsonType, `{}`, 422, "no JSON array"},
		{"/v1/screen", jsonType, `[{"prodct":"B1"}]`, 422, `\"prodct\" is not a property`},
		{"/v1/screen", jsonType, `[{"product":"a"},{"Product":"B1"}]`, 422, "body[1]"},
		{"/v1/screen", jsonType, `[{"product":"a" , "x y" :"B1"}]`, 422, `x y`},
		{"/v1/screen", jsonType, `[{"product":null}]`, 422, "null"},
		{"/v1/screen", jsonType, `[{"also":[null]}]`, 422, "null"},
		{"/v1/screen", jsonType, `["B1"]`, 422, "no object"},
		{"/v1/screen", jsonType, `[{"product":1}]`, 422, "body[0].product"},
		{"/v1/screen", jsonType, `[{"identifiers":[{"scheme":"lei","value":"1"}]}]`, 422, "body[0].identifiers[0].scheme"},
		{"/v1/screen", jsonType, `[{"identifiers":[{"scheme":"mpn","value":"1","more":"x"}]}]`, 422, `\"more\"`},
		{"/v1/screen", jsonType, `[{"product":"a"}`, 422, "cut off"},
		{"/v1/screen", jsonType, `[{"product":"a"}] []`, 422, "behind the array"},
		{"/v1/screen", jsonType, `[{"product":"a"`, 422, "no JSON"},
		{"/v1/screen", jsonType, "[{\"product\":\"\xff\"}]", 400, "UTF-8"},
		{"/v1/screen", jsonType, many, 422, "10000 lines"},
		{"/v1/screen", jsonType, strings.Repeat(" ", mostScreenBody+1), 413, "larger"},
		{"/v1/screen", "text/plain", `[]`, 415, "application/json"},
		{"/v1/screen", "", `[]`, 415, ""},
		{"/v1/screen", jsonType + "; charset=latin1", `[]`, 415, "UTF-8"},
		{"/v1/screen?asof=2020-01-01", jsonType, `[]`, 422, "query.asof"},
		{"/v1/screen?policy=lax", jsonType, `[]`, 422, "query.policy"},
		{"/v1/screen?list=nowhere", jsonType, `[]`, 404, "nowhere"},
		{"/v1/screen?known_at=9", jsonType, `[]`, 404, ""},
		{"/v1/screen/stream", jsonType, `[]`, 415, "text/csv"},
		{"/v1/screen/stream", csvType, "Farbe,Preis\nrot,1\n", 422, "no column"},
		{"/v1/screen/stream?map=product", csvType, "Artikel\nB1\n", 422, "query.map"},
		{"/v1/screen/stream?map=product=Artikl", csvType, "Artikel\nB1\n", 422, "Artikl"},
		{"/v1/screen/stream", csvType, "", 422, ""},
	} {
		w := s.send(t, test.target, test.media, test.body)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.has) || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%s %.60s: %d %.400s", test.target, test.body, w.Code, w.Body)
		}
	}
}

// FuzzScreenBody reads any body as encoding/json reads it, or refuses it.
func FuzzScreenBody(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"product":"a \"b\" {,:[ \\"}]`, `[{"also":["x",",",":"]}]`, `[{"identifiers":[{"scheme":"mpn","value":"1"}]}]`, `[{"id":"a","id":"b"}]`, `[{"p":{"q":[{}]}}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		lines, err := readLines(body)
		if err != nil {
			if graph.KindOf(err) != graph.KindInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		var plain []screen.Input
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&plain); err != nil || len(plain) != len(lines) {
			t.Fatalf("%d lines of %q: %v", len(lines), body, err)
		}
	})
}

// TestScreenStream takes and gives both formats.
func TestScreenStream(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct{ query, media, body, rows string }{
		{"", ndjsonType, "{\"model\":\"B1\"}\n\"A1\"\n{oops\n", "1 review listed, 2 block listed, 3 review unknown"},
		{"", csvType, "\xef\xbb\xbfModel;Hersteller\nB1;Beta\n", "1 review listed"},
		{"?map=product=Farbe", csvType, "Farbe\nB1\nG1", "1 review listed, 2 pass clear"},
		{"?as_of=2022-06-01", csvType + "; charset=utf-8", "model\nB1\n", "1 pass clear"},
		{"", csvType, "model\n", ""},
		{"", ndjsonType, "", ""},
	} {
		w := s.send(t, "/v1/screen/stream"+test.query, test.media, test.body)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != ndjsonType {
			t.Errorf("%s: %d %s", test.body, w.Code, w.Body)
			continue
		}
		rows, head := readStream(t, w.Body)
		if rowWords(rows) != test.rows || head == nil || !head.Finished || head.Lines != len(rows) {
			t.Errorf("%s: %s %+v", test.body, rowWords(rows), head)
		}
	}
	w := s.send(t, "/v1/screen/stream?explain=true", csvType, "ref,model\n7,B1\n=1+1,G1\n", "Accept", csvType)
	cells, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || w.Header().Get("Content-Type") != csvType || len(cells) != 3 || cells[0][0] != "ref" || cells[1][4] != "review" || cells[2][0] != "'=1+1" {
		t.Errorf("%v %v %s", err, cells, w.Header())
	}
}

// readStream reads rows and the head, nil if it is missing.
func readStream(t *testing.T, r io.Reader) (rows []screen.Row, head *screen.Summary) {
	t.Helper()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := decode[screenLine](t, lines.Bytes())
		if head != nil {
			t.Error("a line behind the head")
		}
		if head = line.Head; line.Row != nil {
			rows = append(rows, *line.Row)
		}
	}
	return rows, head
}

// live serves on loopback.
func (s *service) live(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server
}

// TestStreamAnswersWhileItIsSent sends a batch, and the next one once that is
// answered.
func TestStreamAnswersWhileItIsSent(t *testing.T) {
	s := newService(t, nil)
	server := s.live(t)
	body, send := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/screen/stream", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", ndjsonType)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(send, strings.Repeat("{\"model\":\"B1\"}\n", 600))
	}()
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for range 256 {
		if !lines.Scan() || !strings.Contains(lines.Text(), `"action":"review"`) {
			t.Fatalf("%s %v", lines.Text(), lines.Err())
		}
	}
	<-sent
	_ = send.Close()
	count := 256
	for lines.Scan() {
		count++
	}
	if err := lines.Err(); err != nil || count != 601 {
		t.Errorf("%d lines, %v", count, err)
	}
}

// TestInterruptedStreamIsSeen cuts the body, for both formats of the answer, and
// stops sending.
func TestInterruptedStreamIsSeen(t *testing.T) {
	for _, accept := range []string{ndjsonType, csvType} {
		for _, stalls := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s stalls %v", accept, stalls), func(t *testing.T) {
				s := newService(t, func(o *Options) { o.IdleTimeout = 300 * time.Millisecond })
				server := s.live(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				body, send := io.Pipe()
				defer send.Close()
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/v1/screen/stream", body)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", csvType)
				r.Header.Set("Accept", accept)
				go func() {
					_, _ = io.WriteString(send, "model\n"+strings.Repeat("B1\n", 2000))
					if !stalls {
						_ = send.CloseWithError(errors.New("the file cannot be read"))
					}
				}()
				response, err := server.Client().Do(r)
				if err != nil {
					return // cut before the client had read the head of the answer: it is seen
				}
				defer response.Body.Close()
				all, err := io.ReadAll(response.Body)
				if err == nil || strings.Contains(string(all), `"finished":true`) {
					t.Errorf("it looks whole: %v, %d bytes", err, len(all))
				}
			})
		}
	}
}
