package represent

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations make the table of powers of attorney.
//
//go:embed migrations
var Migrations embed.FS

// Bounds of a power of attorney. One without an end is forgotten, so none is given for longer than MaxYears.
const (
	MaxYears   = 3
	maxName    = 200
	maxOfGiver = 50 // in force at once
)

// What a caller decides on. The words are for people: see the texts of the pages.
var (
	ErrNumber  = errors.New("not a personnummer")
	ErrSelf    = errors.New("a power of attorney to oneself")
	ErrPeriod  = errors.New("the power of attorney must begin today or later and last at most three years")
	ErrName    = errors.New("the agent's name is missing or too long")
	ErrNotSole = errors.New("only one who may sign alone gives power of attorney for an organisation")
	ErrMany    = errors.New("too many powers of attorney at once")
)

// Power is a power of attorney.
type Power struct {
	ID        string
	Giver     string
	Kind      casetype.ActFor // ForPerson or ForOrganisation
	Principal string
	Name      string // of the principal
	Agent     string // person, "" until accepted
	AgentName string
	Types     []string
	From, To  calendar.Date // both days included
	GivenAt   time.Time
	Accepted  time.Time // zero before
	Ended     time.Time // zero before
	EndedBy   string
}

// Open reports whether a power has neither ended nor run out on a day.
func (p Power) Open(day calendar.Date) bool { return p.Ended.IsZero() && !day.After(p.To) }

// InForce reports whether it can be acted on, on a day.
func (p Power) InForce(day calendar.Date) bool {
	return p.Open(day) && !p.Accepted.IsZero() && !day.Before(p.From)
}

// Service keeps powers of attorney and answers who may act for whom.
type Service struct {
	db       *store.DB
	log      *journal.Log
	clock    calendar.Clock
	register Register
	people   People
	key      []byte
}

// New makes the service. key is 32 bytes kept outside the database: agents are found by a keyed hash of their number.
func New(db *store.DB, log *journal.Log, clock calendar.Clock, register Register, people People, key []byte) *Service {
	return &Service{db: db, log: log, clock: clock, register: register, people: people, key: key}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

func (s *Service) mark(number string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("power of attorney\x00" + number))
	return hex.EncodeToString(h.Sum(nil))
}

// Offer is what somebody writes to give power of attorney.
type Offer struct {
	Organisation string // number of the organisation it is for; "" for oneself
	AgentNumber  string // as typed
	AgentName    string
	Types        []string // none: all
	From, To     calendar.Date
}

// Check tells what Give would say of an offer, and gives nothing.
func (s *Service) Check(ctx context.Context, giver string, o Offer) error {
	_, _, err := s.offer(ctx, giver, o)
	return err
}

// offer is the power of attorney that an offer would give, and the agent's number.
func (s *Service) offer(ctx context.Context, giver string, o Offer) (Power, civic.Number, error) {
	today := s.today()
	number, err := civic.Parse(o.AgentNumber, today)
	o.AgentName = strings.Join(strings.Fields(o.AgentName), " ")
	switch {
	case err != nil || !number.IsPerson():
		return Power{}, number, ErrNumber
	case o.AgentName == "" || utf8.RuneCountInString(o.AgentName) > maxName:
		return Power{}, number, ErrName
	case o.From.Before(today), o.To.Before(o.From), o.To.After(o.From.AddMonths(12 * MaxYears)):
		return Power{}, number, ErrPeriod
	}
	if own, err := s.people.NumberOf(ctx, giver); err == nil && own == number.String() {
		return Power{}, number, ErrSelf
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Power{}, number, fmt.Errorf("giving power of attorney: %w", err)
	}
	p := Power{ID: store.NewID(), Giver: giver, Kind: casetype.ForPerson, Principal: giver, AgentName: o.AgentName, Types: slices.Clone(o.Types), From: o.From, To: o.To, GivenAt: s.clock.Now()}
	if o.Organisation == "" {
		if p.Name, err = s.people.NameOf(ctx, giver); err != nil {
			return Power{}, number, fmt.Errorf("giving power of attorney: %w", err)
		}
		return p, number, nil
	}
	err = s.forOrganisation(ctx, giver, o.Organisation, &p)
	return p, number, err
}

