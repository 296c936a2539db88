package notice

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the table of notices.
//
//go:embed migrations
var Migrations embed.FS

// Notice is a notice of the board.
type Notice struct {
	Draft
	ID       string
	Member   string
	Number   string // diarienummer of the decision on delegation
	Case     string // ID of its case
	First    calendar.Date
	Last     calendar.Date // the last day it is up
	At       time.Time     // announced
	Down     time.Time     // taken down; zero while it is up
	Late     []Late
	File     string // document of the vault, "" for none
	FileName string
	SHA256   string // of the file
	Size     int64
	By       string
	Mandate  string

	CorrectedBy string `json:"-"` // notice that puts this one right
}

// Up reports whether it is on the board.
func (n *Notice) Up() bool { return n.Down.IsZero() }

// Errors that a caller decides on.
var (
	// ErrTwice means that the protokoll, or the decision, has been announced. What was wrong is put right by a correction.
	ErrTwice = errors.New("it has been announced already")
	// ErrDown means that the notice has been taken down already.
	ErrDown = errors.New("the notice has been taken down")
)

// EarlyError refuses to take a notice down before its time is out (KL 8 kap. 12 §).
type EarlyError struct{ Last calendar.Date }

func (e *EarlyError) Error() string { return "the notice must stay up until " + e.Last.String() }

// Organisation is who works where; *bodies.Service is it.
type Organisation interface{ Directory() *bodies.Directory }

// Rulings are the decisions on delegation; *ruling.Service is it.
type Rulings interface {
	Unannounced(ctx context.Context, who access.Actor, body string) ([]*ruling.Record, error)
	Announced(ctx context.Context, tx *store.Tx, a ruling.Announcement) error
}

// Service keeps the board.
type Service struct {
	db      *store.DB
	log     *journal.Log
	vault   *documents.Vault
	org     Organisation
	rulings Rulings
	clock   calendar.Clock
	days    *calendar.Calendar
	changed func()
}

// Config is what a Service stands on. All fields are required unless said.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Vault        *documents.Vault
	Organisation Organisation
	Rulings      Rulings
	Clock        calendar.Clock
	Days         *calendar.Calendar
	Changed      func() // the board is not what it was; nil: nobody asks
}

// New makes the service.
func New(c Config) *Service {
	return &Service{db: c.DB, log: c.Journal, vault: c.Vault, org: c.Organisation, rulings: c.Rulings, clock: c.Clock, days: c.Days, changed: c.Changed}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

// Announce puts a notice on the board, for a body whose decisions the official registers.
func (s *Service) Announce(ctx context.Context, who access.Actor, d Draft, file *documents.Staged) (*Notice, error) {
	b, ok := s.org.Directory().Body(d.Body)
	if !ok {
		return nil, store.ErrNotFound
	}
	right := access.Check(who, access.DecisionRegister, ruling.BodyObject(b))
	if err := right.Err(); err != nil {
		return nil, fmt.Errorf("announcing: %w", err)
	}
	if err := Check(d, s.today(), file != nil); err != nil {
		return nil, fmt.Errorf("announcing: %w", err)
	}
	n := &Notice{Draft: d, ID: store.NewID(), Member: b.Member, By: who.Person, Mandate: right.Mandate}
	if d.Kind == Delegated {
		if err := s.fill(ctx, who, n); err != nil {
			return nil, fmt.Errorf("announcing: %w", err)
		}
	}
	if file != nil {
		n.File, n.FileName, n.SHA256, n.Size = file.ID, file.Name, file.SHA256, file.Size
	}
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n.At = s.clock.Now().UTC().Truncate(time.Microsecond)
		n.First = calendar.DateOf(n.At)
		n.Last = LastDay(s.days, d.Kind, n.First, d.Meeting, d.Until)
		n.Late = LateOf(s.days, d.Kind, b.Kind, n.First, d.Meeting, d.Adjusted)
		if d.Corrects != "" {
			old, err := find(ctx, tx, d.Corrects)
			if err != nil {
				return journal.Entry{}, err
			}
			if old.Body != d.Body || old.Kind != d.Kind {
				return journal.Entry{}, store.ErrNotFound
			}
		}
		if file != nil {
			if err := s.vault.Insert(ctx, tx, file); err != nil {
				return journal.Entry{}, err
			}
		}
		if err := insert(ctx, tx, n); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(n, "notice.announced"), s.tell(ctx, tx, n)
	})
	if errors.Is(err, store.ErrConflict) {
		err = fmt.Errorf("%w: %w", ErrTwice, err)
	}
	if err != nil {
		return nil, fmt.Errorf("announcing: %w", err)
	}
	s.told()
	return n, nil
}

