package cases

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/geo"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of cases.
//
//go:embed migrations
var Migrations embed.FS

func insertCase(ctx context.Context, tx *store.Tx, c *Case) error {
	lat, lon, north, east := c.Place.columns()
	_, err := tx.Exec(ctx, `INSERT INTO cases (id, number, member, body, unit, type_id, type_version, status, content, open, subject, channel, lang, secrecy,
		protected, assignee, addressee, address, lat, lon, north, east, answers, received_at, changed_at, closed_at, due, entry, events, handlings, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)`,
		c.ID, c.Number, c.Member, c.Body, c.Unit, c.TypeID, c.TypeVersion, c.Status, string(c.Content), store.Bool(c.Open), c.Subject, c.Channel, string(c.Lang),
		int(c.Secrecy), store.Bool(c.Protected), c.Assignee, c.Addressee, c.Place.Address, lat, lon, north, east, encode(c.Answers), store.Micros(c.ReceivedAt),
		store.Micros(c.ChangedAt), store.Micros(c.ClosedAt), c.Due.String(), c.Entry, c.Events, c.Handlings, c.Version)
	if err != nil {
		return fmt.Errorf("storing the case: %w", err)
	}
	return nil
}

// save writes what commands change, if nobody else has changed it since it was read: ErrConflict otherwise.
func save(ctx context.Context, tx *store.Tx, c *Case) error {
	err := tx.ExecOne(ctx, `UPDATE cases SET unit = $3, body = $4, status = $5, content = $6, open = $7, subject = $8, secrecy = $9, assignee = $10,
		changed_at = $11, closed_at = $12, due = $13, events = $14, handlings = $15, address = $16, protected = $17, version = version + 1 WHERE id = $1 AND version = $2`,
		c.ID, c.Version, c.Unit, c.Body, c.Status, string(c.Content), store.Bool(c.Open), c.Subject, int(c.Secrecy), c.Assignee,
		store.Micros(c.ChangedAt), store.Micros(c.ClosedAt), c.Due.String(), c.Events, c.Handlings, c.Place.Address, store.Bool(c.Protected))
	if err != nil {
		return fmt.Errorf("storing the change of the case: %w", err)
	}
	c.Version++
	return nil
}

const caseColumns = `c.id, c.number, c.member, c.body, c.unit, c.type_id, c.type_version, c.status, c.content, c.open, c.subject, c.channel, c.lang, c.secrecy,
	c.protected, c.assignee, c.addressee, c.address, c.lat, c.lon, c.north, c.east, c.received_at, c.changed_at, c.closed_at, c.due, c.entry, c.events,
	c.handlings, c.version`

// scanner is a row or rows.
type scanner interface{ Scan(dest ...any) error }

func scanCase(row scanner, more ...any) (*Case, error) {
	var c Case
	var received, changed, closed int64
	var lat, lon, north, east sql.NullFloat64
	var due, content, lang string
	dest := []any{
		&c.ID, &c.Number, &c.Member, &c.Body, &c.Unit, &c.TypeID, &c.TypeVersion, &c.Status, &content, &c.Open, &c.Subject, &c.Channel, &lang, &c.Secrecy,
		&c.Protected, &c.Assignee, &c.Addressee, &c.Place.Address, &lat, &lon, &north, &east, &received, &changed, &closed, &due, &c.Entry, &c.Events,
		&c.Handlings, &c.Version,
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return nil, err
	}
	c.Content, c.Lang = casetype.Content(content), i18n.Lang(lang)
	c.ReceivedAt, c.ChangedAt, c.ClosedAt = store.Time(received), store.Time(changed), store.Time(closed)
	c.Place.HasPoint, c.Place.Lat, c.Place.Lon, c.Place.North, c.Place.East = lat.Valid, lat.Float64, lon.Float64, north.Float64, east.Float64
	var err error
	if c.Due, err = calendar.ParseDate(due); err != nil {
		return nil, fmt.Errorf("case %s: due date: %w", c.ID, err)
	}
	return &c, nil
}

// load reads a whole case with its answers.
func load(ctx context.Context, q store.Queryer, id string) (*Case, error) {
	return loadBy(ctx, q, `c.id = $1`, id)
}

// hold reads a case that a command is about to change. On PostgreSQL, where commands run side by side, it makes those of one case wait for
// each other, so that nothing that only adds to it is refused; on SQLite they do so anyway.
func (s *Service) hold(ctx context.Context, tx *store.Tx, id string) (*Case, error) {
	where := `c.id = $1`
	if s.db.Engine() == store.Postgres {
		where += ` FOR UPDATE OF c`
	}
	return loadBy(ctx, tx, where, id)
}

