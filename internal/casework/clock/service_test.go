package clock_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// What an official does moves the day of the case, and each refusal says why.
func TestTheDayOfACaseStandsStillGoesOnAndIsExtended(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		w.due(t, id, "2026-03-09")
		w.at(t, "2026-03-04")
		for name, x := range map[string]struct {
			err  error
			want error
		}{
			"without a reason":       {w.clock.Suspend(ctx, anna, on(id), " ", date(t, "")), clock.ErrReason},
			"until today":            {w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, "2026-03-04")), deadline.ErrBackwards},
			"going on, not standing": {w.clock.Resume(ctx, anna, on(id)), deadline.ErrNotStanding},
			"extended backwards":     {w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer tid", date(t, "2026-03-06")), deadline.ErrBackwards},
			"to a Saturday":          {w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer tid", date(t, "2026-03-14")), deadline.ErrNotBusiness},
			"extended for nothing":   {w.clock.Extend(ctx, anna, on(id), deadline.Target, "", date(t, "2026-03-13")), clock.ErrReason},
			"a law there is not":     {w.clock.Extend(ctx, anna, on(id), deadline.Statutory, "Mer tid", date(t, "2026-03-13")), clock.ErrNoLaw},
			"complete by no law":     {w.clock.Complete(ctx, anna, on(id), date(t, "2026-03-03")), clock.ErrNoLaw},
			"refusing nothing":       {second(w.clock.Refuse(ctx, anna, on(id), "Skäl")), clock.ErrNothing},
			"by somebody else":       {w.clock.Suspend(ctx, w.As("kim"), on(id), "Väntar", date(t, "")), nil},
		} {
			if x.want == nil && access.IsDenied(x.err) {
				continue
			}
			if x.want == nil || !errors.Is(x.err, x.want) {
				t.Errorf("%s: %v, want %v", name, x.err, x.want)
			}
		}
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Vi väntar på reservdelen", date(t, "2026-03-11")))
		w.due(t, id, "2026-03-16") // five working days
		if e := w.last(t, id); e.Kind != clock.Suspended || e.Internal || e.Body != "Vi väntar på reservdelen" || e.Data.Day != date(t, "2026-03-11") {
			t.Errorf("%+v", e)
		}
		if err := w.clock.Suspend(ctx, anna, on(id), "Igen", date(t, "")); !errors.Is(err, deadline.ErrOverlap) {
			t.Errorf("standing still twice: %v", err)
		}
		if err := w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer tid", date(t, "2026-03-30")); !errors.Is(err, clock.ErrStands) {
			t.Errorf("extended while it stands still: %v", err)
		}
		w.at(t, "2026-03-06")
		w.must(t, w.clock.Resume(ctx, anna, on(id)))
		w.due(t, id, "2026-03-11") // two working days after all
		w.must(t, w.clock.Extend(ctx, anna, on(id), deadline.Target, "Reservdelen var fel", date(t, "2026-03-20")))
		w.due(t, id, "2026-03-20")
		view, _ := w.view(t, id)
		e, h := view.Events[len(view.Events)-1], view.Handlings[len(view.Handlings)-1]
		if e.Kind != clock.Extended || e.Internal || !strings.Contains(e.Body, "20 mars 2026") || !strings.Contains(e.Body, "Reservdelen var fel") || !strings.Contains(e.Body, view.Case.Number) {
			t.Errorf("the party is told %+v", e)
		}
		if h.Direction != cases.Out || h.Kind != string(clock.Extended) || len(view.Handlings) != 2 {
			t.Errorf("the diarium has %+v", h)
		}
		w.must(t, w.Log.Sequence(ctx))
		if entries, err := w.Log.About(ctx, journal.Ref{Kind: "case", ID: id}); err != nil || entries[len(entries)-1].Action != clock.ActionExtended {
			t.Errorf("journal: %v", err)
		}
		if err := w.clock.Extend(ctx, anna, cases.On{Case: id, Version: 1}, deadline.Target, "Mer", date(t, "2026-03-27")); !errors.Is(err, cases.ErrStale) {
			t.Errorf("on an old version: %v", err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A status on which the case type's clock stands lets the time stand still, in the transaction of the move.
func TestAStatusLetsTheTimeStandStill(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t))
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		w.move(t, id, "pagar")
		w.at(t, "2026-03-05")
		w.move(t, id, "vantar")
		if err := w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, "")); !errors.Is(err, clock.ErrWaits) {
			t.Errorf("standing still in a status that stands still: %v", err)
		}
		if err := w.clock.Resume(ctx, anna, on(id)); !errors.Is(err, clock.ErrWaits) {
			t.Errorf("going on in a status that stands still: %v", err)
		}
		w.at(t, "2026-03-19")
		if _, k := w.view(t, id); k.Target != date(t, "2026-03-23") || k.Statutory != date(t, "2026-05-25") {
			t.Errorf("while it stands: %s and %s", k.Target, k.Statutory)
		}
		w.move(t, id, "pagar")
		w.due(t, id, "2026-03-23") // ten working days
		if _, k := w.view(t, id); k.Statutory != date(t, "2026-05-25") || k.Provision.String() != "PBL 9 kap. 27 §" {
			t.Errorf("fourteen days: %s by %s", k.Statutory, k.Provision)
		}
		// A time that officials stop does not stop the law's.
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Semester", date(t, "2026-04-02")))
		if _, k := w.view(t, id); k.Statutory != date(t, "2026-05-25") || k.Target != date(t, "2026-04-08") { // Easter
			t.Errorf("the law's time moved to %s, the promise to %s", k.Statutory, k.Target)
		}
	})
}

