package bodies

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// DecisionQuestion asks for decisions. What is left empty is not asked about.
type DecisionQuestion struct {
	Body     string
	Members  []string // whose bodies; nil: all
	From, To calendar.Date // decided from one day to another, both included
	// AfterDay and AfterID are those of the last of the page before.
	AfterDay calendar.Date
	AfterID  string
	Limit    int // 50 if 0
}

// ListedDecision is a decision with the first day it does not hold, the zero Date if it is not revoked.
type ListedDecision struct {
	Decision
	Revoked calendar.Date
}

// Decisions gives decisions, the latest first, without what they delegate.
func (s *Service) Decisions(ctx context.Context, o DecisionQuestion) ([]ListedDecision, error) {
	var args []any
	var where []string
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		where = append(where, condition)
	}
	if o.Body != "" {
		add(`body = ?`, o.Body)
	}
	if o.Members != nil {
		values := make([]any, len(o.Members))
		for i, m := range o.Members {
			values[i] = m
		}
		add(`body IN (SELECT b.id FROM org_body b WHERE b.member IN (NULL`+strings.Repeat(", ?", len(values))+`))`, values...)
	}
	if !o.From.IsZero() {
		add(`decided_on >= ?`, o.From)
	}
	if !o.To.IsZero() {
		add(`decided_on <= ?`, o.To)
	}
	if o.AfterID != "" {
		add(`(decided_on < ? OR decided_on = ? AND id < ?)`, o.AfterDay, o.AfterDay, o.AfterID)
	}
	if o.Limit <= 0 {
		o.Limit = 50
	}
	query := `SELECT ` + decisionColumns + `, (SELECT r.valid_from FROM decision_revocation r WHERE r.decision = decision.id) FROM decision`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	args = append(args, o.Limit)
	list, err := store.All(ctx, s.db, func(r *store.Rows) (ListedDecision, error) {
		var l ListedDecision
		var err error
		l.Decision, err = scanDecision(r, &l.Revoked)
		return l, err
	}, query+` ORDER BY decided_on DESC, id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("listing decisions: %w", err)
	}
	return list, nil
}

// RestingOn gives the mandates that were given or ended on a decision, by first day.
func (d *Directory) RestingOn(decision string) []Mandate {
	var out []Mandate
	for _, m := range d.mandates {
		if decision != "" && (m.Decision == decision || m.EndedBy == decision) {
			out = append(out, m)
		}
	}
	sortMandates(out)
	return out
}

// Mandates gives every mandate there has been that matches the question, whatever its days, by first day.
func (d *Directory) Mandates(q Question) []Mandate {
	var out []Mandate
	for _, m := range d.mandates {
		if q.matches(m) {
			out = append(out, m)
		}
	}
	sortMandates(out)
	return out
}

// Reservations gives every row of the table of reserved actions there has been in a member, or in all for "", by action and first day.
func (d *Directory) Reservations(member string) []ReservedAction {
	return keep(d.reserved, func(r ReservedAction) bool { return member == "" || r.Member == member })
}
