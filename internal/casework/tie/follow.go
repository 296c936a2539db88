package tie

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Errors of those who want to follow a report.
var (
	// ErrNotPublic means that there is no such report that others may follow, or not any more.
	ErrNotPublic = errors.New("this report cannot be followed")
	// ErrAddress means that what was typed is not an e-mail address.
	ErrAddress = errors.New("not an e-mail address")
)

// Bounds of those who follow without signing in.
const (
	askedMost = 3         // addresses asked about one report that have not answered, in a day
	askedAge  = time.Hour // how long an address has to answer
	maxEmail  = 254       // characters (RFC 5321)
)

// Follow is somebody who follows what somebody else has reported.
type Follow struct {
	ID        string
	CaseID    string
	Person    string // "" for one who gave an address
	Email     string
	Lang      i18n.Lang
	Confirmed bool // false: the address is not shown to be theirs yet
}

const followColumns = `f.id, f.case_id, f.person, f.email, f.lang, f.confirmed`

func scanFollow(row scanner, more ...any) (Follow, error) {
	var f Follow
	return f, row.Scan(append([]any{&f.ID, &f.CaseID, &f.Person, &f.Email, &f.Lang, &f.Confirmed}, more...)...)
}

// kindFollow is what the journal calls it.
const kindFollow = "follow"

// followed is what the journal keeps: which case, and never whose.
type followed struct {
	Case string `json:"case"`
}

