package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Act is a command of another room of casework under way: a case in a transaction, and what the command adds to it. The room writes its
// own tables with Tx and fills in Event, which every act has; the case, its timeline, its row in the diarium and the one journal entry
// are then written together.
type Act struct {
	Tx *store.Tx
	// Case may be changed in what is nobody else's to keep: Due, Assignee, Unit, Body, Subject. For a status there is MoveTo.
	Case    *Case
	Type    *casetype.CaseType
	Parties []Party
	Mandate string    // under which it is done, "" for a citizen and for the program
	Now     time.Time // UTC
	Event   Event     // Kind, Internal, Body and Data are the room's
	// Handling is the row that the act gives the diarium: Direction, Kind, Party and Secrecy are the room's; nil for none.
	Handling *Handling
	Files    []Document // stored in the vault, with Direction and Internal set
	// More is kept in the journal beside the row of the timeline. It is erased with the case.
	More any

	ch  *change
	svc *Service
}

// ErrNothing ends an act that has nothing to do: nothing is written, and the command gives no error.
var ErrNothing = errors.New("nothing to do")

// MoveTo changes the status to one of the case type's. It asks nobody whether that may be done; Allowed does.
func (a *Act) MoveTo(status string) error {
	st := a.Type.Status(status)
	if st == nil {
		return fmt.Errorf("%w: there is no status %s", ErrMove, status)
	}
	a.svc.moveTo(a.ch, st)
	return nil
}

// Other reads another case in the same transaction, if the one who acts may do something to it; the error is that of Service.May.
func (a *Act) Other(ctx context.Context, id string, right access.Action) (*Case, []Party, error) {
	return a.svc.mayDo(ctx, a.Tx, a.ch.who, right, id)
}

// Allowed asks the case type whether the one who acts may change the status, with these words.
func (a *Act) Allowed(ctx context.Context, status, note string) error {
	return a.svc.allowed(ctx, a.ch, status, note)
}

// Mark gives the case and its rows in the diarium a degree of secrecy.
func (a *Act) Mark(ctx context.Context, degree Secrecy) error { return a.ch.mark(ctx, degree) }

// May asks whether the one who acts may do something more to the case than what the act is for.
func (a *Act) May(right access.Action) error {
	_, err := a.svc.check(a.ch.who, right, a.Case, a.Parties)
	return err
}

// Documents are the files of the case as they are before the act.
func (a *Act) Documents(ctx context.Context) ([]Document, error) {
	return documentsOf(ctx, a.Tx, a.Case.ID, true)
}

// Consulted is the role of somebody whose opinion was asked for (remiss, FL 26 §).
const Consulted = "consulted"

// AddParty adds somebody whom the case concerns.
func (a *Act) AddParty(ctx context.Context, p Party) error {
	var n int
	if err := a.Tx.QueryRow(ctx, `SELECT coalesce(max(n), 0) FROM case_party WHERE case_id = $1`, a.Case.ID).Scan(&n); err != nil {
		return fmt.Errorf("counting parties: %w", err)
	}
	return insertParty(ctx, a.Tx, a.Case.ID, n+1, p)
}

// Decide adds a decision to the case; its ID is in d afterwards, and in the event. Who may make it, the room has asked.
func (a *Act) Decide(ctx context.Context, d *Decision) error {
	d.ID, d.DecidedBy, d.Mandate, d.At = store.NewID(), a.ch.who.Person, a.Mandate, a.Now
	a.Event.Data.Decision = d.ID
	return insertDecision(ctx, a.Tx, a.Case.ID, *d)
}

// Do runs an act of an official: action is what the journal calls it.
func (s *Service) Do(ctx context.Context, who access.Actor, on On, right access.Action, action string, do func(context.Context, *Act) error) (*Case, error) {
	c, err := s.apply(ctx, who, on, right, action, func(ctx context.Context, ch *change) error { return s.act(ctx, ch, do) })
	if errors.Is(err, ErrNothing) {
		return s.Case(ctx, on.Case)
	}
	return c, err
}

// DoAlone runs an act of the program itself: a clock that ran out, a rule of the case type.
func (s *Service) DoAlone(ctx context.Context, id, action string, do func(context.Context, *Act) error) (*Case, error) {
	return s.doAs(ctx, access.Actor{Person: journal.System}, id, action, func(*Case, []Party) error { return nil }, do)
}

