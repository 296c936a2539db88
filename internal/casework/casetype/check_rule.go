package casetype

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// expression compiles an expression over the questions so far; nil if there is none. of is the key of the question or step it stands
// at, to name the circle if it looks at itself; row has the columns before it in a table.
func (c *checker) expression(at, source string, want kind, of string, row map[string]*question) *program {
	if source == "" {
		return nil
	}
	p, err := compileExpression(source, want, vocabulary{questions: c.ct.byKey, columns: row})
	if err == nil {
		return p
	}
	f := asFault(err)
	issue := Issue{Path: at, Message: f.message, Suggest: f.suggest}
	if circle := c.circle(of, f.unknown); circle != nil {
		issue.Message, issue.Suggest = "the rules go round in a circle: "+strings.Join(circle, " → "), ""
	} else if c.later(f.unknown) {
		issue.Message = fmt.Sprintf("the expression asks for %q, which comes after it; a rule looks only at questions before it, so move one of them", f.unknown)
		issue.Suggest = ""
	}
	c.issues = append(c.issues, issue)
	return nil
}

// later reports whether the form has a question of that name.
func (c *checker) later(name string) bool {
	for _, step := range c.ct.Form.Steps {
		if slices.ContainsFunc(step.Questions, func(q Question) bool { return q.Key == name }) {
			return true
		}
	}
	return false
}

// circle is the way from a question by its rules back to itself, by way of name; nil if there is none.
func (c *checker) circle(from, name string) []string {
	if from == "" || name == "" {
		return nil
	}
	asks := map[string][]string{}
	for _, step := range c.ct.Form.Steps {
		page := stepName(step.Key)
		asks[page] = mentioned(step.VisibleIf)
		for _, q := range step.Questions {
			asks[q.Key] = append(asks[q.Key], page)
			for _, source := range []string{q.VisibleIf, q.RequiredIf, q.Value} {
				asks[q.Key] = append(asks[q.Key], mentioned(source)...)
			}
		}
	}
	var way func(at string, path []string) []string
	seen := map[string]bool{}
	way = func(at string, path []string) []string {
		path = append(path, at)
		if at == from {
			return path
		}
		if seen[at] {
			return nil
		}
		seen[at] = true
		for _, next := range asks[at] {
			if found := way(next, path); found != nil {
				return found
			}
		}
		return nil
	}
	return way(name, []string{from})
}

// stepName is what a step is called among the questions of a circle.
func stepName(key string) string { return "step " + key }

// mentioned are the names in an expression.
func mentioned(source string) []string {
	if source == "" {
		return nil
	}
	tree, err := parse(source)
	if err != nil {
		return nil
	}
	var found names
	ast.Walk(&tree, &found)
	return found
}

type names []string

// Visit is called for each node of the expression.
func (n *names) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		*n = append(*n, id.Value)
	}
}

// rules compiles what looks at the whole form: stops and payment.
func (c *checker) rules() {
	ct := c.ct
	keys := map[string]bool{}
	for i, s := range ct.Form.Stops {
		at := fmt.Sprintf("form.stops[%d]", i)
		c.key(at+".key", s.Key, nameKey, keys, "stop")
		if s.If == "" {
			c.fail(at+".if", "stop %q needs a condition", s.Key)
		}
		ct.stops = append(ct.stops, c.expression(at+".if", s.If, kindBool, "", nil))
		if s.Link != nil {
			c.link(at+".link", *s.Link)
		}
	}
	if ct.Payment != nil {
		ct.amount = c.expression("payment.amount", ct.Payment.Amount, kindNumber, "", nil)
		if ct.Payment.Amount == "" {
			c.fail("payment.amount", "a payment needs an amount in kronor")
		}
	}
}

