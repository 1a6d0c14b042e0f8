package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
	"debadge/graph/dossier"
)

// decidePage is what the form for a decision shows.
type decidePage struct {
	Answer  graph.Answer
	Verdict verdict
	Notices []notice
	Second  []string // the actions for which the policy asks for a second officer
	Key     string   // makes sending the form twice one decision
	Actions []string
	Attach  []client.Attachment

	Action, Reasoning, Author string
	Wrong                     *failure
}

const (
	attachmentFields = 3
	maxDecision      = 256 << 10 // bytes of a form
	maxAttachments   = 100
)

// decideForm answers with the form for a decision on a finding.
func (v *visit) decideForm() error {
	subject := v.form("subject")
	if subject == "" {
		return graph.Errorf(graph.KindInvalid, "%s", text("decide.no-subject"))
	}
	p := decidePage{Key: freshText(), Attach: make([]client.Attachment, attachmentFields)}
	return v.showDecide(&p, subject)
}

// showDecide asks the question that the decision is about, and shows the form
// under its answer.
func (v *visit) showDecide(p *decidePage, subject string) error {
	var err error
	if p.Answer, err = v.ask.Trace(v.ctx(), subject, v.q.At(), mostPaths); err != nil {
		return err
	}
	policy, err := v.ask.Policy(v.ctx(), p.Answer.Policy.Name)
	if err != nil {
		return err
	}
	for _, a := range policy.SecondOfficer {
		p.Second = append(p.Second, textOf("action", a))
	}
	p.Verdict, p.Notices = verdictOf(p.Answer), noticesOf(p.Answer)
	p.Actions = []string{"block", "review", "pass"}
	show := view{Title: text("decide.title"), Nav: "decisions", Data: p, Modules: []string{"decide.js"}}
	if p.Wrong != nil {
		show.Status = p.Wrong.Status
	}
	return v.render("decide", show)
}

// decide records a decision. What is refused is shown above the form, with all
// that was written in it.
func (v *visit) decide() error {
	f, err := v.postForm(maxDecision)
	if err != nil {
		return err
	}
	if v.q, err = questionOf(f); err != nil {
		return err
	}
	n := client.NewDecision{
		Subject: f.Get("subject"), Reasoning: f.Get("reasoning"), Attachments: attachmentsOf(f), Author: strings.TrimSpace(f.Get("author")),
		Question: client.DecidedQuestion{AsOf: v.q.AsOf, KnownAt: v.q.KnownAt, Policy: v.q.Policy, Lists: v.q.Lists, Paths: mostPaths},
	}
	n.Action, err = graph.ParseAction(f.Get("action"))
	if err != nil {
		err = graph.Errorf(graph.KindInvalid, "%s", text("decide.no-action"))
	}
	var d client.Decision
	if err == nil {
		d, err = v.ask.Decide(v.ctx(), n, client.Once{Key: f.Get("key")})
	}
	switch {
	case err == nil:
		return v.redirect(decisionPath(d.ID))
	case !isMistake(err):
		return err
	}
	wrong := v.failureOf(err)
	p := decidePage{
		Key: freshText(), Attach: n.Attachments, Action: f.Get("action"), Reasoning: n.Reasoning, Author: n.Author, Wrong: &wrong,
	}
	for len(p.Attach) < attachmentFields {
		p.Attach = append(p.Attach, client.Attachment{})
	}
	return v.showDecide(&p, n.Subject)
}

// isMistake reports whether a form can be corrected and sent again.
func isMistake(err error) bool {
	if p, ok := problemOf(err); ok {
		return p.Status == http.StatusUnprocessableEntity
	}
	e, ok := errors.AsType[*graph.Error](err)
	return ok && e.Kind == graph.KindInvalid
}

// attachmentsOf reads the documents of a form. A row without a name and a digest
// is none.
func attachmentsOf(f url.Values) []client.Attachment {
	var all []client.Attachment
	names, digests := f["attachment"], f["sha256"]
	for i := range min(len(names), len(digests), maxAttachments) {
		a := client.Attachment{Name: strings.TrimSpace(names[i]), SHA256: strings.ToLower(strings.TrimSpace(digests[i]))}
		if a != (client.Attachment{}) {
			all = append(all, a)
		}
	}
	return all
}

