package authority

import (
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/i18n"
)

// Compliance tells how the room holds sentences of the strategy.
func (s *Service) Compliance() []compliance.Rule {
	rule := func(sentence string, way compliance.Way, href, sv, en string) compliance.Rule {
		return compliance.Rule{Sentence: sentence, Way: way, Href: href, How: i18n.Text{i18n.SV: sv, i18n.EN: en}}
	}
	return []compliance.Rule{
		rule("S1-3", compliance.Records, PathPublic, "En öppen sida visar vem som beslutar vad, vem som har vilket uppdrag och vem som ansvarar för varje system.",
			"A public page shows who decides what, who holds which mandate and who answers for each system."),
		rule("S4-KS-4", compliance.Records, PathPositions, "Ett ställningstagande går bara att registrera med ett gällande beslut av kommunstyrelsen.",
			"A position can be registered only with a decision of the executive board in force."),
		rule("S4-AC-1", compliance.Refuses, PathMandates, "Det kan bara finnas en IT-chef åt gången i hela samarbetet.",
			"There can be only one IT manager at a time in the whole cooperation."),
	}
}
