package words

import (
	"strings"

	"debadge/graph"
)

// ByCompany groups the verdicts, which stand in the order of companies.
func ByCompany(all []graph.OwnershipAnswer) [][]graph.OwnershipAnswer {
	var groups [][]graph.OwnershipAnswer
	for i, o := range all {
		if i == 0 || o.Entity.ID != all[i-1].Entity.ID {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], o)
	}
	return groups
}

// Verdict says what an ownership rule makes of a company, and by which owners.
func Verdict(o graph.OwnershipAnswer) string {
	return map[graph.Verdict]string{graph.In: "YES", graph.Out: "no", graph.Undetermined: "UNDETERMINED"}[o.Verdict] + "; " + Why(o)
}

// Why says by which owners an ownership rule comes to its verdict on a company,
// and what limits it.
func Why(o graph.OwnershipAnswer) string {
	var text string
	switch {
	case len(o.Owners) > 0:
		parts := make([]string, len(o.Owners))
		for i, part := range o.Owners {
			parts[i] = ownerWords(part)
		}
		text = strings.Join(parts, ", ")
		if len(parts) > 1 {
			text += "; together " + shareWords(o.ShareMin, o.ShareMax)
		}
	case o.Verdict == graph.Out:
		text = "no listed owner is known"
	default:
		text = "as the new name of a company of which this is so"
	}
	switch {
	case o.Note != "":
		text += "; " + o.Note
	case o.InForce == "no":
		text += "; the rule is not in force at this date"
	case o.InForce == "unconfirmed":
		text += "; no source confirms that the rule is in force at this date"
	}
	return text
}

// ownerWords says what an owner holds. One that is perhaps caught itself adds
// nothing or all of its share to the sum; what is shown is the share.
func ownerWords(part graph.OwnerPart) string {
	if part.Verdict == graph.Undetermined && len(part.Claims) > 0 {
		return part.Entity.FullName() + ", for which it is undetermined too, holds " + shareWords(part.Claims[0].ShareMin, part.Claims[0].ShareMax)
	}
	return part.Entity.FullName() + " holds " + shareWords(part.ShareMin, part.ShareMax)
}

func shareWords(lo, hi graph.Share) string {
	if lo.Micro() == 0 && hi.Micro() == graph.WholeShare {
		return "an unknown share"
	}
	return Percent(lo, hi)
}
