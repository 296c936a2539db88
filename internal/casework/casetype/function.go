package casetype

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"

	"dygnet/internal/kernel/calendar"
)

// functions are all that expressions have, with how they are called.
var functions = map[string]string{
	"len": "len(question)", "total": `total(table, "column")`, "has": `has(table, "column", "value")`, "age": "age(person)",
	"days": "days(from, to)", "years": "years(from, to)", "round": "round(number, decimals)", "min": "min(a, b)", "max": "max(a, b)",
}

func functionNames() []string {
	var names []string
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// call compiles a function.
func (c *compiler) call(name string, trees []ast.Node) (*node, error) {
	usage, ok := functions[name]
	if !ok {
		return nil, &fault{message: fmt.Sprintf("the expression uses the function %s, which is not allowed here", name), suggest: Nearest(name, functionNames())}
	}
	wrong := faultf("%s is called as %s", name, usage)
	args, err := c.nodes(trees...)
	if err != nil {
		return nil, err
	}
	n := &node{op: name + "()", kind: kindNumber, args: args}
	switch name {
	case "len":
		if len(args) != 1 || args[0].kind < kindText {
			return nil, wrong
		}
	case "total":
		if len(args) != 2 {
			return nil, wrong
		}
		if n.q, err = column(args[0], args[1]); err == nil && n.q.kind() != kindNumber {
			err = faultf("column %q holds no numbers", n.q.Key)
		}
	case "has":
		n.kind = kindBool
		if len(args) != 3 || args[2].kind != kindText || args[2].op != opLiteral {
			return nil, wrong
		}
		if n.q, err = column(args[0], args[1]); err == nil {
			s := args[2].lit.s
			switch {
			case n.q.Type == TypeChoice:
				err = among(n.q, s)
			case n.q.kind() == kindBool && s != yes && s != no:
				err = faultf(`column %q is "yes" or "no"`, n.q.Key)
			}
		}
	case "age":
		switch {
		case len(args) != 1 || args[0].q == nil:
			return nil, wrong
		case args[0].q.Type == TypeChildren:
		case args[0].q.Type != TypePerson:
			return nil, faultf("age asks for a person or children question")
		case !args[0].q.asks(AskNumber):
			return nil, faultf("the age of %q is not known, since its number is not asked for; add number to ask", args[0].q.Key)
		}
	case "days", "years":
		if len(args) != 2 || all(args, kindText) != nil {
			return nil, wrong
		}
		for _, a := range args {
			if _, parse := calendar.ParseDate(a.lit.s); a.op == opLiteral && parse != nil {
				err = faultf("%q is not a date such as 2026-11-23", a.lit.s)
			}
		}
	case "round":
		if len(args) != 2 || all(args, kindNumber) != nil {
			return nil, wrong
		}
		if d := args[1]; d.op != opLiteral || !d.lit.n.IsInt() || d.lit.n.Sign() < 0 || d.lit.n.Num().Int64() > maxDecimals {
			err = faultf("the decimals to round to must be a number from 0 to %d", maxDecimals)
		}
	case "min", "max":
		if len(args) < 2 || all(args, kindNumber) != nil {
			return nil, wrong
		}
	}
	return n, err
}

// column is the column of a table or children question that is named.
func column(table, name *node) (*question, error) {
	if table.q == nil || table.op != opQuestion || table.q.Type != TypeTable && table.q.Type != TypeChildren || name.op != opLiteral || name.kind != kindText {
		return nil, faultf("the function takes a table and the name of one of its columns in quotes")
	}
	var known []string
	for _, col := range table.q.columns {
		if col.Key == name.lit.s {
			return col, nil
		}
		known = append(known, col.Key)
	}
	return nil, &fault{message: fmt.Sprintf("table %q has no column %q", table.q.Key, name.lit.s), suggest: Nearest(name.lit.s, known)}
}
