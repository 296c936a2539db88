package cases

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Submission is a matter that someone hands in, already accepted by its case type.
type Submission struct {
	// Key makes sending twice harmless: the same key gives the same case. It is a UUIDv7 that only the sender knows.
	Key     string
	Type    *casetype.CaseType
	Answers casetype.Clean
	Files   []Document // stored files; N, Event and Direction are set here
	Channel string     // "web", "phone", …
	Lang    i18n.Lang
	// Person is the signed-in citizen, or "". Name, Email and Phone of the one to reach come from the answers.
	Person string
	// Protected makes the case secret from the start. It need not be set for a Person whom the organisation knows to be protected.
	Protected bool
	// By is the officer who took it in for the citizen, with the mandate used; empty on self-service.
	By      string
	Mandate string
	// Parties are the others that the matter concerns. One whose Person is known follows it as the one who handed it in does.
	Parties []Party
	// Signatures say who signed before it was handed in, and who was asked and did not.
	Signatures []Signature
	// Acting is in whose name Person hands it in; the zero value is their own.
	Acting Acting
	// Payments are the fees that were paid for it.
	Payments []Payment
	// Limit is how many the municipality takes in; the zero value is any number.
	Limit Limit
	// ReceivedAt is when it came in, if that was before now: the spool alone sets it, for what waited until the database could take it.
	ReceivedAt time.Time
	// Of is set for a case that is made of another one.
	Of *Origin
}

// Origin is what a case has from the case that it is made of, when an official splits one or moves a matter to another case type, and
// when somebody hands in again what was not put right. It came in when the other one did, if Submission.ReceivedAt says so.
type Origin struct {
	Secrecy Secrecy // it is at least as secret
	Parties []Party // in the place of those that the answers name, the initiator first
	Notes   []Event // for the municipality's own eyes: what was taken along, what is missing
	// With writes what another room has to write with the new case, whose number is known then.
	With func(ctx context.Context, tx *store.Tx, c *Case) error
}

// Accepted is what the sender gets back.
type Accepted struct {
	CaseID string
	Number string
	Code   string // follow code
	Entry  string // journal entry, for the receipt
	At     time.Time
	Due    calendar.Date
	Again  bool // it had been handed in before
}

// CaseSubmitted is what the journal keeps of a submission, and what a receipt proves.
type CaseSubmitted struct {
	Number   string         `json:"number"`
	Type     string         `json:"type"`
	Version  int            `json:"version"`
	Channel  string         `json:"channel"`
	Received time.Time      `json:"received"`
	Status   string         `json:"status"`
	Answers  casetype.Clean `json:"answers"`
	Files    []FileNote     `json:"files,omitempty"`

	Signatures []Signature `json:"signatures,omitempty"`
	Payments   []Payment   `json:"payments,omitempty"`
	Acting     *Acting     `json:"acting,omitempty"`

	// Spooled is when it was put in the spool, if the database could not take it when it came. The time of the entry is when it did.
	Spooled time.Time `json:"spooled,omitzero"`
}

// Journal actions of a case.
const (
	ActionSubmitted = "case.submitted"
	ActionMessaged  = "case.messaged"
	ActionReplied   = "case.replied"
	ActionNoted     = "case.noted"
	ActionClaimed   = "case.claimed"
	ActionReleased  = "case.released"
	ActionAssigned  = "case.assigned"
	ActionHanded    = "case.handed_over"
	ActionMoved     = "case.moved"
	ActionDecided   = "case.decided"
	ActionClosed    = "case.closed"
	ActionReopened  = "case.reopened"
	ActionEdited    = "case.edited"
	ActionMarked    = "case.secrecy_marked"
	ActionRead      = "case.secret_read"
	ActionUnreached = "case.unreached"
	ActionProtected = "case.protected"
	ActionPrinted   = "case.printed"
)

// objectKind is the kind of a case in the journal.
const objectKind = "case"

// Submit takes in a matter: case, party, timeline, diarium and journal in one durable transaction. Sending the same key again gives
// the same answer with Again set. Anyone may submit; the case type says what is asked of them.
func (s *Service) Submit(ctx context.Context, in Submission) (Accepted, error) {
	key, err := uuid.Parse(in.Key)
	if err != nil || key.Version() != 7 {
		return Accepted{}, fmt.Errorf("submitting a case: %w", ErrKey)
	}
	for _, person := range in.persons() {
		if in.Protected {
			break
		}
		if in.Protected, err = s.org.Protected(ctx, person); err != nil {
			return Accepted{}, fmt.Errorf("submitting a case: asking for protected data: %w", err)
		}
	}
	c, err := s.newCase(in, s.secrets.caseID(key))
	if err != nil {
		return Accepted{}, fmt.Errorf("submitting a case: %w", err)
	}
	entry, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		return s.insert(ctx, tx, c, in)
	})
	if errors.Is(err, store.ErrConflict) || errors.Is(err, ErrFull) || errors.Is(err, ErrOften) {
		if before, err := s.again(ctx, c.ID); err == nil {
			return before, nil
		}
	}
	if err != nil {
		return Accepted{}, fmt.Errorf("submitting a case: %w", err)
	}
	return Accepted{CaseID: c.ID, Number: c.Number, Code: s.secrets.FollowCode(c.ID), Entry: entry.ID, At: c.ReceivedAt, Due: c.Due}, nil
}

