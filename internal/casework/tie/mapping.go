package tie

import (
	"slices"

	"dygnet/internal/casework/casetype"
)

// Fate is what becomes of a question when a matter gets another case type.
type Fate string

// The fates.
const (
	Kept     Fate = "kept"      // the same key and type: the answer goes along
	Refitted Fate = "refitted"  // the same, but the answer is not one that the new question takes
	Retyped  Fate = "retyped"   // the same key is a question of another type there
	LeftOut  Fate = "left_out"  // the new type does not ask for it, or not with these answers
	Wanted   Fate = "wanted"    // the new type asks for it, and nothing is known
	Filed    Fate = "files"     // files go along as documents of the case
	Unchosen Fate = "not_taken" // was not chosen
)

// Mapped is one question and what becomes of it.
type Mapped struct {
	Question *casetype.Question // of the old type, or of the new one when Wanted
	Fate     Fate
}

// mapping is what becomes of the answers of a matter in another case type.
type mapping struct {
	answers casetype.Clean
	lines   []Mapped
}

// missing are the questions that the new type wants answers to.
func (m mapping) missing() []*casetype.Question {
	var out []*casetype.Question
	for _, l := range m.lines {
		if l.Fate == Wanted {
			out = append(out, l.Question)
		}
	}
	return out
}

// mapAnswers takes answers from one case type to another, those of the questions that take lets through. An answer goes along to a question
// with the same key and type that accepts it; what files say goes along as documents and not as answers, since a copy is another document.
func mapAnswers(from, to *casetype.CaseType, answers casetype.Clean, take func(*casetype.Question) bool) mapping {
	given := casetype.Answers{}
	var lines []Mapped
	for _, q := range asked(from) {
		names := answered(from, q, answers)
		if len(names) == 0 {
			continue
		}
		target := to.Question(q.Key)
		line := Mapped{q, Kept}
		switch {
		case !take(q):
			line.Fate = Unchosen
		case q.Type == casetype.TypeFile:
			line.Fate = Filed
		case target == nil:
			line.Fate = LeftOut
		case target.Type != q.Type:
			line.Fate = Retyped
		default:
			for _, n := range names {
				given[n] = slices.Clone(answers[n])
			}
		}
		lines = append(lines, line)
	}
	clean, faults := to.Validate(given)
	for i, l := range lines {
		if l.Fate == Kept && len(answered(to, to.Question(l.Question.Key), clean)) == 0 {
			lines[i].Fate = LeftOut
			if slices.ContainsFunc(faults, func(f casetype.FieldError) bool { return f.Question == l.Question.Key }) {
				lines[i].Fate = Refitted
			}
		}
	}
	var wanted []string
	_, lacking := to.Validate(casetype.Answers(clean)) // of what was accepted: an optional answer that does not fit is not missed
	for _, f := range lacking {
		q := to.Question(f.Question)
		if q == nil || slices.Contains(wanted, q.Key) {
			continue
		}
		wanted = append(wanted, q.Key)
		lines = append(lines, Mapped{q, Wanted})
	}
	return mapping{clean, lines}
}

// asked are the questions of a case type that can have an answer, in the order of the form.
func asked(ct *casetype.CaseType) []*casetype.Question {
	var out []*casetype.Question
	for i := range ct.Form.Steps {
		for j := range ct.Form.Steps[i].Questions {
			if q := &ct.Form.Steps[i].Questions[j]; q.Type != casetype.TypeInfo && q.Type != casetype.TypeComputed {
				out = append(out, q)
			}
		}
	}
	return out
}

// answered are the fields in which a question has an answer.
func answered(ct *casetype.CaseType, q *casetype.Question, answers casetype.Clean) []string {
	var out []string
	if q == nil {
		return nil
	}
	for _, n := range ct.Inputs(q, casetype.Answers(answers)) {
		if len(answers[n]) > 0 {
			out = append(out, n)
		}
	}
	return out
}
