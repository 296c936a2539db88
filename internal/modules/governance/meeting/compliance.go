package meeting

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/i18n"
)

// Compliance gives the sentences that the room holds.
func (s *Service) Compliance() []compliance.Rule {
	words := func(sv, en string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: en} }
	return []compliance.Rule{
		{Sentence: "S4-AC-5", Way: compliance.Refuses, Href: PathMatters, How: words("Ett IT-ärende kommer inte på dagordningen för beslut utan IT-chefens tjänsteskrivelse och ledningsgruppens samråd.",
			"A matter of IT does not get on the agenda for decision without the IT manager's letter and the view of the management group.")},
		{Sentence: "S4-AC-8", Way: compliance.Refuses, Href: Path, How: words("Bara IT-chefen eller den som går in för IT-chefen kan kalla till IT-gruppen.", "Only the IT manager or their deputy can call the IT group.")},
		{Sentence: "S4-IG-1", Way: compliance.Records, Href: Path, How: words("IT-gruppens möten har dagordning och protokoll, och ett ärende visar vilken dag det förankrades där.",
			"The meetings of the IT group have an agenda and minutes, and a matter shows the day when it was discussed there.")},
		{Sentence: "S4-IG-3", Way: compliance.Leads, Href: PathIdeas, How: words("Ett initiativ går från IT-gruppen till ledningsgruppen. Ett nej har alltid skäl.", "An initiative goes from the IT group to the management group. A no always has a reason.")},
		{Sentence: "S4-IG-4", Way: compliance.Reports, Href: Path, How: words("Gruppens sida och kallelsen visar vilka platser som ingen har.", "The page of the group and the call show the seats that nobody has."), Find: s.vacantSeats},
		{Sentence: "S4-AN-4", Way: compliance.Leads, Href: PathIdeas, How: words("Alla som arbetar här kan lämna förslag, och får ett svar i tid.", "Everyone who works here can make suggestions, and gets an answer in time."), Find: s.lateIdeas},
	}
}

// vacantSeats are the required seats that nobody has on a day.
func (s *Service) vacantSeats(ctx context.Context, lang i18n.Lang, on calendar.Date, limit int) ([]compliance.Violation, int, error) {
	var out []compliance.Violation
	n := 0
	for _, b := range s.Bodies() {
		seats, err := s.Membership(ctx, s.db, b.ID, on)
		if err != nil {
			return nil, 0, err
		}
		for _, v := range seats.Vacant {
			if n++; len(out) < limit {
				out = append(out, compliance.Violation{Text: b.Name.In(lang) + ": " + v.Title.In(lang), Href: pathBody + "/" + b.ID})
			}
		}
	}
	return out, n, nil
}

// lateIdeas are the suggestions whose answer is late. How it was on a past day is told by the days of the suggestion and its answer.
func (s *Service) lateIdeas(ctx context.Context, _ i18n.Lang, on calendar.Date, limit int) ([]compliance.Violation, int, error) {
	list, err := ideas(ctx, s.db, `ORDER BY id`)
	if err != nil {
		return nil, 0, fmt.Errorf("looking for late answers: %w", err)
	}
	var out []compliance.Violation
	n := 0
	for _, i := range list {
		waits := i.Answer == "" || i.AnsweredOn.After(on)
		if !waits || !i.Due.Before(on) {
			continue
		}
		if n++; len(out) < limit {
			out = append(out, compliance.Violation{Text: i.Number, Href: PathIdeas + "/" + i.ID})
		}
	}
	return out, n, nil
}
