package app

import (
	"context"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Texts are the words that invented people say in a demo.
//
//go:embed texts
var Texts embed.FS

// demoClock lets a demo be filled with matters from the weeks before; afterwards it is the real time.
type demoClock struct {
	real calendar.Clock
	back atomic.Int64 // nanoseconds
}

func (c *demoClock) Now() time.Time { return c.real.Now().Add(-time.Duration(c.back.Load())) }

// demoMatters is how many matters a demo begins with, and demoWeeks over how long they came.
const (
	demoMatters = 48
	demoWeeks   = 4
)

// event is something that happens in a demo's past.
type event struct {
	at time.Time
	do func(context.Context) error
}

// fillDemo plays some weeks of matters through the real services, from the examples of the case types, each in its time: some are new,
// some under way, some answered and closed. A demo that has matters is left as it is.
func (a *App) fillDemo(ctx context.Context) error {
	if last, err := a.cases.Any(ctx); err != nil || last {
		return err
	}
	clock, ok := a.clock.(*demoClock)
	if !ok {
		return nil
	}
	defer clock.back.Store(0)
	now := clock.real.Now()
	start := now.Add(-demoWeeks * 7 * 24 * time.Hour)
	step := now.Sub(start) / (demoMatters + 1)
	examples := a.examples()
	var events []event
	for i := range demoMatters {
		events = append(events, a.matter(i, start.Add(time.Duration(i+1)*step), examples, &lived{})...)
	}
	slices.SortStableFunc(events, func(x, y event) int { return x.at.Compare(y.at) })
	for _, e := range events {
		if e.at.After(now) {
			break
		}
		clock.back.Store(int64(now.Sub(e.at)))
		if err := e.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sample is an accepted example of a case type.
type sample struct {
	ct      *casetype.CaseType
	answers casetype.Answers
}

// examples are those that are accepted, of every service that is open, the kinds in turn.
func (a *App) examples() []sample {
	var reports, often, seldom [][]sample // by case type
	for _, ct := range a.types.Open(calendar.DateOf(a.clock.Now())) {
		var mine []sample
		for _, e := range ct.Examples {
			if len(e.Expect.Errors) > 0 || e.Expect.Stop != "" {
				continue
			}
			answers := casetype.Answers{}
			for name, values := range e.Answers {
				answers[name] = values
			}
			for i := range ct.Form.Steps {
				for _, q := range ct.Form.Steps[i].Questions {
					if q.Type == casetype.TypeFile { // the example's file is a name, not a stored file
						delete(answers, q.Key)
					}
				}
			}
			if _, faults := ct.Validate(answers); len(faults) == 0 {
				mine = append(mine, sample{ct, answers})
			}
		}
		switch {
		case ct.PublicReports:
			reports = append(reports, mine)
		case ct.Auth.Level == casetype.LevelNone:
			often = append(often, mine)
		default:
			seldom = append(seldom, mine)
		}
	}
	// Reports of what anybody can see come most, then what takes no sign-in.
	var out []sample
	turns := [][]sample{inTurn(reports), inTurn(often), inTurn(reports), inTurn(seldom)}
	longest := 0
	for _, list := range turns {
		longest = max(longest, len(list))
	}
	for i := range len(turns) * longest {
		if from := turns[i%len(turns)]; len(from) > 0 {
			out = append(out, from[i/len(turns)%len(from)])
		}
	}
	return out
}

// inTurn takes the first of each list, then the second of each, and so on.
func inTurn(lists [][]sample) []sample {
	var out []sample
	for n, more := 0, true; more; n++ {
		more = false
		for _, list := range lists {
			if n < len(list) {
				out, more = append(out, list[n]), true
			}
		}
	}
	return out
}

// dress gives the answers of an example with the i-th matter's own address and sender.
func (a *App) dress(i int, example sample) casetype.Answers {
	answers := maps.Clone(example.answers)
	who := a.adult(i * 7)
	address := a.pack.Addresses[(i*37)%len(a.pack.Addresses)]
	for name := range example.answers {
		switch {
		case strings.HasSuffix(name, casetype.PartAddress):
			question := strings.TrimSuffix(name, casetype.PartAddress)
			answers[name] = []string{address.Words()}
			answers[question+casetype.PartLat] = []string{fmt.Sprintf("%.6f", address.Lat)}
			answers[question+casetype.PartLon] = []string{fmt.Sprintf("%.6f", address.Lon)}
		case who.Email == "": // keep the example's own person
		case strings.HasSuffix(name, casetype.PartName):
			answers[name] = []string{who.Name}
		case strings.HasSuffix(name, casetype.PartEmail):
			answers[name] = []string{who.Email}
		}
	}
	return answers
}

// adult is somebody who hands in matters: not a child.
func (a *App) adult(i int) pack.Resident {
	for ; ; i++ {
		if who := a.pack.Residents[i%len(a.pack.Residents)]; len(who.Guardians) == 0 {
			return who
		}
	}
}

// lived is what is known of a matter once it has been handed in: its case, and who handles it.
type lived struct {
	id      string
	officer access.Actor
}

// matter is the life of the i-th matter.
func (a *App) matter(i int, at time.Time, examples []sample, life *lived) []event {
	example := examples[i%len(examples)]
	who := a.adult(i * 7)
	answers := a.dress(i, example)
	act := func(after time.Duration, do func(context.Context) error) event {
		return event{at.Add(after), func(ctx context.Context) error {
			if life.id == "" || life.officer.Person == "" {
				return nil
			}
			return do(ctx)
		}}
	}
	list := []event{{at, func(ctx context.Context) error {
		clean, faults := example.ct.Validate(answers)
		if len(faults) > 0 {
			return fmt.Errorf("example of %s: %w", example.ct.ID, faults)
		}
		in := cases.Submission{Key: uuid.Must(uuid.NewV7()).String(), Type: example.ct, Answers: clean, Channel: "web", Lang: i18n.SV}
		if i%3 == 0 && !who.Protected {
			if p, err := a.bodies.PersonByKey(ctx, who.Key); err == nil {
				in.Person = p.ID
			}
		}
		accepted, err := a.cases.Submit(ctx, in)
		if err != nil {
			return err
		}
		life.id = accepted.CaseID
		life.officer, err = a.officerOf(ctx, life.id)
		return err
	}}}
	say := a.texts.For(i18n.SV)
	on := func() cases.On { return cases.On{Case: life.id} }
	if i%5 != 4 {
		list = append(list, act(20*time.Hour, func(ctx context.Context) error {
			return a.take(ctx, &life.officer, life.id)
		}), act(21*time.Hour, func(ctx context.Context) error { return a.move(ctx, life.officer, life.id, casetype.InProgress, "") }),
			act(22*time.Hour, func(ctx context.Context) error {
				_, err := a.cases.Message(ctx, life.officer, on(), say.T("demo.progress"), nil)
				return err
			}))
	}
	if i%4 == 1 {
		list = append(list, act(30*time.Hour, func(ctx context.Context) error {
			_, err := a.cases.Note(ctx, life.officer, on(), say.T("demo.note"), nil)
			return err
		}), act(44*time.Hour, func(ctx context.Context) error {
			_, err := a.cases.Reply(ctx, cases.Citizen{Opened: []string{life.id}}, life.id, say.T("demo.reply"), nil)
			return err
		}))
	}
	if i%5 < 3 {
		list = append(list, act(5*24*time.Hour, func(ctx context.Context) error { return a.finish(ctx, life.officer, life.id, say.T("demo.answer")) }))
	}
	return list
}

// officerOf is someone who handles cases of the case's unit; the zero Actor if nobody does.
func (a *App) officerOf(ctx context.Context, id string) (access.Actor, error) {
	c, err := a.cases.Case(ctx, id)
	if err != nil {
		return access.Actor{}, err
	}
	return a.holder(access.Officer, c.Unit), nil
}

// holder is the first official with a role at a unit; the zero Actor if there is none.
func (a *App) holder(role, unit string) access.Actor {
	org := organisation{bodies: a.bodies, pack: a.packs.Latest, clock: a.clock}
	d := a.bodies.Directory()
	for _, p := range d.Officials() {
		if org.Holds(p.ID, role, unit) {
			return access.Resolve(d, p.ID, calendar.DateOf(a.clock.Now()), access.Substantial)
		}
	}
	return access.Actor{}
}

// take lets the officer take the case; one that is secret is given out by the head of its unit, and waits where there is none.
func (a *App) take(ctx context.Context, officer *access.Actor, id string) error {
	c, err := a.cases.Case(ctx, id)
	if err != nil {
		return err
	}
	if c.Secrecy != cases.Secret {
		_, err := a.cases.Claim(ctx, *officer, cases.On{Case: id})
		return err
	}
	head := a.holder(access.Head, c.Unit)
	if head.Person == "" {
		*officer = access.Actor{} // nobody does anything with it
		return nil
	}
	_, err = a.cases.Assign(ctx, head, cases.On{Case: id}, officer.Person)
	return err
}

// move goes to the first status with the wanted meaning that can follow.
func (a *App) move(ctx context.Context, who access.Actor, id string, want casetype.Content, note string) error {
	c, err := a.cases.Case(ctx, id)
	if err != nil {
		return err
	}
	ct, ok := a.types.Version(c.TypeID, c.TypeVersion)
	if !ok {
		return nil
	}
	for _, next := range ct.Next(c.Status) {
		if next.Content == want {
			_, err := a.cases.Move(ctx, who, cases.On{Case: id}, next.Key, note)
			return err
		}
	}
	return nil
}

// finish decides by the first decision that an officer may make, and closes.
func (a *App) finish(ctx context.Context, who access.Actor, id, words string) error {
	c, err := a.cases.Case(ctx, id)
	if err != nil {
		return err
	}
	ct, ok := a.types.Version(c.TypeID, c.TypeVersion)
	if !ok || c.Assignee == "" {
		return nil
	}
	for _, d := range ct.Decisions {
		if d.Delegation != nil && d.Delegation.Role == access.Officer {
			if _, err := a.cases.Decide(ctx, who, cases.On{Case: id}, cases.Ruling{Key: d.Key, Text: words}); err != nil {
				return err
			}
			return a.move(ctx, who, id, casetype.Closed, "")
		}
	}
	return nil
}
