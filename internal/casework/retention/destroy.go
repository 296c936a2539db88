package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// jobKind is the work of carrying a list out.
const jobKind = "retention.destroy"

// order is what the job is told.
type order struct {
	List string `json:"list"`
}

// batch is how many cases are read at a time; each is destroyed in a transaction of its own.
const batch = 50

// leftError is why a case on a list is left for another time.
type leftError string

func (e leftError) Error() string { return "the case is left: " + string(e) }

// run carries a list out. It may be stopped at any moment and run again: what has gone has gone, and the rest follows.
func (s *Service) run(ctx context.Context, run jobs.Run) error {
	var o order
	if err := run.Decode(&o); err != nil {
		return err
	}
	d, err := scanList(s.DB.QueryRow(ctx, `SELECT `+listColumns+` FROM destruction WHERE id = $1`, o.List))
	if err != nil {
		return fmt.Errorf("reading a list for gallring: %w", err)
	}
	if d.Stage != Ordered { // withdrawn, or done by an attempt that died before it could say so
		return nil
	}
	if err := s.Journal.Sequence(ctx); err != nil { // nothing said of a case waits outside the tables of the journal
		return err
	}
	for {
		items, err := store.All(ctx, s.DB, scanItem, `SELECT `+itemColumns+` FROM destruction_item WHERE destruction = $1 AND state = 'listed' ORDER BY n LIMIT $2`, d.ID, batch)
		if err != nil {
			return fmt.Errorf("reading the cases of a list for gallring: %w", err)
		}
		if len(items) == 0 {
			break
		}
		var gone []Destroyed
		for _, i := range items {
			went, err := s.destroy(ctx, d, i)
			if err != nil {
				return errors.Join(err, s.Ledger.Append(gone...))
			}
			if went {
				gone = append(gone, Destroyed{Case: i.Case, Number: i.Number, At: s.now(), List: d.ID, Decision: d.Decision})
			}
		}
		if err := s.Ledger.Append(gone...); err != nil {
			return err
		}
	}
	if err := s.clear(ctx); err != nil {
		return err
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		d, err := scanList(tx.QueryRow(ctx, `SELECT `+listColumns+` FROM destruction WHERE id = $1`, d.ID))
		if err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE destruction SET state = 'done', ended_at = $2, ended_by = $3 WHERE id = $1 AND state = 'ordered'`, d.ID, store.Micros(s.now()), journal.System)
		return journal.Entry{Actor: journal.System, Decision: d.Decision, Action: "destruction.carried_out", Object: journal.Ref{Kind: "destruction", ID: d.ID},
			Payload: map[string]any{"body": d.Body, "cases": d.Cases, "digest": d.Digest, "destroyed": d.Destroyed, "left": d.LeftOver}}, err
	})
	return err
}

// clear leaves nothing of what was deleted in the index of words and in the files of the database.
func (s *Service) clear(ctx context.Context) error {
	if err := s.DB.Write(ctx, s.Index.Purge); err != nil {
		return err
	}
	return s.DB.Purge(ctx)
}

// destroy lets one case go, if it still may, and says whether it went.
func (s *Service) destroy(ctx context.Context, d Destruction, i Item) (bool, error) {
	err := s.Cases.Erase(ctx, i.Case, s.erasure(d.Body, cases.Erasure{
		Decision: d.Decision, Said: map[string]string{"list": d.ID},
		Before: func(ctx context.Context, tx *store.Tx, c *cases.Case, documents []string) error {
			if err := s.mayGo(ctx, tx, c); err != nil {
				return err
			}
			if err := s.eraseRooms(ctx, tx, c.ID, documents); err != nil {
				return err
			}
			return tx.ExecOne(ctx, `UPDATE destruction_item SET state = 'destroyed', at = $3 WHERE destruction = $1 AND n = $2 AND state = 'listed'`, d.ID, i.N, store.Micros(s.now()))
		},
	}))
	var left leftError
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, cases.ErrOpen):
		left = "open"
	case errors.Is(err, cases.ErrDestroyed):
		left = "gone"
	case !errors.As(err, &left):
		return false, err
	}
	return false, s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if left == "changed" { // as mayGo found, in a transaction that was undone
			if err := s.compute(ctx, tx, i.Case); err != nil {
				return err
			}
		}
		return tx.ExecOne(ctx, `UPDATE destruction_item SET state = 'left', why = $3, at = $4 WHERE destruction = $1 AND n = $2`, d.ID, i.N, string(left), store.Micros(s.now()))
	})
}

// mayGo asks once more, in the transaction in which the case goes.
func (s *Service) mayGo(ctx context.Context, tx *store.Tx, c *cases.Case) error {
	stop, err := held(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if stop {
		return leftError("held")
	}
	if err := s.compute(ctx, tx, c.ID); err != nil {
		return err
	}
	var state, due string
	if err := tx.QueryRow(ctx, `SELECT state, due FROM retention WHERE case_id = $1`, c.ID).Scan(&state, &due); err != nil {
		return err
	}
	if State(state) != Discard || due > s.today().String() {
		return leftError("changed")
	}
	return nil
}

// erasure fills in what every destruction has in common.
func (s *Service) erasure(body string, e cases.Erasure) cases.Erasure {
	e.Who = access.Actor{Person: journal.System}
	if plan := s.Plan(body); plan != nil {
		e.KeepParty, e.KeepSubject = plan.Diary.KeepParty, plan.Diary.KeepSubject
	}
	return e
}

// eraseRooms removes what all other rooms keep of a case, and destroys the keys of its documents.
func (s *Service) eraseRooms(ctx context.Context, tx *store.Tx, id string, documents []string) error {
	for _, erase := range s.Rooms {
		if err := erase(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, doc := range documents {
		if err := s.Vault.Shred(ctx, tx, doc); err != nil {
			return err
		}
	}
	if err := s.Index.Remove(ctx, tx, id); err != nil {
		return err
	}
	if err := s.Queue.Forget(ctx, tx, id); err != nil {
		return err
	}
	for _, table := range []string{"retention", "retention_hold"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE case_id = $1`, id); err != nil {
			return fmt.Errorf("emptying %s: %w", table, err)
		}
	}
	return nil
}

