package retention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Stage is how far a list for gallring has come.
type Stage string

// The stages.
const (
	Listed    Stage = "listed"
	Decided   Stage = "decided"   // by the body
	Approved  Stage = "approved"  // by one person
	Ordered   Stage = "ordered"   // by another one too: it is carried out in the night
	Done      Stage = "done"      // it is the protocol
	Withdrawn Stage = "withdrawn" // nothing went
)

// Destruction is a list for gallring, and afterwards its protocol. Persons are IDs, times UTC.
type Destruction struct {
	ID, Member, Body    string
	Stage               Stage
	Digest              string // SHA-256 of what is on it, hex
	Cases               int
	Decision            string // ID
	MadeBy, DecidedBy   string
	FirstBy, SecondBy   string
	EndedBy             string
	MadeAt, DecidedAt   time.Time
	FirstAt, SecondAt   time.Time
	StartsAt, EndedAt   time.Time
	Destroyed, LeftOver int // of the cases
}

// Item is a case on a list.
type Item struct {
	N                    int
	Case, Number, TypeID string
	Title                string // of the case type, in Swedish
	Received, Closed     calendar.Date
	Due                  calendar.Date
	Documents, Handlings int
	Plan, Authority      string
	State                string // listed, destroyed, left
	Why                  string // why it was left: held, changed, open
	At                   time.Time
}

// Errors that a page explains.
var (
	// ErrNone means that there is nothing to put on a list.
	ErrNone = errors.New("no case of the body may go now")
	// ErrStage means that the list has come further, or not far enough, for what was asked.
	ErrStage = errors.New("the list is not where you saw it")
	// ErrBeslut means that the decision is not one of the body's.
	ErrBeslut = errors.New("the decision is not the body's")
	// ErrSamePerson means that the second approval has to be another person's.
	ErrSamePerson = errors.New("another person has to approve")
	// ErrLevel means that approving takes a sign-in of level substantial (P-K).
	ErrLevel = errors.New("approving takes a stronger sign-in")
)

// maxList is how many cases a list holds at most; the rest wait for the next.
const maxList = 5000

const listColumns = `id, member, body, state, digest, cases, decision, made_by, made_at, decided_by, decided_at, first_by, first_at, second_by, second_at, starts_at, ended_at, ended_by,
	(SELECT count(*) FROM destruction_item i WHERE i.destruction = destruction.id AND i.state = 'destroyed'),
	(SELECT count(*) FROM destruction_item i WHERE i.destruction = destruction.id AND i.state = 'left')`

func scanList(r interface{ Scan(...any) error }) (Destruction, error) {
	var d Destruction
	var made, decided, first, second, starts, ended int64
	err := r.Scan(&d.ID, &d.Member, &d.Body, &d.Stage, &d.Digest, &d.Cases, &d.Decision, &d.MadeBy, &made, &d.DecidedBy, &decided, &d.FirstBy, &first, &d.SecondBy, &second,
		&starts, &ended, &d.EndedBy, &d.Destroyed, &d.LeftOver)
	d.MadeAt, d.DecidedAt, d.FirstAt, d.SecondAt, d.StartsAt, d.EndedAt = store.Time(made), store.Time(decided), store.Time(first), store.Time(second), store.Time(starts), store.Time(ended)
	return d, err
}

const itemColumns = `n, case_id, number, type_id, title, received, closed, due, documents, handlings, plan, authority, state, why, at`

func scanItem(r *store.Rows) (Item, error) {
	var i Item
	var at int64
	err := r.Scan(&i.N, &i.Case, &i.Number, &i.TypeID, &i.Title, &i.Received, &i.Closed, &i.Due, &i.Documents, &i.Handlings, &i.Plan, &i.Authority, &i.State, &i.Why, &at)
	i.At = store.Time(at)
	return i, err
}

// object is a list as the rules see it.
func object(id, member, body string) access.Object {
	return access.Object{Kind: "destruction", ID: id, Member: member, Body: body}
}

