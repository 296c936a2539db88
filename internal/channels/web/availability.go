package web

import (
	"context"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// percent writes a share of 0 to 1 for people, with so many decimals and never more than it is: 99,98 %.
func percent(l i18n.Lang, share float64, decimals int) string {
	scale := math.Pow10(decimals)
	text := strconv.FormatFloat(math.Floor(share*100*scale+1e-9)/scale, 'f', decimals, 64)
	if l == i18n.SV {
		for i, c := range text {
			if c == '.' {
				text = text[:i] + "," + text[i+1:]
				break
			}
		}
	}
	return text + " %"
}

// measured is how the site has worked when it tried itself, and how soon people answer (S8-24-1).
func (m *Module) measured(ctx context.Context) (ui.Summary, error) {
	l := i18n.From(ctx)
	s := ui.Summary{Title: ui.T(ctx, "public.measure.availability")}
	if m.Measure == nil {
		return s, nil
	}
	a, err := m.Measure.Availability(ctx)
	if err != nil {
		return s, err
	}
	if a.Since.IsZero() {
		s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.measure.worked"), Value: ui.T(ctx, "public.measure.not_yet")})
	} else {
		failed := ui.T(ctx, "public.measure.never")
		if !a.LastFailed.IsZero() {
			failed = l.DateTime(a.LastFailed)
		}
		s.Facts = append(s.Facts,
			ui.Fact{Name: ui.T(ctx, "public.measure.worked"), Values: []string{percent(l.Lang(), a.Share, 2), ui.T(ctx, "public.measure.how", "Tries", l.Number(int64(a.Tries)), "Since", l.DateTime(a.Since))}},
			ui.Fact{Name: ui.T(ctx, "public.measure.fast"), Value: ui.T(ctx, "public.measure.ms", "Median", l.Number(a.Median.Milliseconds()), "Most", l.Number(a.P95.Milliseconds()))},
			ui.Fact{Name: ui.T(ctx, "public.measure.last_failed"), Value: failed})
	}
	s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.measure.people"), Values: []string{ui.T(ctx, "public.measure.people_text"), m.Town.Contact.Hours.In(l.Lang())}})
	return s, nil
}

// assessed is how many of the municipality's processes have been assessed for an e-service (S4-NF-5); nil when it is not told.
func (m *Module) assessed(ctx context.Context) templ.Component {
	if m.Coverage == nil {
		return nil
	}
	covered, total := m.Coverage()
	if total == 0 {
		return nil
	}
	l := i18n.From(ctx)
	return ui.Summary{Title: ui.T(ctx, "public.measure.coverage"), Facts: []ui.Fact{{Name: ui.T(ctx, "public.measure.assessed"),
		Value: ui.T(ctx, "public.measure.assessed_of", "Covered", l.Number(int64(covered)), "Total", l.Number(int64(total)), "Share", percent(l.Lang(), float64(covered)/float64(total), 0))}}}
}
