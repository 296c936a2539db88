package casetype

import (
	"slices"

	"dygnet/internal/kernel/money"
)

// StopFor is the first stop that holds, nil if none does. One is looked at when the questions it is about are answered, or hidden, or
// were passed by without an answer.
func (ct *CaseType) StopFor(in Answers) *Stop {
	if len(ct.stops) == 0 {
		return nil
	}
	return ct.View(in).Stop()
}

// answered reports whether something was accepted for a question.
func (c Clean) answered(q *question) bool {
	if q.repeats() {
		return c.rows(q) > 0
	}
	return slices.ContainsFunc(q.inputs, func(name string) bool { return len(c[name]) > 0 })
}

// sources are the questions that uses rest on: themselves, what they are computed from, and what decides that they are shown.
func (ct *CaseType) sources(uses []*question) []*question {
	var out []*question
	var add func(*program, []*question)
	add = func(p *program, uses []*question) {
		if p != nil {
			uses = p.uses
		}
		for _, q := range uses {
			if slices.Contains(out, q) {
				continue
			}
			out = append(out, q)
			for _, p := range []*program{q.value, q.visible, ct.steps[q.page]} {
				if p != nil {
					add(p, nil)
				}
			}
		}
	}
	add(nil, uses)
	return out
}

// Needed reports whether a question must be answered when it is shown, with these answers.
func (ct *CaseType) Needed(q *Question, in Answers) bool {
	known := ct.byKey[q.Key]
	if known == nil || !q.Optional || known.required == nil {
		return !q.Optional
	}
	return ct.View(in).Needed(q)
}

// Price is what is to be paid before the matter is handed in, to the öre; false if the type has no payment or there is nothing to pay.
func (ct *CaseType) Price(c Clean) (money.Amount, bool) {
	amount, ok := ct.price(c)
	return max(amount, 0), ok && amount > 0
}

// price is the amount, also when it is nothing to pay; false if it is too large to be one.
func (ct *CaseType) price(c Clean) (money.Amount, bool) {
	if ct.amount == nil {
		return 0, true
	}
	s := scope{ct: ct, clean: c}
	v, ok := s.eval(ct.amount)
	if !ok {
		return 0, false
	}
	return kronor(v.n)
}

// unpayable is the fault of answers whose price cannot be worked out, so that nobody gets past it by numbers beyond all reason. It
// stands at the first number the price rests on.
func (ct *CaseType) unpayable(c Clean) []FieldError {
	if _, ok := ct.price(c); ok {
		return nil
	}
	e := FieldError{Code: ErrTooLarge}
	for _, q := range ct.sources(ct.amount.uses) {
		if !c.answered(q) {
			continue
		}
		switch q.Type {
		case TypeNumber, TypeMoney:
			e.Question, e.Type, e.Field = q.Key, q.Type, q.Key
		case TypeTable, TypeChildren:
			e.Question, e.Type, e.Field = q.Key, q.Type, q.cell(1, q.asked())
		default:
			continue
		}
		break
	}
	return []FieldError{e}
}

// FoundParty is someone that a rule found in the answers.
type FoundParty struct {
	Rule                       *PartyRule
	Name, Number, Email, Phone string // Number: twelve digits, of an organisation ten; what was not asked for is empty
	N                          int    // the row, from 1; 1 for person and organisation
}

// PartiesOf are those that accepted answers name as parties, in the order of the file and of the rows.
func (ct *CaseType) PartiesOf(c Clean) []FoundParty {
	var out []FoundParty
	for i := range ct.Parties {
		rule := &ct.Parties[i]
		q := ct.byKey[rule.Question]
		if !q.repeats() {
			if p, ok := c.Person(q.Key); ok {
				out = append(out, FoundParty{Rule: rule, Name: p.Name, Number: p.Number, Email: p.Email, Phone: p.Phone, N: 1})
			}
			continue
		}
		for n := range c.rows(q) {
			get := func(column string) string { return c.Get(cell(q.Key, n+1, column)) }
			out = append(out, FoundParty{Rule: rule, Name: get("name"), Number: get("number"), Email: get("email"), Phone: get("phone"), N: n + 1})
		}
	}
	return out
}

// Signers are the parties that must sign before the matter is handed in, in the order they do when they sign one after another. There
// are none when sign.if does not hold, or when nobody but the one who hands in signs.
func (ct *CaseType) Signers(c Clean) []FoundParty {
	if ct.Sign.Mode != SignParallel && ct.Sign.Mode != SignSequential {
		return nil
	}
	s := scope{ct: ct, clean: c}
	if ct.signIf != nil && !s.holds(ct.signIf) {
		return nil
	}
	return slices.DeleteFunc(ct.PartiesOf(c), func(p FoundParty) bool { return !p.Rule.Signs })
}
