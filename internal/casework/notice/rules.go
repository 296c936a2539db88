package notice

import (
	"strings"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// Kind is what is announced.
type Kind string

// The kinds. They are stored: do not rename them.
const (
	Meeting   Kind = "sammantrade" // KL 8 kap. 10 § 1, 11 §
	Minutes   Kind = "protokoll"   // KL 8 kap. 10 § 2, 12 §
	Delegated Kind = "delegation"  // KL 8 kap. 10 § 3
	Other     Kind = "kungorelse"  // KL 8 kap. 10 § second paragraph
)

// Kinds are all, in the order of the board.
func Kinds() []Kind { return []Kind{Meeting, Minutes, Delegated, Other} }

// Limits are the days of the law, dated data.
type Limits struct {
	From     calendar.Date
	Appeal   calendar.Period // KL 13 kap. 5 §
	Announce int             // days after the justering (KL 8 kap. 12 §)
	Council  int             // days before a meeting of the council (KL 5 kap. 13 §)
	Adjust   int             // days after the meeting (KL 5 kap. 69 §, 6 kap. 35 §)
}

// LimitsOn are the limits that hold on a day.
func LimitsOn(calendar.Date) Limits {
	return Limits{From: calendar.NewDate(2018, 1, 1), Appeal: calendar.Period{N: 3, Unit: calendar.Weeks}, Announce: 2, Council: 7, Adjust: 14}
}

// LastDay is the last day a notice stays up. That of a protokoll, or of a decision that stands in for one, may not be taken down before the
// time to appeal is out: three weeks from the day it was announced (KL 8 kap. 12 §, 13 kap. 5 §), and if that is no working day the next
// (lag 1930:173, from general knowledge). That of a meeting stays until it is held, another until the day that its statute says.
func LastDay(days *calendar.Calendar, kind Kind, first, meeting, until calendar.Date) calendar.Date {
	switch kind {
	case Minutes, Delegated:
		return days.LastDay(first, LimitsOn(first).Appeal)
	case Meeting:
		return meeting
	}
	return until
}

// Late is a duty that was not kept; its text is "notice.late." and this. The notice goes up all the same: later would be worse.
type Late string

// What can be late.
const (
	LateAnnounced Late = "announced" // after the second day from the justering (KL 8 kap. 12 §)
	LateAdjusted  Late = "adjusted"  // justerat after fourteen days (KL 5 kap. 69 §, 6 kap. 35 §)
	LateCouncil   Late = "council"   // less than a week before the council meets (KL 5 kap. 13 §)
)

// LateOf tells what is late about a notice that goes up on a day.
func LateOf(days *calendar.Calendar, kind Kind, of bodies.BodyKind, first, meeting, adjusted calendar.Date) []Late {
	l := LimitsOn(first)
	var out []Late
	switch {
	case kind == Minutes:
		if first.After(days.Statutory(adjusted.AddDays(l.Announce))) {
			out = append(out, LateAnnounced)
		}
		if adjusted.After(meeting.AddDays(l.Adjust)) {
			out = append(out, LateAdjusted)
		}
	case kind == Meeting && of == bodies.Council:
		if first.AddDays(l.Council).After(meeting) {
			out = append(out, LateCouncil)
		}
	}
	return out
}

// Draft is a notice as it is written.
type Draft struct {
	Kind     Kind
	Body     string
	Title    string // of a meeting or another notice; the others have their own
	Text     string // what is to be dealt with, what is announced
	Meeting  calendar.Date
	Time     string // of the meeting, "18.30"
	Place    string
	Adjusted calendar.Date
	Part     string // paragraph that was justerad at once, "" for the whole protokoll
	Kept     string // where the protokoll is (KL 8 kap. 12 §)
	Contact  string
	Law      string        // what asks for another notice
	Asked    string        // who asked for it, and shall have the proof (KL 8 kap. 10 § third paragraph)
	Until    calendar.Date // last day of another notice
	Decision string        // ID of the decision on delegation
	Corrects string        // ID of the notice that it puts right
	Screened bool          // somebody has seen to it that the file holds no personnummer and nothing secret
}

// Fact is something that a notice must say and does not, or says wrongly; its text is "notice.fact." and this.
type Fact string

// FactError refuses a notice for the facts at these fields.
type FactError struct{ Fields []FieldFact }

// FieldFact is a fact at a field of the form.
type FieldFact struct {
	Field string
	Fact  Fact
}

func (e *FactError) Error() string {
	var parts []string
	for _, f := range e.Fields {
		parts = append(parts, f.Field+": "+string(f.Fact))
	}
	return "the notice lacks " + strings.Join(parts, ", ")
}

// Check tells what a draft lacks on a day (KL 8 kap. 10-12 §§): what each kind must say, and that no text holds a personnummer.
func Check(d Draft, today calendar.Date, file bool) error {
	var out []FieldFact
	need := func(bad bool, field string, fact Fact) {
		if bad {
			out = append(out, FieldFact{field, fact})
		}
	}
	switch d.Kind {
	case Meeting:
		need(d.Meeting.IsZero() || d.Meeting.Before(today), "sammantrade", "meeting_ahead")
		need(d.Time == "", "tid", "time")
		need(d.Place == "", "plats", "place")
		need(d.Text == "", "text", "matters")
	case Minutes:
		need(d.Meeting.IsZero() || d.Meeting.After(today), "sammantrade", "meeting_held")
		need(d.Adjusted.IsZero() || d.Adjusted.After(today) || d.Adjusted.Before(d.Meeting), "justerat", "adjusted")
		need(d.Kept == "", "finns", "kept")
	case Delegated:
		need(d.Decision == "", "beslut", "decision")
	case Other:
		need(d.Title == "", "rubrik", "title")
		need(d.Text == "", "text", "text")
		need(d.Law == "", "lag", "law")
		need(d.Until.IsZero() || d.Until.Before(today), "till", "until")
	default:
		need(true, "sort", "kind")
	}
	need(d.Contact == "", "kontakt", "contact")
	need(file && !d.Screened, "granskad", "screened")
	for _, x := range []struct{ field, text string }{{"rubrik", d.Title}, {"text", d.Text}, {"plats", d.Place}, {"finns", d.Kept}, {"kontakt", d.Contact}, {"lag", d.Law}, {"begart", d.Asked}} {
		need(len(civic.Find(x.text, today)) > 0, x.field, "number")
	}
	if len(out) > 0 {
		return &FactError{out}
	}
	return nil
}
