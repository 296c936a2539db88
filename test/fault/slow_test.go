package fault

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/test/load"
)

// slowClients is how many connections of each kind there are at once.
const slowClients = 2000

const (
	// allowed is how long 99 of 100 honest requests may take while the slow ones hang on.
	allowed = 10 * time.Millisecond
	// quiet is what they may take before, on a machine where their time says something.
	quiet = allowed / 2
)

// slowKind is a way to hold a connection without using it: what is sent at first, and how long it is between the bytes that follow.
type slowKind struct {
	first string
	every time.Duration
}

func slowKinds(host string) map[string]slowKind {
	return map[string]slowKind{
		"header": {"GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: ", time.Second},
		"body": {"POST /e-tjanster/felanmalan/allt HTTP/1.1\r\nHost: " + host +
			"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000\r\n\r\n_nyckel=", 5 * time.Second},
		"idle": {"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", time.Hour},
	}
}

func TestSlowClientsAreCutWhileOthersAreServed(t *testing.T) {
	n := slowClients
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	if need := uint64(3*n + 500); files.Cur < need {
		t.Skipf("%d open files are allowed here and %d are needed: raise ulimit -n", files.Cur, need)
	}
	s := server(t, "")
	before := honest(t, s, 3*time.Second)
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	var slow sync.WaitGroup
	var open atomic.Int64
	cut := map[string]*atomic.Int64{}
	for name, kind := range slowKinds(s.Address) {
		cut[name] = &atomic.Int64{}
		for range n {
			slow.Go(func() {
				if hold(ctx, s.Address, kind, &open) {
					cut[name].Add(1)
				}
			})
		}
	}
	if !load.Wait(ctx, 20*time.Second, func() bool { return open.Load() >= int64(2*n) }) {
		t.Fatalf("only %d slow connections were opened", open.Load())
	}
	opened := open.Load()
	during := honest(t, s, 10*time.Second)
	slow.Wait()
	for name, got := range cut {
		if got.Load() != int64(n) {
			t.Errorf("%d of %d connections slow in %s were cut within 60 s", got.Load(), n, name)
		}
	}
	used, err := load.UsageOf(s.PID())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("honest p99 %v before, %v with %d slow connections open; resident %d MB", before, during, opened, used.Resident>>20)
	switch {
	case before > quiet:
		t.Logf("the time of honest requests is not judged: the machine is busy with other things, they took %v before the first slow one came", before)
	case during >= allowed:
		t.Errorf("honest p99 is %v among slow connections, %v without them; %v allowed", during, before, allowed)
	}
	if fds := openFiles(t, s.PID()); fds > 200 {
		t.Errorf("the server holds %d files open after it cut them all", fds)
	}
}

// hold keeps a connection as busy as its kind says and tells whether the server cut it.
func hold(ctx context.Context, address string, kind slowKind, open *atomic.Int64) bool {
	c, err := (&net.Dialer{Timeout: 20 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	open.Add(1)
	defer open.Add(-1)
	if _, err := io.WriteString(c, kind.first); err != nil {
		return true
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, c) // ends when the server closes, after whatever it has to say
	}()
	tick := time.NewTicker(kind.every)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			return true
		case <-ctx.Done():
			return false
		case <-tick.C:
			if _, err := io.WriteString(c, "a"); err != nil {
				return true
			}
		}
	}
}

// honest makes 100 well-behaved requests a second, pages and submissions by turns, and gives the time within which 99 % were answered,
// counted from when each should have been sent.
func honest(t *testing.T, s *load.Server, d time.Duration) time.Duration {
	t.Helper()
	c, err := load.Dial(s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	form := load.NewSubmission(s.Address)
	get := load.Get(s.Address, "/", "")
	var took load.Samples
	begun := time.Now()
	for i := 0; ; i++ {
		due := begun.Add(time.Duration(i) * 10 * time.Millisecond)
		if due.Sub(begun) > d {
			return took.Quantile(0.99)
		}
		time.Sleep(time.Until(due))
		request, want := get, http.StatusOK
		if i%2 == 1 {
			request, want = form.With(uuid.Must(uuid.NewV7()).String()), http.StatusSeeOther
		}
		a, err := c.Do(request)
		if err != nil || a.Status != want {
			t.Fatalf("an honest request got %d, %v", a.Status, err)
		}
		took = append(took, time.Since(due))
	}
}

func openFiles(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join("/proc", fmt.Sprint(pid), "fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
