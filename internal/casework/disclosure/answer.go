package disclosure

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
)

// Answer sends what is handed out, with the officer's words, as a message with files: the one who asked opens it with the number and code of
// the receipt, and gets a letter if they gave an address. It is a handling that goes out. The officer who sends may read all that is sent, and
// everything was assessed as it is marked now: each request is assessed anew (OSL 5 kap. 5 §, from general knowledge).
func (s *Service) Answer(ctx context.Context, who access.Actor, on cases.On, words string) error {
	if words = strings.TrimSpace(words); words == "" {
		return cases.ErrEmpty
	}
	list, err := s.Items(ctx, who, on.Case)
	if err != nil {
		return err
	}
	var fresh []*documents.Staged
	var files []cases.Document
	sent := []string{}
	for _, x := range list {
		if !x.Sent.IsZero() {
			continue
		}
		f, err := s.look(ctx, who, x.Source)
		if err != nil {
			return fmt.Errorf("answering a request: %w", err)
		}
		if x.Outcome == "" || f.Secrecy > x.Secrecy {
			return ErrUnassessed
		}
		sent = append(sent, x.ID)
		if x.Outcome == Refused {
			continue
		}
		staged, file, err := s.handOut(ctx, x, f)
		if err != nil {
			return err
		}
		if staged != nil {
			fresh = append(fresh, staged)
		}
		files = append(files, file)
	}
	if len(sent) == 0 {
		return ErrNothing
	}
	_, err = s.cases.Do(ctx, who, on, access.CaseMessage, cases.ActionMessaged, func(ctx context.Context, a *cases.Act) error {
		for _, staged := range fresh {
			if err := s.vault.Insert(ctx, a.Tx, staged); err != nil {
				return err
			}
		}
		for i, id := range sent {
			x := list[0]
			for _, y := range list {
				if y.ID == id {
					x = y
				}
			}
			if _, _, err := a.Other(ctx, x.Case, access.CaseRead); err != nil { // the right may have gone since
				return err
			}
			if err := a.Tx.ExecOne(ctx, `UPDATE disclosure_item SET sent = $2 WHERE id = $1 AND sent = 0 AND at = $3`, id, store.Micros(a.Now), store.Micros(x.At)); err != nil {
				return fmt.Errorf("sending item %d: %w", i+1, err)
			}
		}
		if _, err := a.Tx.Exec(ctx, `INSERT INTO disclosure_request (case_id, row_id, answered, review) VALUES ($1, '', $2, 0)
			ON CONFLICT (case_id) DO UPDATE SET answered = EXCLUDED.answered WHERE disclosure_request.answered = 0`, on.Case, store.Micros(a.Now)); err != nil {
			return fmt.Errorf("keeping when it was answered: %w", err)
		}
		a.Event.Kind, a.Event.Body = cases.MessageOut, words
		a.Handling = &cases.Handling{Direction: cases.Out, Kind: string(cases.MessageOut)}
		a.Files = files
		return nil
	})
	return err
}
