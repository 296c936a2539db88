package search

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/kernel/store"
)

// Span is a piece of text, marked if it is what was looked for. Pages make markup of it.
type Span struct {
	Text string
	Mark bool
}

const (
	// snippetWords is the length of a snippet.
	snippetWords = 30
	// snippetLead is how many words come before the first that was looked for.
	snippetLead = 6
	// snippetSearch bounds how many words of a body are looked through for the best place.
	snippetSearch = 2_000
)

// show fetches the texts of hits and marks in them what was asked for.
func (x *Index) show(ctx context.Context, q store.Queryer, asked ask, list []found) ([]Hit, error) {
	if len(list) == 0 {
		return nil, nil
	}
	places := make([]string, len(list))
	args := make([]any, len(list))
	at := map[int64]*Hit{}
	hits := make([]Hit, len(list))
	for i, f := range list {
		places[i], args[i] = fmt.Sprintf("$%d", i+1), f.ord
		hits[i] = f.hit
		at[f.ord] = &hits[i]
	}
	type text struct {
		ord         int64
		title, body string
	}
	//nolint:gosec // only placeholders are put in
	texts, err := store.All(ctx, q, func(rows *store.Rows) (text, error) {
		var t text
		return t, rows.Scan(&t.ord, &t.title, &t.body)
	}, `SELECT ord, title, body FROM search_text WHERE ord IN (`+strings.Join(places, ", ")+`)`, args...)
	if err != nil {
		return nil, err
	}
	wanted := asked.wanted()
	for _, t := range texts {
		hit := at[t.ord]
		hit.Title = x.mark(wanted, t.title)
		hit.Snippet = x.snippet(wanted, t.body)
	}
	return hits, nil
}

// wanted is what of a text to mark.
type wanted struct {
	words    map[string]bool
	prefixes []string
}

func (q ask) wanted() wanted {
	w := wanted{words: map[string]bool{}}
	for _, c := range q.all {
		for _, word := range c.words {
			for part := range strings.SplitSeq(word, joint) { // a whole number is marked in its parts
				w.words[part] = true
			}
		}
		for _, part := range c.parts {
			w.words[part] = true
		}
		if c.prefix != "" {
			w.prefixes = append(w.prefixes, c.prefix)
		}
	}
	return w
}

func (w wanted) has(t token) bool {
	if w.words[t.word] {
		return true
	}
	for _, p := range t.parts {
		if w.words[p] {
			return true
		}
	}
	for _, p := range w.prefixes {
		if strings.HasPrefix(t.word, p) {
			return true
		}
	}
	return false
}

// mark splits a whole text into spans.
func (x *Index) mark(w wanted, text string) []Span {
	return spans(w, text, x.analyse.tokens(text, 0), 0, len(text))
}

// snippet is the part of a text where most different words that were looked for stand close together.
func (x *Index) snippet(w wanted, text string) []Span {
	list := x.analyse.tokens(text, snippetSearch)
	if len(list) == 0 {
		return nil
	}
	first := bestPlace(w, list)
	begin := max(0, first-snippetLead)
	end := min(len(list), begin+snippetWords)
	from, to := list[begin].start, list[end-1].end
	if begin == 0 {
		from = 0
	}
	if end == len(list) && len(list) < snippetSearch {
		to = len(text)
	}
	out := spans(w, text, list[begin:end], from, to)
	if from > 0 {
		out = append([]Span{{Text: "… "}}, out...)
	}
	if to < len(text) {
		out = append(out, Span{Text: " …"})
	}
	return out
}

// bestPlace is the first marked token of the window with the most different marked words.
func bestPlace(w wanted, list []token) int {
	best, most := 0, 0
	seen := map[string]bool{}
	for i, t := range list {
		if !w.has(t) {
			continue
		}
		clear(seen)
		for _, other := range list[i:min(len(list), i+snippetWords-snippetLead)] {
			if w.has(other) {
				seen[other.word] = true
			}
		}
		if len(seen) > most {
			best, most = i, len(seen)
		}
	}
	return best
}

func spans(w wanted, text string, list []token, from, to int) []Span {
	var out []Span
	add := func(s string, mark bool) {
		if s == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Mark == mark {
			out[n-1].Text += s
			return
		}
		out = append(out, Span{Text: s, Mark: mark})
	}
	at := from
	for _, t := range list {
		if w.has(t) {
			add(text[at:t.start], false)
			add(text[t.start:t.end], true)
			at = t.end
		}
	}
	add(text[at:to], false)
	return out
}