// The statutory time counts from the day the matter was complete, is extended once as its statute lets, and comes first when it is first.
func TestTheStatutoryTimeOfACaseType(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t), func(d *casetype.Definition) { d.Deadlines.Target = period(t, "P3M") })
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		w.due(t, id, "2026-05-11") // ten weeks come before three months
		w.at(t, "2026-03-20")
		for _, x := range []struct {
			day  string
			want error
		}{{"2026-03-21", clock.ErrFuture}, {"2026-03-01", clock.ErrBefore}, {"", clock.ErrBefore}, {"2026-03-16", nil}} {
			if err := w.clock.Complete(ctx, anna, on(id), date(t, x.day)); !errors.Is(err, x.want) {
				t.Errorf("complete on %s: %v", x.day, err)
			}
		}
		w.due(t, id, "2026-05-25")
		if err := w.clock.Extend(ctx, anna, on(id), deadline.Statutory, "Utredning", date(t, "2026-08-04")); !errors.Is(err, deadline.ErrTooLong) {
			t.Errorf("eleven weeks: %v", err)
		}
		w.must(t, w.clock.Extend(ctx, anna, on(id), deadline.Statutory, "Utredning", date(t, "2026-08-03")))
		if e := w.last(t, id); e.Data.Law != "PBL 9 kap. 27 §" || !strings.Contains(e.Body, "PBL 9 kap. 27 §") {
			t.Errorf("%+v", e)
		}
		w.due(t, id, "2026-06-02")
		if err := w.clock.Extend(ctx, anna, on(id), deadline.Statutory, "Mer", date(t, "2026-08-10")); !errors.Is(err, deadline.ErrOnce) {
			t.Errorf("twice: %v", err)
		}
	})
}

// FL 11 §: the party is told of the delay, with the reason and the new day.
func TestFL_11_ThePartyIsToldOfADelay(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		w.at(t, "2026-03-23") // ten working days late
		if _, k := w.view(t, id); w.clock.Propose(k) {
			t.Error("proposed too early")
		}
		w.at(t, "2026-03-24")
		if _, k := w.view(t, id); !w.clock.Propose(k) {
			t.Error("not proposed")
		}
		if err := w.clock.DelayNotice(ctx, anna, on(id), "", date(t, "2026-04-15")); !errors.Is(err, clock.ErrReason) {
			t.Errorf("without the reason (FL 11 § second sentence): %v", err)
		}
		w.must(t, w.clock.DelayNotice(ctx, anna, on(id), "Många lampor", date(t, "2026-04-15")))
		w.due(t, id, "2026-04-15")
		view, k := w.view(t, id)
		e := view.Events[len(view.Events)-1]
		if e.Kind != clock.Delayed || e.Internal || e.Data.Law != "FL 11 §" || !strings.Contains(e.Body, "Många lampor") || view.Handlings[len(view.Handlings)-1].Direction != cases.Out {
			t.Errorf("%+v", e)
		}
		if w.clock.Propose(k) {
			t.Error("proposed again at once")
		}
		w.at(t, "2026-05-04")
		if _, k := w.view(t, id); !w.clock.Propose(k) {
			t.Error("not proposed when the new day is long past too")
		}
		// FL 11 § is of matters that an enskild part has initiated.
		w.must(t, w.clock.Initiated(ctx, anna, on(id), clock.ByAuthority))
		if _, k := w.view(t, id); w.clock.Propose(k) {
			t.Error("proposed in a matter of the authority's own")
		}
	})
}

