package lawbook

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/studio"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// official is one request of an official.
type official struct {
	*Module
	*office.Visit
}

// maxDone is how much may be written about what was done, in characters.
const maxDone = 2000

// typeOf is the case type of a change, as it is today; false if it is there no more.
func (v *official) typeOf(c Change) (*casetype.CaseType, bool) {
	return v.Types.Current(c.Type, v.Today())
}

// may tells whether the official may do something to the case type of a change. Of one that is there no more the unit that owned it counts.
func (v *official) may(action access.Action, c Change) access.Decision {
	ct, ok := v.typeOf(c)
	if !ok {
		gone := casetype.CaseType{Definition: casetype.Definition{ID: c.Type, Owner: casetype.Owner{Unit: c.Unit}}}
		ct = &gone
	}
	return access.Check(v.Who, action, studio.Object(v.Dir, ct))
}

// service is the name of the case type of a change.
func (v *official) service(c Change) string {
	if ct, ok := v.typeOf(c); ok {
		return ct.Title.In(v.Lang())
	}
	return c.Type
}

// provision is what of the law has changed, in words.
func (v *official) provision(b *shelf, c Change) string {
	return strings.TrimSpace(c.Place + " " + b.index.Label(c.SFS) + " (" + c.SFS + ")")
}

// changes lists the changes of the official's services that nobody has assessed, those that have been, and the law that is read most.
func changes(v *official) error {
	b, err := v.books(v.Ctx())
	if err != nil {
		return err
	}
	open, err := v.Changes(v.Ctx(), true)
	if err != nil {
		return err
	}
	done, err := v.Changes(v.Ctx(), false)
	if err != nil {
		return err
	}
	used, err := v.Used(v.Ctx(), 20)
	if err != nil {
		return err
	}
	var parts []templ.Component
	if t := v.table(b, open, true); len(t.Rows) > 0 {
		parts = append(parts, t)
	} else {
		parts = append(parts, ui.Empty{Title: v.T("law.changes.none"), Text: v.T("law.changes.none_text")})
	}
	if t := v.table(b, done, false); len(t.Rows) > 0 {
		parts = append(parts, ui.With(ui.Details{Summary: v.T("law.changes.done")}, t))
	}
	if len(used) > 0 {
		t := ui.Table{ID: "last", Caption: v.T("law.used"), Columns: []ui.Column{{Title: v.T("law.used.what")}, {Title: v.T("law.used.times"), Number: true}}}
		for _, u := range used {
			label := (statute.Part{Kind: statute.Section, Chapter: u.Chapter, Number: u.Section}).Label() + " " + b.index.Label(u.SFS)
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label, Href: Href(u.SFS, u.Chapter, u.Section)}, {Text: v.L.Number(int64(u.N))}}})
		}
		parts = append(parts, t)
	}
	p := ui.Read{Page: v.Page(v.T("law.changes.title"), PathChanges), Lead: v.T("law.changes.lead")}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, parts...))
}

