package roster

import (
	"net/http"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/desk"
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

// Paths of the room, without language.
const (
	Path        = "/arbete/fordelning"
	pathAway    = "/arbete/franvaro"
	pathPhrases = "/arbete/fraser"
	pathLists   = "/arbete/listor"
	pathBulk    = "/arbete/urval"
	pathInbox   = "/arbete/inkorg"
	pathCases   = "/arbete/arenden"
)

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	at := func(pattern string, action access.Action, p page) {
		mux.Handle(pattern, m.Office.Staff(action, func(v *office.Visit) error { return p(&visit{m, v}) }))
	}
	at("GET "+Path, access.CaseClaim, rules)
	at("GET "+pathAway, access.CaseClaim, awayPage)
	at("POST "+pathAway, access.CaseClaim, awayPost)
	at("POST "+pathAway+"/{id}/slut", access.CaseClaim, back)
	at("POST "+pathAway+"/{id}/last", access.CaseRead, read)
	at("GET "+pathPhrases, access.CaseClaim, phrases)
	at("GET "+pathPhrases+"/ny", access.MandateAppointUnit, newPhrase)
	at("POST "+pathPhrases+"/ny", access.MandateAppointUnit, phrasePost)
	at("GET "+pathPhrases+"/{id}", access.MandateAppointUnit, changePhrase)
	at("POST "+pathPhrases+"/{id}", access.MandateAppointUnit, phrasePost)
	at("GET "+pathLists, access.CaseRead, lists)
	at("POST "+pathLists, access.CaseRead, chosen)
	at("GET "+pathLists+"/ny", access.CaseRead, newList)
	at("POST "+pathLists+"/ny", access.CaseRead, listPost)
	at("GET "+pathLists+"/{id}", access.CaseRead, changeList)
	at("POST "+pathLists+"/{id}", access.CaseRead, listPost)
	at("POST "+pathLists+"/{id}/ta-bort", access.CaseRead, removeList)
	at("POST "+pathBulk, access.CaseRead, bulkAsk)
	at("POST "+pathBulk+"/gor", access.CaseRead, bulkDo)
	at("GET "+pathBulk+"/{key}", access.CaseRead, bulkResult)
}

// page is what every page of the room has in common.
func (v *visit) page(title, path string) ui.Page {
	p := v.Page(title, Path)
	p.Path = path
	return p
}

// tabs lead between the parts of the room, nil for one who may open a single one of them.
func (v *visit) tabs(here string) *ui.Tabs {
	if !v.MayAnywhere(access.CaseClaim) {
		return nil
	}
	t := &ui.Tabs{Label: v.T("roster.title")}
	for _, tab := range []struct{ path, text string }{{Path, v.T("roster.rules")}, {pathAway, v.T("roster.away")}, {pathPhrases, v.T("roster.phrases")}, {pathLists, v.T("roster.lists")}} {
		t.Links = append(t.Links, ui.Link{Text: tab.text, Href: tab.path, Current: tab.path == here})
	}
	return t
}

// fault is what is wrong in a field.
type fault struct{ field, text string }

// ask writes a page with a form.
func (v *visit) ask(status int, q ui.Question, faults []fault) error {
	for _, f := range faults {
		q.Errors = append(q.Errors, ui.FieldError{Field: f.field, Message: f.text})
	}
	return ui.Render(v.W, v.R, status, q)
}

// of is what is wrong in a field.
func of(faults []fault, field string) string {
	for _, f := range faults {
		if f.field == field {
			return f.text
		}
	}
	return ""
}

// Panel tells on a case's page that the one who has it is away, and what waits to be read; desk.Panel.
func (m *Module) Panel(ov *office.Visit, view cases.OfficerView) (desk.Part, error) {
	v := &visit{m, ov}
	c := view.Case
	if !c.Open || c.Assignee == "" {
		return desk.Part{}, nil
	}
	list, unread, err := m.standing(v.Ctx(), c.ID, v.Today())
	if err != nil {
		return desk.Part{}, err
	}
	now := awayOn(list, v.Today())
	var part desk.Part
	if a, gone := now.of(c.Assignee); gone {
		text := v.T("roster.panel.nobody")
		if d := now.deputy(c.Assignee); d != "" {
			text = v.T("roster.panel.deputy", "Name", v.Person(d))
		}
		part.Top = append(part.Top, ui.Alert{Tone: ui.Info, Title: v.T("roster.panel.away", "Name", v.Person(c.Assignee), "Day", v.L.Date(a.Last)), Text: text})
	}
	if unread > 0 && c.Assignee != v.Who.Person {
		part.Top = append(part.Top, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("roster.panel.unread", "Count", unread), Text: v.T("roster.panel.unread_text")},
			ui.Post{Button: ui.Button{Text: v.T("roster.panel.read"), Variant: ui.Secondary}, To: pathAway + "/" + c.ID + "/last"}))
	}
	return part, nil
}

// done leads on to a page that says what was done: T("roster.said." + said).
func (v *visit) done(path, said string) error { return v.Done(path, "roster.said."+said) }
