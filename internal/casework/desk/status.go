package desk

import (
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// statusCommand moves the case as its type allows: on, to an end, or open again.
func statusCommand() command {
	return command{path: "status", right: access.CaseStatus, field: "status", form: statusForm, do: changeStatus}
}

func statusForm(v *visit, w *work) (ui.Question, error) {
	q := ui.Question{Lead: v.T("desk.status.now", "Status", w.Status.Title.In(v.Lang()))}
	if !w.Case.Open {
		q.Lead = v.T("desk.status.reopens")
	}
	options, err := v.nextStatuses(w, w.get("status"))
	if err != nil {
		return q, err
	}
	if len(options) == 0 {
		q.Fields = append(q.Fields, ui.Alert{Tone: ui.Warning, Text: v.T("desk.status.none")})
		return q, nil
	}
	q.Fields = append(q.Fields,
		ui.Radios{Field: ui.Field{Name: "status", Label: v.T("desk.status.new"), Error: faultOf(w.faults, "status")}, Options: options},
		ui.Textarea{Field: ui.Field{Name: "skal", Label: v.T("desk.status.note"), Hint: v.T("desk.status.note_hint"), Optional: !v.allNeedNote(w), Error: faultOf(w.faults, "skal")},
			Value: w.typed.Get("skal"), Max: maxReason})
	return q, nil
}

// maxReason is the longest reason, in characters.
const maxReason = 2000

// nextStatuses are those the case may move to, with what each takes and what of it is missing.
func (v *visit) nextStatuses(w *work, chosen string) ([]ui.Option, error) {
	var out []ui.Option
	for _, s := range w.Next {
		move := w.Type.Move(w.Case.Status, s.Key)
		if !move.AllowedFor(v.roleKeys()) {
			continue
		}
		o := ui.Option{Value: s.Key, Label: s.Title.In(v.Lang()), Hint: v.T("desk.status.citizen_reads", "Text", s.PublicText.In(v.Lang())), Chosen: s.Key == chosen}
		if move.Needs(casetype.NeedNote) {
			o.Hint += " " + v.T("desk.status.takes_note")
		}
		if move.Needs(casetype.NeedDecision) && len(w.Decisions) == 0 {
			o.Hint += " " + v.T("desk.status.takes_decision")
		}
		missing, err := v.lacking(w, move.Demand(w.Case.Status))
		if err != nil {
			return nil, err
		}
		o.Hint = strings.TrimSpace(o.Hint + " " + missing)
		out = append(out, o)
	}
	return out, nil
}

func (v *visit) allNeedNote(w *work) bool {
	for _, s := range w.Next {
		if !w.Type.Move(w.Case.Status, s.Key).Needs(casetype.NeedNote) {
			return false
		}
	}
	return true
}

func (v *visit) roleKeys() []string {
	out := make([]string, len(v.Who.Mandates))
	for i, m := range v.Who.Mandates {
		out[i] = m.Role
	}
	return out
}

func changeStatus(v *visit, w *work) error {
	to, note := w.get("status"), oneForm(w.typed.Get("skal"))
	w.faults = append(w.faults, v.tooLong("skal", note, maxReason)...)
	move := w.Type.Move(w.Case.Status, to)
	switch {
	case to == "":
		w.fault("status", v.T("desk.status.choose"))
	case move != nil && move.Needs(casetype.NeedNote) && note == "":
		w.fault("skal", v.T("desk.problem.note"))
	}
	if len(w.faults) > 0 {
		return nil
	}
	_, err := v.Cases.Move(v.Ctx(), v.Who, w.on(), to, note)
	return err
}

// assignCommand gives the case to somebody who works in its unit.
func assignCommand() command {
	return command{
		path: "tilldela", right: access.CaseAssign, field: "person",
		form: func(v *visit, w *work) (ui.Question, error) {
			return ui.Question{Fields: []templ.Component{
				ui.Select{Field: ui.Field{Name: "person", Label: v.T("desk.tilldela.who"), Hint: v.T("desk.tilldela.hint", "Unit", v.Unit(w.Case.Unit)), Error: faultOf(w.faults, "person")},
					Empty: true, Options: v.officers(w.Case, w.get("person"))},
			}}, nil
		},
		do: func(v *visit, w *work) error {
			if w.get("person") == "" {
				w.fault("person", v.T("desk.tilldela.choose"))
				return nil
			}
			_, err := v.Cases.Assign(v.Ctx(), v.Who, w.on(), w.get("person"))
			return err
		},
	}
}

// officers are those who can take a case: officers of its unit or of one above it.
func (v *visit) officers(c *cases.Case, chosen string) []ui.Option {
	var out []ui.Option
	for _, p := range v.Dir.Officials() {
		if p.Closed || p.ID == c.Assignee {
			continue
		}
		for _, m := range v.Dir.MandatesOf(p.ID, v.Today()) {
			if m.Role == access.Officer && (m.Unit != "" && v.Dir.InSubtree(m.Unit, c.Unit) || m.Unit == "" && m.Body == "" && (m.Member == "" || m.Member == c.Member)) {
				out = append(out, ui.Option{Value: p.ID, Label: p.Name, Chosen: p.ID == chosen})
				break
			}
		}
	}
	return out
}
