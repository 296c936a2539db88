package clock_test

import (
	"errors"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/store"
)

// FL 12 §: six months, the party's own written request, four weeks, and a decision or a reasoned refusal that can be appealed.
func TestFL_12_FromRequestToRefusal(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		id := w.begin(t, func(s *cases.Submission) { s.Person = w.IDs["inv"] })
		w.move(t, id, "pagar")
		inv := cases.Citizen{Person: w.IDs["inv"]}
		var untried *clock.UntriedError
		w.at(t, "2026-09-02") // the last day of the six months
		if err := w.clock.RequestDecision(ctx, inv, id, "Nu"); !errors.As(err, &untried) || untried.Why != deadline.Early {
			t.Fatalf("on the last day of the six months: %v", err)
		}
		w.at(t, "2026-09-03")
		if err := w.clock.RequestDecision(ctx, cases.Citizen{Person: w.IDs["skyddad"]}, id, "Nu"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("by somebody whom it does not concern: %v", err)
		}
		w.must(t, w.clock.RequestDecision(ctx, inv, id, "  Jag har väntat länge nog "))
		view, k := w.view(t, id)
		e, h := view.Events[len(view.Events)-1], view.Handlings[len(view.Handlings)-1]
		if e.Kind != clock.Requested || e.Internal || e.Body != "Jag har väntat länge nog" || e.Data.Day != date(t, "2026-10-01") || e.Data.Law != "FL 12 §" {
			t.Errorf("%+v", e)
		}
		if h.Direction != cases.In || h.Kind != string(clock.Requested) || h.Party != "Ines" {
			t.Errorf("%+v", h)
		}
		if k.Statutory != date(t, "2026-10-01") || k.Provision.String() != "FL 12 §" {
			t.Errorf("four weeks: %s by %s", k.Statutory, k.Provision)
		}
		if err := w.clock.RequestDecision(ctx, inv, id, "Nu"); !errors.As(err, &untried) || untried.Why != deadline.Again {
			t.Errorf("a second time (third paragraph): %v", err)
		}
		w.must(t, w.clock.Suspend(ctx, anna, on(id), "Väntar på en remiss", date(t, "")))
		if _, k := w.view(t, id); k.Statutory != date(t, "2026-10-01") {
			t.Errorf("the four weeks stood still, until %s", k.Statutory)
		}
		if _, err := w.clock.Refuse(ctx, anna, on(id), "  "); !errors.Is(err, clock.ErrReason) {
			t.Errorf("without reasons (FL 32 §): %v", err)
		}
		if _, err := w.clock.Refuse(ctx, w.As("bo"), on(id), "Skäl"); err == nil {
			t.Error("refused by an officer who has not the case")
		}
		out, err := w.clock.Refuse(ctx, anna, on(id), "Vi behöver ett yttrande från Trafikverket.")
		w.must(t, err)
		view, k = w.view(t, id)
		e, h = view.Events[len(view.Events)-1], view.Handlings[len(view.Handlings)-1]
		d := view.Decisions[0]
		if out.Late || d.ID != out.Decision || e.Data.Decision != d.ID || d.Key != clock.RefusalKey || d.DecidedBy != w.IDs["anna"] || d.Mandate == "" {
			t.Errorf("%+v %+v", out, d)
		}
		for _, words := range []string{d.Text, e.Body} {
			if !strings.Contains(words, "Trafikverket") || !strings.Contains(words, "Överklaga till förvaltningsrätten inom tre veckor.") {
				t.Errorf("the party reads %q", words)
			}
		}
		if h.Direction != cases.Out || e.Internal || !k.Running || k.Demand != nil || !k.Statutory.IsZero() {
			t.Errorf("after the refusal the matter goes on: %+v", k.Times)
		}
		// The refusal does not decide the matter: it can neither be closed for it, nor asked about again.
		if _, err := w.Move(ctx, anna, on(id), "avslutad", "Klart"); !errors.Is(err, cases.ErrDecision) {
			t.Errorf("closed on the refusal: %v", err)
		}
		if why, err := w.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, "2026-09-03"), Channel: "letter"}); why != deadline.Again || err != nil {
			t.Errorf("asked again on paper: %q %v", why, err)
		}
		if _, err := w.clock.Refuse(ctx, anna, on(id), "Skäl"); !errors.Is(err, clock.ErrNothing) {
			t.Errorf("refused twice: %v", err)
		}
	})
}

