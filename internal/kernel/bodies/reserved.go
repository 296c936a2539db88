package bodies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// OwnBody in place of a body's code reserves an action to the body that owns the object: each nämnd decides of its own.
const OwnBody = "*"

// ReservedAction says that in a member, from a day on, an action takes a decision of a body (PR-3).
type ReservedAction struct {
	ID        string
	Member    string
	Action    string // "system.class_changed"
	Body      string // code of the body, or OwnBody
	Delegable bool
	Sentence  string // "S4-KS-3"
	Text      i18n.Text
	From      calendar.Date
	Decision  string        // the decision that made it so; "" for what was there from the start
	Ended     calendar.Date // the last day, the zero Date if it holds
}

// Act is something about to be done that may be reserved.
type Act struct {
	Member   string
	Action   string
	Body     string // the ID of the body that owns the object; needed where the action is reserved to OwnBody
	Decision string // the decision (beslut) it rests on, or ""
	On       calendar.Date
}

// Reserved gives nil if the act is not reserved or rests on a valid decision of the body it is reserved to, taken by the body itself or
// on its delegation; else a *ReservedError.
func (s *Service) Reserved(ctx context.Context, act Act) error { return Reserved(ctx, s.db, act) }

// Reserved is Service.Reserved inside a transaction.
func Reserved(ctx context.Context, q store.Queryer, act Act) error {
	r, err := reservedAt(ctx, q, act.Member, act.Action, act.On)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("asking to whom %s is reserved: %w", act.Action, err)
	}
	refusal := r.refusal(act.Decision)
	if r.Body == OwnBody {
		refusal.BodyID = act.Body
	} else if refusal.BodyID, err = bodyByCode(ctx, q, r.Member, r.Body); err != nil {
		return err
	}
	reason, err := carries(ctx, q, r, act, refusal.BodyID)
	if err != nil || reason == "" {
		return err
	}
	refusal.Reason = reason
	return refusal
}

// carries gives "" if the act's decision carries it, or the reason why not.
func carries(ctx context.Context, q store.Queryer, r ReservedAction, act Act, body string) (ReservedReason, error) {
	if act.Decision == "" {
		return NoDecision, nil
	}
	d, err := decisionByID(ctx, q, act.Decision)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return UnknownDecision, nil
	case err != nil:
		return "", fmt.Errorf("reading decision %s: %w", act.Decision, err)
	case body == "" || d.Body != body:
		return WrongBody, nil
	case d.On.After(act.On):
		return NotYetDecided, nil
	}
	if gone, err := Revoked(ctx, q, d.ID, act.On); err != nil || gone {
		return DecisionRevoked, err
	}
	switch {
	case d.DelegationOf == "":
		return "", nil
	case !r.Delegable:
		return NotDelegable, nil
	}
	if gone, err := Revoked(ctx, q, d.DelegationOf, d.On); err != nil || gone {
		return DecisionRevoked, err
	}
	grants, err := delegations(ctx, q, d.DelegationOf)
	if err != nil {
		return "", fmt.Errorf("reading delegation %s: %w", d.DelegationOf, err)
	}
	reason := NotDelegated
	for _, g := range grants {
		switch {
		case g.Action != act.Action:
		case inForce(g.From, g.To, d.On):
			return "", nil
		default:
			reason = DelegationExpired
		}
	}
	return reason, nil
}

// mayDelegate refuses a delegation of what is not the deciding body's to delegate.
func mayDelegate(ctx context.Context, tx *store.Tx, d Decision, g Delegation) error {
	member, err := memberOf(ctx, tx, d.Body)
	if err != nil {
		return err
	}
	r, err := reservedAt(ctx, tx, member, g.Action, d.On)
	if errors.Is(err, store.ErrNotFound) {
		return &InvalidError{Field: "delegates", Problem: "names " + g.Action + ", which is reserved to nobody"}
	}
	if err != nil {
		return err
	}
	refusal := r.refusal(d.ID)
	if r.Body != OwnBody {
		if refusal.BodyID, err = bodyByCode(ctx, tx, member, r.Body); err != nil {
			return err
		}
		if refusal.BodyID != d.Body {
			refusal.Reason = WrongBody
			return refusal
		}
	}
	if !r.Delegable || d.DelegationOf != "" { // what was delegated is not delegated on (kommunallagen 2017:725, 6 kap. 37 §)
		refusal.Reason = NotDelegable
		return refusal
	}
	return nil
}

func (r ReservedAction) refusal(decision string) *ReservedError {
	return &ReservedError{Action: r.Action, Member: r.Member, Body: r.Body, Sentence: r.Sentence, Text: r.Text, Decision: decision}
}

