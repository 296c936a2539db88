package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// On says which case a command is for, and which version of it the officer saw. Version 0 is for what only adds to the case, and so
// cannot undo what someone else did.
type On struct {
	Case    string // ID
	Version int
}

// change is a command under way: the case as it is in the transaction, and what the command adds to it.
type change struct {
	tx  *store.Tx
	who access.Actor
	c   *Case
	// parties are those of the case, for the rules.
	parties []Party
	ct      *casetype.CaseType
	event   Event
	now     time.Time
	// handling, if set, is the row that the change gives the diarium.
	handling *Handling
	files    []Document
	closing  bool // a decision that closes the case
	more     any  // what another room has the journal keep
}

// apply runs one command: it loads the case, checks the version and the right, lets the command change the case, and writes timeline,
// diarium, case and journal together.
func (s *Service) apply(ctx context.Context, who access.Actor, on On, right access.Action, action string, command func(context.Context, *change) error) (*Case, error) {
	var out *Case
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, on.Case)
		if err != nil {
			return journal.Entry{}, err
		}
		list, err := parties(ctx, tx, c.ID)
		if err != nil {
			return journal.Entry{}, err
		}
		mandate, err := s.check(who, right, c, list)
		if err != nil {
			return journal.Entry{}, err
		}
		if on.Version != 0 && on.Version != c.Version {
			return journal.Entry{}, ErrStale
		}
		ct, err := s.typeOf(c)
		if err != nil {
			return journal.Entry{}, err
		}
		ch := &change{tx: tx, who: who, c: c, parties: list, ct: ct, now: s.now()}
		ch.event.Mandate = mandate
		if err := command(ctx, ch); err != nil {
			return journal.Entry{}, err
		}
		out = c
		entry, err := s.record(ctx, ch, action)
		if err == nil {
			err = rehearsed(ctx)
		}
		return entry, err
	})
	if errors.Is(err, store.ErrConflict) {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// record writes what a command did.
func (s *Service) record(ctx context.Context, ch *change, action string) (journal.Entry, error) {
	c := ch.c
	c.Events++
	c.ChangedAt = ch.now
	ch.event.N, ch.event.At, ch.event.Actor = c.Events, ch.now, ch.who.Person
	if ch.handling != nil {
		c.Handlings++
		h := ch.handling
		view := ch.ct.Registry.Public
		h.CaseID, h.N, h.Member, h.Number = c.ID, c.Handlings, c.Member, handlingNumber(c.Number, c.Handlings)
		if h.Registered, h.Event = ch.now, ch.event.N; h.At.IsZero() {
			h.At = ch.now
		}
		h.Party = recipient(ch, h)
		h.Public, h.HideParty, h.HideSubject, h.Secrecy, h.Subject = view.Enabled, view.HideParty, view.HideSubject, max(h.Secrecy, c.Secrecy), registerSubject(ch.ct, c)
	}
	if err := s.watch(ctx, ch.tx, c, ch.ct, ch.event); err != nil {
		return journal.Entry{}, err
	}
	if err := save(ctx, ch.tx, c); err != nil {
		return journal.Entry{}, err
	}
	if err := insertEvent(ctx, ch.tx, c.ID, ch.event); err != nil {
		return journal.Entry{}, err
	}
	if err := s.attach(ctx, ch); err != nil {
		return journal.Entry{}, err
	}
	if ch.handling != nil {
		if err := insertHandling(ctx, ch.tx, ch.handling); err != nil {
			return journal.Entry{}, err
		}
	}
	return journal.Entry{
		Actor: ch.who.Person, Mandate: ch.event.Mandate, Decision: ch.event.Data.Decision, Action: action, Object: journal.Ref{Kind: objectKind, ID: c.ID},
		Payload: changed{Number: c.Number, Event: ch.event.N, Kind: ch.event.Kind, Status: c.Status, Words: ch.event.Body, Data: ch.event.Data, Files: notes(ch.files), Closing: ch.closing, More: ch.more},
	}, nil
}

// attach adds the files of a change after those the case has.
func (s *Service) attach(ctx context.Context, ch *change) error {
	if len(ch.files) == 0 {
		return nil
	}
	var n int
	if err := ch.tx.QueryRow(ctx, `SELECT coalesce(max(n), 0) FROM case_document WHERE case_id = $1`, ch.c.ID).Scan(&n); err != nil {
		return fmt.Errorf("counting documents: %w", err)
	}
	for i, f := range ch.files {
		f.N, f.Event = n+i+1, ch.event.N
		if err := insertDocument(ctx, ch.tx, ch.c.ID, f); err != nil {
			return err
		}
	}
	return nil
}

// changed is what the journal keeps of a command, erasable with the case.
type changed struct {
	Number string     `json:"number"`
	Event  int        `json:"event"`
	Kind   EventKind  `json:"kind"`
	Status string     `json:"status"`
	Words  string     `json:"words,omitempty"`
	Data   EventData  `json:"data"`
	Files  []FileNote `json:"files,omitempty"`
	// Closing tells that a decision closed the case as well.
	Closing bool `json:"closing,omitempty"`
	More    any  `json:"more,omitempty"`
}

// Closing tells whether an entry says that a case was closed: by itself, or by the decision in it.
func Closing(e journal.Recorded) bool {
	if e.Action != ActionDecided || e.Payload == nil {
		return e.Action == ActionClosed
	}
	var said changed
	return json.Unmarshal(e.Payload, &said) == nil && said.Closing
}

// Claim takes an open case that nobody has, or takes it over.
func (s *Service) Claim(ctx context.Context, who access.Actor, on On) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseClaim, ActionClaimed, func(_ context.Context, ch *change) error {
		if !ch.c.Open {
			return ErrClosed
		}
		ch.event.Kind, ch.event.Internal, ch.event.Data = Claimed, true, EventData{From: ch.c.Assignee, To: who.Person}
		ch.c.Assignee = who.Person
		return nil
	})
}

