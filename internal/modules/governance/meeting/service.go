package meeting

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the room.
//
//go:embed migrations
var Migrations embed.FS

// Organisation is who works where, and where decisions are registered; *bodies.Service is it.
type Organisation interface {
	Directory() *bodies.Directory
	RegisterDecision(ctx context.Context, by bodies.By, d bodies.Decision) (bodies.Decision, error)
	DecisionsOf(ctx context.Context, body string, limit int) ([]bodies.Decision, error)
}

// Board is the anslagstavla; *notice.Service is it.
type Board interface {
	Announce(ctx context.Context, who access.Actor, d notice.Draft, file *documents.Staged) (*notice.Notice, error)
}

// Post writes letters.
type Post interface {
	Write(ctx context.Context, tx *store.Tx, l Mail) error
}

// Mail is a letter about a meeting: its number and where to read about it, and nothing of what it is about.
type Mail struct {
	Kind     string // meeting_called, meeting_changed, meeting_cancelled, meeting_adjust
	To       string
	Number   string
	Path     string // without language
	Day      calendar.Date
	Calendar string // an invitation (RFC 5545), "" for none
	Method   string // its method (RFC 5546)
}

// Config is what a Service stands on. All fields are required.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Vault        *documents.Vault
	Organisation Organisation
	Board        Board
	Post         Post
	Clock        calendar.Clock
	Days         *calendar.Calendar
	Log          *slog.Logger
	Rules        func() pack.Meetings                 // how bodies meet; read at each use
	Words        func(lang i18n.Lang) *i18n.Localizer // texts of documents and invitations
	Town         i18n.Text
	BaseURL      string // the address people see, without a slash at the end
	Contact      string // who answers questions about a protokoll, in words
	Organizer    string // e-mail address that invitations come from
	Key          []byte // secret of the installation, for the addresses of personal calendars
}

// Service keeps matters, meetings and protokoll.
type Service struct {
	Config
	db    *store.DB
	log   *journal.Log
	org   Organisation
	clock calendar.Clock
	rules func() pack.Meetings
}

// New makes the service.
func New(c Config) *Service {
	return &Service{Config: c, db: c.DB, log: c.Journal, org: c.Organisation, clock: c.Clock, rules: c.Rules}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

// Field is a field of a form that lacks something; its text is "meeting.fault." and Fault.
type Field struct{ Name, Fault string }

// FieldError refuses what was typed, at its fields.
type FieldError struct{ Fields []Field }

func (e *FieldError) Error() string {
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Name+": "+f.Fault)
	}
	return "what was typed is refused: " + strings.Join(out, ", ")
}

type faults []Field

func (f *faults) need(bad bool, name, fault string) {
	if bad {
		*f = append(*f, Field{name, fault})
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &FieldError{f}
}

// StateError refuses what cannot be done as far as the thing has come; its text is "meeting.state." and Why.
type StateError struct{ Why string }

func (e *StateError) Error() string { return "not as things stand: " + e.Why }

// ErrTwice means that the person has adjusted the protokoll already.
var ErrTwice = errors.New("adjusted already")

// ChangedError means that somebody else has saved what was being written. Theirs is what is stored.
type ChangedError struct{ Theirs *Item }

func (e *ChangedError) Error() string { return "somebody else has saved it: " + e.Theirs.ID }

// Is makes it a store.ErrConflict.
func (e *ChangedError) Is(target error) bool { return target == store.ErrConflict }

func holdsNumber(today calendar.Date, texts ...string) bool {
	for _, t := range texts {
		if len(civic.Find(t, today)) > 0 {
			return true
		}
	}
	return false
}

func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

// next gives the next number of a series.
func next(ctx context.Context, tx *store.Tx, series string) (int, error) {
	var n int
	err := tx.QueryRow(ctx, `INSERT INTO meeting_number (series, n) VALUES ($1, 1) ON CONFLICT (series) DO UPDATE SET n = meeting_number.n + 1 RETURNING n`, series).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", series, err)
	}
	return n, nil
}

