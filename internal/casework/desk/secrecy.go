package desk

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// otherGround is the choice of a provision that the case type does not propose.
const otherGround = "annat"

// secrecyCommand marks a case or one of its documents, or lifts the mark, naming the provision (OSL 5 kap. 5 §).
func secrecyCommand() command {
	return command{
		path: "sekretess", right: access.CaseSecrecy, field: "skal",
		form: func(v *visit, w *work) (ui.Question, error) {
			chosen := w.get("grad")
			if chosen == "" {
				chosen = strconv.Itoa(int(w.Case.Secrecy))
			}
			var degrees []ui.Option
			for d := cases.Open; d <= cases.Secret; d++ {
				key := strconv.Itoa(int(d))
				degrees = append(degrees, ui.Option{Value: key, Label: v.T("desk.secrecy." + key), Hint: v.T("desk.secrecy_means." + key), Chosen: key == chosen})
			}
			fields := []templ.Component{}
			if what := v.markable(w); len(what) > 1 {
				fields = append(fields, ui.Select{Field: ui.Field{Name: "galler", Label: v.T("desk.sekretess.what")}, Options: what})
			}
			fields = append(fields, ui.Radios{Field: ui.Field{Name: "grad", Label: v.T("desk.secrecy"), Error: faultOf(w.faults, "grad")}, Options: degrees})
			if grounds := v.grounds(w); len(grounds) > 1 {
				fields = append(fields, ui.Radios{Field: ui.Field{Name: "grund", Label: v.T("desk.field.lagrum"), Hint: v.T("desk.sekretess.law_hint"), Error: faultOf(w.faults, "grund")}, Options: grounds})
			}
			fields = append(fields,
				ui.Input{Field: ui.Field{Name: "kapitel", Label: v.T("desk.sekretess.chapter"), Hint: v.T("desk.sekretess.chapter_hint"), Error: faultOf(w.faults, "kapitel"), Optional: true}, Value: w.typed.Get("kapitel"), Width: 5, NoSpell: true},
				ui.Input{Field: ui.Field{Name: "paragraf", Label: v.T("desk.sekretess.section"), Error: faultOf(w.faults, "paragraf"), Optional: true}, Value: w.typed.Get("paragraf"), Width: 5, NoSpell: true},
				ui.Textarea{Field: ui.Field{Name: "skal", Label: v.T("desk.field.skal"), Hint: v.T("desk.internal_hint"), Error: faultOf(w.faults, "skal")}, Value: w.typed.Get("skal"), Max: maxReason})
			return ui.Question{Lead: v.T("desk.sekretess.lead"), Fields: fields}, nil
		},
		do: func(v *visit, w *work) error {
			degree, err := strconv.Atoi(w.get("grad"))
			reason, law := oneForm(w.typed.Get("skal")), w.get("grund")
			if law == "" || law == otherGround {
				if law = w.get("kapitel"); law != "" && w.get("paragraf") != "" {
					law += " kap. " + w.get("paragraf") + " §"
				}
			}
			if err != nil || degree < int(cases.Open) || degree > int(cases.Secret) {
				w.fault("grad", v.T("desk.sekretess.choose"))
			} else if degree != int(cases.Open) && law == "" {
				w.fault("kapitel", v.T("desk.sekretess.law"))
			}
			if reason == "" {
				w.fault("skal", v.T("desk.problem.note"))
			}
			if w.faults = append(w.faults, v.tooLong("skal", reason, maxReason)...); len(w.faults) > 0 {
				return nil
			}
			document, _ := strconv.Atoi(w.get("galler"))
			_, err = v.Cases.MarkDocument(v.Ctx(), v.Who, w.on(), document, cases.Secrecy(degree), law, reason)
			if errors.Is(err, cases.ErrProvision) {
				w.fault("kapitel", v.T("desk.sekretess.law"))
				return nil
			}
			return err
		},
	}
}

// markable is what can be marked: the case, and each document that the officer may read.
func (v *visit) markable(w *work) []ui.Option {
	out := []ui.Option{{Value: "0", Label: v.T("desk.sekretess.whole"), Chosen: w.get("galler") == "0"}}
	for _, d := range w.Documents {
		if !d.Hidden {
			key := strconv.Itoa(d.N)
			out = append(out, ui.Option{Value: key, Label: d.Name, Chosen: w.get("galler") == key})
		}
	}
	return out
}

// grounds are the provisions that the case type proposes, and another.
func (v *visit) grounds(w *work) []ui.Option {
	var out []ui.Option
	for _, p := range w.Type.Secrecy.Provisions {
		value := cases.ProvisionOf(p).String()
		out = append(out, ui.Option{Value: value, Label: value, Hint: p.Why.In(v.Lang()), Chosen: w.get("grund") == value})
	}
	return append(out, ui.Option{Value: otherGround, Label: v.T("desk.sekretess.other"), Chosen: w.get("grund") == otherGround, Or: len(out) > 0})
}

// standingMarks are the marks of secrecy that stand, with the provision, the day and the authority (OSL 5 kap. 5 §), and those that were lifted.
func (v *visit) standingMarks(view cases.OfficerView) []templ.Component {
	var lifted, standing []string
	for _, m := range view.Marks {
		what := v.T("desk.sekretess.whole")
		for _, d := range view.Documents {
			if d.N == m.Document && !d.Hidden {
				what = d.Name
			} else if d.N == m.Document {
				what = v.T("desk.sekretess.document", "N", d.N)
			}
		}
		body := m.Authority
		if b, ok := v.Dir.Body(m.Authority); ok {
			body = b.Name.In(v.Lang())
		}
		line := strings.Join(compact([]string{what, m.Provision.String(), v.L.Date(calendar.DateOf(m.At)), body, v.Person(m.By)}), ", ")
		if m.Stands() {
			standing = append(standing, line)
			continue
		}
		lifted = append(lifted, line+". "+v.T("desk.sekretess.lifted", "Date", v.L.Date(calendar.DateOf(m.LiftedAt))))
	}
	var out []templ.Component
	if len(standing) > 0 {
		out = append(out, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("desk.sekretess.marks"), Text: v.T("desk.sekretess.lead")}, ui.Plain(standing)))
	}
	if len(lifted) > 0 {
		out = append(out, ui.With(ui.Details{Summary: v.T("desk.sekretess.before")}, ui.Plain(lifted)))
	}
	return out
}
