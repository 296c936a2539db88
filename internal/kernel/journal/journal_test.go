package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{journal.Migrations}

func write(t testing.TB, log *journal.Log, n int) []journal.Recorded {
	t.Helper()
	var out []journal.Recorded
	for i := range n {
		r, err := log.Note(t.Context(), journal.Entry{
			Actor: "p1", Action: "case.claimed", Object: journal.Ref{Kind: "case", ID: fmt.Sprint("c", i%7)}, Payload: map[string]any{"i": i, "text": "<åäö & mer>"},
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	if err := log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

func findings(t testing.TB, db *store.DB, log *journal.Log) string {
	t.Helper()
	report, err := journal.Verify(t.Context(), db, log.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(report.Findings)
}

func TestPR4_EveryChangeWritesOneEntryInItsTransaction(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		boom := errors.New("boom")
		_, err := log.Do(t.Context(), func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
			return journal.Entry{Action: "case.claimed", Object: journal.Ref{Kind: "case", ID: "1"}}, boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		_, err = log.Do(t.Context(), func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
			_, err := tx.Exec(ctx, `INSERT INTO store_fact (name, value) VALUES ('a', 'b')`)
			return journal.Entry{Action: "not a proper action", Object: journal.Ref{Kind: "case", ID: "1"}}, err
		})
		if err == nil {
			t.Fatal("an entry that cannot be told apart from another must be refused")
		}
		if err := db.QueryRow(t.Context(), `SELECT value FROM store_fact WHERE name = 'a'`).Scan(new(string)); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the change outlived its entry: %v", err)
		}
		write(t, log, 3)
		got, err := log.Since(t.Context(), journal.Unsequenced, 10)
		if err != nil || len(got) != 3 {
			t.Fatalf("%d entries, %v", len(got), err)
		}
		if !got[0].At.Equal(clock.Now()) || got[2].Seq != 2 || string(got[1].Payload) == "" {
			t.Fatalf("%+v", got[0])
		}
	})
}

func TestPR4_SchemaRefusesToChangeHistory(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		write(t, log, 2)
		if _, err := log.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		queries := []string{
			`UPDATE journal_entry SET actor = 'x'`, `DELETE FROM journal_entry`, `UPDATE journal_hash SET n = n + 100`, `DELETE FROM journal_hash`,
			`UPDATE journal_checkpoint SET at = 0`, `DELETE FROM journal_checkpoint`, `UPDATE journal_payload SET body = '{}'`,
		}
		if db.Engine() == store.SQLite {
			queries = append(queries,
				`INSERT OR REPLACE INTO journal_entry SELECT seq, 'x', at, actor, mandate, decision, action, object_kind, object_id, payload_hash FROM journal_entry WHERE seq = 1`,
				`INSERT OR REPLACE INTO journal_entry SELECT 7, id, at, actor, mandate, decision, action, object_kind, object_id, payload_hash FROM journal_entry WHERE seq = 1`,
				`INSERT OR REPLACE INTO journal_payload SELECT seq, salt, '{}' FROM journal_payload`,
				`INSERT OR REPLACE INTO journal_hash SELECT n, x'00' FROM journal_hash`,
				`INSERT OR REPLACE INTO journal_checkpoint SELECT size, 0, note FROM journal_checkpoint`,
				`REPLACE INTO journal_payload SELECT seq, salt, '{}' FROM journal_payload`,
			)
		}
		for _, query := range queries {
			err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, query)
				return err
			})
			if !errors.Is(err, store.ErrRefused) {
				t.Errorf("%s: %v", query, err)
			}
		}
	})
}

