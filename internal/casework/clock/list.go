package clock

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

// List is a way to look at what runs out.
type List string

// The lists.
const (
	ByLaw   List = "law"     // statutory days, the first to run out first
	Promise List = "promise" // the day of each case
	Mine    List = "mine"    // of the cases that I have
	ToHead  List = "head"    // what the head of unit has been told of
)

// Lists are all of them in the order of the page.
func Lists() []List { return []List{ByLaw, Promise, Mine, ToHead} }

// Entry is a case in a list, as it may be shown.
type Entry struct {
	Case  *cases.Case
	Day   calendar.Date // that the list is ordered by
	Clock Clock
}

// Page is one page of a list.
type Page struct {
	Entries []Entry
	Next    string // cursor of the next page, "" on the last
}

// Asked is what somebody asks a list for.
type Asked struct {
	List  List
	Unit  string // one unit; "": all that one may read
	After string
	Limit int // 1 to 200
}

// Running is a page of what runs out, over the units whose cases an official may read. Each unit is read through its own index, so that the
// time does not grow with the number of cases; a case without a row yet stands among the promises only.
func (s *Service) Running(ctx context.Context, who access.Actor, ask Asked) (Page, error) {
	ask.Limit = min(max(ask.Limit, 1), 200)
	var page Page
	var err error
	switch ask.List {
	case Promise, Mine:
		page, err = s.byCase(ctx, who, ask)
	default:
		page, err = s.byRow(ctx, who, ask)
	}
	if err != nil {
		return Page{}, err
	}
	return page, s.fill(ctx, page.Entries)
}

// byCase is a list in the order of the cases' own day.
func (s *Service) byCase(ctx context.Context, who access.Actor, ask Asked) (Page, error) {
	f := cases.Filter{Queue: cases.QueueOpen, Unit: ask.Unit, Order: cases.Urgent, After: ask.After, Limit: ask.Limit}
	if ask.List == Mine {
		f.Queue = cases.QueueMine
	}
	list, err := s.Cases.List(ctx, who, f)
	if err != nil {
		return Page{}, err
	}
	page := Page{Next: list.Next}
	for _, c := range list.Cases {
		page.Entries = append(page.Entries, Entry{Case: c, Day: c.Due})
	}
	return page, nil
}

// place is where in a list of rows a page begins.
type place struct{ day, id string }

func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.day + "." + p.id))
}

func parsePlace(text string) (place, error) {
	if text == "" {
		return place{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}, cases.ErrCursor
	}
	day, id, ok := strings.Cut(string(raw), ".")
	if _, err := calendar.ParseDate(day); err != nil || !ok || !store.ValidID(id) {
		return place{}, cases.ErrCursor
	}
	return place{day, id}, nil
}

// byRow is a list in the order of the rows. Rows of cases that one may not read are passed over.
func (s *Service) byRow(ctx context.Context, who access.Actor, ask Asked) (Page, error) {
	after, err := parsePlace(ask.After)
	if err != nil {
		return Page{}, err
	}
	var units []string
	for _, u := range access.Units(who, access.CaseRead) {
		if ask.Unit == "" || ask.Unit == u {
			units = append(units, u)
		}
	}
	var page Page
	for len(units) > 0 {
		rows, err := s.rows(ctx, ask.List, units, after, ask.Limit+1)
		if err != nil {
			return Page{}, err
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.id
		}
		readable, err := s.Cases.Pick(ctx, who, ids)
		if err != nil {
			return Page{}, err
		}
		for _, r := range rows {
			if len(page.Entries) == ask.Limit {
				page.Next = after.String()
				return page, nil
			}
			after = r
			c := readable[r.id]
			if c == nil {
				continue
			}
			day, err := calendar.ParseDate(r.day)
			if err != nil {
				return Page{}, fmt.Errorf("reading a list of the clock: %w", err)
			}
			page.Entries = append(page.Entries, Entry{Case: c, Day: day})
		}
		if len(rows) <= ask.Limit {
			break
		}
	}
	return page, nil
}

// rows are the first rows of a list after a place.
func (s *Service) rows(ctx context.Context, list List, units []string, after place, limit int) ([]place, error) {
	text, args := rowsQuery(list, units, after, limit)
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (place, error) {
		var p place
		return p, r.Scan(&p.day, &p.id)
	}, text, args...)
	if err != nil {
		return nil, fmt.Errorf("listing what runs out: %w", err)
	}
	return rows, nil
}

// rowsQuery reads each unit through its own index and merges the first rows of each.
func rowsQuery(list List, units []string, after place, limit int) (string, []any) {
	column, where := "statutory", "open = 1 AND statutory <> ''"
	if list == ToHead {
		column, where = "due", "open = 1 AND head = 1"
	}
	args := []any{after.day, after.id, limit}
	parts := make([]string, len(units))
	for i, u := range units {
		args = append(args, u)
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %s AS day, case_id FROM case_clock WHERE %s AND unit = $%d AND (%s, case_id) > ($1, $2) ORDER BY %s, case_id LIMIT $3) u%d`,
			column, where, len(args), column, column, i)
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY day, case_id LIMIT $3", args
}

// fill gives entries the time of their cases.
func (s *Service) fill(ctx context.Context, list []Entry) error {
	if len(list) == 0 {
		return nil
	}
	marks, args := make([]string, len(list)), make([]any, len(list))
	for i, e := range list {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), e.Case.ID
	}
	type kept struct{ id, course string }
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (kept, error) {
		var k kept
		return k, r.Scan(&k.id, &k.course)
	}, `SELECT case_id, course FROM case_clock WHERE case_id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return fmt.Errorf("reading the time of cases: %w", err)
	}
	courses := map[string]Course{}
	for _, k := range rows {
		if courses[k.id], err = readCourse(k.course); err != nil {
			return err
		}
	}
	for i := range list {
		c := list[i].Case
		ct, ok := s.Types.Version(c.TypeID, c.TypeVersion)
		if !ok {
			continue // its own day is shown
		}
		course, ok := courses[c.ID]
		if !ok {
			course = s.Keeper.from(c, ct, nil)
		}
		list[i].Clock = Clock{course, s.Keeper.times(c, ct, course, s.Keeper.today())}
	}
	return nil
}
