package retention

import (
	"context"
	"fmt"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Counts is how the closed cases of a body stand.
type Counts struct {
	Ripe, Waiting, Preserved, Todo, Held, Destroyed int
	Years                                           []YearCount // of those that wait, by the year in which they may go
}

// YearCount is how many cases may go in a year.
type YearCount struct {
	Year  string
	Cases int
}

// Counts counts the closed cases of a body.
func (s *Service) Counts(ctx context.Context, member, body string) (Counts, error) {
	var c Counts
	today := s.today().String()
	type row struct {
		state, year string
		ripe, held  bool
		n           int
	}
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (row, error) {
		var x row
		return x, r.Scan(&x.state, &x.year, &x.ripe, &x.held, &x.n)
	}, `SELECT state, year, ripe, held, count(*) FROM (
			SELECT r.state, substr(r.due, 1, 4) AS year, CASE WHEN r.due <= $3 THEN 1 ELSE 0 END AS ripe,
			CASE WHEN EXISTS (SELECT 1 FROM retention_hold h WHERE h.case_id = r.case_id AND h.lifted_at = 0) THEN 1 ELSE 0 END AS held
			FROM retention r WHERE r.member = $1 AND r.body = $2 AND r.state <> '') x GROUP BY state, year, ripe, held ORDER BY year`, member, body, today)
	if err != nil {
		return c, fmt.Errorf("counting what may go: %w", err)
	}
	for _, x := range rows {
		if x.held {
			c.Held += x.n
		}
		switch State(x.state) {
		case Preserve:
			c.Preserved += x.n
		case Todo:
			c.Todo += x.n
		case Discard:
			switch {
			case x.held:
			case x.ripe:
				c.Ripe += x.n
			default:
				c.Waiting += x.n
			}
			if !x.ripe {
				if n := len(c.Years); n > 0 && c.Years[n-1].Year == x.year {
					c.Years[n-1].Cases += x.n
				} else {
					c.Years = append(c.Years, YearCount{x.year, x.n})
				}
			}
		}
	}
	err = s.DB.QueryRow(ctx, `SELECT count(*) FROM cases WHERE member = $1 AND body = $2 AND destroyed_at > 0`, member, body).Scan(&c.Destroyed)
	return c, err
}

// Row is a case in a list of those that somebody has to see to. It shows nothing of what the case is about.
type Row struct {
	Case, Number, TypeID string
	Version              int
	Closed               calendar.Date
	Why                  Why
	Due                  string
	Reason               Reason // of a stop
	Since                calendar.Date
}

// listPage is how many rows a page shows.
const listPage = 100

// Rows gives the cases of a body with something to see to, by number after the one given: "todo" or "held".
func (s *Service) Rows(ctx context.Context, member, body, which, after string) ([]Row, error) {
	where := `r.state = 'todo'`
	if which == "held" {
		where = `h.id IS NOT NULL`
	}
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Row, error) {
		var x Row
		var closed, since int64
		err := r.Scan(&x.Case, &x.Number, &x.TypeID, &x.Version, &closed, &x.Why, &x.Due, &x.Reason, &since)
		x.Closed, x.Since = dateOf(closed), dateOf(since)
		return x, err
	}, `SELECT c.id, c.number, c.type_id, c.type_version, c.closed_at, coalesce(r.why, ''), coalesce(r.due, ''), coalesce(h.reason, ''), coalesce(h.set_at, 0)
		FROM cases c LEFT JOIN retention r ON r.case_id = c.id LEFT JOIN retention_hold h ON h.case_id = c.id AND h.lifted_at = 0
		WHERE c.member = $1 AND c.body = $2 AND `+where+` AND c.number > $3 ORDER BY c.number LIMIT $4`, member, body, after, listPage+1)
	if err != nil {
		return nil, fmt.Errorf("listing what somebody has to see to: %w", err)
	}
	return list, nil
}

