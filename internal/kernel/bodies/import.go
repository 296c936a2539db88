package bodies

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Organisation is an organisation as a pack gives it. IDs of members, bodies and units and codes of roles are the pack's; persons and
// decisions have keys, by which mandates and reservations refer to them.
type Organisation struct {
	Members   []Member
	Bodies    []Body
	Units     []Unit
	Roles     []Role
	Persons   []ImportedPerson
	Decisions []Decision       // Key set; DelegationOf is a key
	Mandates  []Mandate        // Person and Decision are keys; ID empty
	Reserved  []ReservedAction // Decision is a key or ""; ID empty
}

// ImportedPerson is a person with a key, and a number where a resident has one.
type ImportedPerson struct {
	Person
	Number civic.Number
}

// MarshalJSON keeps the number in the digest of an organisation, though a Number never writes itself.
func (p ImportedPerson) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{p.Person, p.Number.String()})
}

// Imported is what an import did.
type Imported struct {
	SHA256    string         // of the organisation
	Unchanged bool           // the same organisation was the last one imported: nothing was done
	Changed   map[string]int // rows added or changed, by "members", "bodies", "units", "roles", "persons", "decisions", "mandates", "reserved"
	// Protected are the IDs of the persons whose data have become protected. What there is about them already has to be protected too.
	Protected []string `json:",omitempty"`
}

// Import makes the organisation what o says, in one transaction with one journal entry: what is missing is added, what differs is
// changed, and what o leaves out stays (mandates are ended only by saying To). Doing it again changes nothing.
//
// A decision that differs from a registered one is refused, and so is a changed reservation without the decision that PR-3 demands.
// Every fault is a *InvalidError, *OverlapError or *ReservedError that says where in o it is.
func (s *Service) Import(ctx context.Context, by By, o Organisation) (Imported, error) {
	if err := o.check(); err != nil {
		return Imported{}, fmt.Errorf("importing the organisation: %w", err)
	}
	text, err := json.Marshal(o)
	if err != nil {
		return Imported{}, fmt.Errorf("importing the organisation: %w", err)
	}
	sum := sha256.Sum256(text)
	done := Imported{SHA256: hex.EncodeToString(sum[:])}
	var last string
	if err := s.db.QueryRow(ctx, `SELECT imported FROM org_version`).Scan(&last); err != nil {
		return Imported{}, fmt.Errorf("importing the organisation: %w", err)
	}
	if last == done.SHA256 {
		done.Unchanged = true
		return done, nil
	}
	err = s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		done.Changed = map[string]int{}
		i := importing{tx: tx, by: by, s: s, o: o, done: done.Changed, persons: map[string]string{}, decisions: map[string]string{}}
		for _, step := range []func(context.Context) error{i.structure, i.people, i.decide, i.reserve, i.appoint} {
			if err := step(ctx); err != nil {
				return journal.Entry{}, err
			}
		}
		done.Protected = i.protected
		if err := tx.ExecOne(ctx, `UPDATE org_version SET imported = $1`, done.SHA256); err != nil {
			return journal.Entry{}, err
		}
		return by.entry("organisation.imported", "organisation", done.SHA256, done), nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("importing the organisation: %w", err)
	}
	return done, nil
}

// importing is an import under way.
type importing struct {
	tx        *store.Tx
	s         *Service
	by        By
	o         Organisation
	done      map[string]int
	persons   map[string]string // key -> ID
	decisions map[string]string // key -> ID
	protected []string
}

