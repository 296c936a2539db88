package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// life is how a case has gone, as it is counted: who it was about is not part of it.
type life struct {
	typeID, unit, channel string
	actor                 Actor
	received              string // days, ISO dates in Stockholm
	ended                 string // closed last, "" never
	open                  bool
	reopened              string // opened again last, "" never
	touched               bool   // a message went to the citizen, or it was handed over
	days                  int    // business days from received to ended
}

// in and end are the counts a case belongs to.
func (l life) in() arrival { return arrival{l.received, l.typeID, l.unit, l.channel, l.actor} }

func (l life) end() ending {
	return ending{l.ended, l.typeID, l.unit, l.channel, l.open, l.reopened, l.touched, l.days}
}

type arrival struct {
	day, typeID, unit, channel string
	actor                      Actor
}

type ending struct {
	day, typeID, unit, channel string
	open                       bool
	reopened                   string
	touched                    bool
	days                       int
}

// Handle keeps the counts in step with the cases. It is a subscriber of the journal's dispatcher: each case that something has happened
// to is counted as it stands now, whatever of it was told before, so that telling it twice changes nothing.
func (s *Service) Handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	var ids []string
	seen := map[string]bool{}
	for _, e := range batch {
		if e.Object.Kind == "case" && !seen[e.Object.ID] && figured(e.Action) {
			seen[e.Object.ID] = true
			ids = append(ids, e.Object.ID)
		}
	}
	if err := s.recount(ctx, tx, ids); err != nil {
		return fmt.Errorf("counting cases: %w", err)
	}
	return nil
}

// figured tells whether an action can change a figure. What is not known here can.
func figured(action string) bool {
	switch action {
	case cases.ActionRead, cases.ActionNoted, cases.ActionClaimed, cases.ActionReleased, cases.ActionAssigned, cases.ActionEdited, cases.ActionMarked,
		cases.ActionReplied, cases.ActionUnreached, cases.ActionProtected, cases.ActionPrinted, cases.ActionScreened, cases.ActionCorrected, cases.ActionErased:
		return false
	}
	return true
}

// atOnce is how many cases are counted by one question: a database takes only so many arguments.
const atOnce = 200

