package documents_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// eicar is the harmless test file that every virus scanner reports (eicar.org), in two pieces so that this file is not reported.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// speaker speaks the daemon's side of INSTREAM. It finds eicar, and hangs up with an error beyond limit bytes.
func speaker(t testing.TB, limit int) (address string, seen *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "clamd.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	seen = &atomic.Int64{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // the test sees what it said
				_, _ = io.WriteString(conn, instream(conn, limit, seen)+"\x00")
			}()
		}
	}()
	return "unix://" + listener.Addr().String(), seen
}

func instream(conn io.Reader, limit int, seen *atomic.Int64) string {
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		return "UNKNOWN COMMAND"
	}
	var content bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(conn, binary.BigEndian, &n); err != nil {
			return "cut ERROR"
		}
		if n == 0 {
			break
		}
		if content.Len()+int(n) > limit {
			return "INSTREAM size limit exceeded. ERROR"
		}
		if _, err := io.CopyN(&content, conn, int64(n)); err != nil {
			return "cut ERROR"
		}
	}
	seen.Store(int64(content.Len()))
	if strings.Contains(content.String(), eicar) {
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}

func scanner(t testing.TB, address string) documents.Scanner {
	t.Helper()
	s, err := documents.Clamd(address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheScannerSeesTheWholeFileAndItsVerdictCounts(t *testing.T) {
	address, seen := speaker(t, 1<<20)
	s := scanner(t, address)
	for _, n := range []int{0, 1, 64 << 10, 200_000} {
		if err := s.Scan(t.Context(), bytes.NewReader(noise(n))); err != nil || seen.Load() != int64(n) {
			t.Errorf("%d bytes: saw %d, %v", n, seen.Load(), err)
		}
	}
	var infected documents.InfectedError
	if err := s.Scan(t.Context(), strings.NewReader("x"+eicar)); !errors.As(err, &infected) || infected.Signature != "Eicar-Test-Signature" {
		t.Errorf("eicar: %v", err)
	}
	if err := s.Scan(t.Context(), bytes.NewReader(noise(20<<20))); err == nil || !strings.Contains(err.Error(), "limit exceeded") && !strings.Contains(err.Error(), "no verdict") {
		t.Errorf("over the daemon's limit: %v", err)
	}
	boom := errors.New("boom")
	if err := s.Scan(t.Context(), readerFunc(func([]byte) (int, error) { return 0, boom })); !errors.Is(err, boom) {
		t.Errorf("a failing file: %v", err)
	}
	for _, address := range []string{"", "localhost:3310", "http://localhost", "tcp://"} {
		if _, err := documents.Clamd(address); err == nil {
			t.Errorf("%q was taken for an address", address)
		}
	}
}

func TestAnInfectedFileIsNotStored(t *testing.T) {
	address, _ := speaker(t, 1<<20)
	p := vault(t, storetest.SQLite(t, migrations...), scanner(t, address))
	if doc := put(t, p.Vault, []byte("ren")); doc.Scan != documents.Clean {
		t.Errorf("a clean file is %s", doc.Scan)
	}
	_, err := p.Put(t.Context(), strings.NewReader(eicar), documents.Meta{Limits: anything})
	if documents.Problem(err) != "infected" {
		t.Errorf("an infected file: %v", err)
	}
	var n int
	if err := p.db.QueryRow(t.Context(), `SELECT count(*) FROM document`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d documents, %v", n, err)
	}
	if spooled, err := os.ReadDir(filepath.Join(p.folder, ".spool")); err != nil || len(spooled) != 0 {
		t.Errorf("left in the spool: %v %v", spooled, err)
	}
}

func TestWithoutItsScannerAFileWaitsUntilItIsScanned(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		away := scanner(t, "unix://"+filepath.Join(t.TempDir(), "nobody"))
		p := vault(t, db, away)
		content := noise(300_000)
		clean, infected := put(t, p.Vault, content), put(t, p.Vault, []byte(eicar))
		for _, doc := range []documents.Document{clean, infected} {
			if _, err := read(t, p.Vault, doc.ID); doc.Scan != documents.Pending || !errors.Is(err, documents.ErrPending) {
				t.Errorf("%s: %v", doc.Scan, err)
			}
		}
		if _, err := p.Rescan(t.Context(), clean.ID); err == nil {
			t.Error("scanned by nobody")
		}
		if ids, err := p.Pending(t.Context(), 10); err != nil || fmt.Sprint(ids) != fmt.Sprint([]string{clean.ID, infected.ID}) {
			t.Errorf("waiting: %v %v", ids, err)
		}
		address, _ := speaker(t, 1<<20)
		back := open(t, db, documents.Options{URL: p.folder, Key: p.key, Clock: p.clock, Scanner: scanner(t, address)})
		if verdict, err := back.Rescan(t.Context(), clean.ID); err != nil || verdict != documents.Clean {
			t.Errorf("%s, %v", verdict, err)
		}
		if verdict, err := back.Rescan(t.Context(), infected.ID); err != nil || verdict != documents.Infected {
			t.Errorf("%s, %v", verdict, err)
		}
		if got, err := read(t, back, clean.ID); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if _, err := read(t, back, infected.ID); documents.Problem(err) != "infected" {
			t.Errorf("infected: %v", err)
		}
		if ids, err := back.Pending(t.Context(), 10); err != nil || len(ids) != 0 {
			t.Errorf("waiting: %v %v", ids, err)
		}
	})
}

// TestARealClamdIsUnderstood runs the daemon with a signature of its own for the test file, since its database is not at hand.
func TestARealClamdIsUnderstood(t *testing.T) {
	daemon, err := exec.LookPath("clamd")
	if err != nil {
		t.Skip("no clamd installed: only the protocol was tested, against a small server")
	}
	dir, err := os.MkdirTemp("", "clamd") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	write(t, filepath.Join(dir, "db", "local.ndb"), fmt.Sprintf("Eicar-Local-Test:0:*:%x\n", eicar))
	socket := filepath.Join(dir, "clamd.sock")
	config := filepath.Join(dir, "clamd.conf")
	write(t, config, "Foreground yes\nDatabaseDirectory "+filepath.Join(dir, "db")+"\nLocalSocket "+socket+"\nStreamMaxLength 1M\n")
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	run := exec.CommandContext(ctx, daemon, "--config-file="+config)
	output, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	run.Stderr = run.Stdout
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = run.Wait() })
	var said strings.Builder
	for line := make([]byte, 4096); !strings.Contains(said.String(), "Self checking"); {
		n, err := output.Read(line)
		said.Write(line[:n])
		if err != nil {
			t.Fatalf("clamd did not start: %v\n%s", err, said.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	s := scanner(t, "unix://"+socket)
	if err := s.Scan(ctx, strings.NewReader("ren")); err != nil {
		t.Errorf("clean: %v", err)
	}
	var infected documents.InfectedError
	if err := s.Scan(ctx, strings.NewReader(eicar)); !errors.As(err, &infected) || !strings.Contains(infected.Signature, "Eicar") {
		t.Errorf("eicar: %v", err)
	}
	if err := s.Scan(ctx, bytes.NewReader(noise(4<<20))); err == nil || errors.As(err, &infected) {
		t.Errorf("over its limit: %v", err)
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
