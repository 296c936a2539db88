package cases

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Journal actions of the diarium.
const (
	ActionScreened  = "register.screened"
	ActionCorrected = "register.corrected"
)

// RegisterRow is a row of the diarium as the registrar sees it, with the case it belongs to. A row that the registrar may know of but
// not read, and in a list one whose reading leaves a trace, shows neither party nor subject.
type RegisterRow struct {
	Handling
	CaseNumber string
	Hidden     bool
	Destroyed  bool // the documents have been destroyed by decision (gallring)
}

// RegisterFilter narrows the diarium.
type RegisterFilter struct {
	Number string // of a case, "" for all
	After  string // ID of the last row of the page before
	Limit  int
}

// Register is a page of the diarium for those who keep or audit it, newest first, corrections and what they correct included.
func (s *Service) Register(ctx context.Context, who access.Actor, f RegisterFilter) (rows []RegisterRow, next string, err error) {
	rows, next, err = s.register(ctx, who, f)
	for i := range rows {
		if rows[i].Secrecy > Open {
			rows[i].hide()
		}
	}
	return rows, next, err
}

func (r *RegisterRow) hide() { r.Hidden, r.Party, r.Subject = true, "", "" }

// register reads a page of the diarium and hides what may not be read.
func (s *Service) register(ctx context.Context, who access.Actor, f RegisterFilter) (rows []RegisterRow, next string, err error) {
	f.Limit = min(max(f.Limit, 1), 200)
	if f.After == "" {
		f.After = lastID
	}
	columns := access.Columns{Member: "r.member", Unit: "c.unit", Body: "c.body", Secrecy: "r.secrecy", Protected: "c.protected"}
	condition, args := access.Condition(who, access.RegisterRead, columns, 4)
	args = append([]any{f.After, f.Limit + 1, normalNumber(f.Number)}, args...)
	where := "r.id < $1 AND $3 = ''"
	if f.Number != "" {
		where = "r.id < $1 AND c.number = $3"
	}
	rows, err = store.All(ctx, s.db, func(r *store.Rows) (RegisterRow, error) {
		var row RegisterRow
		var object access.Object
		var err error
		var destroyed int64
		row.Handling, err = scanRow(r, &row.CaseNumber, &object.Unit, &object.Body, &object.Assignee, &object.Protected, &destroyed)
		row.Destroyed = destroyed > 0
		object.Member, object.Secrecy = row.Member, access.Secrecy(row.Secrecy)
		if row.Secrecy > Open && !access.Check(who, access.CaseRead, object).Allowed {
			row.hide()
		}
		return row, err
	}, `SELECT `+rowColumns+`, c.number, c.unit, c.body, c.assignee, c.protected, c.destroyed_at FROM register_entry r JOIN cases c ON c.id = r.case_id WHERE `+where+` AND `+condition+` ORDER BY r.id DESC LIMIT $2`, args...)
	if err != nil {
		return nil, "", fmt.Errorf("reading the diarium: %w", err)
	}
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		next = rows[f.Limit-1].ID
	}
	return rows, next, nil
}

// Screening is what of a row the public sees.
type Screening struct {
	Public      bool
	HideParty   bool
	HideSubject bool
}

// Screen says what the register on the web shows of a row (OSL 5 kap. 2 § second paragraph).
func (s *Service) Screen(ctx context.Context, who access.Actor, id string, to Screening) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		h, mandate, err := s.row(ctx, tx, who, access.RegisterPublish, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if !h.Annulled.IsZero() {
			return journal.Entry{}, ErrStale
		}
		if h.Secrecy > Open && to.Public && !(to.HideParty && to.HideSubject) {
			return journal.Entry{}, ErrWithheld
		}
		err = tx.ExecOne(ctx, `UPDATE register_entry SET public = $2, hide_party = $3, hide_subject = $4 WHERE id = $1`,
			id, store.Bool(to.Public), store.Bool(to.HideParty), store.Bool(to.HideSubject))
		return journal.Entry{
			Actor: who.Person, Mandate: mandate, Action: ActionScreened, Object: journal.Ref{Kind: objectKind, ID: h.CaseID},
			Payload: map[string]any{"row": id, "before": Screening{h.Public, h.HideParty, h.HideSubject}, "after": to},
		}, err
	})
	if err != nil {
		return fmt.Errorf("screening a row of the diarium: %w", err)
	}
	return nil
}

// Correction is what a row should have said.
type Correction struct {
	Party, Subject string
	Reason         string
}

// Correct puts a row right: a new row takes its place and the old one stays to be seen, crossed out (JO 4639-2007: nothing in a diarium is
// erased).
func (s *Service) Correct(ctx context.Context, who access.Actor, id string, c Correction) error {
	c.Party, c.Subject, c.Reason = strings.TrimSpace(c.Party), strings.TrimSpace(c.Subject), strings.TrimSpace(c.Reason)
	if c.Subject == "" {
		return fmt.Errorf("correcting the diarium: %w", ErrEmpty)
	}
	if c.Reason == "" {
		return fmt.Errorf("correcting the diarium: %w", ErrNote)
	}
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		h, mandate, err := s.row(ctx, tx, who, access.RegisterCorrect, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if h.Superseded != "" || !h.Annulled.IsZero() {
			return journal.Entry{}, ErrStale
		}
		fresh := h
		today := calendar.DateOf(s.now())
		fresh.Party, fresh.Subject, fresh.Corrects = screen(c.Party, today), screen(c.Subject, today), h.ID
		fresh.Registered = s.now()
		if err := insertHandling(ctx, tx, &fresh); err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE register_entry SET superseded = $2 WHERE id = $1 AND superseded = ''`, h.ID, fresh.ID)
		return journal.Entry{
			Actor: who.Person, Mandate: mandate, Action: ActionCorrected, Object: journal.Ref{Kind: objectKind, ID: h.CaseID},
			Payload: map[string]any{"row": h.ID, "by": fresh.ID, "number": h.Number, "before": []string{h.Party, h.Subject}, "after": []string{fresh.Party, fresh.Subject}, "reason": c.Reason},
		}, err
	})
	if err != nil {
		return fmt.Errorf("correcting the diarium: %w", err)
	}
	return nil
}

// row reads a row of the diarium in a transaction and checks the right to change it. A row that may not be seen is ErrNotFound.
func (s *Service) row(ctx context.Context, tx *store.Tx, who access.Actor, right access.Action, id string) (Handling, string, error) {
	const of = `SELECT ` + handlingColumns + ` FROM register_entry WHERE id = $1`
	rows, err := store.All(ctx, tx, scanHandling, of, id)
	if err != nil {
		return Handling{}, "", err
	}
	if len(rows) == 0 {
		return Handling{}, "", store.ErrNotFound
	}
	c, err := s.hold(ctx, tx, rows[0].CaseID)
	if err != nil {
		return Handling{}, "", err
	}
	// Read again, now that nobody else can change it.
	if rows, err = store.All(ctx, tx, scanHandling, of, id); err != nil {
		return Handling{}, "", err
	}
	o := object(c, nil)
	d := access.Check(who, right, o)
	if !d.Allowed && !access.Check(who, access.RegisterRead, o).Allowed {
		return Handling{}, "", fmt.Errorf("%w: %w", store.ErrNotFound, d.Err())
	}
	return rows[0], d.Mandate, d.Err()
}
