package drafts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
)

// Stage is how far a draft has come on its way to be handed in.
type Stage string

// The stages. A draft goes only forwards, past those it does not need, or back to Editing, where its signatures are lost.
const (
	Editing Stage = "editing"
	Signing Stage = "signing" // parties sign what it says
	Paying  Stage = "paying"  // a fee is to be paid
	Sending Stage = "sending" // nothing is missing: it is handed in now, or as soon as it can be
)

// Errors that a caller decides on.
var (
	// ErrFrozen means that the answers stand fixed, since somebody signs or pays for them. They can be taken back.
	ErrFrozen = errors.New("the answers are being signed or paid for")
	// ErrChanged means that what was shown is not what stands there now.
	ErrChanged = errors.New("the answers have changed since they were shown")
	// ErrStage means that the draft is at another stage than the command is for.
	ErrStage = errors.New("the draft is at another stage")
)

// Writer is who sends a form for signing or paying, as the case gets to know them.
type Writer struct {
	Person string `json:"person,omitempty"` // who was signed in, or ""
	Name   string `json:"name,omitempty"`
	Email  string `json:"email,omitempty"` // where they are told how it goes, or ""
	Level  string `json:"level,omitempty"` // of the sign-in
	Signs  bool   `json:"signs,omitempty"` // they signed when they sent it
	// Acting is in whose name they write.
	Acting casetype.ActFor `json:"acting,omitempty"`
	For    cases.Acting    `json:"for,omitzero"` // on what ground; the zero value for oneself
}

// Frozen is a draft whose answers stand fixed.
type Frozen struct {
	Draft      string
	Clean      casetype.Clean
	Digest     string // of Clean and the files: what is signed
	Writer     Writer
	Lang       i18n.Lang
	Fee        money.Amount // 0: none
	Sequential bool
	OnTimeout  casetype.OnTimeout
	At         time.Time
	Remind     time.Time // zero: they have been, or nobody signs
	Due        time.Time // from then on nobody can sign; zero: nobody signs
	Signers    []Signer
}

// Digest is the SHA-256, in hex, of what somebody signs: the case type with its version, the accepted answers, and the files by their
// content. Equal answers give equal digests, whatever order they were given in.
func Digest(ct *casetype.CaseType, clean casetype.Clean, files []File) string {
	type file struct{ Question, Name, SHA256 string }
	said := struct {
		Type    string
		Version int
		Answers casetype.Clean // a map: JSON sorts its keys
		Files   []file
	}{ct.ID, ct.Version, clean, nil}
	for _, f := range files {
		if slices.Contains(clean[f.Question], f.Document) {
			said.Files = append(said.Files, file{f.Question, f.Name, f.SHA256})
		}
	}
	sum := sha256.Sum256([]byte(encode(said)))
	return hex.EncodeToString(sum[:])
}

