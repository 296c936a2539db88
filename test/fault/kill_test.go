package fault

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/kernel/store"
	"dygnet/test/load"
)

// killRounds kills the server at random moments under load, and asks after each round for some of what was acknowledged in it.
func killRounds(t *testing.T, s *load.Server, rounds int) *ledger {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	all := newLedger()
	var back time.Duration
	for range rounds {
		round := newLedger()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); round.flood(ctx, s.Address, 8) }()
		answers(t, round, 303, 5)
		time.Sleep(time.Duration(chance.IntN(500)) * time.Millisecond)
		s.Kill()
		stop()
		<-done
		begun := time.Now()
		start(t, s)
		back = max(back, time.Since(begun))
		sample := round.keys()
		chance.Shuffle(len(sample), func(i, j int) { sample[i], sample[j] = sample[j], sample[i] })
		if lost, err := round.lost(s.Address, sample[:min(len(sample), 50)]); err != nil || len(lost) > 0 {
			t.Fatalf("seed %d: lost after a kill: %v, error %v", seed, lost, err)
		}
		for key, id := range round.acked {
			all.acked[key] = id
		}
		for key := range round.unsure {
			all.unsure[key] = true
		}
		for code, n := range round.statuses {
			all.statuses[code] += n
		}
	}
	t.Logf("seed %d, %d rounds, back within %v", seed, rounds, back)
	for code := range all.statuses {
		if code != 0 && code != 303 {
			t.Errorf("the server answered %d: %v", code, all.statuses)
		}
	}
	return all
}

func TestNothingAcknowledgedIsLostByKill9(t *testing.T) {
	s := server(t, "")
	l := killRounds(t, s, rounds(50))
	l.settle(t, s)
	if s.Stop() != 0 {
		t.Error("the server did not end well")
	}
	sound(t, s)
	whole(t, s)
}

// A checker that cannot find a loss proves nothing: one is made, by hand and by a key that was never acknowledged.
func TestTheCheckerFindsALoss(t *testing.T) {
	s := server(t, "")
	l := newLedger()
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	l.flood(ctx, s.Address, 2)
	keys := l.keys()
	if lost, err := l.lost(s.Address, keys); err != nil || len(lost) > 0 || len(keys) < 2 {
		t.Fatalf("of %d matters %d lost before anything happened: %v", len(keys), len(lost), err)
	}
	made := uuid.Must(uuid.NewV7()).String()
	l.acked[made] = uuid.Must(uuid.NewV7()).String()
	if lost, err := l.lost(s.Address, []string{keys[0], made}); err != nil || len(lost) != 1 || lost[0] != made {
		t.Errorf("a made-up acknowledgement was not missed: %v %v", lost, err)
	}
	s.Stop()
	db := database(t, s)
	gone := keys[0]
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"case_party WHERE case_id", "case_event WHERE case_id", "register_entry WHERE case_id", "cases WHERE id"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` = $1`, l.acked[gone]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, s)
	if lost, err := l.lost(s.Address, keys); err != nil || len(lost) != 1 || lost[0] != gone {
		t.Errorf("a removed case was not missed: %v %v", lost, err)
	}
}

// rounds is n, or fewer with -short.
func rounds(n int) int {
	if testing.Short() {
		return max(n/10, 3)
	}
	return n
}
