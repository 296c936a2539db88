package web

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// partInput says how the field of a part of a person, an organisation or an address looks.
type partInput struct {
	part, label, kind, complete string
	width                       int
	numeric                     bool
}

// partInputs are the fields of a person, an organisation or an address, in the order they are asked for.
func partInputs(q *casetype.Question) []partInput {
	address := []partInput{
		{part: casetype.PartStreet, label: "street", complete: "address-line1"},
		{part: casetype.PartCode, label: "postcode", complete: "postal-code", width: 7, numeric: true},
		{part: casetype.PartTown, label: "town", complete: "address-level2"},
	}
	if q.Type == casetype.TypeAddress {
		return address
	}
	var out []partInput
	for _, p := range q.Parts() {
		switch p {
		case casetype.AskName:
			in := partInput{part: casetype.PartName, label: "name", complete: "name"}
			if q.Type == casetype.TypeOrganisation {
				in.label, in.complete = "organisation", "organization"
			}
			out = append(out, in)
		case casetype.AskNumber:
			in := partInput{part: casetype.PartNumber, label: "number", complete: "off", width: 13, numeric: true}
			if q.Type == casetype.TypeOrganisation {
				in.label = "org_number"
			}
			out = append(out, in)
		case casetype.AskAddress:
			out = append(out, address...)
		case casetype.AskEmail:
			out = append(out, partInput{part: casetype.PartEmail, label: "email", kind: "email", complete: "email"})
		case casetype.AskPhone:
			out = append(out, partInput{part: casetype.PartPhone, label: "phone", kind: "tel", complete: "tel", width: 20})
		}
	}
	return out
}

// person is a question of who somebody is and how to reach them, or of where they live.
func (f *form) person(ctx context.Context, q *casetype.Question, field ui.Field) templ.Component {
	var inputs []ui.Input
	ways := 0
	for _, p := range partInputs(q) {
		name := q.Key + p.part
		in := ui.Input{Field: ui.Field{Name: name, Label: ui.T(ctx, "public.person."+p.label), Error: f.fault(name)}, Value: f.get(name), Type: p.kind,
			Autocomplete: p.complete, Width: p.width, Numeric: p.numeric, NoSpell: true}
		switch p.label {
		case "number", "org_number":
			in.Hint = ui.T(ctx, "public.person."+p.label+".hint")
		case "email", "phone":
			ways++
		}
		inputs = append(inputs, in)
	}
	if ways == 2 && !field.Optional {
		field.Hint = strings.TrimSpace(field.Hint + " " + ui.T(ctx, "public.person.either"))
	}
	return personField(field, inputs)
}

// partName is what a field of a person, an organisation or an address is called.
func partName(l *i18n.Localizer, q *casetype.Question, field string) string {
	for _, p := range partInputs(q) {
		if q.Key+p.part == field {
			return l.T("public.person." + p.label)
		}
	}
	return q.Label.In(l.Lang())
}
