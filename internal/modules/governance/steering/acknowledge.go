package steering

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ToRead gives what applies on a day and somebody has not confirmed to have read. A new version is confirmed anew.
func (s *Service) ToRead(ctx context.Context, person string, on calendar.Date) ([]*Version, error) {
	list, err := store.All(ctx, s.DB, s.scan, selectRow+`WHERE `+applies+` AND v.acknowledge = 1 AND NOT EXISTS (SELECT 1 FROM steering_read r WHERE r.version = v.id AND r.person = $2)`, on.String(), person)
	if err != nil {
		return nil, fmt.Errorf("looking for what somebody has to read: %w", err)
	}
	s.sort(list)
	return list, nil
}

// HasRead gives the versions somebody has confirmed to have read, by ID, with the day.
func (s *Service) HasRead(ctx context.Context, person string) (map[string]calendar.Date, error) {
	type row struct {
		version string
		at      int64
	}
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (row, error) { var x row; return x, r.Scan(&x.version, &x.at) }, `SELECT version, at FROM steering_read WHERE person = $1`, person)
	if err != nil {
		return nil, fmt.Errorf("reading what somebody has read: %w", err)
	}
	out := map[string]calendar.Date{}
	for _, x := range list {
		out[x.version] = calendar.DateOf(store.Time(x.at))
	}
	return out, nil
}

// Acknowledge notes that an employee has read a version: the fact and the time. Once is enough; ErrNotInForce if there is nothing to confirm.
func (s *Service) Acknowledge(ctx context.Context, who access.Actor, id string) error {
	v, err := s.one(ctx, s.DB, selectRow+`WHERE v.id = $1`, id)
	if err != nil {
		return err
	}
	if !v.Acknowledge || !v.InForce(s.today()) {
		return ErrNotInForce
	}
	if done, err := s.HasRead(ctx, who.Person); err != nil || !done[id].IsZero() {
		return err
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO steering_read (version, person, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, who.Person, store.Micros(s.Clock.Now()))
		return journal.Entry{Actor: who.Person, Action: actionAcknowledged, Object: journal.Ref{Kind: kindVersion, ID: id}, Payload: change{Document: v.Document, Version: v.Number}}, err
	})
	if err != nil {
		return fmt.Errorf("noting that a document has been read: %w", err)
	}
	return nil
}

// Reader is an employee, and the day they confirmed that they have read a version; zero if they have not.
type Reader struct {
	bodies.Person
	On calendar.Date
}

// Readers gives the employees who are to confirm a version, and whether they have: all who work on the day in the municipality, its
// companies and federations (S2-M7-1), not those of another municipality. Those who have not come first.
func (s *Service) Readers(ctx context.Context, id string, on calendar.Date) (list []Reader, done int, err error) {
	type row struct {
		person string
		at     int64
	}
	read, err := store.All(ctx, s.DB, func(r *store.Rows) (row, error) { var x row; return x, r.Scan(&x.person, &x.at) }, `SELECT person, at FROM steering_read WHERE version = $1`, id)
	if err != nil {
		return nil, 0, fmt.Errorf("reading who has read a document: %w", err)
	}
	days := map[string]calendar.Date{}
	for _, x := range read {
		if d := calendar.DateOf(store.Time(x.at)); !d.After(on) {
			days[x.person] = d
		}
	}
	d := s.Bodies.Directory()
	for _, p := range d.Officials() {
		if p.Kind != bodies.Staff || p.Closed || !worksHere(d, p.ID, on) {
			continue
		}
		list = append(list, Reader{p, days[p.ID]})
		if !days[p.ID].IsZero() {
			done++
		}
	}
	slices.SortStableFunc(list, func(a, b Reader) int {
		if a.On.IsZero() != b.On.IsZero() {
			if a.On.IsZero() {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, done, nil
}

func worksHere(d *bodies.Directory, person string, on calendar.Date) bool {
	return slices.ContainsFunc(d.MandatesOf(person, on), func(m bodies.Mandate) bool {
		member, ok := d.Member(m.Member)
		return !ok || member.Kind != bodies.Sister
	})
}
