package casetype

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"dygnet/internal/kernel/i18n"
)

// Destination is where a matter goes first: to a unit, or to the recipient it is addressed to.
type Destination struct {
	Unit      string    // key of a unit; empty when Recipient is set
	Recipient Recipient // zero when Unit is set
}

// Route gives the destination of accepted answers: the first assignment rule that holds, or the owner's unit. A matter addressed to
// the municipality goes to the owner's unit.
func (ct *CaseType) Route(c Clean) Destination {
	s := scope{ct: ct, clean: c}
	for i, rule := range ct.Assignment {
		if p := ct.rules[i]; p != nil && !s.holds(p) {
			continue
		}
		if rule.Unit != "" {
			return Destination{Unit: rule.Unit}
		}
		if r, ok := c.Recipient(rule.Recipient); ok && r.Kind != ToMunicipality {
			return Destination{Recipient: r}
		}
	}
	return Destination{Unit: ct.Owner.Unit}
}

// UrgentFor lists what the chosen options say cannot wait for a case.
func (ct *CaseType) UrgentFor(in Answers) []*Urgent {
	var out []*Urgent
	for _, q := range ct.questions {
		if q.Type != TypeChoice && q.Type != TypeMulti && q.Type != TypeTree {
			continue
		}
		for _, v := range in[q.Key] {
			if o := q.option(v); o != nil && o.Urgent != nil {
				out = append(out, o.Urgent)
			}
		}
	}
	return out
}

// placeholder is {key} in a subject template.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// maxInSubject is how much of an answer a subject takes, in characters.
const maxInSubject = 80

// Subject is the ärendemening of accepted answers: "i korthet vad handlingen rör" (OSL 5 kap. 2 §). Answers that are missing leave
// nothing behind, not even the punctuation before them.
func (ct *CaseType) Subject(c Clean, l i18n.Lang) string {
	const space = " ,:;–-"
	template, at := ct.Registry.Subject.In(l), 0
	var b strings.Builder
	for _, m := range placeholder.FindAllStringSubmatchIndex(template, -1) {
		q := ct.byKey[template[m[2]:m[3]]]
		parts := ct.Display(q.Question, c, l)
		if q.Type == TypeOrganisation {
			parts = organisationName(c, q.Key)
		}
		value := short(strings.Join(strings.Fields(strings.Join(parts, ", ")), " "))
		before := template[at:m[0]]
		if value == "" {
			before = strings.TrimRight(before, space)
		}
		b.WriteString(before + value)
		at = m[1]
	}
	b.WriteString(template[at:])
	return strings.Trim(b.String(), space)
}

// organisationName is the name of an organisation, but not of a sole trader, whose number is a personnummer and name perhaps their own.
func organisationName(c Clean, key string) []string {
	p, _ := c.Person(key)
	if len(p.Number) > len("5560360793") {
		return nil
	}
	return compact(p.Name)
}

func short(s string) string {
	if utf8.RuneCountInString(s) <= maxInSubject {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:maxInSubject-1])) + "…"
}