// Release puts a case back for others to take.
func (s *Service) Release(ctx context.Context, who access.Actor, on On) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseClaim, ActionReleased, func(_ context.Context, ch *change) error {
		ch.event.Kind, ch.event.Internal, ch.event.Data = Released, true, EventData{From: ch.c.Assignee}
		ch.c.Assignee = ""
		return nil
	})
}

// Assign gives a case to someone who handles cases of its unit.
func (s *Service) Assign(ctx context.Context, who access.Actor, on On, person string) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseAssign, ActionAssigned, func(_ context.Context, ch *change) error {
		if !ch.c.Open {
			return ErrClosed
		}
		if !s.org.Holds(person, access.Officer, ch.c.Unit) {
			return ErrWho
		}
		ch.event.Kind, ch.event.Internal, ch.event.Data = Assigned, true, EventData{From: ch.c.Assignee, To: person}
		ch.c.Assignee = person
		return nil
	})
}

// HandOver moves a case to another unit of the same member, with a reason. Number and history stay.
func (s *Service) HandOver(ctx context.Context, who access.Actor, on On, unit, reason string) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseAssign, ActionHanded, func(_ context.Context, ch *change) error {
		to, ok := s.org.Unit(unit)
		if !ok || to.Member != ch.c.Member || to.Key == ch.c.Unit {
			return ErrNowhere
		}
		if reason = strings.TrimSpace(reason); reason == "" {
			return ErrNote
		}
		ch.event.Kind, ch.event.Internal, ch.event.Body, ch.event.Data = HandedOver, true, reason, EventData{From: ch.c.Unit, To: to.Key}
		ch.c.Unit, ch.c.Body, ch.c.Assignee = to.Key, to.Body, ""
		return nil
	})
}

// Message writes to the citizen. It is a handling that goes out.
func (s *Service) Message(ctx context.Context, who access.Actor, on On, text string, files []Document) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseMessage, ActionMessaged, func(_ context.Context, ch *change) error {
		if text = strings.TrimSpace(text); text == "" {
			return ErrEmpty
		}
		ch.event.Kind, ch.event.Body = MessageOut, text
		ch.handling = &Handling{Direction: Out, Kind: string(MessageOut)}
		ch.files = directed(files, Out, false)
		return nil
	})
}

// Note writes for the municipality's own eyes.
func (s *Service) Note(ctx context.Context, who access.Actor, on On, text string, files []Document) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseNote, ActionNoted, func(_ context.Context, ch *change) error {
		if text = strings.TrimSpace(text); text == "" && len(files) == 0 {
			return ErrEmpty
		}
		ch.event.Kind, ch.event.Internal, ch.event.Body = Note, true, text
		ch.files = directed(files, Internal, true)
		return nil
	})
}

func directed(files []Document, d Direction, internal bool) []Document {
	out := make([]Document, len(files))
	for i, f := range files {
		f.Direction, f.Internal = d, internal
		out[i] = f
	}
	return out
}

