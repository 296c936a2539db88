package casetype

import (
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
	v := ct.View(in)
	return v.clean, v.Faults()
}

// ValidateStep checks the answers of one step; those of other steps only decide what is shown. Clean holds this step's alone.
func (ct *CaseType) ValidateStep(step string, in Answers) (Clean, FieldErrors) {
	v := ct.View(in)
	mine := Clean{}
	for name, values := range v.clean {
		if ct.owner(name).step == step {
			mine[name] = values
		}
	}
	return mine, v.StepFaults(step)
}

// walk goes through the questions in order, knowing at each what was accepted before it. It calls shown for each question that is
// shown.
func (ct *CaseType) walk(in Answers, shown func(*question)) (Clean, []FieldError) {
	var (
		clean  = make(Clean, len(ct.byInput))
		s      = scope{ct: ct, clean: clean}
		rows   = ct.typedRows(in)
		faults []FieldError
		page   = -1
		open   bool
	)
	for _, q := range ct.questions {
		if q.page != page {
			page = q.page
			open = ct.steps[page] == nil || s.holds(ct.steps[page])
		}
		if !open || q.visible != nil && !s.holds(q.visible) {
			continue
		}
		shown(q)
		a := answer{ct: ct, q: q, question: q.Key, field: q.Key, into: q.Key, needed: s.needs(q), rows: rows[q], in: in, clean: clean}
		a.read()
		a.condition(&s, q.inputs...)
		faults = append(faults, a.faults...)
	}
	return clean, faults
}

// needs reports whether a question that is shown must be answered.
func (s *scope) needs(q *question) bool {
	return !q.Optional || q.required != nil && s.holds(q.required)
}

// condition wants validate.if to hold, of an answer that is right in itself. names are those it has in clean; of a table they are all
// its cells.
func (a *answer) condition(s *scope, names ...string) {
	if a.q.own == nil || len(a.faults) > 0 {
		return
	}
	field := a.field
	if a.q.repeats() {
		field, names = a.q.cell(1, a.q.asked()), nil
		for n := range a.clean.rows(a.q) {
			for _, col := range a.q.columns {
				names = append(names, a.q.cell(n+1, col))
			}
		}
	} else if len(names) > 0 && !slices.Contains(names, field) && field == a.into {
		field = names[0]
	}
	if !slices.ContainsFunc(names, func(name string) bool { return len(a.clean[name]) > 0 }) || s.holds(a.q.own) {
		return
	}
	for _, name := range names {
		delete(a.clean, name)
	}
	a.fault(field, ErrCondition, nil)
}

// unknown lists the fields that no question has.
func (ct *CaseType) unknown(in Answers) []FieldError {
	var faults []FieldError
	for name := range in {
		if ct.owner(name) == nil {
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
