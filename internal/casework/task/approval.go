package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Approval is a round in which named persons say yes or no to a text or a file.
type Approval struct {
	ID, CaseID string
	Title      string
	Decision   string // key of the decision that is proposed, or ""
	Document   string // ID of a file, or ""
	Number     int    // of that file within the case
	Text       string
	Hash       string // of text or file as it is, hex
	InTurn     bool   // one after the other
	State      ApprovalState
	By         string
	MadeAt     time.Time // UTC
	ChangedAt  time.Time
	Reminded   calendar.Date
	Asked      []Vote
}

// Vote is what one of those who are asked has said.
type Vote struct {
	Person  string
	Answer  Ballot
	Hash    string // what it was about
	Comment string
	LoA     int    // level of assurance of the sign-in, 0 to 3
	By      string // who said it: the person, or a deputy
	At      time.Time
}

// Ballot is an answer.
type Ballot string

// The answers.
const (
	Unsaid Ballot = ""
	Yes    Ballot = "yes"
	No     Ballot = "no"
)

// ApprovalState is how far a round has come.
type ApprovalState string

// The states of a round.
const (
	Deciding  ApprovalState = "open"
	Approved  ApprovalState = "approved"
	Declined  ApprovalState = "declined"
	TakenBack ApprovalState = "withdrawn"
)

// What happens to rounds. The kinds are stored: do not rename them.
const (
	EventProposed  cases.EventKind = "approval_asked"
	EventReworded  cases.EventKind = "approval_changed"
	EventYes       cases.EventKind = "approval_yes"
	EventApproved  cases.EventKind = "approval_done"
	EventDeclined  cases.EventKind = "approval_declined"
	EventTakenBack cases.EventKind = "approval_withdrawn"
	EventNudged    cases.EventKind = "approval_reminded"
)

// Valid reports whether the vote is about the round as it is.
func (a Approval) Valid(v Vote) bool { return v.Answer != Unsaid && v.Hash == a.Hash }

// Waiting are those whose answer the round waits for now.
func (a Approval) Waiting() []string {
	var out []string
	if a.State != Deciding {
		return nil
	}
	for _, v := range a.Asked {
		if !a.Valid(v) {
			out = append(out, v.Person)
			if a.InTurn {
				break
			}
		}
	}
	return out
}

// Proposal is what is to be approved: a text, or a file of the case.
type Proposal struct {
	Title    string
	Decision string // key of the decision it proposes, or ""
	Document int    // number of a file, 0 for a text
	Text     string
	Asked    []string
	InTurn   bool
}

// TextHash is the SHA-256 of a text as it reads: line breaks and space at the ends of lines do not count.
func TextHash(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// Propose begins a round.
func (s *Service) Propose(ctx context.Context, who access.Actor, on cases.On, p Proposal) (string, error) {
	id := store.NewID()
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, "approval.asked", func(ctx context.Context, a *cases.Act) error {
		if !a.Case.Open {
			return cases.ErrClosed
		}
		x := Approval{ID: id, CaseID: a.Case.ID, Title: strings.TrimSpace(p.Title), Decision: p.Decision, Text: strings.TrimSpace(p.Text), InTurn: p.InTurn, State: Deciding}
		switch {
		case x.Title == "":
			return cases.ErrEmpty
		case p.Decision != "" && (a.Type.Decision(p.Decision) == nil || p.Document != 0):
			return ErrUnknown
		}
		degree, err := s.freeze(ctx, a, who, &x, p.Document)
		if err != nil {
			return err
		}
		if err := s.checkAsked(marked(a, degree), who, p.Asked); err != nil {
			return err
		}
		for _, person := range p.Asked {
			x.Asked = append(x.Asked, Vote{Person: person})
		}
		if err := insertApproval(ctx, a.Tx, x, who.Person, a.Now); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body, a.Event.Data = EventProposed, true, strings.TrimSpace(x.Title+"\n\n"+x.Text), cases.EventData{Ref: id}
		a.More = map[string]any{"hash": x.Hash, "asked": p.Asked, "in_turn": p.InTurn}
		return s.nudge(ctx, a.Tx, a.Case, x, ApprovalAsked)
	})
	if err != nil {
		return "", fmt.Errorf("beginning an approval round: %w", err)
	}
	return id, nil
}