func (i *importing) structure(ctx context.Context) error {
	have, err := current(ctx, i.tx)
	if err != nil {
		return err
	}
	if err := have.sameMembers(i.o); err != nil {
		return err
	}
	err = upsert(ctx, i, "members", have.members, i.o.Members, func(m Member) string { return m.ID }, func(m Member) []any {
		return []any{m.ID, string(m.Kind), m.Name["sv"], m.Name["en"], m.OrgNumber}
	}, `INSERT INTO org_member (id, kind, name_sv, name_en, org_number) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name_sv = excluded.name_sv, name_en = excluded.name_en, org_number = excluded.org_number`)
	if err != nil {
		return err
	}
	err = upsert(ctx, i, "bodies", have.bodies, i.o.Bodies, func(b Body) string { return b.ID }, func(b Body) []any {
		return []any{b.ID, b.Member, b.Code, string(b.Kind), b.Name["sv"], b.Name["en"], b.From, b.To}
	}, `INSERT INTO org_body (id, member, code, kind, name_sv, name_en, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET code = excluded.code, kind = excluded.kind, name_sv = excluded.name_sv, name_en = excluded.name_en,
			valid_from = excluded.valid_from, valid_to = excluded.valid_to`)
	if err != nil {
		return err
	}
	err = upsert(ctx, i, "units", have.units, parentsFirst(i.o.Units), func(u Unit) string { return u.ID }, func(u Unit) []any {
		return []any{u.ID, u.Member, null(u.Parent), null(u.Body), u.Name["sv"], u.Name["en"]}
	}, `INSERT INTO org_unit (id, member, parent, body, name_sv, name_en) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, body = excluded.body, name_sv = excluded.name_sv, name_en = excluded.name_en`)
	if err != nil {
		return err
	}
	return upsert(ctx, i, "roles", have.roles, i.o.Roles, func(r Role) string { return r.Code }, func(r Role) []any {
		return []any{r.Code, r.Name["sv"], r.Name["en"], string(r.Exclusive), store.Bool(r.Wide)}
	}, `INSERT INTO org_role (code, name_sv, name_en, exclusive, wide) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (code) DO UPDATE SET name_sv = excluded.name_sv, name_en = excluded.name_en, exclusive = excluded.exclusive, wide = excluded.wide`)
}

// sameMembers refuses to move a body or unit to another member: that is another authority, with other cases.
func (have structure) sameMembers(o Organisation) error {
	member := map[string]string{}
	for _, b := range have.bodies {
		member["body "+b.ID] = b.Member
	}
	for _, u := range have.units {
		member["unit "+u.ID] = u.Member
	}
	refuse := func(list string, n int, key, now string) error {
		if was, ok := member[key]; ok && was != now {
			return &InvalidError{Field: fmt.Sprintf("%s[%d].member", list, n), Problem: fmt.Sprintf("was %q and cannot change: give it another ID", was)}
		}
		return nil
	}
	for n, b := range o.Bodies {
		if err := refuse("bodies", n, "body "+b.ID, b.Member); err != nil {
			return err
		}
	}
	for n, u := range o.Units {
		if err := refuse("units", n, "unit "+u.ID, u.Member); err != nil {
			return err
		}
	}
	return nil
}

// upsert writes the rows that are new or differ, and counts them.
func upsert[T any](ctx context.Context, i *importing, list string, have, want []T, id func(T) string, values func(T) []any, query string) error {
	known := map[string]T{}
	for _, v := range have {
		known[id(v)] = v
	}
	for n, v := range want {
		if old, ok := known[id(v)]; ok && reflect.DeepEqual(old, v) {
			continue
		}
		if _, err := i.tx.Exec(ctx, query, values(v)...); err != nil {
			return fmt.Errorf("%s[%d] %s: %w", list, n, id(v), err)
		}
		i.done[list]++
	}
	return nil
}

func (i *importing) people(ctx context.Context) error {
	for n, p := range i.o.Persons {
		p.Email = normalEmail(p.Email)
		old, err := scanPerson(i.tx.QueryRow(ctx, `SELECT `+personColumns+` FROM person WHERE key = $1`, p.Key))
		switch {
		case errors.Is(err, store.ErrNotFound):
			p.ID = store.NewID()
			err = insertPerson(ctx, i.tx, p.Person)
			i.done["persons"]++
		case err != nil:
		default:
			if p.ID = old.ID; old != p.Person {
				_, err = i.tx.Exec(ctx, `UPDATE person SET kind = $2, name = $3, email = $4, protected = $5, closed = $6 WHERE id = $1`,
					p.ID, string(p.Kind), p.Name, p.Email, store.Bool(p.Protected), store.Bool(p.Closed))
				i.done["persons"]++
				if p.Protected && !old.Protected {
					i.protected = append(i.protected, p.ID)
				}
			}
		}
		if err == nil {
			err = setNumber(ctx, i.tx, p.ID, p.Number)
		}
		if err != nil {
			return fmt.Errorf("persons[%d] %s: %w", n, p.Key, err)
		}
		i.persons[p.Key] = p.ID
	}
	return nil
}

