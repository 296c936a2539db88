package clock

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// Fields of the forms.
const (
	fieldVersion = "version"
	fieldReason  = "skal"
	fieldDay     = "dag"
	fieldWhich   = "vilken"
	fieldWay     = "satt"
)

// maxReason is how much may be written, in characters.
const maxReason = 4000

// form is a page that changes the time of a case.
type form struct {
	path  string
	right access.Action
	has   []string // its fields; what is wrong with the whole is said at the first
	// fields are the form with what was typed.
	fields func(v *office.Visit, w *sheet) []templ.Component
	// lead is the line above them.
	lead func(v *office.Visit, w *sheet) string
	// do carries out what was typed, and gives what is said of it, the end of T("clock.said." + said): "" for the path.
	do func(v *office.Visit, w *sheet) (said string, err error)
}

// sheet is a case in an official's hands: its time, what was typed, and what is wrong with that.
type sheet struct {
	view   cases.OfficerView
	clock  Clock
	typed  url.Values
	faults []ui.FieldError
}

func (w *sheet) get(field string) string { return strings.TrimSpace(w.typed.Get(field)) }

// on is the case and the version that the official saw.
func (w *sheet) on() cases.On {
	n, _ := strconv.Atoi(w.typed.Get(fieldVersion))
	return cases.On{Case: w.view.Case.ID, Version: max(n, 1)} // a form without version is of an old case
}

func (w *sheet) fault(field, text string) {
	w.faults = append(w.faults, ui.FieldError{Field: field, Message: text})
}

func (w *sheet) faultOf(field string) string {
	for _, f := range w.faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// day is the day that was typed; a fault is noted if it is none. Where it may be left out the zero Date is no day.
func (w *sheet) day(v *office.Visit, optional bool) (calendar.Date, bool) {
	text := w.get(fieldDay)
	if text == "" && optional {
		return calendar.Date{}, true
	}
	if len(text) == 8 {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	d, err := calendar.ParseDate(text)
	if err != nil || d.Year() < 1990 || d.Year() > 2200 {
		w.fault(fieldDay, v.T("clock.fault.day"))
		return d, false
	}
	return d, true
}

// words is what was written; a fault is noted if it is missing or too long.
func (w *sheet) words(v *office.Visit, optional bool) (string, bool) {
	text := strings.ToValidUTF8(strings.ReplaceAll(w.get(fieldReason), "\r\n", "\n"), "")
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && !optional:
		w.fault(fieldReason, v.T("clock.fault.reason"))
		return "", false
	case n > maxReason:
		w.fault(fieldReason, v.T("clock.fault.long", "Max", v.L.Number(maxReason), "Length", v.L.Number(int64(n))))
		return "", false
	}
	return text, true
}

// open reads the case of the address, for one who may do what the form is for.
func (m *Module) open(v *office.Visit, f form) (*sheet, error) {
	view, err := m.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := view.Right(v.Who, f.right).Err(); err != nil {
		return nil, err
	}
	k, err := m.Of(v.Ctx(), view.Case, view.Type, view.Events)
	if err != nil {
		return nil, err
	}
	return &sheet{view: view, clock: k, typed: url.Values{fieldVersion: {strconv.Itoa(view.Case.Version)}}}, nil
}

func (m *Module) ask(v *office.Visit, f form) error {
	w, err := m.open(v, f)
	if err != nil {
		return err
	}
	return m.show(v, f, w, http.StatusOK, nil)
}

// send takes a form in. Whatever goes wrong, it comes back with what was typed.
func (m *Module) send(v *office.Visit, f form) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	w, err := m.open(v, f)
	if err != nil {
		return err
	}
	w.typed = typed
	said, err := f.do(v, w)
	var denied *access.Denied
	switch {
	case len(w.faults) > 0:
		return m.show(v, f, w, http.StatusUnprocessableEntity, nil)
	case err == nil:
		if said == "" {
			said = f.path
		}
		return v.Done(casePath(w.view.Case.ID), "clock.said."+said)
	case errors.Is(err, cases.ErrStale):
		w.typed.Set(fieldVersion, strconv.Itoa(w.view.Case.Version)) // the page shows the case as it is now
		return m.show(v, f, w, http.StatusConflict, &ui.Alert{Tone: ui.Warning, Title: v.T("clock.stale"), Text: v.T("clock.stale_text")})
	case errors.As(err, &denied):
		return err
	}
	field, key := problem(err)
	if key == "" {
		return err
	}
	if len(f.has) == 0 {
		return m.show(v, f, w, http.StatusUnprocessableEntity, &ui.Alert{Tone: ui.Danger, Text: v.T("clock.fault." + key)})
	}
	if !slices.Contains(f.has, field) {
		field = f.has[0]
	}
	w.fault(field, v.T("clock.fault."+key))
	return m.show(v, f, w, http.StatusUnprocessableEntity, nil)
}

// problem names what the service refuses, and the field it is said at.
func problem(err error) (field, key string) {
	for _, known := range []struct {
		err        error
		field, key string
	}{
		{ErrReason, fieldReason, "reason"}, {deadline.ErrBackwards, fieldDay, "backwards"}, {deadline.ErrNotBusiness, fieldDay, "not_business"},
		{deadline.ErrFixed, fieldDay, "fixed"}, {deadline.ErrOnce, fieldDay, "once"}, {deadline.ErrTooLong, fieldDay, "too_long"}, {deadline.ErrOut, fieldDay, "out"},
		{deadline.ErrOverlap, fieldReason, "overlap"}, {deadline.ErrNotStanding, fieldReason, "not_standing"}, {ErrWaits, fieldReason, "waits"},
		{ErrStands, fieldReason, "stands"}, {ErrDecided, fieldReason, "decided"}, {cases.ErrClosed, fieldReason, "closed"}, {ErrNothing, fieldReason, "nothing"},
		{ErrNoLaw, fieldDay, "no_law"}, {ErrFuture, fieldDay, "future"}, {ErrBefore, fieldDay, "before"}, {cases.ErrEmpty, fieldWhich, "choose"},
	} {
		if errors.Is(err, known.err) {
			return known.field, known.key
		}
	}
	return "", ""
}

func (m *Module) show(v *office.Visit, f form, w *sheet, status int, notice *ui.Alert) error {
	c := w.view.Case
	q := ui.Question{Page: v.Page(v.T("clock.title."+f.path), "/arbete/inkorg", ui.Link{Text: c.Number, Href: casePath(c.ID)}), Caption: c.Subject, Back: casePath(c.ID),
		Button: v.T("clock.button." + f.path), Fields: f.fields(v, w)}
	q.Of, q.Path, q.Errors = c.Number, clockPath(c.ID, f.path), w.faults
	if notice != nil {
		q.Notice = notice
	}
	if f.lead != nil {
		q.Lead = f.lead(v, w)
	}
	q.Form = ui.Form{Action: q.Path, Unsaved: true, Hidden: []ui.Hidden{{Name: fieldVersion, Value: w.typed.Get(fieldVersion)}}}
	return ui.Render(v.W, v.R, status, q)
}
