package steering

import (
	"errors"
	"strings"

	"dygnet/internal/kernel/calendar"
)

// Problem is what is wrong with a field.
type Problem string

// The problems of a draft and of an adoption.
const (
	Missing     Problem = "missing"
	Malformed   Problem = "malformed"
	Taken       Problem = "taken"       // Name has it already
	Unknown     Problem = "unknown"     // there is no Name
	Uncited     Problem = "uncited"     // no section of a document of the types in Name is cited (S4-LG-1)
	BeforeIt    Problem = "before_it"   // applies before it was decided, on Day
	BeforeLast  Problem = "before_last" // applies before the version it replaces does, from Day
	UsedAlready Problem = "used"        // the decision has adopted another version of the document
)

// Fault is one thing wrong.
type Fault struct {
	Field   string // as the form calls it: FieldTitle …
	Problem Problem
	Name    string
	Line    int // of the text, from 1; 0 for other fields
	Day     calendar.Date
}

// InvalidError says all that is wrong with what was to be stored.
type InvalidError []Fault

func (e InvalidError) Error() string {
	out := make([]string, len(e))
	for i, f := range e {
		out[i] = f.Field + ": " + string(f.Problem) + " " + f.Name
	}
	return strings.Join(out, "; ")
}

// Errors that a page answers.
var (
	ErrPrepared    = errors.New("the draft is prepared: take it back before it is changed")
	ErrNotPrepared = errors.New("only a prepared version can be adopted")
	ErrNotInForce  = errors.New("only what applies is acknowledged")
)
