package ruling

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Ask gives the fields of a decision's document, after the words of the decision on the desk's page.
func (m *Module) Ask(v *office.Visit, view cases.OfficerView, typed url.Values, fault func(string) string) ([]templ.Component, error) {
	ct := view.Type
	get := func(name string) string { return typed.Get(name) }
	out := []templ.Component{
		ui.Textarea{Field: ui.Field{Name: "motivering", Label: v.T("ruling.ask.reasons"), Hint: v.T("ruling.ask.reasons_hint"), Optional: true, Error: fault("motivering")}, Value: get("motivering"), Rows: 8, Max: maxText},
	}
	var grounds []ui.Option
	for i, l := range ct.LegalBasis {
		key := strconv.Itoa(i)
		grounds = append(grounds, ui.Option{Value: key, Label: l.String(), Hint: l.Why.In(v.Lang()), Chosen: slices.Contains(typed["grund"], key)})
	}
	out = append(out, ui.Checkboxes{Field: ui.Field{Name: "grund", Label: v.T("ruling.ask.grounds"), Hint: v.T("ruling.ask.grounds_hint"), Optional: true, Error: fault("grund")}, Options: grounds},
		ui.Textarea{Field: ui.Field{Name: "grunder", Label: v.T("ruling.ask.more_grounds"), Hint: v.T("ruling.ask.a_line_each"), Optional: true, Error: fault("grunder")}, Value: get("grunder"), Rows: 2})

	without := []ui.Option{{Value: "", Label: v.T("ruling.ask.without_no"), Chosen: get("utan") == ""}}
	for _, x := range Exemptions() {
		without = append(without, ui.Option{Value: string(x), Label: v.T("ruling.without." + string(x)), Chosen: get("utan") == string(x)})
	}
	var against []ui.Option
	for n, p := range view.Parties {
		if p.Ground != "" {
			continue
		}
		key := strconv.Itoa(n)
		against = append(against, ui.Option{Value: key, Label: partyName(v, p, n), Chosen: slices.Contains(typed["emot"], key)})
	}
	more := []templ.Component{ui.Radios{Field: ui.Field{Name: "utan", Label: v.T("ruling.ask.without"), Error: fault("utan")}, Options: without}}
	if len(against) > 0 {
		more = append(more, ui.Checkboxes{Field: ui.Field{Name: "emot", Label: v.T("ruling.ask.against"), Hint: v.T("ruling.ask.against_hint"), Optional: true, Error: fault("emot")}, Options: against})
	}
	for _, f := range []string{"foredragande", "medverkande", "avvikande"} {
		more = append(more, ui.Textarea{Field: ui.Field{Name: f, Label: v.T("ruling.ask." + f), Hint: v.T("ruling.ask." + f + "_hint"), Optional: true, Error: fault(f)}, Value: get(f), Rows: 2})
	}
	change, err := m.askChange(v, view, typed, fault)
	if err != nil {
		return nil, err
	}
	more = append(more, change...)
	open := false
	for _, f := range []string{"utan", "emot", "foredragande", "medverkande", "avvikande", "andrar", "regel", "nackdel"} {
		open = open || fault(f) != "" || get(f) != ""
	}
	out = append(out, m.proposals(v, view), ui.With(ui.Details{Summary: v.T("ruling.ask.more"), Open: open}, more...))
	return out, nil
}

