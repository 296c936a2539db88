package casetype

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
)

func (c *checker) form() {
	ct := c.ct
	if len(ct.Form.Steps) == 0 {
		c.fail("form.steps", "the form has no steps")
	}
	if ct.Form.Days < 0 || ct.Form.Days > 365 {
		c.fail("form.days", "a draft is kept 1 to 365 days; 0 is 30")
	}
	steps, keys := map[string]bool{}, map[string]bool{}
	for i := range ct.Form.Steps {
		step := &ct.Form.Steps[i]
		at := fmt.Sprintf("form.steps[%d]", i)
		c.key(at+".key", step.Key, slugKey, steps, "step")
		if len(step.Questions) == 0 {
			c.fail(at+".questions", "step %q has no questions", step.Key)
		}
		ct.steps = append(ct.steps, c.expression(at+".visibleIf", step.VisibleIf, kindBool, stepName(step.Key), nil))
		for j := range step.Questions {
			q := &question{Question: &step.Questions[j], step: step.Key, page: i}
			at := fmt.Sprintf("%s.questions[%d]", at, j)
			c.key(at+".key", q.Key, questionKey, keys, "question")
			if slices.Contains(reserved, q.Key) {
				c.fail(at+".key", "question %q has a name that expressions need; choose another", q.Key)
				continue
			}
			c.question(at, q, nil)
			c.add(at, q)
		}
	}
}

// add puts a question among those that can be asked for by what comes after it, and by its own validate.if.
func (c *checker) add(at string, q *question) {
	ct := c.ct
	q.inputs = q.Inputs()
	if q.Type == TypeComputed {
		q.inputs = []string{q.Key}
	}
	ct.questions = append(ct.questions, q)
	ct.byKey[q.Key] = q
	for _, name := range q.inputs {
		ct.byInput[name] = q
	}
	ct.hasTables = ct.hasTables || q.repeats()
	q.own = c.expression(at+".validate.if", q.Validate.If, kindBool, "", nil)
}

// question checks one question, or a column when row has the columns before it.
func (c *checker) question(at string, q *question, row map[string]*question) {
	q.visible = c.expression(at+".visibleIf", q.VisibleIf, kindBool, q.Key, row)
	q.required = c.expression(at+".requiredIf", q.RequiredIf, kindBool, q.Key, row)
	if q.RequiredIf != "" && !q.Optional {
		c.fail(at+".requiredIf", "a question that is not optional must always be answered; add optional: true")
	}
	choice, computed := slices.Contains([]QuestionType{TypeChoice, TypeMulti, TypeTree}, q.Type), q.Type == TypeComputed
	c.only(at+".options", "options", "choice, multi and tree", len(q.Options) > 0, choice)
	c.only(at+".recipients", "recipients", "recipient", len(q.Recipients) > 0, q.Type == TypeRecipient)
	c.only(at+".files", "files", "file", q.Files != nil, q.Type == TypeFile)
	c.only(at+".rows", "rows", "table and children", q.Rows != nil, q.repeats())
	c.only(at+".value", "value", "computed", q.Value != "", computed)
	c.only(at+".as", "as", "computed", q.As != "", computed)
	if q.ask = q.Parts(); len(q.Ask) > 0 && q.ask == nil {
		c.fail(at+".ask", "ask only has a meaning for person and organisation questions")
	}
	if q.Unit != nil && q.Type != TypeNumber && q.As != AsNumber {
		c.fail(at+".unit", "unit only has a meaning for number questions")
	}
	if want := prefilled[q.Prefill]; q.Prefill != "" && !slices.Contains(want, q.Type) {
		c.fail(at+".prefill", "a %s question cannot be filled in from %q; that fits %v", q.Type, q.Prefill, want)
	}
	c.options(at+".options", q, q.Options, map[string]bool{})
	q.leaves = q.Leaves()
	c.files(at+".files", q)
	if q.Rows != nil && q.repeats() {
		c.rows(at+".rows", q)
	}
	if computed && q.Value != "" {
		q.value = c.expression(at+".value", q.Value, valueKinds[q.As], q.Key, row)
	}
	c.limits(at+".validate", q)
}

