package meeting

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Module is the room: pages for those who work here, and what the public sees of the meetings.
type Module struct {
	*Service
	Office *office.Office
	// Site is what every page of the public site has in common.
	Site func(r *http.Request, title, section string) ui.Page
}

// Paths, without language.
const (
	PathMatters = "/styrning/arenden"
	PathPublic  = "/sammantraden"
	pathBody    = "/styrning/moten" // what a body does
	pathFeed    = "/sammantradeskalender"
)

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	read := func(pattern string, p page) { mux.Handle("GET "+pattern, m.staff(access.GovernanceRead, p)) }
	write := func(pattern string, p page) { mux.Handle("POST "+pattern, m.staff(access.GovernanceTakePart, p)) }
	form := func(pattern string, p page) {
		mux.Handle("GET "+pattern, m.staff(access.GovernanceTakePart, p))
		write(pattern, p)
	}
	read(Path, overview)
	read(pathBody+"/{body}", bodyPage)
	write(pathBody+"/{body}/planera", planning)
	write(pathBody+"/{body}/anslut", joining)
	read(Path+"/{id}", meetingPage)
	read(Path+"/{id}/kalender.ics", invitation)
	read(Path+"/{id}/protokoll", protocolPage)
	read(Path+"/{id}/protokoll.pdf", protocolFile)
	write(Path+"/{id}/{act}", meetingAct)
	form(Path+"/{id}/paragraf/{item}", paragraph)
	read(PathMatters, matterList)
	form(PathMatters+"/nytt", newMatter)
	read(PathMatters+"/{id}", matterPage)
	write(PathMatters+"/{id}/{act}", matterAct)
	read(PathIdeas, ideaList)
	form(PathIdeas+"/nytt", newIdea)
	read(PathIdeas+"/{id}", ideaPage)
	write(PathIdeas+"/{id}/{act}", ideaAct)
	mux.Handle("GET "+PathPublic, handler(m.publicList))
	mux.Handle("GET "+PathPublic+"/{id}", handler(m.publicMeeting))
	mux.Handle("GET "+PathPublic+"/{id}/protokoll.pdf", handler(m.publicFile))
	mux.Handle("GET "+pathFeed+"/{body}", handler(m.bodyFeed))
	mux.Handle("GET "+pathFeed+"/min/{token}", handler(m.ownFeed))
}

func (m *Module) staff(action access.Action, p page) http.Handler {
	return m.Office.Staff(action, func(o *office.Visit) error {
		v := &visit{Module: m, Visit: o, status: http.StatusOK}
		var err error
		if v.per, err = o.Per(); err != nil {
			return err
		}
		v.past = v.per.Before(o.Today())
		return p(v)
	})
}

// visit is one request of an official, and what was typed if it could not be done.
type visit struct {
	*Module
	*office.Visit
	per    calendar.Date // the day that the page tells about
	past   bool
	values url.Values
	faults []ui.FieldError
	told   *ui.Alert
	status int
}

type page func(v *visit) error

// act does what a form asks for, and shows the page again with what was wrong if it cannot be done.
func (v *visit) act(again page, do func() (to, said string, err error)) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	v.values = form
	to, said, err := do()
	if err == nil {
		return v.Done(to, "meeting.said."+said)
	}
	if !v.explain(err) {
		return err
	}
	return again(v)
}

// explain keeps what is to be told of an error, and reports whether it is one that people cause.
func (v *visit) explain(err error) bool {
	var fields *FieldError
	var state *StateError
	var need *NeedError
	var refused *RefusedError
	tell := func(status int, tone ui.Tone, text string) {
		v.status, v.told = status, &ui.Alert{Tone: tone, Text: text, Live: true}
	}
	switch {
	case errors.As(err, &fields):
		v.status = http.StatusUnprocessableEntity
		for _, f := range fields.Fields {
			if v.fault(f.Name) == "" {
				v.faults = append(v.faults, ui.FieldError{Field: f.Name, Message: v.T("meeting.fault." + f.Fault)})
			}
		}
	case errors.As(err, &need):
		tell(http.StatusConflict, ui.Warning, v.lacking(need))
	case errors.As(err, &refused):
		text := v.T("meeting.denied." + refused.Why)
		if refused.Text != nil {
			text = refused.Text.In(v.Lang())
		}
		tell(http.StatusForbidden, ui.Danger, join(text, v.T("meeting.rule", "Sentence", refused.Sentence)))
	case errors.As(err, &state):
		tell(http.StatusConflict, ui.Warning, v.T("meeting.state."+state.Why))
	case errors.Is(err, ErrTwice):
		tell(http.StatusConflict, ui.Warning, v.T("meeting.state.adjusted_twice"))
	case errors.Is(err, store.ErrConflict):
		tell(http.StatusConflict, ui.Warning, v.T("meeting.state.conflict"))
	default:
		return false
	}
	return true
}

// lacking says what a matter lacks, with the sentence that asks for it.
func (v *visit) lacking(e *NeedError) string {
	words := []string{v.T("meeting.lacks")}
	if e.Letter != "" {
		words = append(words, v.T("meeting.lacks.letter", "Role", v.role(e.Letter)))
	}
	for _, b := range e.Consult {
		words = append(words, v.T("meeting.lacks.consult", "Body", v.bodyName(b)))
	}
	return join(append(words, e.Text.In(v.Lang()), v.T("meeting.rule", "Sentence", e.Sentence))...)
}

