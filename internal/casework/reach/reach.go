package reach

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations make the tables.
//
//go:embed migrations
var Migrations embed.FS

// Channel is a way to reach somebody.
type Channel string

// The channels. What is Here is on Mina sidor and nothing is sent.
const (
	Email  Channel = "email"
	Letter Channel = "letter"
	Here   Channel = "here"
)

// Channels are all channels, in the order of the page.
func Channels() []Channel { return []Channel{Email, Letter, Here} }

// Matter is what somebody is reached about.
type Matter string

// The matters.
const (
	Confirmation Matter = "confirmation"
	Message      Matter = "message"
	Decision     Matter = "decision"
)

// Matters are all matters, in the order of the page.
func Matters() []Matter { return []Matter{Confirmation, Message, Decision} }

// Wishes are how somebody wants to be reached.
type Wishes struct {
	Chosen   bool      // they have said so themselves
	Email    string    // verified, "" if there is none
	Verified time.Time // UTC
	Phone    string
	Lang     i18n.Lang // of letters, "" as each matter was handed in
	By       map[Matter]Channel
}

// Default is how somebody is reached who has not said: by e-mail where an address is known.
func Default() Wishes {
	return Wishes{By: map[Matter]Channel{Confirmation: Email, Message: Email, Decision: Email}}
}

// Bounds.
const (
	ProofAge = time.Hour
	maxPhone = 30
	maxAsked = 5 // links of one person under way
)

// What a caller decides on.
var (
	ErrPhone = errors.New("not a phone number")
	ErrWay   = errors.New("not a way to be reached")
	ErrMany  = errors.New("too many links have been sent")
)

// Service keeps wishes.
type Service struct {
	db    *store.DB
	log   *journal.Log
	clock calendar.Clock
}

// New makes the service.
func New(db *store.DB, log *journal.Log, clock calendar.Clock) *Service {
	return &Service{db: db, log: log, clock: clock}
}

// Of gives somebody's wishes, Default if they have none.
func (s *Service) Of(ctx context.Context, q store.Queryer, person string) (Wishes, error) {
	if person == "" {
		return Default(), nil
	}
	var w Wishes
	var verified int64
	var lang, confirmation, message, decision string
	err := q.QueryRow(ctx, `SELECT email, verified_at, phone, lang, confirmation, message, decision FROM reach WHERE person = $1`, person).
		Scan(&w.Email, &verified, &w.Phone, &lang, &confirmation, &message, &decision)
	if errors.Is(err, store.ErrNotFound) {
		return Default(), nil
	}
	if err != nil {
		return Wishes{}, fmt.Errorf("reading how somebody wants to be reached: %w", err)
	}
	if verified != 0 {
		w.Verified = store.Time(verified)
	}
	w.Chosen, w.Lang = true, i18n.Lang(lang)
	w.By = map[Matter]Channel{Confirmation: Channel(confirmation), Message: Channel(message), Decision: Channel(decision)}
	return w, nil
}

// Mine is Of for a page.
func (s *Service) Mine(ctx context.Context, person string) (Wishes, error) {
	return s.Of(ctx, s.db, person)
}

// Save keeps phone, language and ways. The address is changed by Ask and Confirm, or taken away by Forget.
func (s *Service) Save(ctx context.Context, person string, w Wishes) error {
	w.Phone = strings.Join(strings.Fields(w.Phone), " ")
	if len(w.Phone) > maxPhone || strings.Trim(w.Phone, "0123456789+-() ") != "" {
		return ErrPhone
	}
	if w.Lang != "" && !slices.Contains(i18n.Languages(), w.Lang) {
		return ErrWay
	}
	for _, m := range Matters() {
		if !slices.Contains(Channels(), w.By[m]) {
			return ErrWay
		}
	}
	return s.change(ctx, person, "contact.changed", w)
}

// Forget takes away the address.
func (s *Service) Forget(ctx context.Context, person string) error {
	return s.change(ctx, person, "contact.email_removed", Wishes{})
}

// change writes what an action is about and leaves the rest. The journal says which ways were chosen, not the address or number.
func (s *Service) change(ctx context.Context, person, action string, w Wishes) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		now, err := s.Of(ctx, tx, person)
		if err != nil {
			return journal.Entry{}, err
		}
		if action == "contact.changed" {
			now.Phone, now.Lang, now.By = w.Phone, w.Lang, w.By
		} else {
			now.Email, now.Verified = w.Email, w.Verified
		}
		return entry(action, person, now), s.put(ctx, tx, person, now)
	})
	if err != nil {
		return fmt.Errorf("changing how somebody wants to be reached: %w", err)
	}
	return nil
}

