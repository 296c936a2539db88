package desk

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/search"
)

// queueSlugs name the queues in addresses and in texts.
var queueSlugs = map[string]cases.Queue{
	"mina": cases.QueueMine, "otilldelade": cases.QueueUnassigned, "oppna": cases.QueueOpen, "forsenade": cases.QueueOverdue, "alla": cases.QueueAll,
	"till-mig": cases.QueueAddressed,
}

// orderSlugs name the orders.
var orderSlugs = map[string]cases.Order{"senast": cases.Newest, "aldst": cases.Oldest, "bradska": cases.Urgent}

// Rows on a page of the inbox.
const (
	fewRows  = 50
	someRows = 100
	manyRows = 200
)

// fieldMe stands for the reader in a selection, so that a shared list is each reader's own.
const fieldMe = "jag"

// maxWords is how long words and place of a selection may be, in bytes.
const maxWords = 200

// selection is what an officer asked the inbox for; its address is the page's. It never holds a personal number: whom cases concern is asked
// for in a form that is sent, not in an address.
type selection struct {
	queue    string // slug
	unit     string
	typ      string
	status   string // key in the case type
	content  string
	assignee string // person, or fieldMe
	channel  string
	mark     string // cases.Mark
	due      string // cases.Due
	from, to string // dates, ISO
	place    string
	words    string
	order    string // slug
	after    string
	rows     int
	columns  []string
	list     string // the saved list that this is, unchanged
	of       string // the saved list that this began as
	ticked   bool   // all cases of the page
}

// fields are the parts of a selection by their names in addresses.
func (s *selection) fields() map[string]*string {
	return map[string]*string{
		"ko": &s.queue, "enhet": &s.unit, "typ": &s.typ, "lage": &s.status, "status": &s.content, "handlaggare": &s.assignee, "kanal": &s.channel,
		"sekretess": &s.mark, "dag": &s.due, "fran": &s.from, "tom": &s.to, "plats": &s.place, "ord": &s.words, "ordning": &s.order,
	}
}

// parseSelection reads a selection from an address. What makes no sense is left out.
func parseSelection(q url.Values) selection {
	s := selection{rows: fewRows}
	for name, value := range s.fields() {
		*value = strings.TrimSpace(q.Get(name))
	}
	if _, ok := queueSlugs[s.queue]; !ok {
		s.queue = ""
	}
	if _, ok := orderSlugs[s.order]; !ok {
		s.order = ""
	}
	among := func(value *string, known []string) {
		if !slices.Contains(known, *value) {
			*value = ""
		}
	}
	among(&s.content, casetype.Content("").Values())
	among(&s.mark, cases.Mark("").Values())
	among(&s.due, cases.Due("").Values())
	among(&s.channel, casetype.Way("").Values())
	for _, day := range []*string{&s.from, &s.to} {
		if _, err := calendar.ParseDate(*day); err != nil {
			*day = ""
		}
	}
	for _, text := range []*string{&s.place, &s.words} {
		if *text = strings.Join(strings.Fields(strings.ToValidUTF8(*text, "")), " "); len(*text) > maxWords {
			*text = ""
		}
	}
	for _, n := range []int{someRows, manyRows} {
		if q.Get("antal") == strconv.Itoa(n) {
			s.rows = n
		}
	}
	s.columns = CleanColumns(strings.Split(q.Get("kolumner"), ","))
	s.after, s.of, s.ticked = q.Get("efter"), q.Get("ur"), q.Get("kryssa") == "alla"
	return s
}

// values are the selection as it stands in an address, without the place in the list.
func (s selection) values() url.Values {
	q := url.Values{}
	for name, value := range s.fields() {
		if *value != "" {
			q.Set(name, *value)
		}
	}
	if s.rows != fewRows {
		q.Set("antal", strconv.Itoa(s.rows))
	}
	if len(s.columns) > 0 {
		q.Set("kolumner", strings.Join(s.columns, ","))
	}
	return q
}

// Clean is the selection in the query of an address of the inbox, without what makes no sense and without the place in the list.
func Clean(q url.Values) url.Values { return parseSelection(q).values() }

// selected is the selection of a request among the queues and lists that the official has.
func (v *visit) selected(queues []string, shelf Shelf) selection {
	q := v.R.URL.Query()
	id := q.Get("lista")
	if len(q) == 0 || len(q) == 1 && q.Has("kryssa") {
		id = shelf.First
	}
	var s selection
	if l, ok := shelf.list(id); ok {
		base, _ := url.ParseQuery(l.Query)
		s = parseSelection(base)
		s.list, s.of, s.after, s.ticked = l.ID, l.ID, q.Get("efter"), q.Get("kryssa") == "alla"
	} else {
		s = parseSelection(q)
	}
	if !slices.Contains(queues, s.queue) {
		s.queue = queues[0]
	}
	if _, ok := shelf.list(s.of); !ok {
		s.of = ""
	}
	return s
}

// sorted is the order of the list: in the queues that are there to be worked off it begins with what is due first, unless chosen otherwise.
func (s selection) sorted() cases.Order {
	o, ok := orderSlugs[s.order]
	switch {
	case s.queue == "alla" && o == cases.Urgent: // what is closed has no day to be due
		return cases.Newest
	case ok:
		return o
	case s.queue == "alla" || s.queue == "till-mig":
		return cases.Newest
	}
	return cases.Urgent
}

// filter is the selection as the service is asked for it.
func (s selection) filter(me string, x *search.Index) cases.Filter {
	f := cases.Filter{Queue: queueSlugs[s.queue], Unit: s.unit, Type: s.typ, Status: s.status, Content: casetype.Content(s.content), Assignee: s.assignee, Channel: s.channel,
		Mark: cases.Mark(s.mark), Due: cases.Due(s.due), Place: s.place, Words: s.words, Index: x, Order: s.sorted(), After: s.after, Limit: s.rows}
	if f.Assignee == fieldMe {
		f.Assignee = me
	}
	f.From, _ = calendar.ParseDate(s.from) // parseSelection has seen that they are days, or nothing
	f.To, _ = calendar.ParseDate(s.to)
	return f
}

// narrowed tells whether the selection is more than a queue.
func (s selection) narrowed() bool {
	for name, value := range s.fields() {
		if name != "ko" && name != "ordning" && *value != "" {
			return true
		}
	}
	return false
}

// href is the address of the selection, with changes: pairs of name and value. A list that is only read further keeps its name.
func (s selection) href(changes ...string) string {
	same := s.list != ""
	for i := 0; i+1 < len(changes); i += 2 {
		same = same && (changes[i] == "efter" || changes[i] == "kryssa")
	}
	q := url.Values{}
	if same {
		q.Set("lista", s.list)
	} else {
		q = s.values()
		q.Set("ur", s.of)
	}
	q.Set("efter", s.after)
	for i := 0; i+1 < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
	}
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	return pathInbox + "?" + q.Encode()
}
