package drafts

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

// Migrations make the table of drafts.
//
//go:embed migrations
var Migrations embed.FS

// How long a draft is kept after it was last changed unless its case type says another time, and how long after it was sent it still leads
// to its receipt.
const (
	Age     = 30 * 24 * time.Hour
	SentAge = 2 * time.Hour
)

// Draft is a form under way.
type Draft struct {
	ID      string
	Key     string // submission key
	TypeID  string
	Version int // of the case type
	Answers casetype.Answers
	Files   []File
	Person  string // who was signed in, or ""
	SentAs  string // case, once handed in
	Stage   Stage  // Editing until it is sent for signing or paying
	Changed time.Time
	Expires time.Time

	row int // version of the row
}

// File is an uploaded file of a draft.
type File struct {
	Question string `json:"question"`
	Document string `json:"document"`
	Name     string `json:"name"`
	Mime     string `json:"mime"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
}

// All are the answers with the files, as the case type reads them.
func (d *Draft) All() casetype.Answers {
	out := maps.Clone(d.Answers)
	if out == nil {
		out = casetype.Answers{}
	}
	for _, f := range d.Files {
		out[f.Question] = append(slices.Clone(out[f.Question]), f.Document)
	}
	return out
}

// Of lists the files of a question.
func (d *Draft) Of(question string) []File {
	var out []File
	for _, f := range d.Files {
		if f.Question == question {
			out = append(out, f)
		}
	}
	return out
}

// Store keeps drafts in the database.
type Store struct {
	db    *store.DB
	vault *documents.Vault
	clock calendar.Clock

	teller Teller // nil: nobody is told
}

// NewStore keeps drafts in db and their files in vault.
func NewStore(db *store.DB, vault *documents.Vault, clock calendar.Clock) *Store {
	return &Store{db: db, vault: vault, clock: clock}
}

const columns = `id, submission, type_id, type_version, answers, files, person, sent_as, stage, version, changed_at, expires_at`

func scan(row interface{ Scan(...any) error }) (*Draft, error) {
	var d Draft
	var answers, files string
	var changed, expires int64
	if err := row.Scan(&d.ID, &d.Key, &d.TypeID, &d.Version, &answers, &files, &d.Person, &d.SentAs, &d.Stage, &d.row, &changed, &expires); err != nil {
		return nil, err
	}
	d.Changed, d.Expires = store.Time(changed), store.Time(expires)
	if err := errors.Join(json.Unmarshal([]byte(answers), &d.Answers), json.Unmarshal([]byte(files), &d.Files)); err != nil {
		return nil, fmt.Errorf("draft %s: %w", d.ID, err)
	}
	return &d, nil
}

// Find gives the newest draft of a type in a browser; store.ErrNotFound if there is none.
func (s *Store) Find(ctx context.Context, token, typeID string) (*Draft, error) {
	if token == "" {
		return nil, store.ErrNotFound
	}
	d, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE token = $1 AND type_id = $2 AND expires_at > $3
		ORDER BY changed_at DESC LIMIT 1`, token, typeID, store.Micros(s.clock.Now())))
	if err != nil {
		return nil, fmt.Errorf("finding a draft: %w", err)
	}
	return d, nil
}

// Mine lists what a signed-in person has under way, newest first.
func (s *Store) Mine(ctx context.Context, person string) ([]*Draft, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Draft, error) { return scan(r) },
		`SELECT `+columns+` FROM draft WHERE person = $1 AND person <> '' AND sent_as = '' AND expires_at > $2 ORDER BY changed_at DESC LIMIT 50`,
		person, store.Micros(s.clock.Now()))
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return list, nil
}

// Begin stores a new draft, with files that came with it.
func (s *Store) Begin(ctx context.Context, token string, d *Draft, staged []*documents.Staged) error {
	now := s.clock.Now()
	d.ID, d.row, d.Stage, d.Changed, d.Expires = store.NewID(), 1, Editing, now, now.Add(Age)
	if d.Key == "" {
		d.Key = store.NewID()
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, f := range staged {
			if err := s.vault.Insert(ctx, tx, f); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO draft (id, token, submission, type_id, type_version, answers, files, person, sent_as, version, created_at, changed_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 1, $9, $9, $10)`,
			d.ID, token, d.Key, d.TypeID, d.Version, encode(d.Answers), encode(d.Files), d.Person, store.Micros(now), store.Micros(d.Expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("beginning a draft: %w", err)
	}
	return nil
}

// Change reads the draft anew, lets fn change it and stores it, so that two tabs do not undo each other. Files that come are inserted,
// files that are gone from the list are destroyed. It gives ErrFrozen while the draft is signed or paid for, and once it is sent.
func (s *Store) Change(ctx context.Context, id string, staged []*documents.Staged, fn func(*Draft)) (*Draft, error) {
	var d *Draft
	write := func(ctx context.Context, tx *store.Tx) error {
		var err error
		if d, err = scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1`, id)); err != nil {
			return err
		}
		if d.Stage != Editing || d.SentAs != "" {
			return ErrFrozen
		}
		before := slices.Clone(d.Files)
		fn(d)
		for _, f := range staged {
			if err := s.vault.Insert(ctx, tx, f); err != nil {
				return err
			}
		}
		for _, f := range before {
			if !slices.Contains(d.Files, f) {
				if err := s.vault.Shred(ctx, tx, f.Document); err != nil {
					return err
				}
			}
		}
		return s.save(ctx, tx, d)
	}
	for try := 0; ; try++ {
		err := s.db.Write(ctx, write)
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, store.ErrConflict) || try == 2 {
			return nil, fmt.Errorf("saving a draft: %w", err)
		}
	}
}