// ChangeReserved lets r hold from r.From on in place of what was reserved before. r.Decision must be a decision by the member's KF if
// the row is or becomes one of KF or KS, and by its KS otherwise (PR-3); else the error is a *ReservedError. r.From is after the day
// from which the row it replaces holds.
func (s *Service) ChangeReserved(ctx context.Context, by By, r ReservedAction) (ReservedAction, error) {
	r.ID, r.Ended = store.NewID(), calendar.Date{}
	if err := r.check(); err != nil {
		return ReservedAction{}, err
	}
	err := s.change(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if err := changeReserved(ctx, tx, r, s.today()); err != nil {
			return journal.Entry{}, err
		}
		by.Decision = r.Decision
		return by.entry("reserved_action.changed", "reserved_action", r.ID, r), nil
	})
	if err != nil {
		return ReservedAction{}, fmt.Errorf("reserving %s: %w", r.Action, err)
	}
	return r, nil
}

func changeReserved(ctx context.Context, tx *store.Tx, r ReservedAction, today calendar.Date) error {
	old, err := scanReserved(tx.QueryRow(ctx, `SELECT `+reservedColumns+` FROM reserved_action WHERE member = $1 AND action = $2
		AND ended_on IS NULL`, r.Member, r.Action))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	exists := err == nil
	decider := CodeExecutive
	for _, code := range []string{old.Body, r.Body} {
		if code == CodeCouncil || code == CodeExecutive {
			decider = CodeCouncil
		}
	}
	body, err := bodyByCode(ctx, tx, r.Member, decider)
	if err != nil {
		return err
	}
	rule := ReservedAction{Member: r.Member, Action: "reserved_action.changed", Body: decider, Sentence: "PR-3"}
	reason, err := carries(ctx, tx, rule, Act{Action: rule.Action, Decision: r.Decision, On: today}, body)
	if err != nil {
		return err
	}
	if reason != "" {
		refusal := rule.refusal(r.Decision)
		refusal.BodyID, refusal.Reason = body, reason
		return refusal
	}
	if exists {
		if !r.From.After(old.From) {
			return &InvalidError{Field: "from", Problem: "is not after " + old.From.String() + ", when what it replaces began"}
		}
		if err := tx.ExecOne(ctx, `UPDATE reserved_action SET ended_on = $2 WHERE id = $1`, old.ID, r.From.AddDays(-1)); err != nil {
			return err
		}
	}
	return insertReserved(ctx, tx, r)
}

func (r ReservedAction) check() error {
	switch {
	case r.Member == "" || r.Action == "" || r.Body == "" || r.Sentence == "":
		return &InvalidError{Field: "reserved", Problem: "must name member, action, body and sentence"}
	case r.From.IsZero():
		return &InvalidError{Field: "from", Problem: "is empty"}
	}
	if err := r.Text.Check(); err != nil {
		return &InvalidError{Field: "text", Problem: "is not complete: " + err.Error()}
	}
	return nil
}

const reservedColumns = `id, member, action, body_code, delegable, sentence, text_sv, text_en, valid_from, decision, ended_on`

func scanReserved(row interface{ Scan(...any) error }) (ReservedAction, error) {
	var r ReservedAction
	var sv, en string
	var decision sql.NullString
	err := row.Scan(&r.ID, &r.Member, &r.Action, &r.Body, &r.Delegable, &r.Sentence, &sv, &en, &r.From, &decision, &r.Ended)
	r.Text, r.Decision = i18n.Text{i18n.SV: sv, i18n.EN: en}, decision.String
	return r, err
}

func insertReserved(ctx context.Context, tx *store.Tx, r ReservedAction) error {
	_, err := tx.Exec(ctx, `INSERT INTO reserved_action (`+reservedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.ID, r.Member, r.Action, r.Body, store.Bool(r.Delegable), r.Sentence, r.Text[i18n.SV], r.Text[i18n.EN], r.From, null(r.Decision), r.Ended)
	return err
}

func reservedAt(ctx context.Context, q store.Queryer, member, action string, on calendar.Date) (ReservedAction, error) {
	return scanReserved(q.QueryRow(ctx, `SELECT `+reservedColumns+` FROM reserved_action WHERE member = $1 AND action = $2
		AND valid_from <= $3 AND (ended_on IS NULL OR ended_on >= $3)`, member, action, on))
}

// bodyByCode gives the ID of a member's body, or "" if it has none by that code.
func bodyByCode(ctx context.Context, q store.Queryer, member, code string) (string, error) {
	var id string
	err := q.QueryRow(ctx, `SELECT id FROM org_body WHERE member = $1 AND code = $2`, member, code).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return id, err
}

func memberOf(ctx context.Context, q store.Queryer, body string) (string, error) {
	var member string
	err := q.QueryRow(ctx, `SELECT member FROM org_body WHERE id = $1`, body).Scan(&member)
	if errors.Is(err, store.ErrNotFound) {
		return "", &InvalidError{Field: "body", Problem: "is no body we know: " + body}
	}
	return member, err
}