// freeze notes what exactly is to be approved. It gives the degree to which that is marked beside the case.
func (s *Service) freeze(ctx context.Context, a *cases.Act, who access.Actor, x *Approval, number int) (cases.Secrecy, error) {
	if number == 0 {
		if x.Text == "" {
			return 0, cases.ErrEmpty
		}
		x.Hash = TextHash(x.Text)
		return 0, nil
	}
	files, degree, err := chosen(ctx, a, who, []int{number})
	if err != nil {
		return 0, err
	}
	doc, err := s.Vault.Get(ctx, a.Tx, files[0].Document)
	if err != nil {
		return 0, err
	}
	x.Document, x.Number, x.Hash = doc.ID, number, doc.SHA256
	return degree, nil
}

func (s *Service) checkAsked(o access.Object, who access.Actor, asked []string) error {
	if len(asked) == 0 {
		return ErrWhom
	}
	for i, person := range asked {
		_, known := s.Organisation.Directory().Person(person)
		switch {
		case person == who.Person:
			return ErrOwn
		case !known || slices.Contains(asked[:i], person):
			return ErrWhom
		case !s.reads(person, o):
			return ErrReader
		}
	}
	return nil
}

// Vote approves or declines what has this hash, with a comment; a no takes one. The level of the sign-in is kept with it. Whoever began the
// round has no vote, and one person has one, whomever they stand in for.
func (s *Service) Vote(ctx context.Context, who access.Actor, caseID, id string, yes bool, comment, hash string) error {
	comment = strings.TrimSpace(comment)
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseRead, "approval.voted", func(ctx context.Context, a *cases.Act) error {
		x, err := openRound(ctx, a, id)
		switch {
		case err != nil:
			return err
		case who.Person == x.By:
			return ErrOwn
		case hash != x.Hash:
			return ErrChanged
		}
		n, err := s.seat(x, who.Person)
		if err != nil {
			return err
		}
		v := Vote{Person: x.Asked[n].Person, Answer: Yes, Hash: hash, Comment: comment, LoA: who.LoA, By: who.Person, At: a.Now}
		if !yes {
			if v.Answer = No; comment == "" {
				return cases.ErrNote
			}
		}
		x.Asked[n] = v
		if err := a.Tx.ExecOne(ctx, `UPDATE approval_asked SET vote = $3, hash = $4, comment = $5, loa = $6, by_person = $7, at = $8 WHERE approval_id = $1 AND n = $2`,
			id, n+1, string(v.Answer), hash, comment, v.LoA, v.By, store.Micros(v.At)); err != nil {
			return err
		}
		return s.counted(ctx, a, x, v)
	})
	if err != nil {
		return fmt.Errorf("voting in an approval round: %w", err)
	}
	return nil
}

// seat is the place among those who are asked that a person may fill now: their own, or that of somebody they stand in for.
func (s *Service) seat(x Approval, person string) (int, error) {
	waiting := x.Waiting()
	asked := false
	for i, v := range x.Asked {
		switch {
		case x.Valid(v) && v.By == person:
			return 0, ErrOver
		case x.Valid(v) || !slices.Contains(s.standIns(v.Person), person):
		case slices.Contains(waiting, v.Person):
			return i, nil
		default:
			asked = true
		}
	}
	if asked {
		return 0, ErrTurn
	}
	return 0, ErrNotAsked
}

