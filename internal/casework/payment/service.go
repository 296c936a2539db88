package payment

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
)

// Migrations make the table of payments.
//
//go:embed migrations
var Migrations embed.FS

// ErrAmount means that there is nothing to pay.
var ErrAmount = errors.New("there is nothing to pay")

// Journal actions of a payment.
const (
	ActionReceived = "payment.received"
	ActionFailed   = "payment.failed"
)

// objectKind is the kind of a payment in the journal.
const objectKind = "payment"

// Times of a payment.
const (
	reuse  = 20 * time.Minute    // a payment that was begun is gone on with instead of beginning another
	follow = 14 * 24 * time.Hour // the provider is asked about one that is pending; then it counts as cancelled
	settle = time.Hour           // one that is paid should have become a matter; then finance is told
)

// Payment is one attempt to pay.
type Payment struct {
	ID       string
	Draft    string
	TypeID   string
	Provider string
	Ref      string
	URL      string
	Amount   money.Amount // asked for
	Paid     money.Amount // received
	State    State
	CaseID   string
	Created  time.Time
	Changed  time.Time
}

// Service keeps account of payments.
type Service struct {
	db       *store.DB
	log      *journal.Log
	clock    calendar.Clock
	provider Provider
}

// New gives a service that pays through a provider.
func New(db *store.DB, log *journal.Log, clock calendar.Clock, provider Provider) *Service {
	return &Service{db: db, log: log, clock: clock, provider: provider}
}

const columns = `id, draft, type_id, provider, ref, url, amount, paid, state, case_id, created_at, changed_at`

func scan(row interface{ Scan(...any) error }) (Payment, error) {
	var p Payment
	var state string
	var created, changed int64
	err := row.Scan(&p.ID, &p.Draft, &p.TypeID, &p.Provider, &p.Ref, &p.URL, &p.Amount, &p.Paid, &state, &p.CaseID, &created, &changed)
	p.State, p.Created, p.Changed = State(state), store.Time(created), store.Time(changed)
	return p, err
}

func (s *Service) list(ctx context.Context, where string, args ...any) ([]Payment, error) {
	return store.All(ctx, s.db, func(r *store.Rows) (Payment, error) { return scan(r) }, `SELECT `+columns+` FROM payment WHERE `+where, args...)
}

// Of lists the payments of a draft, oldest first.
func (s *Service) Of(ctx context.Context, draft string) ([]Payment, error) {
	list, err := s.list(ctx, `draft = $1 ORDER BY created_at, id`, draft)
	if err != nil {
		return nil, fmt.Errorf("listing payments: %w", err)
	}
	return list, nil
}

// Received is what has been paid for a draft and not for a matter that was handed in.
func Received(list []Payment) (money.Amount, error) {
	var sum money.Amount
	for _, p := range list {
		if p.State == Paid && p.CaseID == "" {
			var err error
			if sum, err = sum.Add(p.Paid); err != nil {
				return 0, err
			}
		}
	}
	return sum, nil
}

// Begin asks for an amount and gives the address where it is paid. One that was begun a moment ago for the same amount is gone on with,
// so that two tabs do not become two payments.
func (s *Service) Begin(ctx context.Context, draft, typeID string, amount money.Amount, text, returnURL string, l i18n.Lang) (string, error) {
	if amount <= 0 {
		return "", ErrAmount
	}
	now := s.clock.Now()
	p := Payment{ID: store.NewID(), Draft: draft, TypeID: typeID, Provider: s.provider.Name(), Amount: amount, State: Pending}
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if s.db.Engine() == store.Postgres { // two tabs wait for each other; SQLite has one writer
			if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, "payment "+draft); err != nil {
				return err
			}
		}
		begun, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM payment WHERE draft = $1 AND provider = $2 AND amount = $3 AND state = 'pending' AND created_at > $4
			ORDER BY created_at DESC LIMIT 1`, draft, p.Provider, int64(amount), store.Micros(now.Add(-reuse))))
		if err == nil {
			p = begun
			return nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO payment (`+columns+`) VALUES ($1, $2, $3, $4, '', '', $5, 0, 'pending', '', $6, $6)`,
			p.ID, draft, typeID, p.Provider, int64(amount), store.Micros(now))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("beginning a payment: %w", err)
	}
	if p.URL != "" {
		return p.URL, nil
	}
	url, ref, err := s.provider.Begin(ctx, Order{Ref: p.ID, Amount: amount, Text: text, ReturnURL: returnURL, Lang: l})
	if err != nil {
		return "", fmt.Errorf("beginning a payment: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE payment SET ref = $2, url = $3 WHERE id = $1`, p.ID, ref, url)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("beginning a payment: %w", err)
	}
	return url, nil
}