func decisionPath(id string) string { return "/decisions/" + url.PathEscape(id) }

// decisionsPage is what the list of decisions shows.
type decisionsPage struct {
	Of     client.DecisionsOf
	Rows   []decisionView
	First  string // where the first of them are; "" on their page
	Next   string
	States []string
}

// decisionView is a decision with what is found today, where that is asked for.
type decisionView struct {
	client.Decision
	Name    string   // of the subject
	Changed []string // what made the finding another one
}

const decisionsShown = 50

// decisions answers with the decisions, as the filters leave them.
func (v *visit) decisions() error {
	p := decisionsPage{
		Of:     client.DecisionsOf{Subject: v.form("subject"), Author: v.form("author"), State: v.form("state"), Changed: v.form("changed") == "true"},
		States: []string{"final", "pending", "signed", "refused"},
	}
	page, err := v.ask.Decisions(v.ctx(), p.Of, client.Page{Limit: decisionsShown, Cursor: v.form("after")})
	if err != nil {
		return err
	}
	for i := range page.Decisions {
		p.Rows = append(p.Rows, decisionViewOf(&page.Decisions[i]))
	}
	changed := ""
	if p.Of.Changed {
		changed = "true"
	}
	address := func(after string) string {
		return v.q.link("/decisions", "subject", p.Of.Subject, "author", p.Of.Author, "state", p.Of.State, "changed", changed, "after", after)
	}
	if v.form("after") != "" {
		p.First = address("")
	}
	if page.Next != "" {
		p.Next = address(page.Next)
	}
	return v.render("decisions", view{Title: text("decisions.title"), Nav: "decisions", Data: &p})
}

func decisionViewOf(d *client.Decision) decisionView {
	return decisionView{Decision: *d, Name: d.Question.Asked, Changed: changesOf(d.Changed)}
}

// changesOf says which listings and claims made a finding another one.
func changesOf(c *client.ChangedFinding) []string {
	if c == nil {
		return nil
	}
	var all []string
	for _, l := range c.Gained {
		all = append(all, text("changed.gained", l.Entity.FullName(), l.List.Name, textOf("way", l.Way), textOf("status", l.Strength)))
	}
	for _, l := range c.Lost {
		all = append(all, text("changed.lost", l.Entity.FullName(), l.List.Name, textOf("way", l.Way), textOf("status", l.Strength)))
	}
	for _, claim := range c.ClaimsGained {
		all = append(all, text("changed.claim-gained", claimWords(claim)))
	}
	for _, claim := range c.ClaimsLost {
		all = append(all, text("changed.claim-lost", claimWords(claim)))
	}
	if len(all) == 0 {
		all = append(all, text("changed.other"))
	}
	return all
}

func claimWords(c graph.Claim) string {
	return text("changed.claim", c.ID, c.From, c.Relation, c.To)
}

// decisionPage is what the page about a decision shows.
type decisionPage struct {
	decisionView
	Check   client.DecisionCheck
	Others  []client.Decision // about the same subject
	MaySign bool
	Mine    bool // whoever recorded it cannot sign it
	Wrong   *failure
	Verdict string // as the form had it
	Because string
	Signer  string
}

// decision answers with the page about a decision.
func (v *visit) decision() error { return v.showDecision(&decisionPage{}) }

func (v *visit) showDecision(p *decisionPage) error {
	id := v.r.PathValue("id")
	d, err := v.ask.Decision(v.ctx(), id)
	if err != nil {
		return err
	}
	p.decisionView = decisionViewOf(&d)
	if err := v.askDecided(p, &d); err != nil {
		return err
	}
	p.Mine = v.me.Actor != "" && v.me.Actor == d.Author
	p.MaySign = d.State == "pending" && v.me.May("decide") && !p.Mine
	show := view{Title: id, Nav: "decisions", Data: p}
	if p.Wrong != nil {
		show.Status = p.Wrong.Status
	}
	return v.render("decision", show)
}

