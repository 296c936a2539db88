package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
)

// SecrecyMark is a sekretessmarkering: a note that something may be secret, with the provision, the day and the authority that OSL
// (2009:400) 5 kap. 5 § asks for (from general knowledge: the text of the act is not among the stored statutes). It is a warning and no
// decision: each request is assessed anew.
type SecrecyMark struct {
	ID       string
	CaseID   string
	Document int // its number in the case; 0: the whole case
	Degree   Secrecy
	Provision
	Reason    string
	Authority string // key of the body that had the note made
	By        string // person, or the program
	Mandate   string
	At        time.Time // UTC
	LiftedAt  time.Time // zero: it stands
	LiftedBy  string
	LiftedWhy string
}

// Stands tells whether the mark has not been lifted.
func (m SecrecyMark) Stands() bool { return m.LiftedAt.IsZero() }

const markColumns = `id, case_id, document, degree, law, chapter, section, reason, authority, made_by, mandate, at, lifted, lifted_by, lifted_why`

func marksOf(ctx context.Context, q store.Queryer, caseID string) ([]SecrecyMark, error) {
	return store.All(ctx, q, func(r *store.Rows) (SecrecyMark, error) {
		var m SecrecyMark
		var at, lifted int64
		err := r.Scan(&m.ID, &m.CaseID, &m.Document, &m.Degree, &m.Law, &m.Chapter, &m.Section, &m.Reason, &m.Authority, &m.By, &m.Mandate, &at, &lifted, &m.LiftedBy, &m.LiftedWhy)
		m.At = store.Time(at)
		if lifted != 0 {
			m.LiftedAt = store.Time(lifted)
		}
		return m, err
	}, `SELECT `+markColumns+` FROM secrecy_mark WHERE case_id = $1 ORDER BY at, id`, caseID)
}

