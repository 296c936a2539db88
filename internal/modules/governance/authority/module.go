package authority

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Paths of the room, without language.
const (
	PathPublic    = "/ansvar" // for everybody: who answers for what
	Path          = "/styrning/beslut"
	PathMandates  = "/styrning/mandat"
	PathReserved  = "/styrning/reserverat"
	PathDeviation = "/styrning/avsteg"
	PathPositions = "/styrning/stallningstaganden"
	PathWhy       = "/styrning/varfor"
	pathNew       = "/styrning/registrera-beslut"
	pathPerson    = "/styrning/mandat-for"
)

// Systems tells who answers for the systems, for the public page and for what a position is about.
type Systems interface {
	// Answerable gives every active system on a day, by name.
	Answerable(ctx context.Context, lang i18n.Lang, on calendar.Date) ([]Answerable, error)
}

// Answerable is a system and who answers for it. What is empty is missing, and shown as missing (S1-3).
type Answerable struct {
	ID, Name, Href           string
	Member                   string
	Owner, Manager, Operator string // body, unit or role; no person
}

// Module is the room's pages.
type Module struct {
	*Service
	Office *office.Office
	// Site is what every page of the public site has in common.
	Site     func(r *http.Request, title, section string) ui.Page
	Preparer Preparer // nil: matters are not prepared here
	Systems  Systems  // nil: there is no register of systems
}

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	m.publicRoutes(mux)
	get := func(path string, p page) { mux.Handle("GET "+path, m.staff(access.GovernanceRead, p)) }
	post := func(path string, action access.Action, p page) { mux.Handle("POST "+path, m.staff(action, p)) }
	get(Path, decisions)
	get(pathNew, registering)
	post(pathNew, access.GovernanceTakePart, registering)
	get(Path+"/{id}", decision)
	get(Path+"/{id}/protokoll", protocol)
	get(Path+"/{id}/upphav", revoking)
	post(Path+"/{id}/upphav", access.DecisionRegister, revoking)

	get(PathMandates, mandates)
	get(PathMandates+"/{id}", mandate)
	get(pathPerson+"/{id}", holder)
	post(pathPerson+"/{id}", access.GovernanceTakePart, leaving)
	get("/styrning/nytt-mandat", appointing)
	post("/styrning/nytt-mandat", access.GovernanceTakePart, appointing)
	get(PathMandates+"/{id}/avsluta", ending)
	post(PathMandates+"/{id}/avsluta", access.GovernanceTakePart, ending)

	get(PathReserved, reserved)
	get(PathReserved+"/andra", changing)
	post(PathReserved+"/andra", access.DecisionRegister, changing)
	get(PathWhy, why)
	post(PathWhy, access.GovernanceTakePart, preparing)

	get(PathDeviation, deviations)
	get(PathDeviation+"/{id}", oneDeviation)
	get("/styrning/nytt-avsteg", deviating)
	post("/styrning/nytt-avsteg", access.DeviationDecide, deviating)
	post(PathDeviation+"/{id}/prova", access.DeviationDecide, reviewing)
	post(PathDeviation+"/{id}/avsluta", access.DeviationDecide, endingDeviation)

	get(PathPositions, positions)
	get(PathPositions+"/{id}", onePosition)
	get("/styrning/nytt-stallningstagande", taking)
	post("/styrning/nytt-stallningstagande", access.DecisionRegister, taking)
	post(PathPositions+"/{id}/avsluta", access.DecisionRegister, endingPosition)
}

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
	on calendar.Date // the day the page tells about
}

// page answers a visit. An error is told by web.Error, or as a refusal.
type page func(v *visit) error

func (m *Module) staff(action access.Action, p page) http.Handler {
	return m.Office.Staff(action, func(v *office.Visit) error {
		on := v.Today()
		if v.R.Method == http.MethodGet { // what is sent is of today, and asking it for a day would read the file in it
			var err error
			if on, err = v.Per(); err != nil {
				return err
			}
		}
		return p(&visit{m, v, on})
	})
}

// past reports whether the page tells about another day than today: nothing can be changed there.
func (v *visit) past() bool { return v.on != v.Visit.Today() }

// at is an address that stays on the day of the page.
func (v *visit) at(path string) string {
	if !v.past() {
		return path
	}
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + office.FieldPer + "=" + v.on.String()
}

// page is what every page of the room has in common.
func (v *visit) page(title, section string, crumbs ...ui.Link) ui.Page {
	p := v.Visit.Page(title, section, crumbs...)
	if v.past() && p.Notice == nil {
		p.Notice = &ui.Alert{Tone: ui.Info, Text: v.T("authority.past", "Day", v.L.Date(v.on))}
	}
	return p
}

// crumb leads to a list of the room.
func (v *visit) crumb(key, path string) ui.Link { return ui.Link{Text: v.T(key), Href: v.at(path)} }

// tabs lead between the parts of the room.
func (v *visit) tabs(current string) *ui.Tabs {
	t := &ui.Tabs{Label: v.T("authority.tabs")}
	for _, p := range []struct{ path, key string }{
		{Path, "authority.decisions"}, {PathMandates, "authority.mandates"}, {PathReserved, "authority.reserved"}, {PathDeviation, "authority.deviations"},
		{PathPositions, "authority.positions"},
	} {
		t.Links = append(t.Links, ui.Link{Text: v.T(p.key), Href: v.at(p.path), Current: p.path == current})
	}
	return t
}