// P-R: an insider with a database prompt switches the triggers off, as anyone with such a prompt can, and changes something.
func TestPR_VerifyNamesTheExactRow(t *testing.T) {
	lift := map[store.Engine][]string{
		store.SQLite: {
			`DROP TRIGGER journal_entry_no_update`, `DROP TRIGGER journal_entry_no_delete`, `DROP TRIGGER journal_hash_no_update`,
			`DROP TRIGGER journal_hash_no_delete`, `DROP TRIGGER journal_checkpoint_no_update`, `DROP TRIGGER journal_checkpoint_no_delete`,
			`DROP TRIGGER journal_payload_no_update`,
		},
		store.Postgres: {
			`ALTER TABLE journal_entry DISABLE TRIGGER USER`, `ALTER TABLE journal_hash DISABLE TRIGGER USER`,
			`ALTER TABLE journal_checkpoint DISABLE TRIGGER USER`, `ALTER TABLE journal_payload DISABLE TRIGGER USER`,
		},
	}
	for _, c := range []struct{ name, tamper, want string }{
		{"nothing", `SELECT 1`, "[]"},
		{"an entry is changed", `UPDATE journal_entry SET actor = 'someone else' WHERE seq = 17`, "[journal_entry row 17: changed: its hash is not the one in the tree]"},
		{"an entry is removed", `DELETE FROM journal_entry WHERE seq = 23`, "[journal_entry row 23: removed journal_payload row 23: inserted: it belongs to no entry]"},
		{"the last entry is removed", `DELETE FROM journal_entry WHERE seq = 39`, "[journal_entry row 39: removed from the end: its hash is left journal_payload row 39: inserted: it belongs to no entry]"},
		{"an entry is inserted", `INSERT INTO journal_entry SELECT 40, 'new', at, actor, mandate, decision, action, object_kind, object_id, payload_hash FROM journal_entry WHERE seq = 3`,
			"[journal_entry row 40: inserted: the tree does not know it]"},
		{"a payload is changed", `UPDATE journal_payload SET body = '{"i":99}' WHERE seq = 5`, "[journal_payload row 5: changed: it is not what was journalled]"},
		{"a payload is removed", `DELETE FROM journal_payload WHERE seq = 6`, "[journal_payload row 6: removed, and no entry says why]"},
		{"a tree hash is changed", `UPDATE journal_hash SET hash = (SELECT hash FROM journal_hash WHERE n = 0) WHERE n = 2`,
			"[journal_hash row 2: changed: it does not follow from the hashes below it]"},
		{"a checkpoint is forged", `UPDATE journal_checkpoint SET note = replace(note, '40', '41')`, "not genuine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
				log, _ := journaltest.Open(t, db)
				write(t, log, 40)
				if _, err := log.Checkpoint(t.Context()); err != nil {
					t.Fatal(err)
				}
				err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					for _, query := range append(lift[db.Engine()], c.tamper) {
						if _, err := tx.Exec(ctx, query); err != nil {
							return fmt.Errorf("%s: %w", query, err)
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := findings(t, db, log); !strings.Contains(got, c.want) {
					t.Errorf("found %s\nwant  %s", got, c.want)
				}
			})
		})
	}
}

// Someone rewrites an entry and recomputes the whole tree after it; only the signed checkpoint can tell.
func TestPR_RewritingTheWholeTreeIsSeenByTheCheckpoint(t *testing.T) {
	db := storetest.SQLite(t, rooms...)
	log, _ := journaltest.Open(t, db)
	write(t, log, 20)
	if _, err := log.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, query := range []string{
			`DROP TRIGGER journal_entry_no_update`, `DROP TRIGGER journal_hash_no_delete`,
			`UPDATE journal_entry SET actor = 'x' WHERE seq = 4`, `DELETE FROM journal_hash`,
		} {
			if _, err := tx.Exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, log, 1) // the program itself rebuilds the tree over the forged entry
	if got := findings(t, db, log); !strings.Contains(got, "journal_checkpoint row 20: does not agree with the entries") {
		t.Errorf("found %s", got)
	}
}

func TestGallringRemovesPayloadsAndAllProofsHold(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		made := write(t, log, 21)
		before, err := log.Receipt(t.Context(), made[3].ID, "KS 2026/1")
		if err != nil {
			t.Fatal(err)
		}
		object := journal.Ref{Kind: "case", ID: "c3"}
		_, err = log.Do(t.Context(), func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
			n, err := log.ErasePayloads(ctx, tx, object)
			if n != 3 {
				t.Errorf("%d payloads removed, want 3", n)
			}
			return journal.Entry{Actor: "p2", Action: "case.erased", Object: object, Payload: map[string]int64{"payloads": n}}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := findings(t, db, log); got != "[]" {
			t.Errorf("found %s", got)
		}
		after, err := log.Receipt(t.Context(), made[3].ID, "KS 2026/1")
		if err != nil {
			t.Fatal(err)
		}
		if after.Payload != nil {
			t.Errorf("the payload is still there: %s", after.Payload)
		}
		for name, r := range map[string]journal.Receipt{"before": before, "after": after} {
			if err := r.Verify(log.Key().Public()); err != nil {
				t.Errorf("receipt made %s the removal: %v", name, err)
			}
		}
	})
}

