package meeting

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Reasons of refusals: their texts are "meeting.denied." and this.
const (
	deniedConvenor  = "convenor"
	deniedSecretary = "secretary"
	deniedLetter    = "letter"
	deniedMatter    = "matter"
	deniedAdjuster  = "adjuster"
	deniedStaff     = "staff"
	deniedJoin      = "join"
	deniedIdea      = "idea"
)

// RefusedError refuses something to somebody, with the sentence behind it and the pack's words for it.
type RefusedError struct {
	Body string
	Why  string
	Text i18n.Text // empty where the reason says it all
	access.Denied
}

func (e *RefusedError) Error() string { return "refused: " + e.Reason }

// Unwrap lets the pages of the house show it as any refusal.
func (e *RefusedError) Unwrap() error { return &e.Denied }

func refuse(body, action, why, sentence string, text i18n.Text) error {
	return &RefusedError{Body: body, Why: why, Text: text, Denied: access.Denied{Decision: access.Decision{Action: access.Action(action), Reason: "meeting.denied." + why, Sentence: sentence}}}
}

// Works reports whether somebody takes part in the municipality's work: holds a mandate of more than to look on (auditor, data protection
// officer) or to run the installation. It gives the mandate for the journal.
func Works(who access.Actor) (mandate string, ok bool) {
	for _, m := range who.Mandates {
		if m.Role != access.Auditor && m.Role != access.DataProtector && m.Role != access.SystemAdmin {
			return m.ID, true
		}
	}
	return "", false
}

// belongs reports whether somebody works for a member: in it, or in a federation or company that works for it too. Those of another municipality
// that shares services do not.
func (s *Service) belongs(who access.Actor, member string) bool {
	dir := s.org.Directory()
	for _, m := range who.Mandates {
		home := m.Member
		if b, ok := dir.Body(m.Body); ok {
			home = b.Member
		}
		if u, ok := dir.Unit(m.Unit); ok {
			home = u.Member
		}
		of, _ := dir.Member(home)
		if home == "" || home == member || of.Kind == bodies.Federation || of.Kind == bodies.Company {
			return true
		}
	}
	return false
}

// body gives a body and how it meets.
func (s *Service) body(id string) (bodies.Body, *pack.BodyMeetings, error) {
	b, ok := s.org.Directory().Body(id)
	if !ok {
		return b, nil, store.ErrNotFound
	}
	rules := s.rules()
	for i := range rules.Bodies {
		if rules.Bodies[i].Body == id {
			return b, &rules.Bodies[i], nil
		}
	}
	return b, nil, store.ErrNotFound
}

// Bodies are those that meet, in the order of the pack.
func (s *Service) Bodies() []bodies.Body {
	var out []bodies.Body
	dir := s.org.Directory()
	for _, b := range s.rules().Bodies {
		if body, ok := dir.Body(b.Body); ok {
			out = append(out, body)
		}
	}
	return out
}

// holder reports whether a mandate is that of a holder: at the body unless another place is named.
func holder(h pack.Holder, body string, m bodies.Mandate) bool {
	switch {
	case m.Role != h.Role:
		return false
	case h.Unit != "":
		return m.Unit == h.Unit
	case h.Body != "":
		return m.Body == h.Body
	}
	return m.Body == "" || m.Body == body
}

func mandateOf(who access.Actor, body string, list []pack.Holder) (string, bool) {
	for _, m := range who.Mandates {
		if slices.ContainsFunc(list, func(h pack.Holder) bool { return holder(h, body, m) }) {
			return m.ID, true
		}
	}
	return "", false
}

// convenor gives the mandate under which somebody calls a body; a *RefusedError with the body's sentence for all others (S4-AC-8).
func (s *Service) convenor(who access.Actor, body string) (string, error) {
	_, r, err := s.body(body)
	if err != nil {
		return "", err
	}
	if m, ok := mandateOf(who, body, r.Convenors); ok {
		return m, nil
	}
	sentence := r.Sentence
	if sentence == "" {
		sentence = "PR-2"
	}
	return "", refuse(body, "meeting.call", deniedConvenor, sentence, r.Refused)
}

