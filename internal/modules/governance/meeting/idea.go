package meeting

import (
	"context"
	"fmt"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// IdeaState is how far a suggestion has come.
type IdeaState string

// The states of a suggestion. They are stored: do not rename them.
const (
	Suggested IdeaState = "inskickat"
	Forwarded IdeaState = "vidare" // prepared for the body that answers
	Accepted  IdeaState = "antaget"
	Declined  IdeaState = "avbojt"
)

// IdeaStates are all.
func IdeaStates() []IdeaState { return []IdeaState{Suggested, Forwarded, Accepted, Declined} }

// Idea is an initiative or a suggestion of how something can be better, by anybody who works here (S4-AN-4). All who work here can follow it.
type Idea struct {
	ID, Number, Member string
	Route              string // key of the pack's way for it
	State              IdeaState
	Title, Text        string
	Proposer           string
	On                 calendar.Date // when it was put forward
	Due                calendar.Date // when it is to be answered
	Initiative         bool          // by somebody with a seat in the body that treats it (S4-IG-3)
	View               string        // what that body thought when it put it forward
	Matter             string        // prepared for the body that answers
	Answer             string        // in words, never empty once there is one
	AnsweredBy         string        // the body
	AnsweredOn         calendar.Date
	Version            int64 `json:"-"`
}

// Open reports whether it waits for an answer.
func (i *Idea) Open() bool { return i.State == Suggested || i.State == Forwarded }

// Late reports whether the day for its answer has passed.
func (i *Idea) Late(today calendar.Date) bool { return i.Open() && i.Due.Before(today) }

// IdeaDraft is what somebody writes.
type IdeaDraft struct{ Route, Title, Text string }

// PathIdeas is the address of the suggestions, without language.
const PathIdeas = "/styrning/forslag"

// IdeaRoutes are the ways of the pack that suggestions go.
func (s *Service) IdeaRoutes() []pack.IdeaRoute { return s.rules().Ideas }

func (s *Service) route(key string) (pack.IdeaRoute, bool) {
	for _, r := range s.rules().Ideas {
		if r.Key == key {
			return r, true
		}
	}
	return pack.IdeaRoute{}, false
}

// Suggest puts a suggestion forward: anybody who works here may (S4-AN-4). It is to be answered within the time of the pack.
func (s *Service) Suggest(ctx context.Context, who access.Actor, d IdeaDraft) (*Idea, error) {
	mandate, ok := Works(who)
	if !ok {
		return nil, refuse("", "idea.suggest", deniedStaff, "S4-AN-4", nil)
	}
	d.Title, d.Text = clean(d.Title), clean(d.Text)
	route, known := s.route(d.Route)
	var f faults
	f.need(!known, "omrade", "route")
	f.need(d.Title == "", "rubrik", "title")
	f.need(len([]rune(d.Title)) > 180, "rubrik", "long_idea")
	f.need(d.Text == "", "text", "idea")
	f.need(len([]rune(d.Text)) > maxText, "text", "long")
	f.need(holdsNumber(s.today(), d.Title), "rubrik", "number")
	f.need(holdsNumber(s.today(), d.Text), "text", "number")
	if err := f.err(); err != nil {
		return nil, err
	}
	b, ok := s.org.Directory().Body(route.Treats)
	if !ok {
		return nil, store.ErrNotFound
	}
	if !s.belongs(who, b.Member) {
		return nil, refuse("", "idea.suggest", deniedStaff, "S4-AN-4", nil)
	}
	i := &Idea{ID: store.NewID(), Member: b.Member, Route: route.Key, State: Suggested, Title: d.Title, Text: d.Text, Proposer: who.Person, On: s.today(), Due: s.Days.Due(s.clock.Now(), route.Answer)}
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		seats, err := s.Membership(ctx, tx, route.Treats, s.today())
		if err != nil {
			return journal.Entry{}, err
		}
		i.Version, i.Initiative = 0, seats.Has(who.Person)
		n, err := next(ctx, tx, fmt.Sprintf("idea %d", s.today().Year()))
		if err != nil {
			return journal.Entry{}, err
		}
		i.Number = fmt.Sprintf("F %d/%d", s.today().Year(), n)
		if err := s.saveIdea(ctx, tx, i); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, "idea.suggested", "idea", i.ID, nil, i), nil
	})
	if err != nil {
		return nil, fmt.Errorf("putting a suggestion forward: %w", err)
	}
	return i, nil
}

