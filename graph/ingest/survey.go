package ingest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

// survey is the first reading: it checks every record by itself and notes what
// the edition holds, some twenty bytes for an entity or a statement.
type survey struct {
	*run

	described map[uint64]uint64 // an entity to the first name that it has in the edition
	mentioned map[uint64]bool
	first     map[keyHash]contentHash
	further   map[keyHash][]contentHash // of keys under which the edition says several things
	pending   map[graph.ID]bool         // ends that nothing has described or mentioned so far
	cover     map[graph.ID]graph.Entity // the lists that it is of, as the records describe them
	listed    map[uint64]bool           // parties with lists
	stated    graph.Date
	forward   bool // some record refers to an entity that a later one describes
	records   int
}

func newSurvey(im *run) *survey {
	return &survey{
		run: im, described: map[uint64]uint64{}, mentioned: map[uint64]bool{}, first: map[keyHash]contentHash{},
		further: map[keyHash][]contentHash{}, pending: map[graph.ID]bool{}, cover: map[graph.ID]graph.Entity{}, listed: map[uint64]bool{},
	}
}

// Record checks the record and notes what it states.
func (s *survey) Record(r Record) error {
	s.records++
	if s.records%tellEvery == 0 {
		s.progress(Checking, s.records, 0)
	}
	p, refusal := s.prepare(r)
	if refusal != nil {
		return s.refuse(*refusal)
	}
	s.report.Records++
	for _, e := range p.described {
		s.describe(e)
	}
	for _, e := range p.mentioned {
		s.mention(e)
	}
	for _, c := range p.claims {
		s.state(r.At, c)
	}
	for _, e := range p.mentioned {
		if list, ok := s.cover[e.ID]; ok && list.ID == "" {
			s.cover[e.ID] = e
		}
	}
	return nil
}

// tellEvery is how many records pass between two words on the progress.
const tellEvery = 500

func (s *survey) describe(e graph.Entity) {
	id := short(string(e.ID))
	if _, ok := s.described[id]; !ok {
		s.described[id] = short(e.Name)
	}
	if s.mentioned[id] || s.pending[e.ID] {
		s.forward = true
		delete(s.pending, e.ID)
	}
}

func (s *survey) mention(e graph.Entity) {
	s.mentioned[short(string(e.ID))] = true
	delete(s.pending, e.ID)
}

func (s *survey) state(at Place, c stated) {
	for _, end := range []graph.ID{c.From, c.To} {
		id := short(string(end))
		if _, ok := s.described[id]; !ok && !s.mentioned[id] {
			s.pending[end] = true
		}
	}
	if c.Relation == graph.ListedOn {
		s.Covers(c.To)
		s.listed[listing(c.Claim)] = true
	}
	first, ok := s.first[c.key]
	switch {
	case !ok:
		s.first[c.key] = c.content
	case first != c.content && !slices.Contains(s.further[c.key], c.content):
		s.further[c.key] = append(s.further[c.key], c.content)
		s.report.conflict(at, c.Relation.String()+" of "+string(c.From)+": another row says something else of the same; both are kept")
	}
}

// holds reports whether the edition says this under the key.
func (s *survey) holds(key keyHash, content contentHash) bool {
	first, ok := s.first[key]
	return ok && (first == content || slices.Contains(s.further[key], content))
}

// lists reports whether the edition has the party of a listing on its list, by
// whichever row.
func (s *survey) lists(c graph.Claim) bool { return s.listed[listing(c)] }

func listing(c graph.Claim) uint64 { return short(string(c.From) + " " + string(c.To)) }

// covered returns the lists that the edition is of, in order.
func (s *survey) covered() []graph.ID {
	lists := make([]graph.ID, 0, len(s.cover))
	for id := range s.cover {
		lists = append(lists, id)
	}
	slices.Sort(lists)
	return lists
}

// Refuse tells and counts the row.
func (s *survey) Refuse(r Refusal) error { return s.refuse(r) }

// LeaveOut counts the row.
func (s *survey) LeaveOut(what string) { s.report.LeftOut[what]++ }

// Conflict notes the contradiction.
func (s *survey) Conflict(at Place, text string) { s.report.conflict(at, text) }

// Incomplete keeps the reason, each once.
func (s *survey) Incomplete(why string) {
	if !slices.Contains(s.edition.incomplete, why) && len(s.edition.incomplete) < maxTold {
		s.edition.incomplete = append(s.edition.incomplete, why)
	}
}

// Edition takes the newest date that the files state.
func (s *survey) Edition(d graph.Date) {
	if s.stated.IsZero() || d.Earliest() > s.stated.Earliest() {
		s.stated = d
	}
}

// Covers notes the list.
func (s *survey) Covers(list graph.ID) {
	if _, ok := s.cover[list]; !ok {
		s.cover[list] = graph.Entity{}
	}
}

// prepared is a record in the form in which it is stored, claims without ids.
type prepared struct {
	at                   Place
	described, mentioned []graph.Entity
	sources              []graph.Source
	claims               []stated
}

// stated is a claim with what identifies it.
type stated struct {
	graph.Claim

	key     keyHash
	content contentHash
}

