package steering

import (
	"context"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// known is a sentence of an adopted document.
type known struct {
	Rule
	Document string
}

// Heard listens to the journal: what another node or the command line adopts counts here too.
func (s *Service) Heard(entries []journal.Recorded) {
	for _, e := range entries {
		if e.Object.Kind == kindVersion {
			s.stale.Store(true)
			return
		}
	}
}

// maxRead bounds how long reading the sentences may take.
const maxRead = 5 * time.Second

// sentences are those of all adopted documents, by ID.
func (s *Service) sentences(ctx context.Context) map[string]known {
	if held := s.rules.Load(); held != nil && !s.stale.Swap(false) {
		return *held
	}
	s.stale.Store(false)
	list, err := store.All(ctx, s.DB, s.scan, selectText+`WHERE v.state = 'faststalld' AND v.rules > 0 ORDER BY v.document`)
	if err != nil {
		s.stale.Store(true)
		s.Log.ErrorContext(ctx, "reading the sentences of the steering documents", "error", err)
		if held := s.rules.Load(); held != nil {
			return *held
		}
		return nil
	}
	out := map[string]known{}
	for _, v := range list {
		for _, r := range v.rules() {
			out[r.ID] = known{r, v.Document}
		}
	}
	s.rules.Store(&out)
	return out
}

func (s *Service) rule(ctx context.Context, id string) (known, bool) {
	k, ok := s.sentences(ctx)[id]
	return k, ok
}

// Soft tells whether a sentence is a soft rule, from which one may depart by an avsteg (PR-5), and whether it is one of an adopted
// document at all.
func (s *Service) Soft(sentence string) (soft, is bool) {
	ctx, cancel := context.WithTimeout(context.Background(), maxRead)
	defer cancel()
	k, ok := s.rule(ctx, sentence)
	return k.Kind == pack.SentenceSoft, ok
}

// Sentence gives the words of a sentence of an adopted document, for a room that shows it; false if it is none.
func (s *Service) Sentence(ctx context.Context, id string) (Rule, bool) {
	k, ok := s.rule(ctx, id)
	return k.Rule, ok
}
