package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Opinion is an answer to a remiss.
type Opinion struct {
	Stance Stance
	Words  string
	Files  []cases.Document // stored in the vault
	// Of an answer that came another way and that an officer registers: how, and on which day.
	Channel Channel
	Came    calendar.Date
}

// Sight is what the one who is asked may see: what was sent and what was answered, and of the case its number and kind.
type Sight struct {
	Remiss
	Number  string
	Type    *casetype.CaseType
	Traced  bool   // the case is marked or secret: the reading was journalled
	Subject string // "" when the case is marked
}

// Asked shows a remiss to somebody inside who is asked. What they were not asked is store.ErrNotFound, what was withdrawn ErrWithdrawn.
func (s *Service) Asked(ctx context.Context, who access.Actor, id string) (Sight, error) {
	if !store.ValidID(id) {
		return Sight{}, store.ErrNotFound
	}
	r, err := remissOf(ctx, s.DB, id)
	if err != nil {
		return Sight{}, err
	}
	mandate, err := s.mandateFor(who, r)
	if err != nil {
		return Sight{}, err
	}
	v, c, err := s.sight(ctx, r)
	if err != nil {
		return v, err
	}
	if err := strong(who, c, r); err != nil {
		return Sight{}, err
	}
	if v.Traced = access.RequiresTrace(c.Object()) || r.Law != ""; v.Traced {
		_, err = s.Journal.Note(ctx, journal.Entry{Actor: who.Person, Mandate: mandate, Action: cases.ActionRead, Object: journal.Ref{Kind: "case", ID: c.ID}})
	}
	return v, err
}

func (s *Service) sight(ctx context.Context, r Remiss) (Sight, *cases.Case, error) {
	if r.State == Withdrawn {
		return Sight{}, nil, ErrWithdrawn
	}
	c, err := s.Cases.Case(ctx, r.CaseID)
	if err != nil {
		return Sight{}, nil, err
	}
	v := Sight{Remiss: r, Number: c.Number}
	if v.Type, err = s.Cases.TypeOf(c); err != nil {
		return Sight{}, nil, err
	}
	if !access.RequiresTrace(c.Object()) {
		v.Subject = c.Subject
	}
	return v, c, nil
}

// mandateFor is the mandate by which somebody is asked, store.ErrNotFound if they are not: the person, somebody who stands in for them, or
// whoever works in the unit or answers for it from above.
func (s *Service) mandateFor(who access.Actor, r Remiss) (string, error) {
	d := s.Organisation.Directory()
	for _, m := range who.Mandates {
		switch {
		case r.Outside || m.Unit == "":
		case r.To.Person != "":
			if slices.Contains(s.standIns(r.To.Person), who.Person) {
				return m.ID, nil
			}
		case d.InSubtree(m.Unit, r.To.Unit):
			return m.ID, nil
		}
	}
	return "", store.ErrNotFound
}

// strong refuses somebody who has signed in too weakly for what is secret, or was sent on a ground because it is marked (P-K).
func strong(who access.Actor, c *cases.Case, r Remiss) error {
	if o := c.Object(); (o.Secrecy == access.Secret || o.Protected || r.Law != "") && who.LoA < access.Substantial {
		return access.Decision{Action: access.CaseRead, Reason: "access.denied.level", Sentence: "P-K"}.Err()
	}
	return nil
}

// Answer gives the opinion of somebody inside who is asked, also after the last day; that it was late is shown.
func (s *Service) Answer(ctx context.Context, who access.Actor, id string, o Opinion) error {
	r, err := remissOf(ctx, s.DB, id)
	if err != nil {
		return err
	}
	o.Channel, o.Came = ByPage, s.today()
	may := func(c *cases.Case, _ []cases.Party) (string, error) {
		mandate, err := s.mandateFor(who, r)
		return mandate, errors.Join(err, strong(who, c, r))
	}
	_, err = s.Cases.DoAsked(ctx, who, r.CaseID, "remiss.answered", may, func(ctx context.Context, a *cases.Act) error {
		return s.answer(ctx, a, id, who.Person, o)
	})
	return told(err)
}

