package retention

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of retention.
//
//go:embed migrations
var Migrations embed.FS

// Types are the case types; *catalogue.Catalogue is it.
type Types interface {
	Version(id string, version int) (*casetype.CaseType, bool)
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
	Open(day calendar.Date) []*casetype.CaseType
}

// Decisions are the bodies' decisions (beslut); *bodies.Service is it.
type Decisions interface {
	Directory() *bodies.Directory
	Decision(ctx context.Context, id string) (bodies.Decision, error)
	DecisionsOf(ctx context.Context, body string, limit int) ([]bodies.Decision, error)
}

// Vault destroys the keys of documents; *documents.Vault is it.
type Vault interface {
	Shred(ctx context.Context, tx *store.Tx, id string) error
}

// Erase removes what a room keeps of a case.
type Erase func(ctx context.Context, tx *store.Tx, caseID string) error

// Config is what retention stands on. LegalForce may be nil; everything else is required.
type Config struct {
	DB        *store.DB
	Journal   *journal.Log
	Clock     calendar.Clock
	Log       *slog.Logger
	Types     Types
	Cases     *cases.Service
	Decisions Decisions
	// Plan is what retention.yaml says of a body, nil if nothing.
	Plan  func(body string) *pack.BodyPlan
	Vault Vault
	Index *search.Index
	Queue *jobs.Queue
	// LegalForce is the day the case's last decision got laga kraft; zero if that is not known.
	LegalForce func(ctx context.Context, q store.Queryer, caseID string) (calendar.Date, error)
	// Rooms erase what they keep of a case.
	Rooms  []Erase
	Ledger Ledger
}

// Service keeps the days of gallring, and carries it out.
type Service struct{ Config }

