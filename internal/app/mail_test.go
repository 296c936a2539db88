package app

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
)

func TestADecisionThatClosesTheCaseSendsTheLetterThatItIsClosed(t *testing.T) {
	h := newHouse(t, io.Discard)
	m := h.newMatters(t)
	decide := func(to string) {
		t.Helper()
		_, err := h.cases.Decide(t.Context(), h.official(t, "karin-ekstrand"), cases.On{Case: m.open}, cases.Ruling{Key: "atgardad", Text: "Klart", To: to})
		if err != nil {
			t.Fatal(err)
		}
	}
	decide("")
	decide("avslutad")
	sender, err := email.NewSender(email.Options{
		DB: h.db, Queue: jobs.New(h.db, h.clock, slog.New(slog.DiscardHandler), jobs.Settings{}), Clock: h.clock,
		Server: email.Server{Host: "127.0.0.1", Port: 1, Security: "none"}, From: demoSender,
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := h.journal.Since(t.Context(), -1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	err = h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return letters{h.App, sender}.handle(ctx, tx, entries) })
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.All(t.Context(), h.db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) },
		`SELECT subject FROM email_outbox WHERE case_id = $1 ORDER BY id`, m.open)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.cases.Case(t.Context(), m.open)
	if err != nil {
		t.Fatal(err)
	}
	say := h.texts.For("sv")
	want := []string{say.T("email.receipt.subject", "Number", c.Number), say.T("email.message.subject", "Number", c.Number), say.T("email.closed.subject", "Number", c.Number)}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("letters %q, want %q", got, want)
	}
}