// remember keeps a state of a meeting or a matter, so that it can be told how things stood.
func (s *Service) remember(ctx context.Context, tx *store.Tx, id string, version int64, v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO meeting_history (object, version, at, data) VALUES ($1, $2, $3, $4)`, id, version, store.Micros(s.clock.Now()), string(raw)); err != nil {
		return "", fmt.Errorf("keeping what %s was: %w", id, err)
	}
	return string(raw), nil
}

// asOf gives the state that a meeting or a matter had at the end of a day; store.ErrNotFound if there was none yet.
func asOf(ctx context.Context, q store.Queryer, id string, on calendar.Date, into any) (int64, error) {
	var raw string
	var version int64
	err := q.QueryRow(ctx, `SELECT version, data FROM meeting_history WHERE object = $1 AND at < $2 ORDER BY version DESC LIMIT 1`, id, store.Micros(on.AddDays(1).Start())).Scan(&version, &raw)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		return 0, fmt.Errorf("reading what %s was: %w", id, err)
	}
	return version, nil
}

func (s *Service) saveMatter(ctx context.Context, tx *store.Tx, m *Matter) error {
	m.Version++
	raw, err := s.remember(ctx, tx, m.ID, m.Version, m)
	if err != nil {
		return err
	}
	if m.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO matter (id, number, body, state, version, data) VALUES ($1, $2, $3, $4, 1, $5)`, m.ID, m.Number, m.Body, string(m.State), raw)
	} else {
		err = changed(tx.ExecOne(ctx, `UPDATE matter SET body = $2, state = $3, version = $4, data = $5 WHERE id = $1 AND version = $4 - 1`, m.ID, m.Body, string(m.State), m.Version, raw))
	}
	if err != nil {
		return fmt.Errorf("storing a matter: %w", err)
	}
	return nil
}

// changed tells that a row which was there is not of the version that was read.
func changed(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrConflict
	}
	return err
}

func (s *Service) saveMeeting(ctx context.Context, tx *store.Tx, m *Meeting) error {
	m.Version++
	raw, err := s.remember(ctx, tx, m.ID, m.Version, m)
	if err != nil {
		return err
	}
	if m.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO meeting (id, body, day, state, planned, version, data) VALUES ($1, $2, $3, $4, '', 1, $5)`, m.ID, m.Body, m.Day.String(), string(m.State), raw)
	} else {
		err = changed(tx.ExecOne(ctx, `UPDATE meeting SET day = $2, state = $3, version = $4, data = $5 WHERE id = $1 AND version = $4 - 1`, m.ID, m.Day.String(), string(m.State), m.Version, raw))
	}
	if err != nil {
		return fmt.Errorf("storing a meeting: %w", err)
	}
	return nil
}

func (s *Service) saveItem(ctx context.Context, tx *store.Tx, it *Item, year int) error {
	it.Version++
	raw, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("writing a paragraph: %w", err)
	}
	if it.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO meeting_item (id, meeting, body, year, position, no, matter, version, data) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)`,
			it.ID, it.Meeting, it.Body, year, it.Position, it.No, it.Matter, string(raw))
	} else {
		err = changed(tx.ExecOne(ctx, `UPDATE meeting_item SET year = $2, position = $3, no = $4, version = $5, data = $6 WHERE id = $1 AND version = $5 - 1`, it.ID, year, it.Position, it.No, it.Version, string(raw)))
	}
	if err != nil {
		return fmt.Errorf("storing a paragraph: %w", err)
	}
	return nil
}

func scan[T any](set func(*T, int64)) func(r *store.Rows) (*T, error) {
	return func(r *store.Rows) (*T, error) {
		var raw string
		var version int64
		if err := r.Scan(&version, &raw); err != nil {
			return nil, err
		}
		v := new(T)
		if err := json.Unmarshal([]byte(raw), v); err != nil {
			return nil, fmt.Errorf("reading what is stored of meetings: %w", err)
		}
		set(v, version)
		return v, nil
	}
}

