package lawbook

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// Hit is a § or another piece of a statute that answers a question, or the statute itself.
type Hit struct {
	SFS     string
	Title   string // of the statute
	Part    statute.Part
	Page    string
	Heading string
	Snippet []search.Span
}

// Result is a page of hits: statutes by their titles first, then §§ whose rubrik or statute answers, then the others; newest first.
type Result struct {
	Hits []Hit
	Next string // continues; "" if there is nothing more
}

const (
	perPage = 20
	// maxLooked bounds how many answers one search looks at for words in a row.
	maxLooked = 500
)

// tiers are the ranks of a search.
func tiers(q search.Question) [3]string {
	titles := q.Match(true, "", "")
	return [3]string{q.Match(true, ofStatute, ""), q.Match(true, "", ofStatute), "(" + q.Match(false, "", ofStatute) + ")%NOT%(" + titles + ")"}
}

// Search answers what somebody typed. Everybody may ask.
func (s *Service) Search(ctx context.Context, text, after string) (Result, error) {
	q := s.words.Ask(text)
	if q.Empty() {
		return Result{}, nil
	}
	b, err := s.books(ctx)
	if err != nil {
		return Result{}, err
	}
	not := " NOT "
	if s.DB.Engine() == store.Postgres {
		not = " & !"
	}
	tier, before := place(after)
	var out Result
	looked := 0
	for ranks := tiers(q); tier < len(ranks); tier, before = tier+1, top {
		match := strings.Replace(ranks[tier], "%NOT%", not, 1)
		for {
			list, err := s.look(ctx, match, before)
			if err != nil {
				return Result{}, fmt.Errorf("searching the law: %w", err)
			}
			for _, f := range list {
				if len(out.Hits) == perPage {
					out.Next = fmt.Sprintf("%d.%d", tier, before)
					return out, nil
				}
				before = f.ord
				text := f.Part.Text()
				title := b.statutes[f.SFS].Title
				if !q.Fits(title, f.Heading, text) {
					continue
				}
				f.Title = title
				if tier > 0 {
					f.Snippet = q.Snippet(text)
				}
				out.Hits = append(out.Hits, f.Hit)
			}
			if looked += len(list); len(list) <= perPage {
				break
			}
			if looked > maxLooked {
				out.Next = fmt.Sprintf("%d.%d", tier, before)
				return out, nil
			}
		}
	}
	return out, nil
}

const top = int64(1) << 62

func place(after string) (tier int, before int64) {
	t, rest, _ := strings.Cut(after, ".")
	n, err := strconv.Atoi(t)
	ord, err2 := strconv.ParseInt(rest, 10, 64)
	if err != nil || err2 != nil || n < 0 || n > 2 || ord < 0 {
		return 0, top
	}
	return n, ord
}

type found struct {
	ord int64
	Hit
}

// look takes the newest answers below before: one more than a page shows.
func (s *Service) look(ctx context.Context, match string, before int64) ([]found, error) {
	newest := `SELECT rowid AS at FROM law_index WHERE law_index MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3`
	if s.DB.Engine() == store.Postgres {
		// + 0 keeps the planner from walking the table newest first in the hope of meeting an answer soon.
		newest = `SELECT ord AS at FROM law_index WHERE words @@ CAST($1 AS tsquery) AND ord + 0 < $2 ORDER BY ord + 0 DESC LIMIT $3`
	}
	return store.All(ctx, s.DB, func(rows *store.Rows) (found, error) {
		var f found
		var body string
		err := rows.Scan(&f.ord, &f.SFS, &f.Part.Kind, &f.Part.Chapter, &f.Part.Number, &f.Part.Line, &body, &f.Part.Anchor, &f.Page, &f.Heading)
		f.Part.Stycken = strings.Split(strings.ReplaceAll(body, lineBreak, " "), "\n")
		return f, err
	}, `WITH newest AS (`+newest+`) SELECT ord, sfs, kind, chapter, number, line, body, anchor, page, heading FROM newest JOIN law_part ON law_part.ord = newest.at ORDER BY ord DESC`,
		match, before, perPage+1)
}
