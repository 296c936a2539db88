package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Errors that a caller decides on.
var (
	// ErrKey means that a submission has no proper key.
	ErrKey = errors.New("the submission key is not a UUIDv7")
	// ErrNowhere means that no unit takes the matter: the pack and the organisation do not agree.
	ErrNowhere = errors.New("no unit takes this matter")
	// ErrStale means that someone changed the case after the caller saw it. The caller shows what happened and asks again.
	ErrStale = errors.New("the case has been changed since you opened it")
	// ErrMove means that the case type does not allow the change of status.
	ErrMove = errors.New("the case type does not allow this change of status")
	// ErrNote means that the change needs a few words of reason.
	ErrNote = errors.New("a reason is needed")
	// ErrDecision means that the change needs a decision, or a decision that the case type has.
	ErrDecision = errors.New("a decision is needed")
	// ErrClosed means that the case is closed; reopen it first.
	ErrClosed = errors.New("the case is closed")
	// ErrLaw means that the case type wants a provision cited in the decision, and its words cite none (S8-B-1; FL 32 §: reasons say which provisions have been applied).
	ErrLaw = errors.New("the decision cites no provision")
	// ErrEmpty means that there is nothing to say or change.
	ErrEmpty = errors.New("nothing was written")
	// ErrWho means that the person to assign to does not work in the case's unit.
	ErrWho = errors.New("this person cannot take the case")
)

// Types finds case types. A case pins the version it was handed in under.
type Types interface {
	Version(id string, version int) (*casetype.CaseType, bool)
}

// Unit is what casework needs to know of a unit.
type Unit struct {
	Key    string
	Member string
	Body   string
	Name   i18n.Text
}

// Organisation is what casework asks of the organisation; app hands it over.
type Organisation interface {
	// Unit finds a unit by key.
	Unit(key string) (Unit, bool)
	// Recipient finds who takes a matter to a body, unit or person: the unit that handles it, and the person if it is one.
	Recipient(r casetype.Recipient) (unit Unit, person string, ok bool)
	// Series is the number series of a member's body that has the name, "" for its first.
	Series(member, body, named string) casetype.Series
	// BodyDecided tells whether the decision (beslut) with this ID was made by the member's body; the error says why it does not hold.
	BodyDecided(ctx context.Context, decision, member, body string) error
	// Holds tells whether a person holds a mandate for the role today that reaches the unit.
	Holds(person, role, unit string) bool
	// Protected tells whether a person has protected personal data (skyddade personuppgifter).
	Protected(ctx context.Context, person string) (bool, error)
}

// Service is the use cases of casework.
type Service struct {
	db      *store.DB
	log     *journal.Log
	clock   calendar.Clock
	days    *calendar.Calendar
	types   Types
	org     Organisation
	secrets Secrets
	gate    Gate
	watcher Watcher
}

// Config is what a Service stands on. All fields are required unless said.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Clock        calendar.Clock
	Days         *calendar.Calendar
	Types        Types
	Organisation Organisation
	Secrets      Secrets
	Gate         Gate    // nil: what case types ask for beside note and decision is not asked
	Watcher      Watcher // nil: the day of a case is as it was handed in or put right
}

// New gives a service.
func New(c Config) *Service {
	return &Service{db: c.DB, log: c.Journal, clock: c.Clock, days: c.Days, types: c.Types, org: c.Organisation, secrets: c.Secrets, gate: c.Gate, watcher: c.Watcher}
}

// now is the clock's instant as it is stored.
func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// today is the date in Stockholm.
func (s *Service) today() string { return calendar.DateOf(s.clock.Now()).String() }

// route finds the unit that takes a matter, and the person it is addressed to if it is to one.
func (s *Service) route(ct *casetype.CaseType, answers casetype.Clean) (Unit, string, error) {
	to := ct.Route(answers)
	if to.Unit != "" {
		if unit, ok := s.org.Unit(to.Unit); ok {
			return unit, "", nil
		}
		return Unit{}, "", fmt.Errorf("%w: unit %s of case type %s is unknown", ErrNowhere, to.Unit, ct.ID)
	}
	if unit, person, ok := s.org.Recipient(to.Recipient); ok {
		return unit, person, nil
	}
	return Unit{}, "", fmt.Errorf("%w: recipient %s of case type %s is unknown", ErrNowhere, to.Recipient, ct.ID)
}

// typeOf is the version of the case type that the case was handed in under.
func (s *Service) typeOf(c *Case) (*casetype.CaseType, error) {
	ct, ok := s.types.Version(c.TypeID, c.TypeVersion)
	if !ok {
		return nil, fmt.Errorf("case type %s version %d is not loaded", c.TypeID, c.TypeVersion)
	}
	return ct, nil
}

// check asks the rule table, and gives the mandate that allows the action, or the refusal as an error.
func (s *Service) check(who access.Actor, action access.Action, c *Case, list []Party) (mandate string, err error) {
	d := access.Check(who, action, object(c, list))
	return d.Mandate, d.Err()
}

// object is the case as the rules see it.
func object(c *Case, list []Party) access.Object {
	o := access.Object{
		Kind: objectKind, ID: c.ID, Member: c.Member, Body: c.Body, Unit: c.Unit, Scope: c.TypeID, Assignee: c.Assignee, Addressee: c.Addressee,
		Secrecy: access.Secrecy(c.Secrecy), Protected: c.Protected,
	}
	for _, p := range list {
		if p.Person != "" {
			o.Parties = append(o.Parties, p.Person)
		}
	}
	return o
}

// noted journals the reading of what is marked or secret (P-S).
func (s *Service) noted(ctx context.Context, who access.Actor, mandate string, c *Case, list []Party) error {
	if !access.RequiresTrace(object(c, list)) {
		return nil
	}
	_, err := s.log.Note(ctx, journal.Entry{Actor: who.Person, Mandate: mandate, Action: ActionRead, Object: journal.Ref{Kind: objectKind, ID: c.ID}})
	if err != nil {
		return fmt.Errorf("journalling that the case was read: %w", err)
	}
	return nil
}