// table lists changes that the official may see.
func (v *official) table(b *shelf, list []Change, open bool) ui.Table {
	t := ui.Table{ID: "oppna", Caption: v.T("law.changes.open"), Columns: []ui.Column{{Title: v.T("law.changes.what")}, {Title: v.T("law.changes.service")}, {Title: v.T("law.changes.since")}}}
	if !open {
		t.ID, t.Caption, t.HideCaption = "klara", v.T("law.changes.done"), true
		t.Columns = append(t.Columns, ui.Column{Title: v.T("law.changes.note")})
	}
	for _, c := range list {
		if !v.may(access.ServiceRead, c).Allowed {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: v.provision(b, c), Href: PathChanges + "/" + c.ID}, {Text: v.service(c)}, {Text: v.L.Date(calendar.DateOf(c.At))}}}
		if !open {
			row.Cells = append(row.Cells, ui.Cell{Text: c.Done})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// change shows what was and what is, and asks what is to be done about it.
func change(v *official) error { return v.show(http.StatusOK, "", "") }

// open finds the change of the address, for one who may see it.
func (v *official) open() (Change, error) {
	c, err := v.Change(v.Ctx(), v.R.PathValue("id"))
	if err != nil {
		return c, err
	}
	return c, v.may(access.ServiceRead, c).Err()
}

func (v *official) show(status int, typed, fault string) error {
	c, err := v.open()
	if err != nil {
		return err
	}
	b, err := v.books(v.Ctx())
	if err != nil {
		return err
	}
	what := v.provision(b, c)
	top := []templ.Component{
		ui.Summary{Facts: []ui.Fact{{Name: v.T("law.changes.service"), Value: v.service(c)}, {Name: v.T("law.changes.since"), Value: v.L.Date(calendar.DateOf(c.At))}}},
		ui.H2(v.T("law.diff")), ui.Difference{Old: c.Old, New: c.New, Gone: v.T("law.diff.gone"), Come: v.T("law.diff.new")},
		ui.Links{{Text: v.T("law.diff.read"), Href: hrefOf(statute.Cite(c.SFS, c.Chapter, c.Section))}},
	}
	page := v.Page(what, PathChanges, ui.Link{Text: v.T("law.changes.title"), Href: PathChanges})
	may := v.may(access.ServiceManage, c)
	if !c.SeenAt.IsZero() || !may.Allowed {
		lead := v.Why(may)
		if !c.SeenAt.IsZero() {
			lead = v.T("law.assessed", "Day", v.L.Date(calendar.DateOf(c.SeenAt)), "Name", v.Person(c.SeenBy)) + " " + c.Done
		}
		return ui.Render(v.W, v.R, status, ui.With(ui.Read{Page: page, Lead: lead}, top...))
	}
	field := ui.Textarea{Field: ui.Field{Name: "gjort", Label: v.T("law.assess"), Hint: v.T("law.assess_hint"), Error: fault}, Value: typed, Max: maxDone}
	q := ui.Question{Page: page, Caption: v.T("law.changes.title"), Back: PathChanges, Lead: v.T("law.changes.about"), Button: v.T("law.assess_button"),
		Form: ui.Form{Action: PathChanges + "/" + c.ID, Unsaved: true}, Fields: append(top, field)}
	if fault != "" {
		q.Errors = []ui.FieldError{{Field: "gjort", Message: fault}}
	}
	return ui.Render(v.W, v.R, status, q)
}

// assess closes a change with what was done.
func assess(v *official) error {
	c, err := v.open()
	if err != nil {
		return err
	}
	may := v.may(access.ServiceManage, c)
	if err := may.Err(); err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	done := strings.ReplaceAll(strings.ToValidUTF8(form.Get("gjort"), ""), "\r\n", "\n")
	if utf8.RuneCountInString(done) > maxDone {
		return v.show(http.StatusUnprocessableEntity, done, v.T("law.assess_long"))
	}
	err = v.Assess(v.Ctx(), bodies.By{Person: v.Who.Person, Mandate: may.Mandate}, c.ID, done)
	switch {
	case errors.Is(err, ErrNothingDone):
		return v.show(http.StatusUnprocessableEntity, done, v.T("law.assess_empty"))
	case errors.Is(err, store.ErrConflict), errors.Is(err, ErrAssessed): // by a colleague, or sent twice: the page shows it
		return v.See(PathChanges + "/" + c.ID)
	case err != nil:
		return err
	}
	return v.Done(PathChanges, "law_change.said.assessed")
}

// Count is how many changes wait for an official, for the navigation. It asks the database only when something has changed.
func (m *Module) Count(v *office.Visit) int {
	n, err := m.Waiting(v.Ctx(), func(unit string) bool {
		ct := casetype.CaseType{Definition: casetype.Definition{Owner: casetype.Owner{Unit: unit}}}
		return access.Check(v.Who, access.ServiceManage, studio.Object(v.Dir, &ct)).Allowed
	})
	if err != nil { // a page is not withheld because a figure is missing
		m.Log.WarnContext(v.Ctx(), "counting changes of law", "error", err)
	}
	return n
}