// prepare checks a record by itself and brings it into the stored form.
func (im *run) prepare(r Record) (prepared, *Refusal) {
	p := prepared{at: r.At}
	for _, e := range r.Entities {
		if e.ID.Kind() == graph.List {
			p.mentioned = append(p.mentioned, e) // a list keeps the name under which it is known
		} else {
			p.described = append(p.described, e)
		}
	}
	p.described = onePerID(p.described)
	p.mentioned = onePerID(slices.Concat(p.mentioned, r.Mentions))
	entities := onePerID(slices.Concat(p.described, p.mentioned))
	cs := graph.ChangeSet{Entities: entities, Sources: r.Sources}
	for i, s := range r.Claims {
		c := s.Claim
		c.ID = graph.ID("claim:" + digits(uint64(i)))
		c.Citations = im.cite(r.At, c.Citations)
		cs.Claims = append(cs.Claims, c)
	}
	cs, err := cs.Prepare()
	if err != nil {
		return p, refusalOf(r.At, err)
	}
	p.sources = cs.Sources
	seen := map[said]bool{}
	for i, c := range cs.Claims {
		s := stated{Claim: c, key: keyOf(im.format.Register, Statement{c, r.Claims[i].Key}), content: contentOf(c)}
		if id := (said{s.key, s.content}); !seen[id] {
			seen[id] = true
			p.claims = append(p.claims, s)
		}
	}
	return p, nil
}

// said tells two statements of one record apart.
type said struct {
	key     keyHash
	content contentHash
}

// cite makes the citations of a statement complete: the file is cited where
// nothing else is.
func (im *run) cite(at Place, citations []graph.Citation) []graph.Citation {
	file := im.edition.cited(at)
	if len(citations) == 0 {
		return []graph.Citation{{Source: file, Stance: graph.Supports, Locator: Locator(at)}}
	}
	citations = slices.Clone(citations)
	for i := range citations {
		if citations[i].Source == "" {
			citations[i].Source = file
		}
	}
	return citations
}

// Locator is how a citation of a file names a place in it.
func Locator(at Place) string {
	if at.Line == 0 {
		return ""
	}
	return "line " + strconv.Itoa(at.Line)
}

// onePerID brings together the entities that a record names twice.
func onePerID(entities []graph.Entity) []graph.Entity {
	at := make(map[graph.ID]int, len(entities))
	var one []graph.Entity
	for _, e := range entities {
		i, ok := at[e.ID]
		if !ok {
			at[e.ID] = len(one)
			one = append(one, e)
			continue
		}
		one[i] = joined(one[i], e, one[i].Name)
	}
	return one
}

// refusalOf turns what the domain refuses in a record into a refusal of it.
func refusalOf(at Place, err error) *Refusal {
	var e *graph.Error
	if !errors.As(err, &e) {
		return &Refusal{Place: at, Reason: err.Error()}
	}
	var reasons []string
	for _, f := range e.Fields {
		reasons = append(reasons, f.Field+" "+f.Message)
	}
	if len(reasons) == 0 {
		reasons = []string{e.Message}
	}
	return &Refusal{Place: at, Reason: strings.Join(reasons, "; ")}
}

// dangling reads the edition again to tell the records that refer to entities
// that neither it nor the store has.
type dangling struct {
	*run
	silent
}

// Record refuses a record with an end that nothing describes.
func (d *dangling) Record(r Record) error {
	p, refusal := d.prepare(r)
	if refusal != nil {
		return nil // told already
	}
	if end := d.unknownEnd(p); end != "" {
		d.report.Records--
		return d.refuse(Refusal{Place: r.At, Value: string(end), Reason: "neither the file nor the store has this entity; import the file that describes it first"})
	}
	return nil
}

// unknownEnd returns an end of the record's claims that nothing describes.
func (im *run) unknownEnd(p prepared) graph.ID {
	if len(im.unknown) == 0 {
		return ""
	}
	for _, c := range p.claims {
		for _, end := range []graph.ID{c.From, c.To} {
			if im.unknown[end] {
				return end
			}
		}
	}
	return ""
}

// findUnknown asks the store for the ends that the edition does not describe.
func (im *run) findUnknown(ctx context.Context) error {
	ids := make([]graph.ID, 0, len(im.survey.pending))
	for id := range im.survey.pending {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	im.unknown = map[graph.ID]bool{}
	if len(ids) == 0 {
		return nil
	}
	return im.store.View(ctx, graph.Moment{}, func(v graph.View) error {
		for chunk := range slices.Chunk(ids, maxItems) {
			nodes, err := v.Nodes(ctx, chunk)
			if err != nil {
				return err
			}
			for i, n := range nodes {
				if n == graph.NoNode {
					im.unknown[chunk[i]] = true
				}
			}
		}
		return nil
	})
}

// silent takes what the first reading has told already.
type silent struct{}

// Refuse does nothing.
func (silent) Refuse(Refusal) error { return nil }

// LeaveOut does nothing.
func (silent) LeaveOut(string) {}

// Conflict does nothing.
func (silent) Conflict(Place, string) {}

// Incomplete does nothing.
func (silent) Incomplete(string) {}

// Edition does nothing.
func (silent) Edition(graph.Date) {}

// Covers does nothing.
func (silent) Covers(graph.ID) {}