// save writes the draft if nobody else has since it was read.
func (s *Store) save(ctx context.Context, tx *store.Tx, d *Draft) error {
	d.Changed = s.clock.Now()
	d.Expires = later(d.Expires, d.Changed.Add(Age))
	if d.SentAs != "" {
		d.Expires = d.Changed.Add(SentAge)
	}
	err := tx.ExecOne(ctx, `UPDATE draft SET answers = $3, files = $4, person = $5, sent_as = $6, type_version = $7, submission = $8, changed_at = $9, expires_at = $10,
		version = version + 1 WHERE id = $1 AND version = $2`,
		d.ID, d.row, encode(d.Answers), encode(d.Files), d.Person, d.SentAs, d.Version, d.Key, store.Micros(d.Changed), store.Micros(d.Expires))
	d.row++
	return err
}

// Sent empties a draft that has become a case. The row stays for a while, so that sending again leads to the same receipt. Files
// that did not go with the case are destroyed.
func (s *Store) Sent(ctx context.Context, d *Draft, caseID string, used []string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := s.clock.Now()
		lock := ``
		if s.db.Engine() == store.Postgres {
			lock = ` FOR UPDATE`
		}
		last, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1 AND sent_as = ''`+lock, d.ID))
		if errors.Is(err, store.ErrNotFound) { // another request has emptied it
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `UPDATE draft SET answers = '{}', files = '[]', sent_as = $2, version = version + 1, changed_at = $3, expires_at = $4
			WHERE id = $1`, d.ID, caseID, store.Micros(now), store.Micros(now.Add(SentAge))); err != nil {
			return err
		}
		if err := s.forget(ctx, tx, d, ""); err != nil {
			return err
		}
		for _, f := range last.Files { // also one that came in another tab meanwhile
			if !slices.Contains(used, f.Document) {
				if err := s.vault.Shred(ctx, tx, f.Document); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("emptying a draft that was sent: %w", err)
	}
	return nil
}

// Move gives a person's draft to the browser they use now.
func (s *Store) Move(ctx context.Context, id, person, token string) (*Draft, error) {
	var d *Draft
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var err error
		d, err = scan(tx.QueryRow(ctx, `UPDATE draft SET token = $3, changed_at = $4, version = version + 1 WHERE id = $1 AND person = $2 AND person <> ''
			RETURNING `+columns, id, person, token, store.Micros(s.clock.Now())))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("moving a draft: %w", err)
	}
	return d, nil
}

// Remove deletes a draft of the browser or of the person, and its files.
func (s *Store) Remove(ctx context.Context, id, token, person string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return s.delete(ctx, tx, `id = $1 AND (token = $2 OR person = $3 AND person <> '')`, id, token, person)
	})
	if err != nil {
		return fmt.Errorf("deleting a draft: %w", err)
	}
	return nil
}

func (s *Store) delete(ctx context.Context, tx *store.Tx, where string, args ...any) error {
	gone, err := store.All(ctx, tx, func(r *store.Rows) (*Draft, error) { return scan(r) }, `DELETE FROM draft WHERE `+where+` RETURNING `+columns, args...)
	if err != nil {
		return err
	}
	for _, d := range gone {
		if err := s.forget(ctx, tx, d, Withdrawn); err != nil {
			return err
		}
		for _, f := range d.Files {
			if err := s.vault.Shred(ctx, tx, f.Document); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep deletes the drafts whose day has come, with their files. Run it daily, on any node.
func (s *Store) Sweep(ctx context.Context) error {
	const batch = 200
	for {
		left := 0
		err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			now := store.Micros(s.clock.Now())
			if err := s.delete(ctx, tx, `id IN (SELECT id FROM draft WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, now, batch); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM draft WHERE expires_at <= $1 LIMIT 1) AS due`, now).Scan(&left)
		})
		if err != nil {
			return fmt.Errorf("deleting drafts that ran out: %w", err)
		}
		if left == 0 {
			return nil
		}
	}
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // strings and numbers always encode
		panic(err)
	}
	return string(b)
}
