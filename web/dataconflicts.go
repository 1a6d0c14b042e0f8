package web

import (
	"debadge/api/client"
	"debadge/graph"
)

// conflictsPage is a part of what is contested.
type conflictsPage struct {
	Rows        []conflictRow
	Looked      int
	First, Next string
}

// conflictRow is a claim that is contested, and what it is in conflict with.
type conflictRow struct {
	Conflicts []graph.Conflict
	Claim     exploredClaim
	Other     *exploredClaim
	Denials   []citationView
}

// conflicts answers with a part of the claims that are disputed, denied or in
// conflict with another one.
func (v *visit) conflicts() error {
	answer, err := v.ask.Contested(v.ctx(), v.q.KnownAt, client.Page{Cursor: v.form("cursor")})
	if err != nil {
		return err
	}
	names := map[graph.ID]string{}
	for _, e := range answer.Entities {
		names[e.ID] = e.FullName()
	}
	e := evidenceOf(graph.Answer{Sources: answer.Sources})
	p := conflictsPage{Looked: answer.Looked}
	for _, r := range answer.Rows {
		if n := len(p.Rows); n > 0 && r.Other == nil && p.Rows[n-1].Other == nil && p.Rows[n-1].Claim.ID == r.Claim.ID {
			p.Rows[n-1].Conflicts = append(p.Rows[n-1].Conflicts, r.Conflict) // disputed, and denied as well
			continue
		}
		row := conflictRow{Conflicts: []graph.Conflict{r.Conflict}, Claim: exploredClaimOf(r.Claim, names)}
		if r.Other != nil {
			other := exploredClaimOf(*r.Other, names)
			row.Other = &other
		}
		if r.Conflict == graph.IsDenied || r.Conflict == graph.IsDisputed {
			row.Denials = e.claim(r.Claim, "", "").Denials
		}
		p.Rows = append(p.Rows, row)
	}
	if v.form("cursor") != "" {
		p.First = v.q.link("/data/conflicts")
	}
	if answer.Next != "" {
		p.Next = v.q.link("/data/conflicts", "cursor", answer.Next)
	}
	return v.render("conflicts", view{Title: text("data.conflicts"), Nav: "data", Data: &p})
}
