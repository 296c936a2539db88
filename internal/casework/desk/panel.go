package desk

import (
	"net/url"

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

// Decider is the room that makes decisions with their documents. It asks the official for more than the desk does.
type Decider interface {
	// Ask gives the fields that stand after the words of the decision, with what was typed.
	Ask(v *office.Visit, view cases.OfficerView, typed url.Values, fault func(field string) string) ([]templ.Component, error)
	// Decide carries out what was typed. What can be put right is told at its field.
	Decide(v *office.Visit, view cases.OfficerView, on cases.On, r cases.Ruling, typed url.Values) ([]ui.FieldError, error)
}

// Part is what a room shows on a case's page. The zero Part is nothing.
type Part struct {
	Top     []templ.Component // above what was handed in: what must not be missed
	Main    []templ.Component // between what was handed in and what has happened
	Side    []templ.Component // beside
	Acts    ui.Links          // what can be done, on pages of the room
	Plain   ui.Links          // those of the room that stand among the desk's own when the rest is folded
	Fold    string            // words under which the acts are folded, so that a case's page is not a list of all that can be done; "" among the desk's own
	Refused []ui.Fact         // what cannot, and why (Name, Value)

	folded []templ.Component // the folded acts of all rooms
}

// Place is another room in the navigation of those who work here.
type Place struct {
	Text string // key of a text
	Path string
	For  access.Action // shown to those who may do this to something
	// Count is how many things wait there for the official, nil for a place that does not count. It is asked on every page.
	Count func(v *office.Visit) int
}

// panels asks every room for its part of a case's page.
func (v *visit) panels(view cases.OfficerView) (Part, error) {
	var all Part
	for _, p := range v.Panels {
		part, err := p.Panel(v.Visit, view)
		if err != nil {
			return all, err
		}
		all.Top, all.Main, all.Side = append(all.Top, part.Top...), append(all.Main, part.Main...), append(all.Side, part.Side...)
		all.Acts, all.Refused = append(all.Acts, part.Plain...), append(all.Refused, part.Refused...)
		if part.Fold == "" {
			all.Acts = append(all.Acts, part.Acts...)
		} else if len(part.Acts) > 0 {
			all.folded = append(all.folded, ui.With(ui.Details{Summary: part.Fold}, part.Acts))
		}
	}
	return all, nil
}
