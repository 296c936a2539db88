package authority

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

func (m *Module) publicRoutes(mux *http.ServeMux) {
	mux.Handle("GET "+PathPublic, public(m.overview))
}

// public answers a request of anybody.
func public(h func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			web.Error(w, r, err)
		}
	})
}

// overview is "Vem ansvarar för vad": what each body decides, who holds which role, and who answers for the systems (S1-3). Who has protected
// personal data is not named.
func (m *Module) overview(w http.ResponseWriter, r *http.Request) error {
	l := i18n.From(r.Context())
	on := m.today()
	if s := r.URL.Query().Get(office.FieldPer); s != "" {
		var err error
		if on, err = calendar.ParseDate(s); err != nil {
			return errors.Join(web.ErrBadRequest, fmt.Errorf("the day of the page: %w", err))
		}
	}
	dir := m.Organisation.Directory()
	p := ui.Read{Page: m.Site(r, l.T("authority.public"), PathPublic), Lead: l.T("authority.public_lead")}
	if on != m.today() {
		p.Notice = &ui.Alert{Tone: ui.Info, Text: l.T("authority.past", "Day", l.Date(on))}
	}
	var parts []templ.Component
	for _, member := range dir.Members() {
		rows := dir.ReservedActions(member.ID, on)
		part := m.decides(l, dir, member, rows, on)
		if len(part) == 0 {
			continue
		}
		parts = append(parts, ui.H2(member.Name.In(l.Lang())))
		parts = append(parts, part...)
	}
	systems, err := m.systems(r, l, on)
	if err != nil {
		return err
	}
	parts = append(parts, systems...)
	parts = append(parts, ui.With(ui.Details{Summary: l.T("authority.per")}, ui.With(ui.Form{Action: PathPublic, Get: true},
		ui.Input{Field: ui.Field{Name: office.FieldPer, Label: l.T("authority.per"), Hint: l.T("authority.day_hint")}, Value: on.String(), Width: 12, NoSpell: true},
		ui.Button{Text: l.T("authority.per_show"), Variant: ui.Secondary})))
	return ui.Render(w, r, http.StatusOK, ui.With(p, parts...))
}

// decides is what the bodies of a member decide, and who holds which role there on a day.
func (m *Module) decides(l *i18n.Localizer, dir *bodies.Directory, member bodies.Member, rows []bodies.ReservedAction, on calendar.Date) []templ.Component {
	var parts []templ.Component
	if len(rows) > 0 {
		t := ui.Table{ID: "beslutar-" + member.ID, Caption: l.T("authority.who_decides", "Member", member.Name.In(l.Lang())), Columns: []ui.Column{{Title: l.T("authority.decides")}, {Title: l.T("authority.what")}, {Title: l.T("authority.sentence")}}}
		for _, r := range rows {
			body := l.T("authority.own_body")
			if b, ok := dir.BodyByCode(member.ID, r.Body); ok {
				body = b.Name.In(l.Lang())
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: body}, {Text: r.Text.In(l.Lang())}, {Text: r.Sentence}}})
		}
		byFirst(t.Rows)
		parts = append(parts, t)
	}
	t := ui.Table{ID: "uppdrag-" + member.ID, Caption: l.T("authority.who_holds", "Member", member.Name.In(l.Lang())), Columns: []ui.Column{{Title: l.T("authority.field.plats")}, {Title: l.T("authority.field.roll")}, {Title: l.T("authority.field.person")}}}
	for _, x := range dir.HoldersOf(bodies.Question{Place: bodies.Place{Member: member.ID}}, on) {
		name := l.T("authority.not_named")
		if p, ok := dir.Person(x.Person); ok && !p.Protected {
			name = p.Name
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: place(dir, l.Lang(), x.Place, "")}, {Text: roleName(dir, l.Lang(), x.Role)}, {Text: name}}})
	}
	if byFirst(t.Rows); len(t.Rows) > 0 {
		parts = append(parts, t)
	}
	return parts
}

// byFirst orders rows by their first two columns.
func byFirst(rows []ui.Row) {
	slices.SortStableFunc(rows, func(a, b ui.Row) int {
		return cmp.Or(cmp.Compare(a.Cells[0].Text, b.Cells[0].Text), cmp.Compare(a.Cells[1].Text, b.Cells[1].Text))
	})
}

// systems is who answers for each active system; what is missing is a red gap (S1-3).
func (m *Module) systems(r *http.Request, l *i18n.Localizer, on calendar.Date) ([]templ.Component, error) {
	if m.Systems == nil {
		return nil, nil
	}
	list, err := m.Systems.Answerable(r.Context(), l.Lang(), on)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	cell := func(who, gap string) ui.Cell {
		if who != "" {
			return ui.Cell{Text: who}
		}
		return ui.Cell{Body: ui.Tag{Text: gap, Tone: ui.Danger}}
	}
	t := ui.Table{ID: "system", Caption: l.T("authority.who_systems"), HideCaption: true, Columns: []ui.Column{{Title: l.T("authority.system")}, {Title: l.T("authority.owner")}, {Title: l.T("authority.manager")}, {Title: l.T("authority.operator")}}}
	for _, s := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Name, Href: s.Href}, cell(s.Owner, l.T("authority.no_owner")), cell(s.Manager, l.T("authority.no_manager")), cell(s.Operator, l.T("authority.no_operator"))}})
	}
	return []templ.Component{ui.H2(l.T("authority.who_systems")), t}, nil
}