// Give gives power of attorney. It works when the agent has accepted it.
func (s *Service) Give(ctx context.Context, giver string, o Offer) (Power, error) {
	today := s.today()
	p, number, err := s.offer(ctx, giver, o)
	if err != nil {
		return Power{}, err
	}
	_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var open int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM power WHERE giver = $1 AND ended_at = 0 AND valid_to >= $2`, giver, today.String()).Scan(&open); err != nil {
			return journal.Entry{}, err
		}
		if open >= maxOfGiver {
			return journal.Entry{}, ErrMany
		}
		_, err := tx.Exec(ctx, `INSERT INTO power (id, giver, kind, principal, name, agent_mark, agent_name, agent, types, valid_from, valid_to, given_at, accepted_at, ended_at, ended_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11, 0, 0, '')`,
			p.ID, p.Giver, string(p.Kind), p.Principal, p.Name, s.mark(number.String()), p.AgentName, encode(p.Types), p.From.String(), p.To.String(), store.Micros(p.GivenAt))
		return entry("power.given", p, giver), err
	})
	if err != nil {
		return Power{}, fmt.Errorf("giving power of attorney: %w", err)
	}
	return p, nil
}

func (s *Service) forOrganisation(ctx context.Context, giver, number string, p *Power) error {
	list, err := s.register.OrganisationsOf(ctx, giver)
	if err != nil {
		return fmt.Errorf("giving power of attorney: %w", err)
	}
	for _, o := range list {
		if o.Number.String() == number && !o.Jointly {
			p.Kind, p.Principal, p.Name = casetype.ForOrganisation, number, o.Name
			return nil
		}
	}
	return ErrNotSole
}

// Accept makes an offered power of attorney work. Only the one whose number it names can, signed in; store.ErrNotFound for all others.
func (s *Service) Accept(ctx context.Context, person, id string) (Power, error) {
	return s.step(ctx, "power.accepted", person, id, func(p *Power, mark string, now time.Time) bool {
		ok := p.Agent == "" && p.Open(calendar.DateOf(now)) && mark == s.markOf(ctx, person)
		p.Agent, p.Accepted = person, now
		return ok
	})
}

// End ends a power of attorney: its giver or its agent can, and the one to whom it is offered, who so refuses it.
func (s *Service) End(ctx context.Context, person, id string) (Power, error) {
	return s.step(ctx, "power.ended", person, id, func(p *Power, mark string, now time.Time) bool {
		ok := p.Ended.IsZero() && (p.Giver == person || p.Agent == person || p.Agent == "" && mark == s.markOf(ctx, person))
		p.Ended, p.EndedBy = now, person
		return ok
	})
}

func (s *Service) step(ctx context.Context, action, person, id string, change func(p *Power, mark string, now time.Time) bool) (Power, error) {
	var p Power
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var mark string
		var err error
		if p, mark, err = scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM power WHERE id = $1`, id)); err != nil {
			return journal.Entry{}, err
		}
		before := p
		if !change(&p, mark, s.clock.Now()) {
			return journal.Entry{}, store.ErrNotFound
		}
		return entry(action, p, person), tx.ExecOne(ctx, `UPDATE power SET agent = $2, accepted_at = $3, ended_at = $4, ended_by = $5 WHERE id = $1 AND agent = $6 AND ended_at = $7`,
			id, p.Agent, micros(p.Accepted), micros(p.Ended), p.EndedBy, before.Agent, micros(before.Ended))
	})
	if err != nil {
		return Power{}, fmt.Errorf("%s: %w", action, err)
	}
	return p, nil
}

// markOf is the mark of a person's own number, "" if it is not known.
func (s *Service) markOf(ctx context.Context, person string) string {
	number, err := s.people.NumberOf(ctx, person)
	if err != nil || number == "" {
		return ""
	}
	return s.mark(number)
}

// entry says what happened without a name or number: the row has them.
func entry(action string, p Power, actor string) journal.Entry {
	return journal.Entry{Actor: actor, Action: action, Object: journal.Ref{Kind: "power", ID: p.ID},
		Payload: map[string]any{"kind": p.Kind, "principal": p.Principal, "agent": p.Agent, "types": p.Types, "from": p.From.String(), "to": p.To.String()}}
}

// Given lists what a person has given, newest first.
func (s *Service) Given(ctx context.Context, person string) ([]Power, error) {
	return s.list(ctx, `giver = $1`, person)
}

