package authority

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of the room.
//
//go:embed migrations
var Migrations embed.FS

// Config is what the room stands on. All fields are required.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Vault        *documents.Vault
	Organisation *bodies.Service
	Deviations   *deviation.Service
	Clock        calendar.Clock
}

// Service keeps what the room has of its own, and lets only those who may change what the kernel has. It is safe for concurrent use.
type Service struct{ Config }

// New gives a Service.
func New(c Config) *Service { return &Service{c} }

func (s *Service) today() calendar.Date { return calendar.DateOf(s.Clock.Now()) }

// TwiceError says that a decision is registered already.
type TwiceError struct {
	ID string // of the one that is registered
}

func (e *TwiceError) Error() string { return "the decision is registered already as " + e.ID }

// Protocol is the file of a decision.
type Protocol struct {
	Document, Name string
	Size           int64
}

// Register registers a decision of a body with its protokoll, nil for none, and gives it with its ID. It takes the mandate of secretary of the
// body, or where d.DelegationOf says on what delegation, that of whom it was delegated to (PR-1).
//
// Errors: *access.Denied, *bodies.MandateError, *bodies.ReservedError (what it delegates is not the body's to delegate), *bodies.InvalidError
// (field "body", "on", "paragraph", "text", "delegates"), *TwiceError.
func (s *Service) Register(ctx context.Context, who access.Actor, d bodies.Decision, file *documents.Staged) (bodies.Decision, error) {
	mandate, err := s.registrar(ctx, who, d)
	if err != nil {
		return bodies.Decision{}, fmt.Errorf("registering a decision: %w", err)
	}
	if file != nil {
		d.ProtocolSHA256 = file.SHA256
	}
	var done bodies.Decision
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var entry journal.Entry
		var err error
		done, entry, err = s.Organisation.RegisterDecisionIn(ctx, tx, bodies.By{Person: who.Person, Mandate: mandate}, d)
		if err != nil || file == nil {
			return entry, err
		}
		if err := s.Vault.Insert(ctx, tx, file); err != nil {
			return entry, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO decision_protocol (decision, document, name, size) VALUES ($1, $2, $3, $4)`, done.ID, file.ID, file.Name, file.Size)
		return entry, err
	})
	if errors.Is(err, store.ErrConflict) {
		return done, s.twice(ctx, d, err)
	}
	return done, err
}

// twice finds the decision that stands in the way of another.
func (s *Service) twice(ctx context.Context, d bodies.Decision, err error) error {
	var id string
	found := s.DB.QueryRow(ctx, `SELECT id FROM decision WHERE body = $1 AND decided_on = $2 AND paragraph = $3 AND delegation_of IS NULL`, d.Body, d.On, d.Paragraph).Scan(&id)
	if found != nil {
		return err
	}
	return &TwiceError{ID: id}
}

// registrar gives the mandate under which somebody registers a decision.
func (s *Service) registrar(ctx context.Context, who access.Actor, d bodies.Decision) (string, error) {
	dir := s.Organisation.Directory()
	if d.DelegationOf == "" {
		body, ok := dir.Body(d.Body)
		if !ok {
			return "", &bodies.InvalidError{Field: "body", Problem: "is none we know"}
		}
		answer := access.Check(who, access.DecisionRegister, bodyObject(body))
		return answer.Mandate, answer.Err()
	}
	from, err := s.Organisation.Decision(ctx, d.DelegationOf)
	if err != nil {
		return "", err
	}
	for _, g := range from.Delegates {
		for _, m := range who.Mandates {
			if g.Role != "" && m.Role == g.Role && (g.Unit == "" || m.Unit == g.Unit) || g.Body != "" && m.Role == bodies.Secretary && m.Body == g.Body {
				return m.ID, nil
			}
		}
	}
	return "", &bodies.MandateError{Body: d.Body, Sentence: "PR-1", Delegation: d.DelegationOf}
}

// Revoke registers that a later decision of the same body revokes a decision from a day on. Errors: *access.Denied, *bodies.InvalidError
// (field "by" or "from"), store.ErrConflict when it is revoked already, store.ErrNotFound.
func (s *Service) Revoke(ctx context.Context, who access.Actor, r bodies.Revocation) error {
	d, err := s.Organisation.Decision(ctx, r.Decision)
	if err != nil {
		return err
	}
	body, _ := s.Organisation.Directory().Body(d.Body)
	answer := access.Check(who, access.DecisionRegister, bodyObject(body))
	if err := answer.Err(); err != nil {
		return fmt.Errorf("revoking a decision: %w", err)
	}
	return s.Organisation.Revoke(ctx, bodies.By{Person: who.Person, Mandate: answer.Mandate}, r)
}

// ProtocolOf gives the file of a decision. It gives store.ErrNotFound for one without.
func (s *Service) ProtocolOf(ctx context.Context, decision string) (Protocol, error) {
	var p Protocol
	err := s.DB.QueryRow(ctx, `SELECT document, name, size FROM decision_protocol WHERE decision = $1`, decision).Scan(&p.Document, &p.Name, &p.Size)
	return p, err
}

// Open gives the bytes of a protokoll.
func (s *Service) Open(ctx context.Context, decision string) (documents.Document, io.ReadCloser, error) {
	p, err := s.ProtocolOf(ctx, decision)
	if err != nil {
		return documents.Document{}, nil, err
	}
	return s.Vault.Open(ctx, p.Document)
}

// Appoint gives a mandate. The secretary of the body that answers for the place gives it, or for the roles of a unit its head. Errors:
// *access.Denied and those of bodies.Service.Appoint.
func (s *Service) Appoint(ctx context.Context, who access.Actor, m bodies.Mandate) (bodies.Mandate, error) {
	answer := mayAppoint(s.Organisation.Directory(), who, m)
	if err := answer.Err(); err != nil {
		return m, fmt.Errorf("giving a mandate: %w", err)
	}
	return s.Organisation.Appoint(ctx, bodies.By{Person: who.Person, Mandate: answer.Mandate}, m)
}

// End ends a mandate: last is its last day. decision is what it rests on, "" where none is needed. Errors: *access.Denied, store.ErrNotFound
// and those of bodies.Service.EndMandate.
func (s *Service) End(ctx context.Context, who access.Actor, id string, last calendar.Date, decision string) error {
	dir := s.Organisation.Directory()
	m, ok := dir.Mandate(id)
	if !ok {
		return store.ErrNotFound
	}
	answer := mayAppoint(dir, who, m)
	if err := answer.Err(); err != nil {
		return fmt.Errorf("ending a mandate: %w", err)
	}
	return s.Organisation.EndMandate(ctx, bodies.By{Person: who.Person, Mandate: answer.Mandate, Decision: decision}, id, last)
}

// ChangeReserved changes a row of the table of reserved actions on a decision: of the municipal council for its own and the executive board's
// rows, else of the executive board (PR-3). The secretary of that body registers it. Errors: *access.Denied and those of
// bodies.Service.ChangeReserved.
func (s *Service) ChangeReserved(ctx context.Context, who access.Actor, r bodies.ReservedAction) (bodies.ReservedAction, error) {
	d, err := s.Organisation.Decision(ctx, r.Decision)
	if errors.Is(err, store.ErrNotFound) {
		return r, &bodies.InvalidError{Field: "decision", Problem: "is none we know"}
	}
	if err != nil {
		return r, err
	}
	body, _ := s.Organisation.Directory().Body(d.Body)
	answer := access.Check(who, access.DecisionRegister, bodyObject(body))
	if err := answer.Err(); err != nil {
		return r, fmt.Errorf("changing what is reserved: %w", err)
	}
	return s.Organisation.ChangeReserved(ctx, bodies.By{Person: who.Person, Mandate: answer.Mandate, Decision: r.Decision}, r)
}

// bodyObject is a body as the rules see it.
func bodyObject(b bodies.Body) access.Object {
	return access.Object{Kind: "body", ID: b.ID, Member: b.Member, Body: b.ID}
}

// placeObject is the place of a mandate as the rules see it: of the body that answers for it.
func placeObject(d *bodies.Directory, m bodies.Mandate) access.Object {
	o := access.Object{Kind: "mandate", ID: m.ID, Member: m.Member, Body: m.Body, Unit: m.Unit}
	if b, ok := d.Body(m.Body); ok {
		o.Member = b.Member
	}
	if u, ok := d.Unit(m.Unit); ok {
		o.Member = u.Member
		if b, ok := d.ResponsibleBody(u.ID); ok {
			o.Body = b.ID
		}
	}
	if o.Body == "" {
		o.Body = executive(d, o.Member)
	}
	return o
}

// mayAppoint tells whether somebody may give and end a mandate: the secretary of the body that answers for the place, or the head of the unit
// for its own roles. The secretary of a body is given also by that of the executive board, so that a body whose last secretary has left gets
// a new one.
func mayAppoint(d *bodies.Directory, who access.Actor, m bodies.Mandate) access.Decision {
	o := placeObject(d, m)
	answer := access.Check(who, access.AppointAction(m.Role), o)
	if !answer.Allowed && m.Role == bodies.Secretary {
		o.Body = executive(d, o.Member)
		if above := access.Check(who, access.AppointAction(m.Role), o); above.Allowed {
			return above
		}
	}
	return answer
}

// executive is the body that answers for what is a member's as a whole, "" if there is none.
func executive(d *bodies.Directory, member string) string {
	for _, b := range d.Bodies(member) {
		if b.Member == member && b.Kind == bodies.Executive {
			return b.ID
		}
	}
	return ""
}
