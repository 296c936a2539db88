package search

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/store"
)

const (
	// window and wide are the sizes of the ranges of ord that have a term each on PostgreSQL.
	window = 1 << 10
	wide   = 1 << 15
	// dense is how many answers in a wide window make it worth to go on window by window, not through everything at once.
	dense = 500
)

// windows is the part of the index that is looked through at a time. SQLite's index gives the newest first by itself, so its only
// window is everything. PostgreSQL's gives all answers at once, and for a common word that is a third of the table. Each document
// therefore has a term for the ranges its ord is in, and the newest are asked first: two small ranges, then two wide ones, then
// everything, or, where answers are dense, further wide ones.
type windows struct {
	size    int64 // of the ranges: window, wide, or 0 for everything
	newest  int64 // the newest of the two ranges
	floor   int64 // the lowest ord in them
	answers int   // seen in it so far
}

// windows gives the first window below before, and before itself brought down to what exists.
func (s *searching) windows(ctx context.Context, before int64) (*windows, int64, error) {
	if s.x.engine == store.SQLite {
		return &windows{}, before, nil
	}
	if before == top {
		if err := s.q.QueryRow(ctx, `SELECT coalesce(max(ord), 0) + 1 FROM search_document`).Scan(&before); err != nil {
			return nil, 0, err
		}
	}
	w := &windows{}
	w.set(window, before)
	return w, before, nil
}

func (w *windows) set(size, before int64) {
	newest := max(before-1, 0) / size
	*w = windows{size: size, newest: newest, floor: max(newest-1, 0) * size}
	if w.floor == 0 {
		*w = windows{} // the rest is everything
	}
}

// next goes on below the window. It gives false if there is nothing below.
func (w *windows) next() bool {
	switch below := w.floor; {
	case w.size == 0:
		return false
	case w.size == window, w.answers >= dense:
		w.set(wide, below)
	default:
		*w = windows{}
	}
	return true
}

// match narrows a question to the window.
func (w *windows) match(question string) string {
	if w.size == 0 {
		return question
	}
	mark := "a"
	if w.size == wide {
		mark = "b"
	}
	return fmt.Sprintf("(%s) & ('§%s%d' | '§%s%d')", question, mark, w.newest, mark, w.newest-1)
}
