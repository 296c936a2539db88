package meeting

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// tone is the colour of a meeting's state.
func (s State) tone() ui.Tone {
	switch s {
	case Called:
		return ui.Info
	case Adjusting, Adjusted:
		return ui.Warning
	case Done:
		return ui.Success
	case Cancelled:
		return ui.Danger
	}
	return ui.Neutral
}

// hour is when it begins and ends, as people write it.
func (m *Meeting) hour() string {
	if m.End == "" {
		return m.Time
	}
	return m.Time + "–" + m.End
}

// table lists meetings, with the body if there are several.
func (v *visit) meetingTable(id, caption string, list []*Meeting, withBody bool) ui.Table {
	t := ui.Table{ID: id, Caption: caption, HideCaption: true, Columns: []ui.Column{{Title: v.T("meeting.when")}}}
	if withBody {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("meeting.body")})
	}
	t.Columns = append(t.Columns, ui.Column{Title: v.T("meeting.field.plats")}, ui.Column{Title: v.T("meeting.state")})
	for _, m := range list {
		r := ui.Row{Cells: []ui.Cell{{Text: m.Day.String() + " " + m.hour(), Href: Path + "/" + m.ID}}}
		if withBody {
			r.Cells = append(r.Cells, ui.Cell{Text: v.bodyName(m.Body)})
		}
		r.Cells = append(r.Cells, ui.Cell{Text: m.where(v.L)}, ui.Cell{Body: ui.Tag{Text: v.T("meeting.state." + string(m.State)), Tone: m.State.tone()}})
		t.Rows = append(t.Rows, r)
	}
	return t
}

// day is the day as it is typed, "" for none.
func (m *Meeting) day() string {
	if m.Day.IsZero() {
		return ""
	}
	return m.Day.String()
}

// where is the place, and that one can be there online.
func (m *Meeting) where(l *i18n.Localizer) string {
	if m.Digital {
		return join(m.Place, "("+l.T("meeting.digital")+")")
	}
	return m.Place
}

// ahead is how many days of meetings the first page shows.
const ahead = 120

// overview is the first page of the room: who meets, and when.
func overview(v *visit) error {
	list, err := v.Between(v.Ctx(), v.per, v.per.AddDays(ahead))
	if err != nil {
		return err
	}
	if list, err = v.Then(v.Ctx(), list, v.per); err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(m *Meeting) bool { return v.of(m.Member) != nil })
	p := ui.List{Page: v.top(v.T("meeting.title")), Lead: v.T("meeting.lead"), Tabs: v.tabs(Path), Found: -1, Actions: []templ.Component{
		ui.Button{Text: v.T("meeting.matter.new"), Href: PathMatters + "/nytt", Variant: ui.Primary}, ui.Button{Text: v.T("meeting.idea.new"), Href: PathIdeas + "/nytt", Variant: ui.Secondary}}}
	bodies := ui.Links{}
	for _, b := range v.meeters() {
		bodies = append(bodies, ui.Link{Text: b.Name.In(v.Lang()), Href: pathBody + "/" + b.ID})
	}
	parts := []templ.Component{ui.H2(v.T("meeting.coming"))}
	if len(list) == 0 {
		parts = append(parts, ui.P(v.T("meeting.none")))
	} else {
		parts = append(parts, v.meetingTable("kommande", v.T("meeting.coming"), list, true))
	}
	parts = append(parts, ui.H2(v.T("meeting.bodies")), bodies)
	if _, works := Works(v.Who); works {
		parts = append(parts, ui.H2(v.T("meeting.calendar")), ui.P(v.T("meeting.calendar_text")),
			ui.Links{{Text: v.T("meeting.calendar_link"), Href: pathFeed + "/min/" + v.token(v.Who.Person) + ".ics"}})
	}
	p.Table = ui.Together(v.dayed(Path, parts...)...)
	return ui.Render(v.W, v.R, v.status, p)
}

