package clock

import (
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"
)

// Stage is something a case comes to as time goes, which is told once.
type Stage string

// The stages, the most pressing first.
const (
	LawOver  Stage = "law_over" // the statutory time is out
	Head     Stage = "head"     // the promise is long past: the head of unit is told
	Over     Stage = "over"     // the promise is past
	LawNear  Stage = "law_near" // the statutory time is soon out
	MayAsk   Stage = "may_ask"  // six months have passed: the party may ask that the matter is decided (FL 12 §)
	Near     Stage = "near"     // the promise is soon out
	Standing Stage = "standing" // the time has stood still for long, and nobody said for how long
	GoesOn   Stage = "goes_on"  // the days for which the time was to stand still are over
)

func stages() []Stage { return []Stage{LawOver, Head, Over, LawNear, MayAsk, Near, Standing, GoesOn} }

// Settings are when something is told, as a municipality has set it from a day on.
type Settings struct {
	From    calendar.Date // the first day on which they hold; zero: always
	Near    int           // working days before the promised day
	Head    int           // working days after it, to the head of unit
	LawNear int           // days before a statutory day
	Review  int           // days for which the time may stand still before somebody is asked whether it still does
	Notice  int           // working days after the promised day at which the clock proposes to tell the party (FL 11 §: väsentligt försenat)
}

// DefaultSettings are those of a municipality that has set none for a day.
func DefaultSettings() Settings {
	return Settings{Near: 3, Head: 5, LawNear: 7, Review: 30, Notice: 10}
}

// Plan gives the settings of a municipality, the earliest first. It is asked each time, as a new pack may be published.
type Plan func() []Settings

// on are the settings that hold on a day, and the first day of those that follow, zero for none.
func (p Plan) on(day calendar.Date) (Settings, calendar.Date) {
	now := DefaultSettings()
	if p == nil {
		return now, calendar.Date{}
	}
	for _, s := range p() {
		if s.From.After(day) {
			return now, s.From
		}
		now = s
	}
	return now, calendar.Date{}
}

// telling is a stage, the day it comes and the day it is about.
type telling struct {
	stage   Stage
	day, of calendar.Date
}

// tellings are the stages that a case has come to or will come to, whether told or not.
func (k *Keeper) tellings(t Times, course Course) []telling {
	if !t.Running {
		return nil
	}
	var out []telling
	set, _ := k.plan.on(t.On)
	stop, _, standing := t.Standing(course)
	switch {
	case standing && stop.Until.IsZero():
		day := k.review(stop, course)
		out = append(out, telling{Standing, day, day})
	case standing:
		out = append(out, telling{GoesOn, stop.Until, stop.Until})
	default:
		out = append(out,
			telling{Head, k.days.AddBusinessDays(t.Target, set.Head), t.Target},
			telling{Over, t.Target.AddDays(1), t.Target},
			telling{Near, k.days.AddBusinessDays(t.Target, -set.Near), t.Target})
		if n := len(course.Stops); n > 0 && !course.Stops[n-1].Until.IsZero() { // it went on by itself
			out = append(out, telling{GoesOn, course.Stops[n-1].Until, course.Stops[n-1].Until})
		}
	}
	if !t.Statutory.IsZero() {
		out = append(out, telling{LawOver, t.Statutory.AddDays(1), t.Statutory}, telling{LawNear, t.Statutory.AddDays(-set.LawNear), t.Statutory})
	}
	if !t.AskFrom.IsZero() && course.Asked.IsZero() {
		out = append(out, telling{MayAsk, t.AskFrom, t.AskFrom})
	}
	return out
}

// review is the next day on which somebody is asked whether the time of a stop without an end still stands still.
func (k *Keeper) review(stop deadline.Stop, course Course) calendar.Date {
	since := stop.From
	if told := course.Told[Standing]; told.After(since) {
		since = told
	}
	set, _ := k.plan.on(k.today())
	return since.AddDays(set.Review)
}

// untold are the stages that have not been told of.
func (k *Keeper) untold(t Times, course Course) []telling {
	var out []telling
	for _, x := range k.tellings(t, course) {
		if course.Told[x.stage] != x.of {
			out = append(out, x)
		}
	}
	return out
}

// come are the untold stages that a case has come to, the most pressing first.
func (k *Keeper) come(t Times, course Course) []telling {
	var out []telling
	list := k.untold(t, course)
	for _, s := range stages() {
		for _, x := range list {
			if x.stage == s && !x.day.After(t.On) {
				out = append(out, x)
			}
		}
	}
	return out
}

// wake is the day of the next untold stage, or that on which other settings may move it, if that comes first; zero for none.
func (k *Keeper) wake(t Times, course Course) calendar.Date {
	var next calendar.Date
	if t.Running {
		_, next = k.plan.on(t.On)
	}
	for _, x := range k.untold(t, course) {
		if next.IsZero() || x.day.Before(next) {
			next = x.day
		}
	}
	return next
}

// told marks stages as told.
func (c *Course) told(list []telling) {
	if c.Told == nil && len(list) > 0 {
		c.Told = map[Stage]calendar.Date{}
	}
	for _, x := range list {
		c.Told[x.stage] = x.of
	}
}

// Propose tells whether a matter is so late that the party ought to be told of it (FL 11 §), and has not been since the promised day.
func (k *Keeper) Propose(t Times, course Course) bool {
	_, _, standing := t.Standing(course)
	set, _ := k.plan.on(t.On)
	late := k.days.AddBusinessDays(t.Target, set.Notice)
	return t.Running && !standing && !t.AskFrom.IsZero() && t.On.After(late) && !course.Noticed.After(t.Target)
}
