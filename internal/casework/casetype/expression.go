package casetype

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Bounds of an expression: what a clerk writes is far below them, and what is above them is a mistake or an attack. The language has no
// loops, no variables of its own and no recursion, so evaluation takes at most one visit to each node; only rows of a table are gone
// through, and they are at most maxRows.
const (
	maxExpression = 1000  // bytes
	maxNodes      = 200   // of the syntax tree
	maxMade       = 20000 // bytes of a text put together
)

// kind is what an expression gives.
type kind uint8

const (
	kindBool   kind = iota + 1 // yes or no
	kindNumber                 // exact decimal
	kindText                   // text, choice, date
	kindList                   // the values of multi and file
	kindRows                   // person, organisation, children, table: only functions take them
)

var kindNames = map[kind]string{kindBool: "yes or no", kindNumber: "a number", kindText: "text", kindList: "a list", kindRows: "rows"}

// node is one part of a compiled expression.
type node struct {
	op   string // an operator, a function with "()", or one of the op constants
	kind kind
	args []*node
	lit  value          // opLiteral; for round, the decimals
	q    *question      // opQuestion, opColumn: whose answer; total and has: the column
	name string         // opVariable
	re   *regexp.Regexp // matches
}

const (
	opLiteral  = "literal"
	opQuestion = "question"
	opColumn   = "column"
	opVariable = "variable"
	opNegate   = "negate"
	opJoin     = "join"
	opIf       = "if"
)

// value is what a node gives: the field of its kind.
type value struct {
	b bool
	n *big.Rat
	s string
	l []string
}

// program is a compiled expression.
type program struct {
	root *node
	uses []*question // the questions it looks at, not columns
}

// Names that expressions have besides the questions.
const (
	nameToday    = "today"
	nameActing   = "acting"
	nameSignedIn = "signed_in"
)

var variables = []string{nameToday, nameActing, nameSignedIn}

// vocabulary is what an expression may name.
type vocabulary struct {
	questions map[string]*question // those before it
	columns   map[string]*question // those before it in the same row, for the expressions of a table's columns
}

// fault is why an expression cannot be compiled.
type fault struct {
	message, suggest string
	unknown          string // the name that is not known
}

func (f *fault) Error() string { return f.message }

func faultf(format string, args ...any) error { return &fault{message: fmt.Sprintf(format, args...)} }

// parse reads the syntax of an expression.
func parse(source string) (ast.Node, error) {
	if len(source) > maxExpression {
		return nil, faultf("the expression is longer than %d bytes", maxExpression)
	}
	tree, err := parser.ParseWithConfig(source, &conf.Config{MaxNodes: maxNodes, Disabled: map[string]bool{}})
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, faultf("the expression cannot be read: %s", first)
	}
	return tree.Node, nil
}

// compileExpression compiles an expression that gives want; 0 is for any value.
func compileExpression(source string, want kind, words vocabulary) (*program, error) {
	tree, err := parse(source)
	if err != nil {
		return nil, err
	}
	c := &compiler{words: words}
	root, err := c.node(tree)
	if err != nil {
		return nil, err
	}
	if want != 0 && root.kind != want {
		return nil, mismatch(root, want)
	}
	if want == 0 && root.kind > kindText {
		return nil, mismatch(root, kindText)
	}
	return &program{root: root, uses: c.uses}, nil
}

// mismatch says that n is of another kind than wanted, and how to write it instead.
func mismatch(n *node, want kind) error {
	name, remedy := "the expression", ""
	if n.op == opQuestion || n.op == opColumn {
		name = fmt.Sprintf("%q", n.q.Key)
	}
	switch {
	case n.op != opQuestion && n.op != opColumn:
	case n.kind == kindRows:
		remedy = fmt.Sprintf("; write len(%s) for how many there are", n.q.Key)
	case n.kind == kindList && want == kindBool:
		remedy = fmt.Sprintf("; write \"value\" in %s, or len(%s) > 0", n.q.Key, n.q.Key)
	case n.kind == kindText && want == kindBool:
		remedy = fmt.Sprintf("; compare it with something: %s == \"value\"", n.q.Key)
	case n.kind == kindBool:
		remedy = fmt.Sprintf("; write %s or not %s", n.q.Key, n.q.Key)
	}
	return faultf("%s is %s but must be %s here%s", name, kindNames[n.kind], kindNames[want], remedy)
}