// fill takes the title and number of the decision that is announced from the decision: nobody types them.
func (s *Service) fill(ctx context.Context, who access.Actor, n *Notice) error {
	if n.Corrects != "" {
		old, err := find(ctx, s.db, n.Corrects)
		if err != nil {
			return err
		}
		n.Title, n.Number, n.Case, n.Decision = old.Title, old.Number, old.Case, old.Decision
		return nil
	}
	list, err := s.rulings.Unannounced(ctx, who, n.Body)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Decision == n.Decision {
			n.Title, n.Number, n.Case = r.Title, r.Number, r.Case
			return nil
		}
	}
	return ErrTwice
}

// tell lets the decisions know from when their time to appeal is counted. A correction does not move it.
func (s *Service) tell(ctx context.Context, tx *store.Tx, n *Notice) error {
	a := ruling.Announcement{Body: n.Body, First: n.First, Last: n.Last, Notice: n.ID}
	switch {
	case n.Corrects != "":
		return nil
	case n.Kind == Minutes && n.Part == "":
		a.Meeting = n.Meeting
	case n.Kind == Delegated:
		a.Decision = n.Decision
	default:
		return nil
	}
	return s.rulings.Announced(ctx, tx, a)
}

func (s *Service) told() {
	if s.changed != nil {
		s.changed()
	}
}

// entry is what the journal keeps of a notice: all of it, since it is public.
func (s *Service) entry(n *Notice, action string) journal.Entry {
	return journal.Entry{Actor: n.By, Mandate: n.Mandate, Action: action, Object: journal.Ref{Kind: "notice", ID: n.ID}, Payload: n}
}

// Remove takes a notice down whose time is out; before that it is an *EarlyError.
func (s *Service) Remove(ctx context.Context, who access.Actor, id string) error {
	n, err := s.Notice(ctx, who, id)
	if err != nil {
		return err
	}
	b, _ := s.org.Directory().Body(n.Body)
	return s.remove(ctx, id, who.Person, access.Check(who, access.DecisionRegister, ruling.BodyObject(b)).Mandate)
}

func (s *Service) remove(ctx context.Context, id, by, mandate string) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := find(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		now := s.clock.Now().UTC().Truncate(time.Microsecond)
		switch {
		case !n.Up():
			return journal.Entry{}, ErrDown
		case !calendar.DateOf(now).After(n.Last):
			return journal.Entry{}, &EarlyError{n.Last}
		}
		if err := tx.ExecOne(ctx, `UPDATE notice SET down_at = $2 WHERE id = $1 AND down_at = 0`, id, store.Micros(now)); err != nil {
			return journal.Entry{}, fmt.Errorf("taking down a notice: %w", err)
		}
		n.Down, n.By, n.Mandate = now, by, mandate
		return s.entry(n, "notice.taken_down"), nil
	})
	if err != nil {
		return fmt.Errorf("taking down a notice: %w", err)
	}
	s.told()
	return nil
}

