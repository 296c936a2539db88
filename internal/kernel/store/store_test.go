package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var room = fstest.MapFS{"m/09000_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0), body BYTEA) /*strict*/;`)}}

func insert(ctx context.Context, tx *store.Tx, id string, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing (id, n) VALUES ($1, $2)`, id, n)
	return err
}

func count(t *testing.T, q store.Queryer) (n int) {
	t.Helper()
	if err := q.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteIsAllOrNothing(t *testing.T) {
	storetest.Each(t, []fs.FS{room}, func(t *testing.T, db *store.DB) {
		boom := errors.New("boom")
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if err := insert(ctx, tx, "a", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || count(t, db) != 0 {
			t.Fatalf("err %v, %d rows", err, count(t, db))
		}
		err = db.Write(t.Context(), func(context.Context, *store.Tx) error { panic("bad change") })
		if err == nil || count(t, db) != 0 {
			t.Fatalf("a panic must be an error, got %v", err)
		}
		if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "b", 1) }); err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorsSayWhatACallerDecidesOn(t *testing.T) {
	storetest.Each(t, []fs.FS{room}, func(t *testing.T, db *store.DB) {
		write := func(query string, args ...any) error {
			return db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			})
		}
		if err := write(`INSERT INTO thing (id, n) VALUES ($1, $2)`, "a", 1); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			err  error
			want error
		}{
			{"unique", write(`INSERT INTO thing (id, n) VALUES ($2, $1)`, 1, "a"), store.ErrConflict},
			{"check", write(`INSERT INTO thing (id, n) VALUES ($1, $2)`, "b", -1), store.ErrRefused},
			{"no row", db.QueryRow(t.Context(), `SELECT n FROM thing WHERE id = $1`, "zz").Scan(new(int)), store.ErrNotFound},
			{"stale", db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				return tx.ExecOne(ctx, `UPDATE thing SET n = 2 WHERE id = $1 AND n = $2`, "a", 99)
			}), store.ErrConflict},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, c.err, c.want)
			}
		}
	})
}

// Concurrent changes share commits, yet each keeps its own fate: every second one fails here.
func TestGroupCommitKeepsChangesApart(t *testing.T) {
	storetest.Each(t, []fs.FS{room}, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		errs := make([]error, 400)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
					if err := insert(ctx, tx, fmt.Sprint(i), i); err != nil {
						return err
					}
					if i%2 == 1 {
						return fs.ErrInvalid
					}
					return nil
				})
			})
		}
		wg.Wait()
		for i, err := range errs {
			if (err != nil) != (i%2 == 1) {
				t.Fatalf("change %d: %v", i, err)
			}
		}
		if n := count(t, db); n != 200 {
			t.Fatalf("%d rows, want 200", n)
		}
	})
}

func TestCancelledCallersNeverLeaveHalfAChange(t *testing.T) {
	storetest.Each(t, []fs.FS{room}, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		acked := map[string]bool{}
		for i := range 300 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*time.Millisecond/2)
				defer cancel()
				a, b := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)
				err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
					if err := insert(ctx, tx, a, 1); err != nil {
						return err
					}
					return insert(ctx, tx, b, 1)
				})
				if err == nil {
					mu.Lock()
					acked[a], acked[b] = true, true
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		ids, err := store.All(t.Context(), db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) }, `SELECT id FROM thing`)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, id := range ids {
			have[id] = true
		}
		for id := range acked {
			if !have[id] {
				t.Errorf("%s was acknowledged and is not stored", id)
			}
		}
		for id := range have {
			if !have["a"+id[1:]] || !have["b"+id[1:]] {
				t.Errorf("half a change: %s", id)
			}
		}
	})
}

func TestViewSeesOneSnapshot(t *testing.T) {
	storetest.Each(t, []fs.FS{room}, func(t *testing.T, db *store.DB) {
		err := db.View(t.Context(), func(ctx context.Context, q store.Queryer) error {
			before := count(t, q)
			if err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "x", 1) }); err != nil {
				return err
			}
			if after := count(t, q); after != before {
				t.Errorf("the snapshot moved from %d to %d rows", before, after)
			}
			return nil
		})
		if err != nil || count(t, db) != 1 {
			t.Fatalf("err %v, %d rows", err, count(t, db))
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	ctx, quiet := t.Context(), slog.New(slog.DiscardHandler)
	newer := fstest.MapFS{"m/99000_later.sql": {Data: []byte(`CREATE TABLE later (id TEXT) /*strict*/;`)}}

	t.Run("a newer schema", func(t *testing.T) {
		url := "sqlite://" + filepath.Join(t.TempDir(), "x.db")
		db, err := store.Open(ctx, store.Options{URL: url, Migrations: []fs.FS{newer}, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
		if _, err = store.Open(ctx, store.Options{URL: url, Log: quiet}); !errors.Is(err, store.ErrNewerSchema) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a missing folder", func(t *testing.T) {
		_, err := store.Open(ctx, store.Options{URL: "sqlite:///nowhere/at/all.db", Log: quiet})
		if !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a file that is no database", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(file, []byte("this is plainly not a SQLite database, only some text that someone wrote"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(ctx, store.Options{URL: "sqlite://" + file, Log: quiet}); !errors.Is(err, store.ErrCorrupt) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("an unknown kind of URL", func(t *testing.T) {
		if _, err := store.Open(ctx, store.Options{URL: "mysql://x", Log: quiet}); err == nil {
			t.Fatal("no error")
		}
	})
	t.Run("a server that is not there", func(t *testing.T) {
		_, err := store.Open(ctx, store.Options{URL: "postgres://u@127.0.0.1:1/x", Log: quiet})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestDamagedPageIsNoticedAndNotServed(t *testing.T) {
	db := storetest.SQLite(t, room)
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for i := range 5000 {
			if err := insert(ctx, tx, fmt.Sprintf("row-%06d-%064d", i, i), i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.QuickCheck(t.Context(), 0); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	path := db.Path()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for page := info.Size() / 4096 / 2; page < info.Size()/4096/2+20; page++ { // the middle of the table
		if _, err := f.WriteAt(make([]byte, 64), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	_ = f.Close()
	db, err = store.Open(t.Context(), store.Options{URL: "sqlite://" + path, Migrations: []fs.FS{room}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.QuickCheck(t.Context(), 0); !errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("quick check: %v", err)
	}
	if err := db.Ping(t.Context()); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("ping after the finding: %v", err)
	}
	if _, err := db.Query(t.Context(), `SELECT 1`); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("read after the finding: %v", err)
	}
}

func TestSchemasOfBothEnginesAgree(t *testing.T) {
	lite, pg := storetest.SQLite(t, room), storetest.Postgres(t, room)
	names := func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) }
	a, err := store.All(t.Context(), lite, names, `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	b, err := store.All(t.Context(), pg, names, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("sqlite %v\npostgres %v", a, b)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			db := storetest.SQLite(b, room)
			b.SetParallelism(max(1, clients/2))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := db.Write(b.Context(), func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, store.NewID(), 1) }); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func TestBackgroundChangesGiveWayAndAreNotForgotten(t *testing.T) {
	db := storetest.SQLite(t, room)
	ctx, stop := context.WithCancel(t.Context())
	var n, busy atomic.Int64
	write := func(ctx context.Context) error {
		return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			return insert(ctx, tx, fmt.Sprint(n.Add(1)), 1)
		})
	}
	var people sync.WaitGroup
	for range 8 {
		people.Go(func() {
			for ctx.Err() == nil {
				if err := write(context.WithoutCancel(ctx)); err != nil {
					t.Error(err)
					return
				}
				busy.Add(1)
			}
		})
	}
	const turns = 3
	for range turns { // each must come to its turn while the others go on
		if err := write(store.Background(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	among := busy.Load()
	stop()
	people.Wait()
	if among < 8*turns {
		t.Errorf("%d background changes went with only %d others: they did not give way", turns, among)
	}
	for range 100 { // with nobody else there they wait for nobody
		if err := write(store.Background(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if got := int64(count(t, db)); got != n.Load() {
		t.Errorf("%d rows of %d changes", got, n.Load())
	}
}

func TestClosingFinishesBackgroundChanges(t *testing.T) {
	db := storetest.SQLite(t, room)
	var under sync.WaitGroup
	var stored atomic.Int64
	for i := range 40 {
		ctx := t.Context()
		if i%2 == 0 {
			ctx = store.Background(ctx)
		}
		under.Go(func() {
			err := db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, fmt.Sprint(i), 1) })
			if err == nil {
				stored.Add(1)
			} else if !errors.Is(err, store.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	under.Wait()
	again, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + db.Path(), Migrations: []fs.FS{room}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if got := int64(count(t, again)); got != stored.Load() {
		t.Errorf("%d rows of %d acknowledged changes", got, stored.Load())
	}
}

func TestWhatComesAfterAChangeRunsOnlyIfItIsStored(t *testing.T) {
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		for _, ctx := range []context.Context{t.Context(), store.Background(t.Context()), store.Replayable(t.Context())} {
			ran := 0
			if err := db.Write(ctx, func(_ context.Context, tx *store.Tx) error {
				tx.After(func() { ran++ })
				return nil
			}); err != nil || ran != 1 {
				t.Errorf("after a change that is stored: ran %d times, %v", ran, err)
			}
			failed := errors.New("no")
			if err := db.Write(ctx, func(_ context.Context, tx *store.Tx) error {
				tx.After(func() { ran++ })
				return failed
			}); !errors.Is(err, failed) || ran != 1 {
				t.Errorf("after a change that is rolled back: ran %d times, %v", ran-1, err)
			}
		}
	})
}

func TestOnlyWhatWouldBeDoneAgainIsNotWaitedForOnTheDisk(t *testing.T) {
	storetest.Each(t, nil, func(t *testing.T, db *store.DB) {
		ask, waits, goes := `SELECT synchronous FROM pragma_synchronous`, "2", "1"
		if db.Engine() == store.Postgres {
			ask, waits, goes = `SHOW synchronous_commit`, "on", "off"
		}
		background, replayable := store.Background(t.Context()), store.Replayable(t.Context())
		for i, c := range []struct {
			ctx  context.Context
			want string
		}{{t.Context(), waits}, {replayable, goes}, {replayable, goes}, {background, waits}, {replayable, goes}, {t.Context(), waits}} {
			var got string
			if err := db.Write(c.ctx, func(ctx context.Context, tx *store.Tx) error { return tx.QueryRow(ctx, ask).Scan(&got) }); err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("change %d was made with synchronous %s, want %s", i, got, c.want)
			}
		}
	})
}
