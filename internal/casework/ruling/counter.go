package ruling

import (
	"context"
	"errors"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Show tells the one whom a case concerns until when each decision can be appealed, in words, and whether it is final.
func (m *Module) Show(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) ([]templ.Component, error) {
	if len(view.Decisions) == 0 {
		return nil, nil
	}
	list, err := m.Of(ctx, view.Case.ID)
	if err != nil {
		return nil, err
	}
	var out []templ.Component
	for _, r := range list {
		facts := []ui.Fact{{Name: l.T("ruling.own.day"), Value: l.Date(r.Day)}, {Name: l.T("ruling.own.appeal"), Value: m.ownWords(l, list, r)},
			{Name: l.T("ruling.own.signed"), Value: l.T("ruling.own.signed_text", "Time", l.DateTime(r.At))}}
		title := r.Title
		if kind := view.Type.Decision(r.Key); kind != nil {
			title = kind.Title.In(l.Lang())
		}
		out = append(out, ui.Summary{Title: title, Narrow: true, Facts: facts})
	}
	return out, nil
}

// Until tells until when decisions can be appealed, by ID, in the words of the case's page: the time runs from when the decision reached
// its party (FL 44 §) or was announced (KL 13 kap. 5 §). Decisions without a document of this room are left out.
func (m *Module) Until(ctx context.Context, l *i18n.Localizer, list []cases.CaseDecision) (map[string]string, error) {
	var ids []string
	for _, d := range list {
		ids = append(ids, d.Case.ID)
	}
	all, err := ofCases(ctx, m.db, ids)
	if err != nil {
		return nil, err
	}
	of := map[string][]*Record{}
	for _, r := range all {
		of[r.Case] = append(of[r.Case], r)
	}
	out := map[string]string{}
	for _, r := range all {
		out[r.Decision] = m.ownWords(l, of[r.Case], r)
	}
	return out, nil
}

// ownWords says until when a decision can be appealed. The day is given when it is the same for all parties: the page does not know which
// of them reads it.
func (m *Module) ownWords(l *i18n.Localizer, list []*Record, r *Record) string {
	f := m.finality(list, r)
	switch {
	case r.Changed != "":
		return l.T("ruling.own.changed")
	case !r.Appeal.Open():
		return l.T("ruling.own.none")
	case f.Wait == WaitNothing:
		return l.T("ruling.own.final", "Day", l.Date(f.On))
	case f.Wait == WaitAppeal:
		return l.T("ruling.own.appealed")
	case f.Wait == WaitVoid:
		return l.T("ruling.own.void")
	case r.Appeal.Type == casetype.Legality:
		if r.Report.Announced.IsZero() {
			return l.T("ruling.own.unannounced")
		}
		return l.T("ruling.own.last", "Day", l.Date(m.days.LastDay(r.Report.Announced, r.Appeal.Within)))
	}
	day, same := calendar.Date{}, true
	for _, p := range r.Parties {
		if p.own() {
			last := m.days.LastDay(p.On, r.Appeal.Within)
			same = same && !last.IsZero() && (day.IsZero() || day == last)
			day = last
		}
	}
	if same && !day.IsZero() {
		return l.T("ruling.own.last", "Day", l.Date(day))
	}
	return l.T("ruling.own.three_weeks")
}

// Acts are the forms of the one whom a case concerns: to appeal.
func (m *Module) Acts() []office.CitizenAct {
	return []office.CitizenAct{{Path: "overklaga", Offer: m.offerAppeal, Ask: m.askAppeal, Do: m.doAppeal}}
}

// appealable are the decisions that can be appealed from the web.
func (m *Module) appealable(ctx context.Context, view cases.CitizenView) ([]*Record, error) {
	if len(view.Decisions) == 0 {
		return nil, nil
	}
	list, err := m.Of(ctx, view.Case.ID)
	if err != nil {
		return nil, err
	}
	var out []*Record
	for _, r := range list {
		f := m.finality(list, r)
		if r.Appeal.Type == casetype.Administrative && r.Changed == "" && f.Wait != WaitVoid && f.Wait != WaitNothing {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *Module) offerAppeal(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) (string, error) {
	list, err := m.appealable(ctx, view)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return l.T("ruling.own.offer"), nil
}

func (m *Module) askAppeal(ctx context.Context, l *i18n.Localizer, view cases.CitizenView, typed url.Values) (ui.Question, error) {
	list, err := m.appealable(ctx, view)
	if err != nil {
		return ui.Question{}, err
	}
	q := ui.Question{Page: ui.Page{Title: l.T("ruling.own.title")}, Lead: l.T("ruling.own.lead"), Button: l.T("ruling.own.button")}
	var options []ui.Option
	for _, r := range list {
		title := r.Title
		if kind := view.Type.Decision(r.Key); kind != nil {
			title = kind.Title.In(l.Lang())
		}
		options = append(options, ui.Option{Value: r.Decision, Label: title + ", " + l.Date(r.Day), Chosen: typed.Get("beslut") == r.Decision || len(list) == 1})
	}
	faults := m.appealFaults(l, list, typed)
	if len(typed) == 0 {
		faults = nil
	}
	wrongAt := func(field string) string {
		for _, f := range faults {
			if f.Field == field {
				return f.Message
			}
		}
		return ""
	}
	q.Fields = []templ.Component{
		ui.Radios{Field: ui.Field{Name: "beslut", Label: l.T("ruling.own.which"), Error: wrongAt("beslut")}, Options: options},
		ui.Textarea{Field: ui.Field{Name: "andring", Label: l.T("ruling.own.how"), Hint: l.T("ruling.own.how_hint"), Error: wrongAt("andring")}, Value: typed.Get("andring"), Rows: 5, Max: maxOwn},
		ui.Textarea{Field: ui.Field{Name: "skal", Label: l.T("ruling.own.why"), Hint: l.T("ruling.own.why_hint"), Optional: true, Error: wrongAt("skal")}, Value: typed.Get("skal"), Rows: 8, Max: maxOwn},
	}
	return q, nil
}

// maxOwn is how much may be written in a field of an appeal on the web, in characters.
const maxOwn = 10000

// appealFaults is what is missing: which decision, and how it shall be changed (FL 43 § second paragraph). Reasons may come later.
func (m *Module) appealFaults(l *i18n.Localizer, list []*Record, typed url.Values) []ui.FieldError {
	var out []ui.FieldError
	if _, err := among(list, typed.Get("beslut")); err != nil {
		out = append(out, ui.FieldError{Field: "beslut", Message: l.T("ruling.own.choose")})
	}
	if oneForm(typed.Get("andring")) == "" {
		out = append(out, ui.FieldError{Field: "andring", Message: l.T("ruling.own.write")})
	}
	for _, field := range []string{"andring", "skal"} {
		if len([]rune(oneForm(typed.Get(field)))) > maxOwn {
			out = append(out, ui.FieldError{Field: field, Message: l.T("ruling.too_long", "Max", l.Number(maxOwn))})
		}
	}
	return out
}

func (m *Module) doAppeal(ctx context.Context, l *i18n.Localizer, who cases.Citizen, view cases.CitizenView, typed url.Values) ([]ui.FieldError, error) {
	list, err := m.appealable(ctx, view)
	if err != nil {
		return nil, err
	}
	if faults := m.appealFaults(l, list, typed); len(faults) > 0 {
		return faults, nil
	}
	text := oneForm(typed.Get("andring"))
	if why := oneForm(typed.Get("skal")); why != "" {
		text += "\n\n" + why
	}
	err = m.LodgeOwn(ctx, who, view.Case.ID, typed.Get("beslut"), text)
	if errors.Is(err, ErrNoAppeal) {
		return []ui.FieldError{{Field: "beslut", Message: l.T("ruling.wrong.no_appeal")}}, nil
	}
	return nil, err
}

// Read notes who has had the decisions before them.
func (m *Module) Read(ctx context.Context, who cases.Citizen, view cases.CitizenView) error {
	return m.ReadBy(ctx, who, view)
}