// Tend takes down the notices whose time is out; it gives how many. It is run some times a day.
func (s *Service) Tend(ctx context.Context) (int, error) {
	ctx = store.Background(ctx)
	ids, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT id FROM notice WHERE down_at = 0 AND last_day < $1 ORDER BY id`, s.today().String())
	if err != nil {
		return 0, fmt.Errorf("looking for notices whose time is out: %w", err)
	}
	done := 0
	for _, id := range ids {
		err := s.remove(ctx, id, journal.System, "")
		if err != nil && !errors.Is(err, ErrDown) { // another node was faster
			return done, err
		}
		done++
	}
	return done, nil
}

func insert(ctx context.Context, tx *store.Tx, n *Notice) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("writing a notice: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO notice (id, kind, body, meeting, part, case_id, ref, first_day, last_day, down_at, corrects, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)`,
		n.ID, string(n.Kind), n.Body, n.Meeting.String(), n.Part, n.Case, n.Decision, n.First.String(), n.Last.String(), n.Corrects, string(raw))
	if err != nil {
		return fmt.Errorf("storing a notice: %w", err)
	}
	return nil
}

const columns = `SELECT n.data, n.down_at, coalesce((SELECT max(c.id) FROM notice c WHERE c.corrects = n.id), '') FROM notice n `

func scan(r *store.Rows) (*Notice, error) {
	var raw, corrected string
	var down int64
	if err := r.Scan(&raw, &down, &corrected); err != nil {
		return nil, err
	}
	n := &Notice{}
	if err := json.Unmarshal([]byte(raw), n); err != nil {
		return nil, fmt.Errorf("reading a notice: %w", err)
	}
	n.CorrectedBy = corrected
	if down != 0 {
		n.Down = store.Time(down)
	}
	return n, nil
}

func find(ctx context.Context, q store.Queryer, id string) (*Notice, error) {
	if !store.ValidID(id) {
		return nil, store.ErrNotFound
	}
	list, err := store.All(ctx, q, scan, columns+`WHERE n.id = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("reading a notice: %w", err)
	}
	if len(list) == 0 {
		return nil, store.ErrNotFound
	}
	return list[0], nil
}

// maxUp bounds the board.
const maxUp = 500

// Board gives what is up, newest first, to anybody.
func (s *Service) Board(ctx context.Context) ([]*Notice, error) {
	list, err := store.All(ctx, s.db, scan, columns+`WHERE n.down_at = 0 ORDER BY n.id DESC LIMIT $1`, maxUp)
	if err != nil {
		return nil, fmt.Errorf("reading the board: %w", err)
	}
	return list, nil
}

// Public gives a notice that is up, to anybody; what has been taken down is store.ErrNotFound.
func (s *Service) Public(ctx context.Context, id string) (*Notice, error) {
	n, err := find(ctx, s.db, id)
	if err == nil && !n.Up() {
		return nil, store.ErrNotFound
	}
	return n, err
}

// Notice gives a notice, up or taken down, to those who keep the board for its body.
func (s *Service) Notice(ctx context.Context, who access.Actor, id string) (*Notice, error) {
	n, err := find(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	b, ok := s.org.Directory().Body(n.Body)
	if !ok {
		return nil, store.ErrNotFound
	}
	return n, access.Check(who, access.DecisionRegister, ruling.BodyObject(b)).Err()
}

// Kept lists the notices of a body, up or taken down, newest first; at most 200.
func (s *Service) Kept(ctx context.Context, who access.Actor, body string) ([]*Notice, error) {
	b, ok := s.org.Directory().Body(body)
	if !ok {
		return nil, store.ErrNotFound
	}
	if err := access.Check(who, access.DecisionRegister, ruling.BodyObject(b)).Err(); err != nil {
		return nil, err
	}
	list, err := store.All(ctx, s.db, scan, columns+`WHERE n.body = $1 ORDER BY n.id DESC LIMIT 200`, body)
	if err != nil {
		return nil, fmt.Errorf("listing notices: %w", err)
	}
	return list, nil
}

// Erase takes away the notices of decisions in a case. Those of meetings and protokoll are of no case.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM notice WHERE case_id = $1 AND case_id <> ''`, caseID); err != nil {
		return fmt.Errorf("erasing the notices of a case: %w", err)
	}
	return nil
}
