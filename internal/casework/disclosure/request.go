package disclosure

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the room.
//
//go:embed migrations
var Migrations embed.FS

// What happens to a request, beside what happens to every case. The kinds are stored: do not rename them.
const (
	Asked    cases.EventKind = "disclosure_asked"    // for a row of the diarium, and so brought to those who keep the document
	Chosen   cases.EventKind = "disclosure_chosen"   // documents that the request is about
	Assessed cases.EventKind = "disclosure_assessed" // one of them
	Reviewed cases.EventKind = "disclosure_review"   // a decision that can be appealed was asked for
)

// Journal actions of the room. An answer is a message: cases.ActionMessaged.
const (
	ActionAsked    = "disclosure.asked"
	ActionChosen   = "disclosure.chosen"
	ActionAssessed = "disclosure.assessed"
	ActionReviewed = "disclosure.review_asked"
)

// Types finds the case type of requests; *catalogue.Catalogue is it.
type Types interface {
	// Open lists the case types that take in cases on a day.
	Open(day calendar.Date) []*casetype.CaseType
}

// Service is what is done with requests.
type Service struct {
	db    *store.DB
	cases *cases.Service
	vault *documents.Vault
	types Types
	clock calendar.Clock
}

// New gives the service. All arguments are required.
func New(db *store.DB, c *cases.Service, vault *documents.Vault, types Types, clock calendar.Clock) *Service {
	return &Service{db: db, cases: c, vault: vault, types: types, clock: clock}
}

// ErrNoService means that the pack has no case type with the key disclosure that takes in cases today.
var ErrNoService = errors.New("no service takes in requests for public documents")

// Type is the case type of requests, today.
func (s *Service) Type() (*casetype.CaseType, error) {
	for _, ct := range s.types.Open(calendar.DateOf(s.clock.Now())) {
		if ct.Disclosure != nil {
			return ct, nil
		}
	}
	return nil, ErrNoService
}

// Wish is a request as it is made: what, how, and nothing of who and why (TF 2 kap. 18 §, from general knowledge).
type Wish struct {
	Key    string // UUIDv7 that makes sending twice harmless
	Text   string
	Row    string // row of the diarium on the web, or ""
	Holder string // option of the case type's question of who holds it, "" for the one that the row, or nothing, says
	Way    string
	Email  string
	Lang   i18n.Lang

	// Of one that an official takes in: how it came and when, and by whose mandate.
	Channel    string
	By         string
	Mandate    string
	ReceivedAt time.Time // zero: now
}

// FaultyError tells which answers are not as the case type wants them.
type FaultyError struct {
	Type   *casetype.CaseType
	Faults casetype.FieldErrors
}

func (e FaultyError) Error() string {
	return fmt.Sprintf("%d answers of the request are not accepted", len(e.Faults))
}

// Ask takes in a request. One for a row of the diarium is brought at once to the unit that keeps the document: who answers for a document
// is the first to examine whether it is handed out (OSL 6 kap. 3 §, from general knowledge).
func (s *Service) Ask(ctx context.Context, w Wish) (cases.Accepted, error) {
	ct, err := s.Type()
	if err != nil {
		return cases.Accepted{}, err
	}
	clean, faults := answers(ct, w)
	if len(faults) > 0 {
		return cases.Accepted{}, FaultyError{ct, faults}
	}
	got, err := s.cases.Submit(ctx, cases.Submission{Key: w.Key, Type: ct, Answers: clean, Channel: w.Channel, Lang: w.Lang, By: w.By, Mandate: w.Mandate, ReceivedAt: w.ReceivedAt})
	if err != nil {
		return cases.Accepted{}, fmt.Errorf("asking for a document: %w", err)
	}
	if w.Row == "" {
		return got, nil
	}
	keeper, err := s.cases.RowCase(ctx, w.Row)
	if err != nil {
		return cases.Accepted{}, fmt.Errorf("asking for a document: %w", err)
	}
	_, err = s.cases.DoAlone(ctx, got.CaseID, ActionAsked, func(ctx context.Context, a *cases.Act) error {
		n, err := a.Tx.Exec(ctx, `INSERT INTO disclosure_request (case_id, row_id, answered, review) VALUES ($1, $2, 0, 0) ON CONFLICT (case_id) DO NOTHING`, got.CaseID, w.Row)
		if err != nil {
			return fmt.Errorf("keeping what is asked for: %w", err)
		}
		if n == 0 {
			return cases.ErrNothing // it was handed in before
		}
		a.Event.Kind, a.Event.Internal, a.Event.Data.From, a.Event.Data.Ref = Asked, true, a.Case.Unit, w.Row
		if keeper.Member == a.Case.Member {
			a.Case.Unit, a.Case.Body = keeper.Unit, keeper.Body
		}
		a.Event.Data.To = a.Case.Unit
		return nil
	})
	if err != nil {
		return cases.Accepted{}, fmt.Errorf("asking for a document: %w", err)
	}
	return got, nil
}

