package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// minFree is the room a database needs to start and to take what is under way.
const minFree = 16 << 20

// network file systems on which SQLite's locks and WAL are not safe (statfs(2); sqlite.org/wal.html: "WAL does not work over a
// network filesystem").
var networkFS = map[int64]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xfe534d42: "SMB2",
	0xff534d42: "CIFS",
	0x01021997: "9p",
	0x5346414f: "AFS",
	0x00c36400: "Ceph",
	0x73757245: "Coda",
	0x0bd00bd0: "Lustre",
	0x01161970: "GFS2",
}

// checkPlace refuses a folder where a SQLite database cannot be kept safely, in words that say what to do.
func checkPlace(file string) error {
	dir := filepath.Dir(file)
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the database folder %s cannot be used: %w; create it and let the service own it", dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("the database folder %s is not a folder", dir)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("looking at the file system of %s: %w", dir, err)
	}
	if name, bad := networkFS[fs.Type&0xffffffff]; bad {
		return fmt.Errorf("the database folder %s lies on a network file system (%s), where SQLite can lose data; use a local disk, or PostgreSQL", dir, name)
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < minFree { //nolint:gosec,unconvert // block size is positive
		return fmt.Errorf("%w: %d MB left in %s, at least %d MB are needed to start; make room", ErrFull, free>>20, dir, minFree>>20)
	}
	probe, err := os.CreateTemp(dir, ".dygnet-probe-*")
	if err != nil {
		return fmt.Errorf("the database folder %s cannot be written: %w; let the service own it", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// FreeSpace gives the bytes left where the SQLite file lies; on PostgreSQL ok is false.
func (db *DB) FreeSpace() (bytes uint64, ok bool) {
	if db.engine != SQLite {
		return 0, false
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(db.path), &fs); err != nil {
		return 0, false
	}
	return fs.Bavail * uint64(fs.Bsize), true //nolint:gosec,unconvert // block size is positive
}

// QuickCheck looks for damaged pages, one table at a time, and stops serving if it finds one. rest is for Pacer: 0 for `dygnet check`, which
// nobody waits beside. On PostgreSQL data checksums do this work, so it only asks whether the database answers.
func (db *DB) QuickCheck(ctx context.Context, rest int) error {
	if db.engine == Postgres {
		return db.Ping(ctx)
	}
	tables, err := All(ctx, db, func(r *Rows) (string, error) { var s string; return s, r.Scan(&s) },
		`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`)
	if err != nil {
		return fmt.Errorf("listing tables to check: %w", err)
	}
	pause := Pacer(rest)
	for _, table := range tables {
		var answer string
		err := db.noteRead(db.read.QueryRowContext(ctx, `PRAGMA quick_check('`+table+`')`).Scan(&answer))
		if err == nil && answer != "ok" {
			err = fmt.Errorf("%w: table %s: %s", ErrCorrupt, table, answer)
			db.markCorrupt(err)
		}
		if err != nil {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	return nil
}
