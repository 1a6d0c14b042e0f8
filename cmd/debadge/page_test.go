package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestEscapeShowsWhatCannotBeSeen(t *testing.T) {
	for text, want := range map[string]string{
		"浪潮 ¶ 41 “x”":          "浪潮 ¶ 41 “x”",
		"a\u202eb\u2066c":      `a\u{202E}b\u{2066}c`,
		"a\x1b[31m\x07\r\nb":   `a\u{001B}[31m\u{0007}\u{000D}\u{000A}b`,
		"zero\u200bwidth":      `zero\u{200B}width`,
		"soft\u00ad\ufeff":     `soft\u{00AD}\u{FEFF}`,
		"no\u00a0break\u3000w": "no break w",
		"line\u2028paragraph":  `line\u{2028}paragraph`,
		"\x9b31m":              "\ufffd31m", // as Go reads bytes that are no UTF-8
	} {
		if got := escape(text); got != want && strings.ToValidUTF8(got, "\ufffd") != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestLinesKeepToThePage(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("word ", 100), strings.Repeat("浪潮", 200), strings.Repeat("x", 500),
		"https://example.com/" + strings.Repeat("long/", 60), "short", "", strings.Repeat("ab 浪潮 ", 80),
	} {
		var b bytes.Buffer
		g := newPage(&b)
		g.hang("  - ", "    ", "%s", text)
		if err := g.flush(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if n := columns(line); n > pageWidth {
				t.Errorf("a line of %d columns: %q", n, line)
			}
		}
		joined := strings.Join(strings.Fields(strings.TrimPrefix(b.String(), "  -")), "")
		if want := strings.Join(strings.Fields(text), ""); joined != want {
			t.Errorf("%q became %q", want, joined)
		}
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	p := program{clock: noon}
	root := p.root()
	root.InitDefaultCompletionCmd()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		generated := c.Parent() != nil && c.Parent().Name() == "completion"
		if c.Example == "" && !generated && !c.IsAdditionalHelpTopicCommand() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	visit(root)
}

func TestEverySettingIsSomewhere(t *testing.T) {
	p := program{clock: noon}
	root := p.root()
	names := map[string]bool{everywhere: true, importFormat: true}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		names[c.Name()], names[place(c)] = true, true
		for _, child := range c.Commands() {
			visit(child)
		}
	}
	visit(root)
	for _, s := range settings() {
		for _, name := range s.commands {
			if !names[name] {
				t.Errorf("the setting %s%s belongs to %s, which is no command", s.flag, s.env, name)
			}
		}
		if s.help == "" {
			t.Errorf("the setting %s%s has no help", s.flag, s.env)
		}
	}
}
