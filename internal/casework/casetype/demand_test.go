package casetype

import (
	"strings"
	"testing"

	"dygnet/internal/kernel/i18n"
)

// demanding is the sample with a checklist, properties, and moves and decisions that ask for them.
func demanding() Definition {
	d := sample()
	d.Statuses[1].Checklist = []Item{{Key: "ritning", Text: tx("Ritningen är granskad"), Required: true}, {Key: "besok", Text: tx("Platsen är besökt")}}
	d.Properties = []Property{
		{Key: "area", Label: tx("Area"), Type: NumberProperty}, {Key: "klass", Label: tx("Klass"), Type: ChoiceProperty,
			Options: []Option{{Value: "a", Label: tx("A")}, {Value: "b", Label: tx("B")}}},
		{Key: "dag", Label: tx("Dag"), Type: DateProperty}, {Key: "ord", Label: tx("Ord"), Type: TextProperty},
	}
	d.Transitions = []Move{
		{From: []string{"inkommen"}, To: "pagar", Documents: []string{"foto"}, Properties: []string{"area"}},
		{From: []string{"pagar"}, To: "klar", Requires: []Requirement{NeedDecision, NeedChecklist, NeedApproval}, Properties: []string{"klass"}},
		{From: []string{"klar"}, To: "pagar", Requires: []Requirement{NeedNote}},
	}
	d.Decisions[0].Requires, d.Decisions[0].Properties = []Requirement{NeedApproval}, []string{"dag"}
	return d
}

func TestWhatAMoveAsksForIsOfTheCaseType(t *testing.T) {
	for _, x := range []struct {
		name, path, says, suggest string
		change                    func(*Definition)
	}{
		{"item twice", "statuses[1].checklist[1].key", "twice", "", func(d *Definition) { d.Statuses[1].Checklist[1].Key = "ritning" }},
		{"item in one language", "statuses[1].checklist[0].text", "en", "", func(d *Definition) { d.Statuses[1].Checklist[0].Text = i18n.Text{i18n.SV: "x"} }},
		{"checklist where there is none", "transitions[0].from[0]", "has none", "", func(d *Definition) { d.Transitions[0].Requires = []Requirement{NeedChecklist} }},
		{"checklist of nothing required", "transitions[1].from[0]", "something required", "", func(d *Definition) { d.Statuses[1].Checklist[0].Required = false }},
		{"no such document type", "transitions[0].documents[0]", `"fota"`, "foto", func(d *Definition) { d.Transitions[0].Documents[0] = "fota" }},
		{"no such property", "transitions[0].properties[0]", `"arae"`, "area", func(d *Definition) { d.Transitions[0].Properties[0] = "arae" }},
		{"no such property of a decision", "decisions[0].properties[0]", `"dagen"`, "dag", func(d *Definition) { d.Decisions[0].Properties[0] = "dagen" }},
		{"a move that requires law", "transitions[0].requires[0]", "decisions", "", func(d *Definition) { d.Transitions[0].Requires = []Requirement{NeedLaw} }},
		{"a decision that requires a decision", "decisions[0].requires[0]", "not", "", func(d *Definition) { d.Decisions[0].Requires[0] = NeedDecision }},
		{"property twice", "properties[1].key", "twice", "", func(d *Definition) { d.Properties[1].Key = "area" }},
		{"choice of one", "properties[1].options", "two options", "", func(d *Definition) { d.Properties[1].Options = d.Properties[1].Options[:1] }},
		{"options of a number", "properties[0].options", "only have a meaning", "", func(d *Definition) { d.Properties[0].Options = d.Properties[1].Options }},
		{"option twice", "properties[1].options[1].value", "twice", "", func(d *Definition) { d.Properties[1].Options[1].Value = "a" }},
		{"options below options", "properties[1].options[0]", "value and a label", "", func(d *Definition) { d.Properties[1].Options[0].Options = d.Properties[1].Options[1:] }},
	} {
		d := demanding()
		x.change(&d)
		_, issues := Compile(d)
		found := false
		for _, i := range issues {
			found = found || i.Path == x.path && strings.Contains(i.Message, x.says) && i.Suggest == x.suggest
		}
		if !found {
			t.Errorf("%s: no issue at %s that says %q: %v", x.name, x.path, x.says, issues)
		}
	}
	if _, issues := Compile(demanding()); len(issues) > 0 {
		t.Error(issues)
	}
}

func TestAPropertyHasOneForm(t *testing.T) {
	ct, issues := Compile(demanding())
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	for _, x := range []struct {
		key, typed, value, shown string
		code                     Code
	}{
		{"area", " 1 200,50 ", "1200.5", "1 200,5", ""}, {"area", "-0", "0", "0", ""}, {"area", "många", "", "", ErrNumber}, {"area", "", "", "", ErrRequired},
		{"area", strings.Repeat("1", 41), "", "", ErrNumber}, {"klass", "a", "a", "A", ""}, {"klass", "c", "", "", ErrOption}, {"dag", "2026-11-23", "2026-11-23", "23 november 2026", ""},
		{"dag", "2026-02-30", "", "", ErrDate}, {"ord", " hej ", "hej", "hej", ""}, {"ord", "a\x00b", "", "", ErrEncoding}, {"ord", strings.Repeat("ö", 1001), "", "", ErrTooLong},
	} {
		p := ct.Property(x.key)
		value, code := p.Accept(x.typed)
		if value != x.value || code != x.code {
			t.Errorf("%s %q: %q %q", x.key, x.typed, value, code)
		} else if code == "" {
			if shown := strings.ReplaceAll(p.Show(value, i18n.SV), "\u00a0", " "); shown != x.shown {
				t.Errorf("%s %q is shown as %q", x.key, x.typed, shown)
			}
		}
	}
}

func TestWhatIsAskedForIsADifference(t *testing.T) {
	old, changed := demanding(), demanding()
	changed.Statuses[1].Checklist[0].Required = false
	changed.Statuses[1].Checklist[1].Required = true
	changed.Properties[0].Label = tx("Yta")
	changed.Transitions[0].Documents = nil
	changed.Decisions[0].Requires = nil
	want := []string{
		"statuses[pagar].checklist[ritning].required", "statuses[pagar].checklist[besok].required", "transitions[0].documents",
		"properties[area].label.sv", "properties[area].label.en", "decisions[atgardat].requires",
	}
	var got []string
	for _, c := range Diff(old, changed) {
		got = append(got, c.Path)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the differences are %q", got)
	}
}