// compiler turns a syntax tree into nodes.
type compiler struct {
	words vocabulary
	uses  []*question
}

func (c *compiler) node(tree ast.Node) (*node, error) {
	switch t := tree.(type) {
	case *ast.BoolNode:
		return &node{op: opLiteral, kind: kindBool, lit: value{b: t.Value}}, nil
	case *ast.StringNode:
		return &node{op: opLiteral, kind: kindText, lit: value{s: t.Value}}, nil
	case *ast.IntegerNode:
		return &node{op: opLiteral, kind: kindNumber, lit: value{n: new(big.Rat).SetInt64(int64(t.Value))}}, nil
	case *ast.FloatNode:
		n, ok := decimal(strconv.FormatFloat(t.Value, 'f', -1, 64)) // the shortest digits that give the float: those that were written
		if !ok {
			return nil, faultf("a number in the expression has too many digits")
		}
		return &node{op: opLiteral, kind: kindNumber, lit: value{n: n}}, nil
	case *ast.IdentifierNode:
		return c.name(t.Value)
	case *ast.UnaryNode:
		return c.unary(t)
	case *ast.BinaryNode:
		return c.binary(t)
	case *ast.ConditionalNode:
		args, err := c.nodes(t.Cond, t.Exp1, t.Exp2)
		switch {
		case err != nil:
			return nil, err
		case args[0].kind != kindBool:
			return nil, mismatch(args[0], kindBool)
		case args[1].kind > kindText:
			return nil, mismatch(args[1], kindText)
		case args[1].kind != args[2].kind:
			return nil, mismatch(args[2], args[1].kind)
		}
		return &node{op: opIf, kind: args[1].kind, args: args}, nil
	case *ast.BuiltinNode:
		return c.call(t.Name, t.Arguments)
	case *ast.CallNode:
		if callee, ok := t.Callee.(*ast.IdentifierNode); ok {
			return c.call(callee.Value, t.Arguments)
		}
	case *ast.NilNode:
		return nil, faultf(`nil is not used here; what was not answered is "", false or 0`)
	}
	return nil, faultf("the expression uses %s, which is not allowed here", construct(tree))
}

// construct is what a part of the language that is left out is called.
func construct(tree ast.Node) string {
	switch tree.(type) {
	case *ast.MemberNode, *ast.ChainNode:
		return "a part of a value (a dot or brackets)"
	case *ast.SliceNode:
		return "a slice"
	case *ast.PredicateNode, *ast.PointerNode:
		return "a loop"
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return "a variable of its own"
	case *ast.ArrayNode:
		return "a list other than after in"
	}
	return "something"
}

