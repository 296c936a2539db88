package cases

import (
	"context"
	"fmt"
	"time"

	"dygnet/internal/kernel/store"
)

// Handling is a row of the diarium: a document that came in, went out or was drawn up (OSL 5 kap. 2 §).
type Handling struct {
	ID          string
	CaseID      string
	N           int
	Member      string
	Number      string // "KS 2026/00123-4"
	At          time.Time
	Direction   Direction
	Kind        string
	Party       string
	Subject     string
	Public      bool // shown in the register on the web
	HideParty   bool
	HideSubject bool
	Secrecy     Secrecy
	Corrects    string // row that this one corrects
	Superseded  string // row that corrects this one
}

func insertHandling(ctx context.Context, tx *store.Tx, h *Handling) error {
	h.ID = store.NewID()
	_, err := tx.Exec(ctx, `INSERT INTO register_entry (id, case_id, n, member, number, at, direction, kind, party, subject, public, hide_party, hide_subject,
		secrecy, corrects, superseded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '')`,
		h.ID, h.CaseID, h.N, h.Member, h.Number, store.Micros(h.At), string(h.Direction), h.Kind, h.Party, h.Subject, store.Bool(h.Public),
		store.Bool(h.HideParty), store.Bool(h.HideSubject), int(h.Secrecy), h.Corrects)
	if err != nil {
		return fmt.Errorf("entering a handling in the diarium: %w", err)
	}
	return nil
}

const handlingColumns = `id, case_id, n, member, number, at, direction, kind, party, subject, public, hide_party, hide_subject, secrecy, corrects, superseded`

// rowColumns are the same of r, a row of the diarium, joined with its case c: a row is never more open than its case.
const rowColumns = `r.id, r.case_id, r.n, r.member, r.number, r.at, r.direction, r.kind, r.party, r.subject, r.public, r.hide_party, r.hide_subject,
	CASE WHEN c.protected = 1 THEN 2 WHEN c.secrecy > r.secrecy THEN c.secrecy ELSE r.secrecy END, r.corrects, r.superseded`

func scanHandling(r *store.Rows) (Handling, error) {
	var h Handling
	var at int64
	var direction string
	err := r.Scan(&h.ID, &h.CaseID, &h.N, &h.Member, &h.Number, &at, &direction, &h.Kind, &h.Party, &h.Subject, &h.Public, &h.HideParty, &h.HideSubject,
		&h.Secrecy, &h.Corrects, &h.Superseded)
	h.At, h.Direction = store.Time(at), Direction(direction)
	return h, err
}

// PublicHandling is a row as anyone may see it: what is suppressed is empty, and it holds nothing that leads to the case.
type PublicHandling struct {
	ID        string // for paging
	Number    string
	At        time.Time
	Direction Direction
	Kind      string
	Party     string
	Subject   string
	// Withheld tells that something is left out, so that the reader knows to ask.
	Withheld bool
}

// public is the row after screening (OSL 5 kap. 2 § second paragraph): secret rows show neither party nor subject.
func (h Handling) public() PublicHandling {
	p := PublicHandling{ID: h.ID, Number: h.Number, At: h.At, Direction: h.Direction, Kind: h.Kind, Party: h.Party, Subject: h.Subject}
	if h.HideParty || h.Secrecy > Open {
		p.Withheld = p.Withheld || p.Party != ""
		p.Party = ""
	}
	if h.HideSubject || h.Secrecy > Open {
		p.Withheld, p.Subject = true, ""
	}
	return p
}

// PublicRegister is a page of the diarium on the web, newest first. after is the ID of the last row of the page before, or "".
// Rows that a correction has replaced are left out here; the registrator sees them.
func (s *Service) PublicRegister(ctx context.Context, after string, limit int) ([]PublicHandling, error) {
	if after == "" {
		after = lastID
	}
	rows, err := store.All(ctx, s.db, scanHandling, `SELECT `+rowColumns+` FROM register_entry r JOIN cases c ON c.id = r.case_id
		WHERE r.public = 1 AND r.superseded = '' AND r.id < $1 ORDER BY r.id DESC LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the public register: %w", err)
	}
	out := make([]PublicHandling, len(rows))
	for i, h := range rows {
		out[i] = h.public()
	}
	return out, nil
}

// lastID is after every UUID.
const lastID = "g"
