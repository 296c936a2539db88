package fault

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"dygnet/test/load"
)

// underLoad runs fn while clients hand in matters, and gives what they know.
func underLoad(t *testing.T, s *load.Server, clients int, fn func(*ledger)) *ledger {
	t.Helper()
	l := newLedger()
	ctx, stop := context.WithCancel(t.Context())
	var flood sync.WaitGroup
	flood.Go(func() { l.flood(ctx, s.Address, clients) })
	defer flood.Wait()
	defer stop()
	fn(l)
	return l
}

// answers waits until clients have been answered a status n more times.
func answers(t *testing.T, l *ledger, code, n int) {
	t.Helper()
	want := l.seen(code) + n
	if !load.Wait(t.Context(), 20*time.Second, func() bool { return l.seen(code) >= want }) {
		t.Fatalf("no %d within 20 s; answers were %v", code, l.statuses)
	}
}

// submit hands in one new matter and gives the answer.
func submit(s *load.Server, l *ledger) (int, string) {
	key := uuid.Must(uuid.NewV7()).String()
	c, err := load.Dial(s.Address)
	if err != nil {
		return 0, ""
	}
	defer c.Close()
	a, err := c.Do(load.NewSubmission(s.Address).With(key))
	l.note(key, a, err)
	return a.Status, string(a.Body)
}

func TestAFullDiskIsToldAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): it takes root", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := &load.Server{Bin: program, Data: dir}
	start(t, s)
	t.Cleanup(s.Kill)
	ballast := filepath.Join(dir, "ballast")
	l := underLoad(t, s, 8, func(l *ledger) {
		answers(t, l, 303, 20)
		fillUp(t, ballast)
		answers(t, l, 507, 20)
		if code, body := submit(s, l); code != 507 || !strings.Contains(body, "</html>") || !strings.Contains(body, "lediga") && !strings.Contains(body, "plats") {
			t.Errorf("a full disk is answered %d with\n%.2000s", code, body)
		}
		for _, path := range []string{"/", "/diarium", "/e-tjanster/felanmalan/allt"} {
			if code := page(s, path); code != 200 {
				t.Errorf("on a full disk %s answers %d; reading needs no room", path, code)
			}
		}
		if code := page(s, "/readyz"); code != 503 {
			t.Errorf("/readyz answers %d on a full disk", code)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		answers(t, l, 303, 20)
	})
	l.settle(t, s)
	s.Stop()
	sound(t, s)
	whole(t, s)
}

// fillUp takes all room there is.
func fillUp(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, 64<<10)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFailingSyncIsToldAndLosesNothing(t *testing.T) {
	strace := tool(t, "strace")
	s := server(t, "")
	l := underLoad(t, s, 8, func(l *ledger) {
		answers(t, l, 303, 20)
		trace := exec.Command(strace, "-f", "-qq", "-p", strconv.Itoa(s.PID()), "-o", filepath.Join(t.TempDir(), "trace"),
			"-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO")
		var said strings.Builder
		trace.Stderr = &said
		if err := trace.Start(); err != nil {
			t.Fatal(err)
		}
		detach := sync.OnceFunc(func() {
			_ = trace.Process.Signal(syscall.SIGINT)
			_ = trace.Wait()
		})
		defer detach()
		if !load.Wait(t.Context(), 20*time.Second, func() bool { return l.seen(503) >= 20 }) {
			detach()
			if strings.Contains(said.String(), "not permitted") {
				t.Skipf("the kernel lets nobody trace a process here: %s", said.String())
			}
			t.Fatalf("no 503 within 20 s although every sync fails; answers %v; %s", l.statuses, said.String())
		}
		before := l.seen(303)
		if code, body := submit(s, l); code != 503 || !strings.Contains(body, "</html>") {
			t.Errorf("a failing sync is answered %d with\n%.2000s", code, body)
		}
		answers(t, l, 503, 20)
		if after := l.seen(303); after != before {
			t.Errorf("%d matters were acknowledged although no sync succeeded", after-before)
		}
		for _, path := range []string{"/", "/diarium"} {
			if code := page(s, path); code != 200 {
				t.Errorf("while syncs fail %s answers %d; reading needs none", path, code)
			}
		}
		detach()
		answers(t, l, 303, 20)
	})
	l.settle(t, s)
	s.Stop()
	sound(t, s)
	whole(t, s)
}