// Reconcile makes database and ledger agree before the database is used: what the ledger says has been destroyed, and an older copy of
// the database has brought back, is destroyed again; what the database has destroyed and the ledger does not know is added to it. It gives
// how many cases went again.
func (s *Service) Reconcile(ctx context.Context) (int, error) {
	lines, err := s.Ledger.Read()
	if err != nil {
		return 0, err
	}
	gone, err := s.gone(ctx)
	if err != nil {
		return 0, err
	}
	known, told := map[string]bool{}, map[string]bool{}
	for _, d := range gone {
		known[d.Case] = true
	}
	again := 0
	for _, line := range lines {
		if told[line.Case] = true; known[line.Case] {
			continue
		}
		went, err := s.again(ctx, line)
		if err != nil {
			return again, fmt.Errorf("destroying case %s again, which came back with an older copy of the database: %w", line.Number, err)
		}
		if known[line.Case] = true; went {
			again++
		}
	}
	if err := s.Ledger.Append(slices.DeleteFunc(gone, func(d Destroyed) bool { return told[d.Case] })...); err != nil || again == 0 {
		return again, err
	}
	return again, s.clear(ctx)
}

// gone is what the database knows to be destroyed, oldest first.
func (s *Service) gone(ctx context.Context) ([]Destroyed, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Destroyed, error) {
		var d Destroyed
		var at int64
		err := r.Scan(&d.Case, &d.Number, &at, &d.List, &d.Decision)
		d.At = store.Time(at)
		return d, err
	}, `SELECT c.id, c.number, c.destroyed_at, coalesce(d.id, ''), coalesce(d.decision, '') FROM cases c LEFT JOIN destruction_item i ON i.case_id = c.id AND i.state = 'destroyed'
		LEFT JOIN destruction d ON d.id = i.destruction WHERE c.destroyed_at > 0 ORDER BY c.destroyed_at, c.id`)
	if err != nil {
		return nil, fmt.Errorf("reading what has been destroyed: %w", err)
	}
	return list, nil
}

// again destroys a case that has been destroyed before, if the database has it.
func (s *Service) again(ctx context.Context, line Destroyed) (bool, error) {
	var body string
	err := s.DB.QueryRow(ctx, `SELECT body FROM cases WHERE id = $1 AND destroyed_at = 0`, line.Case).Scan(&body)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := s.Journal.Sequence(ctx); err != nil {
		return false, err
	}
	err = s.Cases.Erase(ctx, line.Case, s.erasure(body, cases.Erasure{
		Again: true, Decision: line.Decision, Said: map[string]string{"list": line.List, "restored": "yes"},
		Before: func(ctx context.Context, tx *store.Tx, c *cases.Case, documents []string) error {
			return s.eraseRooms(ctx, tx, c.ID, documents)
		},
	}))
	return err == nil, err
}
