package meeting

import (
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/ui"
)

// opened is a meeting with what its page shows.
type opened struct {
	*Meeting
	here   string
	items  []*Item
	seats  Membership
	done   []signature
	inside bool // may read what is secret
}

func (v *visit) open(id string) (*opened, error) {
	m, err := v.Meeting(v.Ctx(), id, v.per)
	if err == nil {
		err = v.of(m.Member)
	}
	if err != nil {
		return nil, err
	}
	o := &opened{Meeting: m, here: Path + "/" + m.ID}
	if o.items, err = v.Items(v.Ctx(), m.ID); err != nil {
		return nil, err
	}
	if o.seats, err = v.Membership(v.Ctx(), v.db, m.Body, m.Day); err != nil {
		return nil, err
	}
	if o.done, err = v.Signatures(v.Ctx(), m.ID); err != nil {
		return nil, err
	}
	o.inside, err = v.within(m.Body, m.Day)
	o.inside = o.inside || slices.Contains(m.signers(), v.Who.Person)
	return o, err
}

// titleOf is what a paragraph is called to the official.
func (v *visit) titleOf(o *opened, it *Item) string {
	if it.Secret && !o.inside {
		return v.T("meeting.secret_paragraph")
	}
	return it.Title
}

// meetingPage is a meeting from the first plan to the decisions.
func meetingPage(v *visit) error {
	o, err := v.open(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	up := ui.Link{Text: v.bodyName(o.Body), Href: pathBody + "/" + o.Body}
	p := ui.Case{Page: v.top(v.T("meeting.of", "Body", v.bodyName(o.Body), "Day", v.L.Date(o.Day)), ui.Link{Text: v.T("meeting.title"), Href: Path}, up), Back: up,
		Status: ui.Tag{Text: v.T("meeting.state." + string(o.State)), Tone: o.State.tone()}, Facts: ui.Summary{Narrow: true, Facts: v.facts(o)}}
	var parts []templ.Component
	if o.Example {
		parts = append(parts, ui.Alert{Tone: ui.Info, Text: v.T("meeting.example")})
	}
	if o.State == Cancelled {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("meeting.cancelled"), Text: o.Reason})
	}
	if o.SentBack != "" {
		parts = append(parts, ui.Alert{Tone: ui.Warning, Title: v.T("meeting.sent_back"), Text: o.SentBack})
	}
	parts = append(parts, v.vacant(o)...)
	if o.SentBack == "" && !v.past && o.State == Planned && v.calls(o.Body) {
		parts = append(parts, ui.P(v.T("meeting.call_text")), ui.Post{Button: ui.Button{Text: v.T("meeting.call"), Variant: ui.Primary}, To: o.here + "/kalla", Values: versioned(o.Version)})
	}
	parts = append(parts, ui.H2(v.T("meeting.agenda")))
	if v.past {
		parts = append(parts, ui.P(v.T("meeting.agenda_now")))
	}
	parts = append(parts, v.agendaTable(o))
	keeps := v.keeps(o.Body)
	switch {
	case v.past:
	case o.held(v.Today()) && keeps:
		parts = append(parts, v.attendance(o), ui.H2(v.T("meeting.submit")), ui.P(v.T("meeting.submit_text")),
			ui.Post{Button: ui.Button{Text: v.T("meeting.submit"), Variant: ui.Primary}, To: o.here + "/till-justering", Values: versioned(o.Version)})
	case o.State == Adjusting || o.State == Adjusted || o.State == Done:
		more, err := v.adjusting(o)
		if err != nil {
			return err
		}
		parts = append(parts, more...)
	}
	if !v.past && o.open() && keeps {
		more, err := v.planning(o)
		if err != nil {
			return err
		}
		if o.held(v.Today()) { // what is done on the day comes first
			more = []templ.Component{ui.With(ui.Details{Summary: v.T("meeting.change_more"), Open: v.values != nil}, more...)}
		}
		parts = append(parts, more...)
	}
	return ui.Render(v.W, v.R, v.status, ui.With(p, v.dayed(o.here, parts...)...))
}