// replaceMark lifts the mark that stands of a case or document, and puts the new one in its place, if there is one.
func replaceMark(ctx context.Context, tx *store.Tx, m SecrecyMark) error {
	if _, err := tx.Exec(ctx, `UPDATE secrecy_mark SET lifted = $3, lifted_by = $4, lifted_why = $5 WHERE case_id = $1 AND document = $2 AND lifted = 0`,
		m.CaseID, m.Document, store.Micros(m.At), m.By, m.Reason); err != nil {
		return fmt.Errorf("lifting a mark of secrecy: %w", err)
	}
	if m.Degree == Open {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO secrecy_mark (`+markColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '', '')`,
		m.ID, m.CaseID, m.Document, int(m.Degree), m.Law, m.Chapter, m.Section, m.Reason, m.Authority, m.By, m.Mandate, store.Micros(m.At))
	if err != nil {
		return fmt.Errorf("marking as secret: %w", err)
	}
	return nil
}

// Mark marks the case as secret to a degree, or lifts the mark, naming the provision as people write it. It is a warning, not a decision.
func (s *Service) Mark(ctx context.Context, who access.Actor, on On, degree Secrecy, law, reason string) (*Case, error) {
	return s.MarkDocument(ctx, who, on, 0, degree, law, reason)
}

// MarkDocument marks one document of a case, by its number in it; 0 is the whole case. What came or went with the document is then
// withheld in the register on the web, and the parties get no copy until somebody has assessed it and lifted the mark.
func (s *Service) MarkDocument(ctx context.Context, who access.Actor, on On, document int, degree Secrecy, law, reason string) (*Case, error) {
	return s.apply(ctx, who, on, access.CaseSecrecy, ActionMarked, func(ctx context.Context, ch *change) error {
		if degree < Open || degree > Secret {
			return ErrEmpty
		}
		m := SecrecyMark{ID: store.NewID(), CaseID: ch.c.ID, Document: document, Degree: degree, Reason: strings.TrimSpace(reason), Authority: ch.c.Body,
			By: who.Person, Mandate: ch.event.Mandate, At: ch.now}
		if m.Reason == "" || degree != Open && strings.TrimSpace(law) == "" {
			return ErrNote
		}
		if degree != Open {
			var err error
			if m.Provision, err = ParseProvision(law); err != nil {
				return err
			}
		}
		before := ch.c.Secrecy
		if document != 0 {
			if err := ch.tx.QueryRow(ctx, `SELECT secrecy FROM case_document WHERE case_id = $1 AND n = $2`, ch.c.ID, document).Scan(&before); err != nil {
				return err
			}
			if _, err := ch.tx.Exec(ctx, `UPDATE case_document SET secrecy = $3 WHERE case_id = $1 AND n = $2`, ch.c.ID, document, int(degree)); err != nil {
				return fmt.Errorf("marking a document: %w", err)
			}
		}
		if err := replaceMark(ctx, ch.tx, m); err != nil {
			return err
		}
		ch.event.Kind, ch.event.Internal, ch.event.Body = MarkedAs, true, m.Reason
		ch.event.Data = EventData{From: fmt.Sprint(int(before)), To: fmt.Sprint(int(degree)), Law: m.Provision.String(), Document: document}
		if document == 0 {
			return ch.mark(ctx, degree)
		}
		return ch.mark(ctx, ch.c.Secrecy)
	})
}

// mark gives the case and its rows in the diarium a degree of secrecy; a row is never more open than the documents that came with it.
func (ch *change) mark(ctx context.Context, degree Secrecy) error {
	ch.c.Secrecy = degree
	if _, err := ch.tx.Exec(ctx, `UPDATE register_entry SET secrecy = $2 WHERE case_id = $1`, ch.c.ID, int(degree)); err != nil {
		return fmt.Errorf("marking the rows of the diarium: %w", err)
	}
	const of = `(SELECT coalesce(max(d.secrecy), 0) FROM case_document d WHERE d.case_id = register_entry.case_id AND d.event = register_entry.event)`
	if _, err := ch.tx.Exec(ctx, `UPDATE register_entry SET secrecy = `+of+` WHERE case_id = $1 AND event > 0 AND `+of+` > secrecy`, ch.c.ID); err != nil {
		return fmt.Errorf("marking the rows of the diarium: %w", err)
	}
	return nil
}

// presume notes what the case type presumes of a new case, so that whoever opens it sees on what ground it is closed.
func (s *Service) presume(ctx context.Context, tx *store.Tx, c *Case, provision Provision, by string) error {
	return replaceMark(ctx, tx, SecrecyMark{ID: store.NewID(), CaseID: c.ID, Degree: c.Secrecy, Provision: provision, Authority: c.Body, By: by, At: c.ReceivedAt})
}

// hide leaves of the documents that the reader may not read only that they are there (OSL 5 kap. 5 §), with the words of their marks. It
// gives the case as marked as the most secret of what the reader does see, for the trace.
func (s *Service) hide(who access.Actor, v *OfficerView) *Case {
	seen := *v.Case
	hidden := map[int]bool{}
	for i := range v.Documents {
		d := &v.Documents[i]
		o := object(v.Case, v.Parties)
		o.Secrecy = max(o.Secrecy, access.Secrecy(d.Secrecy))
		if d.Secrecy > Open && !access.Check(who, access.CaseRead, o).Allowed {
			d.Hidden, d.Document, d.Name, d.SHA256, d.Mime, d.Size = true, "", "", "", "", 0
			hidden[d.N] = true
			continue
		}
		seen.Secrecy = max(seen.Secrecy, d.Secrecy)
	}
	for i := range v.Marks {
		if hidden[v.Marks[i].Document] {
			v.Marks[i].Reason, v.Marks[i].LiftedWhy = "", ""
		}
	}
	for i := range v.Events {
		if hidden[v.Events[i].Data.Document] {
			v.Events[i].Body = ""
		}
	}
	return &seen
}
