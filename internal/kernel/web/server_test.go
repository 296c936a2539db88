package web_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/kernel/web"
)

// serve starts a server on loopback and gives its address; stop ends it and gives what Serve said.
func serve(t *testing.T, o web.ServerOptions, h http.Handler) (address string, stop func() error) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Log = slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, web.NewServer(o, h), listener, 5*time.Second) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return listener.Addr().String(), stop
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ended reads until the server closes the connection and gives what it said.
func ended(conn net.Conn) (string, error) {
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // only to fail, not to pass
	said, err := io.ReadAll(conn)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return string(said), fmt.Errorf("the server kept the connection: %w", err)
	}
	return string(said), nil // closed or reset
}

// reader is a handler that reads the body and answers with its length.
func reader(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		web.Error(w, r, err)
		return
	}
	_, _ = fmt.Fprint(w, n)
}

func TestSlowConnectionsAreCutWhileHonestOnesAreServed(t *testing.T) {
	if testing.Short() {
		t.Skip("opens hundreds of connections")
	}
	address, _ := serve(t, web.ServerOptions{Header: 300 * time.Millisecond, Read: 400 * time.Millisecond, Idle: 300 * time.Millisecond},
		http.HandlerFunc(reader))
	openings := map[string]string{
		"header": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"body":   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc",
		"idle":   "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	}
	var all sync.WaitGroup
	for name, opening := range openings {
		for range 200 {
			conn := dial(t, address)
			if _, err := io.WriteString(conn, opening); err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				if _, err := ended(conn); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	for range 50 {
		resp, err := http.Post("http://"+address, "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatalf("an honest client was not served: %v", err)
		}
		if body, _ := io.ReadAll(resp.Body); string(body) != "5" {
			t.Fatalf("an honest client got %q", body)
		}
		_ = resp.Body.Close()
	}
	all.Wait()
}

// trickle sends n pieces of a body through a pipe, each when the one before was taken.
func trickle(t *testing.T, address string, pieces int, piece []byte, pause <-chan time.Time) (string, error) {
	t.Helper()
	conn := dial(t, address)
	_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", pieces*len(piece))
	for range pieces {
		if _, err := conn.Write(piece); err != nil {
			break
		}
		if pause != nil {
			<-pause
		}
	}
	return ended(conn)
}

func TestUploadThatKeepsItsPaceOutlivesTheReadTimeout(t *testing.T) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	piece := bytes.Repeat([]byte("x"), 64<<10)
	const pieces = 20 // 400 ms, twice the server's limit
	for name, allow := range map[string]bool{"allowed": true, "not allowed": false} {
		address, _ := serve(t, web.ServerOptions{Header: 200 * time.Millisecond, Read: 200 * time.Millisecond},
			web.Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if allow {
					web.AllowUpload(w, r, 10<<20, 20*time.Second)
				}
				reader(w, r)
			}), web.LimitBody(100<<20)))
		said, err := trickle(t, address, pieces, piece, tick.C)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.HasSuffix(said, fmt.Sprint(pieces*len(piece))); got != allow {
			t.Errorf("%s: answered %v, want %v: %q", name, got, allow, said)
		}
	}
}

func TestUploadBeyondItsLimitGets413(t *testing.T) {
	address, _ := serve(t, web.ServerOptions{}, web.Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/upload" {
			web.AllowUpload(w, r, 4000, time.Second)
		}
		reader(w, r)
	}), web.Language(catalogue(t)), web.LimitBody(1000)))
	for _, c := range []struct {
		path   string
		bytes  int
		status int
	}{{"/", 1000, 200}, {"/", 1001, 413}, {"/upload", 1001, 200}, {"/upload", 4000, 200}, {"/upload", 4001, 413}} {
		resp, err := http.Post("http://"+address+c.path, "text/plain", bytes.NewReader(make([]byte, c.bytes)))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%d bytes to %s: %d, want %d", c.bytes, c.path, resp.StatusCode, c.status)
		}
	}
}

func TestHeaderLargerThan16kBIsRefused(t *testing.T) {
	address, _ := serve(t, web.ServerOptions{}, http.HandlerFunc(reader))
	conn := dial(t, address)
	_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 64<<10))
	if said, err := ended(conn); err != nil || !strings.HasPrefix(said, "HTTP/1.1 431") {
		t.Errorf("got %.40q, %v, want 431", said, err)
	}
}

func TestStreamOutlivesTheTimeoutsAndEndsWhenTheServerStops(t *testing.T) {
	begun := make(chan struct{})
	address, stop := serve(t, web.ServerOptions{Header: 100 * time.Millisecond, Read: 100 * time.Millisecond, Write: 100 * time.Millisecond},
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(25 * time.Millisecond)
			defer tick.Stop()
			for n := 0; ; n++ {
				web.KeepSending(w, 5*time.Second)
				_, _ = fmt.Fprintln(w, n)
				_ = http.NewResponseController(w).Flush()
				select {
				case <-tick.C:
				case <-web.Stopping(r.Context()):
					_, _ = fmt.Fprintln(w, "bye")
					return
				case <-r.Context().Done():
					return
				}
				if n == 12 { // three times the limits
					close(begun)
				}
			}
		}))
	resp, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	last := make(chan string)
	go func() {
		var line string
		for lines.Scan() {
			line = lines.Text()
		}
		last <- line
	}()
	select {
	case <-begun:
	case line := <-last:
		t.Fatalf("the stream ended early, after %q", line)
	}
	if err := stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if got := <-last; got != "bye" {
		t.Errorf("the stream's last word was %q", got)
	}
}

func TestStoppingFinishesRequestsUnderWay(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	address, stop := serve(t, web.ServerOptions{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		if r.Context().Err() == nil {
			_, _ = io.WriteString(w, "saved")
		}
	}))
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + address)
		if err != nil {
			answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		answer <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(release)
	if got := <-answer; got != "saved" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
