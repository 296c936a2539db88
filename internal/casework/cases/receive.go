package cases

import (
	"context"
	"errors"
	"strings"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
)

// ActionReceived is what the journal calls a handling that came on paper, by e-mail or by word of mouth and was entered by an official.
const ActionReceived = "case.received"

// ErrWhen means that a handling cannot have come when it is said to.
var ErrWhen = errors.New("it cannot have come after now, or before there was a registry")

// Incoming is something that came in a case by another way than the site, as the official who enters it says.
type Incoming struct {
	At      time.Time // when it came: the day it was handed over, or was in the letter box. It counts, whenever it is entered
	Channel string    // letter, email, phone, visit
	Party   string    // who it is from; "" for the one who handed in the case
	Text    string    // what it says, or in short what was said
	Files   []Document
}

// earliest is before every handling of this registry.
const earliest = 1990

// Receive enters a handling that came in. Received and registered are both kept (OSL 5 kap. 1 § asks for registration without delay;
// JO 4349-2001: the day of arrival is noted whenever it is entered).
func (s *Service) Receive(ctx context.Context, who access.Actor, on On, in Incoming) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseDocument, ActionReceived, func(_ context.Context, ch *change) error {
		if in.Text = strings.TrimSpace(in.Text); in.Text == "" {
			return ErrEmpty
		}
		in.At = in.At.UTC().Truncate(time.Microsecond)
		if in.At.After(ch.now) || in.At.Year() < earliest {
			return ErrWhen
		}
		ch.event.Kind, ch.event.Body = MessageIn, in.Text
		ch.event.Data = EventData{Channel: in.Channel, Day: calendar.DateOf(in.At)}
		ch.handling = &Handling{Direction: In, Kind: string(MessageIn), Party: strings.TrimSpace(in.Party), At: in.At}
		ch.files = directed(in.Files, In, false)
		return nil
	})
}

// recipient is whom the row of a change names: who it is from or to (OSL 5 kap. 2 § first paragraph 3). Personal numbers are left out.
func recipient(ch *change, h *Handling) string {
	name := h.Party
	if name == "" && h.Direction != Internal && len(ch.parties) > 0 {
		name = ch.parties[0].Name
	}
	return screen(name, calendar.DateOf(ch.now))
}

// maxDelay is how many working days may lie between when a handling came and when it was entered before the registrar is warned: entered
// at the latest the working day after it came. The rule is registry practice after JO 4349-2001, not a number of the act.
const maxDelay = 1

// Late tells whether the handling was entered later than the working day after it came.
func (h Handling) Late(days *calendar.Calendar) bool {
	if h.Registered.IsZero() {
		return false
	}
	return days.BusinessDaysBetween(calendar.DateOf(h.At), calendar.DateOf(h.Registered)) > maxDelay
}

// Late tells whether a row of the diarium was entered too long after its handling came.
func (s *Service) Late(h Handling) bool { return h.Late(s.days) }
