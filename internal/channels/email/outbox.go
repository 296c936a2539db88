package email

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the outbox and of the demo's mailbox.
//
//go:embed migrations
var Migrations embed.FS

// State is how far a letter has come.
type State string

// The states.
const (
	Queued      State = "queued"
	Sent        State = "sent"        // the server took it
	Undelivered State = "undelivered" // refused for good, or given up
)

// Reasons why a letter was not delivered.
const (
	ReasonRefused = "refused"  // the server refused the address or the letter
	ReasonGaveUp  = "gave_up"  // it could not be handed over in three days
	ReasonInvalid = "unusable" // it could not be made a letter
)

// jobKind names the job that sends a letter.
const jobKind = "email.send"

// attempts of a letter: with the queue's growing waits about three days.
const attempts = 24

// keepFinished is how long it is remembered that a letter left, to answer a question about it.
const keepFinished = 30 * 24 * time.Hour

// Queue is what is needed of the durable queue; *jobs.Queue is one.
type Queue interface {
	Enqueue(ctx context.Context, tx *store.Tx, list ...jobs.Job) error
	Register(kind string, h jobs.Handler, o jobs.Options)
	Every(name string, every time.Duration, job jobs.Job)
}

// Outcome tells what became of a letter that was not delivered.
type Outcome struct {
	ID     string // of the letter
	CaseID string
	Reason string // ReasonRefused, ReasonGaveUp or ReasonInvalid
}

// Options are what a Sender stands on. All but Undelivered are required.
type Options struct {
	DB     *store.DB
	Queue  Queue
	Clock  calendar.Clock
	Server Server
	// From is the sender, with or without a name: "Kommunen <noreply@kommun.example>". Its domain makes our Message-IDs.
	From string
	// Undelivered is told of each letter that was not delivered, at least once; Outcome.ID is the same each time. If it fails, the letter is
	// tried again.
	Undelivered func(ctx context.Context, o Outcome) error
}

// Sender puts letters in the outbox and sends them.
type Sender struct {
	options Options
	lines   *lines
	domain  string
}

// NewSender registers the job that sends letters. Call it before the queue starts.
func NewSender(o Options) (*Sender, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("the sender's address %q: %w", o.From, err)
	}
	lines, err := newLines(o.Server)
	if err != nil {
		return nil, fmt.Errorf("the mail server: %w", err)
	}
	if o.Undelivered == nil {
		o.Undelivered = func(context.Context, Outcome) error { return nil }
	}
	s := &Sender{options: o, lines: lines, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:]}
	o.Queue.Register(jobKind, s.run, jobs.Options{Concurrency: 8, Timeout: 2 * time.Minute})
	o.Queue.Register(jobKind+".sweep", s.sweep, jobs.Options{Concurrency: 1})
	o.Queue.Every(jobKind+".sweep", 24*time.Hour, jobs.Job{Kind: jobKind + ".sweep"})
	return s, nil
}

// args of the job: the letter by ID, since jobs hold no personal data.
type args struct {
	ID string `json:"id"`
}

// Enqueue puts a letter in the outbox: it leaves if tx commits, and not at all if it does not. It gives the letter's ID, or ErrMessage.
func (s *Sender) Enqueue(ctx context.Context, tx *store.Tx, m Message) (string, error) {
	m, err := m.clean()
	if err != nil {
		return "", err
	}
	id := store.NewID()
	if _, err := tx.Exec(ctx, `INSERT INTO email_outbox
		(id, case_id, to_address, subject, body_text, body_html, lang, state, attempts, reason, created_at, finished_at, invitation, method)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, '', $8, 0, $9, $10)`,
		id, m.CaseID, m.To, m.Subject, m.Text, m.HTML, m.Lang, store.Micros(s.options.Clock.Now()), m.Invitation, m.Method); err != nil {
		return "", fmt.Errorf("putting a letter in the outbox: %w", err)
	}
	return id, s.options.Queue.Enqueue(ctx, tx, jobs.Job{Kind: jobKind, Args: args{id}, MaxAttempts: attempts})
}

// Status is how far a letter has come, without what it says.
type Status struct {
	ID       string
	CaseID   string
	State    State
	Attempts int
	Reason   string // why it was not delivered
	Created  time.Time
	Finished time.Time // or the zero time
}

