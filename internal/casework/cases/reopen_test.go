package cases_test

import (
	"errors"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/calendar"
)

// The days that a case was closed do not count, and it is never opened again without a word of why.
func TestACaseThatIsOpenedAgainHasTheTimeItHadLeft(t *testing.T) {
	for _, of := range []struct {
		name         string
		worked, rest time.Duration // before it was closed, and while it was
		due          calendar.Date
	}{
		{"the same day", 24 * time.Hour, time.Hour, calendar.NewDate(2026, 3, 9)},
		{"a week later", 24 * time.Hour, 7 * 24 * time.Hour, calendar.NewDate(2026, 3, 16)},
		{"the time ends on a Saturday", 24 * time.Hour, 5 * 24 * time.Hour, calendar.NewDate(2026, 3, 16)},
		{"it was late already", 10 * 24 * time.Hour, 7 * 24 * time.Hour, calendar.NewDate(2026, 3, 16)},
	} {
		t.Run(of.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				a := w.submit(t, broken()) // on Monday 2 March, due in five working days
				on := cases.On{Case: a.CaseID}
				if _, err := w.Claim(t.Context(), w.as("anna"), on); err != nil {
					t.Fatal(err)
				}
				w.clock.Advance(of.worked)
				if _, err := w.Decide(t.Context(), w.as("anna"), on, cases.Ruling{Key: "lagad", Text: "klart", To: "avslutad"}); err != nil {
					t.Fatal(err)
				}
				w.clock.Advance(of.rest)
				if _, err := w.Move(t.Context(), w.as("anna"), on, "pagar", " "); !errors.Is(err, cases.ErrNote) {
					t.Errorf("without a word: %v", err)
				}
				c, err := w.Move(t.Context(), w.as("anna"), on, "pagar", "Den slocknade igen")
				if err != nil || c.Due != of.due || !c.Open || !c.ClosedAt.IsZero() {
					t.Fatalf("due %s, want %s; %v", c.Due, of.due, err)
				}
				v, err := w.View(t.Context(), w.as("anna"), a.CaseID)
				if last := v.Events[len(v.Events)-1]; err != nil || last.Kind != cases.Reopened || last.Body == "" {
					t.Errorf("%+v %v", last, err)
				}
			})
		})
	}
}