// Ask asks the provider about the pending payments of a draft, and gives all its payments as they are then.
func (s *Service) Ask(ctx context.Context, draft string) ([]Payment, error) {
	list, err := s.Of(ctx, draft)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i], err = s.ask(ctx, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Heard is told by the provider that something has happened to a payment. It asks the provider, and gives the draft that was paid for;
// store.ErrNotFound if the payment is not ours.
func (s *Service) Heard(ctx context.Context, ref string) (draft string, err error) {
	list, err := s.list(ctx, `provider = $1 AND ref = $2 AND ref <> ''`, s.provider.Name(), ref)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err == nil {
		_, err = s.ask(ctx, list[0])
	}
	if err != nil {
		return "", fmt.Errorf("hearing of a payment: %w", err)
	}
	return list[0].Draft, nil
}

// Follow asks the provider about all that is pending: a payer may have paid and closed the browser. Run it often, on any node.
func (s *Service) Follow(ctx context.Context) error {
	list, err := s.list(ctx, `state = 'pending' AND provider = $1 ORDER BY created_at LIMIT 500`, s.provider.Name()) // another provider's never end
	if err != nil {
		return fmt.Errorf("following payments: %w", err)
	}
	var errs []error
	for _, p := range list { // one that fails does not hold up the others
		if _, err := s.ask(ctx, p); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// ask asks the provider about a payment and stores what it says, once.
func (s *Service) ask(ctx context.Context, p Payment) (Payment, error) {
	if p.State != Pending || p.Provider != s.provider.Name() {
		return p, nil
	}
	old := s.clock.Now().Sub(p.Created) > follow
	if p.Ref == "" && !old { // the provider never answered: who pays begins again with the same order
		return p, nil
	}
	state, paid := Cancelled, money.Amount(0)
	if p.Ref != "" {
		var err error
		if state, paid, err = s.provider.Status(ctx, p.Ref); err != nil {
			return p, fmt.Errorf("asking about payment %s: %w", p.ID, err)
		}
	}
	switch {
	case state == Pending && old:
		state = Cancelled
	case state == Pending:
		return p, nil
	}
	return s.note(ctx, p, state, paid)
}

// Told is what the journal keeps of a payment. It says nothing of who paid.
type Told struct {
	Provider string       `json:"provider"`
	Ref      string       `json:"ref"`
	Asked    money.Amount `json:"asked"`
	Received money.Amount `json:"received"`
	State    State        `json:"state"`
}

// errTold ends a transaction that another has been before.
var errTold = errors.New("noted before")

func (s *Service) note(ctx context.Context, p Payment, state State, paid money.Amount) (Payment, error) {
	action := ActionFailed
	if state == Paid {
		action = ActionReceived
	}
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `UPDATE payment SET state = $2, paid = $3, changed_at = $4 WHERE id = $1 AND state = 'pending'`,
			p.ID, string(state), int64(paid), store.Micros(s.clock.Now()))
		if err == nil && n == 0 {
			err = errTold
		}
		return journal.Entry{
			Actor: journal.System, Action: action, Object: journal.Ref{Kind: objectKind, ID: p.ID},
			Payload: Told{Provider: p.Provider, Ref: p.Ref, Asked: p.Amount, Received: paid, State: state},
		}, err
	})
	if err != nil && !errors.Is(err, errTold) {
		return p, fmt.Errorf("noting payment %s: %w", p.ID, err)
	}
	return scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM payment WHERE id = $1`, p.ID))
}

// Claim binds what was paid for a draft to the matter that the draft has become. Doing it again changes nothing.
func (s *Service) Claim(ctx context.Context, draft, caseID string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE payment SET case_id = $2 WHERE draft = $1 AND state = 'paid' AND case_id = ''`, draft, caseID)
		return err
	})
	if err != nil {
		return fmt.Errorf("binding payments to a matter: %w", err)
	}
	return nil
}

// Unbound lists the drafts for which something was paid that is not bound to a matter, those paid last first.
func (s *Service) Unbound(ctx context.Context, limit int) ([]string, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT draft FROM payment WHERE state = 'paid' AND case_id = '' GROUP BY draft ORDER BY max(changed_at) DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("listing drafts that are paid for: %w", err)
	}
	return list, nil
}

// Unclaimed lists for finance what was paid more than an hour ago and became no matter, oldest first: what is paid back, or handed in.
func (s *Service) Unclaimed(ctx context.Context) ([]Payment, error) {
	list, err := s.list(ctx, `state = 'paid' AND case_id = '' AND changed_at < $1 ORDER BY changed_at LIMIT 500`, store.Micros(s.clock.Now().Add(-settle)))
	if err != nil {
		return nil, fmt.Errorf("listing payments without a matter: %w", err)
	}
	return list, nil
}
