package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
)

// Mine is a page of the cases of a signed-in citizen, or of whom they act for, newest first. After is the Next of the page before.
func (s *Service) Mine(ctx context.Context, who Citizen, after string, limit int) (Page, error) {
	cur, err := parseCursor(after)
	if err != nil {
		return Page{}, err
	}
	where, args := who.own(1)
	if cur.id != "" {
		args = append(args, cur.id)
		where += fmt.Sprintf(" AND c.id < $%d", len(args))
	}
	list, err := s.someOf(ctx, who, where, args, limit+1)
	page := Page{Cases: list}
	if len(list) > limit {
		page.Cases = list[:limit]
		page.Next = cursor{"", page.Cases[limit-1].ID}.String()
	}
	return page, err
}

// Waiting lists the open cases that wait for the citizen, the one due first on top; at most limit.
func (s *Service) Waiting(ctx context.Context, who Citizen, limit int) ([]*Case, error) {
	where, args := who.own(2)
	return s.someOf(ctx, who, "c.open = 1 AND c.content = $1 AND "+where, append([]any{string(casetype.WaitingParty)}, args...), limit)
}

func (s *Service) someOf(ctx context.Context, who Citizen, where string, args []any, limit int) ([]*Case, error) {
	if who.Person == "" {
		return nil, nil
	}
	args = append(args, limit)
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Case, error) { return scanCase(r) },
		fmt.Sprintf(`SELECT %s FROM cases c WHERE %s ORDER BY c.id DESC LIMIT $%d`, caseColumns, where, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("listing a citizen's cases: %w", err)
	}
	return list, nil
}

// Message is something said in a case between the municipality and its citizen, or decided.
type Message struct {
	Case  *Case
	Event Event
}

