package cases

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
)

// Queue is a way to look at the cases of one's units.
type Queue string

// The queues of an officer.
const (
	QueueOpen       Queue = "open"       // all open cases of my units
	QueueMine       Queue = "mine"       // open cases that I have
	QueueUnassigned Queue = "unassigned" // open cases that nobody has
	QueueOverdue    Queue = "overdue"    // open cases past their day
	QueueAll        Queue = "all"        // closed ones as well
	QueueAddressed  Queue = "addressed"  // matters to me as a politician or officer
)

// Queues are all queues in the order of the page.
func Queues() []Queue {
	return []Queue{QueueMine, QueueUnassigned, QueueOpen, QueueOverdue, QueueAll, QueueAddressed}
}

// Order is how a list is sorted.
type Order string

// The orders.
const (
	Newest Order = "newest" // received last first
	Urgent Order = "urgent" // due first
)

// Filter narrows a list. Empty fields do not.
type Filter struct {
	Queue   Queue
	Unit    string
	Type    string
	Content casetype.Content
	Order   Order
	After   string // cursor of the page before, as Page.Next gave it
	Limit   int    // 1 to 200
}

// Page is one page of a list.
type Page struct {
	Cases []*Case
	Next  string // cursor of the next page, "" on the last
}

// ErrCursor means that a cursor was not made by this list.
var ErrCursor = errors.New("the page marker cannot be read; begin at the first page")

// List is a page of the cases an officer may read; of those that are marked it shows neither subject nor place, which View does. Each unit is read through its own index and the rows are merged, so that the time
// does not grow with the number of cases.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter) (Page, error) {
	f.Limit = min(max(f.Limit, 1), 200)
	after, err := parseCursor(f.After)
	if err != nil {
		return Page{}, err
	}
	q := listQuery{who: who, f: f, after: after, today: s.today()}
	text, args := q.text(access.Units(who, access.CaseRead))
	if text == "" {
		return Page{}, nil
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Case, error) { return scanCase(r) }, text, args...)
	if err != nil {
		return Page{}, fmt.Errorf("listing cases: %w", err)
	}
	for _, c := range list {
		c.veiled(who.Person)
	}
	page := Page{Cases: list}
	if len(list) > f.Limit {
		page.Cases = list[:f.Limit]
		last := page.Cases[f.Limit-1]
		page.Next = cursor{last.sortKey(f.Order), last.ID}.String()
	}
	return page, nil
}

func (c *Case) sortKey(o Order) string {
	if o == Urgent {
		return c.Due.String()
	}
	return fmt.Sprint(store.Micros(c.ReceivedAt))
}

// cursor is the place in a list: the last row's sort key and ID. It holds no personal data.
type cursor struct{ key, id string }

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.key + "." + c.id))
}

func parseCursor(text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return cursor{}, ErrCursor
	}
	key, id, ok := strings.Cut(string(raw), ".")
	if !ok || !store.ValidID(id) {
		return cursor{}, ErrCursor
	}
	return cursor{key, id}, nil
}

// listQuery composes the statement of a list from fixed parts; values are always arguments.
type listQuery struct {
	who   access.Actor
	f     Filter
	after cursor
	today string
	args  []any
}

func (q *listQuery) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

// manyUnits is where reading each unit through its own index stops to pay.
const manyUnits = 8