func (v *visit) facts(o *opened) []ui.Fact {
	out := []ui.Fact{{Name: v.T("meeting.when"), Value: v.L.Date(o.Day) + " " + o.hour()}, {Name: v.T("meeting.field.plats"), Value: o.where(v.L)}}
	add := func(name string, values ...string) {
		if values = slices.DeleteFunc(values, func(s string) bool { return s == "" }); len(values) > 0 {
			out = append(out, ui.Fact{Name: name, Values: values})
		}
	}
	named := func(list []string) (all []string) {
		for _, p := range list {
			all = append(all, v.name(p))
		}
		return all
	}
	if o.Link != "" && o.inside {
		out = append(out, ui.Fact{Name: v.T("meeting.field.lank"), Body: ui.Links{{Text: v.T("meeting.join_online"), Href: o.Link}}})
	}
	if o.CalledBy != "" {
		add(v.T("meeting.called"), v.name(o.CalledBy)+", "+v.L.DateTime(o.CalledAt))
	}
	if o.Chair != "" {
		add(v.T("meeting.field.ordforande"), v.name(o.Chair))
		add(v.T("meeting.field.sekreterare"), v.name(o.Secretary))
		add(v.T("meeting.field.justerare"), named(o.Adjusters)...)
		var there []string
		for _, p := range o.Present {
			there = append(there, v.name(p.Person))
		}
		add(v.T("meeting.present"), there...)
		add(v.T("meeting.field.ovriga"), o.Others)
	}
	out = append(out, ui.Fact{Name: v.T("meeting.calendar"), Body: ui.Links{{Text: v.T("meeting.ics"), Href: o.here + "/kalender.ics"}}})
	return out
}

