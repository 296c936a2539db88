// Package journaltest opens journals for tests.
package journaltest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Open gives a journal on db with a fresh key and a clock that the test moves, set to noon in Stockholm on 2 March 2026.
func Open(t testing.TB, db *store.DB) (*journal.Log, *calendar.Fake) {
	t.Helper()
	key, _, err := journal.GenerateKey("test.example/journal")
	if err != nil {
		t.Fatal(err)
	}
	clock := calendar.NewFake(time.Date(2026, 3, 2, 12, 0, 0, 0, calendar.Stockholm()))
	log, err := journal.Open(context.Background(), db, key, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return log, clock
}
