package clock

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// UntriedError is a request that FL 12 § gives no right to make.
type UntriedError struct{ Why deadline.Refusal }

func (e *UntriedError) Error() string { return "the request cannot be tried: " + string(e.Why) }

// RequestDecision is the party's own written request that the matter is decided (FL 12 §). It is a handling that comes in; the four weeks
// run from today.
func (s *Service) RequestDecision(ctx context.Context, who cases.Citizen, id, words string) error {
	_, err := s.Cases.DoAs(ctx, who, id, ActionRequested, s.with(func(_ context.Context, w *work) error {
		if !initiated(w.Parties, who) {
			return ErrParty
		}
		if why := s.MayAsk(w.Case, w.Type, w.Clock); why != "" {
			return &UntriedError{why}
		}
		s.requested(w, w.On, words, "web", true)
		return nil
	}))
	return wrap("asking for a decision", err)
}

// initiated tells whether a citizen is the one who handed the matter in, or stands in their place: not one of the others it concerns.
func initiated(list []cases.Party, who cases.Citizen) bool {
	mine := slices.ContainsFunc(list, func(p cases.Party) bool { return who.Person != "" && p.Person == who.Person })
	return !mine || slices.ContainsFunc(list, func(p cases.Party) bool {
		return p.Person == who.Person && (p.Role == cases.Initiator || p.Ground != "")
	})
}

// requested enters a request that FL 12 § gives a right to.
func (s *Service) requested(w *work, came calendar.Date, words, channel string, handling bool) {
	w.Asked, w.Answered, w.Refused = came, calendar.Date{}, false
	t := s.Keeper.times(w.Case, w.Type, w.Course, w.On)
	acting := w.Event.Data.Acting
	w.Event.Kind, w.Event.Body = Requested, strings.TrimSpace(words)
	w.Event.Data = cases.EventData{Day: t.Demand.Last(s.Keeper.days, w.On), Channel: channel, Acting: acting, Law: t.Demand.Rule.Provision.String()}
	if handling {
		w.Handling = &cases.Handling{Direction: cases.In, Kind: string(Requested), Party: partyName(w.Parties, w.On)}
	}
}

// ByMessage is the channel of a request that came as a message in the case, and so is in the diarium already.
const ByMessage = "message"

// Paper is a request that came to an official: by letter, over the counter, in a message.
type Paper struct {
	Came    calendar.Date
	Channel string // letter, visit, email, or ByMessage
	Words   string
}

// Channels are the ways such a request comes.
func Channels() []string { return []string{"letter", "visit", "email", ByMessage} }

// RegisterRequest enters a request that came to an official. What FL 12 § gives no right to is entered all the same, and answered with why
// in a letter; the reason is then given. After a request that is tried it is "".
func (s *Service) RegisterRequest(ctx context.Context, who access.Actor, on cases.On, p Paper) (deadline.Refusal, error) {
	var why deadline.Refusal
	c, err := s.Cases.Do(ctx, who, on, access.CaseDocument, ActionRequested, s.with(func(_ context.Context, w *work) error {
		switch {
		case p.Came.After(w.On):
			return ErrFuture
		case p.Came.IsZero() || p.Came.Before(calendar.DateOf(w.Case.ReceivedAt)):
			return ErrBefore
		case !slices.Contains(Channels(), p.Channel):
			return cases.ErrEmpty
		}
		if why = s.Keeper.rules.MayAsk(s.Keeper.days, matter(w.Case, w.Type, w.Course), p.Came); why == "" {
			s.requested(w, p.Came, p.Words, p.Channel, p.Channel != ByMessage)
			return nil
		}
		w.Event.Kind, w.Event.Body = RequestUntried, strings.TrimSpace(p.Words)
		w.Event.Data = cases.EventData{Day: p.Came, Channel: p.Channel, To: string(why)}
		if p.Channel != ByMessage {
			w.Handling = &cases.Handling{Direction: cases.In, Kind: string(Requested), Party: partyName(w.Parties, w.On)}
		}
		return nil
	}))
	if err != nil || why == "" {
		return why, wrap("registering a request for a decision", err)
	}
	if _, err := s.Cases.Message(ctx, who, cases.On{Case: c.ID}, s.untried(c, why), nil); err != nil {
		return why, fmt.Errorf("answering a request for a decision: %w", err)
	}
	return why, nil
}

// untried is the letter that says why a request is not tried.
func (s *Service) untried(c *cases.Case, why deadline.Refusal) string {
	say := s.Say(c.Lang)
	first := s.Keeper.rules.AskFrom(s.Keeper.days, calendar.DateOf(c.ReceivedAt), s.Keeper.today())
	return say.T("clock.letter.untried."+string(why), "Number", c.Number, "Day", say.Date(first))
}

// Refused is what came of refusing a request.
type Refused struct {
	Decision string // ID
	Late     bool   // the four weeks were out
}

// Refuse decides not to decide the matter yet, in a decision of its own with reasons (FL 32 §) and how to appeal it (FL 12 § second paragraph,
// 33 §). It may be made after the four weeks as well; the answer tells that they were out.
func (s *Service) Refuse(ctx context.Context, who access.Actor, on cases.On, reasons string) (Refused, error) {
	var out Refused
	_, err := s.Cases.Do(ctx, who, on, access.CaseDecide, ActionRefused, s.with(func(ctx context.Context, w *work) error {
		if err := w.running(); err != nil {
			return err
		}
		if w.Demand == nil {
			return ErrNothing
		}
		if reasons = strings.TrimSpace(reasons); reasons == "" {
			return ErrReason
		}
		last := w.Demand.Last(s.Keeper.days, w.On)
		text := s.Say(w.Case.Lang).T("clock.letter.refused", "Number", w.Case.Number, "Day", s.Say(w.Case.Lang).Date(w.Asked)) + "\n\n" + reasons + "\n\n" + s.AppealText(w.Case, w.Type)
		d := &cases.Decision{Key: RefusalKey, Outcome: casetype.Reject, Text: text}
		if err := w.Decide(ctx, d); err != nil {
			return err
		}
		out = Refused{Decision: d.ID, Late: w.On.After(last)}
		w.Answered, w.Course.Refused = w.On, true
		data := w.Event.Data
		s.out(w, RequestRefused, text)
		data.Day, data.Law = last, w.Demand.Rule.Provision.String()
		w.Event.Data = data
		return nil
	}))
	return out, wrap("refusing a request for a decision", err)
}

// AppealText tells how a refusal is appealed: to the instance that a decision in the matter is appealed to (FL 12 § second paragraph), which
// the case type's own text on appeal names.
func (s *Service) AppealText(c *cases.Case, ct *casetype.CaseType) string {
	var text string
	for _, d := range ct.Decisions {
		if d.Appeal.Type == casetype.Administrative && (text == "" || d.Outcome == casetype.Reject) {
			text = d.Appeal.Text.In(c.Lang)
		}
	}
	if text == "" {
		return s.Say(c.Lang).T("clock.letter.appeal")
	}
	return text
}

// Erase removes the time of a case that is destroyed.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM case_clock WHERE case_id = $1`, caseID); err != nil {
		return fmt.Errorf("erasing the time of a case: %w", err)
	}
	return nil
}