func (c *checker) link(at string, l Link) {
	switch {
	case (l.Service == "") == (l.Href == ""):
		c.fail(at, "a link needs either service or href")
	case l.Service != "" && !slugKey.MatchString(l.Service):
		c.fail(at+".service", "%q is not the id of a case type", l.Service)
	case l.Href != "" && !slices.ContainsFunc([]string{"https://", "tel:", "mailto:"}, func(p string) bool { return strings.HasPrefix(l.Href, p) && len(l.Href) > len(p) }):
		c.fail(at+".href", "an address begins with https://, tel: or mailto:")
	}
}

func (c *checker) parties() {
	ct := c.ct
	keys, signing := map[string]bool{}, false
	for i, p := range ct.Parties {
		at := fmt.Sprintf("parties[%d]", i)
		c.key(at+".key", p.Key, nameKey, keys, "party")
		signing = signing || p.Signs
		q := ct.byKey[p.Question]
		if q == nil || !slices.Contains(partyTypes, q.Type) {
			c.unknown(at+".question", "person, organisation, children or table question", p.Question, c.keysOf(partyTypes...))
			continue
		}
		switch {
		case q.Type == TypeTable:
			c.partyTable(at+".question", q)
		case p.Signs && q.Type != TypePerson:
			c.fail(at+".signs", "only a person can sign; %q is a %s question", q.Key, q.Type)
		case p.Signs && !q.asks(AskNumber):
			c.fail(at+".signs", "one who signs is known by their number; add number to ask of %q", q.Key)
		}
	}
	s := ct.Sign
	ct.signIf = c.expression("sign.if", s.If, kindBool, "", nil)
	several := s.Mode == SignParallel || s.Mode == SignSequential
	switch {
	case several && s.Deadline.IsZero():
		c.fail("sign.deadline", "say within what time the parties must sign; add deadline: P14D")
	case several && !signing:
		c.fail("sign.mode", "no party signs; add signs: true to one of parties")
	case !several && signing:
		c.fail("sign.mode", "a party signs; say how with mode: parallel or sequential")
	case !several && (!s.Deadline.IsZero() || !s.Reminder.IsZero() || s.If != "" || s.OnTimeout != ""):
		c.fail("sign", "deadline, reminder, onTimeout and if only have a meaning when parties sign")
	case s.Mode != "" && s.Mode != SignNone && ct.Auth.Level != LevelLoA2 && ct.Auth.Level != LevelLoA3:
		c.fail("sign.mode", "signing needs a sign-in with e-identification; set auth.level to loa2 or loa3")
	}
}

// partyTypes are the questions a party can come from.
var partyTypes = []QuestionType{TypePerson, TypeOrganisation, TypeChildren, TypeTable}

// partyTable checks that a table has what a party needs; its number is read as a personnummer.
func (c *checker) partyTable(at string, q *question) {
	for _, name := range []string{"name", "number", "email"} {
		want := TypeText
		if name == "email" {
			want = TypeEmail
		}
		i := slices.IndexFunc(q.columns, func(col *question) bool { return col.Key == name && col.Type == want })
		if i < 0 {
			c.fail(at, "a table of parties needs a column %q of type %s", name, want)
			continue
		}
		q.columns[i].identifies = name == "number"
	}
}

func (c *checker) assignment() {
	ct := c.ct
	ct.rules = make([]*program, len(ct.Assignment))
	for i, rule := range ct.Assignment {
		at := fmt.Sprintf("assignment[%d]", i)
		if (rule.Unit == "") == (rule.Recipient == "") {
			c.fail(at, "a rule needs either unit or recipient")
		}
		if rule.Recipient != "" {
			if q := ct.byKey[rule.Recipient]; q == nil || q.Type != TypeRecipient {
				c.unknown(at+".recipient", "recipient question", rule.Recipient, c.keysOf(TypeRecipient))
			}
		}
		if rule.If != "" {
			ct.rules[i] = c.expression(at+".if", rule.If, kindBool, "", nil)
		} else if rule.Unit != "" && i < len(ct.Assignment)-1 {
			c.fail(at, "the rules after this one are never reached, since it has no condition")
		}
	}
}
