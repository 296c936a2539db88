package drafts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
)

// SignState is where a signature stands.
type SignState string

// The states of a signature.
const (
	Waiting  SignState = "waiting"
	Signed   SignState = "signed"
	Declined SignState = "declined"
)

// Errors of signing.
var (
	// ErrTurn means that somebody before them has not signed yet.
	ErrTurn = errors.New("it is not their turn to sign yet")
	// ErrLate means that the time to sign is out.
	ErrLate = errors.New("the time to sign is out")
	// ErrSoon means that they were asked or reminded less than a day ago.
	ErrSoon = errors.New("they were reminded less than a day ago")
	// ErrSame means that somebody who is known by e-mail alone has signed already, as another signer or as the writer, or somebody in the
	// same role: one person is not two.
	ErrSame = errors.New("this person has signed already")
)

// remindAgain is how long there is at least between two letters to somebody who is to sign.
const remindAgain = 24 * time.Hour

// Signer is somebody who is to sign, and what became of it.
type Signer struct {
	N      int    // from 1, in the order of signing
	ID     string // leads to the page together with being the right person
	Party  string // key of the rule in the case type
	Role   casetype.PartyRole
	Name   string // as the writer gave it; once signed, as they are named by the sign-in
	Number string // keyed hash of the personnummer; "" for one known by e-mail alone, who signs by a secret link
	Masked string // the number as pages show it
	Email  string

	State    SignState
	Invited  time.Time // zero: their turn has not come
	Reminded time.Time
	At       time.Time // signed or declined
	Person   string
	Level    string
	Digest   string // of what they signed
	Reason   string // why they declined

	draft  string
	token  string // hash of the secret
	secret string // only while it is told
}

const signerColumns = `draft, n, id, party, role, name, number, masked, email, token, state, invited_at, reminded_at, signed_at, person, level, digest, reason`

func scanSigner(r *store.Rows) (Signer, error) { return scanOne(r) }

func scanOne(row interface{ Scan(...any) error }) (Signer, error) {
	var x Signer
	var role, state string
	var invited, reminded, at int64
	err := row.Scan(&x.draft, &x.N, &x.ID, &x.Party, &role, &x.Name, &x.Number, &x.Masked, &x.Email, &x.token, &state, &invited, &reminded, &at, &x.Person, &x.Level, &x.Digest, &x.Reason)
	x.Role, x.State = casetype.PartyRole(role), SignState(state)
	x.Invited, x.Reminded, x.At = store.Time(invited), store.Time(reminded), store.Time(at)
	return x, err
}

func insertSigner(ctx context.Context, tx *store.Tx, draft string, n int, x *Signer) error {
	*x = Signer{N: n, ID: store.NewID(), Party: x.Party, Role: x.Role, Name: x.Name, Number: x.Number, Masked: x.Masked, Email: x.Email, State: Waiting, draft: draft}
	_, err := tx.Exec(ctx, `INSERT INTO draft_signature (`+signerColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 'waiting', 0, 0, 0, '', '', '', '')`,
		draft, n, x.ID, x.Party, string(x.Role), x.Name, x.Number, x.Masked, x.Email)
	return err
}

// Complete tells whether everybody has signed what stands fixed now.
func (f *Frozen) Complete() bool {
	for _, x := range f.Signers {
		if x.State != Signed || x.Digest != f.Digest {
			return false
		}
	}
	return true
}

// invite asks those whose turn it is: all, or the first who has not signed.
func (s *Store) invite(ctx context.Context, tx *store.Tx, d *Draft, f *Frozen) error {
	for i := range f.Signers {
		x := &f.Signers[i]
		if f.Sequential && x.State == Declined {
			return nil // nobody comes after one who declined
		}
		if x.State == Waiting && x.Invited.IsZero() {
			x.Invited = s.clock.Now()
			if err := s.ask(ctx, tx, d, f, x, Invited); err != nil {
				return err
			}
		}
		if f.Sequential && x.State == Waiting {
			return nil
		}
	}
	return nil
}

// ask writes to somebody who is to sign. One known by e-mail alone gets a new secret link; the one before no longer leads anywhere.
func (s *Store) ask(ctx context.Context, tx *store.Tx, d *Draft, f *Frozen, x *Signer, kind Kind) error {
	path := x.ID
	if x.Number == "" {
		x.secret = rand.Text()
		x.token, path = hashed(x.secret), x.secret
	}
	if kind == Reminded {
		x.Reminded = s.clock.Now()
	}
	if _, err := tx.Exec(ctx, `UPDATE draft_signature SET token = $3, invited_at = $4, reminded_at = $5 WHERE draft = $1 AND n = $2`,
		x.draft, x.N, x.token, store.Micros(x.Invited), store.Micros(x.Reminded)); err != nil {
		return err
	}
	return s.say(ctx, tx, d, f, kind, x.Email, "/signera/"+path)
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Asked finds who a link leads to: by its ID for those known by number, by the secret for others. It gives store.ErrNotFound when the
// form has been taken back, handed in or deleted.
func (s *Store) Asked(ctx context.Context, link string) (*Draft, *Frozen, *Signer, error) {
	var d *Draft
	var f *Frozen
	var x Signer
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		where, arg := `token = $1 AND token <> ''`, hashed(link)
		if store.ValidID(link) {
			where, arg = `id = $1 AND number <> ''`, link
		}
		var err error
		if x, err = scanOne(q.QueryRow(ctx, `SELECT `+signerColumns+` FROM draft_signature WHERE `+where, arg)); err != nil {
			return err
		}
		if d, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1`, x.draft)); err != nil {
			return err
		}
		f, err = frozen(ctx, q, x.draft)
		return err
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("finding what is to be signed: %w", err)
	}
	return d, f, &f.Signers[x.N-1], nil
}