func (s *Service) recount(ctx context.Context, tx *store.Tx, ids []string) error {
	for len(ids) > 0 {
		n := min(atOnce, len(ids))
		if err := s.recountSome(ctx, tx, ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (s *Service) recountSome(ctx context.Context, tx *store.Tx, ids []string) error {
	now, err := s.lives(ctx, tx, ids)
	if err != nil {
		return err
	}
	before, err := counted(ctx, tx, ids)
	if err != nil {
		return err
	}
	in, end := map[arrival]int{}, map[ending]int{}
	for _, id := range ids {
		l, ok := now[id]
		was, known := before[id]
		if !ok || known && was == l { // one that is gone stays counted
			continue
		}
		if known {
			in[was.in()]--
			if was.ended != "" {
				end[was.end()]--
			}
		}
		in[l.in()]++
		if l.ended != "" {
			end[l.end()]++
		}
		_, err := tx.Exec(ctx, `INSERT INTO case_life (case_id, type_id, unit, channel, actor, received, ended, open, reopened, touched, days)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (case_id) DO UPDATE SET unit = $3, actor = $5, received = $6, ended = $7, open = $8, reopened = $9, touched = $10, days = $11`,
			id, l.typeID, l.unit, l.channel, string(l.actor), l.received, l.ended, store.Bool(l.open), l.reopened, store.Bool(l.touched), l.days)
		if err != nil {
			return err
		}
	}
	for k, n := range in {
		if n == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO figure_in (day, type_id, unit, channel, actor, n) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (day, type_id, unit, channel, actor) DO UPDATE SET n = figure_in.n + $6`, k.day, k.typeID, k.unit, k.channel, string(k.actor), n); err != nil {
			return err
		}
	}
	for k, n := range end {
		if n == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO figure_end (day, type_id, unit, channel, open, reopened, touched, days, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (day, type_id, unit, channel, open, reopened, touched, days) DO UPDATE SET n = figure_end.n + $9`,
			k.day, k.typeID, k.unit, k.channel, store.Bool(k.open), k.reopened, store.Bool(k.touched), k.days, n); err != nil {
			return err
		}
	}
	for k, t := range monthsOf(in, end) {
		if err := t.add(ctx, tx, k); err != nil {
			return err
		}
	}
	return nil
}

// counted reads how cases were counted last.
func counted(ctx context.Context, q store.Queryer, ids []string) (map[string]life, error) {
	out := map[string]life{}
	marks, args := list(ids)
	err := each(ctx, q, `SELECT case_id, type_id, unit, channel, actor, received, ended, open, reopened, touched, days FROM case_life WHERE case_id IN (`+marks+`)`, args, func(r *store.Rows) error {
		var id string
		var l life
		if err := r.Scan(&id, &l.typeID, &l.unit, &l.channel, &l.actor, &l.received, &l.ended, &l.open, &l.reopened, &l.touched, &l.days); err != nil {
			return err
		}
		out[id] = l
		return nil
	})
	return out, err
}

// list is as many placeholders as there are IDs, and the IDs.
func list(ids []string) (marks string, args []any) {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
		args = append(args, id)
	}
	return b.String(), args
}

// lives reads how cases stand: from their rows, and from what has happened to them.
func (s *Service) lives(ctx context.Context, q store.Queryer, ids []string) (map[string]life, error) {
	marks, args := list(ids)
	out := map[string]life{}
	versions := map[string]int{}
	ends := map[string]time.Time{}
	answers, args := s.withOrganisations(args)
	err := each(ctx, q, `SELECT c.id, c.type_id, c.type_version, c.unit, c.channel, c.received_at, c.closed_at, c.open, `+answers+`,
		COALESCE(p.person, '') || COALESCE(p.name, '') || COALESCE(p.email, '') || COALESCE(p.phone, '')
		FROM cases c LEFT JOIN case_party p ON p.case_id = c.id AND p.n = 1 WHERE c.id IN (`+marks+`)`, args, func(r *store.Rows) error {
		var id, answers, party string
		var version int
		var received, closed int64
		var l life
		if err := r.Scan(&id, &l.typeID, &version, &l.unit, &l.channel, &received, &closed, &l.open, &answers, &party); err != nil {
			return err
		}
		l.received, l.actor = calendar.DateOf(store.Time(received)).String(), s.actor(l.typeID, version, answers, party)
		if !l.open {
			ends[id] = store.Time(closed)
		}
		out[id], versions[id] = l, version
		return nil
	})
	if err != nil {
		return nil, err
	}
	marks, args = list(ids)
	err = each(ctx, q, `SELECT case_id, at, kind, data FROM case_event WHERE case_id IN (`+marks+`) AND kind IN ('message_out', 'handed_over', 'decided', 'closed', 'reopened') ORDER BY case_id, n`,
		args, func(r *store.Rows) error {
			var id, data string
			var kind cases.EventKind
			var at int64
			if err := r.Scan(&id, &at, &kind, &data); err != nil {
				return err
			}
			l, ok := out[id]
			if !ok {
				return nil
			}
			switch {
			case kind == cases.MessageOut || kind == cases.HandedOver:
				l.touched = true
			case kind == cases.Reopened:
				l.reopened = calendar.DateOf(store.Time(at)).String()
			case kind == cases.Closed || s.closing(l.typeID, versions[id], data):
				if store.Time(at).After(ends[id]) {
					ends[id] = store.Time(at)
				}
			}
			out[id] = l
			return nil
		})
	if err != nil {
		return nil, err
	}
	for id, at := range ends {
		l := out[id]
		day := calendar.DateOf(at)
		from, err := calendar.ParseDate(l.received)
		if err != nil {
			return nil, err
		}
		l.ended, l.days = day.String(), s.Days.BusinessDaysBetween(from, day)
		out[id] = l
	}
	return out, nil
}

// closing tells whether a decision closed its case.
func (s *Service) closing(typeID string, version int, data string) bool {
	var said cases.EventData
	ct, ok := s.Types.Version(typeID, version)
	if !ok || json.Unmarshal([]byte(data), &said) != nil {
		return false
	}
	st := ct.Status(said.To)
	return st != nil && st.Content == casetype.Closed && said.From != said.To
}

// withOrganisations is the expression for the answers of the case types that ask for an organisation: those of the others are not read.
func (s *Service) withOrganisations(args []any) (string, []any) {
	marks := ""
	for _, ct := range s.Types.Open(s.today()) {
		if organisationKey(ct) != "" {
			args = append(args, ct.ID)
			marks += fmt.Sprintf(", $%d", len(args))
		}
	}
	if marks == "" {
		return `''`, args
	}
	return `CASE WHEN c.type_id IN (` + marks[2:] + `) THEN c.answers ELSE '' END`, args
}

func organisationKey(ct *casetype.CaseType) string {
	for i := range ct.Form.Steps {
		for j := range ct.Form.Steps[i].Questions {
			if q := &ct.Form.Steps[i].Questions[j]; q.Type == casetype.TypeOrganisation {
				return q.Key
			}
		}
	}
	return ""
}

func (s *Service) actor(typeID string, version int, answers, party string) Actor {
	if ct, ok := s.Types.Version(typeID, version); ok && answers != "" {
		var clean casetype.Clean
		if key := organisationKey(ct); key != "" && json.Unmarshal([]byte(answers), &clean) == nil && clean.Get(key+casetype.PartName)+clean.Get(key+casetype.PartNumber) != "" {
			return Organisation
		}
	}
	if party == "" {
		return Anonymous
	}
	return Person
}

// Build counts the cases that came before there were counts, once in the life of an installation. It takes some at a time and gives way to
// people's changes; rest is for store.Pacer.
func (s *Service) Build(ctx context.Context, rest int) error {
	var built int
	if err := s.db.QueryRow(ctx, `SELECT count(*) FROM figure_built`).Scan(&built); err != nil || built > 0 {
		return err
	}
	pause := store.Pacer(rest)
	for after := ""; ; {
		ids, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
			`SELECT id FROM cases WHERE id > $1 ORDER BY id LIMIT $2`, after, atOnce)
		if err != nil {
			return fmt.Errorf("counting earlier cases: %w", err)
		}
		err = s.db.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
			if len(ids) == 0 {
				_, err := tx.Exec(ctx, `INSERT INTO figure_built (at) VALUES ($1) ON CONFLICT (at) DO NOTHING`, store.Micros(s.Clock.Now()))
				return err
			}
			return s.recount(ctx, tx, ids)
		})
		if err != nil {
			return fmt.Errorf("counting earlier cases: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		after = ids[len(ids)-1]
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// Erase forgets a case that is destroyed; that there was one stays counted.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, statement := range []string{`DELETE FROM case_life WHERE case_id = $1`, `DELETE FROM feedback_given WHERE case_id = $1`} {
		if _, err := tx.Exec(ctx, statement, caseID); err != nil {
			return fmt.Errorf("erasing what was counted of a case: %w", err)
		}
	}
	return nil
}
