package meeting

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"

	ics "github.com/arran4/golang-ical"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Methods of a calendar (RFC 5546).
const (
	MethodPublish = string(ics.MethodPublish)
	MethodRequest = string(ics.MethodRequest)
	MethodCancel  = string(ics.MethodCancel)
)

// calendar begins a calendar. Times in it are instants in UTC: what the clock in Stockholm shows then, summer or winter, is the reader's program's
// to say, and needs no rules of time zones sent along (RFC 5545, 3.3.5 form 2).
func (s *Service) calendar(method string) *ics.Calendar {
	c := ics.NewCalendarFor("Dygnet")
	c.SetMethod(ics.Method(method))
	c.SetCalscale("GREGORIAN")
	return c
}

// event adds a meeting. It names the body, the time and the place, and nothing of what is dealt with.
func (s *Service) event(c *ics.Calendar, l *i18n.Localizer, m *Meeting, to string) {
	host := "dygnet"
	if u, err := url.Parse(s.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	b, _ := s.org.Directory().Body(m.Body)
	e := c.AddEvent(m.ID + "@" + host)
	e.SetDtStampTime(s.clock.Now())
	e.SetStartAt(m.Start())
	e.SetEndAt(m.Finish())
	e.SetSequence(m.Sequence)
	e.SetSummary(l.T("meeting.ical.summary", "Body", b.Name.In(l.Lang())))
	place := m.Place
	if m.Digital {
		place = join(place, "("+l.T("meeting.digital")+")")
	}
	e.SetLocation(place)
	e.SetURL(s.BaseURL + l.Path(Path+"/"+m.ID))
	status := ics.ObjectStatusConfirmed
	switch m.State {
	case Cancelled:
		status = ics.ObjectStatusCancelled
	case Planned:
		status = ics.ObjectStatusTentative
	}
	e.SetStatus(status)
	if to != "" {
		e.SetOrganizer("mailto:"+s.Organizer, ics.WithCN(s.Town.In(l.Lang())))
		e.AddAttendee("mailto:"+to, ics.CalendarUserTypeIndividual, ics.ParticipationStatusNeedsAction, ics.ParticipationRoleReqParticipant, ics.WithRSVP(false))
	}
}

// Invitation is a meeting as an iCalendar object for one who is called (RFC 5545, 5546): a changed meeting has a higher SEQUENCE and the same UID,
// a cancelled one the method CANCEL.
func (s *Service) Invitation(m *Meeting, method, to string) string {
	c := s.calendar(method)
	s.event(c, s.Words(i18n.SV), m, to)
	return c.Serialize(ics.WithNewLineWindows)
}

// feedDays is how far a feed reaches back and ahead.
const feedBack, feedAhead = 90, 730

// FeedOf is the meetings of a body as a calendar to subscribe to.
func (s *Service) FeedOf(ctx context.Context, l *i18n.Localizer, body string) (string, error) {
	list, err := meetings(ctx, s.db, `WHERE body = $1 AND day >= $2 AND day <= $3 ORDER BY day, id LIMIT 500`, body, s.today().AddDays(-feedBack).String(), s.today().AddDays(feedAhead).String())
	if err != nil {
		return "", err
	}
	return s.feed(l, list), nil
}

// FeedFor is the meetings that a person has a seat at.
func (s *Service) FeedFor(ctx context.Context, l *i18n.Localizer, person string) (string, error) {
	list, err := s.MeetingsFor(ctx, person, s.today().AddDays(-feedBack), s.today().AddDays(feedAhead))
	if err != nil {
		return "", err
	}
	return s.feed(l, list), nil
}

func (s *Service) feed(l *i18n.Localizer, list []*Meeting) string {
	c := s.calendar(MethodPublish)
	for _, m := range list {
		s.event(c, l, m, "")
	}
	return c.Serialize(ics.WithNewLineWindows)
}

// MeetingsFor gives the meetings from a day to another at which a person has a seat on the day they are held.
func (s *Service) MeetingsFor(ctx context.Context, person string, from, to calendar.Date) ([]*Meeting, error) {
	list, err := s.Between(ctx, from, to)
	if err != nil {
		return nil, err
	}
	all, err := s.joined(ctx, s.db, "")
	if err != nil {
		return nil, err
	}
	type key struct {
		body string
		day  calendar.Date
	}
	seats := map[key]bool{}
	var out []*Meeting
	for _, m := range list {
		k := key{m.Body, m.Day}
		has, known := seats[k]
		if !known {
			of, err := s.membership(m.Body, m.Day, all)
			if err != nil && !isMissing(err) {
				return nil, err
			}
			has = of.Has(person)
			seats[k] = has
		}
		if has {
			out = append(out, m)
		}
	}
	return out, nil
}

// token is the secret part of the address of a person's calendar: calendar programs cannot sign in. It shows meetings and nothing else.
func (s *Service) token(person string) string {
	h := hmac.New(sha256.New, s.Key)
	_, _ = fmt.Fprint(h, "meeting calendar "+person)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// owner finds whose calendar an address is; store.ErrNotFound for nobody's, and for those who are here no more.
func (s *Service) owner(token string) (string, error) {
	for _, p := range s.org.Directory().Officials() {
		if !p.Closed && hmac.Equal([]byte(s.token(p.ID)), []byte(token)) {
			return p.ID, nil
		}
	}
	return "", store.ErrNotFound
}