// askChange asks whether an earlier decision is put right or changed (FL 36-39 §§), when there is one.
func (m *Module) askChange(v *office.Visit, view cases.OfficerView, typed url.Values, fault func(string) string) ([]templ.Component, error) {
	if len(view.Decisions) == 0 {
		return nil, nil
	}
	list, err := m.Of(v.Ctx(), view.Case.ID)
	if err != nil {
		return nil, err
	}
	options := []ui.Option{{Value: "", Label: v.T("ruling.ask.changes_no"), Chosen: typed.Get("andrar") == ""}}
	for _, r := range list {
		if r.Changed == "" && r.DismissedOf == "" {
			options = append(options, ui.Option{Value: r.Decision, Label: v.T("ruling.ask.changes_one", "Title", r.Title, "Day", v.L.Date(r.Day)), Chosen: typed.Get("andrar") == r.Decision})
		}
	}
	if len(options) == 1 {
		return nil, nil
	}
	var rules []ui.Option
	for _, x := range Rules() {
		rules = append(rules, ui.Option{Value: string(x), Label: v.T("ruling.rule." + string(x)), Chosen: typed.Get("regel") == string(x)})
	}
	worse := []ui.Option{{Value: "", Label: v.T("ruling.ask.worse_no"), Chosen: typed.Get("nackdel") == ""}, {Value: "ja", Label: v.T("ruling.ask.worse_yes"), Chosen: typed.Get("nackdel") == "ja"}}
	for _, x := range Detriments() {
		worse = append(worse, ui.Option{Value: string(x), Label: v.T("ruling.detriment." + string(x)), Chosen: typed.Get("nackdel") == string(x)})
	}
	return []templ.Component{
		ui.Radios{Field: ui.Field{Name: "andrar", Label: v.T("ruling.ask.changes"), Error: fault("andrar")}, Options: options},
		ui.Radios{Field: ui.Field{Name: "regel", Label: v.T("ruling.ask.rule"), Optional: true, Error: fault("regel")}, Options: rules},
		ui.Radios{Field: ui.Field{Name: "nackdel", Label: v.T("ruling.ask.worse"), Error: fault("nackdel")}, Options: worse},
	}, nil
}

// partyName is what to call a party.
func partyName(v *office.Visit, p cases.Party, n int) string {
	if p.Name != "" {
		return p.Name
	}
	return v.T("ruling.party", "N", n+1)
}

// Decide makes the decision as it was typed. What can be put right is told at its field.
func (m *Module) Decide(v *office.Visit, view cases.OfficerView, on cases.On, r cases.Ruling, typed url.Values) ([]ui.FieldError, error) {
	making, faults := wordsOf(v, view, r, typed)
	if len(faults) > 0 {
		return faults, nil
	}
	_, err := m.Service.Decide(v.Ctx(), v.Who, on, making)
	field, words := wrong(v, err)
	if words == nil {
		return nil, err
	}
	for _, w := range words {
		faults = append(faults, ui.FieldError{Field: cmpField(field, w.field), Message: w.text})
	}
	return faults, nil
}

func cmpField(all, own string) string {
	if own != "" {
		return own
	}
	return all
}

// worded is something wrong, at a field.
type worded struct{ field, text string }

// wrong puts an error of making a decision in words; nil words for one that is not about what was typed.
func wrong(v *office.Visit, err error) (field string, words []worded) {
	var lack *LackError
	var delegation *DelegationError
	var change *ChangeError
	switch {
	case errors.As(err, &lack):
		fields := map[Lack]string{LackText: "text", LackReasons: "motivering", LackGrounds: "grund", LackDeciders: "beslut", LackDissent: "avvikande", LackExempt: "utan", LackTextBlank: "text", LackReasonsBlank: "motivering"}
		for _, l := range lack.Lacks {
			words = append(words, worded{fields[l], v.T("ruling.lack." + string(l))})
		}
		return "text", words
	case errors.As(err, &delegation):
		role := delegation.Role
		if r, ok := v.Dir.Role(delegation.Role); ok {
			role = r.Name.In(v.Lang())
		}
		if !delegation.Ended.IsZero() {
			return "beslut", []worded{{"beslut", v.T("ruling.delegation_ended", "Ref", delegation.Ref, "Role", role, "Day", v.L.Date(delegation.Ended))}}
		}
		return "beslut", []worded{{"beslut", v.T("ruling.not_delegated", "Ref", delegation.Ref, "Role", role)}}
	case errors.As(err, &change):
		return "andrar", []worded{{"andrar", v.T("ruling.change."+change.Why, "Section", change.Section)}}
	case errors.Is(err, ErrMandate):
		return "beslut", []worded{{"beslut", v.T("ruling.mandate_ended")}}
	case errors.Is(err, ErrDay):
		return "text", []worded{{"text", v.T("ruling.day_changed")}}
	}
	return "", nil
}

