package fault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"dygnet/test/load"
)

// cluster is a PostgreSQL of our own on loopback, to be killed. It syncs, unlike the one that the integration tests share.
type cluster struct {
	t    *testing.T
	dir  string
	port int
	as   *syscall.SysProcAttr // initdb and postgres refuse to run as root
	cmd  *exec.Cmd
	done chan struct{}
}

// postgresTool finds one of PostgreSQL's programs.
func postgresTool(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil && filepath.Base(path) == name {
		if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(real) == name {
			return real
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		lacking(t, "PostgreSQL's "+name)
	}
	slices.Sort(found)
	return found[len(found)-1]
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// place gives an empty folder that PostgreSQL's user owns.
func place(t *testing.T) *cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "dygnet-fault-pg-*") // under t.TempDir the other user could not reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &cluster{t: t, dir: filepath.Join(dir, "data"), port: freePort(t), as: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}}
	if os.Getuid() == 0 {
		owner, err := user.Lookup("postgres")
		if err != nil {
			lacking(t, "PostgreSQL's user")
		}
		uid, err1 := strconv.Atoi(owner.Uid)
		gid, err2 := strconv.Atoi(owner.Gid)
		if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
			t.Fatal(err)
		}
		c.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Cleanup(func() { c.end(syscall.SIGKILL) })
	return c
}

func (c *cluster) run(name string, args ...string) {
	c.t.Helper()
	cmd := exec.Command(postgresTool(c.t, name), args...)
	cmd.Dir, cmd.SysProcAttr = filepath.Dir(c.dir), c.as
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// primary is a new running cluster.
func primary(t *testing.T) *cluster {
	t.Helper()
	c := place(t)
	c.run("initdb", "-D", c.dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	c.start()
	return c
}

// standby is a running copy of c that follows it.
func (c *cluster) standby() *cluster {
	c.t.Helper()
	s := place(c.t)
	s.run("pg_basebackup", "-D", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-U", "postgres", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
	s.start()
	return s
}

// start runs the cluster and waits until it answers.
func (c *cluster) start() {
	c.t.Helper()
	c.cmd = exec.Command(postgresTool(c.t, "postgres"), "-D", c.dir, "-p", strconv.Itoa(c.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories="+filepath.Dir(c.dir), "-c", "max_connections=100", "-c", "log_min_messages=fatal")
	c.cmd.Dir, c.cmd.SysProcAttr = filepath.Dir(c.dir), c.as
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	done := make(chan struct{})
	cmd := c.cmd
	go func() { _ = cmd.Wait(); close(done) }()
	c.done = done
	if !load.Wait(c.t.Context(), 30*time.Second, func() bool { return c.exec(`SELECT 1`) == nil }) {
		c.t.Fatal("PostgreSQL does not answer")
	}
}

// end stops the cluster with a signal: SIGINT quickly, SIGQUIT at once, SIGKILL like a crash.
func (c *cluster) end(sig syscall.Signal) {
	if c.done == nil {
		return
	}
	_ = c.cmd.Process.Signal(sig)
	<-c.done
	c.done = nil
}

func (c *cluster) url() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", c.port)
}

func (c *cluster) exec(statement string) error {
	db, err := sql.Open("pgx", c.url())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func (c *cluster) ask(question string) string {
	c.t.Helper()
	db, err := sql.Open("pgx", c.url())
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var answer sql.NullString
	if err := db.QueryRowContext(c.t.Context(), question).Scan(&answer); err != nil && !strings.Contains(err.Error(), "no rows") {
		c.t.Fatal(err)
	}
	return answer.String
}