// Kept is how one case stands.
type Kept struct {
	Standing
	Known  bool // it has been worked out
	Held   bool
	Reason Reason
	Words  string // of the stop
	Since  calendar.Date
	OnList string // ID of the list it is on, "" for none
}

// Of gives how a case stands. Who may see it, the caller has asked.
func (s *Service) Of(ctx context.Context, caseID string) (Kept, error) {
	var k Kept
	var state, why, due, counted, start, reason string
	var since int64
	err := s.DB.QueryRow(ctx, `SELECT coalesce(r.state, ''), coalesce(r.why, ''), coalesce(r.due, ''), coalesce(r.counted, ''), coalesce(r.start, ''), coalesce(r.result, ''), coalesce(r.ground, ''),
		coalesce(r.authority, ''), coalesce(r.plan, ''), coalesce(h.reason, ''), coalesce(h.words, ''), coalesce(h.set_at, 0),
		coalesce((SELECT max(d.id) FROM destruction_item i JOIN destruction d ON d.id = i.destruction WHERE i.case_id = c.id AND i.state = 'listed' AND d.state IN ('listed', 'decided', 'approved', 'ordered')), '')
		FROM cases c LEFT JOIN retention r ON r.case_id = c.id LEFT JOIN retention_hold h ON h.case_id = c.id AND h.lifted_at = 0 WHERE c.id = $1`, caseID).
		Scan(&state, &why, &due, &counted, &start, &k.Result, &k.Ground, &k.Authority, &k.Plan, &reason, &k.Words, &since, &k.OnList)
	if err != nil {
		return k, fmt.Errorf("reading how long a case is kept: %w", err)
	}
	k.State, k.Why, k.Start, k.Known = State(state), Why(why), casetype.RetentionStart(start), state != ""
	k.Due, _ = calendar.ParseDate(due)
	k.Counted, _ = calendar.ParseDate(counted)
	k.Held, k.Reason, k.Since = since > 0, Reason(reason), dateOf(since)
	return k, nil
}

// PlanRow is a row of a body's document plan.
type PlanRow struct {
	Type   string // ID of the case type, "" for none
	Title  i18n.Text
	What   i18n.Text
	Result string // of a document type that is kept otherwise after it
	casetype.Retention
	Note i18n.Text
}

// PlanRows is the document plan of a body: what its case types say in the versions of today, and what retention.yaml says besides.
func (s *Service) PlanRows(body string) []PlanRow {
	var out []PlanRow
	for _, ct := range s.Types.Open(s.today()) {
		if ct.Owner.Body != body {
			continue
		}
		for _, r := range ct.Results {
			out = append(out, PlanRow{Type: ct.ID, Title: ct.Title, What: r.Title, Retention: r.Time()})
		}
		for _, d := range ct.Documents {
			out = append(out, PlanRow{Type: ct.ID, Title: ct.Title, What: d.Title, Retention: d.Time("")})
			for _, t := range d.Results {
				out = append(out, PlanRow{Type: ct.ID, Title: ct.Title, What: d.Title, Result: t.Result, Retention: d.Time(t.Result)})
			}
		}
	}
	if plan := s.Plan(body); plan != nil {
		for _, rec := range plan.Records {
			out = append(out, PlanRow{What: rec.Title, Retention: rec.Time(), Note: rec.Note})
		}
	}
	slices.SortStableFunc(out, func(a, b PlanRow) int { return comparePlan(a.Plan, b.Plan) })
	return out
}

// comparePlan orders rows as a plan does: "DHP 1.9" before "DHP 1.10".
func comparePlan(a, b string) int {
	for a != "" && b != "" {
		x, restA := number(a)
		y, restB := number(b)
		switch {
		case restA == a || restB == b: // no number here: letters
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
		case x != y:
			return x - y
		default:
			a, b = restA, restB
		}
	}
	return len(a) - len(b)
}

// number reads the digits at the beginning of a text, at most nine of them.
func number(s string) (n int, rest string) {
	i := 0
	for ; i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, s[i:]
}