func entry(action, person string, w Wishes) journal.Entry {
	return journal.Entry{Actor: person, Action: action, Object: journal.Ref{Kind: "person", ID: person},
		Payload: map[string]any{"confirmation": w.By[Confirmation], "message": w.By[Message], "decision": w.By[Decision], "lang": w.Lang, "email": w.Email != "", "phone": w.Phone != ""}}
}

func (s *Service) put(ctx context.Context, tx *store.Tx, person string, w Wishes) error {
	var verified int64
	if !w.Verified.IsZero() {
		verified = store.Micros(w.Verified)
	}
	_, err := tx.Exec(ctx, `INSERT INTO reach (person, email, verified_at, phone, lang, confirmation, message, decision, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (person) DO UPDATE SET email = excluded.email, verified_at = excluded.verified_at, phone = excluded.phone, lang = excluded.lang,
			confirmation = excluded.confirmation, message = excluded.message, decision = excluded.decision, changed_at = excluded.changed_at`,
		person, w.Email, verified, w.Phone, string(w.Lang), string(w.By[Confirmation]), string(w.By[Message]), string(w.By[Decision]), store.Micros(s.clock.Now()))
	return err
}

// Proof is an address whose owner has followed the link.
type Proof struct {
	Person string // who asked, "" when they had not signed in
	Email  string
	Back   string // page to go on to
}

// Ask makes a link's token for an address, and lets send put the letter with it in the outbox, in one transaction. The address has been
// checked to be one.
func (s *Service) Ask(ctx context.Context, p Proof, send func(ctx context.Context, tx *store.Tx, token string) error) error {
	token := rand.Text()
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `DELETE FROM reach_proof WHERE expires_at <= $1`, store.Micros(now)); err != nil {
			return err
		}
		var asked int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM reach_proof WHERE email = $1 OR (person = $2 AND person <> '')`, p.Email, p.Person).Scan(&asked); err != nil {
			return err
		}
		if asked >= maxAsked {
			return ErrMany
		}
		if _, err := tx.Exec(ctx, `INSERT INTO reach_proof (mark, person, email, back, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			mark(token), p.Person, p.Email, p.Back, store.Micros(now.Add(ProofAge))); err != nil {
			return err
		}
		return send(ctx, tx, token)
	})
	if err != nil {
		return fmt.Errorf("asking whose an e-mail address is: %w", err)
	}
	return nil
}

// Asked is the address that a person has been sent a link to and has not shown to be theirs yet, "" if there is none.
func (s *Service) Asked(ctx context.Context, person string) (string, error) {
	var email string
	err := s.db.QueryRow(ctx, `SELECT email FROM reach_proof WHERE person = $1 AND person <> '' AND expires_at > $2 ORDER BY expires_at DESC LIMIT 1`,
		person, store.Micros(s.clock.Now())).Scan(&email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("finding an address that waits: %w", err)
	}
	return email, nil
}

// Waits tells whether a link still works; store.ErrNotFound if not. It uses nothing up: programs that read mail follow links too.
func (s *Service) Waits(ctx context.Context, token string) (Proof, error) {
	return s.proof(ctx, s.db, token)
}

func (s *Service) proof(ctx context.Context, q store.Queryer, token string) (p Proof, err error) {
	err = q.QueryRow(ctx, `SELECT person, email, back FROM reach_proof WHERE mark = $1 AND expires_at > $2`, mark(token), store.Micros(s.clock.Now())).
		Scan(&p.Person, &p.Email, &p.Back)
	return p, err
}

// Confirm uses a link up: the address is the person's, or that of whoever asked without having signed in. store.ErrNotFound if it has been
// used or its time is out.
func (s *Service) Confirm(ctx context.Context, token string) (Proof, error) {
	p, err := s.proof(ctx, s.db, token)
	if err != nil {
		return Proof{}, fmt.Errorf("confirming an e-mail address: %w", err)
	}
	use := func(ctx context.Context, tx *store.Tx) error {
		return tx.ExecOne(ctx, `DELETE FROM reach_proof WHERE mark = $1`, mark(token))
	}
	if p.Person == "" {
		err = s.db.Write(ctx, use)
	} else {
		_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
			if err := use(ctx, tx); err != nil {
				return journal.Entry{}, err
			}
			w, err := s.Of(ctx, tx, p.Person)
			if err != nil {
				return journal.Entry{}, err
			}
			w.Email, w.Verified = p.Email, s.clock.Now()
			return entry("contact.email_verified", p.Person, w), s.put(ctx, tx, p.Person, w)
		})
	}
	if errors.Is(err, store.ErrConflict) { // used in another window meanwhile
		err = store.ErrNotFound
	}
	if err != nil {
		return Proof{}, fmt.Errorf("confirming an e-mail address: %w", err)
	}
	return p, nil
}

func mark(token string) string {
	sum := sha256.Sum256([]byte("e-mail\x00" + token))
	return hex.EncodeToString(sum[:])
}
