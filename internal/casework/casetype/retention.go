package casetype

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// RetentionStart is what the time before gallring is counted from.
type RetentionStart string

// The starts. LastEntry is the last row of the timeline, as socialtjänstlagen (2025:400) 16 kap. 1 § counts; Event is something outside
// the matter, such as that a child has turned thirty (16 kap. 2 a §), whose day somebody has to say.
const (
	FromClosed     RetentionStart = "closed"
	FromDecided    RetentionStart = "decided"
	FromLegalForce RetentionStart = "legal_force"
	FromYearEnd    RetentionStart = "year_end" // the end of the year in which it was closed
	FromLastEntry  RetentionStart = "last_entry"
	FromEvent      RetentionStart = "event"
)

// Values lists the starts.
func (RetentionStart) Values() []string {
	return []string{string(FromClosed), string(FromDecided), string(FromLegalForce), string(FromYearEnd), string(FromLastEntry), string(FromEvent)}
}

// Retention is how long something is kept, and on what ground.
type Retention struct {
	Nomination Nomination
	After      calendar.Period
	From       RetentionStart
	Event      i18n.Text
	Authority  string
	Plan       string
}

// ResultTime is how long a document type is kept after one of the results.
type ResultTime struct {
	Result     string          `yaml:"result" need:"yes"`
	Nomination Nomination      `yaml:"nomination" need:"yes"`
	After      calendar.Period `yaml:"after"`
	From       RetentionStart  `yaml:"from"`
	Event      i18n.Text       `yaml:"event"`
	Authority  string          `yaml:"authority" need:"yes"`
	Plan       string          `yaml:"plan"`
}

func started(r Retention) Retention {
	if r.From == "" {
		r.From = FromClosed
	}
	return r
}

// Time is how long a matter with the result is kept.
func (r Result) Time() Retention {
	return started(Retention{r.Nomination, r.After, r.From, r.Event, r.Authority, r.Plan})
}

// Time is how long the document type is kept when the matter had a result, "" for one that it says nothing of.
func (d DocumentType) Time(result string) Retention {
	for _, t := range d.Results {
		if t.Result == result {
			return started(Retention{t.Nomination, t.After, t.From, t.Event, t.Authority, t.Plan})
		}
	}
	return started(Retention{d.Nomination, d.After, d.From, d.Event, d.Authority, d.Plan})
}

// Fault says in words what is wrong with how long something is kept, and at which key; "" twice when nothing is.
func (r Retention) Fault(what string) (key, words string) {
	switch {
	case strings.TrimSpace(r.Authority) == "":
		return "authority", "retention needs the decision it rests on (arkivlagen 10 §)"
	case !slices.Contains(r.Nomination.Values(), string(r.Nomination)):
		return "nomination", what + " must be preserve or discard"
	case r.Nomination == Discard && r.After.IsZero():
		return "", what + " is to be discarded but not after how long; add after: P2Y"
	case r.Nomination == Preserve && !r.After.IsZero():
		return "after", what + " is preserved for ever; after has no meaning"
	case r.After.Unit == calendar.Business:
		return "after", "how long something is kept is counted in calendar time; write P2Y or P6M"
	case r.Nomination == Preserve && r.From != FromClosed:
		return "from", what + " is preserved for ever; from has no meaning"
	case !slices.Contains(r.From.Values(), string(r.From)):
		return "from", fmt.Sprintf("there is no start %q", r.From)
	case r.From == FromEvent && len(r.Event) == 0:
		return "from", "say what has to happen in event, in Swedish and English"
	case r.From != FromEvent && len(r.Event) > 0:
		return "event", "event is only for from: event"
	}
	return "", ""
}

// retention checks how long something is kept, and on what ground.
func (c *checker) retention(at, what string, r Retention) {
	if key, words := r.Fault(what); words != "" {
		if key != "" {
			at += "." + key
		}
		c.fail(at, "%s", words)
	}
}

func (c *checker) resultTimes(at string, d DocumentType) {
	results, seen := map[string]bool{}, map[string]bool{}
	for _, r := range c.ct.Results {
		results[r.Key] = true
	}
	for i, t := range d.Results {
		at := fmt.Sprintf("%s.results[%d]", at, i)
		if !results[t.Result] {
			c.unknown(at+".result", "result", t.Result, slices.Sorted(maps.Keys(results)))
		}
		if seen[t.Result] {
			c.fail(at+".result", "result %s stands here twice", t.Result)
		}
		seen[t.Result] = true
		c.retention(at, "document type "+d.Key+" after "+t.Result, d.Time(t.Result))
	}
}
