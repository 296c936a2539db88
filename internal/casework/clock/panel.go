package clock

import (
	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// Panel shows the time of a case: which day, why, by which provision, what stands still, and what can be done.
func (m *Module) Panel(v *office.Visit, view cases.OfficerView) (desk.Part, error) {
	if !view.Case.Open {
		return desk.Part{}, nil
	}
	k, err := m.Of(v.Ctx(), view.Case, view.Type, view.Events)
	if err != nil {
		return desk.Part{}, err
	}
	part := desk.Part{Fold: v.T("clock.fold"), Top: m.alerts(v, k), Side: []templ.Component{m.facts(v, view, k)}}
	for _, act := range m.offered(view, k) {
		right := view.Right(v.Who, act.right)
		if !right.Allowed {
			part.Refused = append(part.Refused, ui.Fact{Name: v.T("clock.act." + act.path), Value: v.Why(right)})
			continue
		}
		part.Acts = append(part.Acts, ui.Link{Text: v.T("clock.act." + act.path), Href: clockPath(view.Case.ID, act.path)})
	}
	return part, nil
}

// alerts are what must not be missed, the law first.
func (m *Module) alerts(v *office.Visit, k Clock) []templ.Component {
	var out []templ.Component
	alert := func(tone ui.Tone, key string, args ...any) {
		out = append(out, ui.Alert{Tone: tone, Title: v.T("clock.alert."+key, args...), Text: v.T("clock.alert_text."+key, args...)})
	}
	if k.Demand != nil {
		last := k.Demand.Last(m.Keeper.days, k.On)
		key, tone := "request", ui.Warning
		if k.On.After(last) {
			key, tone = "request_late", ui.Danger
		}
		alert(tone, key, "Day", v.L.Date(last), "Came", v.L.Date(k.Asked))
	} else if !k.Statutory.IsZero() {
		set, _ := m.Keeper.plan.on(k.On)
		switch {
		case k.On.After(k.Statutory):
			alert(ui.Danger, "law_over", "Day", v.L.Date(k.Statutory), "Law", k.Provision.String())
		case k.Statutory.AddDays(-set.LawNear).Before(k.On):
			alert(ui.Warning, "law_near", "Day", v.L.Date(k.Statutory), "Law", k.Provision.String())
		}
	}
	if m.Propose(k) {
		alert(ui.Warning, "delay", "Day", v.L.Date(k.Target))
	}
	return out
}

// facts is the clock itself.
func (m *Module) facts(v *office.Visit, view cases.OfficerView, k Clock) ui.Summary {
	s := ui.Summary{Title: v.T("clock.panel"), Narrow: true}
	add := func(key string, values ...string) {
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("clock.fact." + key), Values: values})
	}
	if !k.Running {
		add("ended", v.T("clock.ended"))
		return s
	}
	why := v.T("clock.why.target", "Received", v.L.Date(calendar.DateOf(view.Case.ReceivedAt)))
	if n := len(k.Longer); n > 0 {
		why = v.T("clock.why.extended", "On", v.L.Date(k.Longer[n-1].On))
		if k.Longer[n-1].Right {
			why = v.T("clock.why.right", "On", v.L.Date(k.Longer[n-1].On))
		}
	}
	add("target", m.dayAndLeft(v, k.Target), why)
	if stop, made, ok := k.Times.Standing(k.Course); ok {
		lines := []string{v.T("clock.stands.since", "Day", v.L.Date(stop.From))}
		switch {
		case made && !stop.Until.IsZero():
			lines = append(lines, stop.Reason, v.T("clock.stands.until", "Day", v.L.Date(stop.Until)))
		case made:
			lines = append(lines, stop.Reason)
		default:
			lines = append(lines, v.T("clock.stands.status", "Status", view.Status.Title.In(v.Lang())))
		}
		add("stands", lines...)
	}
	if k.Law != nil {
		from := v.T("clock.from."+string(k.Law.Rule.From), "Day", v.L.Date(k.Law.From))
		if view.Type.Deadlines.Statutory.From == casetype.FromComplete && k.Complete.IsZero() {
			from = v.T("clock.from.not_complete", "Day", v.L.Date(k.Law.From))
		}
		add("law", m.dayAndLeft(v, k.Law.Last(m.Keeper.days, k.On)), k.Law.Rule.Provision.String(), from)
	}
	if k.Demand != nil {
		add("demand", m.dayAndLeft(v, k.Demand.Last(m.Keeper.days, k.On)), k.Demand.Rule.Provision.String(), v.T("clock.demand.came", "Day", v.L.Date(k.Asked)))
	} else if k.Refused {
		add("demand", v.T("clock.demand.refused", "Day", v.L.Date(k.Answered)))
	} else if !k.AskFrom.IsZero() {
		add("ask_from", v.L.Date(k.AskFrom), m.provision("fl-12-wait", k.On))
	}
	if !k.Noticed.IsZero() {
		add("noticed", v.L.Date(k.Noticed))
	}
	return s
}

// dayAndLeft is a day with how far away it is.
func (m *Module) dayAndLeft(v *office.Visit, day calendar.Date) string {
	switch n := v.Today().DaysUntil(day); {
	case n < 0:
		return v.T("clock.passed", "Day", v.L.Date(day), "Count", -n)
	case n == 0:
		return v.T("clock.today", "Day", v.L.Date(day))
	default:
		return v.T("clock.left", "Day", v.L.Date(day), "Count", n)
	}
}

// offered are the acts that make sense now.
func (m *Module) offered(view cases.OfficerView, k Clock) []form {
	_, made, standing := k.Times.Standing(k.Course)
	may := map[string]bool{
		"stoppa": k.Running && !standing, "starta": k.Running && made, "forlang": k.Running && !standing,
		"forsening": k.Running && !standing && !k.AskFrom.IsZero(),
		"komplett":  k.Running && view.Type.Deadlines.Statutory != nil && view.Type.Deadlines.Statutory.From == casetype.FromComplete,
		"inledd":    k.Running && !Exempt(view.Type),
		"begaran":   k.Demand == nil, "avsla": k.Demand != nil,
	}
	var out []form
	for _, f := range m.forms() {
		if may[f.path] {
			out = append(out, f)
		}
	}
	return out
}
