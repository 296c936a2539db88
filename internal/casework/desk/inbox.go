package desk

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// queueSlugs name the queues in addresses and in texts.
var queueSlugs = map[string]cases.Queue{
	"mina": cases.QueueMine, "otilldelade": cases.QueueUnassigned, "oppna": cases.QueueOpen, "forsenade": cases.QueueOverdue, "alla": cases.QueueAll,
	"till-mig": cases.QueueAddressed,
}

// Rows on a page of the inbox.
const (
	fewRows  = 50
	manyRows = 200
)

// selection is what an officer asked the inbox for; its address is the page's.
type selection struct {
	queue   string // slug
	unit    string
	typ     string
	content string
	order   string // "senast", "bradska"
	after   string
	rows    int
}

// queues are those that make sense for the official, the first to begin with.
func (v *visit) queues() []string {
	reads, claims := v.mayAnywhere(access.CaseRead), v.mayAnywhere(access.CaseClaim)
	switch {
	case claims:
		return []string{"mina", "otilldelade", "oppna", "forsenade", "alla", "till-mig"}
	case v.who.HasRole(access.Politician) && !reads:
		return []string{"till-mig"}
	case v.who.HasRole(access.Politician):
		return []string{"till-mig", "oppna", "forsenade", "alla"}
	case reads:
		return []string{"oppna", "otilldelade", "forsenade", "alla"}
	}
	return nil
}

func (v *visit) selection(queues []string) selection {
	q := v.r.URL.Query()
	s := selection{queue: q.Get("ko"), unit: q.Get("enhet"), typ: q.Get("typ"), content: q.Get("status"), order: q.Get("ordning"), after: q.Get("efter"), rows: fewRows}
	if !slices.Contains(queues, s.queue) {
		s.queue = queues[0]
	}
	if q.Get("antal") == strconv.Itoa(manyRows) {
		s.rows = manyRows
	}
	if s.order != "senast" && s.order != "bradska" {
		s.order = ""
	}
	if !slices.Contains(casetype.Content("").Values(), s.content) {
		s.content = ""
	}
	return s
}

// urgent tells whether the list begins with what is due first: in the queues that are there to be worked off, unless chosen otherwise.
func (s selection) urgent() bool {
	return s.order == "bradska" || s.order == "" && s.queue != "alla" && s.queue != "till-mig"
}

func (s selection) filter() cases.Filter {
	f := cases.Filter{Queue: queueSlugs[s.queue], Unit: s.unit, Type: s.typ, Content: casetype.Content(s.content), Order: cases.Newest, After: s.after, Limit: s.rows}
	if s.urgent() {
		f.Order = cases.Urgent
	}
	return f
}

