package ruling

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Delegated is a decision on delegation in the list to its body.
type Delegated struct {
	*Record
	Subject string // "" when the case is marked, secret or protected: the list is read at an open meeting
	Veiled  bool
}

// Errors of the list that a caller decides on.
var (
	// ErrReported means that the body has been told, or the decision announced, already.
	ErrReported = errors.New("the decision is reported already")
	// ErrNone means that no decision was chosen.
	ErrNone = errors.New("no decision was chosen")
	// ErrMeeting means that the meeting is not one of which the body can have been told: it lies ahead, or before the decision.
	ErrMeeting = errors.New("the meeting cannot be right")
)

// maxDelegated bounds the list of one period.
const maxDelegated = 2000

// Delegated lists the decisions on delegation of a body from one day to another, both included, oldest first, to those who register its
// decisions (KL 6 kap. 40 §, 7 kap. 8 §). more tells that there are more than fit.
func (s *Service) Delegated(ctx context.Context, who access.Actor, body string, from, to calendar.Date) (list []Delegated, more bool, err error) {
	if _, err := s.secretary(who, body); err != nil {
		return nil, false, err
	}
	list, err = store.All(ctx, s.db, func(rows *store.Rows) (Delegated, error) {
		var d Delegated
		var subject string
		var secrecy cases.Secrecy
		var protected bool
		var err error
		if d.Record, err = scanWith(rows, &subject, &secrecy, &protected); err != nil {
			return d, err
		}
		if d.Veiled = secrecy > cases.Open || protected; !d.Veiled {
			d.Subject = subject
		}
		return d, nil
	}, `SELECT `+columns+`, c.subject, c.secrecy, c.protected`+tables+`JOIN cases c ON c.id = r.case_id
		WHERE r.body = $1 AND r.delegation <> '' AND r.day >= $2 AND r.day <= $3 ORDER BY r.day, r.decision LIMIT $4`, body, from.String(), to.String(), maxDelegated+1)
	if err != nil {
		return nil, false, fmt.Errorf("listing decisions on delegation: %w", err)
	}
	if len(list) > maxDelegated {
		return list[:maxDelegated], true, nil
	}
	return list, false, nil
}

// secretary tells under which mandate somebody keeps the lists of a body.
func (s *Service) secretary(who access.Actor, body string) (mandate string, err error) {
	b, ok := s.org.Directory().Body(body)
	if !ok {
		return "", store.ErrNotFound
	}
	d := access.Check(who, access.DecisionRegister, BodyObject(b))
	return d.Mandate, d.Err()
}

// BodyObject is a body as the rules see what it decides.
func BodyObject(b bodies.Body) access.Object {
	return access.Object{Kind: "body", ID: b.ID, Member: b.Member, Body: b.ID}
}

// reported is what the journal keeps of a report.
type reported struct {
	Body      string        `json:"body"`
	Decisions []string      `json:"decisions"`
	Meeting   calendar.Date `json:"meeting,omitzero"`
	Paragraph string        `json:"paragraph,omitempty"`
	Withheld  bool          `json:"withheld,omitempty"`
}

