package casetype

import "slices"

// View is what the rules make of some answers. It is worked out once, for a page that asks for many things: what is shown, what must be
// answered, what is wrong. The answers must not be changed while it is used.
type View struct {
	ct     *CaseType
	in     Answers
	clean  Clean
	faults []FieldError
	shown  []*question // in the order of the form
}

// View looks at answers. [CaseType.Validate] and its like are a view each.
func (ct *CaseType) View(in Answers) *View {
	v := &View{ct: ct, in: in, shown: make([]*question, 0, len(ct.questions))}
	v.clean, v.faults = ct.walk(in, func(q *question) { v.shown = append(v.shown, q) })
	return v
}

// Clean are the answers that were accepted, as [CaseType.Validate] gives them. They are the view's own: do not change them.
func (v *View) Clean() Clean { return v.clean }

// Faults are those of the whole form; nil if there are none.
func (v *View) Faults() FieldErrors {
	faults := append(slices.Clip(v.faults), v.ct.unpayable(v.clean)...)
	return append(faults, v.ct.unknown(v.in)...)
}

// StepFaults are those of one step, and fields that no question has; nil if there are none.
func (v *View) StepFaults(step string) FieldErrors {
	var faults FieldErrors
	for _, e := range v.faults {
		if q := v.ct.byKey[e.Question]; q != nil && q.step == step {
			faults = append(faults, e)
		}
	}
	return append(faults, v.ct.unknown(v.in)...)
}

// Steps are those to go through: in which some question is shown.
func (v *View) Steps() []*Step {
	var steps []*Step
	for _, q := range v.shown {
		if s := &v.ct.Form.Steps[q.page]; len(steps) == 0 || steps[len(steps)-1] != s {
			steps = append(steps, s)
		}
	}
	return steps
}

// Questions are those of a step that are shown.
func (v *View) Questions(step string) []*Question {
	var out []*Question
	for _, q := range v.shown {
		if q.step == step {
			out = append(out, q.Question)
		}
	}
	return out
}

// Needed reports whether a question must be answered.
func (v *View) Needed(q *Question) bool {
	known := v.ct.byKey[q.Key]
	if known == nil {
		return !q.Optional
	}
	s := scope{ct: v.ct, clean: v.clean}
	return s.needs(known)
}

// Stop is the first stop that holds, nil if the form can be sent. A stop is not looked at until the questions it asks for have been answered
// or passed.
func (v *View) Stop() *Stop {
	if len(v.ct.stops) == 0 {
		return nil
	}
	passed := -1 // the last step with an answer
	for _, q := range v.ct.questions {
		if v.clean.answered(q) {
			passed = q.page
		}
	}
	s := scope{ct: v.ct, clean: v.clean}
	settled := func(q *question) bool {
		return !slices.Contains(v.shown, q) || q.Type == TypeComputed || v.clean.answered(q) || !s.needs(q) && (q.page <= passed || len(v.faults) == 0)
	}
	for i, p := range v.ct.stops {
		if !slices.ContainsFunc(v.ct.sources(p.uses), func(q *question) bool { return !settled(q) }) && s.holds(p) {
			return &v.ct.Form.Stops[i]
		}
	}
	return nil
}
