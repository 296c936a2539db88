package journal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// force runs statements by somebody who owns the database.
func force(t *testing.T, db *store.DB, queries ...string) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, query := range queries {
			if _, err := tx.Exec(ctx, query); err != nil {
				return fmt.Errorf("%s: %w", query, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var liftAll = map[store.Engine][]string{
	store.SQLite: {
		`DROP TRIGGER journal_entry_no_update`, `DROP TRIGGER journal_entry_no_delete`, `DROP TRIGGER journal_hash_no_delete`, `DROP TRIGGER journal_checkpoint_no_delete`,
		`DROP TRIGGER journal_payload_no_update`,
	},
	store.Postgres: {
		`ALTER TABLE journal_entry DISABLE TRIGGER USER`, `ALTER TABLE journal_hash DISABLE TRIGGER USER`, `ALTER TABLE journal_checkpoint DISABLE TRIGGER USER`,
		`ALTER TABLE journal_payload DISABLE TRIGGER USER`,
	},
}

// Somebody cuts off the end of the journal and everything in the database that remembers it.
func TestPR_AnEndCutOffWithItsCheckpointsIsSeenByACheckpointThatWasKept(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		write(t, log, 20)
		early, err := log.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		write(t, log, 12)
		kept, err := log.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		verify := func() string {
			report, err := journal.Verify(t.Context(), db, log.Key().Public(), kept.Note, early.Note)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(report.Findings)
		}
		if got := verify(); got != "[]" {
			t.Fatalf("before: %s", got)
		}
		force(t, db, append(liftAll[db.Engine()], `DELETE FROM journal_entry WHERE seq >= 20`, `DELETE FROM journal_payload WHERE seq >= 20`,
			`DELETE FROM journal_hash WHERE n >= 38`, `DELETE FROM journal_checkpoint WHERE size > 20`)...)
		if got := verify(); !strings.Contains(got, "row 20: removed: a signed checkpoint counts 32 entries, 20 are left") {
			t.Errorf("cut off: %s", got)
		}
		write(t, log, 15) // the program goes on, and the journal is longer than it was
		if got := verify(); !strings.Contains(got, "row 32: does not agree with the entries") {
			t.Errorf("grown again: %s", got)
		}
	})
}

func TestAForgedCheckpointIsNotTakenForOneThatWasKept(t *testing.T) {
	db := storetest.SQLite(t, rooms...)
	log, _ := journaltest.Open(t, db)
	write(t, log, 5)
	kept, err := log.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Verify(t.Context(), db, log.Key().Public(), strings.Replace(kept.Note, "\n5\n", "\n4\n", 1)); err == nil {
		t.Error("a checkpoint that nobody signed is taken")
	}
}

// Changes by somebody who thinks of more than one row.
func TestPR_VerifySeesThroughChangesThatAgreeWithEachOther(t *testing.T) {
	for _, c := range []struct {
		name    string
		queries []string
		want    []string
	}{
		{"two entries change places", []string{
			`UPDATE journal_entry SET seq = -1 WHERE seq = 3`, `UPDATE journal_entry SET seq = 3 WHERE seq = 9`, `UPDATE journal_entry SET seq = 9 WHERE seq = -1`,
		}, []string{"journal_entry row 3: changed", "journal_entry row 9: changed"}},
		{"a payload and its hash are taken from another entry", []string{
			`UPDATE journal_payload SET salt = (SELECT salt FROM journal_payload WHERE seq = 8), body = (SELECT body FROM journal_payload WHERE seq = 8) WHERE seq = 4`,
			`UPDATE journal_entry SET payload_hash = (SELECT payload_hash FROM journal_entry WHERE seq = 8) WHERE seq = 4`,
		}, []string{"journal_entry row 4: changed"}},
		{"a payload is emptied together with its hash", []string{
			`DELETE FROM journal_payload WHERE seq = 4`, `UPDATE journal_entry SET payload_hash = substr(payload_hash, 1, 0) WHERE seq = 4`,
		}, []string{"journal_entry row 4: changed"}},
		{"a payload is removed and another entry renamed to say why", []string{
			`DELETE FROM journal_payload WHERE seq = 1`, `UPDATE journal_entry SET action = 'case.erased' WHERE seq = 8`,
		}, []string{"journal_entry row 8: changed", "journal_payload row 1: removed, and no entry says why"}},
		{"an entry takes the place of another", []string{
			`DELETE FROM journal_entry WHERE seq = 6`,
			`INSERT INTO journal_entry SELECT 6, 'new', at, actor, mandate, decision, action, object_kind, object_id, payload_hash FROM journal_entry WHERE seq = 7`,
		}, []string{"journal_entry row 6: changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
				log, _ := journaltest.Open(t, db)
				write(t, log, 20)
				force(t, db, append(liftAll[db.Engine()], c.queries...)...)
				got := findings(t, db, log)
				for _, want := range c.want {
					if !strings.Contains(got, want) {
						t.Errorf("found %s\nwant %s", got, want)
					}
				}
			})
		})
	}
}
