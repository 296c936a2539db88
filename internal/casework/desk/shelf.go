package desk

import (
	"context"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Roster is the room that keeps what officials have chosen: lists, columns, who is away, texts to begin from.
type Roster interface {
	// Shelf is what the inbox shows of it to somebody. What it asks the database does not grow with the cases.
	Shelf(ctx context.Context, who access.Actor) (Shelf, error)
	// Offer are the texts for a use in a case.
	Offer(ctx context.Context, lang i18n.Lang, use pack.PhraseUse, c *cases.Case) ([]ui.Option, error)
	// Begin writes one of them about a case, in the language it is to be read in.
	Begin(ctx context.Context, key string, use pack.PhraseUse, view cases.OfficerView) (string, error)
	// Gaps are what nobody has filled in yet of such a text; it cannot be sent with them.
	Gaps(text string) []string
}

// Shelf is what somebody has in their inbox besides the queues.
type Shelf struct {
	Lists   []SavedList
	First   string   // list to begin with, "" for the first queue
	Columns []string // of the queues, none for the usual ones
	For     []Absent // for whom they step in
}

// SavedList is a selection with a name.
type SavedList struct {
	ID, Name string
	Query    string // of the inbox's address
	Shared   bool
}

// Absent is somebody who is away and has a deputy.
type Absent struct {
	Person  string
	Last    calendar.Date
	Waiting int // messages that the deputy has not read
}

// list is the list with an ID.
func (s Shelf) list(id string) (SavedList, bool) {
	i := slices.IndexFunc(s.Lists, func(l SavedList) bool { return l.ID == id })
	if id == "" || i < 0 {
		return SavedList{}, false
	}
	return s.Lists[i], true
}

func (v *visit) shelf() (Shelf, error) {
	if v.Roster == nil {
		return Shelf{}, nil
	}
	return v.Roster.Shelf(v.Ctx(), v.Who)
}
