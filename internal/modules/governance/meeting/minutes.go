package meeting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Attendance is who was there and who adjusts.
type Attendance struct {
	Present   []Present
	Others    string
	Chair     string
	Secretary string
	Adjusters []string
}

// Attend writes down who was at a meeting: members and deputies by their seats on that day, anybody else as beside.
func (s *Service) Attend(ctx context.Context, who access.Actor, id string, version int64, a Attendance) (*Meeting, error) {
	a.Others = clean(a.Others)
	return s.alter(ctx, who, id, version, "meeting.attended", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.keeper(who, m.Body)
		if err != nil {
			return "", err
		}
		if !m.held(s.today()) {
			return "", &StateError{"not_held"}
		}
		seats, err := s.Membership(ctx, tx, m.Body, m.Day)
		if err != nil {
			return "", err
		}
		deputy := map[string]bool{}
		for _, x := range seats.Members {
			deputy[x.Person] = x.Deputy
		}
		var f faults
		there, replaced := map[string]bool{}, map[string]bool{}
		for _, p := range a.Present {
			_, seat := deputy[p.Person]
			f.need(there[p.Person], "narvaro", "twice")
			f.need(p.As == AsMember && (!seat || deputy[p.Person]), "narvaro", "no_seat")
			f.need(p.As == AsDeputy && (!seat || !deputy[p.Person]), "narvaro", "no_deputy")
			f.need(p.As == AsDeputy && (p.For == "" || replaced[p.For] || !seats.Has(p.For) || deputy[p.For]), "narvaro", "deputy_for")
			there[p.Person], replaced[p.For] = true, p.For != ""
		}
		for _, p := range a.Present {
			f.need(p.As == AsDeputy && there[p.For], "narvaro", "deputy_beside")
		}
		f.need(a.Chair == "" || !there[a.Chair], "ordforande", "chair")
		f.need(a.Secretary == "", "sekreterare", "secretary")
		f.need(len(a.Adjusters) == 0, "justerare", "adjusters")
		for i, p := range a.Adjusters {
			f.need(!there[p] || p == a.Chair || slices.Contains(a.Adjusters[:i], p), "justerare", "adjuster")
		}
		f.need(holdsNumber(s.today(), a.Others), "ovriga", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		m.Present, m.Others, m.Chair, m.Secretary, m.Adjusters = a.Present, a.Others, a.Chair, a.Secretary, a.Adjusters
		return mandate, nil
	})
}

// Write saves what the minutes say of a paragraph. If somebody else saved it since it was read, the error is a *ChangedError with theirs, and
// theirs stands: nothing is written over.
func (s *Service) Write(ctx context.Context, who access.Actor, item string, version int64, w Words) error {
	w.Text, w.Motions, w.Reservation, w.Public = clean(w.Text), clean(w.Motions), clean(w.Reservation), clean(w.Public)
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		it, err := s.item(ctx, tx, item)
		if err != nil {
			return journal.Entry{}, err
		}
		m, err := s.meeting(ctx, tx, it.Meeting)
		if err != nil {
			return journal.Entry{}, err
		}
		mandate, err := s.keeper(who, it.Body)
		if err != nil {
			return journal.Entry{}, err
		}
		if !m.held(s.today()) {
			return journal.Entry{}, &StateError{"not_held"}
		}
		if it.Version != version {
			return journal.Entry{}, &ChangedError{Theirs: it}
		}
		var f faults
		f.need(w.Outcome != "" && !slices.Contains(Outcomes(it.Purpose), w.Outcome), "utfall", "outcome")
		f.need(w.Outcome != "" && w.Text == "", "text", "decision")
		for name, text := range map[string]string{"text": w.Text, "yrkanden": w.Motions, "reservation": w.Reservation, "offentlig": w.Public} {
			f.need(len([]rune(text)) > maxText, name, "long")
		}
		f.need(holdsNumber(s.today(), w.Public), "offentlig", "number")
		f.need(w.Votes != nil && (w.Votes.Yes < 0 || w.Votes.No < 0 || w.Votes.Abstain < 0 || w.Votes.Yes+w.Votes.No == 0), "ja", "votes")
		there := func(p string) bool {
			return slices.ContainsFunc(m.Present, func(x Present) bool { return x.Person == p })
		}
		f.need(slices.ContainsFunc(w.Conflicted, func(p string) bool { return !there(p) }), "jav", "conflicted")
		voting := 0
		for _, p := range m.Present {
			if p.As != Beside && !slices.Contains(w.Conflicted, p.Person) {
				voting++
			}
		}
		f.need(w.Votes != nil && w.Votes.Yes+w.Votes.No+w.Votes.Abstain > voting, "ja", "too_many_votes")
		if err := f.err(); err != nil {
			return journal.Entry{}, err
		}
		before := *it
		it.Words = w
		if err := s.saveItem(ctx, tx, it, m.Day.Year()); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, "meeting.item_written", "meeting", m.ID, before, it), nil
	})
	if err != nil {
		return fmt.Errorf("writing a paragraph: %w", err)
	}
	return nil
}