// Messages is a page of what was said in the cases of a citizen, or of whom they act for, newest first.
func (s *Service) Messages(ctx context.Context, who Citizen, after string, limit int) (list []Message, next string, err error) {
	if who.Person == "" {
		return nil, "", nil
	}
	where, args := who.own(1)
	if where, args, err = before(after, where, "e", args); err != nil {
		return nil, "", err
	}
	args = append(args, limit+1)
	list, err = store.All(ctx, s.db, func(r *store.Rows) (Message, error) {
		var m Message
		var at int64
		var kind, data string
		var err error
		if m.Case, err = scanCase(r, &m.Event.N, &at, &kind, &m.Event.Body, &data); err != nil {
			return m, err
		}
		m.Event.At, m.Event.Kind = store.Time(at), EventKind(kind)
		return m, json.Unmarshal([]byte(data), &m.Event.Data)
	}, fmt.Sprintf(`SELECT %s, e.n, e.at, e.kind, e.body, e.data FROM cases c JOIN case_event e ON e.case_id = c.id
		WHERE e.internal = 0 AND e.kind IN ('message_in', 'message_out', 'decided') AND %s ORDER BY e.at DESC, e.case_id DESC, e.n DESC LIMIT $%d`, caseColumns, where, len(args)), args...)
	if err != nil {
		return nil, "", fmt.Errorf("listing a citizen's messages: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = pointer(last.Event.At, last.Case.ID, last.Event.N)
	}
	return list, next, nil
}

// CaseDocument is a file of a case.
type CaseDocument struct {
	Case     *Case
	Document Document
	At       time.Time // when it came or went
}

// Documents is a page of the files of the cases of a citizen, or of whom they act for, newest first.
func (s *Service) Documents(ctx context.Context, who Citizen, after string, limit int) (list []CaseDocument, next string, err error) {
	if who.Person == "" {
		return nil, "", nil
	}
	where, args := who.own(1)
	if where, args, err = before(after, where, "d", args); err != nil {
		return nil, "", err
	}
	args = append(args, limit+1)
	list, err = store.All(ctx, s.db, func(r *store.Rows) (CaseDocument, error) {
		var d CaseDocument
		var at int64
		var direction string
		x := &d.Document
		var err error
		d.Case, err = scanCase(r, &x.N, &x.Document, &x.Name, &x.Mime, &x.Size, &direction, &x.Event, &at)
		x.Direction, d.At = Direction(direction), store.Time(at)
		return d, err
	}, fmt.Sprintf(`SELECT %s, d.n, d.document, d.name, d.mime, d.size, d.direction, d.event, e.at FROM cases c
		JOIN case_document d ON d.case_id = c.id JOIN case_event e ON e.case_id = d.case_id AND e.n = d.event
		WHERE d.internal = 0 AND d.secrecy = 0 AND %s ORDER BY e.at DESC, d.case_id DESC, d.n DESC LIMIT $%d`, caseColumns, where, len(args)), args...)
	if err != nil {
		return nil, "", fmt.Errorf("listing a citizen's documents: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = pointer(last.At, last.Case.ID, last.Document.N)
	}
	return list, next, nil
}

// pointer is the place in a list by time, case and number within it.
func pointer(at time.Time, caseID string, n int) string {
	return cursor{fmt.Sprintf("%d-%d", store.Micros(at), n), caseID}.String()
}

// before narrows a list to what comes after a pointer. e is the table of times, t the one that is listed.
func before(after, where, t string, args []any) (string, []any, error) {
	cur, err := parseCursor(after)
	if err != nil || cur.id == "" {
		return where, args, err
	}
	at, n, _ := strings.Cut(cur.key, "-")
	us, err1 := strconv.ParseInt(at, 10, 64)
	number, err2 := strconv.Atoi(n)
	if err1 != nil || err2 != nil {
		return "", nil, ErrCursor
	}
	args = append(args, us, cur.id, number)
	k := len(args)
	return fmt.Sprintf("%s AND (e.at, %s.case_id, %s.n) < ($%d, $%d, $%d)", where, t, t, k-2, k-1, k), args, nil
}

// CaseDecision is a decision in a case of a citizen.
type CaseDecision struct {
	Case     *Case
	Type     *casetype.CaseType
	Decision Decision
}

// DecisionsFor lists the newest decisions in the cases of a citizen, or of whom they act for.
func (s *Service) DecisionsFor(ctx context.Context, who Citizen, limit int) ([]CaseDecision, error) {
	if who.Person == "" {
		return nil, nil
	}
	where, args := who.own(1)
	args = append(args, limit)
	list, err := store.All(ctx, s.db, func(r *store.Rows) (CaseDecision, error) {
		var d CaseDecision
		var at int64
		var outcome string
		x := &d.Decision
		var err error
		d.Case, err = scanCase(r, &x.ID, &x.Key, &outcome, &x.Result, &x.Text, &at)
		x.Outcome, x.At = casetype.Outcome(outcome), store.Time(at)
		return d, err
	}, fmt.Sprintf(`SELECT %s, d.id, d.key, d.outcome, d.result, d.text, d.at FROM cases c JOIN case_decision d ON d.case_id = c.id
		WHERE %s ORDER BY d.at DESC, d.id DESC LIMIT $%d`, caseColumns, where, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("listing a citizen's decisions: %w", err)
	}
	for i := range list {
		if list[i].Type, err = s.typeOf(list[i].Case); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Reading is that an official has read a case whose readings are traced.
type Reading struct {
	CaseID, Number string
	At             time.Time
	Mandate        string
}

// ReadingsFor lists who has read the cases of a citizen, or of whom they act for, newest first: those cases whose readings the journal
// traces (P-S). The readers are told by the mandate they read under.
func (s *Service) ReadingsFor(ctx context.Context, who Citizen, limit int) ([]Reading, error) {
	if who.Person == "" {
		return nil, nil
	}
	where, args := who.own(1)
	number := map[string]string{}
	var ids []string
	cases, err := store.All(ctx, s.db, func(r *store.Rows) (Reading, error) { var x Reading; return x, r.Scan(&x.CaseID, &x.Number) },
		`SELECT c.id, c.number FROM cases c WHERE `+where+` ORDER BY c.id DESC LIMIT 500`, args...)
	if err != nil {
		return nil, fmt.Errorf("listing who has read a citizen's cases: %w", err)
	}
	for _, x := range cases {
		ids = append(ids, x.CaseID)
		number[x.CaseID] = x.Number
	}
	entries, err := s.log.Latest(ctx, objectKind, ids, ActionRead, limit)
	if err != nil {
		return nil, fmt.Errorf("listing who has read a citizen's cases: %w", err)
	}
	var out []Reading
	for _, e := range entries {
		out = append(out, Reading{CaseID: e.Object.ID, Number: number[e.Object.ID], At: e.At, Mandate: e.Mandate})
	}
	return out, nil
}

// Printed reads all that a print of what was handed in says, for the program itself: nothing of it may be shown without asking a view.
func (s *Service) Printed(ctx context.Context, id string) (CitizenView, error) {
	return s.CitizenView(ctx, Citizen{Opened: []string{id}}, id)
}
