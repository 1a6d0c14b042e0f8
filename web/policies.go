package web

import (
	"debadge/api/client"
	"debadge/graph"
)

// policyView is a policy in words.
type policyView struct {
	client.Policy
	Current   bool
	Lists     []graph.ID
	Statuses  []graph.Status // that count
	Relations []graph.Relation
	Actions   []actionRow
	Rules     []graph.OwnershipRule
}

// actionRow is what a policy does in a case.
type actionRow struct {
	Case   string
	Action graph.Action
}

// policies shows what each policy counts, and what it does.
func (v *visit) policies() error {
	all, err := v.ask.Policies(v.ctx())
	if err != nil {
		return err
	}
	current := v.q.Policy
	if current == "" {
		current = "default"
	}
	views := make([]policyView, len(all))
	for i, p := range all {
		views[i] = policyView{
			Policy: p, Current: p.Name == current, Lists: p.Lists, Relations: p.Relations, Rules: p.Ownership,
			Statuses: statusesFrom(p.WeakestStatus), Actions: actionsOf(p.Actions),
		}
	}
	return v.render("policies", view{Title: text("policies.title"), Nav: "policies", Data: views})
}

// statusesFrom are the statuses that count, the strongest first.
func statusesFrom(weakest graph.Status) []graph.Status {
	var all []graph.Status
	for _, s := range graph.Statuses() {
		if s <= weakest {
			all = append(all, s)
		}
	}
	return all
}

func actionsOf(a graph.Actions) []actionRow {
	return []actionRow{
		{"confirmed", a.Confirmed},
		{"reported", a.Reported},
		{"alleged", a.Alleged},
		{"affiliation", a.Affiliation},
		{"undetermined", a.Undetermined},
		{"incomplete", a.Incomplete},
		{"unknown", a.Unknown},
		{"clear", a.Clear},
	}
}
