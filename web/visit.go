package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// visit is one request of a browser.
type visit struct {
	site *Site
	w    http.ResponseWriter
	r    *http.Request
	key  string         // the visitor is signed in with, "" if not
	ask  *client.Client // with that
	me   Visitor
	q    question
}

// Visitor is who asks for a page, as the API knows them.
type Visitor struct {
	Name     string
	Actor    string // as decisions, claims and the audit log name them
	Roles    []string
	SignedIn bool
	leave    []string
}

// May reports whether the visitor has leave for something: read, screen, write,
// decide, measure or administer. It says what a page shows; the API decides.
func (v Visitor) May(permission string) bool { return slices.Contains(v.leave, permission) }

// page routes to a page for those whom the API answers.
func (s *Site) page(pattern string, h func(*visit) error) { s.handle(pattern, h, true) }

// open routes to a page for everybody.
func (s *Site) open(pattern string, h func(*visit) error) { s.handle(pattern, h, false) }

func (s *Site) handle(pattern string, h func(*visit) error, known bool) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v := &visit{site: s, w: w, r: r}
		err := v.begin(known) //nolint:contextcheck // a visit has the context of its request
		if err == nil {
			err = h(v)
		}
		if err != nil {
			v.fail(err) //nolint:contextcheck // as above
		}
	})
}

// begin finds out who asks. A page for everybody is answered whoever that is.
func (v *visit) begin(known bool) error {
	if err := v.site.crossing.Check(v.r); err != nil {
		return &client.Problem{Status: http.StatusForbidden, Title: text("failure.crossing"), Detail: text("failure.crossing.why")}
	}
	var err error
	v.key = v.credential()
	if v.ask, err = v.clientWith(v.key); err != nil {
		return err
	}
	if err := v.meet(); err != nil && known {
		return err
	}
	if v.q, err = questionOf(v.r.URL.Query()); err != nil && known {
		return err
	}
	return nil
}

// clientWith asks the API on the visitor's behalf.
func (v *visit) clientWith(credential string) (*client.Client, error) {
	return client.New("http://"+hostOr(v.r.Host), client.Options{
		Token: credential, Attempts: 1,
		HTTP: &http.Client{Transport: inProcess{v.site.API, v.r, v.w.Header().Get(requestIDHeader)}},
	})
}

func hostOr(host string) string {
	if host == "" {
		return "localhost"
	}
	return host
}

// meet asks the API who the visitor is.
func (v *visit) meet() error {
	me, err := v.ask.Me(v.ctx())
	if err != nil {
		return err
	}
	v.me = Visitor{Name: me.Name, Actor: me.Actor, Roles: me.Roles, SignedIn: v.key != "", leave: me.May}
	return nil
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// part reports whether a script asks for parts of the page alone: what stands
// around them is not needed.
func (v *visit) part() bool { return v.r.Header.Get(fragmentHeader) != "" }

// form returns a value of the address.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.URL.Query().Get(name)) }

// redirect sends the browser to another page of this service.
func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// question is what every address says of when and by which rules.
type question struct {
	AsOf, KnownAt, Policy string
	Lists                 []string
}

// questionOf reads it. What is no day is refused here: a typo must not become
// today.
func questionOf(q url.Values) (question, error) {
	asked := question{
		AsOf: strings.TrimSpace(q.Get("as_of")), KnownAt: strings.TrimSpace(q.Get("known_at")), Policy: strings.TrimSpace(q.Get("policy")),
		Lists: slices.DeleteFunc(slices.Clone(q["list"]), func(l string) bool { return strings.TrimSpace(l) == "" }),
	}
	if asked.AsOf != "" {
		if d, err := graph.ParseDate(asked.AsOf); err != nil || !d.IsDay() {
			return question{}, graph.Errorf(graph.KindInvalid, "%s", text("failure.day", asked.AsOf))
		}
	}
	return asked, nil
}

// At is the question as the client asks it.
func (q question) At() client.At {
	return client.At{AsOf: q.AsOf, KnownAt: q.KnownAt, Policy: q.Policy, Lists: q.Lists}
}

// Under is the question by another policy.
func (q question) Under(policy string) question {
	q.Policy = policy
	return q
}

// Values is the question as an address has it.
func (q question) Values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"as_of": q.AsOf, "known_at": q.KnownAt, "policy": q.Policy} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for _, l := range q.Lists {
		v.Add("list", l)
	}
	return v
}

// link is an address that keeps the question; pairs are more of its values, and
// an empty one takes a value away.
func (q question) link(path string, pairs ...string) string {
	v := q.Values()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			v.Del(pairs[i])
			continue
		}
		v.Set(pairs[i], pairs[i+1])
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// entityPath is where the page about an entity is.
func entityPath(id graph.ID) string { return "/entities/" + url.PathEscape(string(id)) }
