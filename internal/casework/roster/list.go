package roster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dygnet/internal/casework/desk"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Bounds of what one can save.
const (
	maxName  = 60   // characters of the name of a list
	maxQuery = 2000 // bytes of a selection
	maxLists = 50   // of each
)

// What the journal calls it.
const (
	ActionListSaved   = "list.saved"
	ActionListRemoved = "list.removed"
)

// Errors of a list that the page tells at its fields.
var (
	ErrName = errors.New("a list needs a name of at most 60 characters")
	ErrUnit = errors.New("a list is shared with a unit where one works")
	ErrMany = errors.New("there are 50 lists already")
)

// List is a selection of cases with a name. It holds how to look, never what was seen: each reader sees what they may.
type List struct {
	ID      string
	Owner   string
	Unit    string // that it is shared with, "" for the owner alone
	Name    string
	Query   string // as desk.Selection writes it
	Version int
}

const listColumns = `id, owner, unit, name, query, version`

func scanList(r *store.Rows) (List, error) {
	var l List
	return l, r.Scan(&l.ID, &l.Owner, &l.Unit, &l.Name, &l.Query, &l.Version)
}

// lists are those of somebody and those shared with the units where they read cases, by name.
func (s *Service) lists(ctx context.Context, who access.Actor) ([]List, error) {
	text, values := `SELECT `+listColumns+` FROM roster_list WHERE owner = $1`, []any{who.Person}
	if units := access.Units(who, access.CaseRead); len(units) > 0 {
		marks := make([]string, len(units))
		for i, u := range units {
			values = append(values, u)
			marks[i] = fmt.Sprintf("$%d", i+2)
		}
		text += ` OR unit <> '' AND unit IN (` + strings.Join(marks, ", ") + `)`
	}
	list, err := store.All(ctx, s.DB, scanList, text+` ORDER BY name, id`, values...)
	if err != nil {
		return nil, fmt.Errorf("reading lists: %w", err)
	}
	return list, nil
}

// List gives a list that somebody may see, or store.ErrNotFound.
func (s *Service) List(ctx context.Context, who access.Actor, id string) (List, error) {
	list, err := s.lists(ctx, who)
	if err != nil {
		return List{}, err
	}
	at := slices.IndexFunc(list, func(l List) bool { return l.ID == id })
	if at < 0 {
		return List{}, store.ErrNotFound
	}
	return list[at], nil
}

// mayShare tells whether somebody may share lists with a unit: who works with its cases may.
func mayShare(who access.Actor, unit string) bool {
	return slices.Contains(access.Units(who, access.CaseClaim), unit)
}

// MayChange tells whether somebody may change a list: its owner, and of a shared one a head of the unit.
func (s *Service) MayChange(who access.Actor, l List) bool {
	return l.Owner == who.Person || l.Unit != "" && access.Check(who, access.MandateAppointUnit, unitObject(s.Organisation.Directory(), "list", l.Unit)).Allowed
}

// Save saves a list: a new one without ID, or the version of one that the caller saw (store.ErrConflict when it has changed).
func (s *Service) Save(ctx context.Context, who access.Actor, l List) (List, error) {
	l.Name = strings.Join(strings.Fields(l.Name), " ")
	clean, err := url.ParseQuery(l.Query)
	if n := utf8.RuneCountInString(l.Name); n == 0 || n > maxName || err != nil || len(l.Query) > maxQuery {
		return l, fmt.Errorf("saving a list: %w", ErrName)
	}
	l.Query = desk.Clean(clean).Encode()
	if l.Unit != "" && !mayShare(who, l.Unit) {
		return l, fmt.Errorf("saving a list: %w", ErrUnit)
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var err error
		if l.ID == "" {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM roster_list WHERE owner = $1`, who.Person).Scan(&n); err != nil {
				return journal.Entry{}, err
			}
			if n >= maxLists {
				return journal.Entry{}, ErrMany
			}
			l.ID, l.Owner, l.Version = store.NewID(), who.Person, 1
			_, err = tx.Exec(ctx, `INSERT INTO roster_list (`+listColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`, l.ID, l.Owner, l.Unit, l.Name, l.Query, l.Version)
		} else {
			err = tx.ExecOne(ctx, `UPDATE roster_list SET unit = $3, name = $4, query = $5, version = version + 1 WHERE id = $1 AND version = $2`, l.ID, l.Version, l.Unit, l.Name, l.Query)
			l.Version++
		}
		return journal.Entry{Actor: who.Person, Action: ActionListSaved, Object: journal.Ref{Kind: "list", ID: l.ID}, Payload: map[string]string{"unit": l.Unit}}, err
	})
	if err != nil {
		return l, fmt.Errorf("saving a list: %w", err)
	}
	return l, nil
}

