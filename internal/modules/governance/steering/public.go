package steering

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// visitor is one request of anybody.
type visitor struct {
	*Module
	w http.ResponseWriter
	r *http.Request
	l *i18n.Localizer
}

// T is a text in the language of the page.
func (v *visitor) T(key string, args ...any) string { return v.l.T(key, args...) }

// per is the day the page tells about.
func (v *visitor) per() (calendar.Date, error) {
	asked := v.r.URL.Query().Get(office.FieldPer)
	if asked == "" {
		return v.today(), nil
	}
	day, err := calendar.ParseDate(asked)
	if err != nil {
		return day, errors.Join(web.ErrBadRequest, err)
	}
	return day, nil
}

func (v *visitor) page(title string, crumbs ...ui.Link) ui.Page {
	p := v.Site(v.r, title, Path)
	p.Crumbs = crumbs
	return p
}

// list is what steers the municipality, from the top down, and who decides it (S1-3).
func (v *visitor) list() error {
	on, err := v.per()
	if err != nil {
		return err
	}
	all, err := v.InForce(v.r.Context(), on)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(x *Version) bool { return !x.Public })
	p := ui.Read{Page: v.page(v.T("steering.title")), Lead: v.T("steering.public_lead")}
	if on != v.today() {
		p.Notice = &ui.Alert{Tone: ui.Info, Text: v.T("steering.past", "Day", v.l.Date(on))}
	}
	parts := []templ.Component{perForm(v.l, Path, on)}
	for _, t := range v.Types() {
		table := ui.Table{ID: "typ-" + t.Key, Caption: t.Plural.In(v.l.Lang()), HideCaption: true,
			Columns: []ui.Column{{Title: v.T("steering.document")}, {Title: v.T("steering.version"), Number: true}, {Title: v.T("steering.applies_from")}, {Title: v.T("steering.review")}}}
		for _, x := range all {
			if x.Type == t.Key {
				table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Title.In(v.l.Lang()), Href: x.Path()}, {Text: strconv.Itoa(x.Number)}, {Text: x.From.String()}, {Text: day(x.Review)}}})
			}
		}
		parts = append(parts, ui.H2(t.Plural.In(v.l.Lang())), ui.P(v.T("steering.decided_by", "Who", v.decider(v.l, t.Key))))
		if len(table.Rows) == 0 {
			parts = append(parts, ui.P(v.T("steering.none_of_type")))
			continue
		}
		parts = append(parts, table)
	}
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, parts...))
}

// current leads on to the version that applies.
func (v *visitor) current() error {
	on, err := v.per()
	if err != nil {
		return err
	}
	x, err := v.On(v.r.Context(), v.r.PathValue("key"), on)
	if err == nil && !x.Public {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, v.l.Path(x.Path()), http.StatusSeeOther)
	return nil
}

// open finds the version of the address, if it is for everybody.
func (v *visitor) open() (*Version, error) {
	x, err := v.asked(v.r)
	if err == nil && (!x.Public || !x.Fixed()) {
		err = store.ErrNotFound
	}
	return x, err
}

// openVersions are the versions of a document that everybody may read, newest first.
func (v *visitor) openVersions(key string) ([]*Version, error) {
	list, err := v.Versions(v.r.Context(), key)
	return slices.DeleteFunc(list, func(x *Version) bool { return !x.Public || !x.Fixed() }), err
}

// version is a version to read.
func (v *visitor) version() error {
	x, err := v.open()
	if err != nil {
		return err
	}
	facts, err := v.facts(v.r.Context(), v.l, x, func(key string) string { return Path + "/" + key })
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.page(x.Title.In(v.l.Lang()), ui.Link{Text: v.T("steering.title"), Href: Path})}
	p.SV = true
	if !x.InForce(v.today()) {
		p.Notice = &ui.Alert{Tone: ui.Warning, Text: v.T("steering.not_in_force", "State", stateTag(v.l, x, v.today()).Text)}
	}
	parts := []templ.Component{ui.Summary{Facts: facts}}
	if note := x.Note.In(v.l.Lang()); note != "" {
		parts = append(parts, ui.P(note))
	}
	parts = append(parts, body(x.Content))
	list, err := v.openVersions(x.Document)
	if err != nil {
		return err
	}
	if len(list) > 1 {
		parts = append(parts, ui.H2(v.T("steering.versions")), versionTable(v.l, list, v.today(), (*Version).Path))
	}
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, parts...))
}

// versionTable lists the versions of a document. Each but the first leads to what is different in it.
func versionTable(l *i18n.Localizer, list []*Version, on calendar.Date, path func(*Version) string) ui.Table {
	t := ui.Table{ID: "versioner", Caption: l.T("steering.versions"), HideCaption: true,
		Columns: []ui.Column{{Title: l.T("steering.version")}, {Title: l.T("steering.state")}, {Title: l.T("steering.applies")}, {Title: l.T("steering.difference")}}}
	for i, x := range list {
		diff := ui.Cell{}
		if i+1 < len(list) {
			diff = ui.Cell{Text: l.T("steering.difference_from", "Old", list[i+1].Number), Href: path(x) + "/skillnad"}
		}
		tag := stateTag(l, x, on)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.T("steering.version_n", "N", x.Number), Href: path(x)}, {Body: tag}, {Text: days(l, x)}, diff}})
	}
	return t
}

// before is the version before one in a list that has the newest first.
func before(list []*Version, x *Version) *Version {
	for _, y := range list {
		if y.Number < x.Number {
			return y
		}
	}
	return nil
}

// difference is what is different in a version from the one before.
func (v *visitor) difference() error {
	x, err := v.open()
	if err != nil {
		return err
	}
	list, err := v.openVersions(x.Document)
	if err != nil {
		return err
	}
	old := before(list, x)
	if old == nil {
		return store.ErrNotFound
	}
	if old, err = v.Version(v.r.Context(), x.Document, old.Number); err != nil {
		return err
	}
	title := x.Title.In(v.l.Lang())
	p := ui.Read{Page: v.page(v.T("steering.difference_title", "Title", title), ui.Link{Text: v.T("steering.title"), Href: Path}, ui.Link{Text: title, Href: x.Path()})}
	p.SV = true
	return ui.Render(v.w, v.r, http.StatusOK, ui.With(p, differenceParts(v.l, old, x)...))
}
