package casetype

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// scope is what an expression is evaluated over. Questions that were not answered, or are hidden, are "", false, 0 or empty.
type scope struct {
	ct     *CaseType
	clean  Clean
	row    string // in a table: "key.2."
	failed bool   // an evaluation made something too large
}

// holds evaluates a condition; one that fails does not hold.
func (s *scope) holds(p *program) bool {
	v, ok := s.eval(p)
	return ok && v.b
}

// eval evaluates an expression; false if what it makes is too large.
func (s *scope) eval(p *program) (value, bool) {
	s.failed = false
	v := s.node(p.root)
	return v, !s.failed
}

func (s *scope) node(n *node) value {
	switch n.op {
	case opLiteral:
		return n.lit
	case opQuestion:
		return s.answer(n.q, n.q.Key)
	case opColumn:
		return s.answer(n.q, s.row+n.q.Key)
	case opVariable:
		return s.variable(n.name)
	case "and":
		return value{b: s.node(n.args[0]).b && s.node(n.args[1]).b}
	case "or":
		return value{b: s.node(n.args[0]).b || s.node(n.args[1]).b}
	case "not":
		return value{b: !s.node(n.args[0]).b}
	case opIf:
		if s.node(n.args[0]).b {
			return s.node(n.args[1])
		}
		return s.node(n.args[2])
	case "==", "!=", "<", "<=", ">", ">=":
		return value{b: s.compare(n)}
	case "in", "contains", "startsWith", "endsWith", "matches", opJoin:
		return s.text(n)
	case opNegate, "+", "-", "*", "/", "%", "min()", "max()", "round()":
		return value{n: s.arithmetic(n)}
	}
	return s.function(n)
}

// answer is an accepted answer as expressions see it.
func (s *scope) answer(q *question, name string) value {
	switch q.kind() {
	case kindBool:
		switch q.Type {
		case TypePlace:
			_, given := s.clean.Place(name)
			return value{b: given}
		case TypeAddress:
			return value{b: s.clean.Get(name+PartStreet) != ""}
		}
		return value{b: s.clean.Get(name) == yes}
	case kindNumber:
		if n, ok := decimal(s.clean.Get(name)); ok {
			return value{n: n}
		}
		return value{n: new(big.Rat)}
	case kindList:
		return value{l: s.clean[name]}
	}
	if q.Type == TypeDateTime && s.clean.Get(name) != "" {
		return value{s: s.clean.Get(name) + "T" + s.clean.Get(name+PartTime)}
	}
	return value{s: s.clean.Get(name)}
}

func (s *scope) variable(name string) value {
	switch name {
	case nameToday:
		return value{s: s.ct.moment.Today.String()}
	case nameActing:
		return value{s: string(s.ct.moment.Acting)}
	}
	return value{b: s.ct.moment.SignedIn}
}

func (s *scope) compare(n *node) bool {
	a, b := s.node(n.args[0]), s.node(n.args[1])
	var c int
	switch n.args[0].kind {
	case kindNumber:
		c = a.n.Cmp(b.n)
	case kindText:
		c = strings.Compare(a.s, b.s)
	default:
		if a.b != b.b {
			c = 1
		}
	}
	switch n.op {
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (s *scope) text(n *node) value {
	a := s.node(n.args[0])
	if n.re != nil {
		return value{b: n.re.MatchString(a.s)}
	}
	b := s.node(n.args[1])
	switch n.op {
	case "in":
		return value{b: slices.Contains(b.l, a.s)}
	case "contains":
		return value{b: strings.Contains(a.s, b.s)}
	case "startsWith":
		return value{b: strings.HasPrefix(a.s, b.s)}
	case "endsWith":
		return value{b: strings.HasSuffix(a.s, b.s)}
	}
	if len(a.s)+len(b.s) > maxMade {
		s.failed = true
		return value{}
	}
	return value{s: a.s + b.s}
}

// arithmetic is exact: fractions, rounded only where the expression says so.
func (s *scope) arithmetic(n *node) *big.Rat {
	a := s.node(n.args[0]).n
	if n.op == opNegate {
		return new(big.Rat).Neg(a)
	}
	for _, arg := range n.args[1:] {
		b := s.node(arg).n
		switch n.op {
		case "+":
			return new(big.Rat).Add(a, b)
		case "-":
			return new(big.Rat).Sub(a, b)
		case "*":
			return new(big.Rat).Mul(a, b)
		case "/":
			return new(big.Rat).Quo(a, b) // the compiler has seen that b is above zero
		case "%":
			whole := new(big.Rat).Quo(a, b)
			quotient := new(big.Rat).SetInt(new(big.Int).Quo(whole.Num(), whole.Denom()))
			return new(big.Rat).Sub(a, quotient.Mul(quotient, b))
		case "round()":
			return rounded(a, int(b.Num().Int64()))
		case "min()":
			if b.Cmp(a) < 0 {
				a = b
			}
		case "max()":
			if b.Cmp(a) > 0 {
				a = b
			}
		}
	}
	return a
}

func (s *scope) function(n *node) value {
	whole := func(i int) value { return value{n: new(big.Rat).SetInt64(int64(i))} }
	switch n.op {
	case "len()":
		arg := n.args[0]
		switch arg.kind {
		case kindRows:
			return whole(s.clean.rows(arg.q))
		case kindList:
			return whole(len(s.node(arg).l))
		}
		return whole(utf8.RuneCountInString(s.node(arg).s))
	case "total()":
		sum := new(big.Rat)
		s.each(n, func(name string) {
			if v, ok := decimal(s.clean.Get(name)); ok {
				sum.Add(sum, v)
			}
		})
		return value{n: sum}
	case "has()":
		found := false
		s.each(n, func(name string) { found = found || s.clean.Get(name) == n.args[2].lit.s })
		return value{b: found}
	case "age()":
		return whole(s.age(n.args[0].q))
	}
	from, errFrom := calendar.ParseDate(day(s.node(n.args[0]).s))
	to, errTo := calendar.ParseDate(day(s.node(n.args[1]).s))
	switch {
	case errFrom != nil || errTo != nil:
		return whole(0) // one of them is not answered
	case n.op == "days()":
		return whole(from.DaysUntil(to))
	case to.Before(from):
		return whole(-years(to, from))
	}
	return whole(years(from, to))
}

// day is the date of a date and time.
func day(s string) string { return s[:min(len(s), len("2026-11-23"))] }

// each calls f with the name of the cell of each row in the column of total and has.
func (s *scope) each(n *node, f func(name string)) {
	table := n.args[0].q
	for i := range s.clean.rows(table) {
		f(table.Key + "." + strconv.Itoa(i+1) + "." + n.q.Key)
	}
}

// age is the age in whole years of the person, of children the youngest, today; -1 if it is not known.
func (s *scope) age(q *question) int {
	names := []string{q.Key + PartNumber}
	if q.Type == TypeChildren {
		names = names[:0]
		for i := range s.clean.rows(q) {
			names = append(names, q.Key+"."+strconv.Itoa(i+1)+PartNumber)
		}
	}
	youngest := -1
	for _, name := range names {
		n, err := civic.Parse(s.clean.Get(name), s.ct.moment.Today)
		if err != nil {
			continue
		}
		if birth, ok := n.Birth(); ok {
			if age := years(birth, s.ct.moment.Today); youngest < 0 || age < youngest {
				youngest = age
			}
		}
	}
	return youngest
}

// years are the whole years from one day to a later one.
func years(from, to calendar.Date) int {
	n := to.Year() - from.Year()
	if from.AddMonths(12 * n).After(to) {
		n--
	}
	return n
}
