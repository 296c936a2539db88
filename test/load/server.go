package load

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
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Root is the folder of the module, found upwards from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = up
	}
}

// Build compiles the program into dir, with what the compiler has kept from the tests, and gives its path.
func Build(dir string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "dygnet")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/dygnet")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building dygnet: %w\n%s", err, out)
	}
	return bin, nil
}

// Server is the program running, or ready to run, with a data folder of its own.
type Server struct {
	Bin      string            // see Build
	Data     string            // data folder
	Database string            // URL; "" is SQLite in Data
	Address  string            // host:port; "" takes a free port at the first start and keeps it
	Set      map[string]string // more configuration
	Env      []string          // more environment

	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
}

// Config is the configuration file of the server, written at each start, for other commands of the program.
func (s *Server) Config() string { return filepath.Join(s.Data, "dygnet.yaml") }

// ConfigText is what Config holds: a demonstration without matters, which is an installation whose personas can sign in.
func (s *Server) configText() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	if s.Address == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		s.Address = l.Addr().String()
		if err := l.Close(); err != nil {
			return "", err
		}
	}
	text := fmt.Sprintf("demo: true\npack: %s\ndata: %s\nlisten: %s\nbase_url: http://%s\nlog: {level: error}\n",
		filepath.Join(root, "packs/fagersta"), s.Data, s.Address, s.Address)
	if s.Database != "" {
		text += "database: " + s.Database + "\n"
	}
	for key, value := range s.Set {
		text += key + ": " + value + "\n"
	}
	return text, nil
}

// Command is another command of the program on the same installation.
func (s *Server) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.Bin, append([]string{"--config", s.Config()}, args...)...)
	cmd.Env = append(os.Environ(), s.Env...)
	return cmd
}

// Start runs the server and waits until it answers, at most wait.
func (s *Server) Start(wait time.Duration) error {
	text, err := s.configText()
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.Config(), []byte(text), 0o600); err != nil {
		return err
	}
	if s.log, err = os.CreateTemp("", "dygnet-log-*"); err != nil {
		return err
	}
	s.cmd = s.Command("serve")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("starting dygnet: %w", err)
	}
	done := make(chan struct{})
	cmd := s.cmd
	go func() { _ = cmd.Wait(); close(done) }()
	s.done = done
	if err := s.answered(wait); err != nil {
		said := s.Said("")
		s.Kill()
		return fmt.Errorf("%w; it said:\n%s", err, said)
	}
	return nil
}

// answered waits for the first answer to a request for the start page.
func (s *Server) answered(wait time.Duration) error {
	deadline := time.Now().Add(wait)
	for time.Now().Before(deadline) {
		select {
		case <-s.done:
			return errors.New("dygnet ended")
		default:
		}
		c, err := Dial(s.Address)
		if err == nil {
			answer, err := c.Do(Get(s.Address, "/", ""))
			c.Close()
			if err == nil && answer.Status == http.StatusOK {
				return nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("dygnet did not answer within %v", wait)
}

// PID is the process of the running server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server at once, as a power switch would end the process, and waits until it is gone.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop tells the server to finish what is under way, and waits until it is gone. It gives the exit code.
func (s *Server) Stop() int {
	s.end(syscall.SIGTERM)
	return s.cmd.ProcessState.ExitCode()
}

// Signal sends a signal and does not wait.
func (s *Server) Signal(sig syscall.Signal) error { return s.cmd.Process.Signal(sig) }

// Done is closed when the server is gone.
func (s *Server) Done() <-chan struct{} { return s.done }

func (s *Server) end(sig syscall.Signal) {
	if s.done == nil {
		return
	}
	_ = s.cmd.Process.Signal(sig)
	<-s.done
	_ = s.log.Close()
	_ = os.Remove(s.log.Name())
	s.done = nil
}

// Said is what the running server has written: the lines that hold a word, or all for "". The first 8 kB of it.
func (s *Server) Said(word string) string {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		if out.Len() < 8<<10 && strings.Contains(line, word) {
			out.WriteString(line)
		}
	}
	return out.String()
}

// Usage is what a process has used.
type Usage struct {
	CPU      time.Duration // user and system
	Resident int64         // bytes
}

// UsageOf reads what a process has used (proc(5)).
func UsageOf(pid int) (Usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Usage{}, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 22 {
		return Usage{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	pages, err3 := strconv.ParseInt(fields[21], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on
	return Usage{time.Duration(user+system) * tick, pages * int64(os.Getpagesize())}, errors.Join(err1, err2, err3)
}

// Wait polls until fn is true or the time is out, and tells which.
func Wait(ctx context.Context, limit time.Duration, fn func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !fn() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}