// valueKinds are the kinds of computed values in expressions.
var valueKinds = map[ValueKind]kind{AsNumber: kindNumber, AsMoney: kindNumber, AsText: kindText, AsYesNo: kindBool}

// prefilled are the questions that can be filled in beforehand.
var prefilled = map[Prefill][]QuestionType{
	FromMe:           {TypePerson, TypeAddress, TypeEmail, TypePhone, TypeText},
	FromPrincipal:    {TypePerson, TypeOrganisation},
	FromOrganisation: {TypeOrganisation},
	FromChildren:     {TypeChildren},
	FromPage:         {TypeText, TypeTextarea, TypeChoice, TypePlace, TypeProperty},
}

func (c *checker) options(at string, q *question, options []Option, values map[string]bool) {
	for i, o := range options {
		at := fmt.Sprintf("%s[%d]", at, i)
		c.key(at+".value", o.Value, optionValue, values, "option")
		if len(o.Options) > 0 && q.Type != TypeTree {
			c.fail(at+".options", "options below an option only have a meaning for tree questions")
		}
		c.options(at+".options", q, o.Options, values)
	}
}

func (c *checker) files(at string, q *question) {
	if q.Files == nil {
		return
	}
	q.max = q.Files.Max
	if q.Files.Max < 1 || q.Files.MaxMB < 1 || len(q.Files.Accept) == 0 {
		c.fail(at, "files must allow at least one file, one megabyte and one media type")
	}
	for i, m := range q.Files.Accept {
		if !mediaType.MatchString(m) {
			c.fail(fmt.Sprintf("%s.accept[%d]", at, i), "%q is not a media type such as image/jpeg", m)
		}
	}
}

// inRow are the types that a column can have.
var inRow = []QuestionType{TypeText, TypeEmail, TypePhone, TypeNumber, TypeMoney, TypeDate, TypeYesNo, TypeChoice, TypeComputed}

