package casetype

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"
)

// Shapes of keys. Question keys are names in expressions; the others are parts of addresses.
var (
	slugKey      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	questionKey  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	optionValue  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	recipientKey = regexp.MustCompile(`^[A-Za-z0-9ÅÄÖåäö][A-Za-z0-9ÅÄÖåäö_-]{0,99}$`)
	fileRef      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	mediaType    = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)
)

// reserved are question keys that expressions need for themselves.
var reserved = []string{"and", "or", "not", "in", "matches", "contains", "true", "false", "nil", "len", "let", "if", "else"}

// checker collects what is wrong with a definition and fills in the case type on the way.
type checker struct {
	ct     *CaseType
	issues []Issue
}

func (c *checker) fail(path, format string, args ...any) {
	c.issues = append(c.issues, Issue{Path: path, Message: fmt.Sprintf(format, args...)})
}

// unknown says that word is not among known, and what was perhaps meant.
func (c *checker) unknown(path, what, word string, known []string) {
	c.issues = append(c.issues, Issue{Path: path, Message: fmt.Sprintf("there is no %s %q", what, word), Suggest: Nearest(word, known)})
}

func (c *checker) key(path, key string, shape *regexp.Regexp, seen map[string]bool, what string) {
	switch {
	case !shape.MatchString(key):
		c.fail(path, "%s %q must be lower-case a-z and digits, beginning with a letter (%s)", what, key, shape)
	case seen[key]:
		c.fail(path, "%s %q is used twice", what, key)
	}
	seen[key] = true
}

func (c *checker) identity() {
	ct := c.ct
	if !slugKey.MatchString(ct.ID) {
		c.fail("id", "id %q must be lower-case a-z, digits and hyphens (%s)", ct.ID, slugKey)
	}
	if ct.Version < 1 {
		c.fail("version", "version must be 1 or higher, not %d", ct.Version)
	}
	if !ct.ValidTo.IsZero() && ct.ValidTo.Before(ct.ValidFrom) {
		c.fail("validTo", "validTo %s is before validFrom %s", ct.ValidTo, ct.ValidFrom)
	}
	if len(ct.LegalBasis) == 0 {
		c.fail("legalBasis", "at least one legal basis is needed")
	}
	switch {
	case !slices.ContainsFunc(ct.ContactWays, func(w Way) bool { return !w.Digital() }):
		c.fail("contactWays", "all contact ways are digital; add phone, visit or letter (S2-M1-2)")
	case len(ct.ContactWays) < 2:
		c.fail("contactWays", "there must be at least two contact ways (S2-M1-2)")
	}
	if ct.Secrecy.Default == Presumed && len(ct.Secrecy.Provisions) == 0 {
		c.fail("confidentiality.provisions", "presumed secrecy needs the provision it rests on")
	}
	if ct.Auth.Anonymous && ct.Auth.Level != LevelNone {
		c.fail("auth.anonymous", "an anonymous matter cannot ask for the level %q; use none", ct.Auth.Level)
	}
	if len(ct.Examples) == 0 {
		c.fail("examples", "at least one example is needed")
	}
	names := map[string]bool{}
	for i, e := range ct.Examples {
		if names[e.Name] {
			c.fail(fmt.Sprintf("examples[%d].name", i), "example %q is given twice", e.Name)
		}
		names[e.Name] = true
	}
}

func (c *checker) form() {
	if len(c.ct.Form.Steps) == 0 {
		c.fail("form.steps", "the form has no steps")
	}
	steps, keys := map[string]bool{}, map[string]bool{}
	for i := range c.ct.Form.Steps {
		step := &c.ct.Form.Steps[i]
		at := fmt.Sprintf("form.steps[%d]", i)
		c.key(at+".key", step.Key, slugKey, steps, "step")
		if len(step.Questions) == 0 {
			c.fail(at+".questions", "step %q has no questions", step.Key)
		}
		for j := range step.Questions {
			q := &question{Question: &step.Questions[j], step: step.Key}
			at := fmt.Sprintf("%s.questions[%d]", at, j)
			c.key(at+".key", q.Key, questionKey, keys, "question")
			if slices.Contains(reserved, q.Key) {
				c.fail(at+".key", "question %q has a name that expressions need; choose another", q.Key)
				continue
			}
			c.question(at, q)
			q.inputs = q.Inputs()
			c.ct.questions = append(c.ct.questions, q)
			c.ct.byKey[q.Key] = q
			for _, name := range q.inputs {
				c.ct.byInput[name] = q
			}
			if z := q.zero(); z != nil {
				c.ct.env[q.Key] = z // after the question's own visibleIf: it may only look back
			}
		}
	}
}

