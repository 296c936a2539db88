package meeting

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Plan is when and where a body meets.
type Plan struct {
	Body      string
	Day       calendar.Date
	Time, End string
	Place     string
	Link      string // of a digital meeting
	Digital   bool
}

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func (s *Service) checkPlan(p Plan) error {
	var f faults
	f.need(p.Day.IsZero() || p.Day.Before(s.today()), "dag", "day_ahead")
	f.need(!clockTime.MatchString(p.Time), "tid", "time")
	f.need(p.End != "" && (!clockTime.MatchString(p.End) || p.End <= p.Time), "slut", "end")
	f.need(p.Place == "" && !p.Digital, "plats", "place")
	u, err := url.Parse(p.Link)
	f.need(p.Link != "" && (err != nil || u.Scheme != "https" || u.Host == ""), "lank", "link")
	f.need(len([]rune(p.Place)) > 200, "plats", "long_title")
	f.need(holdsNumber(s.today(), p.Place), "plats", "number")
	return f.err()
}

func (m *Meeting) set(p Plan) {
	m.Day, m.Time, m.End, m.Place, m.Link, m.Digital = p.Day, p.Time, p.End, p.Place, p.Link, p.Digital
}

// PlanMeeting plans a meeting of a body.
func (s *Service) PlanMeeting(ctx context.Context, who access.Actor, p Plan) (*Meeting, error) {
	b, _, err := s.body(p.Body)
	if err != nil {
		return nil, err
	}
	mandate, err := s.keeper(who, p.Body)
	if err != nil {
		return nil, err
	}
	if err := s.checkPlan(p); err != nil {
		return nil, err
	}
	m := &Meeting{ID: store.NewID(), Member: b.Member, Body: p.Body, State: Planned}
	m.set(p)
	_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		m.Version = 0
		if err := s.saveMeeting(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		return s.entry(who, mandate, "meeting.planned", "meeting", m.ID, nil, m), nil
	})
	if err != nil {
		return nil, fmt.Errorf("planning a meeting: %w", err)
	}
	return m, nil
}

// TakePlan plans the meetings that the pack gives days for, once each; days that have passed are left out. It gives how many were new.
func (s *Service) TakePlan(ctx context.Context) (int, error) {
	rules, dir, done := s.rules(), s.org.Directory(), 0
	type place struct{ body, day string }
	have, err := store.All(ctx, s.db, func(r *store.Rows) (place, error) { var p place; return p, r.Scan(&p.body, &p.day) }, `SELECT body, planned FROM meeting WHERE planned >= $1`, s.today().String())
	if err != nil {
		return 0, fmt.Errorf("looking for planned meetings: %w", err)
	}
	for _, r := range rules.Bodies {
		b, ok := dir.Body(r.Body)
		if !ok {
			continue
		}
		for _, d := range r.Planned {
			if d.Day.Before(s.today()) || slices.Contains(have, place{r.Body, d.Day.String()}) {
				continue
			}
			m := &Meeting{ID: store.NewID(), Member: b.Member, Body: r.Body, State: Planned, Day: d.Day, Time: d.Time, End: d.End, Place: d.Place, Example: rules.Example}
			_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
				m.Version = 0
				if err := s.saveMeeting(ctx, tx, m); err != nil {
					return journal.Entry{}, err
				}
				if err := tx.ExecOne(ctx, `UPDATE meeting SET planned = $2 WHERE id = $1`, m.ID, d.Day.String()); err != nil {
					return journal.Entry{}, fmt.Errorf("marking a planned meeting: %w", err)
				}
				return journal.Entry{Actor: journal.System, Action: "meeting.planned", Object: journal.Ref{Kind: "meeting", ID: m.ID}, Payload: map[string]any{"after": m}}, nil
			})
			if errors.Is(err, store.ErrConflict) { // another node was faster
				continue
			}
			if err != nil {
				return done, fmt.Errorf("planning the meetings of the pack: %w", err)
			}
			done++
		}
	}
	return done, nil
}