// A closed case has no time that runs out, and one that is opened again has.
func TestADecisionAndClosingEndTheTime(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db, statutory(t))
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		_, err := w.Decide(ctx, anna, on(id), cases.Ruling{Key: "lagad", Text: "Lagad"})
		w.must(t, err)
		if _, k := w.view(t, id); k.Running || !k.Statutory.IsZero() {
			t.Errorf("after the decision: %+v", k.Times)
		}
		if err := w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, "")); !errors.Is(err, clock.ErrDecided) {
			t.Errorf("standing still when it is decided: %v", err)
		}
		w.move(t, id, "avslutad")
		if err := w.clock.Extend(ctx, anna, on(id), deadline.Target, "Mer", date(t, "2026-04-15")); !errors.Is(err, cases.ErrClosed) {
			t.Errorf("extended when it is closed: %v", err)
		}
		var open, rows int
		w.must(t, db.QueryRow(ctx, `SELECT count(*), sum(open) FROM case_clock`).Scan(&rows, &open))
		if rows != 1 || open != 0 {
			t.Errorf("%d rows, %d open", rows, open)
		}
		w.at(t, "2026-03-16")
		_, err = w.Move(ctx, anna, on(id), "pagar", "Den slocknade igen")
		w.must(t, err)
		if view, k := w.view(t, id); !k.Running || view.Case.Due != date(t, "2026-03-23") || k.Target != view.Case.Due {
			t.Errorf("opened again after a fortnight: %s, %s", view.Case.Due, k.Target)
		}
	})
}

// What an officer puts right by hand stays, and the time goes on from there.
func TestADayPutRightByHandStays(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t)
		view, _ := w.view(t, id)
		_, err := w.Edit(ctx, anna, cases.On{Case: id, Version: view.Case.Version}, cases.Facts{Subject: view.Case.Subject, Address: view.Case.Place.Address, Due: date(t, "2026-03-05")})
		w.must(t, err)
		w.due(t, id, "2026-03-05")
		_, err = w.Note(ctx, anna, on(id), "En anteckning", nil)
		w.must(t, err)
		w.due(t, id, "2026-03-05")
		w.at(t, "2026-03-03")
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Väntar", date(t, "2026-03-05")))
		w.due(t, id, "2026-03-09")
	})
}

// FL 2 §: matters whose decisions can be tried under KL 13 kap.
func TestFL_2_MattersThatAreLeftOut(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		legality := func(d *casetype.Definition) { d.Decisions[1].Appeal.Type = casetype.Legality }
		answers := func(d *casetype.Definition) { d.Decisions = d.Decisions[:1] }
		for i, x := range []struct {
			change func(*casetype.Definition)
			want   bool
		}{{legality, true}, {answers, true}, {func(*casetype.Definition) {}, false}} {
			w := open(t, db, x.change)
			if clock.Exempt(w.Lamp) != x.want {
				t.Errorf("%d: exempt %t", i, !x.want)
			}
		}
		w := open(t, db, legality)
		id := w.begin(t)
		w.at(t, "2026-12-01")
		view, k := w.view(t, id)
		if why := w.clock.MayAsk(view.Case, view.Type, k); why != deadline.NotApplied || !k.AskFrom.IsZero() || w.clock.Propose(k) {
			t.Errorf("%q", why)
		}
	})
}

func TestErasingLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx := t.Context()
		id, other := w.begin(t), w.begin(t)
		w.must(t, w.clock.Suspend(ctx, w.As("anna"), on(id), "Ett skäl som ska bort", date(t, "")))
		w.must(t, db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return w.clock.Erase(ctx, tx, id) }))
		var n int
		w.must(t, db.QueryRow(ctx, `SELECT count(*) FROM case_clock`).Scan(&n))
		if n != 1 {
			t.Errorf("%d rows, one of the other case expected", n)
		}
		w.due(t, other, "2026-03-09")
	})
}