// answers are those of the case type's form, as far as the page asks.
func answers(ct *casetype.CaseType, w Wish) (casetype.Clean, casetype.FieldErrors) {
	d := ct.Disclosure
	in := casetype.Answers{d.Wanted: {strings.TrimSpace(w.Text)}, d.Way: {w.Way}}
	if w.Way == "" {
		in[d.Way] = []string{d.Ways[0]}
	}
	if d.Holder != "" {
		in[d.Holder] = []string{d.Unsure}
		if w.Holder != "" {
			in[d.Holder] = []string{w.Holder}
		}
	}
	if w.Email != "" && d.Email != "" {
		in[d.Email] = []string{strings.TrimSpace(w.Email)}
	}
	return ct.Validate(in)
}

// Request is what is kept of a request beside its case.
type Request struct {
	Row      string    // row of the diarium that was asked for, or ""
	Answered time.Time // zero: not yet
	Review   time.Time // when a decision that can be appealed was asked for; zero: not
}

// Of reads what is kept of a request; the zero Request if nothing is.
func (s *Service) Of(ctx context.Context, caseID string) (Request, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Request, error) {
		var x Request
		var answered, review int64
		err := r.Scan(&x.Row, &answered, &review)
		if answered != 0 {
			x.Answered = store.Time(answered)
		}
		if review != 0 {
			x.Review = store.Time(review)
		}
		return x, err
	}, `SELECT row_id, answered, review FROM disclosure_request WHERE case_id = $1`, caseID)
	if err != nil || len(list) == 0 {
		return Request{}, err
	}
	return list[0], nil
}

// Review takes in that the one who asked wants a decision that can be appealed (OSL 6 kap. 3 § second paragraph, from general knowledge).
// Asking again changes nothing.
func (s *Service) Review(ctx context.Context, who cases.Citizen, caseID, words string) error {
	_, err := s.cases.DoAs(ctx, who, caseID, ActionReviewed, func(ctx context.Context, a *cases.Act) error {
		n, err := a.Tx.Exec(ctx, `INSERT INTO disclosure_request (case_id, row_id, answered, review) VALUES ($1, '', 0, $2)
			ON CONFLICT (case_id) DO UPDATE SET review = EXCLUDED.review WHERE disclosure_request.review = 0`, caseID, store.Micros(a.Now))
		if err != nil {
			return fmt.Errorf("keeping that a decision is asked for: %w", err)
		}
		if n == 0 {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Body, a.Event.Data.Channel = Reviewed, strings.TrimSpace(words), "web"
		a.Handling = &cases.Handling{Direction: cases.In, Kind: string(Reviewed)}
		return nil
	})
	return err
}

// Erase destroys what is kept of a case: of the request itself, and of every request that was about one of its documents. Copies that were
// sent are documents of the request's case and go with that.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	copies, err := store.All(ctx, tx, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT copy FROM disclosure_item WHERE (case_id = $1 OR source = $1) AND copy <> '' AND sent = 0`, caseID)
	if err != nil {
		return fmt.Errorf("erasing requests for documents: %w", err)
	}
	for _, id := range copies {
		if err := s.vault.Shred(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, query := range []string{`DELETE FROM disclosure_item WHERE case_id = $1 OR source = $1`, `DELETE FROM disclosure_request WHERE case_id = $1`} {
		if _, err := tx.Exec(ctx, query, caseID); err != nil {
			return fmt.Errorf("erasing requests for documents: %w", err)
		}
	}
	return nil
}

// mayWork tells whether an official may work with a request, and gives its case.
func (s *Service) mayWork(ctx context.Context, who access.Actor, caseID string) (*cases.Case, error) {
	c, _, _, err := s.cases.May(ctx, who, access.CaseDocument, caseID)
	return c, err
}
