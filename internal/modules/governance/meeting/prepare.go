package meeting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

const maxText = 20000 // characters

func (s *Service) checkMatter(d MatterDraft) error {
	var f faults
	if _, _, err := s.body(d.Body); err != nil {
		f.need(true, "organ", "body")
	}
	f.need(d.Title == "", "rubrik", "title")
	f.need(len([]rune(d.Title)) > 200, "rubrik", "long_title")
	f.need(d.Proposal == "", "forslag", "proposal")
	f.need(len([]rune(d.Proposal)) > maxText, "forslag", "long")
	f.need(len([]rune(d.Background)) > maxText, "bakgrund", "long")
	for name, text := range map[string]string{"rubrik": d.Title, "forslag": d.Proposal, "bakgrund": d.Background} {
		f.need(holdsNumber(s.today(), text), name, "number")
	}
	known := map[string]bool{}
	for _, k := range s.rules().Matters {
		known[k.Key] = true
	}
	f.need(slices.ContainsFunc(d.Kinds, func(k string) bool { return !known[k] }), "slag", "kind")
	return f.err()
}

// Prepare begins a matter for a body: anybody who works here may.
func (s *Service) Prepare(ctx context.Context, who access.Actor, d MatterDraft) (*Matter, error) {
	mandate, ok := Works(who)
	if !ok {
		return nil, refuse(d.Body, "matter.prepare", deniedStaff, "P-3", nil)
	}
	d.Title, d.Proposal, d.Background = clean(d.Title), clean(d.Proposal), clean(d.Background)
	if p := d.Rests.Path; len(p) < 2 || p[0] != '/' || p[1] == '/' || p[1] == '\\' { // never a page of somebody else's
		d.Rests.Path = ""
	}
	if err := s.checkMatter(d); err != nil {
		return nil, err
	}
	b, _, err := s.body(d.Body)
	if err != nil {
		return nil, err
	}
	if !s.belongs(who, b.Member) {
		return nil, refuse(d.Body, "matter.prepare", deniedStaff, "P-3", nil)
	}
	m := &Matter{ID: store.NewID(), Member: b.Member, Body: d.Body, State: Draft, Proposer: who.Person, Kinds: d.Kinds, Title: d.Title, Proposal: d.Proposal, Background: d.Background, Rests: d.Rests, Secret: d.Secret}
	_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		m.Version = 0
		if err := s.numberMatter(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		if err := s.saveMatter(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, "matter.prepared", "matter", m.ID, nil, m), nil
	})
	if err != nil {
		return nil, fmt.Errorf("preparing a matter: %w", err)
	}
	return m, nil
}

// numberMatter gives a matter the next number of its body and year.
func (s *Service) numberMatter(ctx context.Context, tx *store.Tx, m *Matter) error {
	year := s.today().Year()
	n, err := next(ctx, tx, fmt.Sprintf("%s-B %d", m.Body, year))
	if err != nil {
		return err
	}
	b, _ := s.org.Directory().Body(m.Body)
	m.Number = fmt.Sprintf("%s-B %d/%d", b.Code, year, n)
	return nil
}

