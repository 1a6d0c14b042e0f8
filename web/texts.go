package web

import (
	_ "embed" // of the texts
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed texts/en.json
var english []byte

// texts are all words of the pages by their keys.
var texts = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	if err := json.Unmarshal(english, &all); err != nil {
		panic(err) // a file of this program
	}
	return all
})

// text returns the text of a key, with its arguments in place of {0}, {1} and so
// on.
func text(key string, args ...any) string {
	t, ok := texts()[key]
	if !ok {
		return "⟨" + key + "⟩" // a test finds it
	}
	if len(args) == 0 {
		return t
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return strings.NewReplacer(pairs...).Replace(t)
}

// textOf returns the text of one of a family of keys: action and block are
// action.block.
func textOf(family string, which any, args ...any) string {
	return text(family+"."+fmt.Sprint(which), args...)
}
