package desk

import (
	"context"
	"errors"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// byNumber leads from a diarienummer to its case, if there is one for the official.
func byNumber(v *visit) error {
	id, err := v.Cases.ByNumber(v.Ctx(), v.R.URL.Query().Get("nr"))
	if err == nil {
		err = v.Cases.MaySee(v.Ctx(), v.Who, id)
	}
	if err != nil {
		return err
	}
	return v.See(casePath(id))
}

// showCase is the page of a case: what was handed in and what has happened to the left, facts and what can be done to the right.
func showCase(v *visit) error {
	view, err := v.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	c := view.Case
	here := casePath(c.ID)
	page := ui.Case{Page: v.Page(c.Number+" "+c.Subject, pathInbox), Status: v.status(c), Back: ui.Link{Text: v.T("desk.case.back"), Href: pathInbox}}
	page.Path = here
	if shown := v.R.URL.Query().Get("visa"); shown != "" {
		page.Path += "?visa=" + shown
	}
	page.Lead = v.standing(c)
	page.Actions = v.acts(view)
	more, err := v.panels(view)
	if err != nil {
		return err
	}
	page.Side = append(v.side(view, more), v.facts(view))
	page.Side = append(page.Side, more.Side...)
	if v.Live != nil && !access.RequiresTrace(c.Object()) { // a page left open must not read what is marked, again and again, in somebody's name
		page.Live = &ui.Live{ID: "arendet", URL: pathStream + "?amne=case:" + c.ID}
	}
	return ui.Render(v.W, v.R, 200, ui.With(page, v.parts(view, more)...))
}

// standing says in a line who has the case and until when.
func (v *visit) standing(c *cases.Case) string {
	who := v.T("desk.case.nobody")
	switch {
	case c.Assignee == v.Who.Person:
		who = v.T("desk.case.mine")
	case c.Assignee != "":
		who = v.T("desk.case.theirs", "Name", v.Person(c.Assignee))
	}
	if !c.Open {
		return v.T("desk.case.closed", "Date", v.L.Date(calendar.DateOf(c.ClosedAt)))
	}
	day, _ := v.due(c, v.Today())
	return who + " " + v.T("desk.case.answer_by", "Due", day)
}

// acts are the buttons of the page, the next act first.
func (v *visit) acts(view cases.OfficerView) []templ.Component {
	c := view.Case
	here := casePath(c.ID)
	var out []templ.Component
	primary := func() ui.Variant {
		if len(out) == 0 {
			return ui.Primary
		}
		return ui.Secondary
	}
	values := []ui.Hidden{{Name: fieldVersion, Value: strconv.Itoa(c.Version)}}
	may := func(a access.Action) bool { return view.Right(v.Who, a).Allowed }
	if c.Open && c.Assignee != v.Who.Person && may(access.CaseClaim) {
		text, variant := v.T("desk.take"), primary()
		if c.Assignee != "" {
			text, variant = v.T("desk.take_over"), ui.Secondary
		}
		out = append(out, ui.Post{Button: ui.Button{Text: text, Variant: variant, Key: "t"}, To: here + "/ta", Values: values})
	}
	if c.Open && may(access.CaseMessage) {
		variant := primary()
		if c.Assignee != "" {
			variant = ui.Primary
		}
		out = append(out, ui.Button{Text: v.T("desk.act.svara"), Href: here + "/svara", Variant: variant, Key: "s"})
	}
	if may(access.CaseNote) {
		out = append(out, ui.Button{Text: v.T("desk.act.anteckning"), Href: here + "/anteckning", Variant: ui.Secondary, Key: "n"})
	}
	return out
}

// side is what can be done on pages of their own, and why the rest cannot.
func (v *visit) side(view cases.OfficerView, more Part) []templ.Component {
	c := view.Case
	here := casePath(c.ID)
	var links ui.Links
	var refused []ui.Fact
	for _, cmd := range commands() {
		right := view.Right(v.Who, cmd.rightFor(view))
		name := v.T("desk.act." + cmd.path)
		if cmd.path == "status" && !c.Open {
			name = v.T("desk.reopen")
		}
		switch {
		case !right.Allowed:
			refused = append(refused, ui.Fact{Name: name, Value: v.Why(right)})
		case cmd.path == "svara" && c.Open, cmd.path == "anteckning": // among the buttons
		case !c.Open && (cmd.path == "tilldela" || cmd.path == "beslut"):
			refused = append(refused, ui.Fact{Name: name, Value: v.T("desk.problem.closed")})
		default:
			links = append(links, ui.Link{Text: name, Href: here + "/" + cmd.path})
		}
	}
	links, refused = append(links, more.Acts...), append(refused, more.Refused...)
	if view.Right(v.Who, access.JournalRead).Allowed {
		links = append(links, ui.Link{Text: v.T("desk.log.of_case"), Href: here + "/logg"})
	}
	var out []templ.Component
	if len(links) > 0 {
		out = append(out, ui.H2(v.T("desk.case.acts")), links)
	}
	out = append(out, more.folded...)
	if c.Open && c.Assignee == v.Who.Person && view.Right(v.Who, access.CaseClaim).Allowed {
		out = append(out, ui.Post{Button: ui.Button{Text: v.T("desk.give_back"), Variant: ui.Tertiary}, To: here + "/lamna-tillbaka",
			Values: []ui.Hidden{{Name: fieldVersion, Value: strconv.Itoa(c.Version)}}})
	}
	if len(refused) > 0 {
		out = append(out, ui.With(ui.Details{Summary: v.T("desk.case.why_not")}, ui.Summary{Narrow: true, Facts: refused}))
	}
	return out
}

// parts are the left side: warnings, what was handed in, what has happened.
func (v *visit) parts(view cases.OfficerView, more Part) []templ.Component {
	c := view.Case
	var out []templ.Component
	if c.Protected {
		out = append(out, ui.Alert{Tone: ui.Danger, Title: v.T("desk.protected"), Text: v.T("desk.protected_text")})
	}
	if c.Secrecy > cases.Open {
		out = append(out, ui.Alert{Tone: ui.Warning, Title: v.T("desk.secrecy." + strconv.Itoa(int(c.Secrecy))), Text: v.T("desk.secrecy_text")})
	}
	out = append(out, v.standingMarks(view)...)
	out = append(out, more.Top...)
	out = append(out, v.answers(view))
	out = append(out, more.Main...)
	out = append(out, ui.H2(v.T("desk.case.happened")))
	kind := v.R.URL.Query().Get("visa")
	tabs := ui.Tabs{Label: v.T("desk.case.show")}
	here := casePath(c.ID)
	var shown []cases.Event
	for _, k := range []string{"", "meddelanden", "anteckningar", "atgarder"} {
		events := ofKind(view.Events, k)
		name, href := "allt", here
		if k != "" {
			name, href = k, here+"?visa="+k
		}
		tabs.Links = append(tabs.Links, ui.Link{Text: v.T("desk.show." + name), Href: href, Count: len(events), Current: k == kind})
		if k == kind || k == "" && shown == nil {
			shown = events
		}
	}
	return append(out, tabs, v.timeline(view, shown, ""))
}

// ofKind are the events of one kind, as the tabs of the page name them.
func ofKind(list []cases.Event, kind string) []cases.Event {
	if kind == "" {
		return list
	}
	out := []cases.Event{}
	for _, e := range list {
		of := "atgarder"
		switch e.Kind {
		case cases.Submitted, cases.MessageIn, cases.MessageOut, cases.Decided:
			of = "meddelanden"
		case cases.Note:
			of = "anteckningar"
		}
		if of == kind {
			out = append(out, e)
		}
	}
	return out
}

// answers is what was handed in, question by question.
func (v *visit) answers(view cases.OfficerView) templ.Component {
	s := ui.Summary{Title: v.T("desk.case.answers")}
	ct := view.Type
	for _, step := range ct.Form.Steps {
		for _, q := range ct.VisibleQuestions(step.Key, casetype.Answers(view.Case.Answers)) {
			if q.Type == casetype.TypeInfo || q.Type == casetype.TypeFile {
				continue
			}
			values := ct.Display(q, view.Case.Answers, v.Lang())
			if (q.Type == casetype.TypeYesNo || q.Type == casetype.TypeConsent) && len(values) == 1 {
				values = []string{v.T("casetype." + values[0])}
			}
			if len(values) > 0 {
				s.Facts = append(s.Facts, ui.Fact{Name: q.Label.In(v.Lang()), Values: values})
			}
		}
	}
	return s
}

// claim takes the case, or takes it over.
func claim(v *visit) error { return v.hand("ta", v.Cases.Claim) }

// release gives it back to the unit.
func release(v *visit) error { return v.hand("lamna-tillbaka", v.Cases.Release) }

// hand does what takes a button only.
func (v *visit) hand(said string, do func(context.Context, access.Actor, cases.On) (*cases.Case, error)) error {
	values, err := v.readForm()
	if err != nil {
		return err
	}
	id := v.R.PathValue("id")
	version, _ := strconv.Atoi(values.Get(fieldVersion))
	if !store.ValidID(id) {
		return store.ErrNotFound
	}
	if err := v.Cases.MaySee(v.Ctx(), v.Who, id); err != nil {
		return err
	}
	_, err = do(v.Ctx(), v.Who, cases.On{Case: id, Version: max(version, 1)})
	if errors.Is(err, cases.ErrStale) || errors.Is(err, cases.ErrClosed) {
		return v.warn(casePath(id), "changed")
	}
	if err != nil {
		return err
	}
	return v.done(casePath(id), said)
}
