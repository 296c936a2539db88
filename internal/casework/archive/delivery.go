package archive

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of deliveries.
//
//go:embed migrations
var Migrations embed.FS

// Noted is told in its transaction that the e-archive has confirmed a case; (*retention.Service).Delivered is it.
type Noted func(ctx context.Context, tx *store.Tx, caseID string, day calendar.Date) error

// Deliveries keeps what has been written for the e-archive, and what it has confirmed.
type Deliveries struct {
	*Exporter
	DB        *store.DB
	Log       *journal.Log
	Clock     calendar.Clock
	Confirmed Noted
}

// Delivery is some packages of one body that were written together. Times are UTC.
type Delivery struct {
	ID, Member, Body string
	Cases            int
	MadeAt           time.Time
	Receipt          string // "" until the e-archive has confirmed
	ConfirmedOn      calendar.Date
	ConfirmedBy      string
	ConfirmedAt      time.Time
}

// Package is a case in a delivery.
type Package struct {
	Case, Number string
	Files        int
	Bytes        int64
	SHA256       string
}

// Errors that a page or a command explains.
var (
	// ErrNothing means that there is nothing to deliver.
	ErrNothing = errors.New("there is nothing to deliver")
	// ErrReceipt means that the receipt, or the day it is from, is missing or lies ahead.
	ErrReceipt = errors.New("say what the e-archive calls the receipt, and its day")
	// ErrConfirmed means that the delivery has its receipt already.
	ErrConfirmed = errors.New("the delivery has been confirmed already")
)

// Case is a case to deliver.
type Case struct{ ID, Number, Member, Body string }

func scanCase(r *store.Rows) (Case, error) {
	var c Case
	return c, r.Scan(&c.ID, &c.Number, &c.Member, &c.Body)
}

// Due are the closed cases that are to be preserved and in no delivery yet, by body and number.
func (d *Deliveries) Due(ctx context.Context) ([]Case, error) {
	list, err := store.All(ctx, d.DB, scanCase, `SELECT c.id, c.number, c.member, c.body FROM retention r JOIN cases c ON c.id = r.case_id
		WHERE r.state = 'preserve' AND c.open = 0 AND c.destroyed_at = 0 AND NOT EXISTS (SELECT 1 FROM delivery_item i WHERE i.case_id = c.id) ORDER BY c.member, c.body, c.number`)
	if err != nil {
		return nil, fmt.Errorf("looking for what is to be delivered: %w", err)
	}
	return list, nil
}

// ByNumber is the case with a diarienummer.
func (d *Deliveries) ByNumber(ctx context.Context, number string) (Case, error) {
	list, err := store.All(ctx, d.DB, scanCase, `SELECT id, number, member, body FROM cases WHERE number = $1 AND destroyed_at = 0`, strings.TrimSpace(number))
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Case{}, fmt.Errorf("looking for case %s: %w", number, err)
	}
	return list[0], nil
}

// Deliver writes the packages of some cases into a folder, a file each, and keeps them as one delivery of each body. That a case was taken
// out is journalled (P-S). What it cannot write whole it removes, and then nothing is kept of the body's delivery.
func (d *Deliveries) Deliver(ctx context.Context, list []Case, dir string) ([]Delivery, error) {
	if len(list) == 0 {
		return nil, ErrNothing
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of the packages: %w", err)
	}
	var out []Delivery
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Member == list[0].Member && list[n].Body == list[0].Body {
			n++
		}
		one, err := d.deliver(ctx, list[:n], dir)
		if err != nil {
			return out, err
		}
		out, list = append(out, one), list[n:]
	}
	return out, nil
}

func (d *Deliveries) deliver(ctx context.Context, list []Case, dir string) (Delivery, error) {
	at := d.Clock.Now().UTC().Truncate(time.Second)
	one := Delivery{ID: store.NewID(), Member: list[0].Member, Body: list[0].Body, Cases: len(list), MadeAt: at}
	var made []string
	packages := make([]Package, len(list))
	for i, c := range list {
		file := filepath.Join(dir, Name(c.Number)+".zip")
		written, err := d.writeFile(ctx, file, c.ID, at)
		if err != nil {
			for _, name := range made {
				err = errors.Join(err, os.Remove(name))
			}
			return one, err
		}
		made = append(made, file)
		packages[i] = Package{c.ID, c.Number, written.Files, written.Bytes, written.SHA256}
		if _, err := d.Log.Note(ctx, journal.Entry{Actor: journal.System, Action: "case.exported", Object: journal.Ref{Kind: "case", ID: c.ID}}); err != nil {
			return one, fmt.Errorf("journalling that a case was taken out: %w", err)
		}
	}
	_, err := d.Log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO delivery (id, member, body, cases, made_at, receipt, confirmed_on, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4, $5, '', '', '', 0)`,
			one.ID, one.Member, one.Body, one.Cases, store.Micros(at))
		for i, p := range packages {
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO delivery_item (delivery, n, case_id, number, files, bytes, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)`, one.ID, i+1, p.Case, p.Number, p.Files, p.Bytes, p.SHA256)
			}
		}
		return journal.Entry{Actor: journal.System, Action: "delivery.written", Object: journal.Ref{Kind: "delivery", ID: one.ID}, Payload: packages}, err
	})
	if err != nil {
		return one, fmt.Errorf("keeping a delivery: %w", err)
	}
	return one, nil
}