// Treats reports whether somebody treats suggestions of a route: has a seat in the body that does, or keeps its meetings. It gives the mandate.
func (s *Service) Treats(ctx context.Context, q store.Queryer, who access.Actor, body string) (string, error) {
	if m, err := s.keeper(who, body); err == nil {
		return m, nil
	}
	seats, err := s.Membership(ctx, q, body, s.today())
	if err != nil {
		return "", err
	}
	mandate, works := Works(who)
	if !works || !seats.Has(who.Person) {
		return "", refuse(body, "idea.treat", deniedIdea, "S4-IG-3", nil)
	}
	return mandate, nil
}

// Forward prepares a suggestion for the body that answers, with what the body that has treated it thinks (S4-IG-3): a matter of its own, whose
// outcome becomes the answer.
func (s *Service) Forward(ctx context.Context, who access.Actor, id string, version int64, view string) (*Matter, error) {
	view = clean(view)
	i, err := s.idea(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	route, ok := s.route(i.Route)
	if !ok {
		return nil, store.ErrNotFound
	}
	b, _, err := s.body(route.Forwards)
	if err != nil {
		return nil, err
	}
	m := &Matter{ID: store.NewID(), Member: b.Member, Body: b.ID, State: Prepared, Proposer: who.Person, Title: i.Title, Proposal: view, Background: i.Text,
		Rests: Rests{Kind: "idea", ID: i.ID, Sentence: route.Sentence, Path: PathIdeas + "/" + i.ID}, Consultations: []Consultation{{Body: route.Treats, On: s.today(), View: view, By: who.Person}}}
	err = s.changeIdea(ctx, who, id, version, "idea.forwarded", func(ctx context.Context, tx *store.Tx, i *Idea) (string, error) {
		mandate, err := s.Treats(ctx, tx, who, route.Treats)
		if err != nil {
			return "", err
		}
		var f faults
		f.need(view == "", "syn", "view")
		f.need(len([]rune(view)) > maxText, "syn", "long")
		f.need(holdsNumber(s.today(), view), "syn", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		if i.State != Suggested {
			return "", &StateError{"idea_treated"}
		}
		m.Version = 0
		if err := s.numberMatter(ctx, tx, m); err != nil {
			return "", err
		}
		if err := s.saveMatter(ctx, tx, m); err != nil {
			return "", err
		}
		i.State, i.View, i.Matter = Forwarded, view, m.ID
		return mandate, nil
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Reply answers a suggestion without putting it forward. An answer has a reason, above all a no (S4-IG-3). The one who suggested is told.
func (s *Service) Reply(ctx context.Context, who access.Actor, id string, version int64, yes bool, reason string) error {
	reason = clean(reason)
	return s.changeIdea(ctx, who, id, version, "idea.answered", func(ctx context.Context, tx *store.Tx, i *Idea) (string, error) {
		route, ok := s.route(i.Route)
		if !ok {
			return "", store.ErrNotFound
		}
		mandate, err := s.Treats(ctx, tx, who, route.Treats)
		if err != nil {
			return "", err
		}
		var f faults
		f.need(reason == "", "svar", "answer")
		f.need(len([]rune(reason)) > maxText, "svar", "long")
		f.need(holdsNumber(s.today(), reason), "svar", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		if i.State != Suggested {
			return "", &StateError{"idea_treated"}
		}
		return mandate, s.answer(ctx, tx, i, route.Treats, yes, reason)
	})
}

func (s *Service) answer(ctx context.Context, tx *store.Tx, i *Idea, body string, yes bool, reason string) error {
	i.State = Declined
	if yes {
		i.State = Accepted
	}
	i.Answer, i.AnsweredBy, i.AnsweredOn = reason, body, s.today()
	p, ok := s.org.Directory().Person(i.Proposer)
	if !ok || p.Email == "" || p.Closed {
		return nil
	}
	if err := s.Post.Write(ctx, tx, Mail{Kind: "idea_answered", To: p.Email, Number: i.Number, Path: PathIdeas + "/" + i.ID, Day: i.On}); err != nil {
		return fmt.Errorf("writing to the one who suggested: %w", err)
	}
	return nil
}

// answered gives a suggestion the answer that a body gave its matter at a meeting. What is secret in the protokoll is not told.
func (s *Service) answered(ctx context.Context, tx *store.Tx, x *Matter, it *Item) error {
	if x.Rests.Kind != "idea" || it.Outcome != Approved && it.Outcome != Rejected {
		return nil
	}
	i, err := s.idea(ctx, tx, x.Rests.ID)
	if err != nil {
		return err
	}
	if i.State != Forwarded || i.Matter != x.ID {
		return nil
	}
	if err := s.answer(ctx, tx, i, x.Body, it.Outcome == Approved, s.openText(it)); err != nil {
		return err
	}
	return s.saveIdea(ctx, tx, i)
}

func (s *Service) changeIdea(ctx context.Context, who access.Actor, id string, version int64, action string, fn func(ctx context.Context, tx *store.Tx, i *Idea) (mandate string, err error)) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		i, err := s.idea(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		before := *i
		if version != 0 && i.Version != version {
			return journal.Entry{}, store.ErrConflict
		}
		mandate, err := fn(ctx, tx, i)
		if err != nil {
			return journal.Entry{}, err
		}
		if err := s.saveIdea(ctx, tx, i); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, action, "idea", id, before, i), nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

func (s *Service) saveIdea(ctx context.Context, tx *store.Tx, i *Idea) error {
	i.Version++
	raw, err := s.remember(ctx, tx, i.ID, i.Version, i)
	if err != nil {
		return err
	}
	if i.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO meeting_idea (id, number, route, state, proposer, version, data) VALUES ($1, $2, $3, $4, $5, 1, $6)`, i.ID, i.Number, i.Route, string(i.State), i.Proposer, raw)
	} else {
		err = changed(tx.ExecOne(ctx, `UPDATE meeting_idea SET state = $2, version = $3, data = $4 WHERE id = $1 AND version = $3 - 1`, i.ID, string(i.State), i.Version, raw))
	}
	if err != nil {
		return fmt.Errorf("storing a suggestion: %w", err)
	}
	return nil
}

func ideas(ctx context.Context, q store.Queryer, where string, args ...any) ([]*Idea, error) {
	list, err := store.All(ctx, q, scan(func(i *Idea, v int64) { i.Version = v }), `SELECT version, data FROM meeting_idea `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading suggestions: %w", err)
	}
	return list, nil
}

func (s *Service) idea(ctx context.Context, q store.Queryer, id string) (*Idea, error) {
	return one(ideas(ctx, q, `WHERE id = $1`, id))
}

// Idea gives a suggestion as it was at the end of a day.
func (s *Service) Idea(ctx context.Context, id string, on calendar.Date) (*Idea, error) {
	i, err := s.idea(ctx, s.db, id)
	if err != nil || !on.Before(s.today()) {
		return i, err
	}
	then := &Idea{}
	then.Version, err = asOf(ctx, s.db, id, on, then)
	return then, err
}

// Ideas gives the suggestions in a state, or all for "", newest first, at most a page; of one person unless proposer is "". before is the ID
// that the page before ended with.
func (s *Service) Ideas(ctx context.Context, state IdeaState, proposer, before string) (list []*Idea, more bool, err error) {
	if before == "" {
		before = "g" // after every UUID
	}
	switch {
	case proposer != "":
		list, err = ideas(ctx, s.db, `WHERE proposer = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, proposer, before, listPage+1)
	case state != "":
		list, err = ideas(ctx, s.db, `WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, string(state), before, listPage+1)
	default:
		list, err = ideas(ctx, s.db, `WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, listPage+1)
	}
	if len(list) > listPage {
		list, more = list[:listPage], true
	}
	return list, more, err
}
