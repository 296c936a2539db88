package casetype

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"dygnet/internal/kernel/calendar"
)

// tri is what is known of a condition.
type tri int8

const (
	never tri = iota
	perhaps
	always
)

// reachable refuses steps, questions and stops that no answers lead to.
//
// It searches through the answers that the rules can tell apart: the options, yes and no, and for numbers, dates and texts those that
// are compared with and their neighbours. What the rules do with other answers (sums, ages, other texts) counts as perhaps. So what is
// called unreachable here is, for certain; what is let through is reachable unless it hangs on such a perhaps.
func (c *checker) reachable() {
	ct := c.ct
	for i := range ct.Form.Steps {
		at := fmt.Sprintf("form.steps[%d]", i)
		if (ct.steps[i] != nil || len(ct.stops) > 0) && !c.canHold(i, ct.steps[i]) {
			c.fail(at, "step %q can never be reached: no answers before it make its rule hold%s", ct.Form.Steps[i].Key, c.orStop())
			continue
		}
		for j := range ct.Form.Steps[i].Questions {
			q := ct.byKey[ct.Form.Steps[i].Questions[j].Key]
			if q.visible != nil && !c.canHold(i, ct.steps[i], q.visible) {
				c.fail(fmt.Sprintf("%s.questions[%d].visibleIf", at, j), "question %q can never be reached: no answers before it make its rule hold%s", q.Key, c.orStop())
			}
		}
	}
	for i, p := range ct.stops {
		if !c.canHold(0, p) { // page 0: other stops do not matter
			c.fail(fmt.Sprintf("form.stops[%d].if", i), "stop %q can never hold, whatever is answered", ct.Form.Stops[i].Key)
		}
	}
}

func (c *checker) orStop() string {
	if len(c.ct.stops) == 0 {
		return ""
	}
	return ", or a stop holds for all that do"
}

// searched is how many partial sets of answers are tried before the search gives up and calls the goal reachable.
const searched = 2000

// maxSubsets is of how many options of a multi question each set is tried.
const maxSubsets = 6

// search looks for answers with which the goals hold and no stop of an earlier page does.
type search struct {
	ct    *CaseType
	goals []*program
	stops []*program
	asked []*question // whose answers matter, in the order of the form
	texts map[*question][]string
	names []string     // of variables that matter
	known map[any]bool // what has been given a value: questions and variable names
	scope scope        // with the values
	tried int          // sets of answers
	looks int          // at parts of conditions
}

// canHold reports whether some answers make all the conditions hold on a page.
func (c *checker) canHold(page int, goals ...*program) bool {
	s := &search{ct: c.ct, texts: map[*question][]string{}, known: map[any]bool{}}
	var uses []*question
	add := func(p *program) {
		for _, q := range p.uses {
			if !slices.Contains(uses, q) {
				uses = append(uses, q)
			}
		}
	}
	for _, p := range goals {
		if p != nil {
			s.goals = append(s.goals, p)
			add(p)
		}
	}
	for _, p := range c.ct.stops {
		if !slices.ContainsFunc(p.uses, func(q *question) bool { return q.page >= page }) {
			s.stops = append(s.stops, p)
			add(p)
		}
	}
	sources := c.ct.sources(uses)
	for _, p := range append(s.goals, s.stops...) {
		s.collect(p.root)
	}
	for _, q := range sources {
		for _, p := range []*program{q.visible, q.required, q.value, c.ct.steps[q.page]} {
			if p != nil {
				s.collect(p.root)
			}
		}
	}
	for _, q := range c.ct.questions { // in the order of the form
		if _, ok := s.texts[q]; ok && slices.Contains(sources, q) {
			s.asked = append(s.asked, q)
		}
	}
	for q, texts := range s.texts {
		if q.Type == TypeMulti && len(texts) > maxSubsets {
			return true
		}
	}
	at := *c.ct
	s.scope = scope{ct: &at, clean: Clean{}}
	return s.variables(0)
}

