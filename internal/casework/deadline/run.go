package deadline

import (
	"cmp"
	"errors"
	"slices"

	"dygnet/internal/kernel/calendar"
)

// Why a time cannot be changed as asked.
var (
	ErrOverlap     = errors.New("the time stands still already on one of these days")
	ErrNotStanding = errors.New("the time does not stand still")
	ErrNeverStands = errors.New("the time of this provision never stands still")
	ErrBackwards   = errors.New("the new day is not later than the one it replaces")
	ErrNotBusiness = errors.New("the new day is not a working day, and the time is counted in working days")
	ErrFixed       = errors.New("the provision does not let this time be extended")
	ErrOnce        = errors.New("the time has been extended, and the provision lets it be extended once")
	ErrTooLong     = errors.New("the provision does not let the time be extended so far")
	ErrOut         = errors.New("the time is out, and the provision lets it be extended before that only")
)

// Stop is days that do not count: from the first of them up to Until, which counts again. Reason is in words.
type Stop struct {
	From   calendar.Date `json:"from"`
	Until  calendar.Date `json:"until,omitzero"` // zero: it still stands
	Reason string        `json:"reason,omitempty"`
}

// stands tells whether the days of the stop have not come to an end on a day.
func (s Stop) stands(on calendar.Date) bool {
	return !on.Before(s.From) && (s.Until.IsZero() || on.Before(s.Until))
}

// Extension is a later last day than the rule gives, decided on a day.
type Extension struct {
	On     calendar.Date `json:"on"`
	To     calendar.Date `json:"to"`
	Reason string        `json:"reason,omitempty"`
	// Right tells that the day was put right by somebody, and may be any day.
	Right bool `json:"right,omitempty"`
}

// Run is a rule under way.
type Run struct {
	Rule       Rule
	From       calendar.Date // not counted
	Stops      []Stop        // in order, none upon another
	Extensions []Extension   // in order
}

// Last is the last day of the time, seen from a day: while it stands still, what it would be if it went on that day, or on the day it is
// to go on if that is later. It is zero if the rule gives no day.
func (r Run) Last(c *calendar.Calendar, on calendar.Date) calendar.Date {
	d := r.raw(c, on)
	if d.IsZero() {
		return d
	}
	return r.Rule.moved(c, d)
}

// raw is the last day before it is moved to a working day.
func (r Run) raw(c *calendar.Calendar, on calendar.Date) calendar.Date {
	if !r.Rule.HasDay() || r.From.IsZero() {
		return calendar.Date{}
	}
	day, since := c.Due(r.From.Start(), r.Rule.Within), calendar.Date{}
	if n := len(r.Extensions); n > 0 { // it was set with what had been before in view
		day, since = r.Extensions[n-1].To, r.Extensions[n-1].On
	}
	if !r.Rule.Stands {
		return day
	}
	for _, s := range r.Stops {
		from, until := latest(s.From, since), s.Until
		if until.IsZero() {
			until = on
		}
		if from.After(day) || !until.After(from) { // it began when the time was out, or lasted no day
			continue
		}
		if r.Rule.Within.Unit == calendar.Business {
			day = c.AddBusinessDays(day, business(c, from, until))
		} else {
			day = day.AddDays(from.DaysUntil(until))
		}
	}
	return day
}

// business counts the working days from a day up to another, which is not counted.
func business(c *calendar.Calendar, from, until calendar.Date) int {
	return c.BusinessDaysBetween(from.AddDays(-1), until.AddDays(-1))
}

func latest(a, b calendar.Date) calendar.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Standing is the stop that the time is in on a day.
func (r Run) Standing(on calendar.Date) (Stop, bool) {
	for _, s := range r.Stops {
		if s.stands(on) {
			return s, true
		}
	}
	return Stop{}, false
}

// Suspend adds days that do not count. ErrNeverStands, ErrOverlap and ErrBackwards refuse it.
func (r Run) Suspend(s Stop) (Run, error) {
	if !r.Rule.Stands {
		return r, ErrNeverStands
	}
	if !s.Until.IsZero() && !s.Until.After(s.From) {
		return r, ErrBackwards
	}
	if n := len(r.Stops); n > 0 {
		if last := r.Stops[n-1]; last.Until.IsZero() || s.From.Before(last.Until) {
			return r, ErrOverlap
		}
	}
	r.Stops = append(slices.Clone(r.Stops), s)
	return r, nil
}

// Resume lets the time go on from a day, which counts. ErrNotStanding refuses it.
func (r Run) Resume(on calendar.Date) (Run, error) {
	n := len(r.Stops)
	if n == 0 || !r.Stops[n-1].stands(on) {
		return r, ErrNotStanding
	}
	r.Stops = slices.Clone(r.Stops)
	r.Stops[n-1].Until = on
	return r, nil
}

// Extend gives the time a later last day. A target may be extended to any later day, and one in working days to a working day; a statutory
// time only as its rule says.
func (r Run) Extend(c *calendar.Calendar, e Extension) (Run, error) {
	now := r.raw(c, e.On)
	if n := len(r.Extensions); n > 0 && e.On.Before(r.Extensions[n-1].On) || !e.Right && !e.To.After(now) {
		return r, ErrBackwards
	}
	if !e.Right {
		if err := r.mayExtend(c, e, now); err != nil {
			return r, err
		}
	}
	r.Extensions = append(slices.Clone(r.Extensions), e)
	return r, nil
}

func (r Run) mayExtend(c *calendar.Calendar, e Extension, now calendar.Date) error {
	if r.Rule.Kind == Target {
		if r.Rule.Within.Unit == calendar.Business && !c.IsBusinessDay(e.To) {
			return ErrNotBusiness
		}
		return nil
	}
	switch {
	case r.Rule.Extend.IsZero():
		return ErrFixed
	case slices.ContainsFunc(r.Extensions, func(x Extension) bool { return !x.Right }):
		return ErrOnce
	case e.On.After(r.Rule.moved(c, now)):
		return ErrOut
	case e.To.After(r.longest(c, now)):
		return ErrTooLong
	}
	return nil
}

// longest is the last day to which a statutory time may be extended.
func (r Run) longest(c *calendar.Calendar, now calendar.Date) calendar.Date {
	return c.Due(now.Start(), r.Rule.Extend)
}

// Longest is the last day to which the time may be extended, seen from a day; zero: a target, or a time that cannot be.
func (r Run) Longest(c *calendar.Calendar, on calendar.Date) calendar.Date {
	if r.Rule.Kind == Target || r.Rule.Extend.IsZero() {
		return calendar.Date{}
	}
	return r.longest(c, r.raw(c, on))
}

// Union is all the days on which one of the lists stands still, as stops that do not overlap. Stops that touch become one.
func Union(lists ...[]Stop) []Stop {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b Stop) int { return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until)) })
	var out []Stop
	for _, s := range all {
		n := len(out)
		if n == 0 || !out[n-1].Until.IsZero() && s.From.After(out[n-1].Until) {
			out = append(out, s)
			continue
		}
		if last := &out[n-1]; !last.Until.IsZero() {
			if s.Until.IsZero() {
				last.Until = s.Until
			} else {
				last.Until = latest(last.Until, s.Until)
			}
			last.Reason = cmp.Or(last.Reason, s.Reason)
		}
	}
	return out
}
