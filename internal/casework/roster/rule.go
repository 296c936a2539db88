package roster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Kinds of jobs.
const (
	JobAssign = "roster.assign"
	JobRaise  = "roster.raise"
)

// Events of a case that a rule decided on. Ref is the rule's key and the words are its title; To the person or unit, From who is away when To
// is their deputy.
const (
	Routed      cases.EventKind = "routed"
	RoutedUnit  cases.EventKind = "routed_unit"
	RoutedQueue cases.EventKind = "routed_queue" // nobody was there
)

// ActionRouted is what the journal calls it.
const ActionRouted = "case.routed"

// args of a job.
type args struct {
	Case  string `json:"case"`
	Event int    `json:"event,omitempty"`
}

// Handle is a subscriber of the journal's dispatcher: it asks for what has to be done about new cases, and about what comes in the cases of
// somebody who is away. The jobs do it, so that nothing that comes in waits for them or fails with them.
func (s *Service) Handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	var list []jobs.Job
	for _, e := range batch {
		switch e.Action {
		case cases.ActionSubmitted:
			var said cases.CaseSubmitted
			if json.Unmarshal(e.Payload, &said) == nil && s.ruled(said.Type) {
				list = append(list, jobs.Job{Kind: JobAssign, Args: args{Case: e.Object.ID}, UniqueKey: JobAssign + e.Object.ID})
			}
		case cases.ActionReplied:
			var said args
			if json.Unmarshal(e.Payload, &said) == nil {
				list = append(list, jobs.Job{Kind: JobRaise, Args: args{Case: e.Object.ID, Event: said.Event}})
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return s.Queue.Enqueue(ctx, tx, list...)
}

// ruled tells whether there is a rule for a case type.
func (s *Service) ruled(typ string) bool {
	return slices.ContainsFunc(s.Pack().Assignments, func(r pack.AssignRule) bool { return len(r.Types) == 0 || slices.Contains(r.Types, typ) })
}

// Assign is the job that gives a new case to somebody.
func (s *Service) Assign(ctx context.Context, run jobs.Run) error {
	var a args
	if err := run.Decode(&a); err != nil {
		return err
	}
	_, err := s.Route(store.Background(ctx), a.Case)
	return err
}

// Match is the first rule that holds for a case; nil if none does.
func (s *Service) Match(c *cases.Case, ct *casetype.CaseType) *pack.AssignRule {
	p, d := s.Pack(), s.Organisation.Directory()
	for i := range p.Assignments {
		r := &p.Assignments[i]
		if !d.InSubtree(r.Unit, c.Unit) || len(r.Types) > 0 && !slices.Contains(r.Types, c.TypeID) || r.Lang != "" && string(r.Lang) != string(c.Lang) {
			continue
		}
		if r.Area != "" && (!c.Place.HasPoint || !p.Map.Within(r.Area, c.Place.Lat, c.Place.Lon)) {
			continue
		}
		if who, _ := d.Person(c.Addressee); r.Addressee != "" && who.Key != r.Addressee {
			continue
		}
		if r.If != "" {
			condition, err := ct.At(casetype.Moment{Today: calendar.DateOf(c.ReceivedAt)}).Condition(r.If)
			if err != nil || !condition.Holds(c.Answers) { // of a version without the question it does not hold; the check of the pack says so
				continue
			}
		}
		return r
	}
	return nil
}

// Choice is what a rule comes to: a unit or a person, neither when nobody is there and the case waits in its queue.
type Choice struct {
	Unit, Person string
	For          string // who is away, when Person is the deputy
}

func (c Choice) event() cases.EventKind {
	switch {
	case c.Unit != "":
		return RoutedUnit
	case c.Person != "":
		return Routed
	}
	return RoutedQueue
}

// circumstances are what a choice depends on besides the rule: it is the same whenever they are.
type circumstances struct {
	away  away
	load  map[string]int // open cases by person
	last  string         // who had the last turn
	takes func(person string) bool
}

// choose works out who gets a case of a unit by a rule. What points at somebody who has left, is away or may not have the case goes to their
// deputy, and else stays in the queue.
func choose(r *pack.AssignRule, person string, holders []string, now circumstances) Choice {
	if r.To.Unit != "" {
		return Choice{Unit: r.To.Unit}
	}
	here := func(p string) bool { _, gone := now.away.of(p); return !gone && now.takes(p) }
	if r.To.Person != "" {
		if person != "" && here(person) {
			return Choice{Person: person}
		}
		holders = []string{person}
	}
	var present, deputies []string
	stands := map[string]string{}
	for _, p := range slices.Sorted(slices.Values(holders)) {
		if r.To.Role != "" && here(p) {
			present = append(present, p)
		} else if d := now.away.deputy(p); d != "" && now.takes(d) && stands[d] == "" {
			deputies, stands[d] = append(deputies, d), p
		}
	}
	if len(present) > 0 {
		stands = nil
	} else {
		present = deputies
	}
	pick := leastLoad(present, now.load)
	if r.To.By == pack.ByTurn {
		pick = nextTurn(present, now.last)
	}
	return Choice{Person: pick, For: stands[pick]}
}

// Route gives a case to whom the first rule that holds says, once. A case that somebody has, or that is closed, is left alone.
func (s *Service) Route(ctx context.Context, id string) (done bool, err error) {
	_, err = s.Cases.DoAlone(ctx, id, ActionRouted, func(ctx context.Context, a *cases.Act) error {
		c := a.Case
		if !c.Open || c.Assignee != "" {
			return cases.ErrNothing
		}
		r := s.Match(c, a.Type)
		if r == nil {
			return cases.ErrNothing
		}
		n, err := a.Tx.Exec(ctx, `INSERT INTO roster_fired (case_id, rule, at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO NOTHING`, c.ID, r.Key, store.Micros(a.Now))
		if err != nil {
			return err
		}
		if n == 0 { // a rule has decided before
			return cases.ErrNothing
		}
		choice, err := s.pick(ctx, a.Tx, r, c, a.Parties)
		if err != nil {
			return err
		}
		_, err = a.Tx.Exec(ctx, `INSERT INTO roster_turn (rule, times, last) VALUES ($1, 1, $2)
			ON CONFLICT (rule) DO UPDATE SET times = roster_turn.times + 1, last = CASE WHEN excluded.last = '' THEN roster_turn.last ELSE excluded.last END`, r.Key, choice.Person)
		if err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data = choice.event(), true, r.Title.In(i18n.SV), cases.EventData{From: choice.For, To: choice.Person + choice.Unit, Ref: r.Key}
		if choice.Unit != "" {
			u, _ := s.Staff.Unit(choice.Unit)
			c.Unit, c.Body = u.Key, u.Body
		}
		c.Assignee, done = choice.Person, true
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("giving a new case to somebody: %w", err)
	}
	return done, nil
}

// pick is the choice of a rule for a case, as things are now.
func (s *Service) pick(ctx context.Context, q store.Queryer, r *pack.AssignRule, c *cases.Case, parties []cases.Party) (Choice, error) {
	if r.To.Unit != "" {
		if u, ok := s.Staff.Unit(r.To.Unit); !ok || u.Member != c.Member || u.Key == c.Unit {
			return Choice{}, nil
		}
	}
	d := s.Organisation.Directory()
	var person string
	var holders []string
	for _, p := range d.Officials() {
		if r.To.Person != "" && p.Key == r.To.Person {
			person = p.ID
		}
		if r.To.Role != "" && s.Staff.Holds(p.ID, r.To.Role, c.Unit) {
			holders = append(holders, p.ID)
		}
	}
	list, err := absences(ctx, q, s.today())
	if err != nil {
		return Choice{}, err
	}
	now := circumstances{away: awayOn(list, s.today()), takes: func(p string) bool {
		return s.Staff.Holds(p, access.Officer, c.Unit) && !slices.ContainsFunc(parties, func(x cases.Party) bool { return x.Person == p })
	}}
	if now.load, err = loads(ctx, q); err != nil {
		return Choice{}, err
	}
	rows, err := store.All(ctx, q, func(r *store.Rows) (string, error) { var last string; return last, r.Scan(&last) }, `SELECT last FROM roster_turn WHERE rule = $1`, r.Key)
	if err != nil {
		return Choice{}, fmt.Errorf("asking whose turn it is: %w", err)
	}
	if len(rows) > 0 {
		now.last = rows[0]
	}
	return choose(r, person, holders, now), nil
}

// loads is how many open cases each person has.
func loads(ctx context.Context, q store.Queryer) (map[string]int, error) {
	out := map[string]int{}
	_, err := store.All(ctx, q, func(r *store.Rows) (struct{}, error) {
		var p string
		var n int
		err := r.Scan(&p, &n)
		out[p] = n
		return struct{}{}, err
	}, `SELECT assignee, count(*) FROM cases WHERE open = 1 AND assignee <> '' GROUP BY assignee`)
	if err != nil {
		return nil, fmt.Errorf("counting the open cases of each: %w", err)
	}
	return out, nil
}

// Times is how often each rule has decided.
func (s *Service) Times(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	_, err := store.All(ctx, s.DB, func(r *store.Rows) (struct{}, error) {
		var rule string
		var n int
		err := r.Scan(&rule, &n)
		out[rule] = n
		return struct{}{}, err
	}, `SELECT rule, times FROM roster_turn`)
	if err != nil {
		return nil, fmt.Errorf("counting how often rules decided: %w", err)
	}
	return out, nil
}

// Trial is what the rules would do with a case that came in.
type Trial struct {
	Case   *cases.Case
	Rule   *pack.AssignRule // nil: none holds
	Choice Choice
}

// tried is how many cases a dry run looks at.
const tried = 50

// DryRun tells what the rules of today would do with the last cases that came to the units of somebody. Nothing is changed.
func (s *Service) DryRun(ctx context.Context, who access.Actor) ([]Trial, error) {
	page, err := s.Cases.List(ctx, who, cases.Filter{Queue: cases.QueueAll, Order: cases.Newest, Limit: tried})
	if err != nil {
		return nil, err
	}
	var out []Trial
	for _, listed := range page.Cases {
		if access.RequiresTrace(listed.Object()) && listed.Assignee != who.Person { // that a rule holds tells what the answers are
			continue
		}
		c, err := s.Cases.Case(ctx, listed.ID)
		if err != nil {
			return nil, err
		}
		t := Trial{Case: listed}
		if ct, ok := s.Types.Version(c.TypeID, c.TypeVersion); ok {
			t.Rule = s.Match(c, ct)
		}
		if t.Rule != nil {
			if t.Choice, err = s.pick(ctx, s.DB, t.Rule, c, nil); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	return out, nil
}