// collect notes what questions are compared with, in the comparisons that the search understands.
func (s *search) collect(n *node) {
	if q, texts, ok := s.atom(n); ok {
		if q == nil {
			if name := variableOf(n); !slices.Contains(s.names, name) {
				s.names = append(s.names, name)
			}
			return
		}
		seen := s.texts[q]
		for _, t := range texts {
			if !slices.Contains(seen, t) {
				seen = append(seen, t)
			}
		}
		s.texts[q] = seen
		return
	}
	for _, a := range n.args {
		s.collect(a)
	}
}

// atom is the question a condition is about and what it is compared with, if that is all it looks at; of a variable the question is nil.
func (s *search) atom(n *node) (*question, []string, bool) {
	switch n.op {
	case opQuestion:
		return n.q, nil, n.kind == kindBool && n.q.Type != TypeComputed
	case opVariable:
		return nil, nil, n.kind == kindBool
	case "in":
		if left, right := n.args[0], n.args[1]; left.op == opLiteral {
			return right.q, []string{left.lit.s}, right.q.Type == TypeMulti
		} else if right.op == opLiteral {
			return finite(left, right.lit.l)
		}
	case "==", "!=", "<", "<=", ">", ">=":
		left, right := n.args[0], n.args[1]
		if left.op == opLiteral {
			left, right = right, left
		}
		if right.op != opLiteral {
			return nil, nil, false
		}
		switch right.kind {
		case kindNumber:
			return left.q, []string{right.lit.n.RatString()}, left.op == opQuestion && left.q.Type != TypeComputed
		case kindText:
			if q, texts, ok := finite(left, []string{right.lit.s}); ok && (n.op == "==" || n.op == "!=" || q != nil && q.Type == TypeDate) {
				return q, texts, true
			}
		}
	}
	return nil, nil, false
}

// finite is a question or variable whose answers compared with texts fall into few kinds.
func finite(n *node, texts []string) (*question, []string, bool) {
	if n.op == opVariable {
		return nil, nil, n.name == nameActing
	}
	return n.q, texts, n.op == opQuestion && n.q.Type != TypeComputed && n.q.Type != TypeDateTime
}

func variableOf(n *node) string {
	if n.op == opVariable {
		return n.name
	}
	for _, a := range n.args {
		if a.op == opVariable {
			return a.name
		}
	}
	return ""
}

// variables tries the values of the variables, and then the answers.
func (s *search) variables(i int) bool {
	if i == len(s.names) {
		return s.answers(0)
	}
	name, m := s.names[i], &s.scope.ct.moment
	s.known[name] = true
	defer delete(s.known, name)
	if name == nameSignedIn {
		for _, m.SignedIn = range []bool{true, false} {
			if s.variables(i + 1) {
				return true
			}
		}
		return false
	}
	acting := s.ct.ActFor
	if len(acting) == 0 {
		acting = []ActFor{ForSelf}
	}
	for _, m.Acting = range acting {
		if s.variables(i + 1) {
			return true
		}
	}
	return false
}

// answers tries the answers to the ith question and those after it.
func (s *search) answers(i int) bool {
	if s.tried++; s.tried > searched {
		return true
	}
	for _, p := range s.stops {
		if s.of(p) == always {
			return false
		}
	}
	for _, p := range s.goals {
		if s.of(p) == never {
			return false
		}
	}
	if i == len(s.asked) {
		return true
	}
	q := s.asked[i]
	shown := s.shown(q)
	s.known[q] = true
	defer delete(s.known, q)
	if shown != never {
		for _, given := range s.domain(q) {
			maps.Copy(s.scope.clean, given)
			found := s.answers(i + 1)
			for name := range given {
				delete(s.scope.clean, name)
			}
			if found {
				return true
			}
		}
	}
	must := shown == always && (!q.Optional || q.required != nil && s.of(q.required) == always)
	return !must && s.answers(i+1)
}

