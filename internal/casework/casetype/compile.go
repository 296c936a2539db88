package casetype

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
)

// CaseType is a definition in working order. It is never changed, so many may use it at once.
type CaseType struct {
	Definition

	steps     []*program           // visibleIf of each step; nil: always
	questions []*question          // in the order of the form
	byKey     map[string]*question // by question key
	byInput   map[string]*question // by field name, without those of tables
	hasTables bool
	rules     []*program        // of Assignment; nil: always
	stops     []*program        // of Form.Stops
	amount    *program          // of Payment; nil: none
	signIf    *program          // of Sign; nil: always
	moment    Moment            // what answers are judged by
	bound     map[string]Option // recipients by value; nil: not known yet
	listed    []Option          // the same in order
}

// question is a question, or a column of a table, with what was computed from it once.
type question struct {
	*Question
	step        string
	page        int // index of the step
	inputs      []string
	visible     *program // nil: always
	required    *program // requiredIf; nil: never
	own         *program // validate.if; nil: none
	value       *program // of computed
	pattern     *regexp.Regexp
	min         int
	max         int // characters, or number of files
	least, most *big.Rat
	first, last *dayLimit
	ask         []PersonPart
	leaves      []Option
	columns     []*question
	identifies  bool // a text that is a personnummer: the number of a table that is parties
}

// Default lengths in characters, and the number of files.
const (
	maxLine     = 200
	maxTextarea = 5000
	maxFiles    = 5
	maxEmail    = 254 // RFC 5321 4.5.3.1.3, less the brackets
	maxPhone    = 40
)

// Issue is one thing wrong with a definition.
type Issue struct {
	Path    string // where, by the keys of the file: form.steps[1].questions[0].visibleIf
	Message string
	Suggest string // what was perhaps meant, empty if nothing is near
}

// Compile checks a definition and makes it work. It returns either a case type or all the issues, never both.
// The definition must not be changed afterwards.
func Compile(def Definition) (*CaseType, []Issue) {
	c := assemble(def)
	c.publishing()
	if len(c.issues) == 0 {
		c.reachable()
	}
	return c.done()
}

// Restore makes a definition work that was published before. It is not held to what publishing asks for today, which may be more than
// it was then: a published version never changes, and its cases live on.
func Restore(def Definition) (*CaseType, []Issue) { return assemble(def).done() }

// assemble makes the case type and notes what keeps its parts from working.
func assemble(def Definition) *checker {
	ct := &CaseType{Definition: def, byKey: map[string]*question{}, byInput: map[string]*question{}}
	ct.moment = Moment{Today: def.ValidFrom, Acting: ForSelf}
	c := &checker{ct: ct}
	c.form()
	c.rules()
	c.parties()
	c.assignment()
	c.subject()
	c.lifecycle()
	c.demands()
	return c
}

// publishing notes what is wrong with a definition that would work.
func (c *checker) publishing() {
	c.identity()
	c.window()
	c.disclosure()
	c.again()
	c.texts()
	c.pages()
	c.outcomes()
	c.documents()
}

func (c *checker) done() (*CaseType, []Issue) {
	if len(c.issues) > 0 {
		return nil, c.issues
	}
	return c.ct, nil
}

// WithRecipients returns the case type with the recipients that exist now, by value ("body:KS"), in the order of the list.
// Without them any well-formed recipient is accepted. Kinds a question does not allow are left out there.
func (ct *CaseType) WithRecipients(list []Option) *CaseType {
	bound := *ct
	bound.listed = slices.Clone(list)
	bound.bound = make(map[string]Option, len(list))
	for _, o := range list {
		bound.bound[o.Value] = o
	}
	return &bound
}

// Question gives a question by key, nil if there is none.
func (ct *CaseType) Question(key string) *Question {
	if q := ct.byKey[key]; q != nil {
		return q.Question
	}
	return nil
}

// Choices are the options of a choice, multi or recipient question.
func (ct *CaseType) Choices(q *Question) []Option {
	if q.Type != TypeRecipient {
		return q.Options
	}
	var out []Option
	for _, o := range ct.listed {
		if r, ok := ParseRecipient(o.Value); ok && slices.Contains(q.Recipients, r.Kind) {
			out = append(out, o)
		}
	}
	return out
}

// Step gives a step by key, nil if there is none.
func (ct *CaseType) Step(key string) *Step {
	for i := range ct.Form.Steps {
		if ct.Form.Steps[i].Key == key {
			return &ct.Form.Steps[i]
		}
	}
	return nil
}

// VisibleSteps are the steps to go through with these answers: those in which some question is shown.
func (ct *CaseType) VisibleSteps(in Answers) []*Step {
	return ct.View(in).Steps()
}

// VisibleQuestions are the questions of a step that are shown with these answers.
func (ct *CaseType) VisibleQuestions(step string, in Answers) []*Question {
	return ct.View(in).Questions(step)
}

// WithStep returns draft with the answers of one step replaced by posted: what is not among posted is gone, so a table has the rows that
// were posted. Fields of other steps in posted are left out.
func (ct *CaseType) WithStep(draft Answers, step string, posted Answers) Answers {
	out := maps.Clone(draft)
	if out == nil {
		out = Answers{}
	}
	of := func(field string) bool {
		q := ct.owner(field)
		return q != nil && q.step == step && q.Type != TypeComputed
	}
	maps.DeleteFunc(out, func(field string, _ []string) bool { return of(field) })
	for field, values := range posted {
		if of(field) {
			out[field] = values
		}
	}
	return out
}
