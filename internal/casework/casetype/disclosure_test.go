package casetype

import (
	"strings"
	"testing"
)

func TestTF_2_18_RequestsForDocumentsAskNobodyWhoTheyAre(t *testing.T) {
	base := func() Definition {
		d := sample()
		d.Form.Steps[0].Questions = append(d.Form.Steps[0].Questions,
			Question{Key: "handling", Type: TypeTextarea, Label: tx("Vad?"), Optional: true},
			Question{Key: "satt", Type: TypeChoice, Label: tx("Hur?"), Optional: true, Options: []Option{{Value: "har", Label: tx("Här")}, {Value: "epost", Label: tx("E-post")}}})
		d.Auth = Auth{Level: LevelNone, Anonymous: true}
		d.Disclosure = &Disclosure{Wanted: "handling", Way: "satt", Ways: []string{"har", "epost"}, Answer: Reply{tx("Här."), tx("Utan delar, {lagrum}."), tx("Med villkor {forbehall}, {lagrum}."), tx("Nej, {lagrum}."), tx("Begär beslut.")}}
		return d
	}
	if _, issues := Compile(base()); len(issues) > 0 {
		t.Fatal(issues)
	}
	for _, c := range []struct {
		path, want string
		change     func(*Definition)
	}{
		{"auth.anonymous", "who they are", func(d *Definition) { d.Auth.Anonymous = false }},
		{"disclosure.wanted", `"handlingar"`, func(d *Definition) { d.Disclosure.Wanted = "handlingar" }},
		{"disclosure.wanted", "textarea", func(d *Definition) { d.Disclosure.Wanted = "satt" }},
		{"disclosure.ways[1]", `"post"`, func(d *Definition) { d.Disclosure.Ways[1] = "post" }},
		{"disclosure.ways", "at least one", func(d *Definition) { d.Disclosure.Ways = nil }},
		{"disclosure.email", "email", func(d *Definition) { d.Disclosure.Email = "handling" }},
		{"disclosure.answer.refused.sv", "{lagrum}", func(d *Definition) { d.Disclosure.Answer.Refused = tx("Nej.") }},
		{"disclosure.holder", `"agare"`, func(d *Definition) { d.Disclosure.Holder = "agare" }},
	} {
		d := base()
		c.change(&d)
		_, issues := Compile(d)
		found := false
		for _, i := range issues {
			found = found || i.Path == c.path && strings.Contains(i.Message, c.want)
		}
		if !found {
			t.Errorf("%s: %v", c.path, issues)
		}
	}
}