// href is the address of the selection, with changes: pairs of name and value.
func (s selection) href(changes ...string) string {
	q := url.Values{"ko": {s.queue}, "enhet": {s.unit}, "typ": {s.typ}, "status": {s.content}, "ordning": {s.order}, "efter": {s.after}}
	if s.rows == manyRows {
		q.Set("antal", strconv.Itoa(manyRows))
	}
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

// inbox is the officer's list of cases.
func inbox(v *visit) error {
	queues := v.queues()
	if queues == nil {
		page := ui.List{Page: v.page(v.T("desk.inbox.title"), pathInbox), Found: -1}
		page.Empty = &ui.Empty{Title: v.T("desk.inbox.no_mandate"), Text: v.why(access.Check(v.who, access.CaseRead, access.Object{}))}
		return ui.Render(v.w, v.r, 200, page)
	}
	s := v.selection(queues)
	found, err := v.Cases.List(v.ctx(), v.who, s.filter())
	if errors.Is(err, cases.ErrCursor) {
		return fmt.Errorf("%w: %w", web.ErrBadRequest, err)
	}
	if err != nil {
		return err
	}
	page := ui.List{Page: v.page(v.T("desk.queue."+s.queue), pathInbox), Found: len(found.Cases), More: found.Next != "", Tabs: v.tabs(s, queues), Filter: v.filter(s)}
	page.Path = s.href()
	switch {
	case len(found.Cases) == 0:
		page.Empty = v.nothing(s)
	default:
		page.Table = v.table(s, found.Cases)
		page.Pager = &ui.Pager{}
		if found.Next != "" {
			page.Pager.Next = s.href("efter", found.Next)
		}
	}
	if s.after != "" {
		page.Actions = append(page.Actions, ui.Button{Text: v.T("desk.inbox.first_page"), Href: s.href("efter", ""), Variant: ui.Secondary})
	}
	if v.Live != nil && s.after == "" {
		page.Live = &ui.Live{ID: "inkorg", URL: pathStream + "?amne=case"}
	}
	return ui.Render(v.w, v.r, 200, inboxPage(page, bulk{Show: s.selects() && len(found.Cases) > 0 && v.mayAnywhere(access.CaseClaim), Form: bulkForm, Back: s.href()}))
}

// bulkForm is the form around the buttons that take cases.
const bulkForm = "urval"

// bulk is the form that takes the cases that were ticked. The button of each row is a form of its own, so that Enter on a tick never
// presses it.
type bulk struct {
	Show bool
	Form string
	Back string // where to go after
}

// selects tells whether several cases can be ticked: where there are mostly such as nobody has.
func (s selection) selects() bool { return s.queue == "otilldelade" }

func (v *visit) tabs(s selection, queues []string) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("desk.inbox.queues")}
	for _, slug := range queues {
		t.Links = append(t.Links, ui.Link{Text: v.T("desk.queue." + slug), Href: selection{queue: slug, unit: s.unit, typ: s.typ, rows: s.rows}.href(), Current: slug == s.queue})
	}
	return t
}

// nothing says why the list is empty and what to do.
func (v *visit) nothing(s selection) *ui.Empty {
	e := &ui.Empty{Title: v.T("desk.inbox.empty"), Text: v.T("desk.inbox.empty_text")}
	switch {
	case s.unit != "" || s.typ != "" || s.content != "":
		e.Text = v.T("desk.inbox.empty_filter")
		e.Action = ui.Button{Text: v.T("desk.inbox.clear"), Href: selection{queue: s.queue, rows: s.rows}.href(), Variant: ui.Secondary}
	case s.queue == "mina":
		e.Text = v.T("desk.inbox.empty_mine")
		e.Action = ui.Button{Text: v.T("desk.inbox.to_unassigned"), Href: selection{queue: "otilldelade", rows: s.rows}.href(), Variant: ui.Secondary}
	}
	return e
}