// MakeList puts together what may go of a body today: closed, due, not held, and on no other list.
func (s *Service) MakeList(ctx context.Context, who access.Actor, body string) (Destruction, error) {
	b, ok := s.Decisions.Directory().Body(body)
	if !ok {
		return Destruction{}, store.ErrNotFound
	}
	may := access.Check(who, access.RetentionManage, object("", b.Member, body))
	if may.Err() != nil {
		return Destruction{}, may.Err()
	}
	d := Destruction{ID: store.NewID(), Member: b.Member, Body: body, Stage: Listed, MadeBy: who.Person, MadeAt: s.now()}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		items, err := s.ripe(ctx, tx, b.Member, body)
		if err != nil {
			return journal.Entry{}, err
		}
		if len(items) == 0 {
			return journal.Entry{}, ErrNone
		}
		d.Cases, d.Digest = len(items), digest(items)
		_, err = tx.Exec(ctx, `INSERT INTO destruction (id, member, body, state, digest, cases, decision, made_by, made_at, decided_by, decided_at, first_by, first_at, second_by, second_at, starts_at, ended_at, ended_by)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, '', 0, '', 0, '', 0, 0, 0, '')`, d.ID, d.Member, d.Body, string(d.Stage), d.Digest, d.Cases, d.MadeBy, store.Micros(d.MadeAt))
		for n, i := range items {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO destruction_item (destruction, n, case_id, number, type_id, title, received, closed, due, documents, handlings, plan, authority, state, why, at)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'listed', '', 0)`, d.ID, n+1, i.Case, i.Number, i.TypeID, i.Title, i.Received.String(), i.Closed.String(),
					i.Due.String(), i.Documents, i.Handlings, i.Plan, i.Authority)
			}
		}
		return s.entry(d, who, may.Mandate, "destruction.listed"), err
	})
	if err != nil {
		return Destruction{}, fmt.Errorf("putting together a list for gallring: %w", err)
	}
	return d, nil
}

// ripe are the cases of a body that may go today.
func (s *Service) ripe(ctx context.Context, tx *store.Tx, member, body string) ([]Item, error) {
	type row struct {
		Item
		version int
	}
	rows, err := store.All(ctx, tx, func(r *store.Rows) (row, error) {
		var x row
		var received, closed int64
		err := r.Scan(&x.Case, &x.Number, &x.TypeID, &x.version, &received, &closed, &x.Due, &x.Documents, &x.Handlings, &x.Plan, &x.Authority)
		x.Received, x.Closed = dateOf(received), dateOf(closed)
		return x, err
	}, `SELECT r.case_id, c.number, c.type_id, c.type_version, c.received_at, c.closed_at, r.due, (SELECT count(*) FROM case_document d WHERE d.case_id = c.id), c.handlings, r.plan, r.authority
		FROM retention r JOIN cases c ON c.id = r.case_id WHERE r.member = $1 AND r.body = $2 AND r.state = 'discard' AND r.due <= $3 AND c.open = 0 AND c.destroyed_at = 0
		AND NOT EXISTS (SELECT 1 FROM retention_hold h WHERE h.case_id = c.id AND h.lifted_at = 0)
		AND NOT EXISTS (SELECT 1 FROM destruction_item i JOIN destruction d ON d.id = i.destruction WHERE i.case_id = c.id AND i.state = 'listed' AND d.state IN ('listed', 'decided', 'approved', 'ordered'))
		ORDER BY r.due, c.number LIMIT $4`, member, body, s.today().String(), maxList)
	if err != nil {
		return nil, fmt.Errorf("looking for what may go: %w", err)
	}
	items := make([]Item, len(rows))
	for i, x := range rows {
		if ct := s.typeOf(x.TypeID, x.version, ""); ct != nil {
			x.Title = ct.Title.In("sv")
		}
		items[i] = x.Item
	}
	return items, nil
}

// digest is of what a list says, so that what is approved is what was decided.
func digest(items []Item) string {
	h := sha256.New()
	for _, i := range items {
		_, _ = fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s\n%s\n%d\n", i.Case, i.Number, i.TypeID, i.Received, i.Closed, i.Authority, i.Documents)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// intact refuses a list that does not say what it said when it was put together.
func intact(ctx context.Context, tx *store.Tx, d *Destruction) error {
	items, err := store.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM destruction_item WHERE destruction = $1 ORDER BY n`, d.ID)
	if err == nil && digest(items) != d.Digest {
		err = errors.New("the list has been changed since it was put together; withdraw it and make a new one")
	}
	return err
}

func (s *Service) entry(d Destruction, who access.Actor, mandate, action string) journal.Entry {
	return journal.Entry{Actor: who.Person, Mandate: mandate, Decision: d.Decision, Action: action, Object: journal.Ref{Kind: "destruction", ID: d.ID},
		Payload: map[string]any{"body": d.Body, "cases": d.Cases, "digest": d.Digest}}
}

