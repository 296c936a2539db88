package casetype

import (
	"fmt"
	"maps"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// Bounds of an expression: what a clerk writes is far below them, and what is above them is a mistake or an attack.
const (
	maxExpression = 1000  // bytes
	maxNodes      = 200   // of the syntax tree
	memoryBudget  = 10000 // elements an evaluation may make
)

// compileExpression compiles a condition over env, which holds a value of its type for each name that may be used. Loops,
// functions and everything else that could cost are off, except len and the operators.
func compileExpression(source string, env map[string]any) (*vm.Program, error) {
	if len(source) > maxExpression {
		return nil, fmt.Errorf("the expression is longer than %d bytes", maxExpression)
	}
	var costly costs
	program, err := expr.Compile(source, expr.Env(maps.Clone(env)), expr.AsBool(), expr.MaxNodes(maxNodes),
		expr.DisableAllBuiltins(), expr.EnableBuiltin("len"), expr.Patch(&costly))
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("the expression cannot be read: %s", first)
	}
	if costly.found != "" {
		return nil, fmt.Errorf("the expression uses %s, which is not allowed here", costly.found)
	}
	return program, nil
}

// costs looks for what could make a short expression run long: loops, ranges and powers.
type costs struct{ found string }

// Visit is called for each node of the expression.
func (c *costs) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PredicateNode:
		c.found = "a loop"
	case *ast.CallNode:
		c.found = "a function"
	case *ast.BuiltinNode:
		if n.Name != "len" {
			c.found = n.Name
		}
	case *ast.BinaryNode:
		if n.Operator == ".." || n.Operator == "**" || n.Operator == "^" {
			c.found = n.Operator
		}
	}
}

// evaluator runs conditions; it is used for one validation and not shared.
type evaluator struct{ machine vm.VM }

// holds evaluates a condition; one that fails (an index past the end, too much memory) does not hold.
func (e *evaluator) holds(p *vm.Program, env map[string]any) bool {
	e.machine.MemoryBudget = memoryBudget
	out, err := e.machine.Run(p, env)
	yes, ok := out.(bool)
	return err == nil && ok && yes
}

// zero is what a question that was not answered is in expressions, and so also its type there; nil if it is no name there.
func (q *Question) zero() any {
	switch q.Type {
	case TypeInfo:
		return nil
	case TypeYesNo, TypeConsent, TypePlace, TypePerson:
		return false
	case TypeMulti, TypeFile:
		return []string{}
	}
	return ""
}

// value is an accepted answer as expressions see it: yes/no and consent as bool, several as list, place and person as whether
// they were given, all else as text.
func (q *Question) value(c Clean) any {
	switch q.Type {
	case TypeYesNo, TypeConsent:
		return c.Get(q.Key) == yes
	case TypePlace:
		_, given := c.Place(q.Key)
		return given
	case TypePerson:
		_, given := c.Person(q.Key)
		return given
	case TypeMulti, TypeFile:
		if v := c[q.Key]; v != nil {
			return v
		}
		return []string{}
	}
	return c.Get(q.Key)
}
