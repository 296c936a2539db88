package meeting

import (
	"context"
	"errors"
	"fmt"

	"dygnet/internal/casework/notice"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Complete finishes an adjusted protokoll: the body's secretary registers each paragraph that decides as a decision with the protokoll's digest
// (PR-1), and announces for the bodies that do what anybody may see of it, after having seen it. Begun again after a fault it goes on where it
// was: nothing is registered or announced twice.
func (s *Service) Complete(ctx context.Context, who access.Actor, id string, screened bool) (*Meeting, error) {
	m, err := s.meeting(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	_, rules, err := s.body(m.Body)
	if err != nil {
		return nil, err
	}
	mandate, err := s.secretary(who, m.Body)
	if err != nil {
		return nil, err
	}
	switch {
	case m.State == Done:
		return nil, &StateError{"done_already"}
	case m.State != Adjusted:
		return nil, &StateError{"not_adjusted"}
	case !screened:
		return nil, &FieldError{[]Field{{"granskad", "screened"}}}
	}
	list, err := s.items(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	decisions, err := s.register(ctx, who, mandate, m, list)
	if err != nil {
		return nil, err
	}
	var public *documents.Staged
	announced, file := m.Notice, m.Public
	if rules.Announce {
		if public, err = s.publicProtocol(ctx, m, list, who.Person); err != nil {
			return nil, err
		}
		n, err := s.Board.Announce(ctx, who, notice.Draft{Kind: notice.Minutes, Body: m.Body, Meeting: m.Day, Adjusted: m.AdjustedOn, Kept: s.Contact, Contact: s.Contact, Screened: true}, public)
		switch {
		case err == nil:
			announced, file = n.ID, fileOf(public)
		case !errors.Is(err, notice.ErrTwice): // twice: it was announced before the program stopped
			return nil, fmt.Errorf("announcing a protokoll: %w", err)
		}
	}
	return s.alter(ctx, who, id, m.Version, "meeting.completed", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		m.State, m.Notice, m.Public = Done, announced, file
		for _, it := range list {
			it.Decision = decisions[it.ID]
			if err := s.saveItem(ctx, tx, it, m.Day.Year()); err != nil {
				return "", err
			}
			if err := s.settle(ctx, tx, m, it, who.Person); err != nil {
				return "", err
			}
		}
		return mandate, nil
	})
}

// decides reports whether a paragraph becomes a decision of its own.
func (it *Item) decides() bool { return it.Purpose == ForDecision && it.Outcome != "" }

// register registers the decisions of a protokoll, and finds those that were registered before the program stopped.
func (s *Service) register(ctx context.Context, who access.Actor, mandate string, m *Meeting, list []*Item) (map[string]string, error) {
	out := map[string]string{}
	var before []bodies.Decision
	for _, it := range list {
		if !it.decides() {
			continue
		}
		d := bodies.Decision{Body: m.Body, On: m.Day, Paragraph: label(it.No), Dnr: it.MatterNumber, Text: s.decisionText(it), ProtocolSHA256: m.Protocol.SHA256}
		made, err := s.org.RegisterDecision(ctx, bodies.By{Person: who.Person, Mandate: mandate}, d)
		if err == nil {
			out[it.ID] = made.ID
			continue
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
		if before == nil {
			var other error
			if before, other = s.org.DecisionsOf(ctx, m.Body, 1000); other != nil {
				return nil, other
			}
		}
		for _, x := range before {
			if x.On == m.Day && x.Paragraph == d.Paragraph && x.ProtocolSHA256 == d.ProtocolSHA256 {
				out[it.ID] = x.ID
			}
		}
		if out[it.ID] == "" { // somebody registered another decision under the same paragraph
			return nil, &StateError{"paragraph_taken"}
		}
	}
	return out, nil
}

// decisionText is what the register of decisions says, which more people read than the protokoll.
func (s *Service) decisionText(it *Item) string {
	if it.Secret {
		return s.openText(it)
	}
	return it.Title + ": " + s.Words(i18n.SV).T("meeting.outcome."+string(it.Outcome)) + ". " + s.openText(it)
}

// openText is what a paragraph says to those who may not read all of it.
func (s *Service) openText(it *Item) string {
	switch {
	case it.Secret:
		return s.Words(i18n.SV).T("meeting.secret_paragraph")
	case it.Public != "":
		return it.Public
	}
	return s.masked(it.Text)
}

// settle lets a matter know what became of it at a meeting.
func (s *Service) settle(ctx context.Context, tx *store.Tx, m *Meeting, it *Item, by string) error {
	if it.Matter == "" {
		return nil
	}
	x, err := s.matter(ctx, tx, it.Matter)
	if err != nil {
		return err
	}
	switch {
	case it.Outcome == Consulted:
		x.Consultations = append(x.Consultations, Consultation{Body: m.Body, On: m.Day, View: it.Text, By: by, Meeting: m.ID})
	case it.Purpose != ForDecision:
		return nil
	case it.Outcome == Returned:
		x.State, x.Outcome, x.Meeting = Draft, it.Outcome, ""
	case it.Outcome == Tabled:
		x.State, x.Outcome, x.Meeting = Prepared, it.Outcome, ""
	default:
		x.State, x.Outcome, x.Decision, x.Paragraph = Treated, it.Outcome, it.Decision, label(it.No)
		if err := s.answered(ctx, tx, x, it); err != nil {
			return err
		}
	}
	return s.saveMatter(ctx, tx, x)
}
