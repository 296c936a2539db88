package desk

import (
	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/ui"
)

// Panel is another room's part of a case's page.
type Panel interface {
	// Panel gives what the room has to show of a case to an official who may read it. It costs at most one query.
	Panel(v *office.Visit, view cases.OfficerView) (Part, error)
}

// Part is what a room shows on a case's page. The zero Part is nothing.
type Part struct {
	Top     []templ.Component // above what was handed in: what must not be missed
	Main    []templ.Component // between what was handed in and what has happened
	Side    []templ.Component // beside
	Acts    ui.Links          // what can be done, on pages of the room
	Refused []ui.Fact         // what cannot, and why (Name, Value)
}

// Place is another room in the navigation of those who work here.
type Place struct {
	Text string // key of a text
	Path string
	For  access.Action // shown to those who may do this to something
}

// panels asks every room for its part of a case's page.
func (v *visit) panels(view cases.OfficerView) (Part, error) {
	var all Part
	if v.Office == nil {
		return all, nil
	}
	visitor, ok := v.Office.Visitor(v.w, v.r)
	if !ok {
		return all, nil
	}
	for _, p := range v.Panels {
		part, err := p.Panel(visitor, view)
		if err != nil {
			return all, err
		}
		all.Top, all.Main, all.Side = append(all.Top, part.Top...), append(all.Main, part.Main...), append(all.Side, part.Side...)
		all.Acts, all.Refused = append(all.Acts, part.Acts...), append(all.Refused, part.Refused...)
	}
	return all, nil
}
