package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const maxTextLength = 100_000

func checkText(p *problems, field, text string, required bool) {
	switch {
	case required && strings.TrimSpace(text) == "":
		p.add(field, "is missing")
	case !utf8.ValidString(text):
		p.add(field, "is not valid UTF-8")
	case strings.ContainsRune(text, 0):
		p.add(field, "contains a NUL character")
	case len(text) > maxTextLength:
		p.add(field, "is longer than %d bytes", maxTextLength)
	}
}

var roles = []string{"", "plaintiff", "defendant", "petitioner", "respondent"}

// prepared checks a claim against the table of relations and fills in defaults.
func (c Claim) prepared(at string, p *problems) Claim {
	rule := c.Relation.Rule()
	if rule.Name == "" {
		p.add(at+".relation", "is missing; use one of %v", Relations())
	} else {
		c.checkEnds(at, rule, p)
	}
	if rule.Symmetric && c.From > c.To {
		c.From, c.To = c.To, c.From
	}
	if len(c.Attributes) == 0 {
		c.Attributes = nil
	}
	if c.Status.String() == "" {
		p.add(at+".status", "is missing; use confirmed, reported, alleged or disputed")
	}
	if c.Confidence == 0 {
		c.Confidence = DefaultConfidence(c.Status)
	} else if c.Confidence > 100 {
		p.add(at+".confidence", "is above 1")
	}
	c.checkDates(at, rule, p)
	if rule.Share && c.ShareMin.IsZero() {
		c.ShareMin = ShareOf(0)
	}
	if rule.Share && c.ShareMax.IsZero() {
		c.ShareMax = ShareOf(WholeShare)
	}
	c.checkShares(at, rule, p)
	c.checkAttributes(at, rule, p)
	c.checkCitations(at, p)
	if c.ID == "" {
		c.ID = c.derivedID()
	} else if wrong := c.ID.check(claimKind); wrong != "" {
		p.add(at+".id", "%q %s", c.ID, wrong)
	}
	return c
}

func (c Claim) checkEnds(at string, rule Rule, p *problems) {
	if wrong := c.From.check(rule.From); wrong != "" {
		p.add(at+".from", "%q %s: %s goes from a %s to a %s", c.From, wrong, rule.Name, rule.From, rule.To)
	}
	if wrong := c.To.check(rule.To); wrong != "" {
		p.add(at+".to", "%q %s: %s goes from a %s to a %s", c.To, wrong, rule.Name, rule.From, rule.To)
	}
	if c.From == c.To && c.From != "" {
		p.add(at+".to", "is the same entity as from; %s needs two", rule.Name)
	}
}

func (c Claim) checkDates(at string, rule Rule, p *problems) {
	if c.ValidTo.IsZero() {
		return
	}
	if rule.Event {
		p.add(at+".valid_to", "%s is an event: once true it stays true; retract the claim if it never was", rule.Name)
	}
	if c.ValidFrom.Earliest() >= c.ValidTo.Latest() {
		p.add(at+".valid_to", "%s is not after valid_from %s", c.ValidTo, c.ValidFrom)
	}
}

func (c Claim) checkShares(at string, rule Rule, p *problems) {
	if !rule.Share {
		if !c.ShareMin.IsZero() || !c.ShareMax.IsZero() {
			p.add(at+".share_min", "only OWNS has a share")
		}
		return
	}
	if c.ShareMin.Micro() < 0 || c.ShareMin.Micro() > WholeShare {
		p.add(at+".share_min", "is outside 0 to 100")
	}
	if c.ShareMax.Micro() < 0 || c.ShareMax.Micro() > WholeShare {
		p.add(at+".share_max", "is outside 0 to 100")
	}
	if c.ShareMin.Micro() > c.ShareMax.Micro() {
		p.add(at+".share_min", "%s is above share_max %s", c.ShareMin, c.ShareMax)
	}
	if c.ShareMax.Micro() == 0 {
		p.add(at+".share_max", "is 0: who holds no share is not an owner")
	}
}

func (c Claim) checkAttributes(at string, rule Rule, p *problems) {
	for _, name := range slices.Sorted(maps.Keys(c.Attributes)) {
		field, value := at+".attributes."+name, c.Attributes[name]
		i := slices.IndexFunc(rule.Attributes, func(a Attribute) bool { return a.Name == name })
		if i < 0 {
			p.add(field, "%s has no such attribute%s", rule.Name, attributeNames(rule))
			continue
		}
		checkText(p, field, value, true)
		switch rule.Attributes[i].Type {
		case DateAttribute:
			if _, err := ParseDate(value); err != nil {
				p.add(field, "%s", err)
			}
		case InterestAttribute:
			if _, err := ParseInterest(value); err != nil {
				p.add(field, "%s", err)
			}
		case RoleAttribute:
			if !slices.Contains(roles, value) {
				p.add(field, "%q is not a role; use one of%s", value, strings.Join(roles, " "))
			}
		case TextAttribute:
		}
	}
}

func attributeNames(rule Rule) string {
	if len(rule.Attributes) == 0 {
		return "; it has none"
	}
	names := make([]string, len(rule.Attributes))
	for i, a := range rule.Attributes {
		names[i] = a.Name
	}
	return "; it has " + strings.Join(names, ", ")
}

func (c Claim) checkCitations(at string, p *problems) {
	supported := false
	for i := range c.Citations {
		q := c.Citations[i]
		field := fmt.Sprintf("%s.citations[%d]", at, i)
		if wrong := q.Source.check(sourceKind); wrong != "" {
			p.add(field+".source", "%q %s", q.Source, wrong)
		}
		switch q.Stance {
		case Supports:
			supported = true
		case Denies:
		default:
			p.add(field+".stance", "%q is not a stance; use supports or denies", q.Stance)
		}
		checkText(p, field+".locator", q.Locator, false)
		checkText(p, field+".text", q.Text, false)
	}
	if !supported {
		p.add(at+".citations", "is missing a citation that supports the claim; a claim without a source is not kept")
	}
}
