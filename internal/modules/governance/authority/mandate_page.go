package authority

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// mandates lists who held which mandate on a day.
func mandates(v *visit) error {
	q := v.R.URL.Query()
	ask := bodies.Question{Role: q.Get("roll")}
	ask.Place = placeOf(q.Get("plats"))
	list := v.Dir.HoldersOf(ask, v.on)
	may := v.members()
	list = slices.DeleteFunc(slices.Clone(list), func(m bodies.Mandate) bool { return m.Member != "" && !slices.Contains(may, m.Member) })
	order := func(m bodies.Mandate) string { return v.role(m.Role) + "\x00" + v.place(m.Place) + "\x00" + m.ID }
	slices.SortFunc(list, func(a, b bodies.Mandate) int { return cmp.Compare(order(a), order(b)) })
	p := ui.List{Page: v.page(v.T("authority.mandates"), PathMandates), Lead: v.T("authority.mandates_lead"), Tabs: v.tabs(PathMandates), Found: len(list)}
	if after, ok := v.Dir.Mandate(q.Get("efter")); ok {
		at := slices.IndexFunc(list, func(m bodies.Mandate) bool { return order(m) > order(after) })
		if list = list[max(at, 0):]; at < 0 {
			list = nil
		}
	}
	var roles []ui.Option
	for _, r := range v.Dir.Roles() {
		roles = append(roles, ui.Option{Value: r.Code, Label: r.Name.In(v.Lang()), Chosen: r.Code == ask.Role})
	}
	p.Filter = &ui.Filter{Action: PathMandates, Clear: PathMandates, Open: ask.Role != "" || q.Get("plats") != "" || v.past(), Fields: []templ.Component{
		ui.Select{Field: ui.Field{Name: "roll", Label: v.T("authority.field.roll"), Optional: true}, Options: roles, Empty: true},
		ui.Select{Field: ui.Field{Name: "plats", Label: v.T("authority.field.plats"), Optional: true}, Options: v.places(q.Get("plats"), nil), Empty: true}, v.perField()}}
	if !v.past() && (v.MayAnywhere(access.MandateAppoint) || v.MayAnywhere(access.MandateAppointUnit)) {
		p.Actions = []templ.Component{ui.Button{Text: v.T("authority.appoint"), Href: "/styrning/nytt-mandat", Variant: ui.Primary}}
	}
	if len(list) == 0 {
		p.Empty = &ui.Empty{Title: v.T("authority.no_mandates"), Text: v.T("authority.no_mandates_text")}
		return ui.Render(v.W, v.R, http.StatusOK, p)
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		next := url.Values{"roll": {ask.Role}, "plats": {q.Get("plats")}, "per": {v.on.String()}, "efter": {list[pageSize-1].ID}}
		p.Pager = &ui.Pager{Next: PathMandates + "?" + next.Encode()}
	}
	p.Table = v.mandateTable(v.T("authority.mandates"), true, list)
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// mandateTable is a table of mandates, with who holds them if named.
func (v *visit) mandateTable(caption string, named bool, list []bodies.Mandate) ui.Table {
	t := ui.Table{Caption: caption, HideCaption: true, Columns: []ui.Column{{Title: v.T("authority.field.roll")}, {Title: v.T("authority.field.plats")}, {Title: v.T("authority.days")}}}
	if named {
		t.Columns = slices.Insert(t.Columns, 2, ui.Column{Title: v.T("authority.field.person")})
	}
	for _, m := range list {
		place := v.place(m.Place)
		if m.Scope != "" {
			place += " (" + v.Unit(m.Scope) + ")"
		}
		cells := []ui.Cell{{Text: v.role(m.Role), Href: v.at(PathMandates + "/" + m.ID)}, {Text: place}, {Text: days(m.From, m.Last())}}
		if named {
			cells = slices.Insert(cells, 2, ui.Cell{Text: v.Person(m.Person), Href: v.at(pathPerson + "/" + m.Person)})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return t
}

// Places in forms and addresses: a body, a unit, a member, or the whole cooperation.
const (
	inBody   = "organ:"
	inUnit   = "enhet:"
	inMember = "kommun:"
	inAll    = "alla"
)

// placeOf reads a place as forms write it.
func placeOf(s string) bodies.Place {
	if id, ok := strings.CutPrefix(s, inBody); ok {
		return bodies.Place{Body: id}
	}
	if id, ok := strings.CutPrefix(s, inUnit); ok {
		return bodies.Place{Unit: id}
	}
	id, _ := strings.CutPrefix(s, inMember)
	if s == inAll {
		return bodies.Place{}
	}
	return bodies.Place{Member: id}
}

// places are the bodies and units to choose among: those for which may says so, all that the official reads for nil.
func (v *visit) places(chosen string, may func(bodies.Place) bool) []ui.Option {
	var out []ui.Option
	add := func(value, label string) {
		if may == nil || may(placeOf(value)) {
			out = append(out, ui.Option{Value: value, Label: label, Chosen: value == chosen})
		}
	}
	for _, member := range v.members() {
		for _, b := range v.Dir.Bodies(member) {
			add(inBody+b.ID, b.Name.In(v.Lang()))
		}
		for _, u := range v.Dir.Units(member) {
			add(inUnit+u.ID, u.Name.In(v.Lang()))
		}
	}
	return out
}

// mandate is the page of one mandate.
func mandate(v *visit) error {
	m, ok := v.Dir.Mandate(v.R.PathValue("id"))
	if !ok {
		return store.ErrNotFound
	}
	if m.Member != "" {
		if err := v.reads(m.Member); err != nil {
			return err
		}
	}
	tag := ui.Tag{Text: v.T("authority.in_force"), Tone: ui.Success}
	switch {
	case v.on.Before(m.From):
		tag = ui.Tag{Text: v.T("authority.coming")}
	case !m.InForce(v.on):
		tag = ui.Tag{Text: v.T("authority.over")}
	}
	last := v.T("authority.until_further")
	if l := m.Last(); !l.IsZero() {
		last = l.String()
	}
	facts := []ui.Fact{{Name: v.T("authority.state"), Body: tag}, {Name: v.T("authority.field.person"), Body: ui.Links{{Text: v.Person(m.Person), Href: v.at(pathPerson + "/" + m.Person)}}},
		{Name: v.T("authority.field.roll"), Value: v.role(m.Role)}, {Name: v.T("authority.field.plats"), Value: v.place(m.Place)},
		{Name: v.T("authority.field.fran"), Value: m.From.String()}, {Name: v.T("authority.field.till"), Value: last}}
	if m.Scope != "" {
		facts = append(facts, ui.Fact{Name: v.T("authority.scope"), Value: v.Unit(m.Scope)})
	}
	for _, d := range []struct{ key, id string }{{"given", m.Decision}, {"ended", m.EndedBy}} {
		if d.id != "" {
			l, err := v.decisionLink(d.id)
			if err != nil {
				return err
			}
			facts = append(facts, ui.Fact{Name: v.T("authority.basis." + d.key), Body: ui.Links{l}})
		}
	}
	p := ui.Read{Page: v.page(v.role(m.Role)+", "+v.place(m.Place), PathMandates, v.crumb("authority.mandates", PathMandates)), Lead: v.T("authority.never_edited")}
	parts := []templ.Component{ui.Summary{Facts: facts}}
	if !v.past() && m.Ended.IsZero() && mayAppoint(v.Dir, v.Who, m).Allowed {
		parts = append(parts, ui.Button{Text: v.T("authority.end"), Href: PathMandates + "/" + m.ID + "/avsluta", Variant: ui.Secondary})
	}
	var before []bodies.Mandate
	for _, o := range v.Dir.Mandates(bodies.Question{Role: m.Role, Place: m.Place}) {
		if o.ID != m.ID && o.Scope == m.Scope && o.Place == m.Place && !o.From.After(v.on) {
			before = append(before, o)
		}
	}
	if len(before) > 0 {
		parts = append(parts, ui.H2(v.T("authority.others_here")), v.mandateTable(v.T("authority.others_here"), true, before))
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, append(parts, v.perForm(PathMandates+"/"+m.ID))...))
}

// holder is the page of an official: every mandate, and what happens when they leave.
func holder(v *visit) error { return v.holderPage(&sheet{visit: v, values: url.Values{}}) }

func (v *visit) holderPage(s *sheet) error {
	person, ok := v.Dir.Person(v.R.PathValue("id"))
	if !ok {
		return store.ErrNotFound
	}
	may := v.members()
	list := slices.DeleteFunc(slices.Clone(v.Dir.HistoryOf(person.ID)), func(m bodies.Mandate) bool {
		return m.Member != "" && !slices.Contains(may, m.Member) || m.From.After(v.on)
	})
	if len(list) == 0 {
		return store.ErrNotFound
	}
	p := ui.Read{Page: v.page(person.Name, PathMandates, v.crumb("authority.mandates", PathMandates)), Lead: v.T("authority.holder_lead")}
	p.Errors = s.faults
	parts := []templ.Component{v.mandateTable(person.Name, false, list)}
	if !v.past() && (v.MayAnywhere(access.MandateAppoint) || v.MayAnywhere(access.MandateAppointUnit)) {
		parts = append(parts, v.leavingPart(s, person)...)
	}
	return ui.Render(v.W, v.R, s.status(), ui.With(p, append(parts, v.perForm(pathPerson+"/"+person.ID))...))
}

// leavingPart asks for the last day of somebody who leaves and, when it is known, tells what it means before it is done.
func (v *visit) leavingPart(s *sheet, person bodies.Person) []templ.Component {
	form := ui.Form{Action: pathPerson + "/" + person.ID}
	last := s.date("slutar")
	if last.IsZero() || len(s.faults) > 0 {
		return []templ.Component{ui.Section(v.T("authority.leaves"), form, []templ.Component{ui.P(v.T("authority.leaves_lead")), s.line("slutar", 12, false)}, ui.Button{Text: v.T("authority.leaves_see"), Variant: ui.Secondary})}
	}
	what := v.Service.Leave(v.Who, person.ID, last)
	out := []templ.Component{ui.H2(v.T("authority.leaves_on", "Day", v.L.Date(last)))}
	lines := func(list []bodies.Mandate) []string {
		var all []string
		for _, m := range list {
			all = append(all, v.role(m.Role)+", "+v.place(m.Place))
		}
		return all
	}
	if len(what.Empty) > 0 {
		out = append(out, ui.Alert{Tone: ui.Warning, Title: v.T("authority.leaves_empty"), Text: strings.Join(lines(what.Empty), "; ")})
	}
	if len(what.Others) > 0 {
		out = append(out, ui.P(v.T("authority.leaves_others")), ui.Plain(lines(what.Others)))
	}
	if len(what.End) == 0 {
		return append(out, ui.P(v.T("authority.leaves_none")))
	}
	form.Hidden = []ui.Hidden{{Name: "slutar", Value: last.String()}, {Name: "ja", Value: "1"}}
	return append(out, ui.P(v.T("authority.leaves_end")), ui.Plain(lines(what.End)), ui.With(form, ui.Button{Text: v.T("authority.leaves_do"), Variant: ui.Primary}))
}

// leaving ends the mandates of somebody who leaves, when what it means has been seen.
func leaving(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	s.need("slutar")
	last := s.date("slutar")
	if len(s.faults) == 0 && s.get("ja") != "" {
		n, err := v.EndAll(v.Ctx(), v.Who, v.R.PathValue("id"), last)
		if err == nil {
			return v.Tell(pathPerson+"/"+v.R.PathValue("id"), office.Said{Key: "authorities.said.left", Count: n})
		}
		if err := s.refused(err); err != nil {
			return err
		}
	}
	return v.holderPage(s)
}

// appointing asks for a mandate and gives it.
func appointing(v *visit) error {
	s, err := v.fill()
	if err != nil {
		return err
	}
	if s.posted() {
		s.need("person", "roll", "plats", "fran")
		m := bodies.Mandate{Person: s.get("person"), Role: s.get("roll"), Place: placeOf(s.get("plats")), From: s.date("fran"), To: s.date("till"), Decision: s.get("beslut")}
		if len(s.faults) == 0 {
			done, err := v.Appoint(v.Ctx(), v.Who, m)
			if err == nil {
				return v.Done(PathMandates+"/"+done.ID, "authorities.said.appointed")
			}
			if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	var persons, roles []ui.Option
	for _, p := range v.Dir.Officials() {
		if !p.Closed {
			persons = append(persons, ui.Option{Value: p.ID, Label: p.Name, Chosen: p.ID == s.get("person")})
		}
	}
	mayGive := map[string]bool{}
	for _, r := range v.Dir.Roles() {
		if mayGive[r.Code] = v.MayAnywhere(access.AppointAction(r.Code)) || len(v.mine()) > 0; mayGive[r.Code] {
			roles = append(roles, ui.Option{Value: r.Code, Label: r.Name.In(v.Lang()), Chosen: r.Code == s.get("roll")})
		}
	}
	where := v.places(s.get("plats"), func(p bodies.Place) bool {
		m := bodies.Mandate{Place: p, Role: bodies.Secretary}
		return mayAppoint(v.Dir, v.Who, m).Allowed || access.Check(v.Who, access.MandateAppointUnit, placeObject(v.Dir, m)).Allowed
	})
	if len(where) == 0 || len(roles) == 0 {
		return access.Check(v.Who, access.MandateAppoint, access.Object{Member: v.home()}).Err()
	}
	field, err := s.decision("", true)
	if err != nil {
		return err
	}
	return s.show(v.T("authority.appoint"), v.T("authority.appoint_lead"), PathMandates, v.T("authority.appoint"), "/styrning/nytt-mandat",
		s.choice("person", persons, false), s.choice("roll", roles, false), s.choice("plats", where, false), s.line("fran", 12, false), s.line("till", 12, true), field)
}

// ending asks for the last day of a mandate and ends it.
func ending(v *visit) error {
	m, ok := v.Dir.Mandate(v.R.PathValue("id"))
	if !ok {
		return store.ErrNotFound
	}
	if err := mayAppoint(v.Dir, v.Who, m).Err(); err != nil {
		return err
	}
	s, err := v.fill()
	if err != nil {
		return err
	}
	if s.posted() {
		s.need("slutar")
		last := s.date("slutar")
		if len(s.faults) == 0 {
			err := v.Service.End(v.Ctx(), v.Who, m.ID, last, s.get("beslut"))
			if err == nil {
				return v.Done(PathMandates+"/"+m.ID, "authorities.said.ended")
			}
			if err := s.refused(err); err != nil {
				return err
			}
		}
	}
	field, err := s.decision("", true)
	if err != nil {
		return err
	}
	return s.show(v.T("authority.end"), v.T("authority.end_lead", "Role", v.role(m.Role), "Person", v.Person(m.Person), "Place", v.place(m.Place)), PathMandates, v.T("authority.end"),
		PathMandates+"/"+m.ID+"/avsluta", s.line("slutar", 12, false), field)
}
