package api

import (
	"net/http"
	"strings"
	"testing"

	"debadge/jobs"
)

// TestScreenedRows pages through the rows of one kind.
func TestScreenedRows(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	// What stands inside of a text must not be taken for what the row says.
	id := made(t, s.send(t, "/v1/jobs/screen?as_of=2026-01-01", csvType,
		"Typ,Farbe\nA1,a\n\"\"\"action\"\":\"\"pass\"\"\",b\nA1,c\nnobody's,d\nA1,e\n\"bad\"x,f\n")).ID
	s.awaitJob(t, id, jobs.Done)
	at := "/v1/jobs/" + id + "/rows"
	for query, want := range map[string]string{
		"":                               "1 block 2 review 3 block 4 review 5 block 6 review / 6 ",
		"?action=block":                  "1 block 3 block 5 block / 3 ",
		"?action=block&limit=2":          "1 block 3 block / 3 2",
		"?action=block&limit=2&cursor=2": "5 block / 3 ",
		"?action=pass":                   "/ 0 ",
		"?resolution=unknown":            "2 review 4 review / 2 ",
		"?resolution=refused":            "6 review / 1 ",
		"?finding=listed&cursor=9":       "/ 3 ",
	} {
		a := decode[rowsAnswer](t, s.get(t, at+query).Body.Bytes())
		var got strings.Builder
		for _, r := range a.Rows {
			got.WriteString(strings.TrimSpace(strings.Join([]string{string(rune('0' + r.Line)), r.Action.String()}, " ")) + " ")
		}
		if got.WriteString("/ " + string(rune('0'+a.Total)) + " " + a.Next); got.String() != want || a.Head.Lines != 6 || !a.Head.Finished {
			t.Errorf("%s: %s, want %s; %+v", query, got.String(), want, a.Head)
		}
	}
	for _, path := range []string{at + "?action=delay", at + "?cursor=x", at + "?resolution=maybe"} {
		if w := s.get(t, path); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	other := made(t, s.send(t, "/v1/jobs/import?format=csl", "application/octet-stream", "x")).ID
	s.awaitJob(t, other, jobs.Done)
	for _, path := range []string{"/rows", "/columns"} {
		if w := s.get(t, jobsPath+"/"+other+path); w.Code != http.StatusConflict {
			t.Errorf("%s of an import: %d", path, w.Code)
		}
	}
}

// TestScreenAgain keeps what is not said anew, and refuses what makes no sense.
func TestScreenAgain(t *testing.T) {
	s := newService(t, func(o *Options) { withJobs(t, o, t.TempDir()) })
	s.runJobs(t)
	id := made(t, s.send(t, "/v1/jobs/screen?as_of=2026-01-01&policy=strict", csvType, "Farbe,Ding\nrot,nobody's\n")).ID
	s.awaitJob(t, id, jobs.Failed)
	look := decode[columnsAnswer](t, s.get(t, jobsPath+"/"+id+"/columns").Body.Bytes())
	if len(look.Columns) != 2 || !strings.Contains(look.Problem, "no column") || len(look.Fields) == 0 {
		t.Errorf("%+v", look)
	}
	again := func(id, body string) string {
		return made(t, s.send(t, jobsPath+"/"+id+"/again", jsonType, body)).ID
	}
	id = again(id, `{"map": ["product=Ding"]}`)
	s.awaitJob(t, id, jobs.Done)
	id = again(id, `{"choices": [{"role": "product", "text": "nobody's", "entity": "product:acme:a1"}]}`)
	s.awaitJob(t, id, jobs.Done)
	rows := decode[rowsAnswer](t, s.get(t, jobsPath+"/"+id+"/rows").Body.Bytes())
	if len(rows.Rows) != 1 || rows.Rows[0].Product.Entity == nil || rows.Rows[0].Product.Entity.ID != "product:acme:a1" || rows.Head.Policy.Name != "strict" || rows.Head.AsOf.String() != "2026-01-01" {
		t.Fatalf("%+v", rows)
	}
	id = again(id, `{"policy": "cautious", "choices": [{"role": "product", "text": "nobody's"}]}`)
	s.awaitJob(t, id, jobs.Done)
	rows = decode[rowsAnswer](t, s.get(t, jobsPath+"/"+id+"/rows").Body.Bytes())
	if len(rows.Rows) != 1 || rows.Rows[0].Product.Entity != nil || rows.Rows[0].Action.String() == "pass" || rows.Head.Policy.Name != "cautious" {
		t.Errorf("none of them: %+v", rows)
	}
	for body, status := range map[string]int{
		`{"policy": "lax"}`:                                                              http.StatusUnprocessableEntity,
		`{"map": ["x"]}`:                                                                 http.StatusUnprocessableEntity,
		`{"min_revision": 3849298501}`:                                                   http.StatusUnprocessableEntity,
		`{"choices": [{"role": "thing", "text": "x"}]}`:                                  http.StatusUnprocessableEntity,
		`{"choices": [{"role": "product", "text": ""}]}`:                                 http.StatusUnprocessableEntity,
		`{"choices": [{"role": "product", "text": "x", "entity": "list:l"}]}`:            http.StatusUnprocessableEntity,
		`{"choices": [{"role": "product", "text": "x", "entity": "product:acme:none"}]}`: http.StatusNotFound,
	} {
		if w := s.send(t, jobsPath+"/"+id+"/again", jsonType, body); w.Code != status {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}
