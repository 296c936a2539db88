package meeting

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Then gives meetings as they were at the end of a day, without those that nobody had planned by then; the list as it is unless the day is past.
func (s *Service) Then(ctx context.Context, list []*Meeting, on calendar.Date) ([]*Meeting, error) {
	if !on.Before(s.today()) || len(list) == 0 {
		return list, nil
	}
	args, marks := []any{store.Micros(on.AddDays(1).Start())}, make([]string, 0, len(list))
	for _, m := range list {
		args = append(args, m.ID)
		marks = append(marks, "$"+strconv.Itoa(len(args)))
	}
	all, err := store.All(ctx, s.db, scan(func(m *Meeting, v int64) { m.Version = v }),
		`SELECT version, data FROM meeting_history WHERE at < $1 AND object IN (`+strings.Join(marks, ", ")+`) ORDER BY object, version`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading how meetings stood: %w", err)
	}
	latest := map[string]*Meeting{}
	for _, m := range all {
		latest[m.ID] = m
	}
	var out []*Meeting
	for _, m := range list {
		if then := latest[m.ID]; then != nil {
			out = append(out, then)
		}
	}
	return out, nil
}