// counted ends the round if it is decided, and else tells whose turn it is.
func (s *Service) counted(ctx context.Context, a *cases.Act, x Approval, v Vote) error {
	a.Event.Internal, a.Event.Body, a.Event.Data = true, strings.TrimSpace(x.Title+"\n"+v.Comment), cases.EventData{Ref: x.ID, From: fmt.Sprint(v.LoA), To: v.Person}
	a.More = map[string]any{"hash": v.Hash, "loa": v.LoA}
	state := Deciding
	switch {
	case v.Answer == No:
		a.Event.Kind, state = EventDeclined, Declined
	case len(x.Waiting()) == 0:
		a.Event.Kind, state = EventApproved, Approved
	default:
		a.Event.Kind = EventYes
		if x.InTurn {
			return s.nudge(ctx, a.Tx, a.Case, x, ApprovalAsked)
		}
		return nil
	}
	return a.Tx.ExecOne(ctx, `UPDATE approval SET state = $2 WHERE id = $1`, x.ID, string(state))
}

// Reword changes the text of a round under way. What has been said about the text before counts no more. seen is the hash of the text that
// was changed.
func (s *Service) Reword(ctx context.Context, who access.Actor, caseID, id, text, seen string) error {
	return s.onRound(ctx, who, caseID, id, "approval.changed", func(ctx context.Context, a *cases.Act, x Approval) error {
		switch text = strings.TrimSpace(text); {
		case x.Document != "":
			return ErrUnknown
		case text == "":
			return cases.ErrEmpty
		case seen != x.Hash:
			return cases.ErrStale
		case TextHash(text) == x.Hash:
			return cases.ErrNothing
		case slices.ContainsFunc(x.Asked, func(v Vote) bool { return v.Person == who.Person }): // would approve their own words
			return ErrOwn
		}
		a.Event.Kind, a.Event.Body = EventReworded, strings.TrimSpace(x.Title+"\n\n"+text)
		x.Text, x.Hash = text, TextHash(text)
		a.More = map[string]any{"hash": x.Hash}
		if err := s.nudge(ctx, a.Tx, a.Case, x, ApprovalAsked); err != nil {
			return err
		}
		return a.Tx.ExecOne(ctx, `UPDATE approval SET text = $2, hash = $3, changed_at = $4, by_person = $5, reminded = '' WHERE id = $1`, id, text, x.Hash, store.Micros(a.Now), who.Person)
	})
}

// TakeBack ends a round without a result.
func (s *Service) TakeBack(ctx context.Context, who access.Actor, caseID, id, reason string) error {
	return s.onRound(ctx, who, caseID, id, "approval.withdrawn", func(ctx context.Context, a *cases.Act, x Approval) error {
		if reason = strings.TrimSpace(reason); reason == "" {
			return cases.ErrNote
		}
		a.Event.Kind, a.Event.Body = EventTakenBack, x.Title+"\n"+reason
		return a.Tx.ExecOne(ctx, `UPDATE approval SET state = 'withdrawn' WHERE id = $1`, id)
	})
}

func (s *Service) onRound(ctx context.Context, who access.Actor, caseID, id, action string, do func(context.Context, *cases.Act, Approval) error) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseStatus, action, func(ctx context.Context, a *cases.Act) error {
		x, err := openRound(ctx, a, id)
		if err != nil {
			return err
		}
		a.Event.Internal, a.Event.Data = true, cases.EventData{Ref: id}
		return do(ctx, a, x)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// nudge writes to those whose answer a round waits for.
func (s *Service) nudge(ctx context.Context, tx *store.Tx, c *cases.Case, x Approval, kind LetterKind) error {
	for _, person := range x.Waiting() {
		p, _ := s.Organisation.Directory().Person(person)
		if err := s.write(ctx, tx, Letter{Kind: kind, To: p.Email, Lang: i18n.SV, Number: c.Number, Path: RoundPath(c.ID, x.ID), CaseID: c.ID}); err != nil {
			return err
		}
	}
	return nil
}