// Report registers that a body was told of decisions at a meeting, in a paragraph of its protokoll. With r.Not they are those of which the
// body has decided not to be told: they are announced in their place (KL 8 kap. 10 § 3). All or none.
func (s *Service) Report(ctx context.Context, who access.Actor, body string, decisions []string, r Report) error {
	mandate, err := s.secretary(who, body)
	if err != nil {
		return fmt.Errorf("reporting decisions: %w", err)
	}
	if len(decisions) == 0 {
		return ErrNone
	}
	r.Paragraph = strings.TrimSpace(r.Paragraph)
	if r.Not {
		r.Meeting, r.Paragraph = calendar.Date{}, ""
	} else if r.Meeting.IsZero() || r.Meeting.After(s.today()) {
		return ErrMeeting
	} else if r.Paragraph == "" {
		return cases.ErrEmpty
	}
	_, err = s.log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		for _, id := range decisions {
			x, err := find(ctx, tx, id)
			switch {
			case err != nil:
				return journal.Entry{}, err
			case x.Body != body || x.Delegation == "":
				return journal.Entry{}, store.ErrNotFound
			case !x.Report.Meeting.IsZero() || x.Report.Not:
				return journal.Entry{}, ErrReported
			case !r.Not && r.Meeting.Before(x.Day):
				return journal.Entry{}, ErrMeeting
			}
			if err := report(ctx, tx, id, x.Case, r); err != nil {
				return journal.Entry{}, err
			}
		}
		action := "delegation.reported"
		if r.Not {
			action = "delegation.withheld"
		}
		return journal.Entry{Actor: who.Person, Mandate: mandate, Action: action, Object: journal.Ref{Kind: "body", ID: body},
			Payload: reported{Body: body, Decisions: decisions, Meeting: r.Meeting, Paragraph: r.Paragraph, Withheld: r.Not}}, nil
	})
	if errors.Is(err, store.ErrConflict) {
		err = ErrReported
	}
	if err != nil {
		return fmt.Errorf("reporting decisions: %w", err)
	}
	return nil
}

// Announcement is what the anslagstavla has announced of a body: the protokoll of a meeting, or a single decision on delegation.
type Announcement struct {
	Body        string
	Meeting     calendar.Date
	Decision    string
	First, Last calendar.Date
	Notice      string
}

// Announced keeps the days of an announcement, in its transaction; from them the time of an appeal of legality is counted (KL 13 kap. 5 §).
// The first one stands.
func (s *Service) Announced(ctx context.Context, tx *store.Tx, a Announcement) error {
	if a.Decision != "" {
		r, err := find(ctx, tx, a.Decision)
		if err != nil {
			return err
		}
		if r.Body != a.Body || !r.Report.Not {
			return store.ErrNotFound
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO ruling_notice (body, meeting, decision, first_day, last_day, notice) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.Body, a.Meeting.String(), a.Decision, a.First.String(), a.Last.String(), a.Notice)
	if err != nil {
		return fmt.Errorf("keeping the days of an announcement: %w", err)
	}
	return nil
}

// Unannounced lists the decisions of a body that are to be announced and have not been, oldest first.
func (s *Service) Unannounced(ctx context.Context, who access.Actor, body string) ([]*Record, error) {
	if _, err := s.secretary(who, body); err != nil {
		return nil, err
	}
	list, err := store.All(ctx, s.db, scan, `SELECT `+columns+tables+`WHERE r.body = $1 AND p.withheld = 1 AND n.notice IS NULL ORDER BY r.day, r.decision LIMIT 200`, body)
	if err != nil {
		return nil, fmt.Errorf("listing decisions to announce: %w", err)
	}
	return list, nil
}

// WriteCSV writes the list as a file for a spreadsheet: UTF-8 with a mark, semicolons, as Swedish programs read it.
func WriteCSV(w io.Writer, l *i18n.Localizer, list []Delegated) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	rows := [][]string{{l.T("ruling.list.day"), l.T("ruling.list.number"), l.T("ruling.list.decision"), l.T("ruling.list.subject"), l.T("ruling.list.delegation"),
		l.T("ruling.list.decider"), l.T("ruling.list.meeting"), l.T("ruling.list.paragraph")}}
	for _, d := range list {
		subject := d.Subject
		if d.Veiled {
			subject = l.T("ruling.list.veiled")
		}
		rows = append(rows, []string{d.Day.String(), d.Number, d.Title, plain(subject), d.Delegation, strings.Join(d.Words.Deciders, ", "), d.Report.Meeting.String(), plain(d.Report.Paragraph)})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}

// plain keeps a spreadsheet from reading a text as a formula.
func plain(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// legality reports whether a decision must be announced when its body is not told of it (KL 6 kap. 40 §: what can be appealed under 13 kap.).
func (d Delegated) legality() bool { return d.Appeal.Type == casetype.Legality }