func loadBy(ctx context.Context, q store.Queryer, where, value string) (*Case, error) {
	var answers string
	var destroyed int64
	c, err := scanCase(q.QueryRow(ctx, `SELECT `+caseColumns+`, c.answers, c.destroyed_at FROM cases c WHERE `+where, value), &answers, &destroyed)
	if err != nil {
		return nil, fmt.Errorf("reading the case: %w", err)
	}
	if destroyed > 0 {
		return nil, fmt.Errorf("reading the case: %w", ErrDestroyed)
	}
	if err := json.Unmarshal([]byte(answers), &c.Answers); err != nil {
		return nil, fmt.Errorf("reading the answers of case %s: %w", c.ID, err)
	}
	return c, nil
}

func insertParty(ctx context.Context, tx *store.Tx, caseID string, n int, p Party) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_party (case_id, n, role, person, name, email, phone, organisation, ground) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		caseID, n, p.Role, p.Person, p.Name, p.Email, p.Phone, p.Organisation, p.Ground)
	if err != nil {
		return fmt.Errorf("storing a party: %w", err)
	}
	return nil
}

func parties(ctx context.Context, q store.Queryer, caseID string) ([]Party, error) {
	return store.All(ctx, q, func(r *store.Rows) (Party, error) {
		var p Party
		return p, r.Scan(&p.Role, &p.Person, &p.Name, &p.Email, &p.Phone, &p.Organisation, &p.Ground)
	}, `SELECT role, person, name, email, phone, organisation, ground FROM case_party WHERE case_id = $1 ORDER BY n`, caseID)
}

func insertEvent(ctx context.Context, tx *store.Tx, caseID string, e Event) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_event (case_id, n, at, kind, internal, actor, mandate, body, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		caseID, e.N, store.Micros(e.At), string(e.Kind), store.Bool(e.Internal), e.Actor, e.Mandate, e.Body, encode(e.Data))
	if err != nil {
		return fmt.Errorf("storing an event: %w", err)
	}
	return nil
}

func events(ctx context.Context, q store.Queryer, caseID string, withInternal bool) ([]Event, error) {
	return store.All(ctx, q, func(r *store.Rows) (Event, error) {
		var e Event
		var at int64
		var kind, data string
		if err := r.Scan(&e.N, &at, &kind, &e.Internal, &e.Actor, &e.Mandate, &e.Body, &data); err != nil {
			return e, err
		}
		e.At, e.Kind = store.Time(at), EventKind(kind)
		return e, json.Unmarshal([]byte(data), &e.Data)
	}, `SELECT n, at, kind, internal, actor, mandate, body, data FROM case_event WHERE case_id = $1 AND internal <= $2 ORDER BY n`, caseID, store.Bool(withInternal))
}

func insertDocument(ctx context.Context, tx *store.Tx, caseID string, d Document) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_document (case_id, n, document, name, mime, size, direction, internal, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		caseID, d.N, d.Document, d.Name, d.Mime, d.Size, string(d.Direction), store.Bool(d.Internal), d.Event)
	if err != nil {
		return fmt.Errorf("storing a document of the case: %w", err)
	}
	return nil
}

func documentsOf(ctx context.Context, q store.Queryer, caseID string, withInternal bool) ([]Document, error) {
	return store.All(ctx, q, func(r *store.Rows) (Document, error) {
		var d Document
		var direction string
		err := r.Scan(&d.N, &d.Document, &d.Name, &d.Mime, &d.Size, &direction, &d.Internal, &d.Event, &d.Secrecy)
		d.Direction = Direction(direction)
		return d, err
	}, `SELECT n, document, name, mime, size, direction, internal, event, secrecy FROM case_document WHERE case_id = $1 AND internal <= $2 ORDER BY n`, caseID, store.Bool(withInternal))
}

func decisionsOf(ctx context.Context, q store.Queryer, caseID string) ([]Decision, error) {
	return store.All(ctx, q, func(r *store.Rows) (Decision, error) {
		var d Decision
		var at int64
		var outcome string
		err := r.Scan(&d.ID, &d.Key, &outcome, &d.Result, &d.Text, &d.Delegation, &d.DecidedBy, &d.Mandate, &at)
		d.Outcome, d.At = casetype.Outcome(outcome), store.Time(at)
		return d, err
	}, `SELECT id, key, outcome, result, text, delegation, decided_by, mandate, at FROM case_decision WHERE case_id = $1 ORDER BY at`, caseID)
}

// newPlace gives an answered place its plane coordinates.
func newPlace(p casetype.Place) Place {
	out := Place{Address: p.Words(), HasPoint: p.HasPoint, Lat: p.Lat, Lon: p.Lon}
	if p.HasPoint {
		out.North, out.East = geo.ToSWEREF99TM(p.Lat, p.Lon)
	}
	return out
}

func (p Place) columns() (lat, lon, north, east sql.NullFloat64) {
	f := func(v float64) sql.NullFloat64 { return sql.NullFloat64{Float64: v, Valid: p.HasPoint} }
	return f(p.Lat), f(p.Lon), f(p.North), f(p.East)
}