// Submit hands the protokoll over to those who adjust it. The paragraphs get their numbers, which run through the body's year.
func (s *Service) Submit(ctx context.Context, who access.Actor, id string, version int64) (*Meeting, error) {
	return s.alter(ctx, who, id, version, "meeting.submitted", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.keeper(who, m.Body)
		if err != nil {
			return "", err
		}
		if !m.held(s.today()) {
			return "", &StateError{"not_held"}
		}
		list, err := s.items(ctx, tx, m.ID)
		if err != nil {
			return "", err
		}
		var f faults
		f.need(m.Chair == "" || len(m.Adjusters) == 0, "narvaro", "attendance")
		f.need(len(list) == 0, "punkter", "empty")
		for _, it := range list {
			f.need(it.Outcome == "", "punkter", "outcomes")
		}
		if err := f.err(); err != nil {
			return "", err
		}
		if err := s.number(ctx, tx, m, list); err != nil {
			return "", err
		}
		m.State, m.SentBack = Adjusting, ""
		dir := s.org.Directory()
		b, _ := dir.Body(m.Body)
		for _, x := range m.signers() {
			p, ok := dir.Person(x)
			if !ok || p.Email == "" || p.Closed {
				continue
			}
			if err := s.Post.Write(ctx, tx, Mail{Kind: "meeting_adjust", To: p.Email, Number: m.Number(b.Code), Path: Path + "/" + m.ID, Day: m.Day}); err != nil {
				return "", fmt.Errorf("writing to those who adjust: %w", err)
			}
		}
		return mandate, nil
	})
}

