package tie

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// Module is the room's pages for officials.
type Module struct {
	*Service
	Office *office.Office
}

// NewModule makes the pages.
func NewModule(s *Service, door *office.Office) *Module { return &Module{s, door} }

const (
	pathCases = "/arbete/arenden"
	pathMove  = "flytta" // below the case
)

func casePath(id string) string { return pathCases + "/" + id }

// visit is one request of an official about a case.
type visit struct {
	*Module
	*office.Visit
	view cases.OfficerView
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	at := func(path string, right access.Action, get, post page) {
		mux.Handle("GET "+pathCases+"/{id}/"+path, m.about(right, get))
		if post != nil {
			mux.Handle("POST "+pathCases+"/{id}/"+path, m.about(right, post))
		}
	}
	at("koppla", access.CaseNote, relating, relatingPost)
	at("koppling/{relation}", access.CaseNote, unrelating, unrelatingPost)
	at("liknande", access.CaseRead, similar, similarPost)
	at("sla-ihop", access.CaseClose, merging, mergingPost)
	at("skilj", access.CaseReopen, parting, partingPost)
	at("dela", access.CaseStatus, splitting, splittingPost)
	at(pathMove, access.CaseAssign, moving, movingPost)
	at("lamna-over", access.CaseAssign, movedPage, movingPost) // its form has the same fields
}

// about lets officials in who may do something to the case of the address, and reads it.
func (m *Module) about(right access.Action, p page) http.Handler {
	return m.Office.Staff(access.CaseRead, func(v *office.Visit) error {
		view, err := m.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
		if err != nil {
			return err
		}
		if err := view.Right(v.Who, right).Err(); err != nil {
			return err
		}
		return p(&visit{m, v, view})
	})
}

// here is the address of the case.
func (v *visit) here() string { return casePath(v.view.Case.ID) }

// fault is what is wrong in a field.
type fault struct{ field, text string }

// show writes a page with a form about the case.
func (v *visit) show(status int, path string, q ui.Question, faults ...fault) error {
	q.Page = v.Page(v.T("tie.title."+path), "/arbete/inkorg", ui.Link{Text: v.view.Case.Number, Href: v.here()})
	q.Page.Of, q.Page.Path = v.view.Case.Number, v.here()+"/"+path
	q.Caption = v.view.Case.Number
	if q.Back == "" {
		q.Back = v.here()
	}
	if q.Form.Action == "" {
		q.Form.Action = v.here() + "/" + path
	}
	for _, f := range faults {
		q.Page.Errors = append(q.Page.Errors, ui.FieldError{Field: f.field, Message: f.text})
	}
	return ui.Render(v.W, v.R, status, q)
}

// faultIn is the fault of a field, "" for none.
func faultIn(faults []fault, field string) string {
	for _, f := range faults {
		if f.field == field {
			return f.text
		}
	}
	return ""
}

// maxReason is the longest reason, in characters.
const maxReason = 2000

const fieldReason = "skal"

// reason is the field in which an official says why.
func (v *visit) reason(typed string, faults []fault) templ.Component {
	return ui.Textarea{Field: ui.Field{Name: fieldReason, Label: v.T("tie.reason"), Hint: v.T("tie.reason_hint"), Error: faultIn(faults, fieldReason)}, Value: typed, Max: maxReason}
}

// reasonFaults are what is wrong with it.
func (v *visit) reasonFaults(typed string) []fault {
	switch {
	case strings.TrimSpace(typed) == "":
		return []fault{{fieldReason, v.T("tie.problem.reason")}}
	case utf8.RuneCountInString(typed) > maxReason:
		return []fault{{fieldReason, v.T("tie.problem.long", "Max", maxReason)}}
	}
	return nil
}

// said is why a command was refused, in words at a field; false for what is not the official's to put right.
func (v *visit) said(err error, field string) ([]fault, bool) {
	var refused *Refused
	var denied *access.Denied
	switch {
	case errors.As(err, &refused):
		var out []fault
		for _, r := range refused.Reasons {
			out = append(out, fault{field, v.T("tie.refused." + string(r))})
		}
		return out, true
	case errors.As(err, &denied):
		return []fault{{field, v.Why(denied.Decision)}}, true
	case errors.Is(err, cases.ErrStale):
		return []fault{{field, v.T("tie.problem.stale")}}, true
	case errors.Is(err, cases.ErrClosed):
		return []fault{{field, v.T("tie.problem.closed")}}, true
	case errors.Is(err, cases.ErrNowhere), errors.Is(err, cases.ErrKey):
		return []fault{{field, v.T("tie.problem.again")}}, true
	}
	return nil, false
}

// key is the submission key of a form: the one it was sent with, or a new one.
func key(typed string) (string, error) {
	if id, err := uuid.Parse(typed); err == nil && id.Version() == 7 {
		return typed, nil
	}
	id, err := uuid.NewV7()
	return id.String(), err
}

// other finds the case whose number was typed, and sees that the official may read it. What may not be read is not found.
func (v *visit) other(number string) (string, []fault) {
	const field = "nr"
	if strings.TrimSpace(number) == "" {
		return "", []fault{{field, v.T("tie.problem.number")}}
	}
	id, err := v.Cases.ByNumber(v.Ctx(), number)
	if err == nil {
		err = v.Cases.MaySee(v.Ctx(), v.Who, id)
	}
	if err != nil {
		return "", []fault{{field, v.T("tie.problem.unknown")}}
	}
	return id, nil
}

// cautions are what to think of before something is done.
func (v *visit) cautions(list []Reason) []templ.Component {
	var out []templ.Component
	for _, r := range list {
		out = append(out, ui.Alert{Tone: ui.Warning, Text: v.T("tie.warned." + string(r))})
	}
	return out
}

// done leads on to a page that says what was done: T("tie.said." + said).
func (v *visit) done(path, said string) error { return v.Done(path, "tie.said."+said) }
