package measure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/kernel/store"
)

// monthly names a row of counts over many years.
type monthly struct{ month, typeID, unit string }

// monthCount is what such a row holds, or by how much it changes.
type monthCount struct {
	first    int
	times    map[string]int // by business days
	channels map[string]int
}

// monthsOf gathers what changes by month.
func monthsOf(in map[arrival]int, end map[ending]int) map[monthly]*monthCount {
	out := map[monthly]*monthCount{}
	at := func(day, typeID, unit string) *monthCount {
		k := monthly{monthOf(day), typeID, unit}
		if out[k] == nil {
			out[k] = &monthCount{times: map[string]int{}, channels: map[string]int{}}
		}
		return out[k]
	}
	for k, n := range in {
		at(k.day, k.typeID, k.unit).channels[k.channel] += n
	}
	for k, n := range end {
		if k.open {
			continue
		}
		t := at(k.day, k.typeID, k.unit)
		if t.times[strconv.Itoa(k.days)] += n; !k.touched {
			t.first += n
		}
	}
	return out
}

// monthOf is the month of an ISO date.
func monthOf(day string) string { return day[:len("2006-01")] }

// add changes the row of a month.
func (t *monthCount) add(ctx context.Context, tx *store.Tx, k monthly) error {
	var first int
	var times, channels string
	err := tx.QueryRow(ctx, `SELECT first, times, channels FROM figure_month WHERE month = $1 AND type_id = $2 AND unit = $3`, k.month, k.typeID, k.unit).Scan(&first, &times, &channels)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, part := range []struct {
		was string
		to  map[string]int
	}{{times, t.times}, {channels, t.channels}} {
		if err := counts(part.was, func(key string, n int) { part.to[key] += n }); err != nil {
			return fmt.Errorf("the counts of %s: %w", k.month, err)
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO figure_month (month, type_id, unit, first, times, channels) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (month, type_id, unit) DO UPDATE SET first = $4, times = $5, channels = $6`, k.month, k.typeID, k.unit, first+t.first, written(t.times), written(t.channels))
	return err
}

// written is counts as a row keeps them.
func written(of map[string]int) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if of[key] == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(key)
		b.WriteByte('=')
		b.WriteString(strconv.Itoa(of[key]))
	}
	return b.String()
}

// counts reads them.
func counts(text string, each func(key string, n int)) error {
	for text != "" {
		var part string
		part, text, _ = strings.Cut(text, " ")
		key, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("%q is no count", part)
		}
		each(key, n)
	}
	return nil
}