// alter changes a meeting of a version.
func (s *Service) alter(ctx context.Context, who access.Actor, id string, version int64, action string, fn func(ctx context.Context, tx *store.Tx, m *Meeting) (mandate string, err error)) (*Meeting, error) {
	var out *Meeting
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		m, err := s.meeting(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if version != 0 && m.Version != version {
			return journal.Entry{}, store.ErrConflict
		}
		before := *m
		mandate, err := fn(ctx, tx, m)
		if err != nil {
			return journal.Entry{}, err
		}
		if err := s.saveMeeting(ctx, tx, m); err != nil {
			return journal.Entry{}, err
		}
		out = m
		return s.entry(who, mandate, action, "meeting", id, before, m), nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// Move changes when or where a body meets. Those who were called get a new invitation.
func (s *Service) Move(ctx context.Context, who access.Actor, id string, version int64, p Plan) (*Meeting, error) {
	return s.alter(ctx, who, id, version, "meeting.moved", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.keeper(who, m.Body)
		if err != nil {
			return "", err
		}
		if !m.open() {
			return "", &StateError{"meeting_over"}
		}
		if m.State == Called { // as much as calling
			if mandate, err = s.convenor(who, m.Body); err != nil {
				return "", err
			}
		}
		if err := s.checkPlan(p); err != nil {
			return "", err
		}
		m.set(p)
		if m.State == Called {
			m.Sequence++
			return mandate, s.invite(ctx, tx, m, "meeting_changed", MethodRequest)
		}
		return mandate, nil
	})
}

// Call calls the body to a meeting: only whoever the pack lets call it (S4-AC-8). Members and deputies get a letter with an invitation;
// required seats that nobody has are noted (S4-IG-4).
func (s *Service) Call(ctx context.Context, who access.Actor, id string, version int64) (*Meeting, error) {
	return s.alter(ctx, who, id, version, "meeting.called", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.convenor(who, m.Body)
		if err != nil {
			return "", err
		}
		switch {
		case m.State == Called:
			return "", &StateError{"called_already"}
		case m.State != Planned:
			return "", &StateError{"meeting_over"}
		case m.Day.Before(s.today()):
			return "", &StateError{"day_passed"}
		}
		seats, err := s.Membership(ctx, tx, m.Body, m.Day)
		if err != nil {
			return "", err
		}
		m.State, m.CalledAt, m.CalledBy, m.Vacant = Called, s.now(), who.Person, nil
		for _, v := range seats.Vacant {
			m.Vacant = append(m.Vacant, v.Key)
		}
		return mandate, s.invite(ctx, tx, m, "meeting_called", MethodRequest)
	})
}

// Cancel calls a meeting off: whoever may call it may. What stood on its agenda is free for another.
func (s *Service) Cancel(ctx context.Context, who access.Actor, id string, version int64, reason string) (*Meeting, error) {
	reason = clean(reason)
	return s.alter(ctx, who, id, version, "meeting.cancelled", func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.convenor(who, m.Body)
		if err != nil {
			return "", err
		}
		if !m.open() {
			return "", &StateError{"meeting_over"}
		}
		var f faults
		f.need(reason == "", "skal", "reason")
		f.need(holdsNumber(s.today(), reason), "skal", "number")
		if err := f.err(); err != nil {
			return "", err
		}
		list, err := s.items(ctx, tx, m.ID)
		if err != nil {
			return "", err
		}
		for _, it := range list {
			if err := s.release(ctx, tx, it); err != nil {
				return "", err
			}
		}
		was := m.State
		m.State, m.Reason = Cancelled, reason
		if was != Called {
			return mandate, nil
		}
		m.Sequence++
		return mandate, s.invite(ctx, tx, m, "meeting_cancelled", MethodCancel)
	})
}

// invite writes to all who have a seat on the day of the meeting.
func (s *Service) invite(ctx context.Context, tx *store.Tx, m *Meeting, kind, method string) error {
	seats, err := s.Membership(ctx, tx, m.Body, m.Day)
	if err != nil {
		return err
	}
	dir := s.org.Directory()
	b, _ := dir.Body(m.Body)
	for _, x := range seats.Members {
		p, ok := dir.Person(x.Person)
		if !ok || p.Email == "" || p.Closed {
			continue
		}
		if err := s.Post.Write(ctx, tx, Mail{Kind: kind, To: p.Email, Number: m.Number(b.Code), Path: Path + "/" + m.ID, Day: m.Day, Calendar: s.Invitation(m, method, p.Email), Method: method}); err != nil {
			return fmt.Errorf("writing to those who are called: %w", err)
		}
	}
	return nil
}

// release lets a matter go from an agenda: it is prepared, as before.
func (s *Service) release(ctx context.Context, tx *store.Tx, it *Item) error {
	if it.Matter == "" || it.Purpose != ForDecision {
		return nil
	}
	m, err := s.matter(ctx, tx, it.Matter)
	if err != nil {
		return err
	}
	if m.State != Scheduled || m.Meeting != it.Meeting {
		return nil
	}
	m.State, m.Meeting = Prepared, ""
	return s.saveMatter(ctx, tx, m)
}

