package tie

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
)

// Cut is what of a case becomes a case of its own. It is copied: nothing leaves the case it was in.
type Cut struct {
	Type      string
	Questions []string // keys, of what was handed in
	Events    []int    // numbers of messages and notes
	Documents []int
	Reason    string
	Key       string // submission key of the form
}

// Split makes a case of a part of another one. It came in when the other one did, is at least as secret, and its party is the initiator.
// Messages go along as a note for the officials: they were written in another case, to others perhaps.
func (s *Service) Split(ctx context.Context, l *i18n.Localizer, who access.Actor, on cases.On, cut Cut) (string, error) {
	_, list, mandate, err := s.Cases.May(ctx, who, access.CaseStatus, on.Case)
	if err != nil {
		return "", err
	}
	view, err := s.Cases.View(ctx, who, on.Case) // what is copied is read
	if err != nil {
		return "", err
	}
	m, err := s.cutting(l, view, cut)
	if err != nil {
		return "", fmt.Errorf("splitting a case: %w", err)
	}
	if m.reason, err = reasonOf(cut.Reason); err != nil {
		return "", err
	}
	m.key, m.parties, m.by, m.mandate = cut.Key, initiators(list), who, mandate
	id, r, err := s.make(ctx, m)
	if err != nil {
		return "", err
	}
	return id, s.tell(ctx, r, on.Case, s.official(who))
}

// cutting is what a cut makes of a case.
func (s *Service) cutting(l *i18n.Localizer, view cases.OfficerView, cut Cut) (making, error) {
	to, err := s.intake(cut.Type)
	if err != nil {
		return making{}, err
	}
	m := making{of: view.Case, ofType: view.Type, to: to, kind: SplitFrom, how: bySplit}
	m.mapped = mapAnswers(view.Type, to, view.Case.Answers, func(q *casetype.Question) bool { return slices.Contains(cut.Questions, q.Key) })
	for _, d := range view.Documents {
		if slices.Contains(cut.Documents, d.N) {
			m.files = append(m.files, d)
		}
	}
	var said []string
	for _, e := range view.Events {
		if slices.Contains(cut.Events, e.N) && written(e) {
			said = append(said, l.T("tie.note.said."+string(e.Kind), "Time", l.DateTime(e.At))+"\n"+e.Body)
		}
	}
	if len(said) == 0 && len(m.files) == 0 && len(cut.Questions) == 0 {
		return making{}, refuse(NothingTaken)
	}
	m.said = compact(append([]string{l.T("tie.note.split", "Number", view.Case.Number), takenWords(l, view.Type, view.Case, m.mapped.lines)},
		append(said, missingWords(l, m.mapped.missing()))...))
	return m, nil
}

// written tells whether an event is words that can go along: a message, or a note.
func written(e cases.Event) bool {
	return strings.TrimSpace(e.Body) != "" && slices.Contains([]cases.EventKind{cases.MessageIn, cases.MessageOut, cases.Note}, e.Kind)
}

func compact(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
