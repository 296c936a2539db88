package desk

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// queues are those that make sense for the official, the first to begin with.
func (v *visit) queues() []string {
	reads, claims := v.MayAnywhere(access.CaseRead), v.MayAnywhere(access.CaseClaim)
	switch {
	case claims:
		return []string{"mina", "otilldelade", "oppna", "forsenade", "alla", "till-mig"}
	case v.Who.HasRole(access.Politician) && !reads:
		return []string{"till-mig"}
	case v.Who.HasRole(access.Politician):
		return []string{"till-mig", "oppna", "forsenade", "alla"}
	case reads:
		return []string{"oppna", "otilldelade", "forsenade", "alla"}
	}
	return nil
}

// inbox is the officer's list of cases.
func inbox(v *visit) error {
	queues := v.queues()
	if queues == nil {
		page := ui.List{Page: v.Page(v.T("desk.inbox.title"), pathInbox), Found: -1}
		page.Empty = &ui.Empty{Title: v.T("desk.inbox.no_mandate"), Text: v.Why(access.Check(v.Who, access.CaseRead, access.Object{}))}
		return ui.Render(v.W, v.R, 200, page)
	}
	shelf, err := v.shelf()
	if err != nil {
		return err
	}
	s := v.selected(queues, shelf)
	found, err := v.Cases.List(v.Ctx(), v.Who, s.filter(v.Who.Person, v.Index))
	if errors.Is(err, cases.ErrCursor) {
		return fmt.Errorf("%w: %w", web.ErrBadRequest, err)
	}
	if err != nil {
		return err
	}
	title := v.T("desk.queue." + s.queue)
	if l, ok := shelf.list(s.list); ok {
		title = l.Name
	}
	page := ui.List{Page: v.Page(title, pathInbox), Found: len(found.Cases), More: found.Next != "", Tabs: v.tabs(s, queues, shelf), Filter: v.filter(s)}
	page.Path = s.href()
	switch {
	case len(found.Cases) == 0 && !found.Looked:
		page.Empty = v.nothing(s)
	case len(found.Cases) > 0:
		if page.Table, err = v.table(s, shelf, found.Cases); err != nil {
			return err
		}
	}
	if found.Next != "" {
		page.Pager = &ui.Pager{Next: s.href("efter", found.Next)}
	}
	page.Actions = v.listActs(s)
	if v.Live != nil && s.after == "" {
		page.Live = &ui.Live{ID: "inkorg", URL: pathStream + "?amne=case"}
	}
	b := bulk{Show: len(found.Cases) > 0 && v.ticks(s), Take: s.takes() && v.MayAnywhere(access.CaseClaim), More: v.Roster != nil, Form: bulkForm, Back: s.href(), All: s.href("kryssa", "alla")}
	switch {
	case found.Looked:
		b.Note = v.T("desk.inbox.looked")
	case found.Cut:
		b.Note = v.T("desk.inbox.cut")
	}
	return ui.Render(v.W, v.R, 200, inboxPage(page, b))
}

// listActs lead on from a list.
func (v *visit) listActs(s selection) []templ.Component {
	var out []templ.Component
	link := func(key, href string) {
		out = append(out, ui.Button{Text: v.T("desk.inbox." + key), Href: href, Variant: ui.Secondary})
	}
	if s.after != "" {
		link("first_page", s.href("efter", ""))
	}
	if v.Roster == nil {
		return out
	}
	out = append(out, ui.Button{Text: v.T("desk.party.short"), Href: pathParty, Variant: ui.Tertiary})
	if s.list != "" {
		link("change_list", pathLists+"/"+s.list)
	} else if s.narrowed() {
		q := s.values()
		if s.of != "" {
			q.Set("ur", s.of)
		}
		link("save_list", pathLists+"/ny?"+q.Encode())
	}
	return out
}

// ticks tells whether several cases can be ticked.
func (v *visit) ticks(s selection) bool {
	if v.Roster == nil {
		return s.takes() && v.MayAnywhere(access.CaseClaim)
	}
	return v.MayAnywhere(access.CaseAssign) || v.MayAnywhere(access.CaseMessage)
}

// bulkForm is the form around the buttons that take cases.
const bulkForm = "urval"