// Freeze fixes the answers of a draft as they were when d was read: for signing if f has signers, else for paying. Signers whose turn it
// is are told. It gives ErrChanged if the draft has been changed since, ErrFrozen if it is frozen already.
func (s *Store) Freeze(ctx context.Context, d *Draft, f *Frozen) error {
	f.Draft, f.At = d.ID, s.clock.Now()
	stage := f.after()
	if len(f.Signers) > 0 {
		stage = Signing
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1`, d.ID))
		switch {
		case err != nil:
			return err
		case now.SentAs != "" || now.Stage != Editing:
			return ErrFrozen
		case now.row != d.row:
			return ErrChanged
		}
		until := f.At.Add(Age)
		if !f.Due.IsZero() {
			until = f.Due.Add(Age)
		}
		if err := tx.ExecOne(ctx, `UPDATE draft SET stage = $3, changed_at = $4, expires_at = $5, version = version + 1 WHERE id = $1 AND version = $2`,
			d.ID, d.row, string(stage), store.Micros(f.At), store.Micros(later(until, now.Expires))); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO draft_frozen (draft, answers, digest, writer, lang, fee, sequential, on_timeout, at, remind_at, due_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, d.ID, encode(f.Clean), f.Digest, encode(f.Writer), string(f.Lang), int64(f.Fee),
			store.Bool(f.Sequential), string(f.OnTimeout), store.Micros(f.At), store.Micros(f.Remind), store.Micros(f.Due)); err != nil {
			return err
		}
		for i := range f.Signers {
			if err := insertSigner(ctx, tx, d.ID, i+1, &f.Signers[i]); err != nil {
				return err
			}
		}
		return s.invite(ctx, tx, now, f)
	})
	if err != nil {
		return fmt.Errorf("fixing the answers of a draft: %w", err)
	}
	d.Stage = stage
	d.row++
	return nil
}

// after is the stage when everybody has signed.
func (f *Frozen) after() Stage {
	if f.Fee > 0 {
		return Paying
	}
	return Sending
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Frozen reads the fixed answers of a draft, store.ErrNotFound if they are not fixed.
func (s *Store) Frozen(ctx context.Context, id string) (*Frozen, error) {
	var f *Frozen
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		var err error
		f, err = frozen(ctx, q, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the fixed answers of a draft: %w", err)
	}
	return f, nil
}

func frozen(ctx context.Context, q store.Queryer, id string) (*Frozen, error) {
	f := Frozen{Draft: id}
	var answers, writer, lang, onTimeout string
	var at, remind, due int64
	err := q.QueryRow(ctx, `SELECT answers, digest, writer, lang, fee, sequential, on_timeout, at, remind_at, due_at FROM draft_frozen WHERE draft = $1`, id).
		Scan(&answers, &f.Digest, &writer, &lang, &f.Fee, &f.Sequential, &onTimeout, &at, &remind, &due)
	if err != nil {
		return nil, err
	}
	f.Lang, f.OnTimeout = i18n.Lang(lang), casetype.OnTimeout(onTimeout)
	f.At, f.Remind, f.Due = store.Time(at), store.Time(remind), store.Time(due)
	if err := errors.Join(json.Unmarshal([]byte(answers), &f.Clean), json.Unmarshal([]byte(writer), &f.Writer)); err != nil {
		return nil, err
	}
	f.Signers, err = store.All(ctx, q, scanSigner, `SELECT `+signerColumns+` FROM draft_signature WHERE draft = $1 ORDER BY n`, id)
	return &f, err
}

// Thaw takes a draft back to be changed. What was signed is lost; those who have been asked are told. It gives ErrStage if the draft is
// not being signed or paid for: what is being handed in is not changed under the hands of the one who does it.
func (s *Store) Thaw(ctx context.Context, id string) error {
	return s.thaw(ctx, id, Withdrawn)
}

func (s *Store) thaw(ctx context.Context, id string, why Kind) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.thawIn(ctx, tx, id, why) })
	if err != nil {
		return fmt.Errorf("taking back a draft: %w", err)
	}
	return nil
}

func (s *Store) thawIn(ctx context.Context, tx *store.Tx, id string, why Kind) error {
	now := s.clock.Now()
	d, err := scan(tx.QueryRow(ctx, `UPDATE draft SET stage = 'editing', changed_at = $2, expires_at = CASE WHEN expires_at > $3 THEN expires_at ELSE $3 END,
		version = version + 1 WHERE id = $1 AND stage IN ('signing', 'paying') AND sent_as = '' RETURNING `+columns, id, store.Micros(now), store.Micros(now.Add(Age))))
	if errors.Is(err, store.ErrNotFound) {
		return ErrStage
	}
	if err != nil {
		return err
	}
	return s.forget(ctx, tx, d, why)
}

// forget removes the fixed answers and signatures of a draft, and tells those who have been asked to sign why if why is not "".
func (s *Store) forget(ctx context.Context, tx *store.Tx, d *Draft, why Kind) error {
	f, err := frozen(ctx, tx, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if why != "" {
		for _, x := range f.Signers {
			if !x.Invited.IsZero() && x.State != Declined {
				if err := s.say(ctx, tx, d, f, why, x.Email, ""); err != nil {
					return err
				}
			}
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM draft_signature WHERE draft = $1`, d.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM draft_frozen WHERE draft = $1`, d.ID)
	return err
}

// Advance takes a draft from one stage to a later one, when what the stage is for is done. It gives ErrStage if it is at another.
func (s *Store) Advance(ctx context.Context, id string, from, to Stage) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE draft SET stage = $3, changed_at = $4, version = version + 1 WHERE id = $1 AND stage = $2 AND sent_as = ''`,
			id, string(from), string(to), store.Micros(s.clock.Now()))
		if err == nil && n == 0 {
			err = ErrStage
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("going on with a draft: %w", err)
	}
	return nil
}

// Hold keeps a draft at least for a time from now: somebody has paid for it.
func (s *Store) Hold(ctx context.Context, id string, age time.Duration) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE draft SET expires_at = $2 WHERE id = $1 AND sent_as = '' AND expires_at < $2`, id, store.Micros(s.clock.Now().Add(age)))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// At lists the IDs of the drafts at a stage, those changed longest ago first.
func (s *Store) At(ctx context.Context, stage Stage, limit int) ([]string, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT id FROM draft WHERE stage = $1 AND stage <> 'editing' AND sent_as = '' ORDER BY changed_at LIMIT $2`, string(stage), limit)
	if err != nil {
		return nil, fmt.Errorf("listing drafts at a stage: %w", err)
	}
	return list, nil
}

// ByID reads a draft.
func (s *Store) ByID(ctx context.Context, id string) (*Draft, error) {
	d, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1`, id))
	if err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	return d, nil
}