func TestReceiptVerifiesOfflineAndForgeriesDoNot(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		made := write(t, log, 9)
		r, err := log.Receipt(t.Context(), made[5].ID, "KS 2026/7")
		if err != nil {
			t.Fatal(err)
		}
		write(t, log, 5)
		file, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		read, err := journal.ParseReceipt(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := read.Verify(log.Key().Public()); err != nil {
			t.Fatalf("a genuine receipt: %v", err)
		}
		other, _, err := journal.GenerateKey("test.example/journal")
		if err != nil {
			t.Fatal(err)
		}
		if err := read.Verify(other.Public()); !errors.Is(err, journal.ErrForged) {
			t.Errorf("under another key: %v", err)
		}
		for what, change := range map[string][2]string{
			"the content": {`"i": 5`, `"i": 6`}, "the actor": {`"actor": "p1"`, `"actor": "p9"`}, "the place": {`"seq": 5`, `"seq": 4`},
			"the action": {`case.claimed`, `case.decided`},
		} {
			forged := strings.Replace(string(file), change[0], change[1], 1)
			if forged == string(file) {
				t.Fatalf("%s: nothing was forged", what)
			}
			read, err := journal.ParseReceipt([]byte(forged))
			if err == nil {
				err = read.Verify(log.Key().Public())
			}
			if !errors.Is(err, journal.ErrForged) {
				t.Errorf("%s forged: %v", what, err)
			}
		}
		if _, err := journal.ParseReceipt([]byte(strings.Replace(string(file), `{`, `{"extra": 1,`, 1))); err == nil {
			t.Error("an unknown field was taken")
		}
	})
}

func TestTreeGrowsConsistently(t *testing.T) {
	db := storetest.SQLite(t, rooms...)
	log, _ := journaltest.Open(t, db)
	heads := map[int64]tlog.Hash{}
	rapid.Check(t, func(rt *rapid.T) {
		write(t, log, rapid.IntRange(1, 6).Draw(rt, "entries"))
		head, err := log.Checkpoint(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		heads[head.Size] = head.Root
		for size, root := range heads {
			proof, err := log.Consistency(t.Context(), head.Size, size)
			if err != nil {
				rt.Fatal(err)
			}
			if err := tlog.CheckTree(proof, head.Size, head.Root, size, root); err != nil {
				rt.Fatalf("%d -> %d: %v", size, head.Size, err)
			}
		}
	})
	if got := findings(t, db, log); got != "[]" {
		t.Errorf("found %s", got)
	}
}

func TestConcurrentWritersGetOneGaplessOrder(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		log, _ := journaltest.Open(t, db)
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := range 25 {
					_, err := log.Do(t.Context(), func(context.Context, *store.Tx) (journal.Entry, error) {
						if i%5 == 4 {
							return journal.Entry{}, errors.New("refused")
						}
						return journal.Entry{Actor: fmt.Sprint("w", w), Action: "case.noted", Object: journal.Ref{Kind: "case", ID: "x"}, Payload: i}, nil
					})
					if (err != nil) != (i%5 == 4) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := log.Since(t.Context(), -1, 1000)
		if err != nil || len(list) != 320 {
			t.Fatalf("%d entries, %v", len(list), err)
		}
		if got := findings(t, db, log); got != "[]" {
			t.Errorf("found %s", got)
		}
	})
}

func TestKeyFileIsPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.key")
	a, err := journal.LoadKey(file, "x.example/log")
	if err != nil {
		t.Fatal(err)
	}
	b, err := journal.LoadKey(file, "ignored")
	if err != nil || a.Public() != b.Public() {
		t.Fatalf("%v", err)
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add([]byte(`{"type":"dygnet-receipt-v1","seq":0,"checkpoint":"x\n1\n\n"}`))
	key, _, err := journal.GenerateKey("fuzz.example/log")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := journal.ParseReceipt(file)
		if err == nil && r.Verify(key.Public()) == nil {
			t.Fatal("a receipt that nobody signed was taken")
		}
	})
}

func BenchmarkDo(b *testing.B) {
	storeBench := storetest.SQLite(b, rooms...)
	log, _ := journaltest.Open(b, storeBench)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := log.Note(b.Context(), journal.Entry{Actor: "p", Action: "case.noted", Object: journal.Ref{Kind: "case", ID: "x"}, Payload: "hello"}); err != nil {
				b.Error(err)
			}
		}
	})
}
