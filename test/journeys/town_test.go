package journeys_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// town is the demo, running as a program of its own for the length of the tests.
type town struct {
	base    string // "http://localhost:PORT"
	program string
	data    string
	pack    string
	log     *buffer
}

// demo is set by TestMain before any test runs.
var demo town

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "dygnet-journeys-*")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	stop, err := demo.start(dir)
	if err != nil {
		return failed(err)
	}
	code = m.Run()
	if err := stop(); err != nil {
		return failed(err)
	}
	return code
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, "journeys:", err)
	return 1
}

// start builds the program, starts the demo on a free port and waits until it answers. stop ends it and tells if it did not end well.
func (d *town) start(dir string) (stop func() error, err error) {
	top, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	d.program, d.data, d.pack, d.log = filepath.Join(dir, "dygnet"), filepath.Join(dir, "data"), filepath.Join(top, "packs/fagersta"), &buffer{}
	build := exec.Command("go", "build", "-o", d.program, "./cmd/dygnet")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building dygnet: %w\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("finding a free port: %w", err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		return nil, err
	}
	d.base = fmt.Sprintf("http://localhost:%d", address.Port)

	server := exec.Command(d.program, "demo", "--pack", d.pack, "--data", d.data, "--listen", address.String())
	server.Stdout, server.Stderr = d.log, d.log
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("starting the demo: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.ready(ctx, ended); err != nil {
		_ = server.Process.Kill()
		return nil, err
	}
	return func() error {
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			return fmt.Errorf("the demo ended before the tests did: %w\n%s", err, d.log)
		}
		select {
		case err := <-ended:
			if err != nil {
				return fmt.Errorf("the demo did not end well: %w\n%s", err, d.log)
			}
			return nil
		case <-time.After(30 * time.Second):
			_ = server.Process.Kill()
			return errors.New("the demo did not stop within 30 s of SIGTERM")
		}
	}, nil
}

// ready waits until the demo answers.
func (d *town) ready(ctx context.Context, ended <-chan error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("the demo ended: %w\n%s", err, d.log)
		case <-ctx.Done():
			return fmt.Errorf("the demo does not answer:\n%s", d.log)
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
}

// command runs dygnet with arguments and returns what it printed and whether it exited with 0.
func (d *town) command(t *testing.T, args ...string) (string, bool) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), d.program, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("dygnet %s: %v", strings.Join(args, " "), err)
	}
	return string(out), err == nil
}

// buffer is a log that may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
