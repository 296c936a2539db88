package ruling

import (
	"errors"
	"fmt"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// DelegationError refuses a decision by somebody who does not hold the role that the delegation order gives it to, on the day it is made
// (KL 6 kap. 37 §, 7 kap. 5 §).
type DelegationError struct {
	Ref  string // row of the delegation order
	Role string
	// Ended is the last day they held it, zero if they never did.
	Ended calendar.Date
}

func (e *DelegationError) Error() string {
	if e.Ended.IsZero() {
		return fmt.Sprintf("delegation %s is for %s", e.Ref, e.Role)
	}
	return fmt.Sprintf("delegation %s is for %s, which ended on %s", e.Ref, e.Role, e.Ended)
}

// ErrMandate means that the mandate under which the decision is made does not hold on the day.
var ErrMandate = errors.New("the mandate has ended")

// holds tells whether a person holds a role over a unit on a day; if not, the last day they did, zero if never.
func holds(d *bodies.Directory, person, role, unit string, day calendar.Date) (ok bool, ended calendar.Date) {
	for _, m := range d.HistoryOf(person) {
		if m.Role != role || m.Unit != "" && !d.InSubtree(m.Unit, unit) {
			continue
		}
		if m.InForce(day) {
			return true, calendar.Date{}
		}
		if last := m.Last(); !last.IsZero() && last.Before(day) {
			ended = later(ended, last)
		}
	}
	return false, ended
}

// delegated is nil if the person may decide on delegation on the day.
func (s *Service) delegated(person, ref, role, unit string, day calendar.Date) error {
	ok, ended := holds(s.org.Directory(), person, role, unit, day)
	if ok {
		return nil
	}
	return &DelegationError{Ref: ref, Role: role, Ended: ended}
}

// inForce is nil if a mandate holds on the day of the instant at which the decision is written.
func (s *Service) inForce(mandate string, day calendar.Date) error {
	m, ok := s.org.Directory().Mandate(mandate)
	if !ok || !m.InForce(day) {
		return fmt.Errorf("%w: %s on %s", ErrMandate, mandate, day)
	}
	return nil
}
