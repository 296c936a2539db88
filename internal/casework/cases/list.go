package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// lookLimit is how many rows a list looks through for a page whose filter no index knows.
const lookLimit = 6_000

// List is a page of the cases an officer may read; of those that are marked it shows neither subject nor place, which View does. Each unit
// is read through its own index and the rows are merged, and a filter that no index knows is looked for in so many rows at a time, so that
// the time does not grow with the number of cases.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter) (Page, error) {
	f.Limit = min(max(f.Limit, 1), 200)
	if f.Queue == QueueAll && f.Order == Urgent {
		f.Order = Newest
	}
	if f.Look <= 0 {
		f.Look = lookLimit
	}
	after, err := parseCursor(f.After)
	if err != nil {
		return Page{}, err
	}
	q := &listQuery{who: who, f: f, engine: s.db.Engine(), after: after, today: calendar.DateOf(s.clock.Now())}
	var page Page
	if f.searches() {
		if q.ids, page.Cut, err = s.wordy(ctx, q); err != nil || len(q.ids) == 0 {
			return Page{}, err
		}
	}
	sources := q.sources(access.Units(who, access.CaseRead))
	if q.sparse() {
		if q.edge, err = s.edge(ctx, q, sources); err != nil {
			return Page{}, err
		}
	}
	q.args = nil
	text := q.text(sources)
	if text == "" {
		return Page{}, nil
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Case, error) { return scanCase(r) }, text, q.args...)
	if err != nil {
		return Page{}, fmt.Errorf("listing cases: %w", err)
	}
	for _, c := range list {
		c.veiled(who.Person)
	}
	page.Cases = list
	switch {
	case len(list) > f.Limit:
		page.Cases = list[:f.Limit]
		last := page.Cases[f.Limit-1]
		page.Next = cursor{last.sortKey(f.Order), last.ID}.String()
	case q.edge.id != "":
		page.Next, page.Looked = q.edge.String(), true
	}
	return page, nil
}

// errNoIndex means that a list was asked for words without a search index: a mistake in the program.
var errNoIndex = errors.New("a list with words needs the search index")

// edge is the first row, in the order of the list, at which the look along one of the sources stops; zero if all of them end before.
func (s *Service) edge(ctx context.Context, q *listQuery, sources []source) (cursor, error) {
	var edge cursor
	for _, of := range sources {
		q.args = nil
		text := q.ends(of, max(q.f.Look/len(sources), 1))
		rows, err := store.All(ctx, s.db, func(r *store.Rows) (cursor, error) {
			var c cursor
			return c, r.Scan(&c.key, &c.id)
		}, text, q.args...)
		if err != nil {
			return cursor{}, fmt.Errorf("looking for the end of a list: %w", err)
		}
		if len(rows) == 1 && (edge.id == "" || rows[0].before(edge, q.f.Order)) {
			edge = rows[0]
		}
	}
	return edge, nil
}

// mostFound is how many cases that were found by words a list takes.
const mostFound = 300

// wordy are the cases that the words of a filter find, best first, as far as a list takes them.
func (s *Service) wordy(ctx context.Context, q *listQuery) (ids []string, cut bool, err error) {
	x := q.f.Index
	if x == nil {
		return nil, false, errNoIndex
	}
	sources := (&listQuery{who: q.who, f: Filter{Queue: q.f.Queue}}).sources(make([]string, manyUnits+1))
	where := strings.TrimPrefix(q.part(sources[0]), "SELECT "+caseColumns+" FROM cases c WHERE ")
	request := search.Request{Text: strings.TrimSpace(q.f.Words + " " + q.f.Place), Kinds: []string{objectKind}, Limit: 100, Args: q.args,
		Where: "EXISTS (SELECT 1 FROM cases c WHERE c.id = search_document.id AND " + where + ")"}
	if units := access.Units(q.who, access.CaseRead); len(units) <= manyUnits {
		request.Units, request.Party = units, q.who.Person
	}
	for {
		found, err := x.Find(ctx, s.db, request)
		if err != nil {
			return nil, false, fmt.Errorf("looking for the words of a list: %w", err)
		}
		for _, h := range found.Hits {
			ids = append(ids, h.ID)
		}
		if found.Next == "" {
			return ids, false, nil
		}
		if len(ids) >= mostFound || len(found.Hits) == 0 {
			return ids, true, nil
		}
		request.After = found.Next
	}
}

// Initiators are the names of those who handed in the cases of a list, by case, as far as a list may show them: not of what is marked,
// unless the reader has it. What the reader may see of the cases the list has asked.
func (s *Service) Initiators(ctx context.Context, who access.Actor, list []*Case) (map[string]string, error) {
	out := map[string]string{}
	q := listQuery{}
	var ids []string
	for _, c := range list {
		if !c.veils(who.Person) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	text := `SELECT case_id, name FROM case_party WHERE n = 1 AND case_id IN (` + q.list(ids) + `)`
	_, err := store.All(ctx, s.db, func(r *store.Rows) (struct{}, error) {
		var id, name string
		err := r.Scan(&id, &name)
		out[id] = name
		return struct{}{}, err
	}, text, q.args...)
	if err != nil {
		return nil, fmt.Errorf("reading who handed in the cases of a list: %w", err)
	}
	return out, nil
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
	Marks     []SecrecyMark // of the case and of its documents, those that are lifted as well
	// May tells which commands to offer.
	May map[access.Action]bool
}

// View shows a case to an officer. What may not be seen is ErrNotFound. Reading what is marked or secret is journalled.
func (s *Service) View(ctx context.Context, who access.Actor, id string) (OfficerView, error) {
	var v OfficerView
	var mandate string
	var seen *Case
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
		if err := s.fill(ctx, q, &v); err != nil {
			return err
		}
		seen = s.hide(who, &v)
		return nil
	})
	if err != nil {
		return OfficerView{}, fmt.Errorf("showing a case: %w", err)
	}
	if err := s.noted(ctx, who, mandate, seen, v.Parties); err != nil {
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
	if v.Marks, err = marksOf(ctx, q, id); err != nil {
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