// perField asks for the day a list tells about.
func (v *visit) perField() templ.Component {
	return ui.Input{Field: ui.Field{Name: office.FieldPer, Label: v.T("authority.per"), Hint: v.T("authority.day_hint")}, Value: v.on.String(), Width: 12, NoSpell: true}
}

// perForm asks for the day a page of one thing tells about.
func (v *visit) perForm(path string) templ.Component {
	return ui.With(ui.Details{Summary: v.T("authority.per")}, ui.With(ui.Form{Action: path, Get: true}, v.perField(), ui.Button{Text: v.T("authority.per_show"), Variant: ui.Secondary}))
}

// members are those whose governance the official may read.
func (v *visit) members() []string {
	out := []string{}
	for _, m := range v.Dir.Members() {
		if access.Check(v.Who, access.GovernanceRead, access.Object{Member: m.ID}).Allowed {
			out = append(out, m.ID)
		}
	}
	return out
}

// reads refuses what belongs to a member whose governance the official does not read.
func (v *visit) reads(member string) error {
	return access.Check(v.Who, access.GovernanceRead, access.Object{Member: member}).Err()
}

// home is the member the official works in: that of the first mandate with one.
func (v *visit) home() string {
	for _, m := range v.Who.Mandates {
		if m.Member != "" {
			return m.Member
		}
	}
	if all := v.members(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// mine are the bodies for which the official registers decisions.
func (v *visit) mine() []bodies.Body {
	var out []bodies.Body
	for _, b := range v.Dir.Bodies("") {
		if access.Check(v.Who, access.DecisionRegister, bodyObject(b)).Allowed {
			out = append(out, b)
		}
	}
	return out
}

func (v *visit) body(id string) string {
	if b, ok := v.Dir.Body(id); ok {
		return b.Name.In(v.Lang())
	}
	return id
}

// of is the body that a row of the table names.
func (v *visit) of(member, code string) string {
	if code == bodies.OwnBody {
		return v.T("authority.own_body")
	}
	if b, ok := v.Dir.BodyByCode(member, code); ok {
		return b.Name.In(v.Lang())
	}
	return code
}

func (v *visit) role(code string) string { return roleName(v.Dir, v.Lang(), code) }

func roleName(d *bodies.Directory, lang i18n.Lang, code string) string {
	if r, ok := d.Role(code); ok {
		return r.Name.In(lang)
	}
	return code
}

// place is where a mandate holds, in words.
func place(d *bodies.Directory, lang i18n.Lang, p bodies.Place, whole string) string {
	if u, ok := d.Unit(p.Unit); ok {
		return u.Name.In(lang)
	}
	if b, ok := d.Body(p.Body); ok {
		return b.Name.In(lang)
	}
	if m, ok := d.Member(p.Member); ok {
		return m.Name.In(lang)
	}
	return whole
}

func (v *visit) place(p bodies.Place) string {
	return place(v.Dir, v.Lang(), p, v.T("authority.whole_group"))
}

// title is what to call a decision: "Kommunstyrelsen 2026-02-10 § 79".
func (v *visit) title(d bodies.Decision) string {
	return strings.TrimSpace(v.body(d.Body) + " " + d.On.String() + " " + d.Paragraph)
}

// decisionCell leads to a decision, "" for none.
func (v *visit) decisionLink(id string) (ui.Link, error) {
	d, err := v.Service.Organisation.Decision(v.Ctx(), id)
	if errors.Is(err, store.ErrNotFound) {
		return ui.Link{Text: id}, nil
	}
	return ui.Link{Text: v.title(d), Href: v.at(Path + "/" + d.ID)}, err
}

// decisionOptions are the latest decisions of the bodies that the official registers for, or of one body, with one that is asked for.
func (v *visit) decisionOptions(body, chosen string) ([]ui.Option, error) {
	q := bodies.DecisionQuestion{Body: body, Members: v.members(), Limit: 60}
	list, err := v.Service.Organisation.Decisions(v.Ctx(), q)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	found := chosen == ""
	for _, d := range list {
		if !d.Revoked.IsZero() && !d.Revoked.After(v.Visit.Today()) {
			continue
		}
		out = append(out, ui.Option{Value: d.ID, Label: v.title(d.Decision) + ": " + short(d.Text), Chosen: d.ID == chosen})
		found = found || d.ID == chosen
	}
	if !found {
		if d, err := v.Service.Organisation.Decision(v.Ctx(), chosen); err == nil {
			out = append(out, ui.Option{Value: d.ID, Label: v.title(d) + ": " + short(d.Text), Chosen: true})
		}
	}
	return out, nil
}

// short is the beginning of a text, for lists.
func short(text string) string {
	const most = 90 // characters
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(line); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return line
}

// days is "2026-01-01–2026-12-31", open at the end where there is no last day.
func days(from, last calendar.Date) string {
	if last.IsZero() {
		return from.String() + "–"
	}
	return from.String() + "–" + last.String()
}
