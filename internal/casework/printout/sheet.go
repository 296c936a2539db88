package printout

import (
	"embed"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/paper"
)

// Texts are the words on the paper.
//
//go:embed texts
var Texts embed.FS

// Wanted reports whether the paper belongs in the record of a case type's cases: only of those whose sender is known. What came in without
// a sign-in has nothing that the case does not show, and those are the many; whoever wants it on paper gets it made when asking.
func Wanted(ct *casetype.CaseType) bool {
	return ct.Auth.Level != casetype.LevelNone && slices.ContainsFunc(ct.Documents, func(d casetype.DocumentType) bool { return d.Question == "*" })
}

// FileName is what the paper of a case is called.
func FileName(l *i18n.Localizer, number string) string {
	return l.T("printout.file", "Number", strings.ReplaceAll(number, "/", "-")) + ".pdf"
}

// Sheet is what was handed in, in the words of a language. The view is that of whoever may see the case.
func Sheet(l *i18n.Localizer, town i18n.Text, v cases.CitizenView) paper.Sheet {
	c := v.Case
	s := paper.Sheet{
		Lang: l.Lang(), Sender: town.In(l.Lang()), Title: v.Type.Title.In(l.Lang()), Foot: c.Number, At: c.ReceivedAt,
		Lead: l.T("printout.lead", "Time", l.DateTime(c.ReceivedAt), "Town", town.In(l.Lang()), "Number", c.Number),
	}
	if a := v.Acting; a.Other() {
		s.Parts = append(s.Parts, paper.Heading(l.T("printout.about")), paper.Facts{
			{Name: l.T("printout.acting"), Values: []string{l.T("printout.acting_value", "Principal", a.Name, "Agent", a.Agent)}},
			{Name: l.T("printout.ground"), Values: []string{l.T("printout.ground." + a.Ground)}},
		})
	}
	s.Parts = append(s.Parts, answers(l, v)...)
	if len(v.Events) > 0 {
		s.Parts = append(s.Parts, proofs(l, v.Events[0].Data)...)
	}
	return s
}

// answers are the steps and questions that were shown, as the rules had it on the day.
func answers(l *i18n.Localizer, v cases.CitizenView) []paper.Part {
	signedIn := len(v.Events) > 0 && v.Events[0].Actor != ""
	ct := v.Type.At(casetype.Moment{Today: calendar.DateOf(v.Case.ReceivedAt), Acting: v.Acting.Kind, SignedIn: signedIn})
	in := casetype.Answers(v.Case.Answers)
	var out []paper.Part
	for _, step := range ct.VisibleSteps(in) {
		var parts []paper.Part
		var facts paper.Facts
		for _, q := range ct.VisibleQuestions(step.Key, in) {
			name := q.Label.In(l.Lang())
			switch {
			case q.Type == casetype.TypeInfo:
			case q.Rows != nil && ct.Rows(q, in) > 0:
				t := paper.Table{}
				for _, column := range ct.Columns(q) {
					t.Columns = append(t.Columns, column.Label.In(l.Lang()))
				}
				for row := 1; row <= ct.Rows(q, in); row++ {
					t.Rows = append(t.Rows, ct.DisplayRow(q, v.Case.Answers, row, l.Lang()))
				}
				parts = append(parts, paper.Paragraph(name), t)
			default:
				if values := words(l, ct, q, v); len(values) > 0 {
					facts = append(facts, paper.Fact{Name: name, Values: values})
				}
			}
		}
		if len(facts) > 0 {
			parts = append([]paper.Part{facts}, parts...)
		}
		if len(parts) > 0 {
			out = append(append(out, paper.Heading(step.Title.In(l.Lang()))), parts...)
		}
	}
	return out
}

// words are one answer as people read it.
func words(l *i18n.Localizer, ct *casetype.CaseType, q *casetype.Question, v cases.CitizenView) []string {
	values := ct.Display(q, v.Case.Answers, l.Lang())
	switch {
	case q.Type == casetype.TypeYesNo, q.Type == casetype.TypeConsent, q.Type == casetype.TypeComputed && q.As == casetype.AsYesNo:
		if len(values) == 1 {
			return []string{l.T("casetype." + values[0])}
		}
	case q.Type == casetype.TypeFile:
		var names []string
		for _, d := range v.Documents {
			if slices.Contains(values, d.Document) {
				names = append(names, d.Name)
			}
		}
		return names
	}
	return values
}

// proofs are signatures and payments.
func proofs(l *i18n.Localizer, d cases.EventData) []paper.Part {
	var out []paper.Part
	if len(d.Signatures) > 0 {
		t := paper.Table{Columns: []string{l.T("printout.name"), l.T("printout.state"), l.T("printout.when")}}
		for _, x := range d.Signatures {
			when := ""
			if !x.At.IsZero() {
				when = l.DateTime(x.At)
			}
			t.Rows = append(t.Rows, []string{x.Name, l.T("printout.state." + string(x.State)), when})
		}
		out = append(out, paper.Heading(l.T("printout.signed")), t)
	}
	if len(d.Payments) > 0 {
		t := paper.Table{Columns: []string{l.T("printout.amount"), l.T("printout.reference"), l.T("printout.when")}}
		for _, x := range d.Payments {
			t.Rows = append(t.Rows, []string{amount(l, x.Amount), x.Ref, l.DateTime(x.At)})
		}
		out = append(out, paper.Heading(l.T("printout.paid")), t)
	}
	return out
}

// amount is kronor and öre as people write them.
func amount(l *i18n.Localizer, a money.Amount) string {
	if l.Lang() == i18n.SV {
		return strings.Replace(a.String(), ".", ",", 1) + " kr"
	}
	return "SEK " + a.String()
}
