package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// sqliteWords turns the PostgreSQL words of our migrations into SQLite's. The set is small on purpose: what it cannot say
// stands in a file per engine.
var sqliteWords = strings.NewReplacer("BIGINT", "INTEGER", "BYTEA", "BLOB", "DOUBLE PRECISION", "REAL", "/*strict*/", "STRICT")

var migrationName = regexp.MustCompile(`^(\d{5})_[a-z0-9_]+(\.sqlite|\.postgres)?\.sql$`)

// migrations collects the files of all rooms for one engine.
func migrations(engine Engine, rooms []fs.FS) ([]*goose.Migration, error) {
	seen := map[int64]string{}
	var out []*goose.Migration
	for _, room := range rooms {
		err := fs.WalkDir(room, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			m := migrationName.FindStringSubmatch(path.Base(name))
			if m == nil {
				return fmt.Errorf("migration %s: the name must be NNNNN_name.sql", name)
			}
			if m[2] != "" && m[2] != "."+string(engine) {
				return nil
			}
			text, err := fs.ReadFile(room, name)
			if err != nil {
				return fmt.Errorf("reading migration %s: %w", name, err)
			}
			version, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
			if other, taken := seen[version]; taken {
				return fmt.Errorf("migrations %s and %s have the same number", other, name)
			}
			seen[version] = name
			out = append(out, goose.NewGoMigration(version, &goose.GoFunc{RunTx: runner(engine, name, string(text))}, nil))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func runner(engine Engine, name, text string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		var err error
		if engine == SQLite {
			_, err = tx.ExecContext(ctx, sqliteWords.Replace(text))
		} else {
			_, err = tx.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol)
		}
		if err != nil {
			return fmt.Errorf("migration %s: %w", path.Base(name), err)
		}
		return nil
	}
}

// migrate brings the schema to this program's version, or refuses if it is newer. Several nodes may start at once:
// on PostgreSQL an advisory lock lets one of them do it.
func migrate(ctx context.Context, engine Engine, db *sql.DB, rooms []fs.FS) error {
	list, err := migrations(engine, rooms)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return nil
	}
	dialect := database.DialectSQLite3
	if engine == Postgres {
		dialect = database.DialectPostgres
		conn, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connecting to migrate: %w", classify(err))
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext(current_schema() || 'dygnet.migrate'))`); err != nil {
			return fmt.Errorf("locking the schema to migrate it: %w", classify(err))
		}
		defer func() {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext(current_schema() || 'dygnet.migrate'))`)
		}()
	}
	provider, err := goose.NewProvider(dialect, db, nil, goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("preparing migrations: %w", err)
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", classify(err))
	}
	newest := list[0].Version
	for _, m := range list {
		newest = max(newest, m.Version)
	}
	if have > newest {
		return fmt.Errorf("%w: the schema is at %d, this program knows %d; start the newer version again or restore a backup", ErrNewerSchema, have, newest)
	}
	if _, err := provider.Up(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
		return fmt.Errorf("migrating the schema: %w", classify(err))
	}
	return nil
}
