package spool_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/spool"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

func open(t *testing.T, least uint64) (*spool.Spool, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "spool")
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := spool.Open(spool.Options{Dir: dir, Key: key, Log: slog.New(slog.DiscardHandler), Least: least})
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func record(text string) spool.Record {
	return spool.Record{ID: store.NewID(), Key: store.NewID(), Type: "fel", Version: 1, Answers: casetype.Answers{"text": {text}}, Received: time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)}
}

func TestTheFirstOfSeveralWithOneKeyIsKept(t *testing.T) {
	s, _ := open(t, 0)
	first := record("first")
	later := first
	later.Answers, later.Received = casetype.Answers{"text": {"later"}}, first.Received.Add(time.Hour)
	for _, r := range []spool.Record{first, later} {
		kept, err := s.Put(r)
		if err != nil || kept.Answers["text"][0] != "first" || !kept.Received.Equal(first.Received) {
			t.Fatalf("kept %v, %v", kept, err)
		}
	}
	if s.Waiting() != 1 {
		t.Errorf("%d wait", s.Waiting())
	}
}

func TestADiskWithoutRoomAndANameThatLeadsAwayAreRefused(t *testing.T) {
	s, dir := open(t, 1<<60)
	if _, err := s.Put(record("x")); !errors.Is(err, store.ErrFull) {
		t.Errorf("without room: %v", err)
	}
	s, _ = open(t, 0)
	away := record("x")
	away.ID = "../" + away.ID
	if _, err := s.Put(away); err == nil {
		t.Error("a file outside the folder was written")
	}
	if _, err := s.Get(away.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("reading outside the folder: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".fresh", "*")); len(left) > 0 {
		t.Errorf("left half-written: %v", left)
	}
}

func TestReplayGoesByAgeAndStopsWhenTheDatabaseFails(t *testing.T) {
	s, dir := open(t, 0)
	var ids []string
	for i := range 4 {
		r := record("x")
		if _, err := s.Put(r); err != nil {
			t.Fatal(err)
		}
		came := r.Received.Add(-time.Duration(i) * time.Hour) // the later ID came earlier
		if err := os.Chtimes(filepath.Join(dir, r.ID), came, came); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	slices.Reverse(ids)
	var seen []string
	err := s.Replay(t.Context(), func(_ context.Context, r spool.Record) error {
		seen = append(seen, r.ID)
		switch len(seen) {
		case 2:
			return errors.New("something else")
		case 3:
			return store.ErrUnavailable
		}
		return nil
	})
	if !errors.Is(err, store.ErrUnavailable) || !slices.Equal(seen, ids[:3]) || s.Waiting() != 3 || s.Aside() != 0 {
		t.Fatalf("saw %v of %v, %d wait: %v", seen, ids, s.Waiting(), err)
	}
	if err := s.Replay(t.Context(), func(context.Context, spool.Record) error { return spool.ErrRefused }); err != nil || s.Waiting() != 0 || s.Aside() != 3 {
		t.Errorf("%d wait, %d aside: %v", s.Waiting(), s.Aside(), err)
	}
}

func TestTheSwitchIsAFileAndCanBeSetTwice(t *testing.T) {
	m := spool.MaintenanceOf(t.TempDir())
	for _, on := range []bool{false, true, true, false, false} {
		if err := m.Set(on); err != nil || m.On() != on {
			t.Fatalf("set to %v it is %v: %v", on, m.On(), err)
		}
	}
	if (spool.Maintenance{}).On() {
		t.Error("no switch is on")
	}
}
