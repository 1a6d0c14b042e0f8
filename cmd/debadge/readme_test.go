package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const readmePath = "../../README.md"

// console is a block of the README that shows commands with what they print. A
// line […] stands for lines left out.
var console = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestReadmeShowsWhatCommandsPrint runs each command of the README.
func TestReadmeShowsWhatCommandsPrint(t *testing.T) {
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	blocks := console.FindAllSubmatch(data, -1)
	if len(blocks) == 0 {
		t.Fatal("the README shows no command with its output")
	}
	for _, block := range blocks {
		for _, shown := range strings.Split("\n"+string(block[1]), "\n$ debadge ")[1:] {
			command, want, _ := strings.Cut(shown, "\n")
			t.Run(command, func(t *testing.T) {
				t.Chdir(filepath.Dir(readmePath)) // where the reader is
				got := printed(strings.Fields(command))
				if !matches(strings.TrimRight(got, "\n"), strings.TrimRight(want, "\n")) {
					t.Errorf("the README shows\n%s\nbut the command prints\n%s", want, got)
				}
			})
		}
	}
}

func printed(args []string) string {
	var out bytes.Buffer
	p := program{clock: noon, env: nil, stdin: strings.NewReader(""), stdout: &out, stderr: &out}
	p.run(context.Background(), args)
	return out.String()
}

// matches reports whether a text is what is shown, with […] for any lines.
func matches(text, shown string) bool {
	var pattern strings.Builder
	pattern.WriteString(`(?s)\A`)
	for line := range strings.SplitSeq(shown, "\n") {
		if strings.TrimSpace(line) == "[…]" {
			pattern.WriteString(`(?:.*\n)?`)
			continue
		}
		pattern.WriteString(regexp.QuoteMeta(line) + `\n`)
	}
	pattern.WriteString(`\z`)
	return regexp.MustCompile(pattern.String()).MatchString(text + "\n")
}

// TestReadmeTellsTheSettings compares the README's table with the one in code.
func TestReadmeTellsTheSettings(t *testing.T) {
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings() {
		if s.env == "" {
			continue
		}
		row := settingRow(s)
		if !strings.Contains(string(data), row+"\n") {
			t.Errorf("the README lacks the row\n%s", row)
		}
	}
}

func settingRow(s setting) string {
	name := ""
	if s.flag != "" {
		name = fmt.Sprintf("`--%s %s`", s.flag, s.arg)
	}
	initial := ""
	if text := s.initialText(); text != "" {
		initial = "`" + text + "`"
	}
	return fmt.Sprintf("| %s | `%s` | %s | %s |", name, s.env, initial, strings.ReplaceAll(s.help, "|", `\|`))
}
