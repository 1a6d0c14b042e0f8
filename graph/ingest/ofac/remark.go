package ofac

import (
	"regexp"
	"strings"
	"time"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// A remark is a sentence of facts with semicolons between them and a full stop
// at the end, such as
//
//	Listing Date (CMIC) 03 Jun 2021; ISIN CNE000000001; a.k.a. 'ABC'; Linked To: X CO., LTD.
var (
	datedFact  = regexp.MustCompile(`^(?:alt\. )?(Listing|Effective|Purchase/Sales For Divestment) Date \(([^()]+)\):? ?(\d{1,2} [A-Z][a-z]{2} \d{4})$`)
	otherName  = regexp.MustCompile(`^([afn])\.k\.a\. '(.+)'$`)
	linkedFact = regexp.MustCompile(`^(?:alt\. )?Linked To:? (.+)$`)
	birthFact  = regexp.MustCompile(`^(?:alt\. )?DOB (.+)$`)
	seatFact   = regexp.MustCompile(`^(?:alt\. )?Nationality of Registration (.+)$`)
	codeGap    = regexp.MustCompile(`[^0-9]`)
)

// identifiers are the facts that name a party in another register, with the
// form that the number must have.
var identifiers = []struct {
	attribute string
	form      *regexp.Regexp
}{
	{party.USCC, regexp.MustCompile(`^(?:alt\. )?Unified Social Credit Code \(USCC\) ([0-9A-Z]{18})\b`)},
	{party.LEI, regexp.MustCompile(`^(?:alt\. )?Legal Entity Number ([0-9A-Z]{20})\b`)},
	{party.ISIN, regexp.MustCompile(`^(?:alt\. )?ISIN ([A-Z]{2}[0-9A-Z]{9}[0-9])\b`)},
	{party.Ticker, regexp.MustCompile(`^(?:alt\. )?Equity Ticker ([0-9A-Za-z.\- ]{1,24})`)},
	{party.TaxID, regexp.MustCompile(`^(?:alt\. )?Tax ID No\. ([^ (]+)`)},
	{party.DUNS, regexp.MustCompile(`^(?:alt\. )?D-U-N-S Number ([0-9-]{9,11})\b`)},
	{party.RegistrationNumber, regexp.MustCompile(
		`^(?:alt\. )?(?:Registration (?:Number|ID)|(?:Public|Business) Registration Number|Company Number|Enterprise Number|Commercial Registry Number) ([^ (]+)`)},
}

// dates are those of one listing, by the measure that it is for.
type dates struct {
	scope                         string // in brackets in the remark: CMIC, EO 14024 Directive 2
	listed, effective, divestment graph.Date
}

// remark is what the remark of a party says.
type remark struct {
	dates []dates
	links []string
}

// read takes the facts of a remark: names, numbers and dates of birth into the
// party, the rest into what it returns. Facts of other forms are left alone.
func read(text string, p *party.Party) remark {
	var r remark
	for fact := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(text), "."), ";") {
		r.fact(ingest.Tidy(strings.TrimSuffix(strings.TrimSpace(fact), ".")), p)
	}
	return r
}

func (r *remark) fact(fact string, p *party.Party) {
	if m := datedFact.FindStringSubmatch(fact); m != nil {
		r.dated(m[1], m[2], m[3])
		return
	}
	if m := linkedFact.FindStringSubmatch(fact); m != nil {
		r.links = append(r.links, m[1])
		return
	}
	if m := otherName.FindStringSubmatch(fact); m != nil {
		p.Set(party.WeakAlias, m[2]) // OFAC prints in remarks the names that it calls weak
		return
	}
	if m := birthFact.FindStringSubmatch(fact); m != nil {
		p.Set(party.DateOfBirth, born(m[1]))
		return
	}
	if m := seatFact.FindStringSubmatch(fact); m != nil {
		p.In(m[1])
		return
	}
	for _, id := range identifiers {
		if m := id.form.FindStringSubmatch(fact); m != nil {
			identified(p, id.attribute, m[1])
		}
	}
}

func identified(p *party.Party, attribute, number string) {
	switch attribute {
	case party.LEI:
		p.LegalEntityIdentifier(number)
	case party.DUNS:
		p.Set(attribute, codeGap.ReplaceAllString(number, ""))
	default:
		p.Set(attribute, strings.Trim(number, " ,"))
	}
}

func (r *remark) dated(which, scope, text string) {
	date := day(text)
	if date.IsZero() {
		return
	}
	i := 0
	for i < len(r.dates) && r.dates[i].scope != scope {
		i++
	}
	if i == len(r.dates) {
		r.dates = append(r.dates, dates{scope: scope})
	}
	switch which {
	case "Listing":
		r.dates[i].listed = date
	case "Effective":
		r.dates[i].effective = date
	default:
		r.dates[i].divestment = date
	}
}

// day reads a date such as 03 Jun 2021; one that is none is no date.
func day(text string) graph.Date {
	t, err := time.Parse("2 Jan 2006", text)
	if err != nil || t.Year() < 1 {
		return graph.Date{}
	}
	return graph.DayOf(t).Date()
}

// born writes a date of birth as other lists do, where it is a day; "circa
// 1960" stays as it is printed.
func born(text string) string {
	if d := day(text); !d.IsZero() {
		return d.String()
	}
	return text
}
