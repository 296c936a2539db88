package cases_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/store"
)

// together runs the functions at once and gives their errors.
func together(do ...func() error) []error {
	errs := make([]error, len(do))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, f := range do {
		all.Go(func() {
			<-start
			errs[i] = f()
		})
	}
	close(start)
	all.Wait()
	return errs
}

// On PostgreSQL commands of one case run side by side: what a citizen writes must not fall between them.
func TestWhatACitizenWritesIsNeverLostToAnOfficerWhoIsFaster(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.submit(t, broken())
		var do []func() error
		for i := range 16 {
			do = append(do, func() error {
				if i%2 == 0 {
					_, err := w.Reply(t.Context(), cases.Citizen{Opened: []string{a.CaseID}}, a.CaseID, fmt.Sprintf("Rad %d", i), nil)
					return err
				}
				_, err := w.Note(t.Context(), w.as("anna"), cases.On{Case: a.CaseID}, fmt.Sprintf("Rad %d", i), nil)
				return err
			})
		}
		for i, err := range together(do...) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		v, err := w.View(t.Context(), w.as("anna"), a.CaseID)
		if err != nil || len(v.Events) != 17 || v.Case.Events != 17 {
			t.Errorf("%d events, %v", len(v.Events), err)
		}
		for i, e := range v.Events {
			if e.N != i+1 {
				t.Errorf("event %d is number %d", i+1, e.N)
			}
		}
	})
}

func TestOnlyOneOfManyWhoSawTheSameVersionTakesTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, what := range []string{"claim", "decide", "close"} {
			a := w.submit(t, broken())
			c, err := w.Claim(t.Context(), w.as("anna"), cases.On{Case: a.CaseID, Version: 1})
			if err != nil {
				t.Fatal(err)
			}
			if what == "close" {
				if c, err = w.Decide(t.Context(), w.as("anna"), cases.On{Case: c.ID, Version: c.Version}, cases.Ruling{Key: "lagad", Text: "Lagad"}); err != nil {
					t.Fatal(err)
				}
			}
			on := cases.On{Case: c.ID, Version: c.Version}
			var do []func() error
			for range 8 {
				do = append(do, func() error {
					var err error
					switch what {
					case "claim":
						_, err = w.Claim(t.Context(), w.as("bo"), on)
					case "decide":
						_, err = w.Decide(t.Context(), w.as("anna"), on, cases.Ruling{Key: "lagad", Text: "Lagad"})
					case "close":
						_, err = w.Move(t.Context(), w.as("anna"), on, "avslutad", "")
					}
					return err
				})
			}
			won := 0
			for _, err := range together(do...) {
				switch {
				case err == nil:
					won++
				case !errors.Is(err, cases.ErrStale):
					t.Errorf("%s: %v", what, err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d succeeded", what, won)
			}
		}
	})
}

func TestNumbersOfMattersHandedInAtOnceAreAllDifferent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		seen := map[string]bool{}
		var do []func() error
		for range 24 {
			do = append(do, func() error {
				a := w.submit(t, broken())
				mu.Lock()
				defer mu.Unlock()
				seen[a.Number] = true
				return nil
			})
		}
		together(do...)
		if len(seen) != 24 {
			t.Errorf("%d numbers for 24 matters", len(seen))
		}
	})
}

// A correction made while the case is marked must not be more open than the case.
func TestACorrectionDuringAMarkIsAsSecretAsTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 10 {
			a := w.submit(t, broken())
			rows, _, err := w.Register(t.Context(), w.as("reg"), cases.RegisterFilter{Limit: 1})
			if err != nil || len(rows) != 1 {
				t.Fatal(err)
			}
			errs := together(
				func() error {
					_, err := w.Mark(t.Context(), w.as("reg"), cases.On{Case: a.CaseID}, cases.Secret, "OSL 26:1", "Hälsa")
					return err
				},
				func() error {
					return w.Correct(t.Context(), w.as("reg"), rows[0].ID, cases.Correction{Subject: "Avslöjande", Reason: "Fel"})
				})
			for _, err := range errs {
				if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, cases.ErrStale) {
					t.Fatal(err)
				}
			}
			public, err := w.PublicRegister(t.Context(), "", 1)
			if err != nil || len(public) != 1 || public[0].Subject != "" {
				t.Fatalf("the register on the web shows %+v, %v", public, err)
			}
		}
	})
}