// writeFile writes a package into a new file, durably, or leaves none.
func (d *Deliveries) writeFile(ctx context.Context, file, caseID string, at time.Time) (Written, error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator's folder
	if err != nil {
		return Written{}, fmt.Errorf("writing a package: %w", err)
	}
	written, err := d.Write(ctx, f, caseID, at)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Written{}, errors.Join(err, os.Remove(file))
	}
	return written, nil
}

// object is a delivery as the rules see it.
func object(id, member, body string) access.Object {
	return access.Object{Kind: "delivery", ID: id, Member: member, Body: body}
}

const deliveryColumns = `id, member, body, cases, made_at, receipt, confirmed_on, confirmed_by, confirmed_at`

func scanDelivery(r interface{ Scan(...any) error }) (Delivery, error) {
	var d Delivery
	var made, confirmed int64
	var on string
	err := r.Scan(&d.ID, &d.Member, &d.Body, &d.Cases, &made, &d.Receipt, &on, &d.ConfirmedBy, &confirmed)
	d.MadeAt, d.ConfirmedAt = store.Time(made), store.Time(confirmed)
	d.ConfirmedOn, _ = calendar.ParseDate(on) // "" is none
	return d, err
}

// Delivery gives a delivery and its packages to one who may see to it.
func (d *Deliveries) Delivery(ctx context.Context, who access.Actor, id string) (Delivery, []Package, error) {
	if !store.ValidID(id) {
		return Delivery{}, nil, store.ErrNotFound
	}
	one, err := scanDelivery(d.DB.QueryRow(ctx, `SELECT `+deliveryColumns+` FROM delivery WHERE id = $1`, id))
	if err == nil {
		err = access.Check(who, access.RetentionManage, object(id, one.Member, one.Body)).Err()
	}
	if err != nil {
		return Delivery{}, nil, fmt.Errorf("reading a delivery: %w", err)
	}
	list, err := store.All(ctx, d.DB, func(r *store.Rows) (Package, error) {
		var p Package
		return p, r.Scan(&p.Case, &p.Number, &p.Files, &p.Bytes, &p.SHA256)
	}, `SELECT case_id, number, files, bytes, sha256 FROM delivery_item WHERE delivery = $1 ORDER BY n`, id)
	return one, list, err
}

// All gives the latest deliveries that the actor may see to, newest first.
func (d *Deliveries) All(ctx context.Context, who access.Actor) ([]Delivery, error) {
	list, err := store.All(ctx, d.DB, func(r *store.Rows) (Delivery, error) { return scanDelivery(r) }, `SELECT `+deliveryColumns+` FROM delivery ORDER BY made_at DESC, id DESC LIMIT 500`)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries: %w", err)
	}
	var out []Delivery
	for _, one := range list {
		if access.Check(who, access.RetentionManage, object(one.ID, one.Member, one.Body)).Allowed {
			out = append(out, one)
		}
	}
	return out, nil
}

// Confirm enters the receipt of the e-archive. From its day the copy here may go as the plan of the body says.
func (d *Deliveries) Confirm(ctx context.Context, who access.Actor, id, receipt string, day calendar.Date) error {
	if receipt = strings.TrimSpace(receipt); receipt == "" || day.IsZero() || day.After(calendar.DateOf(d.Clock.Now())) {
		return ErrReceipt
	}
	_, err := d.Log.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		one, err := scanDelivery(tx.QueryRow(ctx, `SELECT `+deliveryColumns+` FROM delivery WHERE id = $1`, id))
		if err != nil {
			return journal.Entry{}, err
		}
		may := access.Check(who, access.RetentionManage, object(id, one.Member, one.Body))
		if may.Err() != nil {
			return journal.Entry{}, may.Err()
		}
		n, err := tx.Exec(ctx, `UPDATE delivery SET receipt = $2, confirmed_on = $3, confirmed_by = $4, confirmed_at = $5 WHERE id = $1 AND receipt = ''`,
			id, receipt, day.String(), who.Person, store.Micros(d.Clock.Now()))
		if err == nil && n == 0 {
			err = ErrConfirmed
		}
		if err != nil {
			return journal.Entry{}, err
		}
		list, err := store.All(ctx, tx, func(r *store.Rows) (string, error) { var c string; return c, r.Scan(&c) },
			`SELECT i.case_id FROM delivery_item i JOIN cases c ON c.id = i.case_id WHERE i.delivery = $1 AND c.destroyed_at = 0 ORDER BY i.n`, id)
		for _, c := range list {
			if err == nil {
				err = d.Confirmed(ctx, tx, c, day)
			}
		}
		return journal.Entry{Actor: who.Person, Mandate: may.Mandate, Action: "delivery.confirmed", Object: journal.Ref{Kind: "delivery", ID: id},
			Payload: map[string]any{"receipt": receipt, "on": day, "cases": len(list)}}, err
	})
	if err != nil {
		return fmt.Errorf("entering the receipt of the e-archive: %w", err)
	}
	return nil
}
