package casetype

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"

	"dygnet/internal/kernel/calendar"
)

// all wants the arguments to be of one kind.
func all(args []*node, want kind) error {
	for _, a := range args {
		if a.kind != want {
			return mismatch(a, want)
		}
	}
	return nil
}

// positive reports whether n is above zero whatever is answered.
func positive(n *node) bool {
	switch n.op {
	case opLiteral:
		return n.lit.n.Sign() > 0
	case "max()":
		return slices.ContainsFunc(n.args, positive)
	case "min()", "*", "/":
		return !slices.ContainsFunc(n.args, func(a *node) bool { return !positive(a) })
	case "+":
		a, b := n.args[0], n.args[1]
		return positive(a) && (positive(b) || b.op == "len()") || positive(b) && a.op == "len()"
	}
	return false
}

// in is "value" in several, or what in ["a", "b"].
func (c *compiler) in(t *ast.BinaryNode) (*node, error) {
	left, err := c.node(t.Left)
	if err != nil {
		return nil, err
	}
	if left.kind != kindText {
		return nil, mismatch(left, kindText)
	}
	n := &node{op: "in", kind: kindBool}
	if list, ok := t.Right.(*ast.ArrayNode); ok {
		lit := &node{op: opLiteral, kind: kindList}
		for _, item := range list.Nodes {
			v, err := c.node(item)
			if err != nil {
				return nil, err
			}
			if v.op != opLiteral || v.kind != kindText {
				return nil, faultf("a list after in holds texts in quotes only")
			}
			if err := compared("in", left, v); err != nil {
				return nil, err
			}
			lit.lit.l = append(lit.lit.l, v.lit.s)
		}
		n.args = []*node{left, lit}
		return n, nil
	}
	right, err := c.node(t.Right)
	if err != nil {
		return nil, err
	}
	if right.kind != kindList {
		return nil, faultf("after in comes a question with several answers, or a list such as [\"a\", \"b\"]")
	}
	n.args = []*node{left, right}
	if left.op == opLiteral && right.q.Type == TypeMulti {
		return n, among(right.q, left.lit.s)
	}
	return n, nil
}

// compared checks a text in quotes against what it is compared with: an option that is not there can never be chosen.
func compared(op string, a, b *node) error {
	if a.op == opLiteral {
		a, b = b, a
	}
	if a.op == opLiteral || b.op != opLiteral || b.kind != kindText || b.lit.s == "" {
		return nil
	}
	s := b.lit.s
	day := func(shape string) error {
		if _, err := calendar.ParseDate(s[:min(len(s), 10)]); err != nil {
			return faultf("%q is not a date such as %s", s, shape)
		}
		return nil
	}
	switch {
	case a.op == opVariable && a.name == nameToday:
		return day("2026-11-23")
	case a.op == opVariable:
		if known := ActFor("").Values(); !slices.Contains(known, s) {
			return &fault{message: fmt.Sprintf("acting is never %q", s), suggest: Nearest(s, known)}
		}
	case a.q == nil:
	case a.q.Type == TypeDate:
		return day("2026-11-23")
	case a.q.Type == TypeDateTime:
		return day("2026-11-23T14:00")
	case a.q.Type == TypeChoice || a.q.Type == TypeTree:
		if op == "<" || op == ">" || op == "<=" || op == ">=" {
			return faultf("options have no order; compare %q with == or in", a.q.Key)
		}
		return among(a.q, s)
	}
	return nil
}

// among wants s to be an option of q that can be chosen.
func among(q *question, s string) error {
	var known []string
	for _, o := range q.leaves {
		if o.Value == s {
			return nil
		}
		known = append(known, o.Value)
	}
	return &fault{message: fmt.Sprintf("question %q has no option %q", q.Key, s), suggest: Nearest(s, known)}
}
