package roster

import (
	"context"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Offer are the texts for a use in a case, to choose from; desk.Roster.
func (s *Service) Offer(ctx context.Context, lang i18n.Lang, use pack.PhraseUse, c *cases.Case) ([]ui.Option, error) {
	list, err := s.Fits(ctx, use, c)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Option, len(list))
	for i, p := range list {
		out[i] = ui.Option{Value: p.Key, Label: p.Title.In(lang)}
	}
	return out, nil
}

// Begin writes a text about a case: a note in Swedish, what goes to the citizen in their language; desk.Roster. A text that is not offered
// for the case is store.ErrNotFound.
func (s *Service) Begin(ctx context.Context, key string, use pack.PhraseUse, view cases.OfficerView) (string, error) {
	list, err := s.Fits(ctx, use, view.Case)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(list, func(p Phrase) bool { return p.Key == key })
	if at < 0 {
		return "", store.ErrNotFound
	}
	lang := view.Case.Lang
	if use == pack.InNote || !slices.Contains(i18n.Languages(), lang) {
		lang = i18n.SV
	}
	text, _ := s.Fill(list[at], About{Case: view.Case, Type: view.Type, Parties: view.Parties, Decisions: view.Decisions}, lang)
	return text, nil
}

// Gaps are what nobody has filled in of a text; desk.Roster.
func (s *Service) Gaps(text string) []string { return Gaps(text) }