func (c *checker) rows(at string, q *question) {
	r := q.Rows
	if r.Max < 1 || r.Max > maxRows || r.Min < 0 || r.Min > r.Max {
		c.fail(at, "there may be 1 to %d rows, and min no more than max", maxRows)
	}
	keys, row := map[string]bool{}, map[string]*question{}
	add := func(col *question) {
		q.columns = append(q.columns, col)
		row[col.Key] = col
	}
	if q.Type == TypeChildren {
		for _, child := range childColumns() {
			keys[child.Key] = true
			add(&question{Question: &child, step: q.step, page: q.page, max: maxLine, identifies: child.Key == "number"})
		}
	}
	for i := range r.Columns {
		col := &question{Question: &r.Columns[i], step: q.step, page: q.page}
		at := fmt.Sprintf("%s.columns[%d]", at, i)
		c.key(at+".key", col.Key, questionKey, keys, "column")
		if slices.Contains(reserved, col.Key) {
			c.fail(at+".key", "column %q has a name that expressions need; choose another", col.Key)
			continue
		}
		if !slices.Contains(inRow, col.Type) {
			c.fail(at+".type", "a column cannot be of type %s; use one of %v", col.Type, inRow)
			continue
		}
		if col.VisibleIf != "" || col.Prefill != "" {
			c.fail(at, "visibleIf and prefill have no meaning for a column; every row asks the same")
		}
		c.question(at, col, row)
		add(col)
		col.own = c.expression(at+".validate.if", col.Validate.If, kindBool, "", row)
	}
	if !slices.ContainsFunc(q.columns, func(col *question) bool { return col.Type != TypeComputed }) {
		c.fail(at+".columns", "a table needs a column to fill in")
		q.columns = nil
	}
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

func (c *checker) limits(at string, q *question) {
	v := q.Validate
	text := q.Type == TypeText || q.Type == TypeTextarea
	number := q.Type == TypeNumber || q.Type == TypeMoney
	dated := q.Type == TypeDate || q.Type == TypeDateTime
	switch {
	case !text && (v.MinLength != 0 || v.MaxLength != 0 && q.Type != TypePlace || v.Pattern != ""):
		c.fail(at, "a length or pattern only has a meaning for text and textarea questions (maxLength also for place)")
	case !number && !dated && (v.Min != "" || v.Max != ""):
		c.fail(at, "a lowest or highest value only has a meaning for number, money, date and datetime questions")
	case q.Type != TypeNumber && v.Decimals != 0:
		c.fail(at+".decimals", "decimals only has a meaning for number questions; money has two")
	case v.Decimals < 0 || v.Decimals > maxDecimals:
		c.fail(at+".decimals", "a number can have 0 to %d decimals", maxDecimals)
	case v.If != "" && q.Type == TypeInfo:
		c.fail(at+".if", "an info asks nothing that could be checked")
	case v.If != "" && v.Message == nil:
		c.fail(at+".message", "say in message what to do when the condition does not hold")
	case v.Message != nil && v.Pattern == "" && v.Min == "" && v.Max == "" && v.If == "":
		c.fail(at+".message", "a message without pattern, min, max or if is never shown")
	}
	c.lengths(at, q, text)
	if number {
		c.interval(at, q)
	}
	if dated {
		c.days(at, q)
	}
}

func (c *checker) lengths(at string, q *question, text bool) {
	v := q.Validate
	switch {
	case q.Type == TypeFile:
	case v.MaxLength != 0:
		q.max = v.MaxLength
	case q.Type == TypeTextarea:
		q.max = maxTextarea
	case q.Type == TypeEmail || q.Type == TypePerson || q.Type == TypeOrganisation:
		q.max = maxEmail
	default:
		q.max = maxLine
	}
	q.min = v.MinLength
	if v.MinLength < 0 || v.MaxLength < 0 || v.MaxLength > maxLimit || q.min > q.max && text {
		c.fail(at, "the shortest allowed answer (%d) is longer than the longest (%d, at most %d)", q.min, q.max, maxLimit)
	}
	if v.Pattern != "" {
		p, err := regexp.Compile(`^(?:` + v.Pattern + `)$`)
		if err != nil {
			c.fail(at+".pattern", "the pattern cannot be read: %v", err)
		}
		q.pattern = p
	}
}

// maxLimit is the longest answer a file may allow, in characters.
const maxLimit = 20000

// interval reads the limits of a number.
func (c *checker) interval(at string, q *question) {
	read := func(at, s string) *big.Rat {
		n, ok := decimal(s)
		if !ok {
			c.fail(at, "%q is not a decimal number such as 12.5", s)
		}
		return n
	}
	q.least = new(big.Rat)
	if q.Validate.Min != "" {
		q.least = read(at+".min", q.Validate.Min)
	}
	if q.Validate.Max != "" {
		q.most = read(at+".max", q.Validate.Max)
	}
	if q.least != nil && q.most != nil && q.least.Cmp(q.most) > 0 {
		c.fail(at, "min (%s) is more than max (%s); min is 0 if it is not given", q.least.RatString(), q.most.RatString())
	}
}

// days reads the limits of a date.
func (c *checker) days(at string, q *question) {
	read := func(at, s string) *dayLimit {
		if s == "" {
			return nil
		}
		d, ok := parseDayLimit(s)
		if !ok {
			c.fail(at, "%q is not a date such as 2026-11-23, or today with a period such as today-P18Y (not business days)", s)
		}
		return d
	}
	q.first, q.last = read(at+".min", q.Validate.Min), read(at+".max", q.Validate.Max)
	if today := c.ct.ValidFrom; q.first != nil && q.last != nil && q.first.on(today).After(q.last.on(today)) {
		c.fail(at, "min is after max")
	}
}

func (c *checker) keysOf(types ...QuestionType) []string {
	var keys []string
	for _, q := range c.ct.questions {
		if slices.Contains(types, q.Type) {
			keys = append(keys, q.Key)
		}
	}
	return keys
}