// step changes a list in one transaction. It locks the row, so that two who press at once do not both count.
func (s *Service) step(ctx context.Context, who access.Actor, id, action string, change func(ctx context.Context, tx *store.Tx, d *Destruction) error) error {
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		query := `SELECT ` + listColumns + ` FROM destruction WHERE id = $1`
		if s.DB.Engine() == store.Postgres {
			query += ` FOR UPDATE`
		}
		d, err := scanList(tx.QueryRow(ctx, query, id))
		if err != nil {
			return journal.Entry{}, err
		}
		may := access.Check(who, access.RetentionManage, object(id, d.Member, d.Body))
		if may.Err() != nil {
			return journal.Entry{}, may.Err()
		}
		if err := change(ctx, tx, &d); err != nil {
			return journal.Entry{}, err
		}
		err = tx.ExecOne(ctx, `UPDATE destruction SET state = $2, decision = $3, decided_by = $4, decided_at = $5, first_by = $6, first_at = $7, second_by = $8, second_at = $9, starts_at = $10,
			ended_at = $11, ended_by = $12 WHERE id = $1`, id, string(d.Stage), d.Decision, d.DecidedBy, store.Micros(d.DecidedAt), d.FirstBy, store.Micros(d.FirstAt), d.SecondBy, store.Micros(d.SecondAt),
			store.Micros(d.StartsAt), store.Micros(d.EndedAt), d.EndedBy)
		return s.entry(d, who, may.Mandate, action), err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// Decide enters the body's decision that what is on the list goes.
func (s *Service) Decide(ctx context.Context, who access.Actor, id, beslut string) error {
	decision, err := s.Decisions.Decision(ctx, beslut)
	if errors.Is(err, store.ErrNotFound) {
		return ErrBeslut
	}
	if err != nil {
		return err
	}
	return s.step(ctx, who, id, "destruction.decided", func(ctx context.Context, tx *store.Tx, d *Destruction) error {
		switch {
		case d.Stage != Listed:
			return ErrStage
		case decision.Body != d.Body:
			return ErrBeslut
		}
		d.Stage, d.Decision, d.DecidedBy, d.DecidedAt = Decided, beslut, who.Person, s.now()
		return intact(ctx, tx, d)
	})
}

// nightHour is when lists are carried out: the database is written anew afterwards, and changes wait meanwhile.
const nightHour = 2

// Approve approves a list that the body has decided. Two different persons have to; after the second it is carried out in the night.
func (s *Service) Approve(ctx context.Context, who access.Actor, id string) error {
	if who.LoA < access.Substantial {
		return ErrLevel
	}
	return s.step(ctx, who, id, "destruction.approved", func(ctx context.Context, tx *store.Tx, d *Destruction) error {
		switch {
		case d.Stage == Decided:
			d.Stage, d.FirstBy, d.FirstAt = Approved, who.Person, s.now()
			return intact(ctx, tx, d)
		case d.Stage != Approved:
			return ErrStage
		case d.FirstBy == who.Person:
			return ErrSamePerson
		}
		if err := intact(ctx, tx, d); err != nil {
			return err
		}
		d.Stage, d.SecondBy, d.SecondAt, d.StartsAt = Ordered, who.Person, s.now(), s.night()
		return s.Queue.Enqueue(ctx, tx, jobs.Job{Kind: jobKind, Args: order{d.ID}, RunAt: d.StartsAt, MaxAttempts: 30, UniqueKey: jobKind + ":" + d.ID})
	})
}

// night is the next time that lists are carried out.
func (s *Service) night() time.Time {
	at := s.today().Start().Add(nightHour * time.Hour)
	if !at.After(s.now()) {
		at = s.today().AddDays(1).Start().Add(nightHour * time.Hour)
	}
	return at.UTC()
}

// Withdraw takes a list back before anything on it has gone. Its cases may stand on another.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, id string) error {
	return s.step(ctx, who, id, "destruction.withdrawn", func(_ context.Context, _ *store.Tx, d *Destruction) error {
		if d.Stage == Done || d.Stage == Withdrawn || d.Destroyed > 0 {
			return ErrStage
		}
		d.Stage, d.EndedBy, d.EndedAt = Withdrawn, who.Person, s.now()
		return nil
	})
}

// List gives a list to one who may see to it.
func (s *Service) List(ctx context.Context, who access.Actor, id string) (Destruction, error) {
	if !store.ValidID(id) {
		return Destruction{}, store.ErrNotFound
	}
	d, err := scanList(s.DB.QueryRow(ctx, `SELECT `+listColumns+` FROM destruction WHERE id = $1`, id))
	if err != nil {
		return Destruction{}, fmt.Errorf("reading a list for gallring: %w", err)
	}
	return d, access.Check(who, access.RetentionManage, object(id, d.Member, d.Body)).Err()
}

// Items gives the cases of a list after the n-th, at most limit.
func (s *Service) Items(ctx context.Context, id string, after, limit int) ([]Item, error) {
	list, err := store.All(ctx, s.DB, scanItem, `SELECT `+itemColumns+` FROM destruction_item WHERE destruction = $1 AND n > $2 ORDER BY n LIMIT $3`, id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the cases of a list for gallring: %w", err)
	}
	return list, nil
}

// Lists gives the lists of a body, newest first.
func (s *Service) Lists(ctx context.Context, member, body string) ([]Destruction, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Destruction, error) { return scanList(r) },
		`SELECT `+listColumns+` FROM destruction WHERE member = $1 AND body = $2 ORDER BY made_at DESC, id DESC LIMIT 200`, member, body)
	if err != nil {
		return nil, fmt.Errorf("listing the lists for gallring: %w", err)
	}
	return list, nil
}