// Change saves what somebody may change of a list.
func (s *Service) Change(ctx context.Context, who access.Actor, l List) (List, error) {
	was, err := s.List(ctx, who, l.ID)
	if err != nil {
		return l, err
	}
	if !s.MayChange(who, was) {
		return l, fmt.Errorf("changing a list: %w", access.Check(who, access.MandateAppointUnit, unitObject(s.Organisation.Directory(), "list", was.Unit)).Err())
	}
	l.Owner = was.Owner
	return s.Save(ctx, who, l)
}

// Remove removes a list.
func (s *Service) Remove(ctx context.Context, who access.Actor, id string) error {
	l, err := s.List(ctx, who, id)
	if err != nil {
		return err
	}
	if !s.MayChange(who, l) {
		return fmt.Errorf("removing a list: %w", access.Check(who, access.MandateAppointUnit, unitObject(s.Organisation.Directory(), "list", l.Unit)).Err())
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if _, err := tx.Exec(ctx, `UPDATE roster_choice SET list = '' WHERE list = $1`, id); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: who.Person, Action: ActionListRemoved, Object: journal.Ref{Kind: "list", ID: id}, Payload: map[string]string{"unit": l.Unit}},
			tx.ExecOne(ctx, `DELETE FROM roster_list WHERE id = $1`, id)
	})
	if err != nil {
		return fmt.Errorf("removing a list: %w", err)
	}
	return nil
}

// InboxChoice is what somebody has chosen for their inbox.
type InboxChoice struct {
	List    string   // shown first, "" for the queue
	Columns []string // of the queues, none for the usual ones
}

// Choose keeps what somebody has chosen for their inbox. It changes nothing for anybody else, so the journal does not keep it.
func (s *Service) Choose(ctx context.Context, who access.Actor, c InboxChoice) error {
	err := s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO roster_choice (person, list, columns) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET list = excluded.list, columns = excluded.columns`,
			who.Person, c.List, strings.Join(desk.CleanColumns(c.Columns), ","))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping what was chosen for an inbox: %w", err)
	}
	return nil
}

// choice is what somebody has chosen.
func (s *Service) choice(ctx context.Context, person string) (InboxChoice, error) {
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (InboxChoice, error) {
		var c InboxChoice
		var columns string
		err := r.Scan(&c.List, &columns)
		c.Columns = desk.CleanColumns(strings.Split(columns, ","))
		return c, err
	}, `SELECT list, columns FROM roster_choice WHERE person = $1`, person)
	if err != nil || len(rows) == 0 {
		return InboxChoice{}, err
	}
	return rows[0], nil
}

// Shelf is what the inbox shows of the roster to somebody: their lists, and for whom they step in. It asks the database four times.
func (s *Service) Shelf(ctx context.Context, who access.Actor) (desk.Shelf, error) {
	var shelf desk.Shelf
	list, err := s.lists(ctx, who)
	if err != nil {
		return shelf, err
	}
	for _, l := range list {
		shelf.Lists = append(shelf.Lists, desk.SavedList{ID: l.ID, Name: l.Name, Query: l.Query, Shared: l.Unit != ""})
	}
	choice, err := s.choice(ctx, who.Person)
	if err != nil {
		return shelf, err
	}
	shelf.First, shelf.Columns = choice.List, choice.Columns
	gone, err := absences(ctx, s.DB, s.today())
	if err != nil {
		return shelf, err
	}
	waiting, err := s.waiting(ctx, who.Person)
	if err != nil {
		return shelf, err
	}
	now := awayOn(gone, s.today())
	for _, a := range now {
		if now.deputy(a.Person) == who.Person || waiting[a.Person] > 0 {
			shelf.For = append(shelf.For, desk.Absent{Person: a.Person, Last: a.Last, Waiting: waiting[a.Person]})
		}
	}
	return shelf, nil
}