// Move changes the status as the case type allows. Moving to a status that means closed closes the case, and moving from one reopens it.
func (s *Service) Move(ctx context.Context, who access.Actor, on On, to, note string) (*Case, error) {
	right, action, kind := access.CaseStatus, ActionMoved, MovedTo
	c, err := load(ctx, s.db, on.Case)
	if err != nil {
		return nil, fmt.Errorf("changing status: %w", err)
	}
	ct, err := s.typeOf(c)
	if err != nil {
		return nil, err
	}
	if st := ct.Status(to); st != nil && st.Content == casetype.Closed {
		right, action, kind = access.CaseClose, ActionClosed, Closed
	} else if !c.Open {
		right, action, kind = access.CaseReopen, ActionReopened, Reopened
	}
	if on.Version == 0 {
		on.Version = c.Version
	}
	return s.apply(ctx, who, on, right, action, func(ctx context.Context, ch *change) error {
		if err := s.allowed(ctx, ch, to, note); err != nil {
			return err
		}
		if kind == Reopened && strings.TrimSpace(note) == "" { // whatever the case type asks for: who reads it later must know why
			return ErrNote
		}
		ch.event.Kind, ch.event.Body, ch.event.Data = kind, strings.TrimSpace(note), EventData{From: ch.c.Status, To: to}
		s.moveTo(ch, ch.ct.Status(to))
		return nil
	})
}

// allowed asks the case type whether the move may be made, by whom, and with what.
func (s *Service) allowed(ctx context.Context, ch *change, to, note string) error {
	move := ch.ct.Move(ch.c.Status, to)
	if move == nil || !move.AllowedFor(roles(ch.who)) {
		return ErrMove
	}
	if move.Needs(casetype.NeedNote) && strings.TrimSpace(note) == "" {
		return ErrNote
	}
	if move.Needs(casetype.NeedDecision) {
		made, err := decisionsOf(ctx, ch.tx, ch.c.ID)
		if err != nil {
			return fmt.Errorf("looking for a decision: %w", err)
		}
		// Other rooms decide in the case too (an appeal that came late, a refusal under FL 12 §): that is not to decide the case.
		if !slices.ContainsFunc(made, func(d Decision) bool { return ch.ct.Decision(d.Key) != nil }) {
			return ErrDecision
		}
	}
	return s.pass(ctx, ch, move.Demand(ch.c.Status))
}

// roles are those of the actor's mandates.
func roles(who access.Actor) []string {
	out := make([]string, len(who.Mandates))
	for i, m := range who.Mandates {
		out[i] = m.Role
	}
	return out
}

// moveTo changes the status. A case that is opened again has the time it had left: the days it was closed do not count, and where that
// ends on a day off the next working day is its day.
func (s *Service) moveTo(ch *change, st *casetype.Status) {
	if !ch.c.Open && st.Content != casetype.Closed && !ch.c.ClosedAt.IsZero() && !ch.c.Due.IsZero() {
		closed := calendar.DateOf(ch.c.ClosedAt).DaysUntil(calendar.DateOf(ch.now))
		if ch.c.Due = ch.c.Due.AddDays(closed); closed > 0 && !s.days.IsBusinessDay(ch.c.Due) {
			ch.c.Due = s.days.AddBusinessDays(ch.c.Due, 1)
		}
	}
	ch.c.Status, ch.c.Content, ch.c.Open = st.Key, st.Content, st.Content != casetype.Closed
	ch.c.ClosedAt = time.Time{}
	if !ch.c.Open {
		ch.c.ClosedAt = ch.now
	}
}

// Ruling is a decision as an officer words it.
type Ruling struct {
	Key  string // decision of the case type
	Text string // the decision and its reasons, as the citizen reads it
	// Approved is what was put to those who approve a decision, "" when that is Text.
	Approved string
	// To is the status that follows, "" to stay.
	To string
	// Beslut is the body's decision, needed when the case type does not delegate it.
	Beslut string
	// With adds to the decision, in its transaction, what another room keeps of it: its document, whom to serve it on; nil for nothing.
	With func(ctx context.Context, a *Act, d *Decision) error
}

