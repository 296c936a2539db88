package deviation

import (
	"database/sql"
	"fmt"
	"time"

	"dygnet/internal/kernel/calendar"
)

// Rules knows the sentences of the strategy.
type Rules interface {
	// Soft tells whether a sentence is a soft rule, and whether it is a sentence at all.
	Soft(sentence string) (soft, known bool)
}

// Limit is how long an avsteg may last at most, for those decided from a day on until the next Limit. From is zero in the first.
type Limit struct {
	From   calendar.Date
	Months int
}

// Limits are those of the strategy (PR-5).
func Limits() []Limit { return []Limit{{Months: 36}} }

// Action is the action under which deciding an avsteg from a sentence may be reserved to a body: "deviation.S3-4".
func Action(sentence string) string { return "deviation." + sentence }

// Object is what departs from the rule: a system, an integration.
type Object struct {
	Kind, ID string
}

// Deviation is an avsteg.
type Deviation struct {
	ID       string
	Member   string
	Sentence string // the rule: "S3-10"
	Object   Object
	// Name is what the object was called when the avsteg was decided; no personal data.
	Name string
	// Body is the body whose the object is, "" if no body's alone.
	Body       string
	Motivation string
	// Decision is the body's decision (beslut) it rests on; "" when an official decided, under Mandate.
	Decision        string
	Person, Mandate string // who decided, or registered the body's decision here
	From            calendar.Date
	To              calendar.Date // the last day as decided
	Review          calendar.Date // when it is to be looked at again, as decided; List gives the day as the last review moved it
	Decided         time.Time
	// Ended is the last day as decided later, never after To; a day before From is an avsteg that never came to be.
	Ended    calendar.Date
	EndedBy  string // the decision that ended it, or ""
	EndedWhy string
}

// Last is the last day.
func (d Deviation) Last() calendar.Date {
	if !d.Ended.IsZero() {
		return d.Ended
	}
	return d.To
}

// InForce reports whether the avsteg holds on a day.
func (d Deviation) InForce(on calendar.Date) bool { return !on.Before(d.From) && !on.After(d.Last()) }

// Review is one time that an avsteg was looked at again.
type Review struct {
	On              calendar.Date
	Note            string
	Next            calendar.Date
	Person, Mandate string
}

// HardError says that a sentence is a hard rule, or none that is known: nothing can depart from it.
type HardError struct {
	Sentence string
	Known    bool
}

func (e *HardError) Error() string {
	if !e.Known {
		return "PR-5: " + e.Sentence + " is no sentence we know"
	}
	return "PR-5: " + e.Sentence + " is a hard rule and has no avsteg"
}

// InvalidError says what is wrong with an avsteg.
type InvalidError struct {
	Field   string // "motivation", "from", "to", "review", "object", "decision", "last", "note", "next"
	Problem Problem
	Limit   calendar.Date // the day that was passed, where there is one
}

// Problem is what is wrong with a field.
type Problem string

// The problems.
const (
	Empty     Problem = "empty"
	TooLong   Problem = "too_long" // longer than the strategy allows: Limit is the last day it may have
	OutOfDays Problem = "out_of_days"
	Unknown   Problem = "unknown"
	TooLate   Problem = "not_yet_decided" // the decision was taken on a later day: Limit
	Revoked   Problem = "revoked"         // the decision was revoked: Limit is the day
)

func (e *InvalidError) Error() string {
	return fmt.Sprintf("PR-5: %s of the avsteg is %s %s", e.Field, e.Problem, e.Limit)
}

// OverlapError says that there is an avsteg from the same sentence for the same object on some of the days.
type OverlapError struct {
	Deviation string
	From, To  calendar.Date
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("PR-5: avsteg %s holds from %s to %s", e.Deviation, e.From, e.To)
}

const columns = `id, member, sentence, object_kind, object_id, object_name, body, motivation, decision, person, mandate, valid_from, valid_to, review_on,
	decided_at, ended_on, ended_decision, ended_why`

func scan(row interface{ Scan(...any) error }, more ...any) (Deviation, error) {
	var d Deviation
	var body, decision, ended sql.NullString
	var at int64
	err := row.Scan(append([]any{&d.ID, &d.Member, &d.Sentence, &d.Object.Kind, &d.Object.ID, &d.Name, &body, &d.Motivation, &decision, &d.Person, &d.Mandate,
		&d.From, &d.To, &d.Review, &at, &d.Ended, &ended, &d.EndedWhy}, more...)...)
	d.Body, d.Decision, d.EndedBy = body.String, decision.String, ended.String
	if at != 0 {
		d.Decided = time.UnixMicro(at).UTC()
	}
	return d, err
}
