package web

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/words"
)

// verdict is the answer in a sentence, and what it looks like.
type verdict struct {
	Look     string // block, review, pass or unknown
	Sentence string
	More     []string
}

// verdictOf says an answer as people would.
func verdictOf(a graph.Answer) verdict {
	switch a.Finding {
	case graph.Listed:
		return listedVerdict(a)
	case graph.Clear:
		v := verdict{Look: a.Action.String(), Sentence: text("verdict.clear")}
		for _, f := range a.Former {
			v.More = append(v.More, text("verdict.former", f.Entity.FullName(), f.List.Name, longDate(f.To)))
		}
		return v
	case graph.Unknown:
	}
	return verdict{Look: "unknown", Sentence: text("verdict.unknown"), More: named(a)}
}

// named are the reasons of an answer with names in place of the ids in them, and
// a capital letter.
func named(a graph.Answer) []string {
	names := words.NamesIn(a)
	ids := slices.SortedFunc(maps.Keys(names), func(x, y graph.ID) int { return cmp.Or(len(y)-len(x), cmp.Compare(x, y)) })
	all := make([]string, len(a.Reasons))
	for i, reason := range a.Reasons {
		for _, id := range ids {
			reason = strings.ReplaceAll(reason, string(id), names[id])
		}
		all[i] = words.SentenceCase(reason)
	}
	return all
}

func listedVerdict(a graph.Answer) verdict {
	sorted := words.InOrder(a.Listings)
	first := sorted[0]
	v := verdict{Look: a.Action.String()}
	key := "verdict.listed"
	switch {
	case first.Entity.ID == a.Subject.ID:
		key = "verdict.itself"
	case first.Way == graph.ByAffiliation:
		key = "verdict.affiliation"
	case first.Way == graph.ByOwnership:
		key = "verdict.ownership"
	}
	v.Sentence = text(key, first.Entity.FullName(), sinceWords(first), textOf("verdict.by", first.Strength))
	others := map[graph.ID]int{}
	for _, l := range sorted[1:] {
		if l.Entity.ID == first.Entity.ID {
			v.More = append(v.More, text("verdict.also-list", sinceWords(l)))
			continue
		}
		if others[l.Entity.ID]++; others[l.Entity.ID] == 1 {
			v.More = append(v.More, text("verdict.also", l.Entity.FullName(), sinceWords(l), textOf("way", l.Way)))
		}
	}
	return v
}

// sinceWords says since when a company is listed.
func sinceWords(l graph.ListingAnswer) string {
	switch {
	case l.ListedFrom.IsZero():
		return text("verdict.listed-no-date", l.List.Name)
	case !l.ListedTo.IsZero():
		return text("verdict.listed-until", l.List.Name, longDate(l.ListedFrom), longDate(l.ListedTo))
	}
	return text("verdict.listed-since", l.List.Name, longDate(l.ListedFrom))
}

// notice is something to know before the answer is used.
type notice struct {
	Kind, Title, Text string
	Items             []string
}

// noticesOf says what makes an answer less than whole, or worse than it looks.
func noticesOf(a graph.Answer) []notice {
	var all []notice
	var stale, cut []string
	for _, e := range a.Editions {
		line := text("edition", e.List.FullName(), longDate(e.Edition))
		if e.Stale {
			stale = append(stale, line)
		}
		if !e.Complete {
			cut = append(cut, line)
		}
	}
	if !a.Complete && a.Finding == graph.Listed {
		all = append(all, notice{Kind: "review", Title: text("notice.incomplete"), Items: named(a)})
	} else if a.Complete && len(a.Reasons) > 0 {
		all = append(all, notice{Kind: "review", Title: text("notice.undetermined"), Items: named(a)})
	}
	if len(stale) > 0 {
		all = append(all, notice{Kind: "stale", Title: text("notice.stale"), Text: text("notice.stale.why"), Items: stale})
	}
	if len(cut) > 0 {
		all = append(all, notice{Kind: "stale", Title: text("notice.cut"), Items: cut})
	}
	for _, l := range a.Listings {
		if l.Paths[0].PostListingRebadge {
			all = append(all, notice{Kind: "review", Title: text("notice.rebadged"), Text: text("notice.rebadged.why")})
			break
		}
	}
	return all
}
