package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// PasskeyInfo is one passkey as its owner sees it.
type PasskeyInfo struct {
	ID      string
	Name    string    // browser and system it was added with: "Firefox, Linux"
	Level   LoA       // the level it signs in with: that of the session it was added in
	Created time.Time // UTC
	Used    time.Time // UTC; zero if never
}

// Passkeys lists a person's passkeys, oldest first.
func (s *Service) Passkeys(ctx context.Context, personID string) ([]PasskeyInfo, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (i PasskeyInfo, err error) {
		var level string
		var created, used int64
		if err := r.Scan(&i.ID, &i.Name, &level, &created, &used); err != nil {
			return i, err
		}
		i.Created, i.Used = store.Time(created), store.Time(used)
		i.Level, err = ParseLoA(level)
		return i, err
	}, `SELECT id, name, level, created, used FROM identity_passkeys WHERE person = $1 ORDER BY created, id`, personID)
	if err != nil {
		return nil, fmt.Errorf("listing passkeys: %w", err)
	}
	return list, nil
}

// RemovePasskey removes a passkey of the person who asks. It gives store.ErrNotFound if they have no such passkey.
func (s *Service) RemovePasskey(ctx context.Context, id string) error {
	p := From(ctx)
	if p == nil {
		return ErrNotSignedIn
	}
	if _, err := base64.RawURLEncoding.DecodeString(id); err != nil {
		return store.ErrNotFound
	}
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `DELETE FROM identity_passkeys WHERE id = $1 AND person = $2`, id, p.PersonID)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return journal.Entry{Actor: p.PersonID, Action: "passkey.removed", Object: journal.Ref{Kind: "person", ID: p.PersonID},
			Payload: map[string]any{"passkey": id}}, err
	})
	if err != nil {
		return fmt.Errorf("removing a passkey: %w", err)
	}
	return nil
}

func (s *Service) credentials(ctx context.Context, person string) ([]webauthn.Credential, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (c webauthn.Credential, err error) {
		var text string
		if err := r.Scan(&text); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(text), &c)
	}, `SELECT credential FROM identity_passkeys WHERE person = $1`, person)
	if err != nil {
		return nil, fmt.Errorf("reading passkeys: %w", err)
	}
	return list, nil
}

// addCredential stores a new passkey. It vouches for no more than the session it was added in.
func (s *Service) addCredential(ctx context.Context, person string, v visit, key webauthn.Credential) error {
	text, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("storing a passkey: %w", err)
	}
	id := credentialID(key.ID)
	_, err = s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO identity_passkeys (id, person, name, level, sign_count, credential, created, used)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`, id, person, v.Agent, v.Principal.LoA.String(), int64(key.Authenticator.SignCount), string(text),
			store.Micros(s.clock.Now()))
		return journal.Entry{Actor: person, Action: "passkey.added", Object: journal.Ref{Kind: "person", ID: person},
			Payload: map[string]any{"passkey": id, "level": v.Principal.LoA}}, err
	})
	if errors.Is(err, store.ErrConflict) { // step 26 of the registration ceremony: the ID must be new
		return fmt.Errorf("%w: it belongs to an account already", ErrPasskey)
	}
	if err != nil {
		return fmt.Errorf("storing a passkey: %w", err)
	}
	return nil
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// useCredential notes that a passkey was used, with its new counter, and gives its level. It gives store.ErrConflict if the counter
// has been used meanwhile, or the passkey removed. Authenticators without a counter always send 0.
func (s *Service) useCredential(ctx context.Context, key webauthn.Credential) (LoA, error) {
	text, err := json.Marshal(key)
	if err != nil {
		return LoANone, fmt.Errorf("storing a passkey's use: %w", err)
	}
	var level string
	err = s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		count := int64(key.Authenticator.SignCount)
		err := tx.ExecOne(ctx, `UPDATE identity_passkeys SET sign_count = $2, credential = $3, used = $4
			WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))`, credentialID(key.ID), count, string(text), store.Micros(s.clock.Now()))
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT level FROM identity_passkeys WHERE id = $1`, credentialID(key.ID)).Scan(&level)
	})
	if err != nil {
		return LoANone, fmt.Errorf("storing a passkey's use: %w", err)
	}
	return ParseLoA(level)
}
