package clock

import (
	"cmp"

	"github.com/a-h/templ"

	"dygnet/internal/casework/deadline"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// forms are all that can be done with the time of a case, each on a page of its own.
func (m *Module) forms() []form {
	return []form{m.suspendForm(), m.resumeForm(), m.extendForm(), m.delayForm(), m.completeForm(), m.initiatedForm(), m.requestForm(), m.refuseForm()}
}

// reasonField is where a reason is written.
func reasonField(v *office.Visit, w *sheet, key string, optional bool) templ.Component {
	return ui.Textarea{Field: ui.Field{Name: fieldReason, Label: v.T("clock.field." + key), Hint: v.T("clock.hint." + key), Error: w.faultOf(fieldReason), Optional: optional},
		Value: w.typed.Get(fieldReason), Max: maxReason}
}

// dayField is where a day is written.
func dayField(v *office.Visit, w *sheet, key string, optional bool) templ.Component {
	return ui.Input{Field: ui.Field{Name: fieldDay, Label: v.T("clock.field." + key), Hint: v.T("clock.hint." + key), Error: w.faultOf(fieldDay), Optional: optional},
		Value: w.typed.Get(fieldDay), Width: 12, NoSpell: true}
}

func (m *Module) suspendForm() form {
	return form{path: "stoppa", right: access.CaseStatus, has: []string{fieldReason, fieldDay},
		lead: func(v *office.Visit, w *sheet) string {
			return v.T("clock.lead.stoppa", "Day", v.L.Date(w.clock.Target))
		},
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			out := []templ.Component{reasonField(v, w, "public_reason", false), dayField(v, w, "until", true)}
			if w.clock.Law != nil || w.clock.Demand != nil {
				out = append([]templ.Component{ui.Alert{Tone: ui.Warning, Text: v.T("clock.law_goes_on", "Law", w.clock.Provision.String(), "Day", v.L.Date(w.clock.Statutory))}}, out...)
			}
			return out
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			why, ok1 := w.words(v, false)
			until, ok2 := w.day(v, true)
			if !ok1 || !ok2 {
				return "", nil
			}
			return "", m.Suspend(v.Ctx(), v.Who, w.on(), why, until)
		}}
}

func (m *Module) resumeForm() form {
	return form{path: "starta", right: access.CaseStatus,
		lead: func(v *office.Visit, w *sheet) string {
			stop, _, ok := w.clock.Times.Standing(w.clock.Course)
			if !ok {
				return v.T("clock.fault.not_standing")
			}
			return v.T("clock.lead.starta", "Since", v.L.Date(stop.From), "Day", v.L.Date(w.clock.Target))
		},
		fields: func(*office.Visit, *sheet) []templ.Component { return nil },
		do:     func(v *office.Visit, w *sheet) (string, error) { return "", m.Resume(v.Ctx(), v.Who, w.on()) }}
}

func (m *Module) extendForm() form {
	return form{path: "forlang", right: access.CaseStatus, has: []string{fieldDay, fieldReason, fieldWhich},
		lead: func(v *office.Visit, w *sheet) string {
			return v.T("clock.lead.forlang", "Day", v.L.Date(w.clock.Target))
		},
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			var out []templ.Component
			if law := w.clock.Law; law != nil {
				hint := v.T("clock.law_fixed", "Law", law.Rule.Provision.String())
				if last := law.Longest(m.Keeper.days, w.clock.On); !last.IsZero() {
					hint = v.T("clock.law_longest", "Law", law.Rule.Provision.String(), "Day", v.L.Date(last))
				}
				which := cmp.Or(w.get(fieldWhich), string(deadline.Target))
				out = append(out, ui.Radios{Field: ui.Field{Name: fieldWhich, Label: v.T("clock.field.which"), Error: w.faultOf(fieldWhich)}, Options: []ui.Option{
					{Value: string(deadline.Target), Label: v.T("clock.which.target", "Day", v.L.Date(w.clock.Target)), Chosen: which == string(deadline.Target)},
					{Value: string(deadline.Statutory), Label: v.T("clock.which.statutory", "Day", v.L.Date(law.Last(m.Keeper.days, w.clock.On))), Hint: hint, Chosen: which == string(deadline.Statutory)},
				}})
			}
			return append(out, dayField(v, w, "new_day", false), reasonField(v, w, "letter_reason", false))
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			day, ok1 := w.day(v, false)
			why, ok2 := w.words(v, false)
			if !ok1 || !ok2 {
				return "", nil
			}
			return "", m.Extend(v.Ctx(), v.Who, w.on(), deadline.Kind(cmp.Or(w.get(fieldWhich), string(deadline.Target))), why, day)
		}}
}

