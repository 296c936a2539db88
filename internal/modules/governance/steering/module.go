package steering

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// Migrations are the tables of the room.
//
//go:embed migrations
var Migrations embed.FS

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Paths of the room, without language.
const (
	Path      = "/styrdokument"           // for everybody
	PathStaff = "/styrning/styrdokument"  // for those who work here
	PathTrace = "/styrning/sparbarhet"    // the sentences
	pathNew   = "/styrning/nytt-dokument" // not below the others: there every word is a document
)

// Deviations lists avsteg; *deviation.Service is it.
type Deviations interface {
	List(ctx context.Context, o deviation.Question) ([]deviation.Deviation, error)
}

// Module is the room's pages. All fields are required.
type Module struct {
	*Service
	Office *office.Office
	// Site is what every page of the public site has in common.
	Site       func(r *http.Request, title, section string) ui.Page
	Deviations Deviations
	// DeviationPath is where an avsteg has its page, below it by ID, without language.
	DeviationPath string
	// Rooms are those of the house that hold sentences.
	Rooms func() []compliance.Room
}

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	mux.Handle("GET "+Path, m.public((*visitor).list))
	mux.Handle("GET "+Path+"/{key}", m.public((*visitor).current))
	mux.Handle("GET "+Path+"/{key}/{n}", m.public((*visitor).version))
	mux.Handle("GET "+Path+"/{key}/{n}/skillnad", m.public((*visitor).difference))

	get := func(path string, p page) { mux.Handle("GET "+path, m.staff(access.GovernanceRead, p)) }
	post := func(path string, p page) { mux.Handle("POST "+path, m.staff(access.GovernanceTakePart, p)) }
	get(PathStaff, overview)
	get(pathNew, beginning)
	post(pathNew, beginning)
	one := PathStaff + "/{key}/{n}"
	get(PathStaff+"/{key}", current)
	get(one, document)
	get(one+"/skillnad", difference)
	get(one+"/lasare", readers)
	get(one+"/skriv", writing)
	post(one+"/skriv", writing)
	post(one+"/bered", prepare)
	post(one+"/ta-tillbaka", reopen)
	get(one+"/faststall", adopting)
	get(one+"/upphav", repealing)
	// Whoever tries is told which body decides, the technical administrator too (S4-KF-1).
	mux.Handle("POST "+one+"/faststall", m.staff("", adopting))
	mux.Handle("POST "+one+"/upphav", m.staff("", repealing))
	post(one+"/last", acknowledge)

	get(PathTrace, trace)
	get(PathTrace+"/{id}", traced)
	post(PathTrace+"/{id}/avvikelser", opening)
	post(PathTrace+"/{id}/avvikelser/{finding}", closing)
}

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
	on calendar.Date // the day the page tells about
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

func (m *Module) staff(action access.Action, p page) http.Handler {
	return m.Office.Staff(action, func(v *office.Visit) error {
		on, err := v.Per()
		if err != nil {
			return err
		}
		return p(&visit{m, v, on})
	})
}

// past reports whether the page tells about another day than today: nothing can be changed there.
func (v *visit) past() bool { return v.on != v.Today() }

// at is an address that stays on the day of the page.
func (v *visit) at(path string) string {
	if v.past() {
		return path + "?" + office.FieldPer + "=" + v.on.String()
	}
	return path
}

// page is what every page of the room has in common.
func (v *visit) page(title, section string, crumbs ...ui.Link) ui.Page {
	if section == PathStaff && title != v.T("steering.title") {
		crumbs = append([]ui.Link{{Text: v.T("steering.title"), Href: v.at(PathStaff)}}, crumbs...)
	}
	p := v.Page(title, section, crumbs...)
	if v.past() && p.Notice == nil {
		p.Notice = &ui.Alert{Tone: ui.Info, Text: v.T("steering.past", "Day", v.L.Date(v.on))}
	}
	return p
}

// perForm asks for the day a page tells about.
func perForm(l *i18n.Localizer, path string, on calendar.Date, keep ...ui.Hidden) templ.Component {
	form := ui.Form{Action: path, Get: true, Hidden: keep}
	return ui.With(ui.Details{Summary: l.T("steering.per")}, ui.With(form,
		ui.Input{Field: ui.Field{Name: office.FieldPer, Label: l.T("steering.per_day"), Hint: l.T("steering.day_hint")}, Value: on.String(), Width: 12, NoSpell: true},
		ui.Button{Text: l.T("steering.per_show"), Variant: ui.Secondary}))
}

// asked finds the version of the address.
func (s *Service) asked(r *http.Request) (*Version, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 {
		return nil, store.ErrNotFound
	}
	return s.Version(r.Context(), r.PathValue("key"), n)
}

