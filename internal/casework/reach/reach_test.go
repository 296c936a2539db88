package reach_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"dygnet/internal/casework/reach"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func each(t *testing.T, fn func(t *testing.T, s *reach.Service, clock *calendar.Fake, log *journal.Log)) {
	storetest.Each(t, []fs.FS{journal.Migrations, reach.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		fn(t, reach.New(db, log, clock), clock, log)
	})
}

// ask asks for a link and gives its token.
func ask(t *testing.T, s *reach.Service, p reach.Proof) string {
	t.Helper()
	var token string
	if err := s.Ask(t.Context(), p, func(_ context.Context, _ *store.Tx, x string) error { token = x; return nil }); err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAnAddressIsUsedWhenItsOwnerHasFollowedTheLinkAndTheLinkWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, s *reach.Service, _ *calendar.Fake, log *journal.Log) {
		token := ask(t, s, reach.Proof{Person: "ines", Email: "ines@example.org"})
		if w, _ := s.Mine(t.Context(), "ines"); w.Email != "" || w.Chosen {
			t.Errorf("used before it was shown: %+v", w)
		}
		if waits, err := s.Asked(t.Context(), "ines"); waits != "ines@example.org" || err != nil {
			t.Errorf("%q, %v", waits, err)
		}
		if _, err := s.Waits(t.Context(), token); err != nil {
			t.Error("looking uses the link up:", err)
		}
		if _, err := s.Confirm(t.Context(), token+"x"); !errors.Is(err, store.ErrNotFound) {
			t.Error("another token works:", err)
		}
		if _, err := s.Confirm(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		w, err := s.Mine(t.Context(), "ines")
		if err != nil || w.Email != "ines@example.org" || w.Verified.IsZero() || w.By[reach.Message] != reach.Email {
			t.Errorf("%+v, %v", w, err)
		}
		if _, err := s.Confirm(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Error("the link works twice:", err)
		}
		if err := log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := log.About(t.Context(), journal.Ref{Kind: "person", ID: "ines"})
		if err != nil || len(entries) != 1 || entries[0].Action != "contact.email_verified" || entries[0].Actor != "ines" {
			t.Errorf("%+v, %v", entries, err)
		}
	})
}

func TestALinkEndsAfterItsHourAndSomebodyGetsNoMoreThanFive(t *testing.T) {
	each(t, func(t *testing.T, s *reach.Service, clock *calendar.Fake, _ *journal.Log) {
		var token string
		for range 5 {
			token = ask(t, s, reach.Proof{Email: "bo@example.org"})
		}
		err := s.Ask(t.Context(), reach.Proof{Person: "ines", Email: "bo@example.org"}, func(context.Context, *store.Tx, string) error { return nil })
		if !errors.Is(err, reach.ErrMany) {
			t.Error("a sixth link to one address:", err)
		}
		clock.Advance(reach.ProofAge + time.Second)
		if _, err := s.Confirm(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Error("works after its time:", err)
		}
		ask(t, s, reach.Proof{Email: "bo@example.org"})
	})
}

func TestWishesAreKeptAsChosenAndNothingElseIsTaken(t *testing.T) {
	each(t, func(t *testing.T, s *reach.Service, _ *calendar.Fake, _ *journal.Log) {
		w := reach.Wishes{Phone: " 070-123  45 67 ", Lang: i18n.EN, By: map[reach.Matter]reach.Channel{reach.Confirmation: reach.Here, reach.Message: reach.Email, reach.Decision: reach.Letter}}
		if err := s.Save(t.Context(), "ines", w); err != nil {
			t.Fatal(err)
		}
		got, err := s.Mine(t.Context(), "ines")
		if err != nil || got.Phone != "070-123 45 67" || got.Lang != i18n.EN || got.By[reach.Decision] != reach.Letter || got.By[reach.Confirmation] != reach.Here {
			t.Errorf("%+v, %v", got, err)
		}
		if other, _ := s.Mine(t.Context(), "bo"); other.Chosen || other.Phone != "" {
			t.Errorf("another's: %+v", other)
		}
		for name, change := range map[string]func(*reach.Wishes){
			"phone": func(w *reach.Wishes) { w.Phone = "ring mig" }, "language": func(w *reach.Wishes) { w.Lang = "de" },
			"way": func(w *reach.Wishes) { w.By = map[reach.Matter]reach.Channel{} },
		} {
			bad := w
			change(&bad)
			if err := s.Save(t.Context(), "ines", bad); !errors.Is(err, reach.ErrPhone) && !errors.Is(err, reach.ErrWay) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