// DoAs runs an act of the one whom the case concerns. What they may not see is store.ErrNotFound.
func (s *Service) DoAs(ctx context.Context, who Citizen, id, action string, do func(context.Context, *Act) error) (*Case, error) {
	may := func(c *Case, list []Party) error {
		if s.may(who, access.CaseMessage, c, list) != nil {
			return store.ErrNotFound
		}
		return nil
	}
	return s.doAs(ctx, access.Actor{Person: who.Person, Citizen: true}, id, action, may, func(ctx context.Context, a *Act) error {
		if who.follows(a.Case, a.Parties) {
			a.Event.Data.Acting = &who.Acting
		}
		return do(ctx, a)
	})
}

// DoAsked runs an act of an official to whom another room has sent a part of the case, whether or not they may see the rest. may gives the
// mandate they act under, or the refusal.
func (s *Service) DoAsked(ctx context.Context, who access.Actor, id, action string, may func(*Case, []Party) (mandate string, err error), do func(context.Context, *Act) error) (*Case, error) {
	var mandate string
	ask := func(c *Case, list []Party) (err error) {
		mandate, err = may(c, list)
		return err
	}
	return s.doAs(ctx, who, id, action, ask, func(ctx context.Context, a *Act) error {
		a.Mandate, a.Event.Mandate = mandate, mandate
		return do(ctx, a)
	})
}

func (s *Service) doAs(ctx context.Context, who access.Actor, id, action string, may func(*Case, []Party) error, do func(context.Context, *Act) error) (*Case, error) {
	var out *Case
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		out = c
		list, err := parties(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if err := may(c, list); err != nil {
			return journal.Entry{}, err
		}
		ct, err := s.typeOf(c)
		if err != nil {
			return journal.Entry{}, err
		}
		ch := &change{tx: tx, who: who, c: c, parties: list, ct: ct, now: s.now()}
		if err := s.act(ctx, ch, do); err != nil {
			return journal.Entry{}, err
		}
		return s.record(ctx, ch, action)
	})
	if errors.Is(err, ErrNothing) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// act lets a room do its part of a command.
func (s *Service) act(ctx context.Context, ch *change, do func(context.Context, *Act) error) error {
	a := &Act{Tx: ch.tx, Case: ch.c, Type: ch.ct, Parties: ch.parties, Mandate: ch.event.Mandate, Now: ch.now, Event: ch.event, ch: ch, svc: s}
	if err := do(ctx, a); err != nil {
		return err
	}
	if a.Event.Kind == "" {
		return fmt.Errorf("an act says in the timeline what it did: %w", ErrEmpty)
	}
	ch.event, ch.handling, ch.files, ch.more = a.Event, a.Handling, a.Files, a.More
	return nil
}

// May tells whether an official may do something to a case, and gives the case, its parties and the mandate that allows it. It shows
// nothing and leaves no trace: a page that shows the case asks View. What may not even be known of is store.ErrNotFound as well.
func (s *Service) May(ctx context.Context, who access.Actor, right access.Action, id string) (c *Case, list []Party, mandate string, err error) {
	if c, list, err = s.mayDo(ctx, s.db, who, right, id); err != nil {
		return nil, nil, "", err
	}
	mandate, err = s.check(who, right, c, list)
	return c, list, mandate, err
}

// Parties reads those whom a case concerns, for the program itself: the views check who asks.
func (s *Service) Parties(ctx context.Context, id string) ([]Party, error) {
	return parties(ctx, s.db, id)
}

// mayDo reads a case if somebody may do something to it.
func (s *Service) mayDo(ctx context.Context, q store.Queryer, who access.Actor, right access.Action, id string) (c *Case, list []Party, err error) {
	if !store.ValidID(id) {
		return nil, nil, store.ErrNotFound
	}
	if c, err = load(ctx, q, id); err != nil {
		return nil, nil, fmt.Errorf("asking for a case: %w", err)
	}
	if list, err = parties(ctx, q, id); err != nil {
		return nil, nil, fmt.Errorf("asking for a case: %w", err)
	}
	if _, err = s.check(who, access.CaseRead, c, list); err != nil {
		return nil, nil, fmt.Errorf("asking for a case: %w: %w", store.ErrNotFound, err)
	}
	if _, err = s.check(who, right, c, list); err != nil {
		return nil, nil, fmt.Errorf("asking for a case: %w", err)
	}
	return c, list, nil
}