// stateTag is where a version stands on a day.
func stateTag(l *i18n.Localizer, v *Version, on calendar.Date) ui.Tag {
	switch {
	case v.State == Draft:
		return ui.Tag{Text: l.T("steering.state.utkast"), Tone: ui.Info}
	case v.State == Prepared:
		return ui.Tag{Text: l.T("steering.state.beredd"), Tone: ui.Warning}
	case v.InForce(on):
		return ui.Tag{Text: l.T("steering.state.galler"), Tone: ui.Success}
	case on.Before(v.From):
		return ui.Tag{Text: l.T("steering.state.kommande"), Tone: ui.Info}
	case v.State == Repealed:
		return ui.Tag{Text: l.T("steering.state.upphavd")}
	}
	return ui.Tag{Text: l.T("steering.state.ersatt")}
}

// typeName is what a type is called, whether the pack still has it or not.
func (s *Service) typeName(l *i18n.Localizer, key string) string {
	if t := s.Type(key); t != nil {
		return t.Title.In(l.Lang())
	}
	return key
}

// decider says who decides documents of a type: a body, or the holder of a role.
func (s *Service) decider(l *i18n.Localizer, key string) string {
	t := s.Type(key)
	if t == nil {
		return ""
	}
	if body, ok := s.DecidingBody(t); ok {
		return body.Name.In(l.Lang())
	}
	if t.AdoptedBy != nil {
		if role, ok := s.Bodies.Directory().Role(t.AdoptedBy.Role); ok {
			return role.Name.In(l.Lang())
		}
	}
	return l.T("steering.nobody")
}

// days says from when to when a version applies.
func days(l *i18n.Localizer, v *Version) string {
	switch {
	case v.From.IsZero():
		return l.T("steering.no_day")
	case v.To.IsZero():
		return l.T("steering.from", "From", l.Date(v.From))
	}
	return l.T("steering.from_to", "From", l.Date(v.From), "To", l.Date(v.To))
}

// facts are what is known of a version.
func (m *Module) facts(ctx context.Context, l *i18n.Localizer, v *Version, path func(key string) string) ([]ui.Fact, error) {
	out := []ui.Fact{
		{Name: l.T("steering.type"), Value: m.typeName(l, v.Type)},
		{Name: l.T("steering.decides"), Value: m.decider(l, v.Type)},
		{Name: l.T("steering.version"), Value: strconv.Itoa(v.Number)},
		{Name: l.T("steering.applies"), Value: days(l, v)},
	}
	for _, x := range []struct{ name, id string }{{"decision", v.Decision}, {"ended_by", v.EndedBy}} {
		if x.id == "" {
			continue
		}
		d, err := m.DecisionOf(ctx, x.id)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Fact{Name: l.T("steering.by." + x.name), Value: decided(l, d)})
	}
	if !v.Review.IsZero() {
		out = append(out, ui.Fact{Name: l.T("steering.review"), Value: l.Date(v.Review)})
	}
	if len(v.Cites) > 0 {
		var links ui.Links
		for _, c := range v.Cites {
			if cited, err := m.Versions(ctx, c.Document); err == nil {
				links = append(links, ui.Link{Text: l.T("steering.cited", "Title", cited[0].Title.In(l.Lang()), "Section", m.section(ctx, c.Document, c.Section)), Href: path(c.Document) + "#avsnitt-" + c.Section})
			}
		}
		out = append(out, ui.Fact{Name: l.T("steering.cites"), Body: links})
	}
	return out, nil
}

// section is the heading of a section, as the newest version that has it writes it.
func (m *Module) section(ctx context.Context, key, id string) string {
	list, err := m.Versions(ctx, key)
	if err != nil {
		return id
	}
	for _, row := range list {
		v, err := m.Version(ctx, key, row.Number)
		if err != nil {
			return id
		}
		for _, s := range v.Sections {
			if s.ID == id {
				return s.Title
			}
		}
	}
	return id
}

// decided names a decision: its day and paragraph.
func decided(l *i18n.Localizer, d Decided) string {
	if d.Paragraph == "" {
		return l.Date(d.On)
	}
	return l.T("steering.decided", "Day", l.Date(d.On), "Paragraph", d.Paragraph)
}

// differenceParts shows two versions as one text: what is gone and what is new.
func differenceParts(l *i18n.Localizer, before, v *Version) []templ.Component {
	return []templ.Component{ui.P(l.T("steering.difference_lead", "Old", before.Number, "New", v.Number)),
		ui.Difference{Old: Plain(before.Sections), New: Plain(v.Sections), Gone: l.T("steering.gone"), Come: l.T("steering.new")}}
}

// public lets everybody in.
func (m *Module) public(p func(v *visitor) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		if err := p(&visitor{m, w, r, i18n.From(r.Context())}); err != nil {
			web.Error(w, r, err)
		}
	})
}
