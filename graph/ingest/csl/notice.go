package csl

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

// notice is a document of the Federal Register as an entry cites it.
type notice struct {
	printed string
	volume  int
	page    int // 0 where the number of the issue is cited
	issue   int
	date    graph.Date
}

// The forms of citations that are known. Editions print them in more than forty
// ways: 88 FR 13673; 72 F.R. 4236 1/30/07; 76 FR 44259 (7/25/11); 9.F.R. 12;
// 77 FR 58006 (no. 182); Vol. 88, No. 151, 08/08/2023. What has none of these
// forms stays as it is printed, in the text of the citation of the file.
var (
	pages  = regexp.MustCompile(`\b(\d{1,3})\.?\s*F\.?\s?R\.?\s*(?:No\.?\s*)?(\d{1,6})\b(?:\s*,?\s*\(?(\d{1,2}/\d{1,2}/\d{2,4})\)?)?`)
	issues = regexp.MustCompile(`\bVol\.?\s*(\d{1,3}),?\s*No\.?\s*(\d{1,3}),?\s*(\d{1,2}/\d{1,2}/\d{2,4})?`)
)

// notices finds the citations in a text, each document once.
func notices(text string) []notice {
	var all []notice
	for _, form := range []*regexp.Regexp{pages, issues} {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			n := notice{printed: strings.TrimRight(m[0], " ,("), volume: number(m[1]), date: shortDate(m[3])}
			if form == pages {
				n.page = number(m[2])
			} else {
				n.issue = number(m[2])
			}
			known := slices.ContainsFunc(all, func(o notice) bool { return o.id() == n.id() })
			if n.volume > 0 && n.page+n.issue > 0 && !known {
				all = append(all, n)
			}
		}
	}
	return all
}

// number reads digits of which a pattern has made sure.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

func (n notice) id() graph.ID {
	if n.page == 0 {
		return graph.ID(fmt.Sprintf("source:us-fr:%d-no-%d", n.volume, n.issue))
	}
	return graph.ID(fmt.Sprintf("source:us-fr:%d-%d", n.volume, n.page))
}

// source describes the document as far as a citation does. The page of a
// notice says nothing of its date, so that is left to who reads it.
func (n notice) source() graph.Source {
	s := graph.Source{ID: n.id(), Publisher: "Office of the Federal Register", Kind: "regulation"}
	if n.page == 0 {
		s.Title, s.Date = fmt.Sprintf("Federal Register, volume %d, number %d", n.volume, n.issue), n.date
		return s
	}
	s.Title = fmt.Sprintf("%d FR %d", n.volume, n.page)
	s.URL = fmt.Sprintf("https://www.federalregister.gov/citation/%d-FR-%d", n.volume, n.page)
	return s
}
