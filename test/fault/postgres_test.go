package fault

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"dygnet/test/load"
)

func TestNothingAcknowledgedIsLostByKill9OnPostgres(t *testing.T) {
	s := server(t, primary(t).url())
	l := killRounds(t, s, rounds(15))
	l.settle(t, s)
	if s.Stop() != 0 {
		t.Error("the server did not end well")
	}
	sound(t, s)
}

// only fails if the server answered anything but what is allowed.
func only(t *testing.T, s *load.Server, l *ledger, allowed ...int) {
	t.Helper()
	bad := false
	for code, n := range l.statuses {
		ok := false
		for _, a := range allowed {
			ok = ok || a == code
		}
		if !ok {
			bad = true
			t.Errorf("%d answers were %d; allowed are %v", n, code, allowed)
		}
	}
	if bad {
		t.Logf("the server said:\n%s", s.Said(`"status":500`))
	}
}

func TestALostPostgresIsToldAndComesBack(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{"stopped": syscall.SIGINT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			c := primary(t)
			s := server(t, c.url())
			l := underLoad(t, s, 8, func(l *ledger) {
				answers(t, l, 303, 50)
				c.end(sig)
				answers(t, l, 200, 50)
				if code, body := submit(s, l); code != 200 || !strings.Contains(body, "V-") || !strings.Contains(body, "</html>") {
					t.Errorf("without its database the server answers %d with\n%.2000s", code, body)
				}
				for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/diarium": 503} {
					if code := page(s, path); code != want {
						t.Errorf("without its database %s answers %d, not %d", path, code, want)
					}
				}
				c.start()
				answers(t, l, 303, 50)
			})
			only(t, s, l, 200, 303, 503)
			l.settle(t, s)
			s.Stop()
			sound(t, s)
		})
	}
}

func TestAPromotedStandbyTakesOver(t *testing.T) {
	first := primary(t)
	second := first.standby()
	for _, statement := range []string{`ALTER SYSTEM SET synchronous_standby_names = '*'`, `SELECT pg_reload_conf()`} {
		if err := first.exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if !load.Wait(t.Context(), 20*time.Second, func() bool { return first.ask(`SELECT sync_state FROM pg_stat_replication`) == "sync" }) {
		t.Fatal("the standby does not follow in step")
	}
	s := server(t, fmt.Sprintf("postgres://postgres@127.0.0.1:%d,127.0.0.1:%d/postgres?sslmode=disable&target_session_attrs=read-write", first.port, second.port))
	var gap time.Duration
	l := underLoad(t, s, 8, func(l *ledger) {
		answers(t, l, 303, 100)
		first.end(syscall.SIGKILL)
		begun := time.Now()
		answers(t, l, 200, 20)
		if err := second.exec(`SELECT pg_promote()`); err != nil {
			t.Fatal(err)
		}
		answers(t, l, 303, 1)
		gap = time.Since(begun)
		answers(t, l, 303, 100)
	})
	t.Logf("no write was taken in for %v, of which the promotion was told as soon as the loss was seen", gap)
	only(t, s, l, 200, 303, 503)
	l.settle(t, s)
	s.Stop()
	sound(t, s)
}
