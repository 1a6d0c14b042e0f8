package web

import (
	"debadge/api/client"
)

// lookUpPage is what the page with the box shows.
type lookUpPage struct {
	Query  string
	Answer *client.SearchAnswer // nil if nothing was asked
}

// mostCandidates are shown of one text.
const mostCandidates = 12

func (v *visit) lookUp() error {
	p := lookUpPage{Query: v.form("q")}
	if p.Query != "" {
		answer, err := v.ask.Search(v.ctx(), p.Query, nil, nil, v.q.At(), client.Page{Limit: mostCandidates})
		if err != nil {
			return err
		}
		p.Answer = &answer
	}
	return v.render("look-up", view{Title: text("look-up.title"), Nav: "look-up", Data: p})
}
