package clock

import (
	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"
)

// Times are the days of a case, seen from a day.
type Times struct {
	On      calendar.Date
	Promise deadline.Run
	// Law is the time that the case type's statute gives; nil for none.
	Law *deadline.Run
	// Demand is the four weeks of FL 12 §, while a request waits for an answer; nil otherwise.
	Demand *deadline.Run

	Due       calendar.Date // the day of the case: the first of those below
	Target    calendar.Date
	Statutory calendar.Date      // the first statutory day that runs; zero for none
	Provision deadline.Provision // of Statutory
	AskFrom   calendar.Date      // the first day a party may ask under FL 12 §; zero where that does not apply
	Running   bool               // the case is open and not decided
}

// engine works out days.
type engine struct {
	days  *calendar.Calendar
	rules deadline.Table
}

// provision is a law of a case type as the rules write it.
func provision(l casetype.Law) deadline.Provision {
	return deadline.Provision{SFS: l.SFS, Label: l.Label, Chapter: l.Chapter, Section: l.Section}
}

// times works out all the days of a case.
func (e engine) times(c *cases.Case, ct *casetype.CaseType, course Course, on calendar.Date) Times {
	received := calendar.DateOf(c.ReceivedAt)
	t := Times{On: on, Running: c.Open && course.Decided.IsZero()}
	t.Promise = deadline.Run{
		Rule: deadline.Rule{Within: ct.Deadlines.Target, From: deadline.Received, Kind: deadline.Target, By: deadline.Authority, Stands: true},
		From: received, Stops: deadline.Union(course.Waits, course.Stops), Extensions: course.Longer,
	}
	t.Target = t.Promise.Last(e.days, on)
	t.Due = t.Target
	law := func(r deadline.Run) {
		if last := r.Last(e.days, on); t.Running && (t.Statutory.IsZero() || last.Before(t.Statutory)) {
			t.Statutory, t.Provision = last, r.Rule.Provision
		}
	}
	if s := ct.Deadlines.Statutory; s != nil {
		t.Law = &deadline.Run{
			Rule: deadline.Rule{Within: s.Within, From: deadline.Event(s.From), Kind: deadline.Statutory, By: deadline.Authority, Stands: true, Extend: s.Extend, Provision: provision(s.Law)},
			From: received, Stops: deadline.Union(course.Waits), Extensions: course.LawLonger,
		}
		if s.From == casetype.FromComplete && !course.Complete.IsZero() {
			t.Law.From = course.Complete
		}
		law(*t.Law)
	}
	if !course.Asked.IsZero() && course.Answered.IsZero() {
		if r, ok := e.rules.On(deadline.FL12Decide, course.Asked); ok {
			t.Demand = &deadline.Run{Rule: r, From: course.Asked}
			law(*t.Demand)
		}
	}
	if !t.Statutory.IsZero() && t.Statutory.Before(t.Due) {
		t.Due = t.Statutory
	}
	if !Exempt(ct) && course.Initiator == ByParty {
		t.AskFrom = e.rules.AskFrom(e.days, received, on)
	}
	return t
}

// matter is the case as FL 12 § asks of it.
func matter(c *cases.Case, ct *casetype.CaseType, course Course) deadline.Matter {
	return deadline.Matter{Exempt: Exempt(ct), ByParty: course.Initiator == ByParty, Initiated: calendar.DateOf(c.ReceivedAt),
		Decided: !c.Open || !course.Decided.IsZero(), Asked: !course.Asked.IsZero()}
}

// Standing is the stop that the promise is in, and whether an official made it: the words of a status are not the stop's.
func (t Times) Standing(course Course) (s deadline.Stop, made, ok bool) {
	if s, ok := (deadline.Run{Stops: course.Stops}).Standing(t.On); ok {
		return s, true, true
	}
	s, ok = t.Promise.Standing(t.On)
	return s, false, ok
}