func TestADamagedPageIsNoticedAndNotServed(t *testing.T) {
	t.Run("while stopped", func(t *testing.T) {
		t.Parallel()
		s := damaged(t)
		s.Stop()
		repair := damage(t, s)
		out, err := s.Command("check").CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "corrupt") {
			t.Errorf("dygnet check: %v\n%s", err, out)
		}
		if err := s.Start(10 * time.Second); err != nil {
			return // refusing to start is noticing, too
		}
		refuses(t, s, repair)
	})
	t.Run("while running", func(t *testing.T) {
		t.Parallel()
		s := damaged(t)
		if code := page(s, "/readyz"); code != 200 {
			t.Fatalf("/readyz answers %d before anything is wrong", code)
		}
		s.Stop() // writes everything into the file itself, so that the page that is damaged is the one that is read
		start(t, s)
		refuses(t, s, damage(t, s))
	})
}

// damaged is a server with some matters, to be damaged.
func damaged(t *testing.T) *load.Server {
	t.Helper()
	s := server(t, "")
	underLoad(t, s, 4, func(l *ledger) { answers(t, l, 303, 200) })
	return s
}

// refuses fails unless the server soon answers nothing from its database, and keeps what is handed in until that is repaired. It looks at
// the pages ten seconds after its start.
func refuses(t *testing.T, s *load.Server, repair func()) {
	t.Helper()
	if !load.Wait(t.Context(), 25*time.Second, func() bool { return page(s, "/readyz") == 503 }) {
		t.Fatal("the damage is not noticed within 25 s")
	}
	for _, path := range []string{"/diarium", "/journal/checkpoint"} {
		if code := page(s, path); code != 503 {
			t.Errorf("%s is answered %d from a damaged database", path, code)
		}
	}
	if code, _ := submit(s, newLedger()); code != 200 { // 303 would say that it is a case
		t.Errorf("a submission to a damaged database is answered %d", code)
	}
	kept := spooled(t, s)
	if len(kept) != 1 {
		t.Fatalf("%d submissions wait in the spool, not the one that was handed in", len(kept))
	}
	s.Stop()
	repair()
	start(t, s)
	if !load.Wait(t.Context(), 30*time.Second, func() bool { return len(spooled(t, s)) == 0 }) {
		t.Fatal("what was handed in still waits, although the database is whole again")
	}
	s.Stop()
	db := database(t, s)
	var n int
	if err := errors.Join(db.QueryRow(t.Context(), `SELECT count(*) FROM cases WHERE id = ?`, kept[0]).Scan(&n), db.Close()); err != nil || n != 1 {
		t.Errorf("what was handed in is %d cases: %v", n, err)
	}
	sound(t, s)
}

// spooled are the cases-to-be that wait outside the database.
func spooled(t *testing.T, s *load.Server) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.Data, "spool"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	return out
}

// damage overwrites one page of the table of cases: a leaf, found through the root (sqlite.org/fileformat.html, 1.6). What it gives puts the page back.
func damage(t *testing.T, s *load.Server) func() {
	t.Helper()
	db := database(t, s)
	var root, size int64
	err := errors.Join(db.QueryRow(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = 'cases'`).Scan(&root),
		db.QueryRow(t.Context(), `PRAGMA page_size`).Scan(&size), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(s.Data, "dygnet.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	page := root
	for {
		head := make([]byte, 12)
		if _, err := f.ReadAt(head, (page-1)*size); err != nil {
			t.Fatal(err)
		}
		if head[0] == 13 { // a leaf
			break
		}
		if head[0] != 5 { // an interior page, whose last child is named in its head
			t.Fatalf("page %d of the table is of kind %d", page, head[0])
		}
		page = int64(binary.BigEndian.Uint32(head[8:]))
	}
	noise := make([]byte, 512)
	for i := range noise {
		noise[i] = byte(i*7) ^ 0xa5
	}
	whole := make([]byte, len(noise))
	if _, err := f.ReadAt(whole, (page-1)*size); err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) {
		f, err := os.OpenFile(filepath.Join(s.Data, "dygnet.db"), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteAt(b, (page-1)*size)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write(noise)
	return func() { write(whole) }
}
