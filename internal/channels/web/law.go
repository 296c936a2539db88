package web

import (
	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// lawful is the fact of the provisions that an e-service builds on, each linked to its text if that is here.
func (m *Module) lawful(l *i18n.Localizer, laws []casetype.Law) ui.Fact {
	var lines []string
	for _, law := range laws {
		line := law.String()
		if why := law.Why.In(l.Lang()); why != "" {
			line += ": " + why
		}
		lines = append(lines, line)
	}
	return m.cited(l.T("public.service.law"), lines)
}

// cited is a fact whose lines cite the law.
func (m *Module) cited(name string, lines []string) ui.Fact {
	if m.Law == nil || len(lines) == 0 {
		return ui.Fact{Name: name, Values: lines}
	}
	parts := make([]templ.Component, len(lines))
	for i, line := range lines {
		parts[i] = m.Law.Linked(line)
	}
	return ui.Fact{Name: name, Body: ui.Lines(parts)}
}
