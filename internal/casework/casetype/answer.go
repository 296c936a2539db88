package casetype

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dygnet/internal/kernel/calendar"
)

// answer reads the answer to one question into clean.
type answer struct {
	ct     *CaseType
	q      *question
	in     Answers
	clean  Clean
	faults FieldErrors
}

func (a *answer) read() {
	q := a.q
	switch q.Type {
	case TypeInfo:
	case TypePlace:
		a.place()
	case TypePerson:
		a.person()
	case TypeMulti:
		a.multi()
	case TypeFile:
		a.files()
	default:
		s, ok := a.line(q.Key, q.Type == TypeTextarea, q.max)
		switch {
		case !ok:
		case s == "":
			a.missing(q.Key)
		default:
			if s, ok = a.single(s); ok {
				a.clean[q.Key] = []string{s}
			}
		}
	}
}

// single checks an answer of one value by its type and gives it in its one form.
func (a *answer) single(s string) (string, bool) {
	q := a.q
	switch q.Type {
	case TypeEmail:
		return a.email(q.Key, s)
	case TypePhone:
		return a.phone(q.Key, s)
	case TypeDate:
		return a.date(s)
	case TypeChoice:
		return s, a.check(q.Key, ErrOption, slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == s }))
	case TypeYesNo:
		return s, a.check(q.Key, ErrOption, s == yes || s == no)
	case TypeConsent:
		return s, a.check(q.Key, ErrOption, s == yes)
	case TypeRecipient:
		return s, a.check(q.Key, ErrRecipient, a.ct.accepts(q.Question, s))
	}
	if n := utf8.RuneCountInString(s); n < q.min {
		a.fault(q.Key, ErrTooShort, map[string]int{"Min": q.min, "Length": n})
		return "", false
	}
	if q.pattern != nil && !q.pattern.MatchString(s) {
		a.faults = append(a.faults, FieldError{Question: q.Key, Field: q.Key, Code: ErrPattern, Own: q.Validate.Message})
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
	s = norm.NFC.String(strings.TrimSpace(s))
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

func (a *answer) fault(field string, code Code, params map[string]int) {
	a.faults = append(a.faults, FieldError{Question: a.q.Key, Field: field, Code: code, Params: params})
}

func (a *answer) check(field string, code Code, ok bool) bool {
	if !ok {
		a.fault(field, code, nil)
	}
	return ok
}

func (a *answer) missing(field string) {
	if !a.q.Optional {
		a.fault(field, ErrRequired, nil)
	}
}

// email accepts what can be delivered to: one @, a local part without space or quoting, a domain with a dot (letters of any
// alphabet, RFC 6531).
func (a *answer) email(field, s string) (string, bool) {
	local, domain, _ := strings.Cut(s, "@")
	ok := local != "" && len(local) <= 64 && len(s) <= maxEmail && !strings.ContainsAny(s, " \t\u00a0\"(),:;<>[\\]") &&
		!strings.Contains(domain, "@") && strings.Contains(domain, ".") && !strings.Contains(s, "..") &&
		!strings.HasPrefix(local, ".") && !strings.HasSuffix(local, ".")
	for label := range strings.SplitSeq(domain, ".") {
		ok = ok && label != "" && len(label) <= 63 && !strings.HasPrefix(label, "-") && !strings.HasSuffix(label, "-") &&
			strings.IndexFunc(label, func(r rune) bool {
				return r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
			}) < 0
	}
	return s, a.check(field, ErrEmail, ok)
}

// phone accepts a number as people write it and keeps its digits: 0701234567, +46701234567.
func (a *answer) phone(field, s string) (string, bool) {
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "00") {
		s = strings.Replace(s, "(0)", "", 1)
	}
	var b strings.Builder
	ok := true
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case unicode.IsSpace(r), strings.ContainsRune("-‐‑–/().", r):
		default:
			ok = false
		}
	}
	s = b.String()
	if strings.HasPrefix(s, "00") {
		s = "+" + s[2:]
	}
	digits := strings.TrimPrefix(s, "+")
	ok = ok && len(digits) >= 5 && len(digits) <= 15 && (s[0] != '+' || digits[0] != '0') // ITU-T E.164: at most 15, no country code begins with 0
	return s, a.check(field, ErrPhone, ok)
}

// date accepts 2026-11-23 and 20261123.
func (a *answer) date(s string) (string, bool) {
	if len(s) == 8 && !strings.Contains(s, "-") {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	d, err := calendar.ParseDate(s)
	return d.String(), a.check(a.q.Key, ErrDate, err == nil && d.Year() >= 1800 && d.Year() <= 2200)
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

// place wants an address, a point or words; a point needs both its numbers.
func (a *answer) place() {
	key := a.q.Key
	address, ok1 := a.line(key+PartAddress, false, maxLine)
	words, ok2 := a.line(key+PartText, true, a.q.max)
	lat, ok3 := a.line(key+PartLat, false, maxPhone)
	lon, ok4 := a.line(key+PartLon, false, maxPhone)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return
	}
	if lat != "" || lon != "" {
		y, okY := degrees(lat, 90)
		x, okX := degrees(lon, 180)
		if !okY || !okX {
			field := key + PartLat
			if okY {
				field = key + PartLon
			}
			a.fault(field, ErrCoordinates, nil)
			return
		}
		a.clean[key+PartLat], a.clean[key+PartLon] = []string{y}, []string{x}
	} else if address == "" && words == "" {
		a.missing(key + PartAddress)
		return
	}
	a.keep(key+PartAddress, address)
	a.keep(key+PartText, words)
}

// degrees reads degrees with point or comma and writes them with six decimals.
func degrees(s string, limit float64) (string, bool) {
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > limit {
		return "", false
	}
	if f = math.Round(f*1e6) / 1e6; f == 0 {
		f = 0 // no minus zero
	}
	return coordinate(f), true
}

// person wants a name and a way to be reached, or, when it is optional, nothing; a way without a name will do then.
func (a *answer) person() {
	key := a.q.Key
	name, ok1 := a.line(key+PartName, false, maxLine)
	email, ok2 := a.line(key+PartEmail, false, maxEmail)
	phone, ok3 := a.line(key+PartPhone, false, maxPhone)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	if email != "" {
		if email, ok2 = a.email(key+PartEmail, email); ok2 {
			a.keep(key+PartEmail, email)
		}
	}
	if phone != "" {
		if phone, ok3 = a.phone(key+PartPhone, phone); ok3 {
			a.keep(key+PartPhone, phone)
		}
	}
	a.keep(key+PartName, name)
	if name == "" {
		a.missing(key + PartName)
	}
	if email == "" && phone == "" && ok2 && ok3 && !a.q.Optional {
		a.fault(key+PartEmail, ErrContact, nil)
	}
}

func (a *answer) keep(field, value string) {
	if value != "" {
		a.clean[field] = []string{value}
	}
}
