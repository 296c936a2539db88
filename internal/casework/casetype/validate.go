package casetype

import (
	"maps"
	"slices"
)

// yes and no are the answers of a yes/no question; yes is also that of a consent.
const (
	yes = "yes"
	no  = "no"
)

// Validate checks the answers of the whole form. Answers to questions that are hidden are dropped; a field of no question is a
// fault. Clean holds what was accepted even when there are faults. FieldErrors is nil when there are none.
// The caller takes its own fields (buttons, tokens) out first.
func (ct *CaseType) Validate(in Answers) (Clean, FieldErrors) {
	clean, faults := ct.walk(in, "", nil)
	return clean, append(faults, ct.unknown(in)...)
}

// ValidateStep checks the answers of one step; those of other steps only decide what is shown. Clean holds this step's alone.
func (ct *CaseType) ValidateStep(step string, in Answers) (Clean, FieldErrors) {
	clean, faults := ct.walk(in, step, nil)
	own := Clean{}
	for name, v := range clean {
		if ct.byInput[name].step == step {
			own[name] = v
		}
	}
	return own, append(faults, ct.unknown(in)...)
}

// walk goes through the questions in order, knowing at each what was accepted before it. It calls shown for each question that is
// shown, and gives the faults of one step, or of all if step is empty.
func (ct *CaseType) walk(in Answers, step string, shown func(*question)) (Clean, []FieldError) {
	var (
		clean  = make(Clean, len(ct.byInput))
		env    = maps.Clone(ct.env)
		eval   evaluator
		faults []FieldError
	)
	for _, q := range ct.questions {
		if q.visible != nil && !eval.holds(q.visible, env) {
			continue
		}
		if shown != nil {
			shown(q)
		}
		a := answer{ct: ct, q: q, in: in, clean: clean}
		a.read()
		if step == "" || step == q.step {
			faults = append(faults, a.faults...)
		}
		if q.Type != TypeInfo {
			env[q.Key] = q.value(clean)
		}
	}
	return clean, faults
}

// unknown lists the fields that no question has.
func (ct *CaseType) unknown(in Answers) []FieldError {
	var faults []FieldError
	for name := range in {
		if ct.byInput[name] == nil {
			faults = append(faults, FieldError{Field: name, Code: ErrUnknownField})
		}
	}
	slices.SortFunc(faults, func(a, b FieldError) int {
		if a.Field < b.Field {
			return -1
		}
		return 1
	})
	return faults
}
