package steering

import (
	"context"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
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

// rulebook is the sentences of the documents as they are on a day, by ID.
type rulebook struct {
	on        calendar.Date
	sentences map[string]known
}

// sentences are those of what applies today and of what is adopted for a later day, by ID; one that is in both is as it applies today.
func (s *Service) sentences(ctx context.Context) map[string]known {
	today := s.today()
	if held := s.rules.Load(); !s.stale.Swap(false) && held != nil && held.on == today {
		return held.sentences
	}
	list, err := store.All(ctx, s.DB, s.scan, selectText+`WHERE v.rules > 0 AND (v.state = 'faststalld' AND v.from_day > $1 OR `+applies+`) ORDER BY v.from_day DESC, v.document`, today.String())
	if err != nil {
		s.stale.Store(true)
		s.Log.ErrorContext(ctx, "reading the sentences of the steering documents", "error", err)
		if held := s.rules.Load(); held != nil {
			return held.sentences
		}
		return nil
	}
	out := map[string]known{}
	for _, v := range list {
		for _, r := range v.rules() {
			out[r.ID] = known{r, v.Document}
		}
	}
	s.rules.Store(&rulebook{today, out})
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