// domain is one answer of each kind that the conditions can tell apart.
func (s *search) domain(q *question) []Clean {
	var out []Clean
	give := func(values ...string) { out = append(out, Clean{q.Key: values}) }
	texts := s.texts[q]
	switch q.Type {
	case TypeYesNo:
		give(yes)
		give(no)
	case TypeConsent:
		give(yes)
	case TypePlace:
		out = append(out, Clean{q.Key + PartAddress: {"x"}})
	case TypeAddress:
		out = append(out, Clean{q.Key + PartStreet: {"x"}})
	case TypeNumber, TypeMoney:
		for _, n := range neighbours(q, texts) {
			give(n)
		}
	case TypeDate:
		for _, t := range append(texts, "2000-01-01") {
			if d, err := calendar.ParseDate(t); err == nil {
				give(d.AddDays(-1).String())
				give(t)
				give(d.AddDays(1).String())
			}
		}
	case TypeMulti:
		for set := range 1 << len(texts) {
			var chosen []string
			for i, t := range texts {
				if set>>i&1 == 1 {
					chosen = append(chosen, t)
				}
			}
			if rest := other(q, texts); chosen == nil && rest != "" {
				chosen = []string{rest}
			}
			if chosen != nil {
				give(chosen...)
			}
		}
	default:
		for _, t := range texts {
			if t != "" {
				give(t)
			}
		}
		if rest := other(q, texts); rest != "" {
			give(rest)
		}
	}
	return out
}

// other is an answer that is none of texts, "" if there is none.
func other(q *question, texts []string) string {
	if len(q.leaves) == 0 {
		rest := "x"
		for slices.Contains(texts, rest) {
			rest += "x"
		}
		return rest
	}
	for _, o := range q.leaves {
		if !slices.Contains(texts, o.Value) {
			return o.Value
		}
	}
	return ""
}

// neighbours are the numbers at, just below and just above those compared with, within the limits of the question.
func neighbours(q *question, texts []string) []string {
	decimals := q.Validate.Decimals
	if q.Type == TypeMoney {
		decimals = 2
	}
	step, _ := decimal(new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)).FloatString(decimals))
	var out []string
	try := func(n *big.Rat) {
		if n.Cmp(q.least) >= 0 && (q.most == nil || n.Cmp(q.most) <= 0) {
			out = append(out, n.FloatString(decimals))
		}
	}
	for _, t := range texts {
		n, _ := new(big.Rat).SetString(t)
		near, _ := new(big.Rat).SetString(n.FloatString(decimals))
		for _, by := range []int64{0, -1, 1} {
			try(new(big.Rat).Add(near, new(big.Rat).Mul(step, new(big.Rat).SetInt64(by))))
		}
	}
	try(q.least)
	if q.most != nil {
		try(q.most)
	}
	return out
}

// shown is what is known of whether a question is shown.
func (s *search) shown(q *question) tri {
	out := always
	for _, p := range []*program{s.ct.steps[q.page], q.visible} {
		if p != nil {
			out = min(out, s.of(p))
		}
	}
	return out
}

func (s *search) of(p *program) tri { return s.condition(p.root) }

// condition is what is known of a condition with the answers given so far.
func (s *search) condition(n *node) tri {
	if s.looks++; s.looks > 20*searched {
		return perhaps
	}
	switch n.op {
	case opLiteral:
		return sure(n.lit.b)
	case "and":
		return min(s.condition(n.args[0]), s.condition(n.args[1]))
	case "or":
		return max(s.condition(n.args[0]), s.condition(n.args[1]))
	case "not":
		return always - s.condition(n.args[0])
	case opIf:
		switch s.condition(n.args[0]) {
		case always:
			return s.condition(n.args[1])
		case never:
			return s.condition(n.args[2])
		}
		if a := s.condition(n.args[1]); a == s.condition(n.args[2]) {
			return a
		}
		return perhaps
	case opQuestion:
		if n.q.value != nil {
			return min(s.shown(n.q), s.condition(n.q.value.root))
		}
	}
	q, _, ok := s.atom(n)
	switch {
	case !ok, q != nil && !s.known[q], q == nil && !s.known[variableOf(n)]:
		return perhaps
	}
	return sure(s.scope.node(n).b)
}

func sure(holds bool) tri {
	if holds {
		return always
	}
	return never
}