// number gives the paragraphs that have none the next numbers of the body and year: after the highest of the protokoll here and of the decisions
// registered before.
func (s *Service) number(ctx context.Context, tx *store.Tx, m *Meeting, list []*Item) error {
	year := m.Day.Year()
	var last int
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(no), 0) FROM meeting_item WHERE body = $1 AND year = $2`, m.Body, year).Scan(&last); err != nil {
		return fmt.Errorf("reading the last paragraph: %w", err)
	}
	registered, err := store.All(ctx, tx, func(r *store.Rows) (string, error) { var p string; return p, r.Scan(&p) },
		`SELECT paragraph FROM decision WHERE body = $1 AND decided_on >= $2 AND decided_on <= $3`, m.Body, calendar.NewDate(year, 1, 1).String(), calendar.NewDate(year, 12, 31).String())
	if err != nil {
		return fmt.Errorf("reading registered paragraphs: %w", err)
	}
	for _, p := range registered {
		var n int
		if _, err := fmt.Sscanf(p, "§ %d", &n); err == nil {
			last = max(last, n)
		}
	}
	for _, it := range list {
		if it.No > 0 {
			continue
		}
		last++
		it.No = last
		if err := s.saveItem(ctx, tx, it, year); err != nil {
			return err
		}
	}
	return nil
}

// signature is one adjustment.
type signature struct {
	Person string
	At     time.Time
}

// Signatures are the adjustments of a protokoll, oldest first.
func (s *Service) Signatures(ctx context.Context, meeting string) ([]signature, error) {
	return signatures(ctx, s.db, meeting)
}

func signatures(ctx context.Context, q store.Queryer, meeting string) ([]signature, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (signature, error) {
		var x signature
		var us int64
		err := r.Scan(&x.Person, &us)
		x.At = store.Time(us)
		return x, err
	}, `SELECT person, at FROM meeting_adjusted WHERE meeting = $1 ORDER BY at, person`, meeting)
	if err != nil {
		return nil, fmt.Errorf("reading who has adjusted: %w", err)
	}
	return list, nil
}

func signed(list []signature, person string) bool {
	return slices.ContainsFunc(list, func(x signature) bool { return x.Person == person })
}

// adjuster refuses those whom the protokoll does not name.
func (s *Service) adjuster(who access.Actor, m *Meeting) (string, error) {
	if !slices.Contains(m.signers(), who.Person) || who.Person == "" {
		return "", refuse(m.Body, "meeting.adjust", deniedAdjuster, "PR-1", nil)
	}
	mandate, _ := Works(who)
	return mandate, nil
}

// Adjust is the adjustment (justering) of a person whom the protokoll names, once: again is ErrTwice. With the last of them the protokoll is
// made and kept, and its digest is known.
func (s *Service) Adjust(ctx context.Context, who access.Actor, id string) (*Meeting, error) {
	for range 3 { // another may adjust meanwhile: then who is last is another
		m, err := s.adjust(ctx, who, id)
		if !errors.Is(err, store.ErrConflict) {
			return m, err
		}
	}
	return nil, fmt.Errorf("adjusting: %w", store.ErrConflict)
}

func (s *Service) adjust(ctx context.Context, who access.Actor, id string) (*Meeting, error) {
	m, err := s.meeting(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.adjuster(who, m); err != nil {
		return nil, err
	}
	done, err := signatures(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if signed(done, who.Person) {
		return nil, ErrTwice
	}
	if m.State != Adjusting {
		return nil, &StateError{"not_adjusting"}
	}
	mine := signature{who.Person, s.now()}
	last := len(done)+1 == len(m.signers())
	var pdf, html *documents.Staged
	if last {
		if pdf, html, err = s.protocol(ctx, m, append(done, mine)); err != nil {
			return nil, err
		}
	}
	return s.alter(ctx, who, id, m.Version, "meeting.adjusted", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.adjuster(who, m)
		if err != nil {
			return "", err
		}
		now, err := signatures(ctx, tx, id)
		if err != nil {
			return "", err
		}
		if signed(now, who.Person) {
			return "", ErrTwice
		}
		if len(now) != len(done) || m.State != Adjusting {
			return "", store.ErrConflict
		}
		if _, err := tx.Exec(ctx, `INSERT INTO meeting_adjusted (meeting, person, at) VALUES ($1, $2, $3)`, id, mine.Person, store.Micros(mine.At)); err != nil {
			return "", fmt.Errorf("storing an adjustment: %w", err)
		}
		if last {
			for _, f := range []*documents.Staged{pdf, html} {
				if err := s.Vault.Insert(ctx, tx, f); err != nil {
					return "", err
				}
			}
			m.State, m.AdjustedOn = Adjusted, s.today()
			m.Protocol, m.ProtocolHTML = fileOf(pdf), fileOf(html)
		}
		return mandate, nil
	})
}

func fileOf(f *documents.Staged) *File {
	return &File{ID: f.ID, Name: f.Name, SHA256: f.SHA256, Size: f.Size}
}

// SendBack gives the protokoll back to its secretary with what is to be changed, or lets the secretary take it back, such as when somebody who
// was to adjust has left. Adjustments of what will be changed no longer count.
func (s *Service) SendBack(ctx context.Context, who access.Actor, id, reason string) (*Meeting, error) {
	reason = clean(reason)
	return s.alter(ctx, who, id, 0, "meeting.sent_back", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.adjuster(who, m)
		if err != nil {
			var no error
			if mandate, no = s.secretary(who, m.Body); no != nil {
				return "", err
			}
		}
		if m.State != Adjusting {
			return "", &StateError{"not_adjusting"}
		}
		var f faults
		f.need(reason == "", "andring", "reason")
		f.need(holdsNumber(s.today(), reason), "andring", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM meeting_adjusted WHERE meeting = $1`, id); err != nil {
			return "", fmt.Errorf("giving a protokoll back: %w", err)
		}
		m.State, m.SentBack = Called, reason
		return mandate, nil
	})
}

const maxProtocol = 50 << 20 // bytes

func (s *Service) stage(ctx context.Context, name, mime string, raw []byte, by string) (*documents.Staged, error) {
	f, err := s.Vault.Stage(ctx, bytes.NewReader(raw), documents.Meta{Name: name, By: by, Limits: documents.Limits{MaxBytes: maxProtocol, Types: []string{mime}, Original: true}})
	if err != nil {
		return nil, fmt.Errorf("keeping a protokoll: %w", err)
	}
	return f, nil
}
