package app

import (
	"dygnet/internal/casework/lawbook"
	"dygnet/internal/casework/statistics"
	"dygnet/internal/casework/studio"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/i18n"
)

// foundation tells how kernel, casework and channels hold sentences of the strategy and of the IT security policy. They are below the
// rooms of the strategy and do not know of it. What they hold cannot be broken here, or is measured on a page of its own.
type foundation struct{}

// Compliance gives the sentences.
func (foundation) Compliance() []compliance.Rule {
	rule := func(sentence string, way compliance.Way, href, sv, en string) compliance.Rule {
		return compliance.Rule{Sentence: sentence, Way: way, Href: href, How: i18n.Text{i18n.SV: sv, i18n.EN: en}}
	}
	return []compliance.Rule{
		rule("S2-M1-2", compliance.Refuses, studio.Path, "En e-tjänst som bara går att nå digitalt kan inte publiceras.", "An e-service that can be reached only digitally cannot be published."),
		rule("S2-M2-1", compliance.Reports, statistics.Path, "Tider och antal räknas ur ärendenas egen logg.", "Times and numbers are counted from the log of the cases themselves."),
		rule("S2-M2-2", compliance.Leads, studio.Path, "Den som fick sitt ärende avslutat får en fråga om hur det gick. Blir svaren sämre får den som ansvarar för tjänsten en åtgärd.",
			"Whoever had their case closed is asked how it went. When the answers get worse, whoever answers for the service gets something to do."),
		rule("S2-M2-3", compliance.Refuses, "", "Varje sida har kontaktuppgifter, och ett ärende är en enda tidslinje oavsett hur det kom in.", "Each page has contact details, and a case is one timeline in whatever way it came in."),
		rule("S2-M3-1", compliance.Leads, "", "En synpunkt når den politiker eller tjänsteman som den är ställd till, och ingen kan ta bort den.", "A view reaches the politician or official to whom it is addressed, and nobody can remove it."),
		rule("S4-IT-4", compliance.Refuses, "", "Varje kommun i samarbetet har sin egen registratur och sina egna ärenden. Ingen ser en annan kommuns.", "Each municipality of the cooperation has a register and cases of its own. Nobody sees those of another."),
		rule("S8-24-1", compliance.Reports, "/status", "E-tjänsterna tar emot ärenden dygnet runt, även under underhåll. Tillgängligheten mäts och visas för alla.", "The e-services take in matters day and night, also during maintenance. Availability is measured and shown to everybody."),
		rule("S8-B-1", compliance.Records, lawbook.Path, "Lagen står bredvid ärendet, och ett beslut som kräver ett lagrum går inte att fatta utan.", "The law stands beside the case, and a decision that takes a provision cannot be made without one."),
		rule("S8-G-1", compliance.Records, "", "En plats sparas med koordinater, så att den kan visas i en karta.", "A place is kept with coordinates, so that it can be shown on a map."),
		rule("P-K", compliance.Refuses, "", "Ingen läser mer än uppdraget ger rätt till. Det som är hemligt syns inte ens i listor.", "Nobody reads more than their mandate gives a right to. What is secret does not show even in lists."),
		rule("P-T", compliance.Leads, "", "Säkerhetskopian tas medan man arbetar, och den prövas innan den godtas.", "The backup is taken while people work, and it is tried before it is accepted."),
		rule("P-S", compliance.Refuses, "", "Varje ändring, och varje läsning av det som är hemligt, står i en logg som ingen kan ändra.", "Each change, and each reading of what is secret, is in a log that nobody can change."),
		rule("P-3", compliance.Records, "", "Revisorn läser loggen och kan själv kontrollera att ingen rad har ändrats.", "The auditor reads the log and can check that no row was changed."),
	}
}