func (c *checker) question(at string, q *question) {
	if q.VisibleIf != "" {
		q.visible = c.expression(at+".visibleIf", q.VisibleIf)
	}
	choice, text := q.Type == TypeChoice || q.Type == TypeMulti, q.Type == TypeText || q.Type == TypeTextarea
	c.only(at+".options", "options", "choice and multi", len(q.Options) > 0, choice)
	c.only(at+".recipients", "recipients", "recipient", len(q.Recipients) > 0, q.Type == TypeRecipient)
	c.only(at+".files", "files", "file", q.Files != nil, q.Type == TypeFile)
	values := map[string]bool{}
	for i, o := range q.Options {
		c.key(fmt.Sprintf("%s.options[%d].value", at, i), o.Value, optionValue, values, "option")
	}
	if q.Files != nil {
		q.max = q.Files.Max
		if q.Files.Max < 1 || q.Files.MaxMB < 1 || len(q.Files.Accept) == 0 {
			c.fail(at+".files", "files must allow at least one file, one megabyte and one media type")
		}
		for i, m := range q.Files.Accept {
			if !mediaType.MatchString(m) {
				c.fail(fmt.Sprintf("%s.files.accept[%d]", at, i), "%q is not a media type such as image/jpeg", m)
			}
		}
	}
	c.limits(at+".validate", q, text)
}

// only says that a key is missing where it must be, or stands where it means nothing.
func (c *checker) only(at, key, types string, given, needed bool) {
	switch {
	case needed && !given:
		c.fail(at, "%s questions need %s", types, key)
	case given && !needed:
		c.fail(at, "%s only has a meaning for %s questions", key, types)
	}
}

func (c *checker) limits(at string, q *question, text bool) {
	v := q.Validate
	if !text && (v.MinLength != 0 || v.MaxLength != 0 && q.Type != TypePlace || v.Pattern != "" || v.Message != nil) {
		c.fail(at, "validate only has a meaning for text and textarea questions (maxLength also for place)")
		return
	}
	switch {
	case q.Type == TypeFile:
	case v.MaxLength != 0:
		q.max = v.MaxLength
	case q.Type == TypeTextarea:
		q.max = maxTextarea
	case q.Type == TypeEmail:
		q.max = maxEmail
	default:
		q.max = maxLine
	}
	q.min = v.MinLength
	if v.MinLength < 0 || v.MaxLength < 0 || q.min > q.max && text {
		c.fail(at, "the shortest allowed answer (%d) is longer than the longest (%d)", q.min, q.max)
	}
	if v.Pattern != "" {
		p, err := regexp.Compile(`^(?:` + v.Pattern + `)$`)
		if err != nil {
			c.fail(at+".pattern", "the pattern cannot be read: %v", err)
		}
		q.pattern = p
	} else if v.Message != nil {
		c.fail(at+".message", "a message without a pattern is never shown")
	}
}

func (c *checker) expression(at, source string) *vm.Program {
	p, err := compileExpression(source, c.ct.env)
	if err != nil {
		issue := Issue{Path: at, Message: err.Error()}
		if name := unknownName.FindStringSubmatch(err.Error()); name != nil {
			issue.Message = fmt.Sprintf("the expression asks for %q, which is no question before this", name[1])
			issue.Suggest = Nearest(name[1], slices.Sorted(maps.Keys(c.ct.env)))
		}
		c.issues = append(c.issues, issue)
	}
	return p
}

// unknownName is how the expression language says that a name is not known.
var unknownName = regexp.MustCompile(`unknown name (\S+)`)

func (c *checker) assignment() {
	ct := c.ct
	ct.rules = make([]*vm.Program, len(ct.Assignment))
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
			ct.rules[i] = c.expression(at+".if", rule.If)
		} else if rule.Unit != "" && i < len(ct.Assignment)-1 {
			c.fail(at, "the rules after this one are never reached, since it has no condition")
		}
	}
}

func (c *checker) keysOf(t QuestionType) []string {
	var keys []string
	for _, q := range c.ct.questions {
		if q.Type == t {
			keys = append(keys, q.Key)
		}
	}
	return keys
}

func (c *checker) subject() {
	for _, l := range slices.Sorted(maps.Keys(c.ct.Registry.Subject)) {
		at := "registry.subject." + string(l)
		for _, m := range placeholder.FindAllStringSubmatch(c.ct.Registry.Subject[l], -1) {
			q := c.ct.byKey[m[1]]
			switch {
			case q == nil:
				c.unknown(at, "question", m[1], slices.Sorted(maps.Keys(c.ct.byKey)))
			case q.Type == TypePerson || q.Type == TypeEmail || q.Type == TypePhone || q.Sensitive:
				c.fail(at, "the subject may not hold %q, which says who someone is or is sensitive", q.Key)
			case q.Type == TypeFile || q.Type == TypeInfo || q.Type == TypeConsent || q.Type == TypeYesNo:
				c.fail(at, "the subject cannot hold %q, a %s question", q.Key, q.Type)
			}
		}
	}
}

