package web

import (
	"context"

	"debadge/api/client"
)

// sourcesPage is a part of the documents that claims rest on.
type sourcesPage struct {
	client.SourcesPage
	First string // where the first page is; "" on it
	After string // where the page after this one is
}

// How many documents a page has, and the page about all data.
const (
	sourcesOfPage = 50
	sourcesInView = 10
)

// sources answers with a part of the documents.
func (v *visit) sources() error {
	p, err := v.sourcesFrom(v.ctx(), client.Page{Limit: sourcesOfPage, Cursor: v.form("cursor")})
	if err != nil {
		return err
	}
	return v.render("sources", view{Title: text("data.sources"), Nav: "data", Data: &p})
}

func (v *visit) sourcesFrom(ctx context.Context, from client.Page) (p sourcesPage, err error) {
	if p.SourcesPage, err = v.ask.Sources(ctx, v.q.At(), from); err != nil {
		return p, err
	}
	if from.Cursor != "" {
		p.First = v.q.link("/data/sources")
	}
	if p.Next != "" {
		p.After = v.q.link("/data/sources", "cursor", p.Next)
	}
	return p, nil
}