func (m *Module) delayForm() form {
	return form{path: "forsening", right: access.CaseMessage, has: []string{fieldReason, fieldDay},
		lead: func(v *office.Visit, w *sheet) string {
			return v.T("clock.lead.forsening", "Day", v.L.Date(w.clock.Target), "Law", m.provision(deadline.FL11, w.clock.On))
		},
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			return []templ.Component{reasonField(v, w, "letter_reason", false), dayField(v, w, "expected", false)}
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			why, ok1 := w.words(v, false)
			day, ok2 := w.day(v, false)
			if !ok1 || !ok2 {
				return "", nil
			}
			return "", m.DelayNotice(v.Ctx(), v.Who, w.on(), why, day)
		}}
}

func (m *Module) completeForm() form {
	return form{path: "komplett", right: access.CaseStatus, has: []string{fieldDay},
		lead: func(v *office.Visit, w *sheet) string {
			if w.view.Type.Deadlines.Statutory == nil {
				return v.T("clock.fault.no_law")
			}
			return v.T("clock.lead.komplett", "Law", provision(w.view.Type.Deadlines.Statutory.Law).String())
		},
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			return []templ.Component{dayField(v, w, "complete", false)}
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			day, ok := w.day(v, false)
			if !ok {
				return "", nil
			}
			return "", m.Complete(v.Ctx(), v.Who, w.on(), day)
		}}
}

func (m *Module) initiatedForm() form {
	return form{path: "inledd", right: access.CaseStatus, has: []string{fieldWhich},
		lead: func(v *office.Visit, _ *sheet) string { return v.T("clock.lead.inledd") },
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			chosen := w.typed.Get(fieldWhich)
			if !w.typed.Has(fieldWhich) {
				chosen = "by_" + string(w.clock.Initiator)
			}
			radios := ui.Radios{Field: ui.Field{Name: fieldWhich, Label: v.T("clock.field.initiator"), Error: w.faultOf(fieldWhich)}}
			for _, by := range Initiators() {
				value := "by_" + string(by)
				radios.Options = append(radios.Options, ui.Option{Value: value, Label: v.T("clock.initiator." + initiatorKey(by)), Chosen: value == chosen})
			}
			return []templ.Component{radios}
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			for _, by := range Initiators() {
				if w.get(fieldWhich) == "by_"+string(by) {
					return "", m.Initiated(v.Ctx(), v.Who, w.on(), by)
				}
			}
			w.fault(fieldWhich, v.T("clock.fault.choose"))
			return "", nil
		}}
}

func initiatorKey(by Initiator) string { return cmp.Or(string(by), "party") }

func (m *Module) requestForm() form {
	return form{path: "begaran", right: access.CaseDocument, has: []string{fieldDay, fieldWay, fieldReason},
		lead: func(v *office.Visit, _ *sheet) string { return v.T("clock.lead.begaran") },
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			way := ui.Radios{Field: ui.Field{Name: fieldWay, Label: v.T("clock.field.way"), Error: w.faultOf(fieldWay)}}
			for _, c := range Channels() {
				way.Options = append(way.Options, ui.Option{Value: c, Label: v.T("clock.way." + c), Chosen: c == w.get(fieldWay)})
			}
			return []templ.Component{dayField(v, w, "came", false), way, reasonField(v, w, "request", true)}
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			day, ok1 := w.day(v, false)
			words, ok2 := w.words(v, true)
			if w.get(fieldWay) == "" {
				w.fault(fieldWay, v.T("clock.fault.choose"))
				return "", nil
			}
			if !ok1 || !ok2 {
				return "", nil
			}
			why, err := m.RegisterRequest(v.Ctx(), v.Who, w.on(), Paper{Came: day, Channel: w.get(fieldWay), Words: words})
			if why != "" {
				return "untried." + string(why), err
			}
			return "", err
		}}
}

func (m *Module) refuseForm() form {
	return form{path: "avsla", right: access.CaseDecide, has: []string{fieldReason},
		lead: func(v *office.Visit, w *sheet) string {
			if w.clock.Demand == nil {
				return v.T("clock.fault.nothing")
			}
			return v.T("clock.lead.avsla", "Came", v.L.Date(w.clock.Asked), "Day", v.L.Date(w.clock.Demand.Last(m.Keeper.days, w.clock.On)))
		},
		fields: func(v *office.Visit, w *sheet) []templ.Component {
			var out []templ.Component
			if d := w.clock.Demand; d != nil && w.clock.On.After(d.Last(m.Keeper.days, w.clock.On)) {
				out = append(out, ui.Alert{Tone: ui.Warning, Title: v.T("clock.refuse.late"), Text: v.T("clock.refuse.late_text")})
			}
			return append(out, reasonField(v, w, "reasons", false),
				ui.Details{Summary: v.T("clock.refuse.appeal"), Text: m.AppealText(w.view.Case, w.view.Type)})
		},
		do: func(v *office.Visit, w *sheet) (string, error) {
			reasons, ok := w.words(v, false)
			if !ok {
				return "", nil
			}
			out, err := m.Refuse(v.Ctx(), v.Who, w.on(), reasons)
			if out.Late {
				return "avsla_late", err
			}
			return "", err
		}}
}