// Received lists what a person has accepted, newest first.
func (s *Service) Received(ctx context.Context, person string) ([]Power, error) {
	return s.list(ctx, `agent = $1 AND agent <> ''`, person)
}

// Offered lists what waits for a person to accept.
func (s *Service) Offered(ctx context.Context, person string) ([]Power, error) {
	mark := s.markOf(ctx, person)
	if mark == "" {
		return nil, nil
	}
	list, err := s.list(ctx, `agent_mark = $1 AND agent = '' AND ended_at = 0`, mark)
	today := s.today()
	return slices.DeleteFunc(list, func(p Power) bool { return !p.Open(today) }), err
}

func (s *Service) list(ctx context.Context, where string, args ...any) ([]Power, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Power, error) { p, _, err := scan(r); return p, err },
		`SELECT `+columns+` FROM power WHERE `+where+` ORDER BY id DESC LIMIT 200`, args...)
	if err != nil {
		return nil, fmt.Errorf("listing powers of attorney: %w", err)
	}
	return list, nil
}

// Of lists in whose name a person can act today, themselves first.
func (s *Service) Of(ctx context.Context, person string) ([]Principal, error) {
	today := s.today()
	name, err := s.people.NameOf(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("finding who can be acted for: %w", err)
	}
	out := []Principal{{Kind: casetype.ForSelf, Key: person, Name: name, Ground: GroundSelf}}
	children, err := s.register.ChildrenOf(ctx, person, today)
	if err != nil {
		return nil, fmt.Errorf("finding who can be acted for: %w", err)
	}
	for _, c := range children {
		out = append(out, Principal{Kind: casetype.ForChild, Key: c.Person, Name: c.Name, Ground: GroundGuardian})
	}
	firms, err := s.register.OrganisationsOf(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("finding who can be acted for: %w", err)
	}
	for _, o := range firms {
		out = append(out, Principal{Kind: casetype.ForOrganisation, Key: o.Number.String(), Name: o.Name, Ground: GroundSignatory, Jointly: o.Jointly})
	}
	powers, err := s.Received(ctx, person)
	if err != nil {
		return nil, err
	}
	for _, p := range powers {
		if p.InForce(today) && s.stillSigns(ctx, p) {
			out = append(out, Principal{Kind: p.Kind, Key: p.Principal, Name: p.Name, Ground: GroundPower, Power: p.ID, Types: p.Types})
		}
	}
	return out, nil
}

// stillSigns reports whether the giver may still sign alone for the organisation a power is for.
func (s *Service) stillSigns(ctx context.Context, p Power) bool {
	return p.Kind != casetype.ForOrganisation || s.forOrganisation(ctx, p.Giver, p.Principal, &Power{}) == nil
}

// May reports whether a person can act today in the name of a principal for a case type, and on what ground. Several grounds can hold;
// the widest is given.
func (s *Service) May(ctx context.Context, person string, kind casetype.ActFor, key, typeID string) (Principal, bool, error) {
	list, err := s.Of(ctx, person)
	if err != nil {
		return Principal{}, false, err
	}
	for _, p := range list {
		if p.Kind == kind && p.Key == key && p.Covers(typeID) {
			return p, true, nil
		}
	}
	return Principal{}, false, nil
}

const columns = `id, giver, kind, principal, name, agent_mark, agent_name, agent, types, valid_from, valid_to, given_at, accepted_at, ended_at, ended_by`

func scan(row interface{ Scan(...any) error }) (p Power, mark string, err error) {
	var kind, types string
	var given, accepted, ended int64
	if err := row.Scan(&p.ID, &p.Giver, &kind, &p.Principal, &p.Name, &mark, &p.AgentName, &p.Agent, &types, &p.From, &p.To, &given, &accepted, &ended, &p.EndedBy); err != nil {
		return Power{}, "", err
	}
	p.Kind, p.GivenAt, p.Accepted, p.Ended = casetype.ActFor(kind), store.Time(given), moment(accepted), moment(ended)
	if err := json.Unmarshal([]byte(types), &p.Types); err != nil {
		return Power{}, "", fmt.Errorf("power of attorney %s: %w", p.ID, err)
	}
	return p, mark, nil
}

// micros and moment keep the zero time as 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return store.Time(us)
}

func encode(list []string) string {
	if list == nil {
		list = []string{}
	}
	b, err := json.Marshal(list)
	if err != nil { // strings always encode
		panic(err)
	}
	return string(b)
}