func (c *compiler) nodes(trees ...ast.Node) ([]*node, error) {
	out := make([]*node, len(trees))
	for i, tree := range trees {
		n, err := c.node(tree)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func (c *compiler) name(name string) (*node, error) {
	if q := c.words.columns[name]; q != nil {
		return &node{op: opColumn, kind: q.kind(), q: q}, nil
	}
	if q := c.words.questions[name]; q != nil {
		if q.Type == TypeInfo {
			return nil, faultf("%q is a text that asks nothing", name)
		}
		if !slices.Contains(c.uses, q) {
			c.uses = append(c.uses, q)
		}
		return &node{op: opQuestion, kind: q.kind(), q: q}, nil
	}
	switch name {
	case nameToday, nameActing:
		return &node{op: opVariable, kind: kindText, name: name}, nil
	case nameSignedIn:
		return &node{op: opVariable, kind: kindBool, name: name}, nil
	}
	known := slices.Clone(variables)
	for key := range c.words.questions {
		known = append(known, key)
	}
	for key := range c.words.columns {
		known = append(known, key)
	}
	slices.Sort(known)
	return nil, &fault{message: fmt.Sprintf("the expression asks for %q, which is no question before this", name), suggest: Nearest(name, known), unknown: name}
}

// kind is what a question is in expressions.
func (q *question) kind() kind {
	switch q.Type {
	case TypeYesNo, TypeConsent, TypePlace, TypeAddress:
		return kindBool
	case TypeNumber, TypeMoney:
		return kindNumber
	case TypeMulti, TypeFile:
		return kindList
	case TypePerson, TypeOrganisation, TypeChildren, TypeTable:
		return kindRows
	case TypeComputed:
		switch q.As {
		case AsNumber, AsMoney:
			return kindNumber
		case AsYesNo:
			return kindBool
		}
	}
	return kindText
}

func (c *compiler) unary(t *ast.UnaryNode) (*node, error) {
	n, err := c.node(t.Node)
	switch {
	case err != nil:
		return nil, err
	case t.Operator == "!" || t.Operator == "not":
		if n.kind != kindBool {
			return nil, mismatch(n, kindBool)
		}
		return &node{op: "not", kind: kindBool, args: []*node{n}}, nil
	case n.kind != kindNumber:
		return nil, mismatch(n, kindNumber)
	case t.Operator == "+":
		return n, nil
	case n.op == opLiteral:
		return &node{op: opLiteral, kind: kindNumber, lit: value{n: new(big.Rat).Neg(n.lit.n)}}, nil
	}
	return &node{op: opNegate, kind: kindNumber, args: []*node{n}}, nil
}

func (c *compiler) binary(t *ast.BinaryNode) (*node, error) {
	op := t.Operator
	switch op {
	case "&&":
		op = "and"
	case "||":
		op = "or"
	case "in":
		return c.in(t)
	}
	args, err := c.nodes(t.Left, t.Right)
	if err != nil {
		return nil, err
	}
	n := &node{op: op, kind: kindBool, args: args}
	switch op {
	case "and", "or":
		return n, all(args, kindBool)
	case "==", "!=":
		if k := args[0].kind; k != args[1].kind || k > kindText {
			if asked := args[1].op == opQuestion || args[1].op == opColumn; asked && k <= kindText {
				return nil, mismatch(args[1], k)
			}
			return nil, mismatch(args[0], min(args[1].kind, kindText))
		}
		return n, compared(op, args[0], args[1])
	case "<", "<=", ">", ">=":
		if args[0].kind != kindText || args[1].kind != kindText {
			return n, all(args, kindNumber)
		}
		return n, compared(op, args[0], args[1])
	case "+":
		if args[0].kind == kindText {
			n.op, n.kind = opJoin, kindText
			return n, all(args, kindText)
		}
		fallthrough
	case "-", "*":
		n.kind = kindNumber
		return n, all(args, kindNumber)
	case "/", "%":
		n.kind = kindNumber
		if err = all(args, kindNumber); err == nil && !positive(args[1]) {
			err = faultf("what is divided by could be 0; divide by a number, or by max(1, …)")
		}
		return n, err
	case "contains", "startsWith", "endsWith", "matches":
		if err = all(args, kindText); err != nil || op != "matches" {
			return n, err
		}
		if args[1].op != opLiteral {
			return nil, faultf("the pattern after matches must be written out")
		}
		if n.re, err = regexp.Compile(args[1].lit.s); err != nil {
			return nil, faultf("the pattern cannot be read: %v", err)
		}
		return n, nil
	}
	return nil, faultf("the expression uses %s, which is not allowed here", op)
}

// asFault is the fault an error of compileExpression is.
func asFault(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{message: err.Error()}
}
