package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Citizen is who looks at a case from outside: a signed-in person, or someone who has shown the number and code of a case.
type Citizen struct {
	Person string
	Opened []string // IDs of cases opened by code in this session
	Acting Acting   // in whose name they look, besides their own
}

// ErrCode means that the number and code do not belong together. It is the same whether the case exists or not.
var ErrCode = errors.New("the number and the code do not belong together")

// OpenByCode gives the ID of the case with this number, if the code is right. Callers limit how often it may be tried.
func (s *Service) OpenByCode(ctx context.Context, number, code string) (string, error) {
	if ids, err := s.referred(ctx, number); err != nil || ids != nil {
		for _, id := range ids {
			if s.secrets.Opens(id, code) {
				return id, nil
			}
		}
		return "", cmp.Or(err, ErrCode)
	}
	var id string
	err := s.db.QueryRow(ctx, `SELECT id FROM cases WHERE number = $1`, normalNumber(number)).Scan(&id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("opening a case by code: %w", err)
	}
	// The comparison is made even when there is no such case, so that the time taken tells nothing.
	if !s.secrets.Opens(id, code) || id == "" {
		return "", ErrCode
	}
	return id, nil
}

// normalNumber forgives spaces and case in a number typed by hand.
func normalNumber(number string) string {
	fields := strings.Fields(strings.ToUpper(strings.ReplaceAll(number, "\u00a0", " ")))
	joined := strings.Join(fields, "")
	i := strings.IndexFunc(joined, func(r rune) bool { return r >= '0' && r <= '9' })
	if i <= 0 {
		return joined
	}
	return joined[:i] + " " + joined[i:]
}

// CitizenView is a case as the one it concerns sees it: nothing internal, statuses in public words.
type CitizenView struct {
	Case      *Case
	Type      *casetype.CaseType
	Status    *casetype.Status
	Events    []Event
	Documents []Document
	Decisions []Decision
	Withheld  int    // documents that are marked as secret: they are not among Documents until somebody has assessed them
	Reachable bool   // an e-mail address was given
	Acting    Acting // in whose name it was handed in
}

// CitizenView shows a case to the one it concerns. What may not be seen is ErrNotFound, so that nothing tells that it exists.
func (s *Service) CitizenView(ctx context.Context, who Citizen, id string) (CitizenView, error) {
	var v CitizenView
	err := s.db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		c, err := load(ctx, q, id)
		if err != nil {
			return err
		}
		list, err := parties(ctx, q, id)
		if err != nil {
			return err
		}
		if s.may(who, access.CaseRead, c, list) != nil {
			return store.ErrNotFound
		}
		v.Case = c
		if v.Type, err = s.typeOf(c); err != nil {
			return err
		}
		v.Status = v.Type.Status(c.Status)
		v.Reachable = len(list) > 0 && list[0].Email != ""
		if v.Events, err = events(ctx, q, id, false); err != nil {
			return err
		}
		if len(v.Events) > 0 && v.Events[0].Data.Acting != nil {
			v.Acting = *v.Events[0].Data.Acting
		}
		files, err := documentsOf(ctx, q, id, false)
		if err != nil {
			return err
		}
		for _, d := range files {
			if d.Secrecy > Open {
				v.Withheld++
				continue
			}
			v.Documents = append(v.Documents, d)
		}
		v.Decisions, err = decisionsOf(ctx, q, id)
		return err
	})
	if err != nil {
		return CitizenView{}, fmt.Errorf("showing a case to its citizen: %w", err)
	}
	return v, nil
}

// Reply writes from the citizen to the municipality. It is a handling that comes in, received whether or not the case is open.
func (s *Service) Reply(ctx context.Context, who Citizen, id, text string, files []Document) (*Case, error) {
	var out *Case
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		list, err := parties(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		if s.may(who, access.CaseMessage, c, list) != nil {
			return journal.Entry{}, store.ErrNotFound
		}
		ct, err := s.typeOf(c)
		if err != nil {
			return journal.Entry{}, err
		}
		if text = strings.TrimSpace(text); text == "" && len(files) == 0 {
			return journal.Entry{}, ErrEmpty
		}
		ch := &change{tx: tx, who: access.Actor{Person: who.Person, Citizen: true}, c: c, ct: ct, now: s.now(), event: Event{Kind: MessageIn, Body: text, Data: EventData{Channel: "web"}}}
		if who.follows(c, list) {
			ch.event.Data.Acting = &who.Acting
		}
		ch.handling = &Handling{Direction: In, Kind: string(MessageIn)}
		if len(list) > 0 {
			ch.handling.Party = screen(list[0].Name, calendar.DateOf(ch.now))
		}
		ch.files = directed(files, In, false)
		out = c
		return s.record(ctx, ch, ActionReplied)
	})
	if err != nil {
		return nil, fmt.Errorf("replying in a case: %w", err)
	}
	return out, nil
}

// Contact is how the one who handed in a case is reached by letter.
type Contact struct {
	Case     *Case
	Type     *casetype.CaseType
	Email    string // "" if none was given
	Person   string // who handed it in, if they were signed in
	SignedIn bool   // follows the case on Mina sidor, without a code
}

// Contact reads how to reach the one who handed in a case, for the program's own letters.
func (s *Service) Contact(ctx context.Context, q store.Queryer, id string) (Contact, error) {
	c, err := load(ctx, q, id)
	if err != nil {
		return Contact{}, err
	}
	list, err := parties(ctx, q, id)
	if err != nil {
		return Contact{}, err
	}
	out := Contact{Case: c}
	if out.Type, err = s.typeOf(c); err != nil {
		return Contact{}, err
	}
	if len(list) > 0 {
		out.Email, out.Person, out.SignedIn = list[0].Email, list[0].Person, list[0].Person != "" || list[0].Organisation != ""
	}
	for _, p := range list {
		if p.Ground != "" {
			out.Person = p.Person
			break
		}
	}
	return out, nil
}

// Unreached records that a letter about a case did not arrive, so that the officer reaches the citizen in another way. Telling it again of
// the same letter does nothing.
func (s *Service) Unreached(ctx context.Context, id, letter, reason string) error {
	_, err := s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		c, err := s.hold(ctx, tx, id)
		if err != nil {
			return journal.Entry{}, err
		}
		ct, err := s.typeOf(c)
		if err != nil {
			return journal.Entry{}, err
		}
		said, err := events(ctx, tx, id, true)
		if err != nil {
			return journal.Entry{}, err
		}
		for _, e := range said {
			if e.Kind == NotReached && e.Data.To == letter {
				return journal.Entry{}, errTold
			}
		}
		ch := &change{
			tx: tx, who: access.Actor{Person: journal.System}, c: c, ct: ct, now: s.now(),
			event: Event{Kind: NotReached, Internal: true, Data: EventData{To: letter, Channel: "email", From: reason}},
		}
		return s.record(ctx, ch, ActionUnreached)
	})
	if errors.Is(err, errTold) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recording that a letter did not arrive: %w", err)
	}
	return nil
}

// errTold ends a transaction that has nothing to do.
var errTold = errors.New("told before")
