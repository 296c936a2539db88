package bodies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// AppointAction is the action under which giving a role may be reserved to a body: "mandate.appoint.systemagare" (S4-KS-9).
func AppointAction(role string) string { return "mandate.appoint." + role }

// Appoint gives a person a mandate and gives it with its ID. m.Member may be left empty where a unit or body says it.
//
// Errors: *InvalidError (no such person, role, place or decision, or days in the wrong order), *OverlapError (the role has one holder
// at a time, or the person holds the same mandate), *ReservedError (the role is a body's to give and m.Decision is none of its).
func (s *Service) Appoint(ctx context.Context, by By, m Mandate) (Mandate, error) {
	m.ID, m.Ended, m.EndedBy = store.NewID(), calendar.Date{}, ""
	err := s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var err error
		if m, err = place(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		if err := appointReserved(ctx, tx, m, m.Decision, s.today()); err != nil {
			return journal.Entry{}, err
		}
		if err := insertMandate(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		by.Decision = m.Decision
		return by.entry("mandate.appointed", "mandate", m.ID, m), nil
	})
	if err != nil {
		return Mandate{}, fmt.Errorf("appointing a %s: %w", m.Role, err)
	}
	return m, nil
}

// EndMandate ends a mandate: last is its last day, at the earliest the day before its first, which undoes it. Giving and ending take
// the same body: the error is a *ReservedError if the role is a body's to give and by.Decision is none of its. It is an *InvalidError
// if last is out of range, and store.ErrConflict if the mandate is already ended.
func (s *Service) EndMandate(ctx context.Context, by By, id string, last calendar.Date) error {
	err := s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if _, err := endMandate(ctx, tx, id, last, by.Decision, s.today()); err != nil {
			return journal.Entry{}, err
		}
		return by.entry("mandate.ended", "mandate", id, map[string]any{"last": last}), nil
	})
	if err != nil {
		return fmt.Errorf("ending mandate %s: %w", id, err)
	}
	return nil
}

func endMandate(ctx context.Context, tx *store.Tx, id string, last calendar.Date, decision string, today calendar.Date) (Mandate, error) {
	m, err := mandateByID(ctx, tx, id)
	switch {
	case err != nil:
		return m, err
	case last.Before(m.From.AddDays(-1)) || !m.To.IsZero() && last.After(m.To):
		return m, &InvalidError{Field: "last", Problem: fmt.Sprintf("is outside %s to %s", m.From, m.To)}
	}
	if err := appointReserved(ctx, tx, m, decision, today); err != nil {
		return m, err
	}
	return m, tx.ExecOne(ctx, `UPDATE mandate SET ended_on = $2, ended_decision = $3 WHERE id = $1 AND ended_on IS NULL`, id, last, null(decision))
}

func appointReserved(ctx context.Context, tx *store.Tx, m Mandate, decision string, today calendar.Date) error {
	body, err := responsibleBody(ctx, tx, m.Place)
	if err != nil {
		return err
	}
	return Reserved(ctx, tx, Act{Member: m.Member, Action: AppointAction(m.Role), Body: body, Decision: decision, On: today})
}

// responsibleBody gives the body of a place: its own, or that of the nearest unit above that has one; "" if none has.
func responsibleBody(ctx context.Context, q store.Queryer, p Place) (string, error) {
	if p.Unit == "" {
		return p.Body, nil
	}
	var body string
	err := q.QueryRow(ctx, `WITH RECURSIVE up (body, parent, depth) AS (
			SELECT body, parent, 0 FROM org_unit WHERE id = $1
			UNION ALL SELECT u.body, u.parent, up.depth + 1 FROM org_unit u JOIN up ON u.id = up.parent WHERE up.body IS NULL)
		SELECT body FROM up WHERE body IS NOT NULL ORDER BY depth LIMIT 1`, p.Unit).Scan(&body)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return body, err
}

