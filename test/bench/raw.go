package main

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite", the one that the store uses

	"dygnet/test/load"
)

// raw measures what the machine can do at most.
func (b *bench) raw(ctx context.Context) error {
	var err error
	r := rawResult{When: now()}
	if r.Inserts, err = b.inserts(ctx); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	server := exec.CommandContext(ctx, self, "hello", address)
	if err := server.Start(); err != nil {
		return err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	if !load.Wait(ctx, 10*time.Second, func() bool {
		c, err := load.Dial(address)
		if err == nil {
			c.Close()
		}
		return err == nil
	}) {
		return fmt.Errorf("hello-world does not answer")
	}
	if r.Hello, err = wrk(ctx, "http://"+address+"/", b.run); err != nil {
		return err
	}
	b.results.Raw = &r
	return nil
}

// inserts is the rate of one-row transactions, each made durable, from one writer.
func (b *bench) inserts(ctx context.Context) (float64, error) {
	dir, err := os.MkdirTemp(b.cache, "raw-*") // on the same disk as the databases
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE row (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT`); err != nil {
		return 0, err
	}
	insert, err := db.PrepareContext(ctx, `INSERT INTO row (at, body) VALUES (?, ?)`)
	if err != nil {
		return 0, err
	}
	defer func() { _ = insert.Close() }()
	begun, n := time.Now(), 0
	for ; time.Since(begun) < b.run; n++ {
		if _, err := insert.ExecContext(ctx, begun.UnixMicro(), "Lampan utanför skolan har varit släckt en vecka."); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begun).Seconds(), nil
}

// hello is the smallest net/http server.
func hello(address string) error {
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { //nolint:gosec // for a few seconds
		_, _ = w.Write([]byte("Hello, world"))
	}))
}

// rate is what wrk says.
type rate struct {
	PerSecond float64
	P99       string
}

var (
	wrkRate = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP99  = regexp.MustCompile(`99%\s+(\S+)`)
	wrkBad  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
)

// wrk asks for a page with 64 connections.
func wrk(ctx context.Context, address string, d time.Duration, headers ...string) (rate, error) {
	args := []string{"-c64", "-t2", "-d" + strconv.Itoa(max(int(d.Seconds()), 1)) + "s", "--latency"}
	for _, h := range headers {
		args = append(args, "-H", h)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, address)...).CombinedOutput()
	if err != nil {
		return rate{}, fmt.Errorf("wrk (Debian package wrk): %w\n%s", err, out)
	}
	if bad := wrkBad.FindSubmatch(out); bad != nil {
		return rate{}, fmt.Errorf("%s answered %s times with an error", address, bad[1])
	}
	found, p99 := wrkRate.FindSubmatch(out), wrkP99.FindSubmatch(out)
	if found == nil || p99 == nil {
		return rate{}, fmt.Errorf("wrk said\n%s", out)
	}
	n, err := strconv.ParseFloat(string(found[1]), 64)
	return rate{n, string(p99[1])}, err
}
