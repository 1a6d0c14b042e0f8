package web

import (
	"net/http"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// claimPage is what the page about a claim shows.
type claimPage struct {
	Answer  client.ClaimAnswer
	View    claimView
	Names   map[graph.ID]string // of its ends
	When    string
	Meaning string
	Saved   bool // it was written just now
	Wrong   map[string]string
	Reason  string
	Author  string
}

func (v *visit) claim() error { return v.showClaim(nil, http.StatusOK) }

// showClaim answers with the page about a claim, and what was wrong with its form.
func (v *visit) showClaim(wrong map[string]string, status int) error {
	at := client.At{KnownAt: v.q.KnownAt}
	if saved, err := strconv.ParseUint(v.form("saved"), 10, 32); err == nil {
		at.MinRevision = graph.Revision(saved) // the service may not know yet what the store has
	}
	answer, err := v.ask.Claim(v.ctx(), graph.ID(v.r.PathValue("id")), at)
	if err != nil {
		return err
	}
	p := claimPage{
		Answer: answer, When: period(answer.Claim.ValidFrom, answer.Claim.ValidTo),
		Meaning: answer.Claim.Relation.Rule().Meaning, Saved: at.MinRevision > 0 && answer.Retracted == nil, Wrong: wrong,
		Reason: v.r.PostForm.Get("reason"), Author: v.r.PostForm.Get("author"),
	}
	names := map[graph.ID]string{}
	for _, e := range answer.Entities {
		names[e.ID] = e.FullName()
	}
	near, far := answer.Claim.Relation.Ends(answer.Claim.From, answer.Claim.To)
	p.Names = names
	p.View = evidenceOf(graph.Answer{Sources: answer.Sources}).claim(answer.Claim, names[near], names[far])
	return v.render("claim", view{Title: p.View.Sentence, Nav: "data", Data: &p, Status: status})
}

// retractClaim withdraws a claim, and shows it again.
func (v *visit) retractClaim() error {
	f, err := v.postForm(maxForm)
	if err != nil {
		return err
	}
	id, reason, author := graph.ID(v.r.PathValue("id")), strings.TrimSpace(f.Get("reason")), strings.TrimSpace(f.Get("author"))
	receipt, err := v.ask.Retract(v.ctx(), id, author, reason, "", client.Write{})
	if fields, ok := refusedFields(err); ok {
		wrong := map[string]string{}
		for _, f := range fields {
			name := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
			if name != "author" {
				name = "reason"
			}
			wrong[name] = f.Message
		}
		return v.showClaim(wrong, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.redirect(v.q.link(claimPath(id), "saved", strconv.FormatUint(uint64(receipt.Revision), 10)))
}

// refusedFields are what is wrong with what was sent, where somebody can mend it.
func refusedFields(err error) ([]graph.FieldError, bool) {
	if p, ok := problemOf(err); ok && p.Status == http.StatusUnprocessableEntity {
		if len(p.Errors) == 0 {
			return []graph.FieldError{{Message: p.Detail}}, true
		}
		return p.Errors, true
	}
	return nil, false
}

// sourcePage is what the page about a document shows.
func (v *visit) source() error {
	answer, err := v.ask.Source(v.ctx(), graph.ID(v.r.PathValue("id")), v.q.KnownAt)
	if err != nil {
		return err
	}
	return v.render("source", view{Title: answer.Source.Title, Nav: "data", Data: answer})
}