// WaitingFor lists what waits for the signature of the person with this keyed hash of the number, oldest first.
func (s *Store) WaitingFor(ctx context.Context, number string) ([]Waited, error) {
	if number == "" {
		return nil, nil
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Waited, error) {
		var w Waited
		var due int64
		var writer string
		if err := r.Scan(&w.ID, &w.TypeID, &w.Version, &writer, &due); err != nil {
			return w, err
		}
		w.Due = store.Time(due)
		return w, json.Unmarshal([]byte(writer), &w.Writer)
	}, `SELECT g.id, d.type_id, d.type_version, f.writer, f.due_at FROM draft_signature g JOIN draft d ON d.id = g.draft JOIN draft_frozen f ON f.draft = g.draft
		WHERE g.number = $1 AND g.number <> '' AND g.state = 'waiting' AND g.invited_at > 0 AND d.stage = 'signing' AND f.due_at > $2 ORDER BY f.due_at LIMIT 50`,
		number, store.Micros(s.clock.Now()))
	if err != nil {
		return nil, fmt.Errorf("listing what waits for a signature: %w", err)
	}
	return list, nil
}

// Waited is something that waits for somebody's signature.
type Waited struct {
	ID      string // of the signature: the page is /signera/ID
	TypeID  string
	Version int
	Writer  Writer
	Due     time.Time
}

// By is who signs or declines: the caller has made sure that it is the one who was asked.
type By struct {
	Person, Name, Level string
	Digest              string // of what they were shown
}

// Sign signs. When it was the last one the draft goes on to the stage that it gives back. Signing again changes nothing.
func (s *Store) Sign(ctx context.Context, id string, by By) (Stage, error) {
	return s.answer(ctx, id, by, Signed, "")
}

// Decline refuses to sign, with a reason that the writer is shown.
func (s *Store) Decline(ctx context.Context, id string, by By, reason string) error {
	_, err := s.answer(ctx, id, by, Declined, reason)
	return err
}

func (s *Store) answer(ctx context.Context, id string, by By, state SignState, reason string) (stage Stage, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, f, x, err := s.asked(ctx, tx, id)
		if err != nil {
			return err
		}
		stage = d.Stage
		if x.State == state && x.Person == by.Person {
			return nil
		}
		if err := f.mayAnswer(d, x, by, s.clock.Now()); err != nil {
			return err
		}
		x.State, x.At, x.Person, x.Name, x.Level, x.Digest, x.Reason = state, s.clock.Now(), by.Person, by.Name, by.Level, by.Digest, reason
		if err := tx.ExecOne(ctx, `UPDATE draft_signature SET state = $3, signed_at = $4, person = $5, name = $6, level = $7, digest = $8, reason = $9
			WHERE draft = $1 AND n = $2 AND state = 'waiting'`, d.ID, x.N, string(state), store.Micros(x.At), x.Person, x.Name, x.Level, x.Digest, reason); err != nil {
			return err
		}
		switch {
		case state == Declined:
			return s.say(ctx, tx, d, f, Refused, f.Writer.Email, writerPath(d))
		case !f.Complete():
			return s.invite(ctx, tx, d, f)
		}
		stage = f.after()
		return s.signedBy(ctx, tx, d, f, stage)
	})
	if err != nil {
		return "", fmt.Errorf("answering a request to sign: %w", err)
	}
	return stage, nil
}

