package casetype

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// answer reads the answer to one question, or to one cell of a table, into clean.
type answer struct {
	ct       *CaseType
	q        *question
	question string // key of the question in the form, for faults
	field    string // name of the field of the form: the key, or key.3.column
	into     string // name in clean; for a cell the rows are numbered without holes
	needed   bool   // must be answered
	rows     int    // of a table: the last row with something in it
	in       Answers
	clean    Clean
	faults   FieldErrors
}

func (a *answer) read() {
	q := a.q
	switch q.Type {
	case TypeInfo:
	case TypePlace:
		a.place()
	case TypeAddress:
		a.address()
	case TypePerson, TypeOrganisation:
		a.person()
	case TypeDateTime:
		a.dateTime()
	case TypeMulti:
		a.multi()
	case TypeFile:
		a.files()
	case TypeTable, TypeChildren:
		a.table()
	case TypeComputed:
		a.computed("")
	default:
		s, ok := a.line(a.field, q.Type == TypeTextarea, q.max)
		switch {
		case !ok:
		case s == "":
			a.missing(a.field)
		default:
			if s, ok = a.single(s); ok {
				a.clean[a.into] = []string{s}
			}
		}
	}
}

// single checks an answer of one value by its type and gives it in its one form.
func (a *answer) single(s string) (string, bool) {
	q := a.q
	switch q.Type {
	case TypeEmail:
		return a.email(a.field, s)
	case TypePhone:
		return a.phone(a.field, s)
	case TypeNumber:
		return a.number(s)
	case TypeMoney:
		return a.amount(s)
	case TypeDate:
		return a.date(s)
	case TypeProperty:
		return a.property(s)
	case TypeChoice:
		return s, a.check(a.field, ErrOption, slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == s }))
	case TypeTree:
		return s, a.leaf(s)
	case TypeYesNo:
		return s, a.check(a.field, ErrOption, s == yes || s == no)
	case TypeConsent:
		return s, a.check(a.field, ErrOption, s == yes)
	case TypeRecipient:
		return s, a.check(a.field, ErrRecipient, a.ct.accepts(q.Question, s))
	}
	if q.identifies {
		return a.personNumber(a.field, s)
	}
	if n := utf8.RuneCountInString(s); n < q.min {
		a.fault(a.field, ErrTooShort, map[string]int{"Min": q.min, "Length": n})
		return "", false
	}
	if q.pattern != nil && !q.pattern.MatchString(s) {
		a.fault(a.field, ErrPattern, nil)
		return "", false
	}
	return s, true
}

// accepts reports whether s is a recipient the question allows, and that exists if that is known.
func (ct *CaseType) accepts(q *Question, s string) bool {
	r, ok := ParseRecipient(s)
	if !ok || !slices.Contains(q.Recipients, r.Kind) {
		return false
	}
	if ct.bound == nil {
		return true
	}
	_, ok = ct.bound[s]
	return ok
}

// line gives the one value of a field: valid UTF-8 in NFC without surrounding space, lines ended by LF, at most limit characters.
// It reports false after a fault.
func (a *answer) line(field string, lines bool, limit int) (string, bool) {
	var s string
	for _, v := range a.in[field] {
		v, ok := a.text(field, v, lines, limit)
		if !ok {
			return "", false
		}
		if s != "" && v != "" && v != s {
			a.fault(field, ErrTooMany, map[string]int{"Max": 1})
			return "", false
		}
		if v != "" {
			s = v
		}
	}
	return s, true
}

func (a *answer) text(field, s string, lines bool, limit int) (string, bool) {
	if len(s) > 64*limit+1024 { // cannot be short enough; do not spend time on it
		a.fault(field, ErrTooLong, map[string]int{"Max": limit, "Length": utf8.RuneCountInString(s)})
		return "", false
	}
	if !utf8.ValidString(s) {
		a.fault(field, ErrEncoding, nil)
		return "", false
	}
	if lines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	s = norm.NFC.String(strings.TrimSpace(strings.Map(visible, s)))
	for _, r := range s {
		if unicode.IsControl(r) && (!lines || r != '\n' && r != '\t') {
			a.fault(field, ErrEncoding, nil)
			return "", false
		}
	}
	if n := utf8.RuneCountInString(s); n > limit {
		a.fault(field, ErrTooLong, map[string]int{"Max": limit, "Length": n})
		return "", false
	}
	return s, true
}

// visible leaves out the marks that turn the direction of what is read, byte order marks and spaces without width: they come along unseen
// when a telephone number is pasted, and could make a name read as another.
func visible(r rune) rune {
	switch {
	case r == '\u200b', r == '\u200e', r == '\u200f', '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069', r == '\ufeff':
		return -1
	}
	return r
}

// own are the codes that the file's own words are for.
var own = []Code{ErrPattern, ErrMin, ErrMax, ErrCondition}

func (a *answer) fault(field string, code Code, params map[string]int) {
	a.add(FieldError{Field: field, Code: code, Params: params})
}

// limit is the fault of an answer beyond a limit, a number or a day.
func (a *answer) limit(code Code, limit string) {
	a.add(FieldError{Field: a.field, Code: code, Limit: limit})
}

func (a *answer) add(e FieldError) {
	e.Question, e.Type = a.question, a.q.Type
	if slices.Contains(own, e.Code) && a.q.Validate.Message != nil {
		e.Own = a.q.Validate.Message
	}
	a.faults = append(a.faults, e)
}

func (a *answer) check(field string, code Code, ok bool) bool {
	if !ok {
		a.fault(field, code, nil)
	}
	return ok
}

func (a *answer) missing(field string) {
	if a.needed {
		a.fault(field, ErrRequired, nil)
	}
}

func (a *answer) keep(field, value string) {
	if value != "" {
		a.clean[field] = []string{value}
	}
}

// multi keeps the chosen options in the order of the file, each once.
func (a *answer) multi() {
	q := a.q
	for _, v := range a.in[q.Key] {
		if v != "" && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == v }) {
			a.fault(q.Key, ErrOption, nil)
			return
		}
	}
	var chosen []string
	for _, o := range q.Options {
		if slices.Contains(a.in[q.Key], o.Value) {
			chosen = append(chosen, o.Value)
		}
	}
	if chosen == nil {
		a.missing(q.Key)
		return
	}
	a.clean[q.Key] = chosen
}

// files keeps the references, each once.
func (a *answer) files() {
	q := a.q
	var refs []string
	for _, v := range a.in[q.Key] {
		switch {
		case v == "" || slices.Contains(refs, v):
		case !fileRef.MatchString(v):
			a.fault(q.Key, ErrFile, nil)
			return
		case len(refs) == q.max:
			a.fault(q.Key, ErrTooMany, map[string]int{"Max": q.max})
			return
		default:
			refs = append(refs, v)
		}
	}
	if refs == nil {
		a.missing(q.Key)
		return
	}
	a.clean[q.Key] = refs
}

// computed works out the value; what was posted is not looked at.
func (a *answer) computed(row string) {
	s := scope{ct: a.ct, clean: a.clean, row: row}
	v, ok := s.eval(a.q.value)
	text := ""
	if ok {
		text, ok = made(a.q.As, v)
	}
	if a.check(a.field, ErrTooLarge, ok) {
		a.keep(a.into, text)
	}
}