// wordsOf reads what was typed.
func wordsOf(v *office.Visit, view cases.OfficerView, r cases.Ruling, typed url.Values) (Making, []ui.FieldError) {
	var faults []ui.FieldError
	m := Making{Ruling: r, Words: Words{Text: r.Text, Reasons: oneForm(typed.Get("motivering")), Without: Exemption(typed.Get("utan"))}}
	if m.Words.Without != "" && !slices.Contains(Exemptions(), m.Words.Without) {
		m.Words.Without = ""
	}
	for i, l := range view.Type.LegalBasis {
		if slices.Contains(typed["grund"], strconv.Itoa(i)) {
			m.Words.Grounds = append(m.Words.Grounds, GroundOf(l))
		}
	}
	for _, line := range lines(typed.Get("grunder")) {
		m.Words.Grounds = append(m.Words.Grounds, Ground{Text: line})
	}
	m.Words.Rapporteurs, m.Words.Present = lines(typed.Get("foredragande")), lines(typed.Get("medverkande"))
	for _, line := range lines(typed.Get("avvikande")) {
		name, text, _ := strings.Cut(line, ":")
		m.Words.Dissents = append(m.Words.Dissents, Dissent{strings.TrimSpace(name), strings.TrimSpace(text)})
	}
	if list := typed["emot"]; len(list) > 0 {
		m.Against = []int{}
		for _, x := range list {
			if n, err := strconv.Atoi(x); err == nil && n >= 0 && n < len(view.Parties) {
				m.Against = append(m.Against, n)
			}
		}
	}
	if m.Changes = typed.Get("andrar"); m.Changes != "" {
		m.Change.Rule = Rule(typed.Get("regel"))
		if worse := typed.Get("nackdel"); worse != "" {
			m.Change.Worse, m.Change.Detriment = true, Detriment(worse)
		}
	}
	for _, field := range []string{"motivering", "grunder", "foredragande", "medverkande", "avvikande"} {
		if n := len([]rune(typed.Get(field))); n > maxText {
			faults = append(faults, ui.FieldError{Field: field, Message: v.T("ruling.too_long", "Max", v.L.Number(maxText))})
		}
	}
	return m, faults
}

func oneForm(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

// lines are the lines of a text that say something.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(oneForm(s)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// proposals are the words that the case type proposes, to copy.
func (m *Module) proposals(v *office.Visit, view cases.OfficerView) templ.Component {
	day := v.L.Date(v.Today())
	var facts []ui.Fact
	for i := range view.Type.Decisions {
		d := &view.Type.Decisions[i]
		if text, reasons := proposed(view, d, day); text != "" || reasons != "" {
			facts = append(facts, ui.Fact{Name: d.Title.In(v.Lang()), Values: compact(text, reasons)})
		}
	}
	if len(facts) == 0 {
		return templ.NopComponent
	}
	return ui.With(ui.Details{Summary: v.T("ruling.ask.proposals")}, ui.Summary{Narrow: true, Facts: facts})
}

func compact(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// proposed puts the case type's proposal for a decision in words of the case, for a page that offers it.
func proposed(view cases.OfficerView, d *casetype.Decision, day string) (text, reasons string) {
	party := ""
	if len(view.Parties) > 0 && !view.Case.Protected {
		party = view.Parties[0].Name
	}
	c := view.Case
	return fill(d.Wording.Text.In(i18n.SV), c.Number, c.Subject, party, day), fill(d.Wording.Reasons.In(i18n.SV), c.Number, c.Subject, party, day)
}