// Put puts a matter on the agenda. For decision it must be prepared for this body and have what it needs, or the error holds a *NeedError
// (S4-AC-5); a body can be consulted on any matter that is under way.
func (s *Service) Put(ctx context.Context, who access.Actor, meeting, matter string, purpose Purpose) error {
	return s.agenda(ctx, who, meeting, "meeting.item_added", func(ctx context.Context, tx *store.Tx, m *Meeting, list []*Item) error {
		x, err := s.matter(ctx, tx, matter)
		if err != nil {
			return err
		}
		for _, it := range list {
			if it.Matter == matter {
				return &StateError{"on_agenda_already"}
			}
		}
		if !slices.Contains(Purposes(), purpose) {
			return &FieldError{[]Field{{"syfte", "purpose"}}}
		}
		if x.Member != m.Member {
			return &StateError{"other_body"}
		}
		if purpose == ForDecision {
			switch {
			case x.Body != m.Body:
				return &StateError{"other_body"}
			case x.State != Prepared:
				return &StateError{"matter_not_prepared"}
			}
			if err := s.Lacks(x); err != nil {
				return err
			}
			x.State, x.Meeting = Scheduled, m.ID
			if err := s.saveMatter(ctx, tx, x); err != nil {
				return err
			}
		} else if x.State == Treated || x.State == Withdrawn {
			return &StateError{"matter_closed"}
		}
		return s.saveItem(ctx, tx, &Item{ID: store.NewID(), Meeting: m.ID, Body: m.Body, Position: position(list), Matter: x.ID, MatterNumber: x.Number, Title: x.Title, Purpose: purpose, Words: Words{Secret: x.Secret}}, m.Day.Year())
	})
}

// AddPoint puts information on the agenda. What is to be decided is prepared first: see Put.
func (s *Service) AddPoint(ctx context.Context, who access.Actor, meeting, title string) error {
	title = clean(title)
	return s.agenda(ctx, who, meeting, "meeting.item_added", func(ctx context.Context, tx *store.Tx, m *Meeting, list []*Item) error {
		var f faults
		f.need(title == "", "punkt", "title")
		f.need(len([]rune(title)) > 200, "punkt", "long_title")
		f.need(holdsNumber(s.today(), title), "punkt", "number")
		if err := f.err(); err != nil {
			return err
		}
		return s.saveItem(ctx, tx, &Item{ID: store.NewID(), Meeting: m.ID, Body: m.Body, Position: position(list), Title: title, Purpose: ForInformation}, m.Day.Year())
	})
}

func position(list []*Item) int {
	if len(list) == 0 {
		return 1
	}
	return list[len(list)-1].Position + 1
}

// Take takes a point off the agenda.
func (s *Service) Take(ctx context.Context, who access.Actor, meeting, item string) error {
	return s.agenda(ctx, who, meeting, "meeting.item_removed", func(ctx context.Context, tx *store.Tx, _ *Meeting, list []*Item) error {
		i := slices.IndexFunc(list, func(it *Item) bool { return it.ID == item })
		if i < 0 {
			return store.ErrNotFound
		}
		if list[i].No > 0 {
			return &StateError{"numbered"}
		}
		if err := s.release(ctx, tx, list[i]); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `DELETE FROM meeting_item WHERE id = $1`, item); err != nil {
			return fmt.Errorf("taking a point off: %w", err)
		}
		return nil
	})
}

// Up moves a point one step up.
func (s *Service) Up(ctx context.Context, who access.Actor, meeting, item string) error {
	return s.agenda(ctx, who, meeting, "meeting.item_moved", func(ctx context.Context, tx *store.Tx, m *Meeting, list []*Item) error {
		i := slices.IndexFunc(list, func(it *Item) bool { return it.ID == item })
		if i < 0 {
			return store.ErrNotFound
		}
		if i == 0 {
			return nil
		}
		a, b := list[i-1], list[i]
		if a.No > 0 || b.No > 0 {
			return &StateError{"numbered"}
		}
		a.Position, b.Position = b.Position, a.Position
		if err := s.saveItem(ctx, tx, a, m.Day.Year()); err != nil {
			return err
		}
		return s.saveItem(ctx, tx, b, m.Day.Year())
	})
}

// agenda changes the agenda of a meeting that has not been held and written about.
func (s *Service) agenda(ctx context.Context, who access.Actor, meeting, action string, fn func(ctx context.Context, tx *store.Tx, m *Meeting, list []*Item) error) error {
	_, err := s.alter(ctx, who, meeting, 0, action, func(ctx context.Context, tx *store.Tx, m *Meeting) (string, error) {
		mandate, err := s.keeper(who, m.Body)
		if err != nil {
			return "", err
		}
		if !m.open() {
			return "", &StateError{"meeting_over"}
		}
		list, err := s.items(ctx, tx, m.ID)
		if err != nil {
			return "", err
		}
		return mandate, fn(ctx, tx, m, list)
	})
	return err
}
