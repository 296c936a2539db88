package task

import (
	"context"
	"fmt"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/store"
)

func insertApproval(ctx context.Context, tx *store.Tx, x Approval, by string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO approval (id, case_id, title, decision, document, number, text, hash, in_turn, state, by_person, made_at, changed_at, reminded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $11, '')`,
		x.ID, x.CaseID, x.Title, x.Decision, x.Document, x.Number, x.Text, x.Hash, store.Bool(x.InTurn), by, store.Micros(now))
	for i, v := range x.Asked {
		if err != nil {
			break
		}
		_, err = tx.Exec(ctx, `INSERT INTO approval_asked (approval_id, n, person, vote, hash, comment, loa, by_person, at) VALUES ($1, $2, $3, '', '', '', 0, '', 0)`, x.ID, i+1, v.Person)
	}
	if err != nil {
		return fmt.Errorf("storing an approval round: %w", err)
	}
	return nil
}

const approvalColumns = `p.id, p.case_id, p.title, p.decision, p.document, p.number, p.text, p.hash, p.in_turn, p.state, p.by_person, p.made_at, p.changed_at, p.reminded`

func scanApproval(r *store.Rows, more ...any) (Approval, error) {
	var x Approval
	var made, changed int64
	err := r.Scan(append([]any{&x.ID, &x.CaseID, &x.Title, &x.Decision, &x.Document, &x.Number, &x.Text, &x.Hash, &x.InTurn, &x.State, &x.By, &made, &changed, &x.Reminded}, more...)...)
	x.MadeAt, x.ChangedAt = store.Time(made), store.Time(changed)
	return x, err
}

// rounds reads approval rounds with those who are asked. where is about p.
func rounds(ctx context.Context, q store.Queryer, where string, args ...any) ([]Approval, error) {
	type row struct {
		x Approval
		v Vote
	}
	list, err := store.All(ctx, q, func(r *store.Rows) (row, error) {
		var one row
		var at int64
		var err error
		one.x, err = scanApproval(r, &one.v.Person, &one.v.Answer, &one.v.Hash, &one.v.Comment, &one.v.LoA, &one.v.By, &at)
		one.v.At = store.Time(at)
		return one, err
	}, `SELECT `+approvalColumns+`, v.person, v.vote, v.hash, v.comment, v.loa, v.by_person, v.at
		FROM approval p JOIN approval_asked v ON v.approval_id = p.id WHERE `+where+` ORDER BY p.made_at, p.id, v.n`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading approval rounds: %w", err)
	}
	var out []Approval
	for _, r := range list {
		if len(out) == 0 || out[len(out)-1].ID != r.x.ID {
			out = append(out, r.x)
		}
		last := &out[len(out)-1]
		last.Asked = append(last.Asked, r.v)
	}
	return out, nil
}

// Round reads a round of a case. Whether the case may be read, the caller has asked.
func (s *Service) Round(ctx context.Context, caseID, id string) (Approval, error) {
	return roundOf(ctx, s.DB, caseID, id)
}

func roundOf(ctx context.Context, q store.Queryer, caseID, id string) (Approval, error) {
	list, err := rounds(ctx, q, `p.id = $1 AND p.case_id = $2`, id, caseID)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Approval{}, err
	}
	return list[0], nil
}

// openRound reads a round of the act's case that is under way.
func openRound(ctx context.Context, a *cases.Act, id string) (Approval, error) {
	x, err := roundOf(ctx, a.Tx, a.Case.ID, id)
	if err == nil && x.State != Deciding {
		err = ErrOver
	}
	return x, err
}
