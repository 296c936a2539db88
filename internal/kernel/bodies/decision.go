package bodies

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Decision is a beslut: what a body decided, or somebody in its stead on delegation. It never changes.
type Decision struct {
	ID        string
	Key       string // the pack's own name for it, or ""
	Body      string // the body that decided, or that has delegated the decision
	On        calendar.Date
	Paragraph string // "§ 79"; may be empty on delegation
	Dnr       string // diarienummer
	Text      string
	// ProtocolSHA256 is the protokoll's digest in 64 hexadecimal digits, or "".
	ProtocolSHA256 string
	// DelegationOf is the decision that delegated this one; "" when the body decided itself.
	DelegationOf string
	// Delegates is what this decision lets others decide in the body's stead.
	Delegates []Delegation
	// RegisteredBy is the person who registered it, and Mandate the mandate under which; both set by RegisterDecision.
	RegisteredBy, Mandate string
	// Imported decisions came with the organisation, from before the system was in use.
	Imported     bool
	RegisteredAt time.Time
}

// Delegation lets the holders of a role (at a place, if one is given) or another body take a reserved decision. One of Role and
// Body is set.
type Delegation struct {
	Action string
	Role   string
	Unit   string // with Role: only mandates at this unit; "" anywhere in the member
	Body   string
	From   calendar.Date
	To     calendar.Date // the zero Date is until further notice
}

// RegisterDecision registers a decision in the name of a body and gives it with its ID. Whoever registers holds on this day the
// mandate of secretary of the body (PR-1); a decision taken on delegation is registered by the delegate under the mandate it was
// delegated to, or by the secretary of the body it was delegated to. The errors are *MandateError, *ReservedError (the action is
// not this body's to delegate), *InvalidError, and store.ErrConflict when the paragraph is already registered.
func (s *Service) RegisterDecision(ctx context.Context, by By, d Decision) (Decision, error) {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var entry journal.Entry
		var err error
		d, entry, err = s.RegisterDecisionIn(ctx, tx, by, d)
		return entry, err
	})
	if err != nil {
		return Decision{}, fmt.Errorf("registering a decision of %s: %w", d.Body, err)
	}
	return d, nil
}

// RegisterDecisionIn is RegisterDecision inside a transaction of the caller's, who writes the entry.
func (s *Service) RegisterDecisionIn(ctx context.Context, tx *store.Tx, by By, d Decision) (Decision, journal.Entry, error) {
	d.ID, d.RegisteredBy, d.Mandate, d.Imported, d.RegisteredAt = store.NewID(), by.Person, by.Mandate, false, s.clock.Now().UTC()
	err := d.check(calendar.DateOf(d.RegisteredAt))
	if err == nil {
		err = existed(ctx, tx, d.Body, d.On)
	}
	if err == nil {
		err = s.mayRegister(ctx, tx, d)
	}
	for _, g := range d.Delegates {
		if err == nil {
			err = mayDelegate(ctx, tx, d, g)
		}
	}
	if err == nil {
		err = insertDecision(ctx, tx, d)
	}
	payload := map[string]any{"body": d.Body, "on": d.On, "paragraph": d.Paragraph, "dnr": d.Dnr, "text": d.Text,
		"protocol_sha256": d.ProtocolSHA256, "delegation_of": d.DelegationOf, "delegates": d.Delegates}
	return d, by.entry("decision.registered", "decision", d.ID, payload), err
}

// mayRegister refuses a decision from someone who does not hold the mandate it takes.
func (s *Service) mayRegister(ctx context.Context, tx *store.Tx, d Decision) error {
	refusal := &MandateError{Role: Secretary, Body: d.Body, Sentence: "PR-1"}
	m, err := mandateByID(ctx, tx, d.Mandate)
	if err != nil || m.Person != d.RegisteredBy || !m.InForce(calendar.DateOf(d.RegisteredAt)) {
		return refusal.or(err)
	}
	if d.DelegationOf == "" {
		if m.Role != Secretary || m.Body != d.Body {
			return refusal
		}
		return nil
	}
	grants, err := delegations(ctx, tx, d.DelegationOf)
	if err != nil {
		return err
	}
	from, err := decisionByID(ctx, tx, d.DelegationOf)
	if err != nil {
		return err
	}
	if from.Body != d.Body {
		return &InvalidError{Field: "body", Problem: "is not the body that delegated"}
	}
	if gone, err := Revoked(ctx, tx, from.ID, d.On); err != nil || gone {
		return (&MandateError{Body: d.Body, Sentence: "PR-1", Delegation: d.DelegationOf}).or(err)
	}
	member, err := memberOf(ctx, tx, d.Body)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if inForce(g.From, g.To, d.On) && m.InForce(d.On) && g.entitles(m, member) {
			return nil
		}
	}
	return &MandateError{Body: d.Body, Sentence: "PR-1", Delegation: d.DelegationOf}
}

// entitles reports whether a delegation by a body of member is to the holder of m.
func (g Delegation) entitles(m Mandate, member string) bool {
	if g.Body != "" {
		return m.Role == Secretary && m.Body == g.Body
	}
	return m.Role == g.Role && (m.Member == "" || m.Member == member) && (g.Unit == "" || m.Unit == g.Unit)
}

