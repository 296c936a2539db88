package search

import (
	"slices"
	"strings"

	"dygnet/internal/kernel/store"
)

// Words is the analyser for a room that keeps an index of its own, of text that everybody may read. Such an index holds the different
// terms of each text, in any order, separated by blanks: on SQLite in the one column of an FTS5 table made with tokenize='ascii' and
// detail='none', on PostgreSQL in a tsvector. It is several times smaller and faster to build than the index of documents; words in a
// row are looked for as words, and Question.Fits tells whether they stand in a row. It is safe for concurrent use.
type Words struct {
	d       dialect
	analyse *analyser
}

// NewWords makes an analyser for a database with the given engine.
func NewWords(engine store.Engine) *Words {
	d := dialectOf(engine)
	d.phrase = func(words []string) string { return "(" + d.every(words, "") + ")" }
	return &Words{d: d, analyse: newAnalyser()}
}

// Marked is the term that tells a kind of text apart from the others, see Question.Match. The kind is of a to z.
func Marked(kind string) string { return scope("k", kind) }

// Terms are the different terms of a text with a title, but for the commonest words.
func (w *Words) Terms(title, body string, marks ...string) []string {
	var out []string
	add := func(text string) {
		list := w.analyse.tokens(text, maxWords)
		for _, t := range list {
			if !stops[t.raw] {
				out = append(out, t.word)
			}
		}
		out = append(out, extras(text, list)...)
	}
	add(title)
	for _, t := range slices.Clone(out) {
		out = append(out, titleMark+t)
	}
	add(body)
	out = append(out, marks...)
	slices.Sort(out)
	return slices.Compact(out)
}

// Question is what somebody typed, as it was understood.
type Question struct {
	w   *Words
	ask ask
}

// Ask understands what somebody typed: words that must all be there, "words in a row", -without, begin*. It is never wrong.
func (w *Words) Ask(text string) Question { return Question{w, w.analyse.parse(text)} }

// Empty tells whether nothing is asked for.
func (q Question) Empty() bool { return len(q.ask.all) == 0 }

// Match writes the question for the index: that the title answers, or that the whole does; for texts with one mark and without another,
// "" for any.
func (q Question) Match(title bool, with, without string) string {
	mark := ""
	if title {
		mark = titleMark
	}
	d := q.w.d
	parts := make([]string, len(q.ask.all))
	for i, c := range q.ask.all {
		if len(c.words) > 1 {
			parts[i] = "(" + d.every(c.words, mark) + ")"
			continue
		}
		parts[i] = d.clause(c, mark)
	}
	out := strings.Join(parts, d.and)
	if with != "" {
		out += d.and + d.word(with)
	}
	for _, c := range q.ask.not {
		out = "(" + out + ")" + d.not + "(" + d.clause(c, "") + ")"
	}
	if without != "" {
		out = "(" + out + ")" + d.not + "(" + d.word(without) + ")"
	}
	return out
}

// Fits tells whether the words that were asked for in a row stand so in one of the texts. An index of terms cannot tell.
func (q Question) Fits(texts ...string) bool {
	for _, c := range q.ask.all {
		if len(c.words) > 1 && !slices.ContainsFunc(texts, func(t string) bool { return q.w.inRow(c.words, t) }) {
			return false
		}
	}
	return true
}

func (w *Words) inRow(words []string, text string) bool {
	list := w.analyse.tokens(text, 0)
	for i := range list {
		k := 0
		for k < len(words) && i+k < len(list) && list[i+k].word == words[k] {
			k++
		}
		if k == len(words) {
			return true
		}
	}
	return false
}

// Snippet is the part of a text where most of what was asked for stands close together, marked.
func (q Question) Snippet(text string) []Span {
	return (&Index{analyse: q.w.analyse}).snippet(q.ask.wanted(), text)
}
