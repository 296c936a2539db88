package measure

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// ProbeEvery is how often the site tries itself.
const ProbeEvery = 5 * time.Minute

// probeTimeout is after how long a page counts as not working.
const probeTimeout = 10 * time.Second

// probesKept is how long what was found is kept.
const probesKept = 400 * 24 * time.Hour

// probeCookie keeps the probe out of the cache of pages: a page that is only remembered has not been tried.
const probeCookie = "dygnet-probe=1"

// Probe asks the site for some pages as a visitor would, and the database, and keeps whether all of it worked and how long the slowest
// page took (S8-24-1). What does not work is no error: it is what was found.
func (s *Service) Probe(ctx context.Context, site http.Handler, paths ...string) error {
	at := s.Clock.Now()
	var failed []string
	var slowest time.Duration
	for _, path := range paths {
		took, err := s.ask(ctx, site, path)
		if err != nil {
			failed = append(failed, path)
			s.Log.WarnContext(ctx, "the site tried itself and a page does not work", "path", path, "error", err)
		}
		slowest = max(slowest, took)
	}
	if err := s.db.Ping(ctx); err != nil {
		failed = append(failed, "database")
	}
	return s.probed(ctx, at, slowest, failed)
}

// probed keeps what was found. When the database is what does not work, nothing can be kept, and the gap tells (Availability).
func (s *Service) probed(ctx context.Context, at time.Time, slowest time.Duration, failed []string) error {
	err := s.db.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM probe WHERE at < $1`, store.Micros(at.Add(-probesKept))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO probe (at, ok, ms, failed) VALUES ($1, $2, $3, $4) ON CONFLICT (at) DO NOTHING`,
			store.Micros(at), store.Bool(len(failed) == 0), slowest.Milliseconds(), strings.Join(failed, " "))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping whether the site works: %w", err)
	}
	return nil
}

// ask asks for a page and reads all of it.
func (s *Service) ask(ctx context.Context, site http.Handler, path string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return 0, err
	}
	r.RequestURI, r.RemoteAddr = path, "127.0.0.1:0"
	r.Header.Set("Cookie", probeCookie)
	w := &answer{header: http.Header{}, status: http.StatusOK}
	start := s.Clock.Now()
	site.ServeHTTP(w, r)
	took := s.Clock.Now().Sub(start)
	switch {
	case ctx.Err() != nil:
		return took, ctx.Err()
	case w.status != http.StatusOK:
		return took, fmt.Errorf("status %d", w.status)
	case w.size == 0:
		return took, fmt.Errorf("an empty page")
	}
	return took, nil
}

// answer is a response that is only looked at.
type answer struct {
	header http.Header
	status int
	size   int
}

func (a *answer) Header() http.Header    { return a.header }
func (a *answer) WriteHeader(status int) { a.status = status }
func (a *answer) Write(b []byte) (int, error) {
	a.size += len(b)
	return len(b), nil
}

// Availability is how the site has worked when it tried itself.
type Availability struct {
	Since       time.Time // the first try of the time; zero: none yet
	Share       float64   // 0 to 1; tries that did not take place count as failed
	Tries       int
	Median, P95 time.Duration // of the slowest page of each try that worked
	LastFailed  time.Time     // zero: never in the time
}

// Availability tells how the site has worked in the last 30 days, or since it first tried itself.
func (s *Service) Availability(ctx context.Context) (Availability, error) {
	type try struct {
		at time.Time
		ok bool
		ms int
	}
	now := s.Clock.Now()
	list, err := store.All(ctx, s.db, func(r *store.Rows) (try, error) {
		var t try
		var at int64
		err := r.Scan(&at, &t.ok, &t.ms)
		t.at = store.Time(at)
		return t, err
	}, `SELECT at, ok = 1, ms FROM probe WHERE at >= $1 ORDER BY at`, store.Micros(now.Add(-30*24*time.Hour)))
	if err != nil || len(list) == 0 {
		return Availability{}, err
	}
	a := Availability{Since: list[0].at, Tries: len(list)}
	var times []spent
	ok := 0
	for i, t := range list {
		if t.ok {
			ok++
			times = append(times, spent{t.ms, 1})
		} else {
			a.LastFailed = t.at
		}
		if i > 0 && t.at.Sub(list[i-1].at) > 2*ProbeEvery {
			if silent := list[i-1].at.Add(ProbeEvery); silent.After(a.LastFailed) {
				a.LastFailed = silent
			}
		}
	}
	expected := max(len(list), int(now.Sub(a.Since)/ProbeEvery))
	a.Share = share(ok, expected)
	if len(times) > 0 {
		a.Median, a.P95 = time.Duration(rank(times, 50))*time.Millisecond, time.Duration(rank(times, 95))*time.Millisecond
	}
	return a, nil
}
