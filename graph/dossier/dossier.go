// Package dossier writes one page about a product or company, which needs
// nothing else: the finding, both pictures, every hop with its evidence and the
// denials, the claims that decide it, the sources, what was asked, and how to ask
// it again. The page has no time of its own, so that the same question of one
// store gives the same bytes. It holds no script and loads nothing; its style
// sheet is allowed by its digest.
package dossier

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"

	"debadge/graph"
	"debadge/graph/picture"
	"debadge/graph/words"
)

// Options are what a page says beside the answer.
type Options struct {
	Version string // of the program
	Policy  string // as it was asked for: the name of one, or of a file
	Demo    bool   // the store is the public cases that ship with debadge
}

// StyleHash is the digest of the page's style sheet as a content security policy
// names it.
func StyleHash() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Write writes the page about the subject of a question. All that it says is of
// one revision. The answer that it tells is returned; where its subject is not
// known the page says so.
func Write(ctx context.Context, s graph.Store, w io.Writer, q graph.Question, o Options) (graph.Answer, error) {
	answer, err := graph.Trace(ctx, s, q)
	if err != nil {
		return answer, err
	}
	q.KnownAt = graph.Moment{Revision: answer.Revision}
	timeline := graph.TimelineAnswer{}
	if answer.Revision > 0 {
		if timeline, err = graph.Timeline(ctx, s, q); err != nil {
			return answer, err
		}
	}
	names, err := picture.ReadNames(ctx, s, answer)
	if err != nil {
		return answer, err
	}
	d := &page{
		question: q, options: o, answer: answer, timeline: timeline,
		names: words.NamesIn(answer), sources: map[graph.ID]graph.Source{},
		claims: map[graph.ID]int{}, cited: map[graph.ID]int{},
	}
	for id, name := range names {
		d.names[id] = name.Full
	}
	for i, source := range answer.Sources {
		d.sources[source.ID] = source
		d.cited[source.ID] = i + 1
	}
	return answer, d.write(w, names)
}