func (i *importing) decide(ctx context.Context) error {
	for n, d := range i.o.Decisions {
		where := fmt.Sprintf("decisions[%d]", n)
		if d.DelegationOf != "" {
			id, ok := i.decisions[d.DelegationOf]
			if !ok {
				return &InvalidError{Field: where + ".delegation_of", Problem: "is no decision above it: " + d.DelegationOf}
			}
			d.DelegationOf = id
		}
		d.ID, d.RegisteredBy, d.Mandate, d.Imported, d.RegisteredAt = store.NewID(), i.by.Person, i.by.Mandate, true, i.s.clock.Now().UTC()
		old, err := scanDecision(i.tx.QueryRow(ctx, `SELECT `+decisionColumns+` FROM decision WHERE key = $1`, d.Key))
		switch {
		case errors.Is(err, store.ErrNotFound):
			if err := insertDecision(ctx, i.tx, d); err != nil {
				return fmt.Errorf("%s %s: %w", where, d.Key, err)
			}
			i.done["decisions"]++
			i.decisions[d.Key] = d.ID
			continue
		case err != nil:
			return err
		}
		if old.Delegates, err = delegations(ctx, i.tx, old.ID); err != nil {
			return err
		}
		i.decisions[d.Key] = old.ID
		d.ID, d.RegisteredBy, d.Mandate, d.Imported, d.RegisteredAt = old.ID, old.RegisteredBy, old.Mandate, old.Imported, old.RegisteredAt
		if !sameDecision(old, d) {
			return &InvalidError{Field: where, Problem: "differs from the registered decision " + d.Key + ", and a decision never changes (PR-1)"}
		}
	}
	return nil
}

func sameDecision(a, b Decision) bool {
	if len(a.Delegates) != len(b.Delegates) {
		return false
	}
	has := map[Delegation]bool{}
	for _, g := range a.Delegates {
		has[g] = true
	}
	for _, g := range b.Delegates {
		if !has[g] {
			return false
		}
	}
	a.Delegates, b.Delegates = nil, nil
	return reflect.DeepEqual(a, b)
}

func (i *importing) reserve(ctx context.Context) error {
	for n, r := range i.o.Reserved {
		where := fmt.Sprintf("reserved[%d] %s", n, r.Action)
		decision, err := i.decision(where, r.Decision)
		if err != nil {
			return err
		}
		r.Decision = decision
		old, err := scanReserved(i.tx.QueryRow(ctx, `SELECT `+reservedColumns+` FROM reserved_action WHERE member = $1 AND action = $2
			ORDER BY valid_from DESC LIMIT 1`, r.Member, r.Action))
		r.ID = store.NewID()
		switch {
		case errors.Is(err, store.ErrNotFound):
			err = insertReserved(ctx, i.tx, r)
		case err != nil:
		case old.Body == r.Body && old.Delegable == r.Delegable && old.Sentence == r.Sentence && reflect.DeepEqual(old.Text, r.Text):
			continue
		default:
			err = changeReserved(ctx, i.tx, r, i.s.today())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		i.done["reserved"]++
	}
	return nil
}

func (i *importing) appoint(ctx context.Context) error {
	for n, m := range i.o.Mandates {
		where := fmt.Sprintf("mandates[%d] %s", n, m.Role)
		person, ok := i.persons[m.Person]
		if !ok {
			return &InvalidError{Field: where + ".person", Problem: "is none we know: " + m.Person}
		}
		decision, err := i.decision(where, m.Decision)
		if err != nil {
			return err
		}
		m.ID, m.Person, m.Decision = store.NewID(), person, decision
		if m.Place, err = complete(ctx, i.tx, m.Place); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		old, err := scanMandate(i.tx.QueryRow(ctx, `SELECT `+mandateColumns+` FROM mandate WHERE person = $1 AND role = $2
			AND COALESCE(member, '') = $3 AND COALESCE(body, '') = $4 AND COALESCE(unit, '') = $5 AND scope = $6 AND valid_from = $7
			ORDER BY id DESC LIMIT 1`, m.Person, m.Role, m.Member, m.Body, m.Unit, m.Scope, m.From))
		switch {
		case errors.Is(err, store.ErrNotFound):
			if m, err = place(ctx, i.tx, m); err == nil {
				err = insertMandate(ctx, i.tx, m)
			}
		case err != nil:
		case m.To.IsZero() || m.To == old.To || !old.Ended.IsZero():
			continue // what the system has ended stays ended
		default:
			err = i.tx.ExecOne(ctx, `UPDATE mandate SET ended_on = $2, ended_decision = $3 WHERE id = $1`, old.ID, m.To, sql.NullString{})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		i.done["mandates"]++
	}
	return nil
}

func (i *importing) decision(where, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	id, ok := i.decisions[key]
	if !ok {
		return "", &InvalidError{Field: where + ".decision", Problem: "is none we know: " + key}
	}
	return id, nil
}
