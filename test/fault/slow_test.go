package fault

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/test/load"
)

// slowClients is how many connections of each kind there are at once.
const slowClients = 2000

const (
	// allowed is how long 99 of 100 honest requests may take while the slow ones hang on, besides what the disk takes for what must be
	// durable.
	allowed = 10 * time.Millisecond
	// quiet is what pages may take before and after, on a machine where their time says something.
	quiet = allowed / 2
	// dear is the processor time, besides that of the honest requests, that a slow connection may cost the server in the ten seconds. It is
	// judged on busy machines too.
	dear = time.Millisecond
	// tries is how often slow answers must be seen, each time on a quiet machine, to be the server's fault.
	tries = 3
)

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
	honest(t, s, 2*time.Second) // the first requests of a program take longer
	for try := 1; ; try++ {
		before := honest(t, s, 4*time.Second)
		slow, open := gather(t.Context(), t, s.Address, n)
		if open != 3*n {
			t.Fatalf("only %d of %d slow connections were opened", open, 3*n)
		}
		during := honest(t, s, 10*time.Second)
		for name, got := range slow.cut(t) {
			if got != n {
				t.Errorf("%d of %d connections slow in %s were cut in time", got, n, name)
			}
		}
		after := honest(t, s, 4*time.Second)
		cost := time.Duration((during.load - max(before.load, after.load)) * float64(during.lasted) / float64(open))
		t.Logf("p99 of honest requests before: %v; among %d slow connections: %v; after: %v. Processor time of a slow connection: %v. Resident: %d MB",
			before, open, during, after, cost, during.resident>>20)
		if cost > dear {
			t.Errorf("a slow connection costs the server %v of processor time; %v is allowed", cost, dear)
		}
		if fds := openFiles(t, s.PID()); fds > 200 {
			t.Errorf("the server holds %d files open after it cut them all", fds)
		}
		switch {
		case t.Failed() || during.pages < allowed && during.submissions < allowed+during.disk:
			return
		case before.pages > quiet || after.pages > quiet:
			t.Log("the time of honest requests is not judged: the machine is busy with other things, they took long without slow clients too")
			return
		case try == tries:
			t.Errorf("honest requests take too long among slow connections, %d times out of %d: %v is allowed for pages, and for submissions besides the disk", tries, tries, allowed)
			return
		}
	}
}

// tail is the time within which 99 of 100 were done: pages, submissions, and writes of 16 kB made durable on the server's disk at the same
// time, which no submission can be faster than. Beside it stands what the server used.
type tail struct {
	pages, submissions, disk, lasted time.Duration
	load                             float64 // processors in use
	resident                         int64   // bytes
}

func (q tail) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	return "pages " + ms(q.pages) + " ms, submissions " + ms(q.submissions) + " ms (the disk alone " + ms(q.disk) + " ms)"
}

// honest makes well-behaved requests for d, 50 pages and 50 submissions a second.
func honest(t *testing.T, s *load.Server, d time.Duration) tail {
	t.Helper()
	file, err := os.CreateTemp(s.Data, "sync-*")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = file.Close(), os.Remove(file.Name()) }()
	block := make([]byte, 16<<10)
	get, form := load.Get(s.Address, "/", ""), load.NewSubmission(s.Address)
	used, err := load.UsageOf(s.PID())
	if err != nil {
		t.Fatal(err)
	}
	var q tail
	var all sync.WaitGroup
	begun := time.Now()
	all.Go(func() {
		q.pages = paced(t, s, d, 20*time.Millisecond, func(c *load.Conn) error { return answered(c, get, http.StatusOK) })
	})
	all.Go(func() {
		q.submissions = paced(t, s, d, 20*time.Millisecond, func(c *load.Conn) error {
			return answered(c, form.With(uuid.Must(uuid.NewV7()).String()), http.StatusSeeOther)
		})
	})
	all.Go(func() {
		q.disk = paced(t, s, d, 40*time.Millisecond, func(*load.Conn) error {
			if _, err := file.Write(block); err != nil {
				return err
			}
			return file.Sync()
		})
	})
	all.Wait()
	now, err := load.UsageOf(s.PID())
	if err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		t.FailNow()
	}
	q.lasted = time.Since(begun)
	q.load, q.resident = float64(now.CPU-used.CPU)/float64(q.lasted), now.Resident
	return q
}

// paced does something every so often for d, on a connection of its own, and gives the p99 of the time it took, with the time that it had
// to wait for the one before. That the test itself was woken late is nobody's fault and does not count.
func paced(t *testing.T, s *load.Server, d, every time.Duration, do func(*load.Conn) error) time.Duration {
	c, err := load.Dial(s.Address)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer c.Close()
	var took load.Samples
	for due, end := time.Now(), time.Now().Add(d); due.Before(end); due = due.Add(every) {
		asked := due
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
			asked = time.Now()
		}
		if err := do(c); err != nil {
			t.Errorf("an honest request: %v", err)
			break
		}
		took = append(took, time.Since(asked))
	}
	return took.Quantile(0.99)
}

func answered(c *load.Conn, request []byte, want int) error {
	a, err := c.Do(request)
	if err == nil && a.Status != want {
		err = fmt.Errorf("it got %d", a.Status)
	}
	return err
}

func openFiles(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join("/proc", fmt.Sprint(pid), "fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