// New makes the service, and the job that carries lists out.
func New(c Config) *Service {
	s := &Service{c}
	s.Queue.Register(jobKind, s.run, jobs.Options{Concurrency: 1, Timeout: 6 * time.Hour})
	return s
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// Handle is a subscriber of the journal's dispatcher: it works out anew how the closed cases stand that something happened to.
func (s *Service) Handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	seen := map[string]bool{}
	var in []string
	var args []any
	for _, e := range batch {
		if e.Object.Kind != "case" || e.Action == cases.ActionRead || seen[e.Object.ID] {
			continue
		}
		seen[e.Object.ID] = true
		args = append(args, e.Object.ID)
		in = append(in, fmt.Sprintf("$%d", len(args)))
	}
	if len(args) == 0 {
		return nil
	}
	ids, err := store.All(ctx, tx, scanText, `SELECT c.id FROM cases c WHERE c.id IN (`+strings.Join(in, ", ")+`) AND c.destroyed_at = 0
		AND (c.open = 0 OR EXISTS (SELECT 1 FROM retention r WHERE r.case_id = c.id AND r.state <> ''))`, args...)
	if err != nil {
		return fmt.Errorf("looking for cases that were closed: %w", err)
	}
	for _, id := range ids {
		if err := s.compute(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

func scanText(r *store.Rows) (string, error) { var text string; return text, r.Scan(&text) }

// sweepPage is how many cases Sweep looks at in one transaction.
const sweepPage = 100

// Sweep works out anew how the closed cases stand that other rules hold now than when it was done, and those that wait for something, and
// gives how many there are. rest is for store.Pacer.
func (s *Service) Sweep(ctx context.Context, rest int) (int, error) {
	ctx = store.Background(ctx)
	plans := map[string]string{} // digest by body
	n, pause := 0, store.Pacer(rest)
	for closed, after := int64(0), ""; ; {
		type row struct {
			found
			id, rules, state string
			at               int64
		}
		page, err := store.All(ctx, s.DB, func(r *store.Rows) (row, error) {
			var x row
			return x, r.Scan(&x.id, &x.at, &x.typeID, &x.version, &x.body, &x.rules, &x.state)
		}, `SELECT c.id, c.closed_at, c.type_id, c.type_version, c.body, coalesce(r.rules, ''), coalesce(r.state, '') FROM cases c LEFT JOIN retention r ON r.case_id = c.id
			WHERE c.open = 0 AND c.destroyed_at = 0 AND (c.closed_at, c.id) > ($1, $2) ORDER BY c.closed_at, c.id LIMIT $3`, closed, after, sweepPage)
		if err != nil {
			return n, fmt.Errorf("looking through closed cases: %w", err)
		}
		if len(page) == 0 {
			return n, nil
		}
		closed, after = page[len(page)-1].at, page[len(page)-1].id
		page = slices.DeleteFunc(page, func(x row) bool {
			if _, ok := plans[x.body]; !ok {
				plans[x.body] = digestOf(s.Plan(x.body))
			}
			return x.state != string(Todo) && x.rules == s.rules(x.found, plans[x.body])
		})
		if len(page) == 0 {
			continue
		}
		err = s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			for _, x := range page {
				if err := s.compute(ctx, tx, x.id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(page)
		if err := pause(ctx); err != nil {
			return n, err
		}
	}
}

// rules names the rules that a case stands under: what has the same name gives the same standing, as long as nothing happens to the case.
func (s *Service) rules(f found, plan string) string {
	today := 0
	if ct, ok := s.Types.Current(f.typeID, s.today()); ok {
		today = ct.Version
	}
	return fmt.Sprintf("%d/%d/%s", f.version, today, plan)
}

// digestOf names what a plan says.
func digestOf(p *pack.BodyPlan) string {
	text, err := json.Marshal(p)
	if err != nil { // a plan is texts and numbers
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// found is what the tables say of a case.
type found struct {
	member, body, typeID string
	version              int
	open                 bool
	answers              casetype.Clean
	matter               Matter
	kinds                map[string]bool // directions of what was added after it came in
	setResult, setDay    string
}

// look reads what decides how long a case is kept.
func (s *Service) look(ctx context.Context, q store.Queryer, id string) (found, error) {
	var f found
	var closed, last int64
	var answers, delivered string
	err := q.QueryRow(ctx, `SELECT c.member, c.body, c.type_id, c.type_version, c.open, c.closed_at, c.answers, coalesce(r.set_result, ''), coalesce(r.set_day, ''), coalesce(r.delivered, ''),
		(SELECT coalesce(max(e.at), 0) FROM case_event e WHERE e.case_id = c.id AND e.kind NOT LIKE 'retention_%')
		FROM cases c LEFT JOIN retention r ON r.case_id = c.id WHERE c.id = $1`, id).
		Scan(&f.member, &f.body, &f.typeID, &f.version, &f.open, &closed, &answers, &f.setResult, &f.setDay, &delivered, &last)
	if err != nil {
		return f, fmt.Errorf("reading how long a case is kept: %w", err)
	}
	if err := json.Unmarshal([]byte(answers), &f.answers); err != nil {
		return f, fmt.Errorf("reading the answers of case %s: %w", id, err)
	}
	m := &f.matter
	m.Closed, m.LastEntry = dateOf(closed), dateOf(last)
	m.Said, _ = calendar.ParseDate(f.setDay) // "" is none
	m.Delivered, _ = calendar.ParseDate(delivered)
	type ruled struct {
		result string
		at     int64
	}
	decided, err := store.All(ctx, q, func(r *store.Rows) (ruled, error) { var x ruled; return x, r.Scan(&x.result, &x.at) },
		`SELECT result, at FROM case_decision WHERE case_id = $1 ORDER BY at, id`, id)
	if err != nil {
		return f, fmt.Errorf("reading the decisions of a case: %w", err)
	}
	for _, d := range decided {
		if d.result != "" { // a decision under way leads to no result
			m.Result, m.Decided = d.result, dateOf(d.at)
		}
	}
	if f.setResult != "" {
		m.Result = f.setResult
	}
	list, err := store.All(ctx, q, scanText, `SELECT DISTINCT direction FROM case_document WHERE case_id = $1 AND event > 1`, id)
	if err != nil {
		return f, fmt.Errorf("reading the documents of a case: %w", err)
	}
	f.kinds = map[string]bool{}
	for _, direction := range list {
		f.kinds[direction] = true
	}
	m.Has = f.has
	if s.LegalForce != nil {
		if m.LegalForce, err = s.LegalForce(ctx, q, id); err != nil {
			return f, fmt.Errorf("asking when a case got laga kraft: %w", err)
		}
	}
	return f, nil
}

// has tells whether a case holds something of a document type: what its question was answered with, or, of a type without question,
// something that was added in its direction. What nobody can tell apart is taken to be there, so that nothing goes too early.
func (f found) has(d casetype.DocumentType) bool {
	switch d.Question {
	case "*":
		return true
	case "":
		return f.kinds[d.Direction]
	}
	return len(f.answers.All(d.Question)) > 0
}

// dateOf is the date in Stockholm of an instant as it is stored.
func dateOf(us int64) calendar.Date {
	if us == 0 {
		return calendar.Date{}
	}
	return calendar.DateOf(store.Time(us))
}

// typeOf is the version of a case type whose rules hold: that of today, if it still has the result, or else the one the case came under.
func (s *Service) typeOf(id string, version int, result string) *casetype.CaseType {
	if ct, ok := s.Types.Current(id, s.today()); ok && (result == "" || ct.Result(result) != nil) {
		return ct
	}
	if ct, ok := s.Types.Version(id, version); ok {
		return ct
	}
	return nil
}

// compute writes how a case stands. An open case stands nowhere, and keeps what was said of it.
func (s *Service) compute(ctx context.Context, tx *store.Tx, id string) error {
	f, err := s.look(ctx, tx, id)
	if err != nil {
		return err
	}
	var st Standing
	if !f.open {
		st = Derive(s.typeOf(f.typeID, f.version, f.matter.Result), s.Plan(f.body), f.matter)
	}
	_, err = tx.Exec(ctx, `INSERT INTO retention (case_id, member, body, state, why, due, counted, start, result, ground, authority, plan, set_result, set_day, delivered, computed_at, rules)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', '', $13, $14)
		ON CONFLICT (case_id) DO UPDATE SET body = excluded.body, state = excluded.state, why = excluded.why, due = excluded.due, counted = excluded.counted, start = excluded.start,
		result = excluded.result, ground = excluded.ground, authority = excluded.authority, plan = excluded.plan, computed_at = excluded.computed_at, rules = excluded.rules`,
		id, f.member, f.body, string(st.State), string(st.Why), written(st.Due), written(st.Counted), string(st.Start), st.Result, st.Ground, st.Authority, st.Plan, store.Micros(s.now()), s.rules(f, digestOf(s.Plan(f.body))))
	if err != nil {
		return fmt.Errorf("storing how long a case is kept: %w", err)
	}
	return nil
}

// written is a date as it is stored, "" for none.
func written(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