// change changes a matter of a version.
func (s *Service) change(ctx context.Context, who access.Actor, id string, version int64, action string, fn func(ctx context.Context, tx *store.Tx, m *Matter) (mandate string, err error)) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		m, err := s.matter(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if version != 0 && m.Version != version {
			return journal.Entry{}, store.ErrConflict
		}
		before := *m
		before.Consultations = slices.Clone(m.Consultations)
		mandate, err := fn(ctx, tx, m)
		if err != nil {
			return journal.Entry{}, err
		}
		if err := s.saveMatter(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, action, "matter", id, before, m), nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// mayWrite gives the mandate of the one who proposed a matter, or keeps the meetings of its body; others are refused.
func (s *Service) mayWrite(who access.Actor, m *Matter) (string, error) {
	if mandate, ok := Works(who); ok && who.Person == m.Proposer {
		return mandate, nil
	}
	if mandate, err := s.keeper(who, m.Body); err == nil {
		return mandate, nil
	}
	return "", refuse(m.Body, "matter.prepare", deniedMatter, "PR-2", nil)
}

// Rewrite changes what is written of a matter until it stands on an agenda for decision.
func (s *Service) Rewrite(ctx context.Context, who access.Actor, id string, version int64, d MatterDraft) error {
	d.Title, d.Proposal, d.Background = clean(d.Title), clean(d.Proposal), clean(d.Background)
	return s.change(ctx, who, id, version, "matter.rewritten", func(_ context.Context, _ *store.Tx, m *Matter) (string, error) {
		mandate, err := s.mayWrite(who, m)
		if err != nil {
			return "", err
		}
		if m.State != Draft && m.State != Prepared {
			return "", &StateError{"matter_scheduled"}
		}
		if err := s.checkMatter(d); err != nil {
			return "", err
		}
		if d.Body != m.Body {
			return "", &FieldError{[]Field{{"organ", "body_fixed"}}}
		}
		m.Kinds, m.Title, m.Proposal, m.Background, m.Secret = d.Kinds, d.Title, d.Proposal, d.Background, d.Secret
		return mandate, nil
	})
}

// LetterRoles are the roles whose letter a matter needs.
func (s *Service) LetterRoles(m *Matter) []string {
	var out []string
	for _, k := range kindsOf(s.rules(), s.org.Directory(), m, s.today()) {
		for _, n := range k.Needs {
			if n.Body == m.Body && n.Letter != "" {
				out = append(out, n.Letter)
			}
		}
	}
	return out
}

// WriteLetter adds the tjänsteskrivelse of a matter. Where the matter needs that of a role, only its holder writes it (S4-AC-5).
func (s *Service) WriteLetter(ctx context.Context, who access.Actor, id string, version int64, text string) error {
	text = clean(text)
	return s.change(ctx, who, id, version, "matter.letter_written", func(_ context.Context, _ *store.Tx, m *Matter) (string, error) {
		roles := s.LetterRoles(m)
		l := &Letter{Text: text, By: who.Person, On: s.today()}
		for _, x := range who.Mandates {
			if slices.Contains(roles, x.Role) {
				l.Role, l.Mandate = x.Role, x.ID
			}
		}
		if l.Mandate == "" {
			if len(roles) > 0 {
				return "", refuse(m.Body, "matter.letter", deniedLetter, s.sentenceOf(m), nil)
			}
			mandate, err := s.mayWrite(who, m)
			if err != nil {
				return "", err
			}
			l.Mandate = mandate
		}
		var f faults
		f.need(text == "", "skrivelse", "letter")
		f.need(len([]rune(text)) > maxText, "skrivelse", "long")
		f.need(holdsNumber(s.today(), text), "skrivelse", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		if m.State == Treated || m.State == Withdrawn {
			return "", &StateError{"matter_closed"}
		}
		m.Letter = l
		return l.Mandate, nil
	})
}

func (s *Service) sentenceOf(m *Matter) string {
	for _, k := range kindsOf(s.rules(), s.org.Directory(), m, s.today()) {
		for _, n := range k.Needs {
			if n.Body == m.Body {
				return n.Sentence
			}
		}
	}
	return "PR-2"
}

// Consult records what a body thought of a matter when it was asked outside a meeting. Recorded by those who prepare the matter and by those who
// keep the meetings of the body that was asked. What a body says at a meeting is recorded by its protokoll.
func (s *Service) Consult(ctx context.Context, who access.Actor, id string, version int64, body string, on calendar.Date, view string) error {
	view = clean(view)
	return s.change(ctx, who, id, version, "matter.consulted", func(_ context.Context, _ *store.Tx, m *Matter) (string, error) {
		mandate, err := s.mayWrite(who, m)
		if err != nil {
			for _, x := range who.Mandates {
				if slices.Contains(s.LetterRoles(m), x.Role) {
					mandate, err = x.ID, nil
				}
			}
		}
		if err != nil {
			var other error
			if mandate, other = s.keeper(who, body); other != nil {
				return "", err
			}
		}
		var f faults
		b, ok := s.org.Directory().Body(body)
		f.need(!ok || b.Member != m.Member || body == m.Body, "samradsorgan", "consulted_body")
		f.need(on.IsZero() || on.After(s.today()), "samradsdag", "day_past")
		f.need(view == "", "samradssyn", "view")
		f.need(holdsNumber(s.today(), view), "samradssyn", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		if m.State == Treated || m.State == Withdrawn {
			return "", &StateError{"matter_closed"}
		}
		m.Consultations = append(m.Consultations, Consultation{Body: body, On: on, View: view, By: who.Person})
		return mandate, nil
	})
}

// Ready says that a matter is prepared.
func (s *Service) Ready(ctx context.Context, who access.Actor, id string, version int64) error {
	return s.change(ctx, who, id, version, "matter.ready", func(_ context.Context, _ *store.Tx, m *Matter) (string, error) {
		mandate, err := s.mayWrite(who, m)
		if err == nil && m.State != Draft {
			err = &StateError{"matter_not_draft"}
		}
		m.State = Prepared
		return mandate, err
	})
}

// Withdraw takes a matter back that stands on no agenda for decision.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, id string, version int64) error {
	return s.change(ctx, who, id, version, "matter.withdrawn", func(_ context.Context, _ *store.Tx, m *Matter) (string, error) {
		mandate, err := s.mayWrite(who, m)
		if err == nil && m.State != Draft && m.State != Prepared {
			err = &StateError{"matter_scheduled"}
		}
		m.State = Withdrawn
		return mandate, err
	})
}

// Lacks tells what a matter lacks before its body may decide, as one or several *NeedError; nil for nothing (S4-AC-5).
func (s *Service) Lacks(m *Matter) error {
	return lacks(s.rules(), s.org.Directory(), m, s.today())
}

// Join lets a unit be in a body by own choice: its head, or whoever calls the body, says whom it sends (S4-IG-4).
func (s *Service) Join(ctx context.Context, who access.Actor, body, unit, person string) error {
	b, r, err := s.body(body)
	if err != nil {
		return err
	}
	dir := s.org.Directory()
	mandate, err := s.convenor(who, body)
	if err != nil {
		for _, m := range who.Mandates {
			if m.Role == access.Head && m.Unit == unit {
				mandate, err = m.ID, nil
			}
		}
	}
	if err != nil {
		return refuse(body, "meeting.join", deniedJoin, "S4-IG-4", nil)
	}
	if !r.Join {
		return &StateError{"no_joining"}
	}
	var f faults
	_, isUnit := dir.Unit(unit)
	f.need(!isUnit, "enhet", "unit")
	_, known := dir.Person(person)
	f.need(!known || len(dir.MandatesOf(person, s.today())) == 0, "person", "person")
	if err := f.err(); err != nil {
		return err
	}
	j := joined{ID: store.NewID(), Body: body, Unit: unit, Person: person, From: s.today().String()}
	_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if _, err := tx.Exec(ctx, `UPDATE meeting_joined SET valid_to = $3 WHERE body = $1 AND unit = $2 AND valid_to = ''`, body, unit, s.today().AddDays(-1).String()); err != nil {
			return journal.Entry{}, fmt.Errorf("ending an earlier choice: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO meeting_joined (id, body, unit, person, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, '')`, j.ID, body, unit, person, j.From); err != nil {
			return journal.Entry{}, fmt.Errorf("storing whom a unit sends: %w", err)
		}
		return s.entry(who, mandate, "meeting.unit_joined", "body", b.ID, nil, j), nil
	})
	if err != nil {
		return fmt.Errorf("joining %s: %w", body, err)
	}
	return nil
}

// label is how a paragraph is written.
func label(no int) string { return fmt.Sprintf("§ %d", no) }

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}