// signedBy takes a draft on when signing is over.
func (s *Store) signedBy(ctx context.Context, tx *store.Tx, d *Draft, f *Frozen, stage Stage) error {
	if err := tx.ExecOne(ctx, `UPDATE draft SET stage = $2, changed_at = $3, version = version + 1 WHERE id = $1 AND stage = 'signing'`,
		d.ID, string(stage), store.Micros(s.clock.Now())); err != nil {
		return err
	}
	if stage == Paying {
		return s.say(ctx, tx, d, f, ToPay, f.Writer.Email, writerPath(d))
	}
	return nil
}

func (f *Frozen) mayAnswer(d *Draft, x *Signer, by By, now time.Time) error {
	switch {
	case d.Stage != Signing || x.State != Waiting:
		return ErrStage
	case x.Invited.IsZero():
		return ErrTurn
	case !now.Before(f.Due):
		return ErrLate
	case by.Digest != f.Digest:
		return ErrChanged
	case x.Number == "" && f.has(by.Person), f.signed(by.Person, func(y Signer) bool { return y.Number == "" || y.Role == x.Role }):
		return ErrSame
	}
	return nil
}

// signed tells whether a person has signed as one of some signers.
func (f *Frozen) signed(person string, of func(Signer) bool) bool {
	return slices.ContainsFunc(f.Signers, func(x Signer) bool { return x.State == Signed && x.Person == person && of(x) })
}

// has tells whether a person has written or signed.
func (f *Frozen) has(person string) bool {
	return f.Writer.Person == person || f.signed(person, func(Signer) bool { return true })
}

// asked reads what a command on a signature needs. On PostgreSQL it makes those of one draft wait for each other, so that two who sign at
// the same moment do not both believe that the other is missing.
func (s *Store) asked(ctx context.Context, tx *store.Tx, id string) (*Draft, *Frozen, *Signer, error) {
	lock := ``
	if s.db.Engine() == store.Postgres {
		lock = ` FOR UPDATE`
	}
	d, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = (SELECT draft FROM draft_signature WHERE id = $1)`+lock, id))
	if err != nil {
		return nil, nil, nil, err
	}
	f, err := frozen(ctx, tx, d.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	for i := range f.Signers {
		if f.Signers[i].ID == id {
			return d, f, &f.Signers[i], nil
		}
	}
	return nil, nil, nil, store.ErrNotFound
}

// Remind writes again to somebody who has been asked and has not answered, at most once a day.
func (s *Store) Remind(ctx context.Context, id string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, f, x, err := s.asked(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d.Stage != Signing || x.State != Waiting || x.Invited.IsZero():
			return ErrStage
		case s.clock.Now().Before(later(x.Invited, x.Reminded).Add(remindAgain)):
			return ErrSoon
		}
		return s.ask(ctx, tx, d, f, x, Reminded)
	})
	if err != nil {
		return fmt.Errorf("reminding somebody to sign: %w", err)
	}
	return nil
}

// Tend reminds those who are late to sign and ends the signing whose time is out: the draft goes back to its writer, or on with what was
// signed where the case type says so. Run it often, on any node.
func (s *Store) Tend(ctx context.Context) error {
	now := store.Micros(s.clock.Now())
	ids, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT f.draft FROM draft_frozen f JOIN draft d ON d.id = f.draft WHERE d.stage = 'signing' AND (f.due_at <= $1 OR f.remind_at > 0 AND f.remind_at <= $1)
		ORDER BY f.due_at LIMIT 500`, now)
	if err != nil {
		return fmt.Errorf("finding what has waited for signatures: %w", err)
	}
	var errs []error
	for _, id := range ids { // one that fails does not hold up the others
		if err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.tend(ctx, tx, id) }); err != nil {
			errs = append(errs, fmt.Errorf("tending draft %s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

func (s *Store) tend(ctx context.Context, tx *store.Tx, id string) error {
	lock := ``
	if s.db.Engine() == store.Postgres {
		lock = ` FOR UPDATE`
	}
	d, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM draft WHERE id = $1 AND stage = 'signing'`+lock, id))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := frozen(ctx, tx, id)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	switch {
	case now.Before(f.Due):
		if f.Remind.IsZero() || now.Before(f.Remind) {
			return nil
		}
		for i := range f.Signers {
			if x := &f.Signers[i]; x.State == Waiting && !x.Invited.IsZero() {
				if err := s.ask(ctx, tx, d, f, x, Reminded); err != nil {
					return err
				}
			}
		}
		_, err = tx.Exec(ctx, `UPDATE draft_frozen SET remind_at = 0 WHERE draft = $1`, id)
		return err
	case f.OnTimeout == casetype.ProceedAnyway:
		return s.signedBy(ctx, tx, d, f, f.after())
	}
	if err := s.say(ctx, tx, d, f, TimeOut, f.Writer.Email, "/e-tjanster/"+d.TypeID); err != nil {
		return err
	}
	return s.thawIn(ctx, tx, id, TimeOut)
}
