package desk

import (
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// decideCommand makes a decision of the case type: on delegation, or on the decision (beslut) of the body itself.
func decideCommand() command {
	return command{path: "beslut", right: access.CaseDecide, field: "text", phrases: pack.InDecision, form: decideForm, do: decide}
}

// latestDecisions is how many decisions of a body there are to choose from.
const latestDecisions = 50

func decideForm(v *visit, w *work) (ui.Question, error) {
	q := ui.Question{}
	if len(w.Type.Decisions) == 0 {
		q.Fields = []templ.Component{ui.Alert{Tone: ui.Warning, Text: v.T("desk.beslut.none")}}
		return q, nil
	}
	ofBody := false
	var kinds []ui.Option
	for _, d := range w.Type.Decisions {
		hint := v.T("desk.beslut.of_body", "Body", v.body(w.Case.Body))
		if d.Delegation != nil {
			hint = v.T("desk.delegation", "Ref", d.Delegation.Ref)
		} else {
			ofBody = true
		}
		missing, err := v.lacking(w, d.Demand(w.Case.Status, ""))
		if err != nil {
			return q, err
		}
		hint = strings.TrimSuffix(hint+". "+missing, " ")
		kinds = append(kinds, ui.Option{Value: d.Key, Label: d.Title.In(v.Lang()), Hint: hint + " " + d.Appeal.Text.In(v.Lang()), Chosen: d.Key == w.get("beslut")})
	}
	q.Fields = append(q.Fields, ui.Radios{Field: ui.Field{Name: "beslut", Label: v.T("desk.beslut.which"), Error: faultOf(w.faults, "beslut")}, Options: kinds})
	if ofBody {
		made, err := v.Bodies.DecisionsOf(v.Ctx(), w.Case.Body, latestDecisions)
		if err != nil {
			return q, err
		}
		var options []ui.Option
		for _, d := range made {
			options = append(options, ui.Option{Value: d.ID, Label: d.On.String() + " § " + d.Paragraph + " " + d.Text, Chosen: d.ID == w.get("organ")})
		}
		q.Fields = append(q.Fields, ui.Select{Field: ui.Field{Name: "organ", Label: v.T("desk.beslut.body_decision", "Body", v.body(w.Case.Body)), Optional: true,
			Hint: v.T("desk.beslut.body_hint"), Error: faultOf(w.faults, "organ")}, Empty: true, Options: options})
	}
	return v.decideRest(w, q)
}

func (v *visit) decideRest(w *work, q ui.Question) (ui.Question, error) {
	q.Fields = append(q.Fields,
		ui.With(ui.Alert{Tone: ui.Info, Title: v.T("desk.svara.goes_out"), Text: v.T("desk.svara.reaches")}, v.recipients(w)),
		v.decideText(w))
	if v.Decider != nil {
		more, err := v.Decider.Ask(v.Visit, w.OfficerView, w.typed, func(field string) string { return faultOf(w.faults, field) })
		if err != nil {
			return q, err
		}
		q.Fields = append(q.Fields, more...)
	}
	stay := ui.Option{Value: "kvar", Label: v.T("desk.beslut.stay", "Status", w.Status.Title.In(v.Lang())), Chosen: w.get("status") == "kvar"}
	options := []ui.Option{stay}
	for _, s := range w.Next {
		move := w.Type.Move(w.Case.Status, s.Key)
		if (s.Content == casetype.Decided || s.Content == casetype.Closed) && move.AllowedFor(v.roleKeys()) {
			options = append(options, ui.Option{Value: s.Key, Label: s.Title.In(v.Lang()), Hint: v.T("desk.status.citizen_reads", "Text", s.PublicText.In(v.Lang())), Chosen: s.Key == w.get("status")})
		}
	}
	q.Fields = append(q.Fields, ui.Radios{Field: ui.Field{Name: "status", Label: v.T("desk.beslut.then"), Error: faultOf(w.faults, "status")}, Options: options})
	return q, nil
}

// decideText is the field of the decision: with its reasons, unless they have one of their own.
func (v *visit) decideText(w *work) templ.Component {
	label, hint := v.T("desk.beslut.text"), v.T("desk.beslut.text_hint")
	if v.Decider != nil {
		label, hint = v.T("desk.beslut.text_alone"), v.T("desk.beslut.text_alone_hint")
	}
	return ui.Textarea{Field: ui.Field{Name: "text", Label: label, Hint: hint, Error: faultOf(w.faults, "text")}, Value: w.typed.Get("text"), Rows: 10, Max: maxText}
}

// body is the name of a body.
func (v *visit) body(id string) string {
	b, ok := v.Dir.Body(id)
	if !ok {
		return id
	}
	return b.Name.In(v.Lang())
}

func decide(v *visit, w *work) error {
	text := oneForm(w.typed.Get("text"))
	kind := w.Type.Decision(w.get("beslut"))
	switch {
	case kind == nil:
		w.fault("beslut", v.T("desk.beslut.choose"))
	case kind.Delegation == nil && w.get("organ") == "":
		w.fault("organ", v.T("desk.beslut.needs_body", "Body", v.body(w.Case.Body)))
	case v.Decider == nil && kind.Delegation != nil && !w.delegated(v, kind.Delegation.Role):
		w.fault("beslut", v.T("desk.beslut.not_delegated", "Ref", kind.Delegation.Ref, "Role", v.role(kind.Delegation.Role)))
	}
	if text == "" {
		w.fault("text", v.T("desk.beslut.write"))
	}
	if w.get("status") == "" {
		w.fault("status", v.T("desk.status.choose"))
	}
	if w.faults = append(w.faults, v.tooLong("text", text, maxText)...); len(w.faults) > 0 {
		return nil
	}
	ruling := cases.Ruling{Key: kind.Key, Text: text, To: w.get("status"), Beslut: w.get("organ")}
	if ruling.To == "kvar" {
		ruling.To = ""
	}
	if kind.Delegation != nil {
		ruling.Beslut = ""
	}
	if v.Decider != nil {
		faults, err := v.Decider.Decide(v.Visit, w.OfficerView, w.on(), ruling, w.typed)
		w.faults = append(w.faults, faults...)
		return err
	}
	_, err := v.Cases.Decide(v.Ctx(), v.Who, w.on(), ruling)
	return err
}

// delegated tells whether the officer holds the role a delegation is to, over the case's unit. The service asks again.
func (w *work) delegated(v *visit, role string) bool {
	for _, m := range v.Dir.MandatesOf(v.Who.Person, calendar.DateOf(v.Clock.Now())) {
		if m.Role == role && (m.Unit == "" || v.Dir.InSubtree(m.Unit, w.Case.Unit)) {
			return true
		}
	}
	return false
}

// role is the name of a role.
func (v *visit) role(code string) string {
	r, ok := v.Dir.Role(code)
	if !ok {
		return code
	}
	return r.Name.In(v.Lang())
}
