package cases_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// submission is a matter of the world's kind with a key of its own.
func submission(t testing.TB, w *casestest.World) cases.Submission {
	t.Helper()
	clean, faults := w.Lamp.Validate(casestest.Broken())
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return cases.Submission{Key: uuid.Must(uuid.NewV7()).String(), Type: w.Lamp, Answers: clean, Channel: "web", Lang: i18n.SV}
}

func TestNoMoreMattersComeInThanTheCapHoweverManyComeAtOnce(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		const most, rush = 5, 32
		limit := cases.Limit{Since: w.Clock.Now().Add(-time.Hour), Cap: most}
		var in, full atomic.Int32
		var wait sync.WaitGroup
		for range rush {
			s := submission(t, w)
			s.Limit = limit
			wait.Go(func() {
				switch _, err := w.Submit(t.Context(), s); {
				case err == nil:
					in.Add(1)
				case errors.Is(err, cases.ErrFull):
					full.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if in.Load() != most || full.Load() != rush-most {
			t.Errorf("%d came in and %d were refused, of %d with a cap of %d", in.Load(), full.Load(), rush, most)
		}
		if err := w.Full(t.Context(), w.Lamp.ID, "", limit); !errors.Is(err, cases.ErrFull) {
			t.Errorf("Full says %v", err)
		}
		w.Clock.Advance(24 * time.Hour) // the next window
		s := submission(t, w)
		s.Limit = cases.Limit{Since: w.Clock.Now(), Cap: 1}
		if _, err := w.Submit(t.Context(), s); err != nil {
			t.Errorf("in the next window: %v", err)
		}
		// The one that took the last place, sent again, is the same matter and no new one.
		if again, err := w.Submit(t.Context(), s); err != nil || !again.Again {
			t.Errorf("sent again: %+v, %v", again, err)
		}
	})
}

func TestAPersonHandsInNoMoreThanTheyMay(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		hand := func(person string, parties ...cases.Party) error {
			s := submission(t, w)
			s.Person, s.Parties, s.Limit = person, parties, cases.Limit{PerPerson: 2}
			_, err := w.Submit(t.Context(), s)
			return err
		}
		ines, sky := w.IDs["inv"], w.IDs["skyddad"]
		// Being a party to somebody else's matter takes no place of one's own.
		for i, err := range []error{hand(sky, cases.Party{Role: "co_applicant", Person: ines}), hand(ines), hand(ines)} {
			if err != nil {
				t.Fatalf("matter %d: %v", i, err)
			}
		}
		if err := hand(ines); !errors.Is(err, cases.ErrOften) {
			t.Errorf("the third of one person: %v", err)
		}
		if err := hand(""); err != nil {
			t.Errorf("who is not signed in is nobody: %v", err)
		}
		if err := hand(sky); err != nil {
			t.Errorf("another person: %v", err)
		}
	})
}

func TestCoApplicantsFollowTheMatterTheySigned(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		s := submission(t, w)
		ines := w.IDs["inv"]
		signed := cases.Signature{Party: "medsokande", Name: "Ines Invånare", State: cases.Signed, Person: ines, Level: "substantial", At: w.Clock.Now().UTC(), Hash: "aa"}
		s.Parties = []cases.Party{{Role: "co_applicant", Person: ines, Name: "Ines Invånare", Email: "ines@example.se"}, {Role: "subject", Name: "Barnet"},
			{Role: "agent", Person: ines, Name: "Ines Invånare"}}
		s.Signatures = []cases.Signature{signed}
		a, err := w.Submit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		page, err := w.Mine(t.Context(), cases.Citizen{Person: ines}, "", 200)
		list := page.Cases
		if err != nil || len(list) != 1 || list[0].ID != a.CaseID {
			t.Fatalf("the co-applicant's matters: %v, %v", list, err)
		}
		v, err := w.CitizenView(t.Context(), cases.Citizen{Person: ines}, a.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Events[0].Data.Signatures; len(got) != 1 || got[0] != signed {
			t.Errorf("the timeline says %+v", got)
		}
		if _, err := w.CitizenView(t.Context(), cases.Citizen{Person: w.IDs["skyddad"]}, a.CaseID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody else: %v", err)
		}
	})
}
