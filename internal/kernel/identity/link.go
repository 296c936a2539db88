package identity

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// personOf gives the person whom a provider has vouched for.
//
// Staff are never made by signing in: the first time they are found by an e-mail address that the provider has verified, from then
// on by the provider's own name for them, so that somebody who gets a former colleague's address does not get their account.
// Citizens are found by personnummer if the provider tells it, else by the provider's name for them, and made at first sign-in.
func (s *Service) personOf(ctx context.Context, p *provider, id identityOf) (Person, error) {
	if p.Kind == Staff {
		return s.staffOf(ctx, p, id)
	}
	if !id.number.IsZero() {
		person, err := s.people.PersonByNumber(ctx, id.number)
		if errors.Is(err, store.ErrNotFound) {
			person, err = s.addCitizen(ctx, id)
			if errors.Is(err, store.ErrConflict) { // they signed in twice at once
				person, err = s.people.PersonByNumber(ctx, id.number)
			}
		}
		return s.admit(ctx, p, person, err)
	}
	linked, err := s.linked(ctx, p.Issuer, id.subject)
	if err == nil {
		person, err := s.people.Person(ctx, linked)
		return s.admit(ctx, p, person, err)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Person{}, err
	}
	person, err := s.addCitizen(ctx, id)
	if err != nil {
		return Person{}, err
	}
	err = s.link(ctx, p, id.subject, person.ID)
	if errors.Is(err, store.ErrConflict) { // they signed in twice at once: the first one counts
		if linked, err = s.linked(ctx, p.Issuer, id.subject); err == nil {
			person, err = s.people.Person(ctx, linked)
		}
	}
	return s.admit(ctx, p, person, err)
}

func (s *Service) addCitizen(ctx context.Context, id identityOf) (Person, error) {
	if id.name == "" {
		return Person{}, &TokenError{Flaw: FlawClaims, cause: errors.New("no name")}
	}
	person, err := s.people.CreatePerson(ctx, NewPerson{Kind: Citizen, Name: id.name, Email: id.verifiedEmail(), Number: id.number})
	if err != nil {
		return Person{}, fmt.Errorf("adding a citizen: %w", err)
	}
	return person, nil
}

func (s *Service) staffOf(ctx context.Context, p *provider, id identityOf) (Person, error) {
	linked, err := s.linked(ctx, p.Issuer, id.subject)
	if err == nil {
		person, err := s.people.Person(ctx, linked)
		return s.admit(ctx, p, person, err)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Person{}, err
	}
	if !id.emailVerified {
		return Person{}, fmt.Errorf("%w: %s has verified no e-mail address", ErrUnknownPerson, p.Key)
	}
	person, err := s.people.StaffByEmail(ctx, id.email)
	if person, err = s.admit(ctx, p, person, err); err != nil {
		return Person{}, err
	}
	err = s.link(ctx, p, id.subject, person.ID)
	if errors.Is(err, store.ErrConflict) { // they have another name at the provider already: not the same human being
		return Person{}, s.refused(ctx, person.ID, MethodOIDC, p.Key, ErrUnknownPerson)
	}
	return person, err
}

func (id identityOf) verifiedEmail() string {
	if !id.emailVerified {
		return ""
	}
	return id.email
}

// admit lets a person in if they may; a known one who may not is journalled.
func (s *Service) admit(ctx context.Context, p *provider, person Person, err error) (Person, error) {
	switch {
	case err != nil:
		return Person{}, notFoundAs(ErrUnknownPerson, err)
	case p.Kind == Staff && person.Kind != Staff:
		return Person{}, s.refused(ctx, person.ID, MethodOIDC, p.Key, ErrUnknownPerson)
	case person.Closed:
		return Person{}, s.refused(ctx, person.ID, MethodOIDC, p.Key, ErrClosed)
	}
	return person, nil
}

// refused journals that the sign-in of a known person was refused, and gives the reason back.
func (s *Service) refused(ctx context.Context, person string, method Method, provider string, reason error) error {
	_, err := s.journal.Note(ctx, journal.Entry{Action: "sign_in.refused", Object: journal.Ref{Kind: "person", ID: person},
		Payload: refusedNote{Method: method, Provider: provider, Reason: Explain(reason).Code}})
	if err != nil {
		return fmt.Errorf("journalling a refused sign-in: %w", err)
	}
	return reason
}

// refusedNote is what the journal says of a refused sign-in.
type refusedNote struct {
	Method   Method `json:"method"`
	Provider string `json:"provider,omitempty"`
	Reason   string `json:"reason"`
}

// linked gives the person behind a provider's name for them, or store.ErrNotFound.
func (s *Service) linked(ctx context.Context, issuer, subject string) (string, error) {
	var person string
	err := s.db.QueryRow(ctx, `SELECT person FROM identity_links WHERE issuer = $1 AND subject = $2`, issuer, subject).Scan(&person)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("finding a linked person: %w", err)
	}
	return person, err
}

// link ties a person to a provider's name for them. A person has one such name at each provider: store.ErrConflict if either is tied.
func (s *Service) link(ctx context.Context, p *provider, subject, person string) error {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO identity_links (issuer, subject, person, created) VALUES ($1, $2, $3, $4)`,
			p.Issuer, subject, person, store.Micros(s.clock.Now()))
		return journal.Entry{Actor: person, Action: "person.linked", Object: journal.Ref{Kind: "person", ID: person},
			Payload: map[string]any{"provider": p.Key}}, err
	})
	if err != nil {
		return fmt.Errorf("linking a person to %s: %w", p.Key, err)
	}
	return nil
}

// Unlink forgets a person's names at all providers, so that their next sign-in counts as their first: their account there was made
// anew. Actor is who decided it, as in journal.Entry.
func (s *Service) Unlink(ctx context.Context, actor, person string) error {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `DELETE FROM identity_links WHERE person = $1`, person)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return journal.Entry{Actor: actor, Action: "person.unlinked", Object: journal.Ref{Kind: "person", ID: person}}, err
	})
	if err != nil {
		return fmt.Errorf("unlinking a person: %w", err)
	}
	return nil
}
