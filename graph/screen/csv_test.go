package screen

import (
	"encoding/csv"
	"strings"
	"testing"
)

func TestNoCellIsAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"X1":                   "X1",
		"KR2280-X2":            "KR2280-X2",
		"=1+1":                 "'=1+1",
		"@SUM(A1)":             "'@SUM(A1)",
		"+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
		"-1+1":                 "'-1+1",
		"-1":                   "-1",
		"-1.50":                "-1.50",
		"+49,5":                "+49,5",
		"+":                    "+",
		"-":                    "-",
		"- a dash":             "'- a dash",
		"\t=1":                 "'\t=1",
		"\tplain":              "'\tplain",
		" =1":                  "' =1",
		"\u00a0=1":             "'\u00a0=1",
		"＝1+1":                 "'＝1+1",
		"－1+1":                 "'－1+1",
		"\ufeff=1":             "'\ufeff=1",
		"a \"quoted\", b":      "a \"quoted\", b",
		"two\nlines":           "two\nlines",
		"型号 X1":                "型号 X1",
		"\u22121+1":            "'\u22121+1",
		"\r=1":                 "'\r=1",
		" spaced ":             " spaced ",
	} {
		if got := readCell(t, text); got != want {
			t.Errorf("%q is read back as %q, want %q", text, got, want)
		}
	}
}

// readCell writes a cell and reads it as a program does.
func readCell(t *testing.T, text string) string {
	t.Helper()
	row := string(appendCell([]byte("before,"), text)) + ",after\n"
	r := csv.NewReader(strings.NewReader(row))
	cells, err := r.Read()
	if err != nil || len(cells) != 3 || cells[0] != "before" || cells[2] != "after" {
		t.Fatalf("%q is written as %q, which reads as %q, %v", text, row, cells, err)
	}
	return cells[1]
}

func FuzzCell(f *testing.F) {
	for _, text := range []string{"", "=1", " =1", "\"", "a,b\n", "-1", "+1.5", "\xff", "\u3000@", "−1+1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := strings.ReplaceAll(text, "\r\n", "\n") // as encoding/csv reads them
		got := readCell(t, text)
		if got != want && got != "'"+want {
			t.Fatalf("%q is read back as %q", text, got)
		}
		if got == want && text != "" && strings.ContainsAny(strings.TrimLeft(text, " ")[:min(1, len(strings.TrimLeft(text, " ")))], "=@") {
			t.Fatalf("%q stays a formula", text)
		}
	})
}