// Register enters an answer that came by letter, e-mail or telephone.
func (s *Service) Register(ctx context.Context, who access.Actor, caseID, id string, o Opinion) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseNote, "remiss.answered", func(ctx context.Context, a *cases.Act) error {
		if !slices.Contains(Registered(), o.Channel) {
			return ErrUnknown
		}
		if o.Came.IsZero() || o.Came.After(calendar.DateOf(a.Now)) {
			return ErrDay
		}
		return s.answer(ctx, a, id, "", o)
	})
	return told(err)
}

// ByLink shows what was sent to somebody outside who holds a link, until the last day. A link that never was is store.ErrNotFound.
func (s *Service) ByLink(ctx context.Context, link string) (Sight, error) {
	r, err := s.linked(ctx, s.DB, link)
	if err != nil {
		return Sight{}, err
	}
	v, _, err := s.sight(ctx, r)
	if err == nil && r.State == Sent && s.today().After(r.Due) {
		err = ErrLate
	}
	return v, err
}

func (s *Service) linked(ctx context.Context, q store.Queryer, link string) (Remiss, error) {
	var id string
	if err := q.QueryRow(ctx, `SELECT remiss_id FROM remiss_link WHERE hash = $1`, hashOf(link)).Scan(&id); err != nil {
		return Remiss{}, fmt.Errorf("looking for a link: %w", err)
	}
	return remissOf(ctx, q, id)
}

// AnswerByLink gives the opinion of somebody outside, once, until the last day.
func (s *Service) AnswerByLink(ctx context.Context, link string, o Opinion) error {
	r, err := s.linked(ctx, s.DB, link)
	if err != nil {
		return err
	}
	o.Channel, o.Came = ByPage, s.today()
	_, err = s.Cases.DoAlone(ctx, r.CaseID, "remiss.answered", func(ctx context.Context, a *cases.Act) error {
		r, err := s.linked(ctx, a.Tx, link) // as it is now that nobody else can change it
		if err != nil {
			return err
		}
		if r.State == Sent && calendar.DateOf(a.Now).After(r.Due) {
			return ErrLate
		}
		return s.answer(ctx, a, r.ID, "", o)
	})
	return told(err)
}

func told(err error) error {
	if err != nil {
		return fmt.Errorf("answering a remiss: %w", err)
	}
	return nil
}

// answer enters an opinion in the case: a handling that came in from outside the authority, or was drawn up within it.
func (s *Service) answer(ctx context.Context, a *cases.Act, id, by string, o Opinion) error {
	r, err := remissOf(ctx, a.Tx, id)
	switch o.Words = strings.TrimSpace(o.Words); {
	case err != nil:
		return err
	case r.CaseID != a.Case.ID:
		return store.ErrNotFound
	case r.State == Withdrawn:
		return ErrWithdrawn
	case r.State != Sent:
		return ErrOver
	case !slices.Contains(Stances(), o.Stance):
		return ErrStance
	case o.Words == "" && len(o.Files) == 0 && o.Stance == Comment:
		return cases.ErrEmpty
	}
	direction := cases.In
	if !r.Outside && !s.leaves(a.Case, r.To) {
		direction = cases.Internal
	}
	name := s.partyName(r.To, r.Name)
	a.Event.Kind, a.Event.Internal, a.Event.Body = EventAnswered, true, o.Words
	a.Event.Data = cases.EventData{Ref: id, From: name, To: string(o.Stance), Channel: channelOf(o.Channel), Day: o.Came}
	a.Handling = &cases.Handling{Direction: direction, Kind: string(EventAnswered), Party: name}
	var kept []File
	for _, f := range o.Files {
		f.Direction, f.Internal = direction, true
		a.Files = append(a.Files, f)
		kept = append(kept, File{Document: f.Document, Name: f.Name, MIME: f.Mime, Size: f.Size})
	}
	if err := addFiles(ctx, a.Tx, id, kept, true); err != nil {
		return err
	}
	return a.Tx.ExecOne(ctx, `UPDATE remiss SET state = 'answered', stance = $2, answer = $3, answered_by = $4, answered_on = $5, channel = $6, version = version + 1
		WHERE id = $1 AND state = 'sent'`, id, string(o.Stance), o.Words, by, o.Came.String(), string(o.Channel))
}

// channelOf is what the timeline calls the way an answer came.
func channelOf(c Channel) string {
	if c == ByPage {
		return "web"
	}
	return string(c)
}
