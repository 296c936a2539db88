package task_test

import (
	"errors"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
)

// lacks fails unless err refuses for exactly these needs.
func lacks(t *testing.T, err error, want ...string) {
	t.Helper()
	var missing *cases.MissingError
	if !errors.As(err, &missing) {
		t.Errorf("expected %v to be missing, got %v", want, err)
		return
	}
	var got []string
	for _, n := range missing.Needs {
		got = append(got, strings.TrimSpace(string(n.Kind)+" "+n.Key))
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("missing is %v, expected %v", got, want)
	}
}

func TestAMoveIsRefusedForWhatIsMissingAndMadeWhenItIsThere(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		anna, on := w.As("anna"), cases.On{Case: id}
		round := w.approved(t, id, "lagad", "Lampan lagas.")
		move := func() error { _, err := w.Move(ctx, anna, on, "avslutad", ""); return err }
		refused(t, move(), cases.ErrDecision)
		_, err := w.Decide(ctx, anna, on, cases.Ruling{Key: "lagad", Text: "Lampan lagas."})
		must(t, err)
		lacks(t, move(), "item besokt", "document utlatande", "property hojd")

		refused(t, w.task.Tick(ctx, anna, id, "pagar", "finns-inte", true), task.ErrUnknown)
		refused(t, w.task.SetProperty(ctx, anna, id, "finns-inte", "1"), task.ErrUnknown)
		refused(t, w.task.SetKind(ctx, anna, id, 1, "finns-inte"), task.ErrUnknown)
		refused(t, w.task.SetKind(ctx, anna, id, 7, "utlatande"), task.ErrFile)
		if err := w.task.Tick(ctx, w.As("kim"), id, "pagar", "besokt", true); !access.IsDenied(err) {
			t.Errorf("somebody of another unit ticks: %v", err)
		}
		must(t, w.task.Tick(ctx, anna, id, "pagar", "besokt", true))
		if e := w.last(t, id); e.Kind != task.EventTicked || e.Actor != w.IDs["anna"] || e.Data.To != "besokt" || e.Body != "Platsen är besökt" {
			t.Errorf("the timeline says %+v", e)
		}
		must(t, w.task.Tick(ctx, anna, id, "pagar", "besokt", true)) // twice does nothing
		lacks(t, move(), "document utlatande", "property hojd")
		if err := w.task.SetProperty(ctx, anna, id, "hojd", "hög"); !errors.As(err, &task.FaultError{}) {
			t.Errorf("a word is a number: %v", err)
		}
		must(t, w.task.SetProperty(ctx, anna, id, "hojd", "3,5"))
		n := w.file(t, id, "utlåtande")
		must(t, w.task.SetKind(ctx, anna, id, n, "utlatande"))
		must(t, w.task.Tick(ctx, anna, id, "pagar", "besokt", false))
		lacks(t, move(), "item besokt")
		must(t, w.task.Tick(ctx, anna, id, "pagar", "besokt", true))
		must(t, move())
		refused(t, w.task.Tick(ctx, anna, id, "pagar", "besokt", false), cases.ErrClosed)
		_ = round
	})
}

// approved is a round that chef has said yes to.
func (w *town) approved(t *testing.T, id, decision, text string) string {
	t.Helper()
	round, err := w.task.Propose(t.Context(), w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "Förslag", Decision: decision, Text: text, Asked: []string{w.IDs["chef"]}})
	must(t, err)
	must(t, w.task.Vote(t.Context(), w.As("chef"), id, round, true, "", task.TextHash(text)))
	return round
}

func TestADecisionTakesTheVeryWordsThatWereApproved(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		decide := func(text string) error {
			_, err := w.Decide(ctx, w.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: text})
			return err
		}
		lacks(t, decide("Lampan lagas."), "approval")
		other := w.approved(t, id, "avslag", "Lampan lagas.") // of another decision
		lacks(t, decide("Lampan lagas."), "approval")
		w.approved(t, id, "lagad", "Lampan lagas.")
		lacks(t, decide("Lampan lagas inte."), "changed")
		must(t, decide(" Lampan lagas.  \r\n")) // the same words
		later, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Decision: "lagad", Text: "Lampan lagas i maj.", Asked: []string{w.IDs["chef"]}})
		must(t, err)
		lacks(t, decide("Lampan lagas."), "approval") // a later round is under way
		must(t, w.task.TakeBack(ctx, w.As("anna"), id, later, "behövs inte"))
		must(t, decide("Lampan lagas."))
		_ = other
	})
}

func TestAMoveTakesThatTheLatestRoundWasApproved(t *testing.T) {
	each(t, asking, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		wait := func() error {
			_, err := w.Move(ctx, w.As("anna"), cases.On{Case: id}, "vantar", "vi väntar")
			return err
		}
		lacks(t, wait(), "approval")
		round, err := w.task.Propose(ctx, w.As("anna"), cases.On{Case: id}, task.Proposal{Title: "x", Text: "y", Asked: []string{w.IDs["chef"]}})
		must(t, err)
		lacks(t, wait(), "approval")
		must(t, w.task.Vote(ctx, w.As("chef"), id, round, false, "nej tack", task.TextHash("y")))
		lacks(t, wait(), "approval")
		w.approved(t, id, "", "y")
		must(t, wait())
	})
}