// again is the answer to a submission that was made before.
func (s *Service) again(ctx context.Context, id string) (Accepted, error) {
	c, err := load(ctx, s.db, id)
	if err != nil {
		return Accepted{}, err
	}
	return Accepted{CaseID: c.ID, Number: c.Number, Code: s.secrets.FollowCode(c.ID), Entry: c.Entry, At: c.ReceivedAt, Due: c.Due, Again: true}, nil
}

// newCase is the case as it will stand, all but its number.
func (s *Service) newCase(in Submission, id string) (*Case, error) {
	unit, addressee, err := s.route(in.Type, in.Answers)
	if err != nil {
		return nil, err
	}
	now := s.now()
	received := now
	if in.waited(now) {
		received = in.ReceivedAt.UTC().Truncate(time.Microsecond)
	}
	first := in.Type.Initial()
	c := &Case{
		ID: id, Member: unit.Member, Body: unit.Body, Unit: unit.Key, TypeID: in.Type.ID, TypeVersion: in.Type.Version,
		Status: first.Key, Content: first.Content, Open: true, Channel: in.Channel, Lang: in.Lang, Protected: in.Protected,
		Subject: screen(in.Type.Subject(in.Answers, i18n.SV), calendar.DateOf(received)), Addressee: addressee, Answers: in.Answers,
		ReceivedAt: received, ChangedAt: now, Due: s.due(received, in.Type), Events: 1, Handlings: 1, Version: 1,
		Place: placeOf(in.Type, in.Answers),
	}
	if in.Type.Secrecy.Default == casetype.Presumed || in.Protected {
		c.Secrecy = Secret
	}
	if in.Of != nil {
		c.Secrecy = max(c.Secrecy, in.Of.Secrecy)
		c.Events += len(in.Of.Notes)
	}
	return c, nil
}

// waited tells whether it came in before now and was kept in the spool.
func (in Submission) waited(now time.Time) bool {
	return !in.ReceivedAt.IsZero() && in.ReceivedAt.Before(now)
}

// DueOf is the day on which a matter of a type should be done that came in at an instant.
func (s *Service) DueOf(received time.Time, ct *casetype.CaseType) calendar.Date {
	return s.due(received, ct)
}

func (s *Service) due(from time.Time, ct *casetype.CaseType) calendar.Date {
	return s.days.Due(from, ct.Deadlines.Target)
}