func (v *visit) filter(s selection) *ui.Filter {
	f := &ui.Filter{Action: pathInbox, Clear: selection{queue: s.queue}.href(), Hidden: []ui.Hidden{{Name: "ko", Value: s.queue}}}
	choose := func(name, label, chosen string, options []ui.Option) {
		for i, o := range options {
			if o.Value == chosen {
				options[i].Chosen = true
				f.Chosen = append(f.Chosen, ui.Link{Text: o.Label, Href: s.href(name, "", "efter", "")})
			}
		}
		f.Fields = append(f.Fields, ui.Select{Field: ui.Field{Name: name, Label: label}, Empty: true, Options: options})
	}
	if units := access.Units(v.who, access.CaseRead); len(units) > 1 && s.queue != "till-mig" {
		var options []ui.Option
		for _, id := range units {
			options = append(options, ui.Option{Value: id, Label: v.unit(id)})
		}
		slices.SortFunc(options, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
		choose("enhet", v.T("desk.unit"), s.unit, options)
	}
	var types, contents []ui.Option
	for _, ct := range v.Types.Open(v.today()) {
		types = append(types, ui.Option{Value: ct.ID, Label: ct.Title.In(v.lang())})
	}
	choose("typ", v.T("desk.type"), s.typ, types)
	for _, c := range casetype.Content("").Values() {
		if c != string(casetype.Closed) || s.queue == "alla" || s.queue == "till-mig" {
			contents = append(contents, ui.Option{Value: c, Label: v.T("desk.content." + c)})
		}
	}
	choose("status", v.T("desk.status"), s.content, contents)
	f.Fields = append(f.Fields,
		ui.Select{Field: ui.Field{Name: "ordning", Label: v.T("desk.inbox.order")}, Options: []ui.Option{
			{Value: "bradska", Label: v.T("desk.inbox.urgent"), Chosen: s.urgent()}, {Value: "senast", Label: v.T("desk.inbox.newest"), Chosen: !s.urgent()}}},
		ui.Select{Field: ui.Field{Name: "antal", Label: v.T("desk.inbox.rows")}, Options: []ui.Option{
			{Value: strconv.Itoa(fewRows), Label: strconv.Itoa(fewRows), Chosen: s.rows == fewRows}, {Value: strconv.Itoa(manyRows), Label: strconv.Itoa(manyRows), Chosen: s.rows == manyRows}}})
	return f
}

// table is the cases of a page. Columns that would say the same on each row are left out.
func (v *visit) table(s selection, list []*cases.Case) ui.Table {
	t := ui.Table{Caption: v.T("desk.queue." + s.queue), HideCaption: true, Columns: []ui.Column{{Title: v.T("desk.number")}, {Title: v.T("desk.subject")}}}
	units := len(access.Units(v.who, access.CaseRead)) > 1 || s.queue == "till-mig"
	if units {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("desk.unit")})
	}
	received := ui.Column{Title: v.T("desk.received"), Sort: s.href("ordning", "senast", "efter", "")}
	due := ui.Column{Title: v.T("desk.due"), Sort: s.href("ordning", "bradska", "efter", "")}
	if s.urgent() {
		due.Sorted = ui.Ascending
	} else {
		received.Sorted = ui.Descending
	}
	t.Columns = append(t.Columns, ui.Column{Title: v.T("desk.status")}, received, due)
	if s.queue != "mina" {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("desk.handler")})
	}
	if s.selects() && v.mayAnywhere(access.CaseClaim) {
		t.Select, t.Form = "arende", bulkForm
	}
	back := s.href()
	today := v.today()
	type dueOf struct {
		day  calendar.Date
		open bool
	}
	type words struct {
		text string
		tone ui.Tone
	}
	t.Rows = make([]ui.Row, 0, len(list))
	dues := map[dueOf]words{} // hundreds of cases have a few days between them
	for _, c := range list {
		row := ui.Row{Value: claimValue(c), Cells: make([]ui.Cell, 0, len(t.Columns))}
		row.Cells = append(row.Cells, ui.Cell{Text: c.Number, Href: casePath(c.ID)}, ui.Cell{Body: twoLines(v.subject(c), v.typeTitle(c), v.marks(c))})
		if units {
			row.Cells = append(row.Cells, ui.Cell{Text: v.unit(c.Unit)})
		}
		due, ok := dues[dueOf{c.Due, c.Open}]
		if !ok {
			due.text, due.tone = v.due(c, today)
			dues[dueOf{c.Due, c.Open}] = due
		}
		row.Mark = due.tone
		row.Cells = append(row.Cells, ui.Cell{Body: v.status(c)}, ui.Cell{Text: calendar.DateOf(c.ReceivedAt).String()}, ui.Cell{Text: due.text})
		if s.queue != "mina" {
			row.Cells = append(row.Cells, v.handler(back, c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// handler says who has a case, or offers to take it and come back.
func (v *visit) handler(back string, c *cases.Case) ui.Cell {
	if c.Assignee != "" {
		return ui.Cell{Text: v.name(c.Assignee)}
	}
	if !c.Open || !access.Check(v.who, access.CaseClaim, c.Object()).Allowed {
		return ui.Cell{Text: v.T("desk.nobody")}
	}
	b := ui.Button{Text: v.T("desk.take_short"), Hidden: c.Number, Name: "ta", Value: claimValue(c), Small: true, Variant: ui.Secondary}
	return ui.Cell{Body: ui.Post{Button: b, To: pathInbox + "/ta", Values: []ui.Hidden{{Name: "till", Value: back}}}}
}

// subject is what a case is about. Lists hold it back for what is marked: to open the case is to read it.
func (v *visit) subject(c *cases.Case) string {
	if c.Subject == "" {
		return v.T("desk.veiled")
	}
	return c.Subject
}

// typeTitle is the name of a case's type.
func (v *visit) typeTitle(c *cases.Case) string {
	if ct, ok := v.Types.Version(c.TypeID, c.TypeVersion); ok {
		return ct.Title.In(v.lang())
	}
	return c.TypeID
}

// marks are warnings in words about a case.
func (v *visit) marks(c *cases.Case) []templ.Component {
	var tags []templ.Component
	if c.Secrecy > cases.Open {
		tags = append(tags, ui.Tag{Text: v.T("desk.secrecy." + strconv.Itoa(int(c.Secrecy))), Tone: ui.Danger})
	}
	if c.Protected {
		tags = append(tags, ui.Tag{Text: v.T("desk.protected"), Tone: ui.Danger})
	}
	return tags
}

// status is the status in the words of the case type.
func (v *visit) status(c *cases.Case) ui.Tag {
	text := c.Status
	if ct, ok := v.Types.Version(c.TypeID, c.TypeVersion); ok && ct.Status(c.Status) != nil {
		text = ct.Status(c.Status).Title.In(v.lang())
	}
	return ui.Tag{Text: text, Tone: contentTone(c.Content)}
}

func contentTone(c casetype.Content) ui.Tone {
	switch c {
	case casetype.Received:
		return ui.Info
	case casetype.WaitingParty, casetype.WaitingOther:
		return ui.Warning
	case casetype.Decided:
		return ui.Success
	case casetype.Closed:
		return ui.Neutral
	}
	return ui.Accent
}

// soon is how many days before its day a case is said to be due soon.
const soon = 2

// due is the day of a case, in words when it has passed or is near, and the colour that goes with the words.
func (v *visit) due(c *cases.Case, today calendar.Date) (string, ui.Tone) {
	day := c.Due.String()
	if !c.Open {
		return day, ""
	}
	switch left := today.DaysUntil(c.Due); {
	case left < 0:
		return day + ", " + v.T("desk.late", "Count", -left), ui.Danger
	case left == 0:
		return day + ", " + v.T("desk.due_today"), ui.Warning
	case left <= soon:
		return day + ", " + v.T("desk.due_soon", "Count", left), ui.Warning
	}
	return day, ""
}

func casePath(id string) string { return pathCases + "/" + id }

// claimValue names a case and the version of it that the officer saw.
func claimValue(c *cases.Case) string { return c.ID + "." + strconv.Itoa(c.Version) }

func parseClaim(s string) (cases.On, bool) {
	id, version, ok := strings.Cut(s, ".")
	n, err := strconv.Atoi(version)
	return cases.On{Case: id, Version: n}, ok && err == nil && n > 0 && store.ValidID(id)
}

// take takes the cases whose button was pressed or that were ticked. What a colleague took first is left with the colleague.
func take(v *visit) error {
	values, err := v.readForm()
	if err != nil {
		return err
	}
	back := inboxAddress(values.Get("till"))
	chosen := values["arende"]
	if one := values.Get("ta"); one != "" {
		chosen = []string{one}
	}
	if len(chosen) == 0 {
		return v.done(back, "none")
	}
	took, lost := 0, 0
	for _, c := range chosen {
		on, ok := parseClaim(c)
		if !ok {
			return web.ErrBadRequest
		}
		switch _, err := v.Cases.Claim(v.ctx(), v.who, on); {
		case err == nil:
			took++
		case errors.Is(err, cases.ErrStale) || errors.Is(err, cases.ErrClosed) || access.IsDenied(err):
			lost++
		default:
			return err
		}
	}
	return v.done(back, "took", took, lost)
}

// inboxAddress is the inbox the officer came from, or the plain one.
func inboxAddress(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host == "" && u.Scheme == "" && u.Path == pathInbox {
		return pathInbox + "?" + u.Query().Encode()
	}
	return pathInbox
}