// bodyPage is a body at work: who sits in it, which seats are vacant, its meetings, and forms for those who see to it.
func bodyPage(v *visit) error {
	b, rules, err := v.body(v.R.PathValue("body"))
	if err == nil {
		err = v.of(b.Member)
	}
	if err != nil {
		return err
	}
	here := pathBody + "/" + b.ID
	seats, err := v.Membership(v.Ctx(), v.db, b.ID, v.per)
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	past := q.Get("tidigare") != ""
	list, more, err := v.MeetingsOf(v.Ctx(), b.ID, v.per, past, q.Get("dag"), q.Get("id"))
	if err != nil {
		return err
	}
	last := (*Meeting)(nil) // of the page, as it is kept: the next begins after it
	if len(list) > 0 {
		last = list[len(list)-1]
	}
	if list, err = v.Then(v.Ctx(), list, v.per); err != nil {
		return err
	}
	p := ui.Read{Page: v.top(b.Name.In(v.Lang()), ui.Link{Text: v.T("meeting.title"), Href: Path}), Lead: rules.Refused.In(v.Lang())}
	var parts []templ.Component
	if len(seats.Vacant) > 0 {
		var names []string
		for _, s := range seats.Vacant {
			names = append(names, s.Title.In(v.Lang()))
		}
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("meeting.vacant"), Text: join(words(names), v.T("meeting.rule", "Sentence", cmp.Or(seats.Vacant[0].Sentence, "PR-2")))})
	}
	title := v.T("meeting.coming")
	if past {
		title = v.T("meeting.earlier")
	}
	parts = append(parts, ui.H2(title))
	if len(list) == 0 {
		parts = append(parts, ui.P(v.T("meeting.none")))
	} else {
		parts = append(parts, v.meetingTable("moten", title, list, false))
	}
	if more {
		next := url.Values{"dag": {last.Day.String()}, "id": {last.ID}}
		if past {
			next.Set("tidigare", "1")
		}
		if v.past {
			next.Set(office.FieldPer, v.per.String())
		}
		parts = append(parts, ui.Pager{Next: here + "?" + next.Encode()})
	}
	links := ui.Links{{Text: v.T("meeting.matters_of"), Href: PathMatters + "?organ=" + url.QueryEscape(b.ID)}}
	if rules.Public {
		links = append(links, ui.Link{Text: v.T("meeting.subscribe"), Href: pathFeed + "/" + b.ID + ".ics"})
	}
	if past {
		links = append(ui.Links{{Text: v.T("meeting.coming"), Href: here}}, links...)
	} else {
		links = append(ui.Links{{Text: v.T("meeting.earlier"), Href: here + "?tidigare=1"}}, links...)
	}
	parts = append(parts, links, ui.H2(v.T("meeting.members")), v.members(seats))
	if v.keeps(b.ID) {
		parts = append(parts, ui.Section(v.T("meeting.plan"), ui.Form{Action: here + "/planera", Unsaved: true}, v.planFields(&Meeting{}), ui.Button{Text: v.T("meeting.plan"), Variant: ui.Primary}))
	}
	if rules.Join && v.mayJoin(b.ID) {
		parts = append(parts, v.joinForm(here))
	}
	return ui.Render(v.W, v.R, v.status, ui.With(p, v.dayed(here, parts...)...))
}

// words sets several in a row.
func words(list []string) string {
	out := ""
	for i, x := range list {
		if i > 0 {
			out += ", "
		}
		out += x
	}
	return out + "."
}

