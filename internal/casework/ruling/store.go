package ruling

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Migrations are the tables of rulings.
//
//go:embed migrations
var Migrations embed.FS

// insert adds a record.
func insert(ctx context.Context, tx *store.Tx, r *Record) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing a ruling: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO ruling (decision, case_id, body, delegation, day, waits, data) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.Decision, r.Case, r.Body, r.Delegation, r.Day.String(), store.Bool(r.waits()), string(raw))
	if err != nil {
		return fmt.Errorf("storing a ruling: %w", err)
	}
	if r.Beslut == "" {
		return nil
	}
	return report(ctx, tx, r.Decision, r.Case, r.Report)
}

// save writes what has become of a record.
func save(ctx context.Context, tx *store.Tx, r *Record) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing a ruling: %w", err)
	}
	err = tx.ExecOne(ctx, `UPDATE ruling SET waits = $2, data = $3 WHERE decision = $1`, r.Decision, store.Bool(r.waits()), string(raw))
	if err != nil {
		return fmt.Errorf("storing what became of a ruling: %w", err)
	}
	return nil
}

// report keeps that a body was told of a decision.
func report(ctx context.Context, tx *store.Tx, decision, caseID string, r Report) error {
	_, err := tx.Exec(ctx, `INSERT INTO ruling_report (decision, case_id, meeting, paragraph, withheld) VALUES ($1, $2, $3, $4, $5)`,
		decision, caseID, r.Meeting.String(), r.Paragraph, store.Bool(r.Not))
	if err != nil {
		return fmt.Errorf("storing the report of a decision: %w", err)
	}
	return nil
}

// waits tells whether the daily round has to look at it.
func (r *Record) waits() bool { return !r.Final.Told && r.Final.Wait != WaitVoid }

// columns are a record with what its body was told and what was announced, of rulings r.
const columns = `r.data, coalesce(p.meeting, ''), coalesce(p.paragraph, ''), coalesce(p.withheld, 0), coalesce(n.first_day, ''), coalesce(n.last_day, ''), coalesce(n.notice, '')`

const tables = ` FROM ruling r LEFT JOIN ruling_report p ON p.decision = r.decision
	LEFT JOIN ruling_notice n ON n.body = r.body AND p.decision IS NOT NULL AND n.meeting = p.meeting AND n.decision = CASE WHEN p.withheld = 1 THEN r.decision ELSE '' END `

func scan(rows *store.Rows) (*Record, error) { return scanWith(rows) }

// scanWith reads a record and what follows it in the row.
func scanWith(rows *store.Rows, more ...any) (*Record, error) {
	var raw, meeting, first, last string
	var told Report
	if err := rows.Scan(append([]any{&raw, &meeting, &told.Paragraph, &told.Not, &first, &last, &told.Notice}, more...)...); err != nil {
		return nil, err
	}
	r := &Record{}
	if err := json.Unmarshal([]byte(raw), r); err != nil {
		return nil, fmt.Errorf("reading a ruling: %w", err)
	}
	for _, d := range []struct {
		text string
		to   *calendar.Date
	}{{meeting, &told.Meeting}, {first, &told.Announced}, {last, &told.Last}} {
		if err := d.to.UnmarshalText([]byte(d.text)); err != nil {
			return nil, fmt.Errorf("reading a ruling: %w", err)
		}
	}
	r.Report = told
	return r, nil
}

// ofCase gives the records of a case, oldest first.
func ofCase(ctx context.Context, q store.Queryer, caseID string) ([]*Record, error) {
	list, err := store.All(ctx, q, scan, `SELECT `+columns+tables+`WHERE r.case_id = $1 ORDER BY r.decision`, caseID)
	if err != nil {
		return nil, fmt.Errorf("reading the rulings of a case: %w", err)
	}
	return list, nil
}

// ofCases gives the records of cases, oldest first.
func ofCases(ctx context.Context, q store.Queryer, caseIDs []string) ([]*Record, error) {
	if len(caseIDs) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(caseIDs)), make([]any, len(caseIDs))
	for i, id := range caseIDs {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	list, err := store.All(ctx, q, scan, `SELECT `+columns+tables+`WHERE r.case_id IN (`+strings.Join(marks, ", ")+`) ORDER BY r.decision`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the rulings of cases: %w", err)
	}
	return list, nil
}

// find gives one record.
func find(ctx context.Context, q store.Queryer, decision string) (*Record, error) {
	if !store.ValidID(decision) {
		return nil, store.ErrNotFound
	}
	list, err := store.All(ctx, q, scan, `SELECT `+columns+tables+`WHERE r.decision = $1`, decision)
	if err != nil {
		return nil, fmt.Errorf("reading a ruling: %w", err)
	}
	if len(list) == 0 {
		return nil, store.ErrNotFound
	}
	return list[0], nil
}

// among finds a record in a list, store.ErrNotFound if it is not there.
func among(list []*Record, decision string) (*Record, error) {
	for _, r := range list {
		if r.Decision == decision {
			return r, nil
		}
	}
	return nil, store.ErrNotFound
}

// finals gives the day each of the decisions of a case is final, zero for those that are not.
func (s *Service) finals(list []*Record, today calendar.Date) func(string) calendar.Date {
	return func(decision string) calendar.Date {
		r, err := among(list, decision)
		if err != nil {
			return calendar.Date{}
		}
		// A dismissal is not dismissed in its turn by one of the same case that waits for it.
		f := FinalOf(s.days, r, today, func(string) calendar.Date { return calendar.Date{} })
		if f.Wait != WaitNothing {
			return calendar.Date{}
		}
		return f.On
	}
}

// finality is where a decision of a list stands today.
func (s *Service) finality(list []*Record, r *Record) Finality {
	if r.Final.Told {
		return r.Final
	}
	return FinalOf(s.days, r, s.today(), s.finals(list, s.today()))
}

// Erase takes away what is kept about a case. Its documents are the case's.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, caseID string) error {
	for _, text := range []string{`DELETE FROM ruling_report WHERE case_id = $1`, `DELETE FROM ruling WHERE case_id = $1`} {
		if _, err := tx.Exec(ctx, text, caseID); err != nil {
			return fmt.Errorf("erasing the rulings of a case: %w", err)
		}
	}
	return nil
}

// isMissing reports whether there is no such thing.
func isMissing(err error) bool { return errors.Is(err, store.ErrNotFound) }