// Decide makes a decision that the case type has, under the delegation it names or on the body's own decision. It is a handling that
// goes out. A decision that closes the case asks for the right to close it too, and is one entry that says both.
func (s *Service) Decide(ctx context.Context, who access.Actor, on On, r Ruling) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseDecide, ActionDecided, func(ctx context.Context, ch *change) error {
		kind := ch.ct.Decision(r.Key)
		if kind == nil {
			return ErrDecision
		}
		if !ch.c.Open {
			return ErrClosed
		}
		if r.Text = strings.TrimSpace(r.Text); r.Text == "" {
			return ErrEmpty
		}
		if kind.Needs(casetype.NeedLaw) && !citesLaw(r.Text, calendar.DateOf(ch.now)) {
			return ErrLaw
		}
		d := Decision{ID: store.NewID(), Key: kind.Key, Outcome: kind.Outcome, Result: kind.Result, Text: r.Text, DecidedBy: who.Person, Mandate: ch.event.Mandate, At: ch.now}
		if kind.Delegation != nil {
			if !s.org.Holds(who.Person, kind.Delegation.Role, ch.c.Unit) {
				return fmt.Errorf("%w: delegation %s is for %s", ErrDecision, kind.Delegation.Ref, kind.Delegation.Role)
			}
			d.Delegation = kind.Delegation.Ref
		} else if err := s.org.BodyDecided(ctx, r.Beslut, ch.c.Member, ch.c.Body); err != nil {
			return fmt.Errorf("%w: %w", ErrDecision, err)
		}
		if err := s.pass(ctx, ch, kind.Demand(ch.c.Status, cmp.Or(r.Approved, r.Text))); err != nil {
			return err
		}
		if err := insertDecision(ctx, ch.tx, ch.c.ID, d); err != nil {
			return err
		}
		from := ch.c.Status
		if r.To != "" && r.To != from {
			if err := s.allowed(ctx, ch, r.To, r.Text); err != nil {
				return err
			}
			s.moveTo(ch, ch.ct.Status(r.To))
			if ch.closing = !ch.c.Open; ch.closing {
				if _, err := s.check(who, access.CaseClose, ch.c, ch.parties); err != nil {
					return err
				}
			}
		}
		ch.event.Kind, ch.event.Body, ch.event.Data = Decided, r.Text, EventData{From: from, To: ch.c.Status, Decision: d.ID}
		ch.handling = &Handling{Direction: Out, Kind: string(Decided)}
		if r.With == nil {
			return nil
		}
		a := &Act{Tx: ch.tx, Case: ch.c, Type: ch.ct, Parties: ch.parties, Mandate: ch.event.Mandate, Now: ch.now, Event: ch.event, Handling: ch.handling, ch: ch, svc: s}
		if err := r.With(ctx, a, &d); err != nil {
			return err
		}
		ch.event, ch.files, ch.more = a.Event, a.Files, a.More
		return nil
	})
}

// citesLaw tells whether a text cites a provision of a statute that can be told, as names are understood on the day.
func citesLaw(text string, on calendar.Date) bool {
	return slices.ContainsFunc(statute.Standard().Find(text, on), statute.Citation.Provision)
}

func insertDecision(ctx context.Context, tx *store.Tx, caseID string, d Decision) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_decision (id, case_id, key, outcome, result, text, delegation, decided_by, mandate, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.ID, caseID, d.Key, string(d.Outcome), d.Result, d.Text, d.Delegation, d.DecidedBy, d.Mandate, store.Micros(d.At))
	if err != nil {
		return fmt.Errorf("storing the decision: %w", err)
	}
	return nil
}

// Facts are what an officer may put right in a case. The answers as they came in stay as they are.
type Facts struct {
	Subject string
	Address string
	Due     calendar.Date
}

// Edit puts facts right. It needs the version the officer saw: when someone else was faster it gives ErrStale, and the page lets the
// officer see both and choose.
func (s *Service) Edit(ctx context.Context, who access.Actor, on On, f Facts) (*Case, error) {
	if on.Version == 0 {
		return nil, fmt.Errorf("editing a case: %w", ErrStale)
	}
	return s.apply(ctx, who, on, access.CaseStatus, ActionEdited, func(_ context.Context, ch *change) error {
		f.Subject, f.Address = strings.TrimSpace(f.Subject), strings.TrimSpace(f.Address)
		if f.Subject == "" {
			return ErrEmpty
		}
		f.Subject = screen(f.Subject, calendar.DateOf(ch.now))
		if f.Due.IsZero() {
			f.Due = ch.c.Due
		}
		if f.Subject == ch.c.Subject && f.Address == ch.c.Place.Address && f.Due == ch.c.Due {
			return ErrEmpty
		}
		ch.event.Kind, ch.event.Internal, ch.event.Data = Edited, true, EventData{From: ch.c.Subject, To: f.Subject}
		ch.c.Subject, ch.c.Place.Address, ch.c.Due = f.Subject, f.Address, f.Due
		return nil
	})
}