// place checks a new mandate against the organisation and the other mandates, and fills in its member.
func place(ctx context.Context, tx *store.Tx, m Mandate) (Mandate, error) {
	if m.From.IsZero() || !m.To.IsZero() && m.To.Before(m.From) {
		return m, &InvalidError{Field: "from", Problem: "is empty or after the last day"}
	}
	role, err := roleByCode(ctx, tx, m.Role)
	if err != nil {
		return m, unknown(err, "role", m.Role)
	}
	if err := exists(ctx, tx, "person", "person", m.Person); err != nil {
		return m, err
	}
	if m.Decision != "" {
		if err := exists(ctx, tx, "decision", "decision", m.Decision); err != nil {
			return m, err
		}
		if gone, err := Revoked(ctx, tx, m.Decision, m.From); err != nil || gone {
			return m, first(err, &InvalidError{Field: "decision", Problem: "is revoked"})
		}
	}
	if m.Place, err = complete(ctx, tx, m.Place); err != nil {
		return m, err
	}
	if m.Member == "" && !role.Wide {
		return m, &InvalidError{Field: "member", Problem: "is empty, and the role " + role.Code + " is held in a member"}
	}
	return m, overlapping(ctx, tx, role, m)
}

// complete fills in the member of a unit or body, and refuses places that do not exist.
func complete(ctx context.Context, tx *store.Tx, p Place) (Place, error) {
	if p.Unit != "" && p.Body != "" {
		return p, &InvalidError{Field: "place", Problem: "has both a unit and a body"}
	}
	table, id := "org_member", p.Member
	switch {
	case p.Unit != "":
		table, id = "org_unit", p.Unit
	case p.Body != "":
		table, id = "org_body", p.Body
	case p.Member == "":
		return p, nil
	}
	column := "member"
	if table == "org_member" {
		column = "id"
	}
	var member string
	err := tx.QueryRow(ctx, `SELECT `+column+` FROM `+table+` WHERE id = $1`, id).Scan(&member) //nolint:gosec // names from above
	if err != nil {
		return p, unknown(err, "place", id)
	}
	if p.Member != "" && p.Member != member {
		return p, &InvalidError{Field: "member", Problem: "is not that of " + id}
	}
	p.Member = member
	return p, nil
}

func overlapping(ctx context.Context, tx *store.Tx, role Role, m Mandate) error {
	others, err := store.All(ctx, tx, func(r *store.Rows) (Mandate, error) { return scanMandate(r) },
		`SELECT `+mandateColumns+` FROM mandate WHERE role = $1`, role.Code)
	if err != nil {
		return err
	}
	for _, o := range others {
		same := o.Place == m.Place && o.Scope == m.Scope
		inTheWay := role.Exclusive == OneEverywhere || same && (role.Exclusive == OnePerPlace || o.Person == m.Person)
		if !inTheWay || !m.overlaps(o) {
			continue
		}
		refusal := &OverlapError{Role: role.Code, Holder: o.Person, Mandate: o.ID, From: o.From, To: o.Last(), Sentence: "PR-2"}
		if role.Exclusive == OneEverywhere {
			refusal.Sentence = "S4-AC-1"
		}
		return refusal
	}
	return nil
}

// exists gives an *InvalidError if a table has no row with an ID.
func exists(ctx context.Context, q store.Queryer, field, table, id string) error {
	var one int
	err := q.QueryRow(ctx, `SELECT 1 FROM `+table+` WHERE id = $1`, id).Scan(&one) //nolint:gosec // table is one of ours
	return unknown(err, field, id)
}

func unknown(err error, field, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return &InvalidError{Field: field, Problem: fmt.Sprintf("is none we know: %q", id)}
	}
	return err
}

const mandateColumns = `id, person, role, member, body, unit, scope, valid_from, valid_to, decision, ended_on, ended_decision`

func scanMandate(row interface{ Scan(...any) error }) (Mandate, error) {
	var m Mandate
	var member, body, unit, decision, ended sql.NullString
	err := row.Scan(&m.ID, &m.Person, &m.Role, &member, &body, &unit, &m.Scope, &m.From, &m.To, &decision, &m.Ended, &ended)
	m.Place = Place{Member: member.String, Body: body.String, Unit: unit.String}
	m.Decision, m.EndedBy = decision.String, ended.String
	return m, err
}

func mandateByID(ctx context.Context, q store.Queryer, id string) (Mandate, error) {
	return scanMandate(q.QueryRow(ctx, `SELECT `+mandateColumns+` FROM mandate WHERE id = $1`, id))
}

func insertMandate(ctx context.Context, tx *store.Tx, m Mandate) error {
	_, err := tx.Exec(ctx, `INSERT INTO mandate (`+mandateColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		m.ID, m.Person, m.Role, null(m.Member), null(m.Body), null(m.Unit), m.Scope, m.From, m.To, null(m.Decision), m.Ended, null(m.EndedBy))
	return err
}
