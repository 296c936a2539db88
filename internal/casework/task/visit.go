package task

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// visit is one request of an official.
type visit struct {
	*Pages
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// staff lets officials in who may do the action to something.
func (m *Pages) staff(right access.Action, p page) http.Handler {
	return m.Office.Staff(right, func(v *office.Visit) error { return p(&visit{m, v}) })
}

// item is a line of a list on a page.
type item struct {
	Text, Href, Hint string
	Tags             []ui.Tag
	Do               templ.Component
}

// hidden is a hidden field among the others.
type hidden ui.Hidden

// Render writes the field.
func (h hidden) Render(ctx context.Context, w io.Writer) error { return hiddenField(h).Render(ctx, w) }

// sheet is a page with one form about a case.
type sheet struct {
	title, lead  string
	back, action string
	button       string
	number       string // of the case
	subject      string
	upload       bool
	version      int // of the case, as it was seen; 0 for what only adds
	fields       func(f *form) []templ.Component
	do           func(f *form) error
	then         func() error // after it is done; leads on
}

// opened is the case of the address, for one who may do something to it. Reading what is marked is journalled.
func (v *visit) opened(right access.Action) (cases.OfficerView, error) {
	view, err := v.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return view, err
	}
	return view, view.Right(v.Who, right).Err()
}

// sheetOf is a form about a case; path is its address below the case's.
func (v *visit) sheetOf(view cases.OfficerView, name, path string) sheet {
	here := casePath(view.Case.ID)
	return sheet{title: v.T("task.title." + name), button: v.T("task.button." + name), lead: v.lead(name), back: here, action: here + path, number: view.Case.Number,
		subject: view.Case.Subject, then: func() error { return v.Done(here, "tasks.said."+name) }}
}

// lead is what stands above a form, "" for nothing.
func (v *visit) lead(name string) string {
	if key := "task.lead." + name; v.L.Has(key) {
		return v.T("task.lead." + name)
	}
	return ""
}

func (v *visit) empty(build func(*visit) (sheet, error)) error {
	s, err := build(v)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, s, &form{})
}

// filled takes a form in. Whatever goes wrong, it comes back with what was typed.
func (v *visit) filled(build func(*visit) (sheet, error)) error {
	s, err := build(v)
	if err != nil {
		return err
	}
	f, err := v.read(v.W, v.R, v.Who.Person, s.upload)
	if err != nil {
		return err
	}
	if len(f.faults) == 0 {
		err = s.do(f)
	}
	switch {
	case err == nil && len(f.faults) == 0:
		return s.then()
	case err == nil:
		return v.show(http.StatusUnprocessableEntity, s, f)
	}
	status, ok := v.told(f, err)
	if !ok {
		return err
	}
	return v.show(status, s, f)
}

// told puts a refusal at the field it is about; false for what is not the official's to put right.
func (v *visit) told(f *form, err error) (status int, ok bool) {
	var denied *access.Denied
	var fault FaultError
	switch {
	case errors.As(err, &denied) && f.first != "":
		f.fault(f.first, v.Why(denied.Decision))
		return http.StatusForbidden, true
	case errors.Is(err, cases.ErrStale):
		f.Del(fieldVersion) // what has happened is on the page now
		f.fault(f.first, v.T("task.problem.stale"))
		return http.StatusConflict, true
	case errors.As(err, &fault):
		return 0, false
	}
	key, field := problem(err)
	if key == "" {
		return 0, false
	}
	if !slices.Contains(f.names, field) {
		field = f.first
	}
	f.fault(field, v.T("task.problem."+key))
	return http.StatusUnprocessableEntity, true
}

