package fault

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The slow clients are a process of their own, with what processor time nobody else wants: in the process of the test, or beside it with
// equal right, thousands of them would take from the honest client and from the server the time that is measured.

// crowdAddress and crowdSize are the environment that makes the test's program a crowd of slow clients.
const (
	crowdAddress = "DYGNET_FAULT_CROWD"
	crowdSize    = "DYGNET_FAULT_CROWD_SIZE"
)

// slowKind is a way to hold a connection without using it: what is sent at first, how long it is between the bytes that follow, and how
// soon the server must have cut it off: its own limit (web.NewServer: 5, 20 and 30 s) with time to spare on a busy machine.
type slowKind struct {
	first string
	every time.Duration
	limit time.Duration
}

func slowKinds(host string) map[string]slowKind {
	return map[string]slowKind{
		"header": {"GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: ", time.Second, 15 * time.Second},
		"body": {"POST /e-tjanster/felanmalan/allt HTTP/1.1\r\nHost: " + host +
			"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000\r\n\r\n_nyckel=", 5 * time.Second, 40 * time.Second},
		"idle": {"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", time.Hour, 60 * time.Second},
	}
}

// beCrowd is the whole life of the other process: it opens all connections, says so in a line, and in a second one says how many of each
// kind the server cut.
func beCrowd(address string) error {
	n, err := strconv.Atoi(os.Getenv(crowdSize))
	if err != nil {
		return err
	}
	var all, opening sync.WaitGroup
	var failed atomic.Int64
	kinds := slowKinds(address)
	cut := map[string]*atomic.Int64{}
	for name, kind := range kinds {
		cut[name] = &atomic.Int64{}
		opening.Add(n)
		for range n {
			all.Go(func() {
				c, err := net.DialTimeout("tcp", address, 20*time.Second)
				opening.Done()
				if err != nil {
					failed.Add(1)
					return
				}
				defer func() { _ = c.Close() }()
				if hold(c, kind) {
					cut[name].Add(1)
				}
			})
		}
	}
	opening.Wait()
	fmt.Println(int64(n*len(kinds)) - failed.Load())
	all.Wait()
	counts := map[string]int64{}
	for name, got := range cut {
		counts[name] = got.Load()
	}
	return json.NewEncoder(os.Stdout).Encode(counts)
}

// hold keeps a connection as busy as its kind says and tells whether the server cut it.
func hold(c net.Conn, kind slowKind) (cut bool) {
	until := time.Now().Add(kind.limit)
	if _, err := io.WriteString(c, kind.first); err != nil {
		return true
	}
	var buf [512]byte
	for next := time.Now().Add(kind.every); time.Now().Before(until); {
		wake := next
		if until.Before(wake) {
			wake = until
		}
		if err := c.SetReadDeadline(wake); err != nil {
			return true
		}
		switch _, err := c.Read(buf[:]); { // whatever it has to say
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return true
		case !time.Now().Before(next):
			next = next.Add(kind.every)
			if _, err := io.WriteString(c, "a"); err != nil {
				return true
			}
		}
	}
	return false
}

// crowd is the other process, seen from the test.
type crowd struct {
	said *bufio.Reader
	cmd  *exec.Cmd
}

// gather starts a crowd of n slow clients of each kind and waits until all are connected; it gives how many are.
func gather(ctx context.Context, t *testing.T, address string, n int) (*crowd, int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, tool(t, "nice"), "-n", "19", self)
	cmd.Env = append(os.Environ(), crowdAddress+"="+address, crowdSize+"="+strconv.Itoa(n), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{bufio.NewReader(out), cmd}
	var open int
	if _, err := fmt.Fscanln(c.said, &open); err != nil {
		_ = cmd.Wait()
		t.Fatalf("the slow clients did not come: %v", err)
	}
	return c, open
}

// cut waits until the crowd is gone and tells how many of each kind the server cut.
func (c *crowd) cut(t *testing.T) map[string]int {
	t.Helper()
	var counts map[string]int
	err := json.NewDecoder(c.said).Decode(&counts)
	if err := errors.Join(err, c.cmd.Wait()); err != nil {
		t.Fatalf("the slow clients: %v", err)
	}
	return counts
}