// text is the statement over the given units, "" if nothing can be in the list.
func (q *listQuery) text(units []string) (string, []any) {
	order := "received_at DESC, id DESC"
	if q.f.Order == Urgent {
		order = "due, id"
	}
	limit := q.arg(q.f.Limit + 1)
	var parts []string
	switch q.f.Queue {
	case QueueMine:
		parts = []string{q.part("c.open = 1 AND c.assignee <> '' AND c.assignee = " + q.arg(q.who.Person))}
	case QueueAddressed:
		parts = []string{q.part("c.addressee <> '' AND c.addressee = " + q.arg(q.who.Person))}
	default:
		if q.f.Unit == "" && len(units) > manyUnits { // someone who sees a whole member: one walk along the order itself
			parts = []string{q.part(q.queue() + "1 = 1")}
			break
		}
		for _, unit := range units {
			if q.f.Unit == "" || q.f.Unit == unit {
				parts = append(parts, q.part(q.queue()+"c.unit = "+q.arg(unit)))
			}
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	if len(parts) == 1 {
		return parts[0] + " ORDER BY " + order + " LIMIT " + limit, q.args
	}
	// Of each unit the keys alone; the whole rows of those that stand on the page.
	for i, p := range parts {
		keys := "SELECT c.id, c.received_at, c.due" + strings.TrimPrefix(p, "SELECT "+caseColumns)
		parts[i] = "SELECT * FROM (" + keys + " ORDER BY " + order + " LIMIT " + limit + ") u" + fmt.Sprint(i)
	}
	page := "SELECT id AS page_id FROM (" + strings.Join(parts, " UNION ALL ") + ") a ORDER BY " + order + " LIMIT " + limit
	return "SELECT " + caseColumns + " FROM (" + page + ") page JOIN cases c ON c.id = page.page_id ORDER BY " + order, q.args
}

func (q *listQuery) queue() string {
	switch q.f.Queue {
	case QueueUnassigned:
		return "c.open = 1 AND c.assignee = '' AND "
	case QueueOverdue:
		return "c.open = 1 AND c.due < " + q.arg(q.today) + " AND "
	case QueueAll:
		return ""
	}
	return "c.open = 1 AND "
}

// part is the statement over one index: rows the officer may read, after the cursor.
func (q *listQuery) part(where string) string {
	text := "SELECT " + caseColumns + " FROM cases c WHERE " + where
	if q.f.Unit != "" {
		text += " AND c.unit = " + q.arg(q.f.Unit)
	}
	if q.f.Type != "" {
		text += " AND c.type_id = " + q.arg(q.f.Type)
	}
	if q.f.Content != "" {
		text += " AND c.content = " + q.arg(string(q.f.Content))
	}
	condition, args := access.Condition(q.who, access.CaseRead, accessColumns, len(q.args)+1)
	text += " AND " + condition
	q.args = append(q.args, args...)
	if q.after.id != "" {
		key, id := q.arg(q.after.key), q.arg(q.after.id)
		if q.f.Order == Urgent {
			text += " AND (c.due, c.id) > (" + key + ", " + id + ")"
		} else {
			text += " AND (c.received_at, c.id) < (CAST(" + key + " AS BIGINT), " + id + ")"
		}
	}
	return text
}

// accessColumns tells the rules where the facts they ask for stand in the table of cases.
var accessColumns = access.Columns{
	Member: "c.member", Body: "c.body", Unit: "c.unit", Scope: "c.type_id", Assignee: "c.assignee", Addressee: "c.addressee", Secrecy: "c.secrecy",
	Protected: "c.protected",
	Party: func(p string) string {
		return "EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id AND p.person = " + p + ")"
	},
}

// OfficerView is a whole case as an officer sees it.
type OfficerView struct {
	Case      *Case
	Type      *casetype.CaseType
	Status    *casetype.Status
	Next      []*casetype.Status
	Parties   []Party
	Events    []Event
	Documents []Document
	Decisions []Decision
	Handlings []Handling
	// May tells which commands to offer.
	May map[access.Action]bool
}

// View shows a case to an officer. What may not be seen is ErrNotFound. Reading what is marked or secret is journalled.
func (s *Service) View(ctx context.Context, who access.Actor, id string) (OfficerView, error) {
	var v OfficerView
	var mandate string
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		c, err := load(ctx, q, id)
		if err != nil {
			return err
		}
		if v.Parties, err = parties(ctx, q, id); err != nil {
			return err
		}
		if mandate, err = s.check(who, access.CaseRead, c, v.Parties); err != nil {
			return fmt.Errorf("%w: %w", store.ErrNotFound, err)
		}
		v.Case = c
		return s.fill(ctx, q, &v)
	})
	if err != nil {
		return OfficerView{}, fmt.Errorf("showing a case: %w", err)
	}
	if err := s.noted(ctx, who, mandate, v.Case, v.Parties); err != nil {
		return OfficerView{}, err
	}
	o := object(v.Case, v.Parties)
	v.May = map[access.Action]bool{}
	for _, a := range []access.Action{
		access.CaseClaim, access.CaseAssign, access.CaseMessage, access.CaseNote, access.CaseStatus, access.CaseDecide, access.CaseClose, access.CaseReopen, access.CaseSecrecy,
	} {
		v.May[a] = access.Check(who, a, o).Allowed
	}
	return v, nil
}

func (s *Service) fill(ctx context.Context, q store.Queryer, v *OfficerView) error {
	var err error
	id := v.Case.ID
	if v.Type, err = s.typeOf(v.Case); err != nil {
		return err
	}
	v.Status, v.Next = v.Type.Status(v.Case.Status), v.Type.Next(v.Case.Status)
	if v.Events, err = events(ctx, q, id, true); err != nil {
		return err
	}
	if v.Documents, err = documentsOf(ctx, q, id, true); err != nil {
		return err
	}
	if v.Decisions, err = decisionsOf(ctx, q, id); err != nil {
		return err
	}
	v.Handlings, err = store.All(ctx, q, scanHandling, `SELECT `+handlingColumns+` FROM register_entry WHERE case_id = $1 ORDER BY n, id`, id)
	return err
}

// ByNumber gives the ID of the case with a number, whoever may see it: the views check that.
func (s *Service) ByNumber(ctx context.Context, number string) (string, error) {
	var id string
	if err := s.db.QueryRow(ctx, `SELECT id FROM cases WHERE number = $1`, normalNumber(number)).Scan(&id); err != nil {
		return "", fmt.Errorf("finding a case by number: %w", err)
	}
	return id, nil
}

// Case reads a case for the program itself. Nothing of it may be shown to anybody: the views check who asks.
func (s *Service) Case(ctx context.Context, id string) (*Case, error) { return load(ctx, s.db, id) }

// Any tells whether there is any case.
func (s *Service) Any(ctx context.Context) (bool, error) {
	var n int
	err := s.db.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM cases LIMIT 1) c`).Scan(&n)
	return n > 0, err
}