// askDecided asks for what stands beside a decision: the name of its subject,
// whether its question has the same answer, what is found today, and what else
// was decided.
func (v *visit) askDecided(p *decisionPage, d *client.Decision) error {
	id := d.ID
	subject, only := d.Question.Subject, client.Page{Limit: 1, Cursor: decisionBefore(id)}
	return together(v.ctx(),
		func(ctx context.Context) error {
			known := strconv.FormatUint(uint64(d.Question.Revision), 10)
			e, err := v.ask.Entity(ctx, graph.ID(subject), client.At{KnownAt: known}, client.Page{Limit: 1}, graph.ListedOn)
			if isStatus(err, http.StatusNotFound) || isStatus(err, http.StatusUnprocessableEntity) {
				return nil // it was decided about what is not known
			}
			p.Name = e.Entity.Ref().FullName()
			return err
		},
		func(ctx context.Context) error {
			checks, err := v.ask.VerifyDecisions(ctx, subject, only)
			if err == nil && (len(checks.Checks) != 1 || checks.Checks[0].ID != id) {
				err = graph.Errorf(graph.KindInternal, "%s was not verified", id)
			}
			if err == nil {
				p.Check = checks.Checks[0]
			}
			return err
		},
		func(ctx context.Context) error {
			changed, err := v.ask.Decisions(ctx, client.DecisionsOf{Subject: subject, Changed: true}, only)
			if err == nil && len(changed.Decisions) == 1 && changed.Decisions[0].ID == id {
				p.Decision.Changed = changed.Decisions[0].Changed
				p.Changed = changesOf(p.Decision.Changed)
			}
			return err
		},
		func(ctx context.Context) error { return v.askHistory(ctx, p, &d.Question) })
}

// askHistory asks for the other decisions about a subject.
func (v *visit) askHistory(ctx context.Context, p *decisionPage, q *client.PinnedQuestion) error {
	all, err := v.ask.Decisions(ctx, client.DecisionsOf{Subject: q.Subject}, client.Page{Limit: decisionsShown})
	for _, other := range all.Decisions {
		if other.ID != p.ID {
			p.Others = append(p.Others, other)
		}
	}
	return err
}

// decisionBefore is the cursor behind which a decision is the first one.
func decisionBefore(id string) string {
	prefix, number, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 1 {
		return ""
	}
	return prefix + "-" + strconv.FormatInt(n-1, 10)
}

// signDecision records what a second officer says.
func (v *visit) signDecision() error {
	f, err := v.postForm(maxDecision)
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	n := client.NewSignOff{Verdict: f.Get("verdict"), Reasoning: f.Get("reasoning"), Author: strings.TrimSpace(f.Get("author"))}
	_, err = v.ask.SignOff(v.ctx(), id, n)
	switch {
	case err == nil:
		return v.redirect(decisionPath(id))
	case !isMistake(err):
		return err
	}
	wrong := v.failureOf(err)
	return v.showDecision(&decisionPage{Wrong: &wrong, Verdict: n.Verdict, Because: n.Reasoning, Signer: n.Author})
}

// decisionDossier hands on the dossier of the question of a decision, to print.
func (v *visit) decisionDossier() error {
	d, err := v.ask.Decision(v.ctx(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	q := d.Question
	now, err := v.ask.Policy(v.ctx(), q.Policy.Name)
	if err == nil && now.Digest != q.PolicyDigest {
		err = graph.Errorf(graph.KindInvalid, "%s", text("decision.policy-changed", q.Policy.Name))
	}
	if err != nil {
		return err
	}
	at := client.At{AsOf: q.AsOf.String(), KnownAt: strconv.FormatUint(uint64(q.Revision), 10), Policy: q.Policy.Name, Lists: q.Lists}
	return v.sendDossier(q.Subject, at, max(q.Paths, 1))
}

// dossier hands on the dossier about a subject: a browser cannot ask the API for
// it, which knows no cookie.
func (v *visit) dossier() error { return v.sendDossier(v.form("subject"), v.q.At(), mostPaths) }

func (v *visit) sendDossier(subject string, at client.At, paths int) error {
	page, err := v.ask.Dossier(v.ctx(), subject, at, paths)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Security-Policy", broughtPolicy(dossier.StyleHash()))
	_, _ = v.w.Write(page) // a browser that is gone does not miss it
	return nil
}
