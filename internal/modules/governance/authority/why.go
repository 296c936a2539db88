package authority

import (
	"context"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// Matter is what somebody was refused and wants the body that may to decide.
type Matter struct {
	Body       string // that may
	Title      string
	Proposal   string // what the body is asked to decide
	Background string
	Action     string // reserved action
	Sentence   string // "S4-KS-3"
	// Path is the page on which the refusal came, without language; "" if it is not known.
	Path string
}

// Preparer begins matters for bodies. Where there is none the button that prepares a matter is not shown.
type Preparer interface {
	// Prepare begins a matter and gives the address, without language, of the page where it is written on. Faults in what was typed are a
	// *MatterError.
	Prepare(ctx context.Context, who access.Actor, m Matter) (path string, err error)
}

// MatterError says what is wrong with a matter, in the language of who typed it, by field: "title", "proposal", "background".
type MatterError struct {
	Fields map[string]string
}

func (e *MatterError) Error() string { return "the matter cannot be prepared as it is written" }

// Why tells why an act is refused (PR-3): the sentence, and who may.
type Why struct {
	Row    bodies.ReservedAction
	Body   bodies.Body // that may; the zero Body where it depends on what the act is about
	Reason bodies.ReservedReason
}

// WhyNot tells to whom an act is reserved in a member on a day; false if it is to nobody. body is whose the object is, "" if it is not known.
func WhyNot(d *bodies.Directory, member, action, body string, on calendar.Date) (Why, bool) {
	row := d.ReservedTo(member, action, on)
	if row == nil {
		return Why{}, false
	}
	w := Why{Row: *row, Reason: bodies.NoDecision}
	if row.Body == bodies.OwnBody {
		w.Body, _ = d.Body(body)
	} else {
		w.Body, _ = d.BodyByCode(member, row.Body)
	}
	return w, true
}

// whyOf tells of a refusal.
func whyOf(d *bodies.Directory, e *bodies.ReservedError) Why {
	w := Why{Row: bodies.ReservedAction{Member: e.Member, Action: e.Action, Body: e.Body, Sentence: e.Sentence, Text: e.Text}, Reason: e.Reason}
	w.Body, _ = d.Body(e.BodyID)
	return w
}
