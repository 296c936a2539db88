package fault

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"dygnet/test/load"
)

// program is the path of the program under test, built once.
var program string

func TestMain(m *testing.M) {
	if address := os.Getenv(crowdAddress); address != "" {
		if err := beCrowd(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "dygnet-fault-*")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		program, err = load.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// lacking skips the test for want of something that set-up installs. Where set-up says that it is all there, lacking it is a fault.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("DYGNET_TEST_STRICT") == "1" {
		t.Fatalf("%s is missing, and set-up said that everything is there", what)
	}
	t.Skipf("%s is missing: this fault cannot be made here", what)
}

// tool is the path of a program that the test needs.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		lacking(t, name)
	}
	return path
}

// server is an installation in a new folder, running.
func server(t *testing.T, database string) *load.Server {
	t.Helper()
	s := &load.Server{Bin: program, Data: t.TempDir(), Database: database}
	start(t, s)
	t.Cleanup(s.Kill)
	return s
}

func start(t *testing.T, s *load.Server) {
	t.Helper()
	if err := s.Start(30 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// status is what one request answers now; 0 is no answer.
func status(s *load.Server, request []byte) (int, string) {
	c, err := load.Dial(s.Address)
	if err != nil {
		return 0, ""
	}
	defer c.Close()
	a, err := c.Do(request)
	if err != nil {
		return 0, ""
	}
	return a.Status, string(a.Body)
}

// page is what a page answers now.
func page(s *load.Server, path string) int {
	code, _ := status(s, load.Get(s.Address, path, ""))
	return code
}

// sound fails unless the program finds the journal whole.
func sound(t *testing.T, s *load.Server) {
	t.Helper()
	out, err := s.Command("journal", "verify").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "sound: ") {
		t.Errorf("the journal does not verify: %v\n%s", err, out)
		return
	}
	t.Logf("journal %s", strings.TrimSpace(string(out)))
}

// whole fails unless every page of the database is in order.
func whole(t *testing.T, s *load.Server) {
	t.Helper()
	if out, err := s.Command("check").CombinedOutput(); err != nil || !strings.Contains(string(out), "every page is in order") {
		t.Errorf("dygnet check: %v\n%s", err, out)
	}
}