func (v *visit) members(seats Membership) templ.Component {
	title := map[string]string{}
	for _, s := range seats.Seats {
		title[s.Key] = s.Title.In(v.Lang())
	}
	t := ui.Table{ID: "ledamoter", Caption: v.T("meeting.members"), HideCaption: true, Columns: []ui.Column{{Title: v.T("meeting.name")}, {Title: v.T("meeting.role")}, {Title: v.T("meeting.seat")}}}
	for _, m := range seats.Members {
		seat := title[m.Seat]
		if seat == "" && m.Seat != "" {
			seat = v.Unit(m.Seat)
		}
		role := v.T("meeting.joined")
		if m.Role != "" {
			role = v.role(m.Role)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.name(m.Person)}, {Text: role}, {Text: seat}}})
	}
	if len(t.Rows) == 0 {
		return ui.P(v.T("meeting.no_members"))
	}
	return t
}

func (v *visit) planFields(m *Meeting) []templ.Component {
	return []templ.Component{
		v.input("dag", m.day(), 12, false), v.input("tid", m.Time, 6, false), v.input("slut", m.End, 6, true),
		v.input("plats", m.Place, 0, true), v.tick("digitalt", "dag", m.Digital), v.input("lank", m.Link, 0, true),
	}
}

func (v *visit) plan(body string) Plan {
	f := v.values
	return Plan{Body: body, Day: v.date("dag"), Time: clean(f.Get("tid")), End: clean(f.Get("slut")), Place: clean(f.Get("plats")), Link: clean(f.Get("lank")), Digital: f.Get("digitalt") != ""}
}

func planning(v *visit) error {
	return v.act(bodyPage, func() (string, string, error) {
		m, err := v.PlanMeeting(v.Ctx(), v.Who, v.plan(v.R.PathValue("body")))
		if err != nil {
			return "", "", err
		}
		return Path + "/" + m.ID, "planned", nil
	})
}

// headOf are the units that the official leads.
func (v *visit) headOf() []bodies.Unit {
	var out []bodies.Unit
	for _, m := range v.Who.Mandates {
		if u, ok := v.Dir.Unit(m.Unit); ok && m.Role == "chef" {
			out = append(out, u)
		}
	}
	return out
}

func (v *visit) mayJoin(body string) bool { return !v.past && (v.calls(body) || len(v.headOf()) > 0) }

// joinForm lets a unit send somebody by own choice (S4-IG-4).
func (v *visit) joinForm(here string) templ.Component {
	units := v.headOf()
	if v.calls(v.R.PathValue("body")) {
		units = v.Dir.Units("")
	}
	var of, people []ui.Option
	for _, u := range units {
		of = append(of, ui.Option{Value: u.ID, Label: u.Name.In(v.Lang()), Chosen: v.typed("enhet", "") == u.ID})
	}
	for _, p := range v.Dir.Officials() {
		if !p.Closed && len(v.Dir.MandatesOf(p.ID, v.Today())) > 0 {
			people = append(people, ui.Option{Value: p.ID, Label: p.Name, Chosen: v.typed("person", "") == p.ID})
		}
	}
	slices.SortFunc(people, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return ui.Section(v.T("meeting.join"), ui.Form{Action: here + "/anslut"}, []templ.Component{
		ui.Select{Field: v.field("enhet", false), Options: of, Empty: len(of) > 1}, ui.Select{Field: v.field("person", false), Options: people, Empty: true}},
		ui.Button{Text: v.T("meeting.join_button"), Variant: ui.Secondary})
}

func joining(v *visit) error {
	body := v.R.PathValue("body")
	return v.act(bodyPage, func() (string, string, error) {
		return pathBody + "/" + body, "joined", v.Join(v.Ctx(), v.Who, body, v.values.Get("enhet"), v.values.Get("person"))
	})
}

// invitation is a meeting for the calendar of whoever asks.
func invitation(v *visit) error {
	m, err := v.Meeting(v.Ctx(), v.R.PathValue("id"), v.per)
	if err == nil {
		err = v.of(m.Member)
	}
	if err != nil {
		return err
	}
	return send(v.W, v.feed(v.L, []*Meeting{m}))
}

// send answers with a calendar.
func send(w http.ResponseWriter, raw string) error {
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kalender.ics"`)
	_, err := w.Write([]byte(raw))
	return err
}
