package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// invitationAge is how long a one-time link works.
const invitationAge = time.Hour

// Invitation is a one-time way in. Link and Code are secrets: show them once, to the operator who asked.
type Invitation struct {
	Person  Person
	Link    string    // opens the form with the code filled in; the code is in the fragment, which browsers send to nobody
	Code    string    // to type instead
	Expires time.Time // UTC
}

// AdminCreate makes an administrator's account, or finds the member of staff who has the e-mail address, and gives a one-time link
// with which they sign in, once, within an hour, to add a passkey. It is for an operator at the machine itself: the sign-in counts
// as LoASubstantial on their word. What an administrator may do is for package bodies to say.
func (s *Service) AdminCreate(ctx context.Context, name, email string) (Invitation, error) {
	name, email = strings.TrimSpace(name), strings.TrimSpace(email)
	if name == "" || !strings.Contains(email, "@") {
		return Invitation{}, errors.New("creating an administrator: a name and an e-mail address are needed")
	}
	person, err := s.people.StaffByEmail(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		person, err = s.people.CreatePerson(ctx, NewPerson{Kind: Staff, Name: name, Email: email})
	}
	if err == nil && person.Closed {
		err = ErrClosed
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("creating an administrator: %w", err)
	}
	return s.invite(ctx, person)
}

func (s *Service) invite(ctx context.Context, person Person) (Invitation, error) {
	now := s.clock.Now().UTC()
	code := rand.Text()
	i := Invitation{Person: person, Code: code, Link: s.base.String() + PathOneTime + "#" + code, Expires: now.Add(invitationAge)}
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO identity_invitations (code, person, created, expires, used) VALUES ($1, $2, $3, $4, 0)`,
			hashCode(code), person.ID, store.Micros(now), store.Micros(i.Expires))
		return journal.Entry{Actor: journal.System, Action: "one_time_link.made", Object: journal.Ref{Kind: "person", ID: person.ID}}, err
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("making a one-time link: %w", err)
	}
	return i, nil
}

// hashCode is what the database holds of a code. Codes are 130 random bits, so a plain hash is enough; spaces, hyphens and case,
// which people change when they copy, do not matter.
func hashCode(code string) string {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

func (s *Service) oneTimePage(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	s.pages.OneTime(w, r)
}

func (s *Service) oneTimePost(w http.ResponseWriter, r *http.Request) {
	err := s.attempts.allow(r)
	if err == nil {
		err = parseForm(w, r)
	}
	if err == nil {
		err = s.redeemCode(w, r, r.PostForm.Get(FieldCode))
	}
	if err != nil {
		s.fail(w, r, fmt.Errorf("signing in with a one-time code: %w", err))
		return
	}
	if s.webauthn == nil {
		redirect(w, r, "/")
		return
	}
	redirect(w, r, PathPasskeys)
}

func (s *Service) redeemCode(w http.ResponseWriter, r *http.Request, code string) error {
	ctx := r.Context()
	hash := hashCode(code)
	var id string
	err := s.db.QueryRow(ctx, `SELECT person FROM identity_invitations WHERE code = $1`, hash).Scan(&id)
	if err != nil {
		return notFoundAs(ErrCode, err)
	}
	person, err := s.person(ctx, id)
	if errors.Is(err, ErrClosed) {
		return s.refused(ctx, id, MethodLink, "", ErrClosed)
	}
	if err != nil {
		return err
	}
	_, err = s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		err := tx.ExecOne(ctx, `UPDATE identity_invitations SET used = $2 WHERE code = $1 AND used = 0 AND expires > $2`, hash, store.Micros(s.clock.Now()))
		return journal.Entry{Actor: person.ID, Action: "one_time_link.used", Object: journal.Ref{Kind: "person", ID: person.ID}}, err
	})
	if errors.Is(err, store.ErrConflict) {
		return s.refused(ctx, person.ID, MethodLink, "", ErrCode)
	}
	if err != nil {
		return err
	}
	return s.signIn(ctx, w, r, Principal{PersonID: person.ID, Kind: person.Kind, LoA: LoASubstantial, Method: MethodLink}, "")
}
