package web

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// choice is what a choice on the page is about.
type choice struct {
	client.ScreenChoice

	Near []graph.ID `json:"near"` // what was offered
}

const (
	maxChoices = 4 << 20 // bytes of a form of choices

	noneOfThem = "none"
)

// chooseLines answers a file anew by what was chosen by hand, and keeps that for
// other files if it is asked to.
func (v *visit) chooseLines() error {
	f, err := v.postForm(maxChoices)
	if err != nil {
		return err
	}
	chosen, err := choicesOf(f)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		return graph.Errorf(graph.KindInvalid, "%s", text("choose.nothing"))
	}
	again := client.Again{}
	for _, c := range chosen {
		again.Choices = append(again.Choices, c.ScreenChoice)
	}
	if f.Get("keep") != "" {
		if again.MinRevision, err = v.keepChoices(chosen, strings.TrimSpace(f.Get("reason"))); err != nil {
			return err
		}
	}
	j, err := v.ask.ScreenAgain(v.ctx(), v.r.PathValue("job"), again)
	if err != nil {
		return err
	}
	return v.redirect(v.q.link(jobPath(j.ID), "action", f.Get("action"), "resolution", f.Get("resolution"), "page", f.Get("page")))
}

// choicesOf reads what was chosen.
func choicesOf(f url.Values) ([]choice, error) {
	var all []choice
	for i := range maxFields {
		n := strconv.Itoa(i)
		if !f.Has("about." + n) {
			break
		}
		pick := f.Get("pick." + n)
		if pick == "" {
			continue
		}
		var c choice
		if err := json.Unmarshal([]byte(f.Get("about."+n)), &c); err != nil {
			return nil, graph.Errorf(graph.KindInvalid, "%s", text("failure.form"))
		}
		c.Entity = graph.ID(pick)
		if pick == noneOfThem {
			c.Entity = ""
		}
		all = append(all, c)
	}
	return all, nil
}

// keepChoices keeps choices for all later questions: that a text means an
// entity, or that it means none of those that were offered.
func (v *visit) keepChoices(chosen []choice, reason string) (least graph.Revision, err error) {
	if reason == "" {
		return 0, graph.Errorf(graph.KindInvalid, "%s", text("choose.no-reason"))
	}
	for _, c := range chosen {
		means, entities := true, []graph.ID{c.Entity}
		if c.Entity == "" {
			means, entities = false, c.Near
		}
		for _, id := range entities {
			n := client.NewChoice{Text: c.Text, Entity: string(id), Means: means, Reason: reason, Author: v.unsignedName()}
			receipt, err := v.ask.Choose(v.ctx(), n)
			if err != nil {
				return 0, err
			}
			least = max(least, receipt.Revision)
		}
	}
	return least, nil
}

// unsignedName is who acts where no credential says so, as on a demo.
func (v *visit) unsignedName() string {
	if v.me.Actor != "" {
		return ""
	}
	return v.me.Name
}

// screenOnceMore answers a file by other columns, dates or policies.
func (v *visit) screenOnceMore() error {
	f, err := v.postForm(maxChoices)
	if err != nil {
		return err
	}
	again := client.Again{AsOf: strings.TrimSpace(f.Get("as_of")), Policy: strings.TrimSpace(f.Get("policy"))}
	if columns := columnsOf(f); len(columns) > 0 {
		m := columns.mapping()
		again.Map = &m
	}
	j, err := v.ask.ScreenAgain(v.ctx(), v.r.PathValue("job"), again)
	if err != nil {
		return err
	}
	return v.redirect(jobPath(j.ID))
}