// bulk is the form that takes the cases that were ticked, or does more with them. The button of each row is a form of its own, so that
// Enter on a tick never presses it.
type bulk struct {
	Show bool
	Take bool // they can be taken here
	More bool // another room can do more with them
	Form string
	Back string // where to go after
	All  string // the same page with everything ticked
	Note string // about how far the list has looked
}

func (b bulk) action() string {
	if b.Take {
		return pathInbox + "/ta"
	}
	return pathBulk
}

// takes tells whether the list is there to take cases from: mostly such as nobody has.
func (s selection) takes() bool { return s.queue == "otilldelade" }

// manyLists is how many saved lists stand among the tabs; all of them stand on the page of lists.
const manyLists = 8

func (v *visit) tabs(s selection, queues []string, shelf Shelf) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("desk.inbox.queues")}
	for _, slug := range queues {
		href := selection{queue: slug, unit: s.unit, typ: s.typ, rows: s.rows}
		if s.list != "" {
			href = selection{queue: slug, rows: fewRows}
		}
		t.Links = append(t.Links, ui.Link{Text: v.T("desk.queue." + slug), Href: href.href(), Current: slug == s.queue && s.list == ""})
	}
	for i, l := range shelf.Lists {
		if i < manyLists || l.ID == s.list {
			t.Links = append(t.Links, ui.Link{Text: l.Name, Href: selection{list: l.ID}.href(), Current: l.ID == s.list})
		}
	}
	for _, a := range shelf.For {
		of := selection{queue: "oppna", assignee: a.Person, rows: fewRows}
		t.Links = append(t.Links, ui.Link{Text: v.T("desk.inbox.for", "Name", v.Person(a.Person)), Href: of.href(), Count: a.Waiting, Current: s.list == "" && s.assignee == a.Person})
	}
	if v.Roster != nil {
		t.Links = append(t.Links, ui.Link{Text: v.T("desk.inbox.lists"), Href: pathLists})
	}
	return t
}

// nothing says why the list is empty and what to do.
func (v *visit) nothing(s selection) *ui.Empty {
	e := &ui.Empty{Title: v.T("desk.inbox.empty"), Text: v.T("desk.inbox.empty_text")}
	switch {
	case s.list == "" && s.narrowed():
		e.Text = v.T("desk.inbox.empty_filter")
		e.Action = ui.Button{Text: v.T("desk.inbox.clear"), Href: selection{queue: s.queue, rows: s.rows}.href(), Variant: ui.Secondary}
	case s.queue == "mina":
		e.Text = v.T("desk.inbox.empty_mine")
		e.Action = ui.Button{Text: v.T("desk.inbox.to_unassigned"), Href: selection{queue: "otilldelade", rows: s.rows}.href(), Variant: ui.Secondary}
	}
	return e
}

// handler says who has a case, or offers to take it and come back.
func (v *visit) handler(back string, c *cases.Case) ui.Cell {
	if c.Assignee != "" {
		return ui.Cell{Text: v.Person(c.Assignee)}
	}
	if !c.Open || !access.Check(v.Who, access.CaseClaim, c.Object()).Allowed {
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
		return ct.Title.In(v.Lang())
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
		text = ct.Status(c.Status).Title.In(v.Lang())
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
		return v.warn(back, "none")
	}
	took, lost := 0, 0
	for _, c := range chosen {
		on, ok := parseClaim(c)
		if !ok {
			return web.ErrBadRequest
		}
		switch _, err := v.Cases.Claim(v.Ctx(), v.Who, on); {
		case err == nil:
			took++
		case errors.Is(err, cases.ErrStale) || errors.Is(err, cases.ErrClosed) || access.IsDenied(err):
			lost++
		default:
			return err
		}
	}
	said := office.Said{Key: "desk.said.took", Count: took}
	if lost > 0 {
		said = office.Said{Key: "desk.said.took_some", Count: took, Of: took + lost, Warn: true}
	}
	return v.Tell(back, said)
}

// inboxAddress is the inbox the officer came from, or the plain one.
func inboxAddress(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host == "" && u.Scheme == "" && u.Path == pathInbox {
		return pathInbox + "?" + u.Query().Encode()
	}
	return pathInbox
}
