package task

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// View is a way to look at what is asked of somebody.
type View string

// The views.
const (
	Mine      View = "mine"      // tasks of mine, and of those I stand in for
	OfUnit    View = "unit"      // tasks of my units that nobody in particular has
	Overdue   View = "overdue"   // both, past their day
	Opinions  View = "opinions"  // remisser that are asked of me or my units
	Approvals View = "approvals" // rounds that wait for me
)

// Views are all, in the order of the page.
func Views() []View { return []View{Mine, OfUnit, Overdue, Opinions, Approvals} }

// Row is a line of a list. Of a case that is marked it says neither what it is about nor what is asked, which the case's page does.
type Row struct {
	ID, CaseID, Number string
	Type               string // ID of the case type
	Version            int
	Subject            string
	Veiled             bool // the case is marked, and somebody else's
	What               string
	To                 Whom
	By                 string
	Due                calendar.Date // zero for an approval, which has no day
	Made               int64         // microseconds UTC
}

// Page is one page of a list.
type Page struct {
	Rows []Row
	Next string // cursor of the next page, "" on the last
}

// statement is a query under construction; values are always arguments.
type statement struct{ args []any }

func (q *statement) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *statement) all(list []string) string {
	marks := make([]string, len(list))
	for i, v := range list {
		marks[i] = q.arg(v)
	}
	return strings.Join(marks, ", ")
}

// ofPerson is the condition of rows that are the actor's own, or of somebody they stand in for.
func (s *Service) ofPerson(q *statement, who access.Actor, table string) string {
	return table + ".person <> '' AND " + table + ".person IN (" + q.all(s.standsInFor(who)) + ")"
}

// ofUnit is the condition of rows of the units in which the actor works, that nobody in particular has.
func (s *Service) ofUnit(q *statement, who access.Actor, table string) string {
	var parts []string
	for _, m := range who.Mandates {
		if m.Unit != "" {
			parts = append(parts, table+".unit = "+q.arg(m.Unit)+" AND "+table+".role IN ('', "+q.arg(m.Role)+")")
		}
	}
	if len(parts) == 0 {
		return "1 = 0"
	}
	return table + ".person = '' AND (" + strings.Join(parts, " OR ") + ")"
}

// standsInFor are the actor and those whom they stand in for today.
func (s *Service) standsInFor(who access.Actor) []string {
	out := []string{who.Person}
	if s.Deputies == nil {
		return out
	}
	for _, p := range s.Organisation.Directory().Officials() {
		for _, d := range s.Deputies.Deputies(p.ID, s.today()) {
			if d == who.Person && p.ID != who.Person {
				out = append(out, p.ID)
			}
		}
	}
	return out
}

// List is a page of what is asked of somebody, due first; rounds by when they began. after is the Next of the page before.
func (s *Service) List(ctx context.Context, who access.Actor, view View, after string, limit int) (Page, error) {
	limit = min(max(limit, 1), 200)
	key, id, err := parseCursor(after)
	if err != nil {
		return Page{}, err
	}
	q := &statement{}
	text := s.text(q, who, view)
	text = `SELECT * FROM (` + text + `) a`
	if id != "" {
		text += ` WHERE (a.sort, a.id) > (` + q.arg(key) + `, ` + q.arg(id) + `)`
	}
	text += ` ORDER BY a.sort, a.id LIMIT ` + q.arg(limit+1)
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (Row, error) { return scanRow(r, who) }, text, q.args...)
	if err != nil {
		return Page{}, fmt.Errorf("listing what is asked: %w", err)
	}
	page := Page{Rows: rows}
	if len(rows) > limit {
		page.Rows = rows[:limit]
		page.Next = page.Rows[limit-1].cursor()
	}
	return page, nil
}

// text is the statement of a view: columns of scanRow, and the key that it is sorted by.
func (s *Service) text(q *statement, who access.Actor, view View) string {
	const ofCase = `c.number, c.type_id, c.subject, c.secrecy, c.protected, c.assignee`
	switch view {
	case Opinions: // who is asked sees what was sent, whether or not they may see the case
		return `SELECT r.id, r.case_id, r.version, '' AS what, r.person, r.unit, '' AS role, r.by_person, r.due, r.sent_at, ` + ofCase + `, r.due AS sort
			FROM remiss r JOIN cases c ON c.id = r.case_id WHERE r.state = 'sent' AND r.outside = 0 AND (` + s.ofPerson(q, who, "r") + ` OR ` + s.askedUnits(q, who) + `)`
	case Approvals:
		return `SELECT p.id, p.case_id, 0 AS version, p.title AS what, v.person, '' AS unit, '' AS role, p.by_person, '' AS due, p.made_at, ` + ofCase + `, p.id AS sort
			FROM approval p JOIN approval_asked v ON v.approval_id = p.id JOIN cases c ON c.id = p.case_id
			WHERE p.state = 'open' AND ` + s.ofPerson(q, who, "v") + ` AND (v.vote = '' OR v.hash <> p.hash) AND p.by_person <> ` + q.arg(who.Person) + `
			AND (p.in_turn = 0 OR NOT EXISTS (SELECT 1 FROM approval_asked b WHERE b.approval_id = p.id AND b.n < v.n AND (b.vote = '' OR b.hash <> p.hash)))
			AND ` + q.visible(who)
	}
	var where string
	switch view {
	case OfUnit:
		where = s.ofUnit(q, who, "t")
	case Overdue:
		where = `(` + s.ofPerson(q, who, "t") + ` OR ` + s.ofUnit(q, who, "t") + `) AND t.due < ` + q.arg(s.today().String())
	default:
		where = s.ofPerson(q, who, "t")
	}
	return `SELECT t.id, t.case_id, t.version, t.what, t.person, t.unit, t.role, t.by_person, t.due, t.made_at, ` + ofCase + `, t.due AS sort
		FROM task t JOIN cases c ON c.id = t.case_id WHERE t.state = 'open' AND ` + where + ` AND ` + q.visible(who)
}

