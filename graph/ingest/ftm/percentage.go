package ftm

import (
	"regexp"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

const number = `([0-9]+(?:[.,][0-9]+)?)\s*(?:%|percent|per cent)?`

var (
	exactForm = regexp.MustCompile(`^` + number + `$`)
	bandForm  = regexp.MustCompile(`^(?:between |from )?` + number + `\s*(?:-|–|—|to|and|\.\.)\s*` + number + `$`)
	boundForm = regexp.MustCompile(`^(>=|≥|=>|at least|min\.?|>|more than|over|above|<=|≤|=<|at most|up to|max\.?|<|less than|under|below)\s*` + number + `$`)
	plusForm  = regexp.MustCompile(`^` + number + `\s*(?:\+|or more|and more|or above)$`)
)

var boundWords = map[string]ingest.Bound{
	">=": ingest.AtLeast, "≥": ingest.AtLeast, "=>": ingest.AtLeast, "at least": ingest.AtLeast, "min": ingest.AtLeast, "min.": ingest.AtLeast,
	">": ingest.MoreThan, "more than": ingest.MoreThan, "over": ingest.MoreThan, "above": ingest.MoreThan,
	"<=": ingest.AtMost, "≤": ingest.AtMost, "=<": ingest.AtMost, "at most": ingest.AtMost, "up to": ingest.AtMost, "max": ingest.AtMost, "max.": ingest.AtMost,
	"<": ingest.LessThan, "less than": ingest.LessThan, "under": ingest.LessThan, "below": ingest.LessThan,
}

// shares reads the percentages that an Ownership states. Several are several
// readings of one share, so the band spans them all. If one cannot be read the
// share is unknown; the citation has the text.
func shares(texts []string) (least, most graph.Share) {
	unknown := graph.ShareOf(graph.WholeShare)
	if len(texts) == 0 {
		return graph.ShareOf(0), unknown
	}
	for i, text := range texts {
		lo, hi, ok := band(text)
		if !ok {
			return graph.ShareOf(0), unknown
		}
		if i == 0 || lo.Micro() < least.Micro() {
			least = lo
		}
		if i == 0 || hi.Micro() > most.Micro() {
			most = hi
		}
	}
	return least, most
}

// band reads one percentage: exact (25, 25.5 %, 33,3), a band (25-50, between 25
// and 50) or one end of a band (more than 25, <50, 75+).
func band(text string) (least, most graph.Share, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	least, most = graph.ShareOf(0), graph.ShareOf(graph.WholeShare)
	read := func(to *graph.Share, number string, b ingest.Bound) {
		share, err := ingest.ShareBound(strings.Replace(number, ",", ".", 1), b)
		*to, ok = share, ok && err == nil
	}
	ok = true
	if m := exactForm.FindStringSubmatch(text); m != nil {
		read(&least, m[1], ingest.AtLeast)
		read(&most, m[1], ingest.AtMost)
	} else if m := bandForm.FindStringSubmatch(text); m != nil {
		read(&least, m[1], ingest.AtLeast)
		read(&most, m[2], ingest.AtMost)
	} else if m := plusForm.FindStringSubmatch(text); m != nil {
		read(&least, m[1], ingest.AtLeast)
	} else if m := boundForm.FindStringSubmatch(text); m != nil {
		if b := boundWords[m[1]]; b == ingest.AtLeast || b == ingest.MoreThan {
			read(&least, m[2], b)
		} else {
			read(&most, m[2], b)
		}
	} else {
		ok = false
	}
	return least, most, ok && least.Micro() <= most.Micro()
}