// problem names a refusal, and the field it is about.
func problem(err error) (key, field string) {
	for _, known := range []struct {
		err        error
		key, field string
	}{
		{cases.ErrEmpty, "empty", "text"}, {cases.ErrNote, "note", "skal"}, {cases.ErrClosed, "closed", ""}, {ErrWhom, "whom", "vem"}, {ErrReader, "reader", "vem"},
		{ErrDay, "day", "dag"}, {ErrOver, "over", ""}, {ErrWithdrawn, "withdrawn", ""}, {ErrLate, "late", ""}, {ErrStance, "stance", "stallning"}, {ErrFile, "file", "handlingar"},
		{ErrGround, "ground", "lagrum"}, {ErrOwn, "own", "vem"}, {ErrTurn, "turn", ""}, {ErrNotAsked, "not_asked", ""}, {ErrChanged, "changed", ""}, {ErrUnknown, "unknown", ""},
	} {
		if errors.Is(err, known.err) {
			return known.key, known.field
		}
	}
	return "", ""
}

// show writes the page of a form.
func (v *visit) show(status int, s sheet, f *form) error {
	q := ui.Question{Page: v.Page(s.title, "", ui.Link{Text: s.number, Href: s.back}), Back: s.back, Caption: s.subject, Lead: s.lead, Button: s.button,
		Fields: s.fields(f), Form: ui.Form{Action: s.action, Upload: s.upload, Unsaved: true}}
	q.Of, q.Errors = s.number, f.faults
	version := f.Get(fieldVersion)
	if version == "" {
		version = strconv.Itoa(s.version)
	}
	if s.version != 0 {
		q.Form.Hidden = append(q.Form.Hidden, ui.Hidden{Name: fieldVersion, Value: version})
	}
	return ui.Render(v.W, v.R, status, q)
}

// on is the case and its version as the form was filled in.
func (f *form) on(id string) cases.On {
	n, _ := strconv.Atoi(f.Get(fieldVersion))
	return cases.On{Case: id, Version: max(n, 1)}
}

// day reads a date field; a fault if it is none.
func (v *visit) day(f *form, name string) calendar.Date {
	d, err := calendar.ParseDate(strings.TrimSpace(f.Get(name)))
	if err != nil {
		f.fault(name, v.T("task.problem.date"))
	}
	return d
}

// long is a fault if a text has more characters than it may.
func (v *visit) long(f *form, name string, most int) string {
	text := strings.ReplaceAll(strings.TrimSpace(f.Get(name)), "\r\n", "\n")
	if n := utf8.RuneCountInString(text); n > most {
		f.fault(name, v.T("task.problem.long", "Max", v.L.Number(int64(most)), "Length", v.L.Number(int64(n))))
	}
	return text
}

// The fields of the forms. Each keeps what was typed and says what is wrong with it.

func (v *visit) dateField(f *form, name, label, value string) templ.Component {
	return ui.Input{Field: f.field(name, v.T("task.field."+label), v.T("task.hint.date")), Value: f.or(name, value), Width: 10, Numeric: true}
}

func (v *visit) lines(f *form, name, label, value string, rows, most int, optional bool) templ.Component {
	field := f.field(name, v.T("task.field."+label), "")
	if key := "task.hint." + label; v.L.Has(key) {
		field.Hint = v.T("task.hint." + label)
	}
	field.Optional = optional
	return ui.Textarea{Field: field, Value: f.or(name, value), Rows: rows, Max: most}
}

// whom names who is asked.
func (v *visit) whom(to Whom) string {
	switch {
	case to.Person != "":
		return v.Person(to.Person)
	case to.Role != "":
		role, _ := v.Dir.Role(to.Role)
		return v.Unit(to.Unit) + ", " + role.Name.In(v.Lang())
	}
	return v.Unit(to.Unit)
}

// dated is a day in words, marked when it has passed.
func (v *visit) dated(d calendar.Date) (string, []ui.Tag) {
	if d.Before(v.Today()) {
		return v.L.Date(d), []ui.Tag{{Text: v.T("task.late"), Tone: ui.Warning}}
	}
	return v.L.Date(d), nil
}