func (c *checker) lifecycle() {
	ct := c.ct
	if len(ct.Statuses) == 0 {
		c.fail("statuses", "the case type has no statuses")
		return
	}
	seen := map[string]bool{}
	final := false
	var keys []string
	for i, s := range ct.Statuses {
		at := fmt.Sprintf("statuses[%d]", i)
		c.key(at+".key", s.Key, slugKey, seen, "status")
		keys = append(keys, s.Key)
		final = final || s.Final
		if s.Final != (s.Content == Closed) {
			c.fail(at+".final", "status %q: what is final has content closed, and what is closed is final", s.Key)
		}
	}
	if ct.Statuses[0].Content != Received {
		c.fail("statuses[0].content", "the first status is where a new case stands; its content must be received")
	}
	if !final {
		c.fail("statuses", "no status is final, so no case could ever be closed")
	}
	c.moves(seen, keys)
	c.reach(final)
}

// moves checks that each transition leads from somewhere to somewhere, once.
func (c *checker) moves(statuses map[string]bool, keys []string) {
	pairs := map[[2]string]bool{}
	for i, m := range c.ct.Transitions {
		at := fmt.Sprintf("transitions[%d]", i)
		if !statuses[m.To] {
			c.unknown(at+".to", "status", m.To, keys)
		}
		for j, from := range m.From {
			if !statuses[from] {
				c.unknown(fmt.Sprintf("%s.from[%d]", at, j), "status", from, keys)
			}
			if pairs[[2]string{from, m.To}] || from == m.To {
				c.fail(fmt.Sprintf("%s.from[%d]", at, j), "the change from %q to %q is given twice or leads nowhere", from, m.To)
			}
			pairs[[2]string{from, m.To}] = true
		}
		if m.Needs(NeedDecision) && len(c.ct.Decisions) == 0 {
			c.fail(at+".requires", "a decision is required but the case type has no decisions")
		}
	}
}

// reach checks that every status can be reached from the first, and a final one from every status.
func (c *checker) reach(final bool) {
	ct := c.ct
	forward, back := map[string][]string{}, map[string][]string{}
	for _, m := range ct.Transitions {
		for _, from := range m.From {
			forward[from] = append(forward[from], m.To)
			back[m.To] = append(back[m.To], from)
		}
	}
	reached := closure(forward, ct.Statuses[0].Key)
	var ends []string
	for _, s := range ct.Statuses {
		if s.Final {
			ends = append(ends, s.Key)
		}
	}
	closes := closure(back, ends...)
	for i, s := range ct.Statuses {
		at := fmt.Sprintf("statuses[%d]", i)
		if !reached[s.Key] {
			c.fail(at, "status %q can never be reached from %q", s.Key, ct.Statuses[0].Key)
		}
		if final && !closes[s.Key] {
			c.fail(at, "from status %q no final status can be reached", s.Key)
		}
	}
}

// closure is what can be reached from the starts, themselves among it.
func closure(edges map[string][]string, starts ...string) map[string]bool {
	reached := map[string]bool{}
	for queue := starts; len(queue) > 0; {
		at := queue[0]
		queue = queue[1:]
		if !reached[at] {
			reached[at] = true
			queue = append(slices.Clone(queue), edges[at]...)
		}
	}
	return reached
}

func (c *checker) outcomes() {
	ct := c.ct
	results, decisions := map[string]bool{}, map[string]bool{}
	if len(ct.Results) == 0 {
		c.fail("results", "at least one result with its retention is needed")
	}
	for i, r := range ct.Results {
		at := fmt.Sprintf("results[%d]", i)
		c.key(at+".key", r.Key, slugKey, results, "result")
		if strings.TrimSpace(r.Authority) == "" {
			c.fail(at+".authority", "retention needs the decision it rests on (arkivlagen 10 §)")
		}
		switch {
		case r.Nomination == Discard && r.After.IsZero():
			c.fail(at, "result %q is to be discarded but not after how long; add after: P2Y", r.Key)
		case r.Nomination == Preserve && !r.After.IsZero():
			c.fail(at+".after", "result %q is preserved for ever; after has no meaning", r.Key)
		}
	}
	for i, d := range ct.Decisions {
		at := fmt.Sprintf("decisions[%d]", i)
		c.key(at+".key", d.Key, slugKey, decisions, "decision")
		if !results[d.Result] {
			c.unknown(at+".result", "result", d.Result, slices.Sorted(maps.Keys(results)))
		}
		if d.Appeal.Type == NoAppeal && !d.Appeal.Within.IsZero() {
			c.fail(at+".appeal.within", "what cannot be appealed has no time for it")
		}
		if d.Appeal.Type != NoAppeal && d.Appeal.Within.IsZero() {
			c.fail(at+".appeal", "an appeal needs the time for it; add within: P3W")
		}
	}
	if ct.Deadlines.Acknowledge.IsZero() || ct.Deadlines.Target.IsZero() {
		c.fail("deadlines", "acknowledge and target must be periods such as P1B and P10B")
	}
}