func (v *visit) fault(name string) string {
	for _, f := range v.faults {
		if f.Field == name {
			return f.Message
		}
	}
	return ""
}

// typed is what was typed in a field, or else what is stored.
func (v *visit) typed(name, stored string) string {
	if v.values == nil || !v.values.Has(name) {
		return stored
	}
	return v.values.Get(name)
}

func (v *visit) version() int64 {
	n, err := strconv.ParseInt(v.values.Get("version"), 10, 64)
	if err != nil || n <= 0 {
		return -1 // of no version: a conflict
	}
	return n
}

func (v *visit) date(name string) calendar.Date {
	d, err := calendar.ParseDate(strings.TrimSpace(v.values.Get(name)))
	if err != nil {
		return calendar.Date{} // the rules say what is wrong
	}
	return d
}

func (v *visit) field(name string, optional bool) ui.Field {
	f := ui.Field{Name: name, Label: v.T("meeting.field." + name), Optional: optional, Error: v.fault(name)}
	if v.L.Has("meeting.hint." + name) {
		f.Hint = v.T("meeting.hint." + name)
	}
	return f
}

func (v *visit) input(name, stored string, width int, optional bool) templ.Component {
	return ui.Input{Field: v.field(name, optional), Value: v.typed(name, stored), Width: width, NoSpell: width > 0}
}

func (v *visit) area(name, stored string, rows int, optional bool) templ.Component {
	return ui.Textarea{Field: v.field(name, optional), Value: v.typed(name, stored), Rows: rows, Max: maxText}
}

// tick is a box; beside is a field that its form always sends, since a box that is not ticked is not sent.
func (v *visit) tick(name, beside string, stored bool) templ.Component {
	if v.values.Has(beside) {
		stored = v.values.Get(name) != ""
	}
	return ui.Checkbox{Field: v.field(name, false), Value: "1", Checked: stored}
}

// name is what to call somebody.
func (v *visit) name(person string) string {
	if p, ok := v.Dir.Person(person); ok {
		return p.Name
	}
	return v.T("meeting.somebody")
}

func (v *visit) bodyName(id string) string {
	b, ok := v.Dir.Body(id)
	if !ok {
		return id
	}
	return b.Name.In(v.Lang())
}

func (v *visit) role(code string) string {
	r, ok := v.Dir.Role(code)
	if !ok {
		return code
	}
	return r.Name.In(v.Lang())
}

func (v *visit) dated(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.L.Date(d)
}

// top is a page of the room with its faults and what was told.
func (v *visit) top(title string, crumbs ...ui.Link) ui.Page {
	p := v.Visit.Page(title, Path, crumbs...)
	p.Errors = v.faults
	if v.told != nil {
		p.Notice = v.told
	}
	return p
}

// tabs lead between the parts of the room.
func (v *visit) tabs(current string) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("meeting.tabs")}
	for _, x := range []struct{ path, key string }{{Path, "meeting.title"}, {PathMatters, "meeting.matters"}, {PathIdeas, "meeting.ideas"}} {
		t.Links = append(t.Links, ui.Link{Text: v.T(x.key), Href: x.path, Current: x.path == current})
	}
	return t
}

// dayed is the parts of a page about a day, with a note above them if the day is past, and below them the form that asks for another.
func (v *visit) dayed(action string, parts ...templ.Component) []templ.Component {
	value := ""
	if v.past {
		value = v.per.String()
		parts = append([]templ.Component{ui.Alert{Tone: ui.Info, Text: v.T("meeting.past", "Day", v.L.Date(v.per))}}, parts...)
	}
	field := ui.Input{Field: ui.Field{Name: office.FieldPer, Label: v.T("meeting.per"), Hint: v.T("meeting.per_hint")}, Value: value, Width: 12, NoSpell: true}
	form := ui.With(ui.Form{Action: action, Get: true}, field, ui.Button{Text: v.T("meeting.per_show"), Variant: ui.Secondary})
	return append(parts, ui.With(ui.Details{Summary: v.T("meeting.per_title"), Open: v.past}, form))
}

func versioned(n int64) []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: strconv.FormatInt(n, 10)}}
}

// keeps reports whether the official sees to the meetings of a body, calls whether they may call it.
func (v *visit) keeps(body string) bool {
	_, err := v.keeper(v.Who, body)
	return err == nil && !v.past
}

func (v *visit) calls(body string) bool {
	_, err := v.convenor(v.Who, body)
	return err == nil && !v.past
}

// of keeps the room of a member from those who do not work for it: to them its things do not exist.
func (v *visit) of(member string) error {
	if !v.belongs(v.Who, member) {
		return store.ErrNotFound
	}
	return nil
}

// meeters are the bodies that meet, of those the official works for.
func (v *visit) meeters() []bodies.Body {
	return slices.DeleteFunc(v.Bodies(), func(b bodies.Body) bool { return v.of(b.Member) != nil })
}

// within reports whether somebody reads what is secret in what a body deals with: they keep its meetings or sit in it.
func (v *visit) within(body string, on calendar.Date) (bool, error) {
	if _, err := v.keeper(v.Who, body); err == nil {
		return true, nil
	}
	seats, err := v.Membership(v.Ctx(), v.db, body, on)
	if isMissing(err) {
		return false, nil
	}
	return seats.Has(v.Who.Person), err
}