func one[T any](list []*T, err error) (*T, error) {
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func matters(ctx context.Context, q store.Queryer, where string, args ...any) ([]*Matter, error) {
	list, err := store.All(ctx, q, scan(func(m *Matter, v int64) { m.Version = v }), `SELECT version, data FROM matter `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading matters: %w", err)
	}
	return list, nil
}

func meetings(ctx context.Context, q store.Queryer, where string, args ...any) ([]*Meeting, error) {
	list, err := store.All(ctx, q, scan(func(m *Meeting, v int64) { m.Version = v }), `SELECT version, data FROM meeting `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading meetings: %w", err)
	}
	return list, nil
}

func items(ctx context.Context, q store.Queryer, where string, args ...any) ([]*Item, error) {
	list, err := store.All(ctx, q, scan(func(m *Item, v int64) { m.Version = v }), `SELECT version, data FROM meeting_item `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading paragraphs: %w", err)
	}
	return list, nil
}

func (s *Service) matter(ctx context.Context, q store.Queryer, id string) (*Matter, error) {
	return one(matters(ctx, q, `WHERE id = $1`, id))
}

func (s *Service) meeting(ctx context.Context, q store.Queryer, id string) (*Meeting, error) {
	return one(meetings(ctx, q, `WHERE id = $1`, id))
}

func (s *Service) item(ctx context.Context, q store.Queryer, id string) (*Item, error) {
	return one(items(ctx, q, `WHERE id = $1`, id))
}

// Items are the points of a meeting's agenda in order.
func (s *Service) Items(ctx context.Context, meeting string) ([]*Item, error) {
	return s.items(ctx, s.db, meeting)
}

func (s *Service) items(ctx context.Context, q store.Queryer, meeting string) ([]*Item, error) {
	return items(ctx, q, `WHERE meeting = $1 ORDER BY position, id`, meeting)
}

// Meeting gives a meeting as it was at the end of a day.
func (s *Service) Meeting(ctx context.Context, id string, on calendar.Date) (*Meeting, error) {
	m, err := s.meeting(ctx, s.db, id)
	if err != nil || !on.Before(s.today()) {
		return m, err
	}
	then := &Meeting{}
	then.Version, err = asOf(ctx, s.db, id, on, then)
	return then, err
}

// Matter gives a matter as it was at the end of a day.
func (s *Service) Matter(ctx context.Context, id string, on calendar.Date) (*Matter, error) {
	m, err := s.matter(ctx, s.db, id)
	if err != nil || !on.Before(s.today()) {
		return m, err
	}
	then := &Matter{}
	then.Version, err = asOf(ctx, s.db, id, on, then)
	return then, err
}

const listPage = 50

// MeetingsOf gives the meetings of a body from a day on (or before it, newest first), at most a page; after is the day and ID that the page
// before ended with.
func (s *Service) MeetingsOf(ctx context.Context, body string, from calendar.Date, past bool, afterDay, afterID string) (list []*Meeting, more bool, err error) {
	where, order := `day >= $2 AND (day > $3 OR day = $3 AND id > $4)`, `day, id`
	if past {
		where, order = `day < $2 AND (day < $3 OR day = $3 AND id < $4)`, `day DESC, id DESC`
		if afterDay == "" {
			afterDay = "9999"
		}
	}
	list, err = meetings(ctx, s.db, `WHERE body = $1 AND `+where+` ORDER BY `+order+` LIMIT $5`, body, from.String(), afterDay, afterID, listPage+1)
	if len(list) > listPage {
		list, more = list[:listPage], true
	}
	return list, more, err
}

// Between gives the meetings of all bodies from a day to another, in order; at most 500.
func (s *Service) Between(ctx context.Context, from, to calendar.Date) ([]*Meeting, error) {
	return meetings(ctx, s.db, `WHERE day >= $1 AND day <= $2 ORDER BY day, id LIMIT 500`, from.String(), to.String())
}

// MattersOf gives the matters of a body in a state, newest first, at most a page. before is the ID that the page before ended with.
func (s *Service) MattersOf(ctx context.Context, body string, state MatterState, before string) (list []*Matter, more bool, err error) {
	if before == "" {
		before = "g" // after every UUID
	}
	list, err = matters(ctx, s.db, `WHERE body = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, body, string(state), before, listPage+1)
	if len(list) > listPage {
		list, more = list[:listPage], true
	}
	return list, more, err
}

// Trail gives where a matter has stood on agendas.
func (s *Service) Trail(ctx context.Context, matter string) ([]*Item, error) {
	return items(ctx, s.db, `WHERE matter = $1 ORDER BY id`, matter)
}

func (s *Service) entry(who access.Actor, mandate, action, kind, id string, before, after any) journal.Entry {
	return journal.Entry{Actor: who.Person, Mandate: mandate, Action: action, Object: journal.Ref{Kind: kind, ID: id}, Payload: map[string]any{"before": before, "after": after}}
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Path is the address of the meetings, without language.
const Path = "/styrning/sammantrade"
