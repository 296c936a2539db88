package cases

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/search"
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

// The orders. What is closed has no day to be due, so QueueAll in order of Urgent is in order of Newest.
const (
	Newest Order = "newest" // received last first
	Oldest Order = "oldest" // received first first
	Urgent Order = "urgent" // due first
)

// Due narrows a list by the day of its cases.
type Due string

// What there is to ask of a day.
const (
	DueLate Due = "late" // past its day
	DueSoon Due = "soon" // today or within SoonDays
)

// SoonDays is how many calendar days from today count as soon.
const SoonDays = 7

// Values are the answers.
func (Due) Values() []string { return []string{string(DueLate), string(DueSoon)} }

// Mark narrows a list by secrecy.
type Mark string

// What there is to ask of secrecy.
const (
	MarkNone   Mark = "none"   // neither marked nor with a protected party
	MarkSome   Mark = "some"   // marked, secret or with a protected party
	MarkSecret Mark = "secret" // secret or with a protected party
)

// Values are the answers.
func (Mark) Values() []string {
	return []string{string(MarkNone), string(MarkSome), string(MarkSecret)}
}

// Tie is whom cases concern: a person, or an organisation by its number (ten digits). It never stands in an address.
type Tie struct{ Person, Organisation string }

// Filter narrows a list. Empty fields do not.
type Filter struct {
	Queue    Queue
	Unit     string
	Type     string
	Status   string // key in the case type
	Content  casetype.Content
	Assignee string // person
	Channel  string
	Mark     Mark
	Due      Due
	From, To calendar.Date // received, in Stockholm, both days among them
	// Words and Place are looked for in the search index; Place must stand in the address. They and Party leave out what is marked and not
	// the reader's own: to find it is to read it, which a list does not trace (P-S).
	Words, Place string
	Index        *search.Index // needed for them
	Party        Tie
	Order        Order
	After        string // cursor of the page before, as Page.Next gave it
	Limit        int    // 1 to 200
	Look         int    // how many rows to look through at most for a page, 0: lookLimit
}

// Page is one page of a list.
type Page struct {
	Cases []*Case
	Next  string // cursor of the next page, "" on the last
	// Looked tells that the page ends where the search for what answers the filter stopped, to stay quick, and not because it is full: Next
	// goes on from there.
	Looked bool
	// Cut tells that more was found by Words or Place than a list can take: it holds the best.
	Cut bool
}

// ErrCursor means that a cursor was not made by this list.
var ErrCursor = errors.New("the page marker cannot be read; begin at the first page")

// sortKey is where a case stands in an order, as text.
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

// before tells whether a stands before b in an order.
func (a cursor) before(b cursor, o Order) bool {
	if o != Urgent && len(a.key) != len(b.key) { // numbers, none below zero
		return (len(a.key) < len(b.key)) == (o == Oldest)
	}
	if a.key == b.key {
		return (a.id < b.id) == (o != Newest)
	}
	return (a.key < b.key) == (o != Newest)
}
