package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
)

//go:embed migrations
var ownMigrations embed.FS

// Engine names the database engine behind a DB.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options say which database to open and how.
type Options struct {
	// URL is "sqlite:///var/lib/dygnet/dygnet.db" or "postgres://user@host/name?search_path=schema".
	URL string
	// Migrations are the embedded migration folders of every room.
	Migrations []fs.FS
	// Log receives what an operator needs to know. Required.
	Log *slog.Logger
	// Readers is the number of reading connections; 0 means a number fit for the machine.
	Readers int
	// Unsynced trades durability for speed (synchronous=NORMAL, synchronous_commit=off). Only benchmarks and bulk loads into a
	// database nobody answers from may set it.
	Unsynced bool
	// AsIs leaves the schema as it is: for looking at a copy with whatever version made it.
	AsIs bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine   Engine
	path     string // SQLite file
	read     *sql.DB
	write    *sql.DB
	writer   *writer // SQLite only
	log      *slog.Logger
	unsynced bool // see Options.Unsynced
	corrupt  atomic.Bool
	stmts    statements
	onBatch  []func(context.Context, *Tx) error
	asked    atomic.Uint64
}

// Open opens the database, brings its schema up to date and starts the writer. Errors are told in words an operator can act on:
// ErrNewerSchema, ErrFull, ErrUnavailable, ErrCorrupt, or one that names the folder that cannot be used.
func Open(ctx context.Context, o Options) (*DB, error) {
	rooms := append([]fs.FS{ownMigrations}, o.Migrations...)
	switch {
	case strings.HasPrefix(o.URL, "sqlite://"):
		return openSQLite(ctx, o, rooms)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return openPostgres(ctx, o, rooms)
	}
	return nil, fmt.Errorf("database URL %q: it must begin with sqlite:// or postgres://", redact(o.URL))
}

func openSQLite(ctx context.Context, o Options, rooms []fs.FS) (*DB, error) {
	file := strings.TrimPrefix(o.URL, "sqlite://")
	if err := checkPlace(file); err != nil {
		return nil, err
	}
	sync := "FULL"
	if o.Unsynced {
		sync = "NORMAL"
	}
	dsn := func(extra string) string {
		return "file:" + (&url.URL{Path: file}).EscapedPath() + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)" +
			"&_pragma=temp_store(2)&_pragma=synchronous(" + sync + ")" + extra
	}
	write, err := sql.Open("sqlite", dsn("&_txlock=immediate&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)"))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", file, classify(err))
	}
	write.SetMaxOpenConns(1)
	db := &DB{engine: SQLite, path: file, write: write, log: o.Log, unsynced: o.Unsynced}
	if !o.AsIs {
		if err := migrate(ctx, SQLite, write, rooms); err != nil {
			_ = write.Close()
			return nil, fmt.Errorf("opening %s: %w", file, classify(err))
		}
	}
	if db.read, err = sql.Open("sqlite", dsn("&_pragma=query_only(1)&_pragma=cache_size(-8000)")); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("opening %s for reading: %w", file, classify(err))
	}
	readers := o.Readers
	if readers == 0 {
		readers = max(4, runtime.NumCPU())
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.stmts.db = db.read
	if db.writer, err = startWriter(ctx, db); err != nil {
		_ = db.read.Close()
		_ = write.Close()
		return nil, err
	}
	return db, nil
}

func openPostgres(ctx context.Context, o Options, rooms []fs.FS) (*DB, error) {
	address := o.URL
	if o.Unsynced {
		address = withParameter(address, "synchronous_commit", "off")
	}
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("database URL %q: %w", redact(o.URL), err)
	}
	size := o.Readers
	if size == 0 {
		size = 32
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connecting to %s: %w", redact(o.URL), errors.Join(ErrUnavailable, err))
	}
	if !o.AsIs {
		if err := migrate(ctx, Postgres, pool, rooms); err != nil {
			_ = pool.Close()
			return nil, err
		}
	}
	return &DB{engine: Postgres, read: pool, write: pool, log: o.Log}, nil
}

// Engine tells which engine runs, for the few places where they differ.
func (db *DB) Engine() Engine { return db.engine }

// Path is the SQLite file, or "" on PostgreSQL.
func (db *DB) Path() string { return db.path }

// Close waits for the changes under way and closes the database.
func (db *DB) Close() error {
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.stop())
	}
	db.stmts.close()
	errs = append(errs, db.read.Close())
	if db.write != db.read {
		errs = append(errs, db.write.Close())
	}
	return errors.Join(errs...)
}

// Ping tells whether the database answers, for /readyz.
func (db *DB) Ping(ctx context.Context) error {
	if db.corrupt.Load() {
		return ErrCorrupt
	}
	var one int
	return db.QueryRow(ctx, `SELECT 1`).Scan(&one)
}

// OnBatch registers work that runs at the end of every group commit on SQLite, in the same transaction, before it is made
// durable: the journal extends its tree there. Call it before the first Write. On PostgreSQL it is never called.
func (db *DB) OnBatch(hook func(context.Context, *Tx) error) { db.onBatch = append(db.onBatch, hook) }

// Statements is how many reading statements have been run outside of changes: a test sees that a page does not ask once for each row.
func (db *DB) Statements() uint64 { return db.asked.Load() }

// redact leaves the password out of a URL that is shown.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable)"
	}
	return u.Redacted()
}

func withParameter(raw, key, value string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// statements keeps prepared statements of the reading pool by their text. Texts are written by hand or composed from a few parts,
// so there are some hundreds; past the cap a text is prepared for one use.
type statements struct {
	db   *sql.DB
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

const maxStatements = 1000

func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.kept[text]
	full := len(s.kept) >= maxStatements
	s.mu.RUnlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.kept[text]; other != nil {
		_ = stmt.Close()
		return other, nil
	}
	if s.kept == nil {
		s.kept = map[string]*sql.Stmt{}
	}
	s.kept[text] = stmt
	return stmt, nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.kept {
		_ = stmt.Close()
	}
	s.kept = nil
}