// FL 12 §: to decide the matter answers the request. To refuse it is possible when the four weeks are out, and told.
func TestFL_12_TheDecisionAnswersAndALateRefusalIsTold(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		decided, late := w.begin(t), w.begin(t)
		w.at(t, "2026-10-05")
		for _, id := range []string{decided, late} {
			why, err := w.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, "2026-09-07"), Channel: clock.ByMessage, Words: "Se meddelandet"})
			if err != nil || why != "" {
				t.Fatal(why, err)
			}
			view, k := w.view(t, id)
			if len(view.Handlings) != 1 || k.Asked != date(t, "2026-09-07") || k.Statutory != date(t, "2026-10-05") {
				t.Errorf("what came as a message is in the diarium already: %+v", view.Handlings)
			}
		}
		_, err := w.Decide(ctx, anna, on(decided), cases.Ruling{Key: "avslag", Text: "Nej"})
		w.must(t, err)
		if _, k := w.view(t, decided); k.Demand != nil || k.Answered != date(t, "2026-10-05") || k.Refused {
			t.Errorf("%+v", k.Course)
		}
		w.at(t, "2026-10-06")
		out, err := w.clock.Refuse(ctx, anna, on(late), "Skäl")
		if err != nil || !out.Late {
			t.Errorf("a day late: %+v %v", out, err)
		}
	})
}

// What FL 12 § gives no right to is entered all the same, and answered with why.
func TestFL_12_WhatCannotBeTriedIsEnteredAndAnswered(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		ctx, anna := t.Context(), w.As("anna")
		for _, x := range []struct {
			name, came string
			before     func(id string)
			want       deadline.Refusal
			words      string
		}{
			{"early", "2026-08-01", func(string) {}, deadline.Early, "från 3 september 2026"},
			{"of the authority's own", "2026-09-10", func(id string) { w.must(t, w.clock.Initiated(ctx, anna, on(id), clock.ByAuthority)) }, deadline.NotByParty, "själv har inlett"},
			{"of somebody who is no party", "2026-09-10", func(id string) { w.must(t, w.clock.Initiated(ctx, anna, on(id), clock.ByNotifier)) }, deadline.NotByParty, "själv har inlett"},
			{"decided", "2026-09-10", func(id string) {
				_, err := w.Decide(ctx, anna, on(id), cases.Ruling{Key: "lagad", Text: "Lagad"})
				w.must(t, err)
			}, deadline.DecidedThen, "redan beslutat"},
		} {
			w.at(t, "2026-03-02")
			id := w.begin(t)
			w.at(t, "2026-09-10")
			x.before(id)
			why, err := w.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, x.came), Channel: "letter", Words: "Avgör nu"})
			if err != nil || why != x.want {
				t.Errorf("%s: %q %v", x.name, why, err)
			}
			view, k := w.view(t, id)
			n := len(view.Events)
			if in, out := view.Events[n-2], view.Events[n-1]; in.Kind != clock.RequestUntried || in.Data.To != string(x.want) || out.Kind != cases.MessageOut || !strings.Contains(out.Body, x.words) {
				t.Errorf("%s: %+v %+v", x.name, in, out)
			}
			m := len(view.Handlings)
			if view.Handlings[m-2].Direction != cases.In || view.Handlings[m-1].Direction != cases.Out || !k.Asked.IsZero() || k.Demand != nil {
				t.Errorf("%s: %+v %+v", x.name, view.Handlings, k.Course)
			}
		}
		id := w.begin(t)
		for day, want := range map[string]error{"2026-09-11": clock.ErrFuture, "2026-01-01": clock.ErrBefore, "": clock.ErrBefore} {
			if _, err := w.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, day), Channel: "letter"}); !errors.Is(err, want) {
				t.Errorf("came %s: %v", day, err)
			}
		}
		if _, err := w.clock.RegisterRequest(ctx, anna, on(id), clock.Paper{Came: date(t, "2026-09-10"), Channel: "duva"}); !errors.Is(err, cases.ErrEmpty) {
			t.Errorf("by pigeon: %v", err)
		}
	})
}

// Only the one who initiated the matter may ask: not another whom it concerns, however they may read it.
func TestFL_12_AnotherPartyMayNotAsk(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		w := open(t, db)
		id := w.begin(t, func(s *cases.Submission) {
			s.Person = w.IDs["inv"]
			s.Parties = []cases.Party{{Role: "other", Person: w.IDs["bo"], Name: "Granne"}}
		})
		w.at(t, "2026-10-01")
		if err := w.clock.RequestDecision(t.Context(), cases.Citizen{Person: w.IDs["bo"]}, id, "Nu"); !errors.Is(err, clock.ErrParty) {
			t.Errorf("%v", err)
		}
		w.must(t, w.clock.RequestDecision(t.Context(), cases.Citizen{Opened: []string{id}}, id, "Med koden"))
	})
}
