package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// Request is a question as a page asks it.
type Request struct {
	// Text is what the person typed: words that must all be there, "words in a row", -without, begin*. It is never wrong; without a
	// word to look for it finds nothing.
	Text string
	// Kinds, Units and Party narrow the question inside the index: to documents of one of the kinds, and to those of one of the units or of
	// the party. Empty means all. They make a question fast, they do not protect.
	Kinds []string
	Units []string
	Party string
	// Where is the access condition: SQL over the columns of search_document (and of search_party, through search_document.ord), with
	// $1, $2, … for Args. It decides what may be seen. "" lets everything through, so a page always sets it.
	Where string
	Args  []any
	// Limit is the number of hits wanted; 0 means 20, the most is 100.
	Limit int
	// After continues after Result.Next. Anything else than such a value begins from the start.
	After string
}

// Hit is a document found, with what to show.
type Hit struct {
	ID, Kind  string
	Title     []Span
	Snippet   []Span
	UpdatedAt time.Time
}

// Result is a page of hits: those whose title answers first, newest first.
type Result struct {
	Hits []Hit
	// Next continues; "" if there is nothing more. It may be set although Hits is shorter than the limit, or empty: so many documents
	// answered that may not be seen that the search stopped to stay quick.
	Next string
}

const (
	standardLimit = 20
	maxLimit      = 100
	// maxExamined bounds how many documents one search looks up to see whether they may be seen.
	maxExamined = 3_000
	// firstBatch and lastBatch are how many documents are looked up at a time.
	firstBatch = 64
	lastBatch  = 2048
)

// place is where a search stands: everything with a higher tier, or ord >= before in this one, is done.
type place struct {
	tier   tier
	before int64
}

func (p place) String() string { return fmt.Sprintf("%d.%s", p.tier, strconv.FormatInt(p.before, 36)) }

const top = int64(1) << 62

func parsePlace(s string) place {
	start := place{before: top}
	t, rest, ok := strings.Cut(s, ".")
	n, err := strconv.Atoi(t)
	before, err2 := strconv.ParseInt(rest, 36, 64)
	if !ok || err != nil || err2 != nil || n < 0 || n >= int(tiers) || before < 0 || before > top {
		return start
	}
	return place{tier: tier(n), before: before}
}

// found is a document that answers and may be seen.
type found struct {
	ord     int64
	hit     Hit
	updated int64
}

// Find answers a question on q, which may be a snapshot.
func (x *Index) Find(ctx context.Context, q store.Queryer, r Request) (Result, error) {
	limit := min(r.Limit, maxLimit)
	if limit <= 0 {
		limit = standardLimit
	}
	asked := x.analyse.parse(r.Text)
	if len(asked.all) == 0 {
		return Result{}, nil
	}
	s := &searching{x: x, q: q, r: r, asked: asked, limit: limit}
	list, next, err := s.run(ctx, parsePlace(r.After))
	if err != nil {
		return Result{}, fmt.Errorf("searching: %w", err)
	}
	result := Result{}
	if next != nil {
		result.Next = next.String()
	}
	result.Hits, err = x.show(ctx, q, asked, list)
	if err != nil {
		return Result{}, fmt.Errorf("showing what was found: %w", err)
	}
	return result, nil
}

// searching is one search under way.
type searching struct {
	x        *Index
	q        store.Queryer
	r        Request
	asked    ask
	limit    int
	examined int
}

// run collects limit hits and one more, which tells whether there is a next page.
func (s *searching) run(ctx context.Context, at place) ([]found, *place, error) {
	var hits []found
	at.tier = max(at.tier, s.asked.first())
	for ; at.tier < tiers; at = (place{tier: at.tier + 1, before: top}) {
		match := dialectOf(s.x.engine).match(s.asked, at.tier, s.r.within())
		w, before, err := s.windows(ctx, at.before)
		if err != nil {
			return nil, nil, err
		}
		at.before = before
		for n := firstBatch; ; n = min(4*n, lastBatch) {
			got, err := s.look(ctx, w.match(match), w.floor, at.before, n, s.limit+1)
			if err != nil {
				return nil, nil, err
			}
			for _, f := range got.hits {
				if len(hits) == s.limit {
					return hits, &at, nil
				}
				hits = append(hits, f)
				at.before = f.ord
			}
			s.examined += got.count
			w.answers += got.count
			at.before = got.floor
			if got.count < n { // nothing more in this window
				at.before = w.floor
				if !w.next() {
					break
				}
			}
			if s.examined >= maxExamined {
				return hits, &at, nil
			}
		}
	}
	return hits, nil, nil
}

// batch is what a look at the index gave.
type batch struct {
	hits  []found // at most as many as were wanted
	count int     // documents that answer, seen or not
	floor int64   // the lowest ord of them
}

// look takes the newest n documents that answer, below before and from floor on, and gives those of them that may be seen.
func (s *searching) look(ctx context.Context, match string, floor, before int64, n, wanted int) (batch, error) {
	var newest string
	if s.x.engine == store.Postgres {
		// + 0 keeps the planner from walking the table newest first in the hope of meeting an answer soon.
		newest = `SELECT ord AS candidate FROM search_text WHERE words @@ CAST($%d AS tsquery) AND ord + 0 < $%d AND ord + 0 >= $%d ORDER BY ord + 0 DESC LIMIT %d`
	} else {
		newest = `SELECT rowid AS candidate FROM search_index WHERE search_index MATCH $%d AND rowid < $%d AND rowid >= $%d ORDER BY rowid DESC LIMIT %d`
	}
	k := len(s.r.Args)
	where := s.r.Where
	if where == "" {
		where = "1 = 1"
	}
	//nolint:gosec // the condition is kernel/access's, with its values as arguments
	query := `WITH newest AS MATERIALIZED (` + fmt.Sprintf(newest, k+1, k+2, k+3, n) + `)
		SELECT candidate, id, kind, updated_at FROM (SELECT newest.candidate, search_document.id, search_document.kind, search_document.updated_at
			FROM newest JOIN search_document ON search_document.ord = newest.candidate WHERE (` + where + `)
			ORDER BY newest.candidate DESC LIMIT ` + fmt.Sprint(wanted) + `) hits
		UNION ALL SELECT coalesce(min(candidate), 0), '', '', count(*) FROM newest`
	args := append(append(make([]any, 0, k+3), s.r.Args...), match, before, floor)
	list, err := store.All(ctx, s.q, func(rows *store.Rows) (found, error) {
		var f found
		err := rows.Scan(&f.ord, &f.hit.ID, &f.hit.Kind, &f.updated)
		f.hit.UpdatedAt = store.Time(f.updated)
		return f, err
	}, query, args...)
	if err != nil {
		return batch{}, err
	}
	last := slices.IndexFunc(list, func(f found) bool { return f.hit.ID == "" })
	out := batch{hits: slices.Delete(slices.Clone(list), last, last+1), count: int(list[last].updated), floor: list[last].ord}
	slices.SortFunc(out.hits, func(a, b found) int { return cmp.Compare(b.ord, a.ord) })
	return out, nil
}
