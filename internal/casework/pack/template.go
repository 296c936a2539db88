package pack

import (
	"embed"
	"fmt"
	"io"
	"text/template"

	"dygnet/internal/kernel/calendar"
)

//go:embed template/case-type.yaml
var templates embed.FS

// WriteNew writes the file of a new case type to w: the least that passes the check, with comments in Swedish for the clerk who goes on
// with it. It belongs to the first unit of the pack that people can reach, under its first topic; without a pack (nil) to units and bodies
// that the clerk has to change.
func WriteNew(w io.Writer, id string, p *Pack, today calendar.Date) error {
	if !slug.MatchString(id) {
		return fmt.Errorf("the id %q must be lower-case a-z, digits and hyphens, such as bygglov", id)
	}
	data := struct{ ID, Today, Topic, Body, Unit string }{id, today.String(), "kommun-och-politik", "KS", "kontaktcenter"}
	if p != nil {
		if p.declares(id) {
			return fmt.Errorf("the pack has a case type %q already; to change it, write its next version", id)
		}
		data.Topic = p.Municipality.Topics[0].Key
		for _, u := range p.Organisation.Units {
			if u.Reachable {
				data.Unit, data.Body = u.Key, p.BodyOf(u.Key).Key
				break
			}
		}
	}
	t, err := template.ParseFS(templates, "template/case-type.yaml")
	if err != nil {
		return fmt.Errorf("the file of a new case type: %w", err)
	}
	if err := t.Execute(w, data); err != nil {
		return fmt.Errorf("the file of a new case type: %w", err)
	}
	return nil
}

func (p *Pack) declares(id string) bool {
	for _, ct := range p.CaseTypes {
		if ct.ID == id {
			return true
		}
	}
	return false
}
