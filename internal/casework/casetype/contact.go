package casetype

import (
	"strings"
	"unicode"

	"dygnet/internal/kernel/civic"
)

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

// asks reports whether a person or organisation question asks for a part.
func (q *question) asks(part PersonPart) bool {
	for _, p := range q.ask {
		if p == part {
			return true
		}
	}
	return false
}

// person wants each part that is asked for; of e-mail and telephone one is enough. When it is optional nothing is wanted, and a way to
// be reached without a name will do; but what is given must be right.
func (a *answer) person() {
	q, key := a.q, a.q.Key
	faults := len(a.faults)
	values := map[string]string{}
	for _, field := range q.inputs {
		values[field], _ = a.line(field, false, q.max)
	}
	if len(a.faults) > faults {
		return
	}
	if q.asks(AskName) {
		a.part(key+PartName, values, nil)
	}
	if q.asks(AskNumber) {
		read := a.personNumber
		if q.Type == TypeOrganisation {
			read = a.organisationNumber
		}
		a.part(key+PartNumber, values, read)
	}
	if q.asks(AskAddress) {
		a.post(values)
	}
	email, phone := key+PartEmail, key+PartPhone
	if q.asks(AskEmail) && q.asks(AskPhone) {
		if values[email] == "" && values[phone] == "" && a.needed {
			a.fault(email, ErrContact, nil)
		}
		defer func(needed bool) { a.needed = needed }(a.needed)
		a.needed = false
	}
	if q.asks(AskEmail) {
		a.part(email, values, a.email)
	}
	if q.asks(AskPhone) {
		a.part(phone, values, a.phone)
	}
}

// part keeps one part of an answer, read by read.
func (a *answer) part(field string, values map[string]string, read func(field, s string) (string, bool)) {
	s := values[field]
	if s == "" {
		a.missing(field)
		return
	}
	if read != nil {
		var ok bool
		if s, ok = read(field, s); !ok {
			return
		}
	}
	a.keep(field, s)
}

// post keeps a postal address: all of it, or when it need not be given nothing.
func (a *answer) post(values map[string]string) {
	street, code, town := a.q.Key+PartStreet, a.q.Key+PartCode, a.q.Key+PartTown
	defer func(needed bool) { a.needed = needed }(a.needed)
	a.needed = a.needed || values[street] != "" || values[code] != "" || values[town] != ""
	a.part(street, values, nil)
	a.part(code, values, a.postcode)
	a.part(town, values, nil)
}

func (a *answer) postcode(field, s string) (string, bool) {
	p, err := civic.ParsePostnummer(s)
	return string(p), a.check(field, ErrPostcode, err == nil)
}

// personNumber keeps the twelve digits of a personnummer or samordningsnummer.
func (a *answer) personNumber(field, s string) (string, bool) {
	n, err := civic.Parse(s, a.ct.moment.Today)
	return n.String(), a.check(field, ErrPersonNumber, err == nil && n.IsPerson())
}

// organisationNumber keeps the ten digits of an organisationsnummer. A sole trader (enskild firma) has the personnummer of the one who
// runs it, twelve digits.
func (a *answer) organisationNumber(field, s string) (string, bool) {
	n, err := civic.Parse(s, a.ct.moment.Today)
	if !a.check(field, ErrOrganisationNumber, err == nil) {
		return "", false
	}
	if n.IsPerson() {
		return n.String(), true
	}
	return strings.TrimPrefix(n.String(), "16"), true
}

// formatCivic writes a personnummer or organisationsnummer as people do.
func (ct *CaseType) formatCivic(s string) string {
	if n, err := civic.Parse(s, ct.moment.Today); err == nil {
		return n.Format()
	}
	return s
}
