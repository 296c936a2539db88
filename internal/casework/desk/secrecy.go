package desk

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// secrecyCommand marks a case, or lifts the mark, naming the provision (OSL 5 kap. 5 §).
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
			q := ui.Question{Lead: v.T("desk.sekretess.lead"), Fields: []templ.Component{
				ui.Radios{Field: ui.Field{Name: "grad", Label: v.T("desk.secrecy"), Error: faultOf(w.faults, "grad")}, Options: degrees},
				ui.Input{Field: ui.Field{Name: "lagrum", Label: v.T("desk.field.lagrum"), Hint: v.lawHint(w), Error: faultOf(w.faults, "lagrum"), Optional: true}, Value: w.typed.Get("lagrum"), Width: 30, NoSpell: true},
				ui.Textarea{Field: ui.Field{Name: "skal", Label: v.T("desk.field.skal"), Hint: v.T("desk.internal_hint"), Error: faultOf(w.faults, "skal")}, Value: w.typed.Get("skal"), Max: maxReason},
			}}
			return q, nil
		},
		do: func(v *visit, w *work) error {
			degree, err := strconv.Atoi(w.get("grad"))
			reason, law := oneForm(w.typed.Get("skal")), w.get("lagrum")
			if err != nil || degree < int(cases.Open) || degree > int(cases.Secret) {
				w.fault("grad", v.T("desk.sekretess.choose"))
			} else if degree != int(cases.Open) && law == "" {
				w.fault("lagrum", v.T("desk.sekretess.law"))
			}
			if reason == "" {
				w.fault("skal", v.T("desk.problem.note"))
			}
			w.faults = append(w.faults, v.tooLong("skal", reason, maxReason)...)
			if w.faults = append(w.faults, v.tooLong("lagrum", law, 200)...); len(w.faults) > 0 {
				return nil
			}
			_, err = v.Cases.Mark(v.ctx(), v.who, w.on(), cases.Secrecy(degree), law, reason)
			return err
		},
	}
}

// lawHint proposes the provisions of the case type.
func (v *visit) lawHint(w *work) string {
	var laws []string
	for _, p := range w.Type.Secrecy.Provisions {
		laws = append(laws, p.Short()+" "+p.Why.In(v.lang()))
	}
	hint := v.T("desk.sekretess.law_hint")
	if len(laws) > 0 {
		hint += " " + v.T("desk.sekretess.usual", "Laws", strings.Join(laws, ", "))
	}
	return hint
}