// Follow has somebody told how a report goes: a person who is signed in, or the owner of an e-mail address, who is asked first. ask is
// written in the same transaction, once for each address. To follow again does nothing.
func (s *Service) Follow(ctx context.Context, caseID, person, email string, l i18n.Lang, ask func(ctx context.Context, tx *store.Tx, f Follow) error) (Follow, error) {
	f := Follow{ID: store.NewID(), CaseID: caseID, Person: person, Lang: l, Confirmed: person != ""}
	if person == "" {
		var err error
		if f.Email, err = address(email); err != nil {
			return f, err
		}
	}
	if _, err := s.Report(ctx, l, caseID); err != nil {
		return f, err
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		before, err := scanFollow(tx.QueryRow(ctx, `SELECT `+followColumns+` FROM tie_follow f WHERE f.case_id = $1 AND f.person = $2 AND f.email = $3`, caseID, f.Person, f.Email))
		switch {
		case err == nil:
			f = before
			return journal.Entry{}, errAgain
		case !errors.Is(err, store.ErrNotFound):
			return journal.Entry{}, err
		}
		if !f.Confirmed {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM tie_follow WHERE email = $1 AND confirmed = 0 AND at >= $2`, f.Email, store.Micros(s.now().Add(-24*time.Hour))).Scan(&n); err != nil {
				return journal.Entry{}, err
			}
			if n >= askedMost { // somebody else's address: they have been asked enough
				return journal.Entry{}, errAgain
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO tie_follow (id, case_id, person, email, lang, confirmed, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			f.ID, f.CaseID, f.Person, f.Email, string(f.Lang), store.Bool(f.Confirmed), store.Micros(s.now())); err != nil {
			return journal.Entry{}, err
		}
		if !f.Confirmed && ask != nil {
			if err := ask(ctx, tx, f); err != nil {
				return journal.Entry{}, err
			}
		}
		return journal.Entry{Actor: f.Person, Action: ActionFollowed, Object: journal.Ref{Kind: kindFollow, ID: f.ID}, Payload: followed{caseID}}, nil
	})
	if err != nil && !errors.Is(err, errAgain) && !errors.Is(err, store.ErrConflict) {
		return f, fmt.Errorf("following a report: %w", err)
	}
	return f, nil
}

// errAgain ends a transaction that has nothing to do.
var errAgain = errors.New("followed before")

// address reads an e-mail address as people type it.
func address(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > maxEmail || !strings.Contains(typed[strings.LastIndexByte(typed, '@')+1:], ".") {
		return "", ErrAddress
	}
	return strings.ToLower(a.Address), nil
}

// Report is what anybody may see of a case, ErrNotPublic if that is nothing.
func (s *Service) Report(ctx context.Context, l i18n.Lang, caseID string) (Report, error) {
	if !store.ValidID(caseID) {
		return Report{}, ErrNotPublic
	}
	r, err := scanReport(s.DB.QueryRow(ctx, `SELECT `+reportColumns+` FROM cases c WHERE c.id = $1 AND `+reportable, caseID))
	if errors.Is(err, store.ErrNotFound) {
		return Report{}, ErrNotPublic
	}
	if err != nil {
		return Report{}, fmt.Errorf("reading a report: %w", err)
	}
	out, ok := s.public(l, r)
	if !ok {
		return Report{}, ErrNotPublic
	}
	return out, nil
}

// Followed is a report as one who follows it sees it.
type Followed struct {
	Follow Follow
	Report Report
	Open   bool
	// Said is the public text of its status. It and the report are empty when the case has been marked as secret since.
	Said i18n.Text
}

// Follows shows what the link with this token is for, store.ErrNotFound if it is nobody's any more.
func (s *Service) Follows(ctx context.Context, l i18n.Lang, token string) (Followed, error) {
	id, ok := s.follower(token)
	if !ok {
		return Followed{}, store.ErrNotFound
	}
	list, err := s.follows(ctx, l, `f.id = $1 AND (f.confirmed = 1 OR f.at >= $2)`, id, store.Micros(s.now().Add(-askedAge)))
	if err != nil {
		return Followed{}, err
	}
	if len(list) == 0 {
		return Followed{}, store.ErrNotFound
	}
	return list[0], nil
}

// FollowsOf are the reports that a person follows, the latest first.
func (s *Service) FollowsOf(ctx context.Context, l i18n.Lang, person string) ([]Followed, error) {
	if person == "" {
		return nil, nil
	}
	return s.follows(ctx, l, `f.person = $1`, person)
}

func (s *Service) follows(ctx context.Context, l i18n.Lang, where string, args ...any) ([]Followed, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Followed, error) {
		var out Followed
		var row report
		var received int64
		var secret bool
		var err error
		out.Follow, err = scanFollow(r, &row.id, &row.typeID, &row.version, &row.status, &row.answers, &received, &row.north, &row.east, &out.Open, &secret)
		if row.received = store.Time(received); err != nil || secret {
			return out, err
		}
		if shown, ok := s.public(l, row); ok {
			out.Report = shown
			if ct, _ := s.Types.Version(row.typeID, row.version); ct.Status(row.status) != nil {
				out.Said = ct.Status(row.status).PublicText
			}
		}
		return out, nil
	}, `SELECT `+followColumns+`, `+reportColumns+`, c.open, CASE WHEN c.secrecy > 0 OR c.protected = 1 THEN 1 ELSE 0 END
		FROM tie_follow f JOIN cases c ON c.id = f.case_id WHERE `+where+` ORDER BY f.id DESC LIMIT 100`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what somebody follows: %w", err)
	}
	return list, nil
}

// Confirm notes that the address of a link is of the one who opened it.
func (s *Service) Confirm(ctx context.Context, token string) error {
	return s.turn(ctx, token, ActionConfirmed, `UPDATE tie_follow SET confirmed = 1 WHERE id = $1 AND confirmed = 0 AND at >= $2`, store.Micros(s.now().Add(-askedAge)))
}

// Unfollow ends it. The address is forgotten.
func (s *Service) Unfollow(ctx context.Context, token string) error {
	return s.turn(ctx, token, ActionUnfollowed, `DELETE FROM tie_follow WHERE id = $1`)
}

func (s *Service) turn(ctx context.Context, token, action, statement string, args ...any) error {
	id, ok := s.follower(token)
	if !ok {
		return store.ErrNotFound
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, statement, append([]any{id}, args...)...)
		if err == nil && n == 0 {
			err = errAgain
		}
		return journal.Entry{Action: action, Object: journal.Ref{Kind: kindFollow, ID: id}}, err
	})
	if err != nil && !errors.Is(err, errAgain) {
		return fmt.Errorf("changing what somebody follows: %w", err)
	}
	return nil
}

// Followers are those to be told of a case: whose address is theirs, and none while it is marked, secret or protected.
func (s *Service) Followers(ctx context.Context, q store.Queryer, caseID string) ([]Follow, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Follow, error) { return scanFollow(r) },
		`SELECT `+followColumns+` FROM tie_follow f JOIN cases c ON c.id = f.case_id WHERE f.case_id = $1 AND f.confirmed = 1 AND c.secrecy = 0 AND c.protected = 0 ORDER BY f.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("reading who follows a report: %w", err)
	}
	return list, nil
}

// MergedHere are the cases that are handled in a case, whose parties are told when something happens to it.
func (s *Service) MergedHere(ctx context.Context, q store.Queryer, caseID string) ([]string, error) {
	return store.All(ctx, q, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT from_case FROM tie_relation WHERE to_case = $1 AND kind = 'merged_into' AND removed_at = 0 ORDER BY at`, caseID)
}

// Sweep forgets addresses that never answered.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM tie_follow WHERE confirmed = 0 AND at < $1`, store.Micros(s.now().Add(-askedAge)))
		return err
	})
}

// Token is what the link of a follower holds: nothing about anybody, and nothing that can be guessed.
func (s *Service) Token(f Follow) string { return f.ID + s.seal(f.ID) }

func (s *Service) seal(id string) string {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("tie.follow\x00" + id))
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// follower is the ID in a token of ours.
func (s *Service) follower(token string) (string, bool) {
	if len(token) != 36+32 {
		return "", false
	}
	id, seal := token[:36], token[36:]
	return id, store.ValidID(id) && subtle.ConstantTimeCompare([]byte(seal), []byte(s.seal(id))) == 1
}