// ForCase lists the letters about a case, oldest first.
func (s *Sender) ForCase(ctx context.Context, q store.Queryer, caseID string) ([]Status, error) {
	return store.All(ctx, q, func(r *store.Rows) (Status, error) {
		var t Status
		var created, finished int64
		err := r.Scan(&t.ID, &t.CaseID, &t.State, &t.Attempts, &t.Reason, &created, &finished)
		t.Created, t.Finished = store.Time(created), store.Time(finished)
		return t, err
	}, `SELECT id, case_id, state, attempts, reason, created_at, finished_at FROM email_outbox WHERE case_id = $1 ORDER BY id`, caseID)
}

// Forget removes every trace of the letters about a case (gallring). Those on their way do not leave.
func Forget(ctx context.Context, tx *store.Tx, caseID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM email_outbox WHERE case_id = $1`, caseID)
	return err
}

// run is one attempt to send a letter.
func (s *Sender) run(ctx context.Context, run jobs.Run) error {
	var a args
	if err := run.Decode(&a); err != nil {
		return err
	}
	var m Message
	var state State
	var created int64
	err := s.options.DB.QueryRow(ctx, `SELECT to_address, subject, body_text, body_html, lang, case_id, state, created_at, invitation, method
		FROM email_outbox WHERE id = $1`, a.ID).Scan(&m.To, &m.Subject, &m.Text, &m.HTML, &m.Lang, &m.CaseID, &state, &created, &m.Invitation, &m.Method)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // forgotten with its case
	case err != nil:
		return fmt.Errorf("reading letter %s: %w", a.ID, err)
	case state != Queued:
		return nil
	}
	msg, err := compose(m, a.ID, s.domain, s.options.From, store.Time(created))
	if err != nil {
		return s.giveUp(ctx, run, Outcome{a.ID, m.CaseID, ReasonInvalid})
	}
	err = s.lines.send(ctx, msg)
	var refused *refusedError
	switch {
	case err == nil:
		return s.finish(ctx, run, a.ID, Sent, "")
	case errors.As(err, &refused):
		return s.giveUp(ctx, run, Outcome{a.ID, m.CaseID, ReasonRefused})
	case run.Last:
		return s.giveUp(ctx, run, Outcome{a.ID, m.CaseID, ReasonGaveUp})
	}
	return jobs.Fail("mail_server", errors.Join(err, s.tried(ctx, run, a.ID)))
}

// giveUp tells of a letter that was not delivered, and only then closes it: nobody is left untold if the process dies in between.
func (s *Sender) giveUp(ctx context.Context, run jobs.Run, o Outcome) error {
	if err := s.options.Undelivered(ctx, o); err != nil {
		return fmt.Errorf("telling that letter %s was not delivered: %w", o.ID, err)
	}
	return s.finish(ctx, run, o.ID, Undelivered, o.Reason)
}

// finish closes a letter, empties it, and completes its job, in one transaction. It goes on when the process is told to stop: the
// letter has left.
func (s *Sender) finish(ctx context.Context, run jobs.Run, id string, state State, reason string) error {
	now := s.options.Clock.Now()
	err := s.options.DB.Write(store.Replayable(context.WithoutCancel(ctx)), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE email_outbox SET state = $2, reason = $3, attempts = $4, finished_at = $5,
			subject = '', body_text = '', body_html = '', invitation = '' WHERE id = $1 AND state = 'queued'`,
			id, string(state), reason, run.Attempt, store.Micros(now)); err != nil {
			return err
		}
		return run.Complete(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("noting that letter %s is %s: %w", id, state, err)
	}
	return nil
}

func (s *Sender) tried(ctx context.Context, run jobs.Run, id string) error {
	return s.options.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE email_outbox SET attempts = $2 WHERE id = $1`, id, run.Attempt)
		return err
	})
}

// sweep forgets letters that left long ago.
func (s *Sender) sweep(ctx context.Context, _ jobs.Run) error {
	before := store.Micros(s.options.Clock.Now().Add(-keepFinished))
	return s.options.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM email_outbox WHERE state <> 'queued' AND finished_at < $1`, before)
		return err
	})
}
