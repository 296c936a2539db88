package cases

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/store"
)

// nextNumber gives the case the next diarienummer of its series: "KS 2026/00123". Numbers are unique and never used again; a submission
// that fails may leave a gap on PostgreSQL, which the law allows (OSL 5 kap. 2 §: "diarienummer eller annan beteckning"). A number that was
// given under an earlier format of the series is passed over.
func (s *Service) nextNumber(ctx context.Context, tx *store.Tx, c *Case, ct *casetype.CaseType) (string, error) {
	body, named := ct.Registry.Series, ct.Registry.Named
	if ct.Registry.ByBody {
		body, named = c.Body, ""
	}
	series := s.org.Series(c.Member, body, named)
	year := calendar.DateOf(c.ReceivedAt).Year()
	counted := year
	if series.Running {
		counted = 0
	}
	for {
		var n int
		err := tx.QueryRow(ctx, `INSERT INTO register_series (member, series, year, last) VALUES ($1, $2, $3, 1)
			ON CONFLICT (member, series, year) DO UPDATE SET last = register_series.last + 1 RETURNING last`, c.Member, series.Prefix, counted).Scan(&n)
		if err != nil {
			return "", fmt.Errorf("taking a number in series %s %d: %w", series.Prefix, counted, err)
		}
		number := series.Write(year, n)
		var taken int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM cases WHERE number = $1`, number).Scan(&taken); err != nil {
			return "", fmt.Errorf("asking whether %s is free: %w", number, err)
		}
		if taken == 0 {
			return number, nil
		}
	}
}

// handlingNumber is the number of a handling: the case's and its place in it, "KS 2026/00123-4".
func handlingNumber(caseNumber string, n int) string { return fmt.Sprintf("%s-%d", caseNumber, n) }

// screen blots out identity numbers in what goes into the register: personnummer are never shown there.
func screen(text string, at calendar.Date) string {
	spans := civic.Find(text, at)
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	last := 0
	for _, span := range spans {
		b.WriteString(text[last:span.Start])
		b.WriteString("[personnummer]")
		last = span.End
	}
	b.WriteString(text[last:])
	return b.String()
}