// insert writes a new case in the transaction of its submission.
func (s *Service) insert(ctx context.Context, tx *store.Tx, c *Case, in Submission) (journal.Entry, error) {
	err := s.within(ctx, tx, c, in)
	if err != nil {
		return journal.Entry{}, err
	}
	if c.Number, err = s.nextNumber(ctx, tx, c, in.Type); err != nil {
		return journal.Entry{}, err
	}
	c.Entry = store.NewID()
	if err := s.watch(ctx, tx, c, in.Type, Event{N: 1, At: c.ReceivedAt, Kind: Submitted}); err != nil {
		return journal.Entry{}, err
	}
	if err := insertCase(ctx, tx, c); err != nil {
		return journal.Entry{}, err
	}
	list := append(in.represented(partyOf(in)), others(in)...)
	if in.Of != nil && len(in.Of.Parties) > 0 {
		list = in.Of.Parties
	}
	party := list[0]
	for i, p := range list {
		if err := insertParty(ctx, tx, c.ID, i+1, p); err != nil {
			return journal.Entry{}, err
		}
	}
	event := Event{N: 1, At: c.ReceivedAt, Kind: Submitted, Actor: first(in.By, in.Person), Mandate: in.Mandate, Data: EventData{Channel: in.Channel, Signatures: in.Signatures, Payments: in.Payments}}
	if in.Acting.Other() {
		event.Data.Acting = &in.Acting
	}
	if err := insertEvent(ctx, tx, c.ID, event); err != nil {
		return journal.Entry{}, err
	}
	said := CaseSubmitted{Number: c.Number, Type: c.TypeID, Version: c.TypeVersion, Channel: c.Channel, Received: c.ReceivedAt, Status: c.Status, Answers: c.Answers, Files: notes(in.Files),
		Signatures: in.Signatures, Payments: in.Payments, Acting: event.Data.Acting}
	if !in.ReceivedAt.IsZero() && in.Of == nil {
		said.Spooled = c.ReceivedAt
	}
	for i, f := range in.Files {
		if f.N, f.Event = i+1, 1; in.Of == nil {
			f.Direction = In
		}
		if err := insertDocument(ctx, tx, c.ID, f); err != nil {
			return journal.Entry{}, err
		}
	}
	view := in.Type.Registry.Public
	row := Handling{
		CaseID: c.ID, N: 1, Member: c.Member, Number: handlingNumber(c.Number, 1), At: c.ReceivedAt, Direction: In, Kind: c.TypeID,
		Party: screen(party.Name, calendar.DateOf(c.ReceivedAt)), Subject: registerSubject(in.Type, c), Public: view.Enabled, HideParty: view.HideParty, HideSubject: view.HideSubject, Secrecy: c.Secrecy,
		Registered: c.ChangedAt, Event: 1,
	}
	if err := insertHandling(ctx, tx, &row); err != nil {
		return journal.Entry{}, err
	}
	if c.Secrecy > Open && in.Type.Secrecy.Default == casetype.Presumed {
		if err := s.presume(ctx, tx, c, ProvisionOf(in.Type.Secrecy.Provisions[0]), journal.System); err != nil {
			return journal.Entry{}, err
		}
	}
	if err := in.Of.write(ctx, tx, c, event); err != nil {
		return journal.Entry{}, err
	}
	return journal.Entry{
		ID: c.Entry, Actor: event.Actor, Mandate: in.Mandate, Action: ActionSubmitted, Object: journal.Ref{Kind: objectKind, ID: c.ID}, Payload: said,
	}, nil
}

// write adds what a case has from the one that it is made of.
func (o *Origin) write(ctx context.Context, tx *store.Tx, c *Case, submitted Event) error {
	if o == nil {
		return nil
	}
	for i, e := range o.Notes {
		e.N, e.At, e.Internal, e.Actor, e.Mandate = i+2, c.ChangedAt, true, submitted.Actor, submitted.Mandate
		if err := insertEvent(ctx, tx, c.ID, e); err != nil {
			return err
		}
	}
	if o.With == nil {
		return nil
	}
	return o.With(ctx, tx, c)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// registerSubject is the case's subject as the diarium shows it: a place in the sender's own words is left out, since nobody has read
// whether it names somebody. What an officer has worded is shown as it is.
func registerSubject(ct *casetype.CaseType, c *Case) string {
	day := calendar.DateOf(c.ReceivedAt)
	if c.Subject != screen(ct.Subject(c.Answers, i18n.SV), day) {
		return c.Subject
	}
	known := make(casetype.Clean, len(c.Answers))
	for name, values := range c.Answers {
		if !strings.HasSuffix(name, casetype.PartText) {
			known[name] = values
		}
	}
	return screen(ct.Subject(known, i18n.SV), day)
}

// partyOf is the one who handed in the matter, with the ways to reach them that they gave.
func partyOf(in Submission) Party {
	p := Party{Role: Initiator, Person: in.Person}
	for _, who := range in.Type.PartiesOf(in.Answers) {
		if who.Rule.Role == casetype.RoleInitiator {
			p.Name, p.Email, p.Phone = who.Name, who.Email, who.Phone
			return p
		}
	}
	for q := range questions(in.Type, casetype.TypePerson) {
		if who, ok := in.Answers.Person(q.Key); ok {
			p.Name, p.Email, p.Phone = who.Name, who.Email, who.Phone
			break
		}
	}
	return p
}

// placeOf is the first place in the answers.
func placeOf(ct *casetype.CaseType, answers casetype.Clean) Place {
	for q := range questions(ct, casetype.TypePlace) {
		if p, ok := answers.Place(q.Key); ok {
			return newPlace(p)
		}
	}
	return Place{}
}

// questions are the questions of one type, in the order of the form.
func questions(ct *casetype.CaseType, kind casetype.QuestionType) iter.Seq[*casetype.Question] {
	return func(yield func(*casetype.Question) bool) {
		for i := range ct.Form.Steps {
			for j := range ct.Form.Steps[i].Questions {
				if q := &ct.Form.Steps[i].Questions[j]; q.Type == kind && !yield(q) {
					return
				}
			}
		}
	}
}