// secretary gives the mandate of secretary of the body.
func (s *Service) secretary(who access.Actor, body string) (string, error) {
	for _, m := range who.Mandates {
		if m.Role == bodies.Secretary && m.Body == body {
			return m.ID, nil
		}
	}
	return "", refuse(body, "meeting.minutes", deniedSecretary, "PR-1", nil)
}

// keeper gives the mandate of somebody who sees to a body's meetings: its secretary or one who calls it.
func (s *Service) keeper(who access.Actor, body string) (string, error) {
	if m, err := s.secretary(who, body); err == nil {
		return m, nil
	}
	if m, err := s.convenor(who, body); err == nil || errors.Is(err, store.ErrNotFound) {
		return m, err
	}
	return "", refuse(body, "meeting.minutes", deniedSecretary, "PR-1", nil)
}

// Member is somebody with a seat in a body.
type Member struct {
	Person string
	Role   string
	Seat   string // key of the seat, or the unit that has joined
	Deputy bool
}

// Membership is who sits in a body on a day, and which required seats nobody has.
type Membership struct {
	Members []Member // each person once; deputies after members
	Vacant  []pack.Seat
	Seats   []pack.Seat
}

// Has reports whether somebody has a seat.
func (m Membership) Has(person string) bool {
	return slices.ContainsFunc(m.Members, func(x Member) bool { return x.Person == person })
}

// Membership gives who sits in a body on a day (S4-IG-4): those with mandates as members, holders of roles that have a seat, and those whom
// units that joined by own choice send.
func (s *Service) Membership(ctx context.Context, q store.Queryer, body string, on calendar.Date) (Membership, error) {
	all, err := s.joined(ctx, q, body)
	if err != nil {
		return Membership{}, err
	}
	return s.membership(body, on, all)
}

func (s *Service) membership(body string, on calendar.Date, all []joined) (Membership, error) {
	_, r, err := s.body(body)
	if err != nil {
		return Membership{}, err
	}
	dir := s.org.Directory()
	out := Membership{Seats: r.Seats}
	taken := map[string]bool{}
	add := func(x Member) {
		if !out.Has(x.Person) {
			out.Members = append(out.Members, x)
		}
	}
	for _, role := range r.Members {
		for _, m := range dir.HoldersOf(bodies.Question{Role: role, Place: bodies.Place{Body: body}}, on) {
			add(Member{Person: m.Person, Role: role, Seat: m.Scope})
			taken[m.Scope] = true
		}
	}
	for _, seat := range r.Seats {
		if seat.Role != "" {
			for _, m := range dir.HoldersOf(bodies.Question{Role: seat.Role}, on) {
				add(Member{Person: m.Person, Role: seat.Role, Seat: seat.Key})
				taken[seat.Key] = true
			}
		}
		if !taken[seat.Key] {
			out.Vacant = append(out.Vacant, seat)
		}
	}
	for _, j := range all {
		if j.Body == body && j.From <= on.String() && (j.To == "" || j.To >= on.String()) && r.Join {
			add(Member{Person: j.Person, Seat: j.Unit})
		}
	}
	for _, role := range r.Deputies {
		for _, m := range dir.HoldersOf(bodies.Question{Role: role, Place: bodies.Place{Body: body}}, on) {
			add(Member{Person: m.Person, Role: role, Deputy: true})
		}
	}
	return out, nil
}

// joined is a unit that chose to be in a body.
type joined struct{ ID, Body, Unit, Person, From, To string }

// joined gives the choices of units, of a body or of all for "".
func (s *Service) joined(ctx context.Context, q store.Queryer, body string) ([]joined, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (joined, error) {
		var j joined
		return j, r.Scan(&j.ID, &j.Body, &j.Unit, &j.Person, &j.From, &j.To)
	}, `SELECT id, body, unit, person, valid_from, valid_to FROM meeting_joined WHERE $1 = '' OR body = $1 ORDER BY body, unit, id`, body)
	if err != nil {
		return nil, fmt.Errorf("reading which units have joined: %w", err)
	}
	return list, nil
}

func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }
