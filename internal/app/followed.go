package app

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/tie"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// beside writes to those who are not parties of the case of an entry: the parties of what is handled in it, and those who follow it.
func (l letters) beside(ctx context.Context, tx *store.Tx, e journal.Recorded) error {
	switch e.Action {
	case tie.ActionMerged, tie.ActionUnmerged:
		e.Action, e.Payload = cases.ActionMessaged, nil
		return l.write(ctx, tx, e)
	case cases.ActionDecided, cases.ActionClosed:
		merged, err := l.a.ties.MergedHere(ctx, tx, e.Object.ID)
		if err != nil {
			return err
		}
		for _, id := range merged {
			own := e
			own.Object.ID, own.Action, own.Payload = id, cases.ActionMessaged, nil
			if err := l.write(ctx, tx, own); err != nil {
				return err
			}
		}
		return l.followers(ctx, tx, e.Object.ID)
	case cases.ActionMoved, cases.ActionReopened, tie.ActionTransferred:
		return l.followers(ctx, tx, e.Object.ID)
	}
	return nil
}

// followers writes to those who follow what somebody else has reported.
func (l letters) followers(ctx context.Context, tx *store.Tx, caseID string) error {
	list, err := l.a.ties.Followers(ctx, tx, caseID)
	if err != nil || len(list) == 0 {
		return err
	}
	who, err := l.a.cases.Contact(ctx, tx, caseID)
	if err != nil {
		return err
	}
	if !who.Type.PublicReports {
		return nil
	}
	report := email.Report{Service: who.Type.Title}
	if st := who.Type.Status(who.Case.Status); st != nil {
		report.Status = st.PublicText
	}
	m := l.a.pack.Municipality
	town := email.Town{Name: m.Name, BaseURL: l.a.cfg.BaseURL, Phone: m.Contact.Phone}
	for _, f := range list {
		to, lang := f.Email, f.Lang
		if f.Person != "" {
			wishes, err := l.a.reach.Of(ctx, tx, f.Person)
			if err != nil {
				return err
			}
			if to = wishes.Email; wishes.By[reach.Message] != reach.Email {
				continue
			}
			if wishes.Lang != "" {
				lang = wishes.Lang
			}
		}
		if to == "" {
			continue
		}
		report.To, report.Path = to, "/foljer/"+l.a.ties.Token(f)
		if _, err := l.sender.Enqueue(ctx, tx, email.Followed(l.a.texts.For(lang), town, report)); err != nil && !errors.Is(err, email.ErrMessage) {
			return fmt.Errorf("writing to one who follows a report: %w", err)
		}
	}
	return nil
}
