package bodies

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Person is a human being who works for a member, is elected, or lives here.
type Person struct {
	ID    string // UUIDv7: says nothing about the person
	Key   string // the pack's own name for the person, "" for all others
	Kind  PersonKind
	Name  string
	Email string // lower case, "" if not known
	// Protected is set for skyddade personuppgifter (sekretessmarkering, skyddad folkbokföring, fingerade personuppgifter).
	Protected bool
	// Closed persons may not sign in any more; their mandates are ended for themselves.
	Closed bool
}

// PersonKind is in which capacity we know somebody.
type PersonKind string

// The kinds of person.
const (
	Staff    PersonKind = "staff"
	Elected  PersonKind = "elected"
	Resident PersonKind = "resident"
)

const personColumns = `id, key, kind, name, email, protected, closed`

func scanPerson(row interface{ Scan(...any) error }) (Person, error) {
	var p Person
	var key sql.NullString
	err := row.Scan(&p.ID, &key, &p.Kind, &p.Name, &p.Email, &p.Protected, &p.Closed)
	p.Key = key.String
	return p, err
}

// Person gives the person with an ID, of any kind. It gives store.ErrNotFound.
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	if p, ok := s.Directory().Person(id); ok {
		return p, nil
	}
	return s.person(ctx, `id = $1`, id)
}

// PersonByKey gives the person a pack calls key. It gives store.ErrNotFound.
func (s *Service) PersonByKey(ctx context.Context, key string) (Person, error) {
	return s.person(ctx, `key = $1`, key)
}

// OfficialByEmail gives the member of staff or elected person with an e-mail address, whatever its case. It gives store.ErrNotFound.
func (s *Service) OfficialByEmail(ctx context.Context, email string) (Person, error) {
	return s.person(ctx, `email = $1 AND email <> '' AND kind <> 'resident'`, normalEmail(email))
}

// PersonByNumber gives the person with a personnummer or samordningsnummer. It gives store.ErrNotFound.
func (s *Service) PersonByNumber(ctx context.Context, number civic.Number) (Person, error) {
	return s.person(ctx, `id = (SELECT person FROM person_number WHERE number = $1)`, number.String())
}

func (s *Service) person(ctx context.Context, where, arg string) (Person, error) {
	p, err := scanPerson(s.db.QueryRow(ctx, `SELECT `+personColumns+` FROM person WHERE `+where, arg))
	if err != nil {
		return Person{}, fmt.Errorf("finding a person: %w", err)
	}
	return p, nil
}

// NumberOf gives the personnummer or samordningsnummer of a person, 12 digits. It gives store.ErrNotFound.
func (s *Service) NumberOf(ctx context.Context, person string) (string, error) {
	var number string
	err := s.db.QueryRow(ctx, `SELECT number FROM person_number WHERE person = $1`, person).Scan(&number)
	if err != nil {
		return "", fmt.Errorf("finding the number of person %s: %w", person, err)
	}
	return number, nil
}

// AddPerson adds a person, with a number if it is known (the zero Number if not), and gives it with its new ID.
// It gives store.ErrConflict if the number, or among officials the e-mail, is taken.
func (s *Service) AddPerson(ctx context.Context, by By, p Person, number civic.Number) (Person, error) {
	p.ID, p.Email = store.NewID(), normalEmail(p.Email)
	if err := p.check(); err != nil {
		return Person{}, err
	}
	add := func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if err := insertPerson(ctx, tx, p); err != nil {
			return journal.Entry{}, err
		}
		return by.entry("person.added", "person", p.ID, map[string]any{"kind": p.Kind}), setNumber(ctx, tx, p.ID, number)
	}
	var err error
	if p.Kind == Resident { // not in the Directory
		_, err = s.journal.Do(ctx, add)
	} else {
		err = s.change(ctx, add)
	}
	if err != nil {
		return Person{}, fmt.Errorf("adding a person: %w", err)
	}
	return p, nil
}

// UpdatePerson changes the name, e-mail, protection and closing of the person with p.ID.
// It gives store.ErrNotFound, or store.ErrConflict if the e-mail is taken by another official.
func (s *Service) UpdatePerson(ctx context.Context, by By, p Person) error {
	p.Email = normalEmail(p.Email)
	if err := p.check(); err != nil {
		return err
	}
	err := s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `UPDATE person SET name = $2, email = $3, protected = $4, closed = $5 WHERE id = $1`,
			p.ID, p.Name, p.Email, store.Bool(p.Protected), store.Bool(p.Closed))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return by.entry("person.updated", "person", p.ID, map[string]any{"protected": p.Protected, "closed": p.Closed}), err
	})
	if err != nil {
		return fmt.Errorf("updating person %s: %w", p.ID, err)
	}
	return nil
}

func (p Person) check() error {
	switch {
	case strings.TrimSpace(p.Name) == "":
		return &InvalidError{Field: "name", Problem: "is empty"}
	case p.Kind != Staff && p.Kind != Elected && p.Kind != Resident:
		return &InvalidError{Field: "kind", Problem: "must be staff, elected or resident"}
	}
	return nil
}

func insertPerson(ctx context.Context, tx *store.Tx, p Person) error {
	_, err := tx.Exec(ctx, `INSERT INTO person (`+personColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, null(p.Key), string(p.Kind), p.Name, p.Email, store.Bool(p.Protected), store.Bool(p.Closed))
	return err
}

func setNumber(ctx context.Context, tx *store.Tx, person string, number civic.Number) error {
	if number.IsZero() {
		return nil
	}
	if !number.IsPerson() {
		return &InvalidError{Field: "number", Problem: "is not a personnummer or samordningsnummer"}
	}
	_, err := tx.Exec(ctx, `INSERT INTO person_number (person, number) VALUES ($1, $2)
		ON CONFLICT (person) DO UPDATE SET number = excluded.number`, person, number.String())
	return err
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
