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
	Corrects    string    // row that this one corrects
	Superseded  string    // row that corrects this one
	Registered  time.Time // when the row was entered; At is when the handling came or was made
	Event       int       // row of the timeline it belongs to; 0: not known
	// Annulled is when the row was annulled (makulerad); zero: it stands. AnnulledWhy is the registrar's reason.
	Annulled    time.Time
	AnnulledBy  string
	AnnulledWhy string
}

func insertHandling(ctx context.Context, tx *store.Tx, h *Handling) error {
	h.ID = store.NewID()
	_, err := tx.Exec(ctx, `INSERT INTO register_entry (id, case_id, n, member, number, at, direction, kind, party, subject, public, hide_party, hide_subject,
		secrecy, corrects, superseded, registered, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', $16, $17)`,
		h.ID, h.CaseID, h.N, h.Member, h.Number, store.Micros(h.At), string(h.Direction), h.Kind, h.Party, h.Subject, store.Bool(h.Public),
		store.Bool(h.HideParty), store.Bool(h.HideSubject), int(h.Secrecy), h.Corrects, store.Micros(h.Registered), h.Event)
	if err != nil {
		return fmt.Errorf("entering a handling in the diarium: %w", err)
	}
	return nil
}

const handlingColumns = `id, case_id, n, member, number, at, direction, kind, party, subject, public, hide_party, hide_subject, secrecy, corrects, superseded,
	registered, event, annulled, annulled_by, annulled_why`

// rowColumns are the same of r, a row of the diarium, joined with its case c: a row is never more open than its case.
const rowColumns = `r.id, r.case_id, r.n, r.member, r.number, r.at, r.direction, r.kind, r.party, r.subject, r.public, r.hide_party, r.hide_subject,
	CASE WHEN c.protected = 1 THEN 2 WHEN c.secrecy > r.secrecy THEN c.secrecy ELSE r.secrecy END, r.corrects, r.superseded,
	r.registered, r.event, r.annulled, r.annulled_by, r.annulled_why`

func scanHandling(r *store.Rows) (Handling, error) { return scanRow(r) }

// scanRow reads a row, and more after its columns.
func scanRow(r *store.Rows, more ...any) (Handling, error) {
	var h Handling
	var at, registered, annulled int64
	var direction string
	err := r.Scan(append(h.dest(&at, &direction, &registered, &annulled), more...)...)
	h.At, h.Direction, h.Registered = store.Time(at), Direction(direction), store.Time(registered)
	if annulled != 0 {
		h.Annulled = store.Time(annulled)
	}
	return h, err
}

func (h *Handling) dest(at *int64, direction *string, registered, annulled *int64) []any {
	return []any{
		&h.ID, &h.CaseID, &h.N, &h.Member, &h.Number, at, direction, &h.Kind, &h.Party, &h.Subject, &h.Public, &h.HideParty, &h.HideSubject,
		&h.Secrecy, &h.Corrects, &h.Superseded, registered, &h.Event, annulled, &h.AnnulledBy, &h.AnnulledWhy,
	}
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
	// Annulled tells that the row was a mistake and says nothing; its number is not used again.
	Annulled bool
	// Destroyed tells that the documents have been destroyed by decision (gallring).
	Destroyed bool
	Body      string // key of the body that keeps it
}

// public is the row after screening (OSL 5 kap. 2 § second paragraph): secret rows show neither party nor subject.
func (h Handling) public() PublicHandling {
	p := PublicHandling{ID: h.ID, Number: h.Number, At: h.At, Direction: h.Direction, Kind: h.Kind, Party: h.Party, Subject: h.Subject}
	if !h.Annulled.IsZero() {
		p.Annulled, p.Party, p.Subject, p.Kind = true, "", "", ""
		return p
	}
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
	rows, err := s.publicRows(ctx, `r.id < $1 ORDER BY r.id DESC LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the public register: %w", err)
	}
	return rows, nil
}

// PublicRow is one row of the diarium on the web, as anyone may see it; store.ErrNotFound for every other.
func (s *Service) PublicRow(ctx context.Context, id string) (PublicHandling, error) {
	rows, err := s.publicRows(ctx, `r.id = $1`, id)
	if err != nil {
		return PublicHandling{}, fmt.Errorf("reading a row of the public register: %w", err)
	}
	if len(rows) == 0 {
		return PublicHandling{}, store.ErrNotFound
	}
	return rows[0], nil
}

// RowCase gives the case of a row of the diarium, for the program itself: it is shown to nobody.
func (s *Service) RowCase(ctx context.Context, id string) (*Case, error) {
	var of string
	if err := s.db.QueryRow(ctx, `SELECT case_id FROM register_entry WHERE id = $1`, id).Scan(&of); err != nil {
		return nil, fmt.Errorf("finding the case of a row: %w", err)
	}
	return load(ctx, s.db, of)
}

func (s *Service) publicRows(ctx context.Context, which string, args ...any) ([]PublicHandling, error) {
	return store.All(ctx, s.db, func(r *store.Rows) (PublicHandling, error) {
		var body string
		var destroyed int64
		h, err := scanRow(r, &body, &destroyed)
		p := h.public()
		p.Body, p.Destroyed = body, destroyed > 0
		return p, err
	}, `SELECT `+rowColumns+`, c.body, c.destroyed_at FROM register_entry r JOIN cases c ON c.id = r.case_id WHERE r.public = 1 AND r.superseded = '' AND `+which, args...)
}

// lastID is after every UUID.
const lastID = "g"