// vacant tells which required seats nobody has on the day (S4-IG-4), of a meeting that is ahead; of others what the call noted.
func (v *visit) vacant(o *opened) []templ.Component {
	var names []string
	for _, s := range o.seats.Seats {
		noted := slices.Contains(o.Vacant, s.Key)
		if o.open() {
			noted = slices.ContainsFunc(o.seats.Vacant, func(x pack.Seat) bool { return x.Key == s.Key })
		}
		if noted {
			names = append(names, s.Title.In(v.Lang()))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []templ.Component{ui.Alert{Tone: ui.Warning, Title: v.T("meeting.vacant"), Text: words(names)}}
}

func (v *visit) agendaTable(o *opened) templ.Component {
	if len(o.items) == 0 {
		return ui.P(v.T("meeting.agenda_empty"))
	}
	change, write := !v.past && o.open() && v.keeps(o.Body), !v.past && o.held(v.Today()) && v.keeps(o.Body)
	t := ui.Table{ID: "punkter", Caption: v.T("meeting.agenda"), HideCaption: true, Columns: []ui.Column{{Title: v.T("meeting.point")}, {Title: v.T("meeting.field.rubrik")}, {Title: v.T("meeting.matter")}, {Title: v.T("meeting.purpose")}, {Title: v.T("meeting.protocol.outcome")}}}
	if change {
		t.Columns = append(t.Columns, ui.Column{Title: v.T("meeting.change")})
	}
	for i, it := range o.items {
		point := ui.Cell{Text: fmt.Sprint(i + 1)}
		if it.No > 0 {
			point.Text = label(it.No)
		}
		title := ui.Cell{Text: v.titleOf(o, it)}
		if write {
			title.Href = o.here + "/paragraf/" + it.ID
		}
		matter := ui.Cell{Text: it.MatterNumber}
		if it.Matter != "" {
			matter.Href = PathMatters + "/" + it.Matter
		}
		outcome := ""
		if it.Outcome != "" && (o.inside || o.State == Done) {
			outcome = v.T("meeting.outcome." + string(it.Outcome))
		}
		r := ui.Row{Cells: []ui.Cell{point, title, matter, {Text: v.T("meeting.purpose." + string(it.Purpose))}, {Text: outcome}}}
		if change {
			var acts []templ.Component
			if it.No == 0 {
				with := []ui.Hidden{{Name: "punkt", Value: it.ID}}
				if i > 0 && o.items[i-1].No == 0 {
					acts = append(acts, ui.Post{Button: ui.Button{Text: v.T("meeting.up"), Small: true, Variant: ui.Tertiary, Hidden: v.titleOf(o, it)}, To: o.here + "/upp", Values: with})
				}
				acts = append(acts, ui.Post{Button: ui.Button{Text: v.T("meeting.take"), Small: true, Variant: ui.Tertiary, Hidden: v.titleOf(o, it)}, To: o.here + "/ta-bort", Values: with})
			}
			r.Cells = append(r.Cells, ui.Cell{Body: ui.Together(acts...)})
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// planning are the forms of a meeting that has not been held: its agenda, when it is, and calling it off.
func (v *visit) planning(o *opened) ([]templ.Component, error) {
	ready, _, err := v.MattersOf(v.Ctx(), o.Body, Prepared, "")
	if err != nil {
		return nil, err
	}
	asked, err := matters(v.Ctx(), v.db, `WHERE body <> $1 AND state IN ('utkast', 'beredd') ORDER BY id DESC LIMIT $2`, o.Body, listPage)
	if err != nil {
		return nil, err
	}
	pick := func(name string, list []*Matter) templ.Component {
		var options []ui.Option
		for _, m := range list {
			if m.Member == o.Member && (!m.Secret || m.Body == o.Body) {
				options = append(options, ui.Option{Value: m.ID, Label: m.Number + " " + m.Title, Chosen: v.typed(name, "") == m.ID})
			}
		}
		return ui.Select{Field: v.field(name, false), Options: options, Empty: true}
	}
	var out []templ.Component
	if len(ready) > 0 {
		out = append(out, ui.Section(v.T("meeting.put"), ui.Form{Action: o.here + "/arende"}, []templ.Component{pick("arende", ready)}, ui.Button{Text: v.T("meeting.put_button"), Variant: ui.Secondary}))
	} else {
		out = append(out, ui.H2(v.T("meeting.put")), ui.P(v.T("meeting.put_none")))
	}
	if len(asked) > 0 {
		out = append(out, ui.Section(v.T("meeting.put_consult"), ui.Form{Action: o.here + "/samrad"}, []templ.Component{pick("samradsarende", asked)}, ui.Button{Text: v.T("meeting.put_button"), Variant: ui.Secondary}))
	}
	waiting, err := v.waiting(o.Body)
	if err != nil {
		return nil, err
	}
	if len(waiting) > 0 {
		var options []ui.Option
		for _, i := range waiting {
			options = append(options, ui.Option{Value: i.ID, Label: i.Number + " " + i.Title, Chosen: v.typed("forslag", "") == i.ID})
		}
		out = append(out, ui.Section(v.T("meeting.put_idea"), ui.Form{Action: o.here + "/forslag"}, []templ.Component{ui.Select{Field: ui.Field{Name: "forslag", Label: v.T("meeting.ideas"), Error: v.fault("forslag")}, Options: options, Empty: true}}, ui.Button{Text: v.T("meeting.put_button"), Variant: ui.Secondary}))
	}
	out = append(out, ui.Section(v.T("meeting.put_info"), ui.Form{Action: o.here + "/information"}, []templ.Component{v.input("punkt", "", 0, false)}, ui.Button{Text: v.T("meeting.put_button"), Variant: ui.Secondary}))
	if o.State == Planned || v.calls(o.Body) {
		out = append(out, ui.Section(v.T("meeting.move"), ui.Form{Action: o.here + "/flytta", Hidden: versioned(o.Version)}, v.planFields(o.Meeting), ui.Button{Text: v.T("meeting.save"), Variant: ui.Secondary}))
	}
	if b, ok := v.Dir.Body(o.Body); ok && b.Kind == bodies.Council { // KL 8 kap. 10 § 1, 5 kap. 13 §
		link := "/arbete/nytt-anslag/" + string(notice.Meeting) + "?organ=" + o.Body + "&sammantrade=" + o.Day.String()
		out = append(out, ui.Links{{Text: v.T("meeting.announce"), Href: link}})
	}
	if v.calls(o.Body) {
		out = append(out, ui.Section(v.T("meeting.cancel"), ui.Form{Action: o.here + "/stall-in", Hidden: versioned(o.Version)}, []templ.Component{v.input("skal", "", 0, false)}, ui.Button{Text: v.T("meeting.cancel_button"), Tone: ui.Danger, Variant: ui.Secondary}))
	}
	return out, nil
}

func meetingAct(v *visit) error {
	id := v.R.PathValue("id")
	return v.act(meetingPage, func() (string, string, error) {
		ctx, who, f, here := v.Ctx(), v.Who, v.values, Path+"/"+id
		var err error
		switch act := v.R.PathValue("act"); act {
		case "kalla":
			_, err = v.Call(ctx, who, id, v.version())
			return here, "called", err
		case "flytta":
			_, err = v.Move(ctx, who, id, v.version(), v.plan(""))
			return here, "moved", err
		case "stall-in":
			_, err = v.Cancel(ctx, who, id, v.version(), f.Get("skal"))
			return here, "cancelled", err
		case "arende":
			return here, "put", v.put(id, "arende", ForDecision)
		case "samrad":
			return here, "put", v.put(id, "samradsarende", ForConsultation)
		case "information":
			return here, "put", v.AddPoint(ctx, who, id, f.Get("punkt"))
		case "forslag":
			return here, "put", v.putIdea(id, f.Get("forslag"))
		case "ta-bort":
			return here, "taken", v.Take(ctx, who, id, f.Get("punkt"))
		case "upp":
			return here, "up", v.Up(ctx, who, id, f.Get("punkt"))
		case "narvaro":
			o, err := v.open(id)
			if err != nil {
				return "", "", err
			}
			_, err = v.Attend(ctx, who, id, v.version(), v.attended(o.seats))
			return here, "saved", err
		case "till-justering":
			_, err = v.Submit(ctx, who, id, v.version())
			return here, "submitted", err
		case "justera":
			_, err = v.Adjust(ctx, who, id)
			return here, "adjusted", err
		case "andra":
			_, err = v.SendBack(ctx, who, id, f.Get("andring"))
			return here, "sent_back", err
		case "slutfor":
			_, err = v.Complete(ctx, who, id, f.Get("granskad") != "")
			return here, "completed", err
		}
		return "", "", errNoAct
	})
}

// put puts the chosen matter on the agenda; none chosen is said at the field.
func (v *visit) put(meeting, field string, purpose Purpose) error {
	chosen := v.values.Get(field)
	if chosen == "" {
		return &FieldError{[]Field{{field, "choose"}}}
	}
	return v.Put(v.Ctx(), v.Who, meeting, chosen, purpose)
}

// waiting are the suggestions that a body is to treat.
func (v *visit) waiting(body string) ([]*Idea, error) {
	var out []*Idea
	for _, r := range v.IdeaRoutes() {
		if r.Treats != body {
			continue
		}
		list, err := ideas(v.Ctx(), v.db, `WHERE state = $1 AND route = $2 ORDER BY id LIMIT $3`, string(Suggested), r.Key, listPage)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// putIdea puts a suggestion on the agenda, to be talked through.
func (v *visit) putIdea(meeting, idea string) error {
	if idea == "" {
		return &FieldError{[]Field{{"forslag", "choose_idea"}}}
	}
	i, err := v.idea(v.Ctx(), v.db, idea)
	if err != nil {
		return err
	}
	return v.AddPoint(v.Ctx(), v.Who, meeting, i.Number+" "+i.Title)
}
