package casetype

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	known := map[string]bool{} // many questions have the same rule
	canHold := func(page int, rule string, goals ...*program) bool {
		key := strconv.Itoa(page) + " " + rule
		holds, ok := known[key]
		if !ok {
			holds = c.canHold(page, goals...)
			known[key] = holds
		}
		return holds
	}
	for i := range ct.Form.Steps {
		at := fmt.Sprintf("form.steps[%d]", i)
		if (ct.steps[i] != nil || len(ct.stops) > 0) && !c.canHold(i, ct.steps[i]) {
			c.fail(at, "step %q can never be reached: no answers before it make its rule hold%s", ct.Form.Steps[i].Key, c.orStop())
			continue
		}
		for j := range ct.Form.Steps[i].Questions {
			q := ct.byKey[ct.Form.Steps[i].Questions[j].Key]
			if q.visible != nil && !canHold(i, q.VisibleIf, ct.steps[i], q.visible) {
				c.fail(fmt.Sprintf("%s.questions[%d].visibleIf", at, j), "question %q can never be reached: no answers before it make its rule hold%s", q.Key, c.orStop())
			}
		}
	}
	for i, p := range ct.stops {
		if !c.canHold(0, p) { // page 0: no stop is before it
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
	ct      *CaseType
	goals   []*program
	stops   []*program
	asked   []*question // whose answers matter, in the order of the form
	after   [][]check   // what may bar the way after each of them, and at first before any
	texts   map[*question][]string
	atoms   map[*node]atom
	domains map[*question][]Clean
	names   []string     // of variables that matter
	known   map[any]bool // what has been given a value: questions and variable names
	scope   scope        // with the values
	tried   int          // sets of answers
	looks   int          // at parts of conditions
}

// canHold reports whether some answers make all the conditions hold on a page.
func (c *checker) canHold(page int, goals ...*program) bool {
	if c.atoms == nil {
		c.atoms = map[*node]atom{}
	}
	s := &search{ct: c.ct, atoms: c.atoms, domains: map[*question][]Clean{}, texts: map[*question][]string{}, known: map[any]bool{}}
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
		if page > 0 && !slices.ContainsFunc(p.uses, func(q *question) bool { return q.page >= page }) {
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
	s.plan()
	at := *c.ct
	s.scope = scope{ct: &at, clean: Clean{}}
	return s.variables(0)
}

// check is a condition that bars the way when it is known to be so.
type check struct {
	program *program
	bars    tri
}

// plan says what is to be checked before the first answer and after each: the conditions that rest on it.
func (s *search) plan() {
	s.after = make([][]check, len(s.asked)+1)
	note := func(p *program, bars tri) {
		s.after[0] = append(s.after[0], check{p, bars})
		sources := s.ct.sources(p.uses)
		for i, q := range s.asked {
			if slices.Contains(sources, q) {
				s.after[i+1] = append(s.after[i+1], check{p, bars})
			}
		}
	}
	for _, p := range s.stops {
		note(p, always)
	}
	for _, p := range s.goals {
		note(p, never)
	}
}

// atom is a condition on one question or variable that the search understands.
type atom struct {
	q     *question // nil: of a variable
	name  string    // of the variable
	texts []string  // what it is compared with
	ok    bool      // understood
}

// collect notes what questions are compared with, in the comparisons that the search understands.
func (s *search) collect(n *node) {
	a := s.atom(n)
	switch {
	case !a.ok:
		for _, arg := range n.args {
			s.collect(arg)
		}
	case a.q != nil:
		seen := s.texts[a.q]
		for _, t := range a.texts {
			if !slices.Contains(seen, t) {
				seen = append(seen, t)
			}
		}
		s.texts[a.q] = seen
	case !slices.Contains(s.names, a.name):
		s.names = append(s.names, a.name)
	}
}

func (s *search) atom(n *node) atom {
	a, ok := s.atoms[n]
	if !ok {
		a = understood(n)
		s.atoms[n] = a
	}
	return a
}

// understood tells what a condition is about.
func understood(n *node) atom {
	switch n.op {
	case opQuestion:
		return atom{q: n.q, ok: n.kind == kindBool && n.q.Type != TypeComputed}
	case opVariable:
		return atom{name: n.name, ok: n.kind == kindBool}
	case "in":
		left, right := n.args[0], n.args[1]
		switch {
		case right.op == opLiteral:
			return finite(left, right.lit.l)
		case left.op == opLiteral:
			return atom{q: right.q, texts: []string{left.lit.s}, ok: right.q.Type == TypeMulti}
		}
	case "==", "!=", "<", "<=", ">", ">=":
		left, right := n.args[0], n.args[1]
		if left.op == opLiteral {
			left, right = right, left
		}
		switch {
		case right.op != opLiteral:
		case right.kind == kindNumber:
			return atom{q: left.q, texts: []string{right.lit.n.RatString()}, ok: left.op == opQuestion && left.q.Type != TypeComputed}
		case right.kind == kindText:
			a := finite(left, []string{right.lit.s})
			a.ok = a.ok && (n.op == "==" || n.op == "!=" || a.q != nil && a.q.Type == TypeDate)
			return a
		}
	}
	return atom{}
}

// finite is a question or variable whose answers compared with texts fall into few kinds.
func finite(n *node, texts []string) atom {
	if n.op == opVariable {
		return atom{name: n.name, ok: n.name == nameActing}
	}
	return atom{q: n.q, texts: texts, ok: n.op == opQuestion && n.q.Type != TypeComputed && n.q.Type != TypeDateTime}
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
	for _, c := range s.after[i] {
		if s.of(c.program) == c.bars {
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
	switch a := s.atom(n); {
	case !a.ok, a.q != nil && !s.known[a.q], a.q == nil && !s.known[a.name]:
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
