package ruling

import (
	"embed"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Texts are the words of rulings.
//
//go:embed texts
var Texts embed.FS

// Law writes a text with its citations as links; *lawbook.Service is one.
type Law interface {
	Linked(text string) templ.Component
}

// Module is the pages of rulings, the part of a case's page that tells of them, and what their parties see.
type Module struct {
	*Service
	Office *office.Office
	Law    Law // nil: citations are not linked
}

// Paths of the room, without language.
const (
	Path     = "/arbete/beslut"
	PathList = "/arbete/delegationsbeslut"
)

// Routes adds the room's pages.
func (m *Module) Routes(mux *http.ServeMux) {
	get := func(pattern string, right access.Action, p page) { mux.Handle("GET "+pattern, m.staff(right, p)) }
	both := func(pattern string, right access.Action, p page) {
		mux.Handle("GET "+pattern, m.staff(right, p))
		mux.Handle("POST "+pattern, m.staff(right, p))
	}
	one := Path + "/{decision}"
	get(one, access.CaseRead, show)
	get(one+"/dokument", access.CaseRead, read)
	get(one+"/beslut.html", access.CaseRead, saved)
	both(one+"/delgivning/{n}", access.CaseMessage, serving)
	both(one+"/overklagande", access.CaseNote, lodging)
	both(one+"/overklagande/{id}/prova", access.CaseRead, examining) // who may decide it is asked of the case
	both(one+"/overklagande/{id}/overlamna", access.CaseMessage, forwarding)
	both(one+"/overklagande/{id}/utfall", access.CaseNote, courtRuling)
	both(PathList, access.DecisionRegister, delegated)
	get(PathList+"/lista.csv", access.DecisionRegister, delegatedCSV)
}

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

type page func(v *visit) error

func (m *Module) staff(right access.Action, p page) http.Handler {
	return m.Office.Staff(right, func(v *office.Visit) error { return p(&visit{m, v}) })
}

// onCase opens the decision of the address and its case, for one who may do something to it.
func (v *visit) onCase(right access.Action) (*Record, cases.OfficerView, error) {
	r, view, err := v.Record(v.Ctx(), v.Who, v.R.PathValue("decision"))
	if err != nil {
		return nil, view, err
	}
	return r, view, view.Right(v.Who, right).Err()
}

// form reads what was sent; nothing for a GET.
func (v *visit) form() (asked, error) {
	a := asked{v: v}
	if v.R.Method != http.MethodPost {
		return a, nil
	}
	values, err := v.Form()
	a.sent = true
	a.values = values
	return a, err
}

// asked is a form as it was filled in, and what is wrong with it.
type asked struct {
	v      *visit
	sent   bool
	values map[string][]string
	faults []ui.FieldError
}

func (a *asked) get(name string) string {
	if list := a.values[name]; len(list) > 0 {
		return strings.TrimSpace(strings.ToValidUTF8(list[0], ""))
	}
	return ""
}

func (a *asked) fault(field, text string) {
	a.faults = append(a.faults, ui.FieldError{Field: field, Message: text})
}

func (a *asked) faultOf(field string) string {
	for _, f := range a.faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// date reads a day; a fault tells how it is written.
func (a *asked) date(field string) calendar.Date {
	text := a.get(field)
	if text == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		a.fault(field, a.v.T("ruling.bad_date"))
	}
	return d
}

// choice gives what was chosen, or what is proposed before anything was sent.
func (a *asked) choice(field, proposed string) string {
	if !a.sent {
		return proposed
	}
	return a.get(field)
}

func (a *asked) day(field, label, hint, proposed string, optional bool) ui.Input {
	return ui.Input{Field: ui.Field{Name: field, Label: label, Hint: hint, Optional: optional, Error: a.faultOf(field)}, Value: a.choice(field, proposed), Width: 12, NoSpell: true}
}

func (a *asked) area(field, label, hint string, rows int, optional bool) ui.Textarea {
	return ui.Textarea{Field: ui.Field{Name: field, Label: label, Hint: hint, Optional: optional, Error: a.faultOf(field)}, Value: a.get(field), Rows: rows, Max: maxText}
}

// maxText is how much may be written in a field, in characters.
const maxText = 20000

// ask shows the form.
func (a *asked) ask(r *Record, q ui.Question, title string) error {
	v := a.v
	status := http.StatusOK
	if len(a.faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	q.Page = v.Page(title, "/arbete/inkorg", ui.Link{Text: r.Number, Href: casePath(r.Case)}, ui.Link{Text: r.Title, Href: pathOf(r)})
	q.Of, q.Caption, q.Back, q.Errors = r.Number, r.Number+": "+r.Title, pathOf(r), a.faults
	q.Form = ui.Form{Action: v.R.URL.Path, Unsaved: true, Hidden: q.Form.Hidden}
	q.Form.Action = pathOnly(v.R)
	return ui.Render(v.W, v.R, status, q)
}

// pathOnly is the address of a request without language.
func pathOnly(r *http.Request) string {
	_, path := i18n.Split(r.URL.Path)
	return path
}

func pathOf(r *Record) string { return Path + "/" + r.Decision }

func casePath(id string) string { return "/arbete/arenden/" + id }