func (q *statement) visible(who access.Actor) string {
	condition, args := cases.Visible(who, access.CaseRead, len(q.args)+1)
	q.args = append(q.args, args...)
	return condition
}

// askedUnits is the condition of remisser to the units in which the actor works, or which they answer for from above.
func (s *Service) askedUnits(q *statement, who access.Actor) string {
	d := s.Organisation.Directory()
	var units []string
	for _, m := range who.Mandates {
		if m.Unit != "" {
			units = append(units, d.Subtree(m.Unit)...)
		}
	}
	if len(units) == 0 {
		return "1 = 0"
	}
	return "r.person = '' AND r.unit IN (" + q.all(units) + ")"
}

func scanRow(r *store.Rows, who access.Actor) (Row, error) {
	var x Row
	var c cases.Case
	var sort string
	err := r.Scan(&x.ID, &x.CaseID, &x.Version, &x.What, &x.To.Person, &x.To.Unit, &x.To.Role, &x.By, &x.Due, &x.Made, &x.Number, &x.Type, &x.Subject, &c.Secrecy, &c.Protected, &c.Assignee, &sort)
	if x.Veiled = access.RequiresTrace(c.Object()) && (c.Assignee == "" || c.Assignee != who.Person); x.Veiled {
		x.Subject, x.What = "", ""
	}
	return x, err
}

// cursor is the place in a list. It holds no personal data.
func (x Row) cursor() string {
	key := x.Due.String()
	if x.Due.IsZero() {
		key = x.ID
	}
	return base64.RawURLEncoding.EncodeToString([]byte(key + " " + x.ID))
}

func parseCursor(text string) (key, id string, err error) {
	if text == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", "", cases.ErrCursor
	}
	key, id, ok := strings.Cut(string(raw), " ")
	if !ok || !store.ValidID(id) {
		return "", "", cases.ErrCursor
	}
	return key, id, nil
}

// Counts is how much there is in each view, in one query.
func (s *Service) Counts(ctx context.Context, who access.Actor) (map[View]int, error) {
	q := &statement{}
	var parts []string
	for _, v := range Views() {
		parts = append(parts, `(SELECT count(*) FROM (`+s.text(q, who, v)+`) `+string(v)+`_rows)`)
	}
	counts := make([]int, len(parts))
	dest := make([]any, len(parts))
	for i := range counts {
		dest[i] = &counts[i]
	}
	if err := s.DB.QueryRow(ctx, `SELECT `+strings.Join(parts, ", "), q.args...).Scan(dest...); err != nil {
		return nil, fmt.Errorf("counting what is asked: %w", err)
	}
	out := map[View]int{}
	for i, v := range Views() {
		out[v] = counts[i]
	}
	return out, nil
}

// Line is something asked in a case, in short.
type Line struct {
	Kind  LineKind
	ID    string
	What  string // of a task or a round
	To    Whom
	Name  string // of somebody outside
	Due   calendar.Date
	State string // of the kind
	Extra string // of a remiss its stance, of a round how many have said yes
	Asked int    // of a round
}

// LineKind is what a line is of.
type LineKind string

// The kinds.
const (
	TaskLine     LineKind = "task"
	RemissLine   LineKind = "remiss"
	ApprovalLine LineKind = "approval"
	TickLine     LineKind = "tick" // What is a status, Extra an item that is seen to
)

// Lines are what is asked in a case and what of its checklists is done, in one query.
func (s *Service) Lines(ctx context.Context, caseID string) ([]Line, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Line, error) {
		var l Line
		return l, r.Scan(&l.Kind, &l.ID, &l.What, &l.To.Person, &l.To.Unit, &l.To.Role, &l.Name, &l.Due, &l.State, &l.Extra, &l.Asked)
	}, `SELECT 'task' AS kind, id, what, person, unit, role, '' AS name, due, state, '' AS extra, 0 AS asked FROM task WHERE case_id = $1
		UNION ALL SELECT 'remiss', id, '', person, unit, '', name, due, state, stance, 0 FROM remiss WHERE case_id = $1
		UNION ALL SELECT 'approval', p.id, p.title, '', '', '', '', '', p.state,
			CAST((SELECT count(*) FROM approval_asked v WHERE v.approval_id = p.id AND v.vote = 'yes' AND v.hash = p.hash) AS TEXT),
			(SELECT count(*) FROM approval_asked v WHERE v.approval_id = p.id) FROM approval p WHERE p.case_id = $1
		UNION ALL SELECT 'tick', '', status, '', '', '', '', '', '', item, 0 FROM case_tick WHERE case_id = $1
		ORDER BY due, id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("reading what is asked in a case: %w", err)
	}
	return list, nil
}