// existed refuses a decision of a day when the body was not yet, or no longer.
func existed(ctx context.Context, tx *store.Tx, body string, on calendar.Date) error {
	var b Body
	err := tx.QueryRow(ctx, `SELECT valid_from, valid_to FROM org_body WHERE id = $1`, body).Scan(&b.From, &b.To)
	if err != nil {
		return unknown(err, "body", body)
	}
	if !b.Existed(on) {
		return &InvalidError{Field: "body", Problem: "did not exist on " + on.String()}
	}
	return nil
}

func (d Decision) check(today calendar.Date) error {
	_, err := hex.DecodeString(d.ProtocolSHA256)
	switch {
	case d.Body == "":
		return &InvalidError{Field: "body", Problem: "is empty"}
	case d.On.IsZero() || d.On.After(today):
		return &InvalidError{Field: "on", Problem: "is not a day that has come"}
	case d.Paragraph == "" && d.DelegationOf == "":
		return &InvalidError{Field: "paragraph", Problem: "is empty"}
	case strings.TrimSpace(d.Text) == "":
		return &InvalidError{Field: "text", Problem: "is empty"}
	case d.ProtocolSHA256 != "" && (err != nil || len(d.ProtocolSHA256) != 64):
		return &InvalidError{Field: "protocol_sha256", Problem: "is not 64 hexadecimal digits"}
	}
	for _, g := range d.Delegates {
		if (g.Role == "") == (g.Body == "") || g.Action == "" || g.From.IsZero() || !g.To.IsZero() && g.To.Before(g.From) {
			return &InvalidError{Field: "delegates", Problem: "must each name an action, a role or a body, and the days"}
		}
	}
	return nil
}

// Decision gives a registered decision. It gives store.ErrNotFound.
func (s *Service) Decision(ctx context.Context, id string) (Decision, error) {
	d, err := decisionByID(ctx, s.db, id)
	if err == nil {
		d.Delegates, err = delegations(ctx, s.db, id)
	}
	if err != nil {
		return Decision{}, fmt.Errorf("finding decision %s: %w", id, err)
	}
	return d, nil
}

// DecisionsOf gives the latest decisions of a body, newest first, without what they delegate.
func (s *Service) DecisionsOf(ctx context.Context, body string, limit int) ([]Decision, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Decision, error) { return scanDecision(r) },
		`SELECT `+decisionColumns+` FROM decision WHERE body = $1 ORDER BY decided_on DESC, id DESC LIMIT $2`, body, limit)
	if err != nil {
		return nil, fmt.Errorf("listing decisions of %s: %w", body, err)
	}
	return list, nil
}

const decisionColumns = `id, key, body, decided_on, paragraph, dnr, text, protocol_sha256, delegation_of, registered_by, mandate, origin, registered_at`

func scanDecision(row interface{ Scan(...any) error }, more ...any) (Decision, error) {
	var d Decision
	var key, of sql.NullString
	var origin string
	var at int64
	err := row.Scan(append([]any{&d.ID, &key, &d.Body, &d.On, &d.Paragraph, &d.Dnr, &d.Text, &d.ProtocolSHA256, &of, &d.RegisteredBy, &d.Mandate, &origin, &at}, more...)...)
	d.Key, d.DelegationOf, d.Imported, d.RegisteredAt = key.String, of.String, origin == "imported", store.Time(at)
	return d, err
}

func decisionByID(ctx context.Context, q store.Queryer, id string) (Decision, error) {
	return scanDecision(q.QueryRow(ctx, `SELECT `+decisionColumns+` FROM decision WHERE id = $1`, id))
}

func insertDecision(ctx context.Context, tx *store.Tx, d Decision) error {
	origin := "registered"
	if d.Imported {
		origin = "imported"
	}
	_, err := tx.Exec(ctx, `INSERT INTO decision (`+decisionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.ID, null(d.Key), d.Body, d.On, d.Paragraph, d.Dnr, d.Text, d.ProtocolSHA256, null(d.DelegationOf), d.RegisteredBy, d.Mandate,
		origin, store.Micros(d.RegisteredAt))
	if err != nil {
		return err
	}
	for _, g := range d.Delegates {
		_, err := tx.Exec(ctx, `INSERT INTO delegation (decision, action, to_role, to_body, to_unit, valid_from, valid_to)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, d.ID, g.Action, g.Role, g.Body, g.Unit, g.From, g.To)
		if err != nil {
			return err
		}
	}
	return nil
}

func delegations(ctx context.Context, q store.Queryer, decision string) ([]Delegation, error) {
	return store.All(ctx, q, func(r *store.Rows) (Delegation, error) {
		var g Delegation
		err := r.Scan(&g.Action, &g.Role, &g.Body, &g.Unit, &g.From, &g.To)
		return g, err
	}, `SELECT action, to_role, to_body, to_unit, valid_from, valid_to FROM delegation WHERE decision = $1
		ORDER BY action, to_role, to_body, to_unit`, decision)
}

func null(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
