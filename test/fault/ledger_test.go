package fault

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/kernel/store"
	"dygnet/test/load"
)

// ledger is what the clients know: the truth that the server is held to.
type ledger struct {
	mu       sync.Mutex
	acked    map[string]string // submission key -> case
	unsure   map[string]bool   // sent, and never answered
	statuses map[int]int       // answers; 0 is none
}

func newLedger() *ledger {
	return &ledger{acked: map[string]string{}, unsure: map[string]bool{}, statuses: map[int]int{}}
}

// keys are the keys of what was acknowledged.
func (l *ledger) keys() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.acked))
}

// seen is how often a status was answered.
func (l *ledger) seen(status int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.statuses[status]
}

func (l *ledger) note(key string, a load.Answer, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, _ := a.Accepted()
	ok = ok || a.Status == 200 && caseOf(a.Cookie) != "" // it waits in the spool, as a case already
	switch {
	case err != nil:
		l.unsure[key] = true
		l.statuses[0]++
		return
	case ok:
		l.acked[key] = caseOf(a.Cookie)
	case a.Status >= 500:
		l.unsure[key] = true // the answer says that it was not stored; PostgreSQL cannot promise that of a lost commit
	}
	l.statuses[a.Status]++
}

// caseOf reads the case off the cookie that lets the sender see it: its first sixteen bytes.
func caseOf(cookie string) string {
	_, value, _ := strings.Cut(cookie, "=")
	first, _, _ := strings.Cut(value, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil || len(raw) < 16 {
		return ""
	}
	return uuid.UUID(raw[:16]).String()
}

// flood hands in matters from n clients until ctx ends. Clients come back when they are cut off.
func (l *ledger) flood(ctx context.Context, address string, n int) {
	var clients sync.WaitGroup
	for range n {
		clients.Go(func() {
			request := load.NewSubmission(address)
			for ctx.Err() == nil {
				c, err := load.Dial(address)
				if err != nil {
					pause(ctx, 5*time.Millisecond)
					continue
				}
				for ctx.Err() == nil && err == nil {
					var a load.Answer
					key := uuid.Must(uuid.NewV7()).String()
					a, err = c.Do(request.With(key))
					l.note(key, a, err)
					if a.Status >= 500 {
						pause(ctx, 10*time.Millisecond)
					}
				}
				c.Close()
			}
		})
	}
	clients.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// lost sends keys again and gives those that the server does not know as the same case. What was lost is thereby handed in anew.
func (l *ledger) lost(address string, keys []string) ([]string, error) {
	var mu sync.Mutex
	var lost []string
	var failed error
	var clients sync.WaitGroup
	work := make(chan string)
	for range 8 {
		clients.Go(func() {
			c, err := load.Dial(address)
			request := load.NewSubmission(address)
			for key := range work {
				if err != nil {
					continue
				}
				var a load.Answer
				if a, err = c.Do(request.With(key)); err != nil {
					break
				}
				ok, before := a.Accepted()
				l.mu.Lock()
				same := caseOf(a.Cookie) == l.acked[key]
				l.mu.Unlock()
				mu.Lock()
				switch {
				case !ok:
					err = fmt.Errorf("asking about a key: status %d", a.Status)
				case !before || !same:
					lost = append(lost, key)
				}
				mu.Unlock()
			}
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
				for range work {
				}
			}
			if c != nil {
				c.Close()
			}
		})
	}
	for _, key := range keys {
		work <- key
	}
	close(work)
	clients.Wait()
	return lost, failed
}

// settle is the last reckoning on a running server: everything acknowledged is there as the case it was, and with what nobody got an
// answer to handed in again there are exactly as many cases as there were keys: none lost, none twice.
func (l *ledger) settle(t *testing.T, s *load.Server) {
	t.Helper()
	lost, err := l.lost(s.Address, l.keys())
	if err != nil {
		t.Fatal(err)
	}
	if len(lost) > 0 {
		t.Errorf("%d of %d acknowledged matters are lost, the first with key %s", len(lost), len(l.acked), lost[0])
	}
	unsure := slices.Collect(maps.Keys(l.unsure))
	fresh, err := l.lost(s.Address, unsure) // those that were not stored, and those whose case nobody was told
	if err != nil {
		t.Fatal(err)
	}
	cases := count(t, s)
	if want := len(l.acked) + len(l.unsure); cases != want {
		t.Errorf("%d cases of %d keys: something is there twice or not at all", cases, want)
	}
	t.Logf("%d acknowledged, 0 allowed lost, %d lost; %d without answer (%d looked at); %d cases; answers %v",
		len(l.acked), len(lost), len(unsure), len(fresh), cases, l.statuses)
}

// database opens the database of a server beside it.
func database(t *testing.T, s *load.Server) *store.DB {
	t.Helper()
	address := s.Database
	if address == "" {
		address = "sqlite://" + s.Data + "/dygnet.db"
	}
	db, err := store.Open(t.Context(), store.Options{URL: address, Log: slog.New(slog.DiscardHandler), AsIs: true, Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, s *load.Server) (n int) {
	t.Helper()
	db := database(t, s)
	defer func() { _ = db.Close() }()
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM cases`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
