package lawbook

import (
	"context"
	"fmt"
	"strings"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// prepared is a statute ready to be written.
type prepared struct {
	st      *statute.Statute
	hash    string
	rows    []partRow // nil if the book holds the same
	size    int
	version int
	known   bool // there is a text of it in the book
}

// partRow is a part of a statute as it is stored.
type partRow struct {
	statute.Part
	page, heading, words, hash string
}

// Pages of a statute that are no chapters.
const (
	noChapter = "-"
	more      = "mer" // transitional provisions and appendices
)

// lineBreak stands for a line break within a stycke.
const lineBreak = "\u2028"

// ofStatute marks the entry of the index that is the statute itself.
var ofStatute = search.Marked("statute")

// prepare does, outside of any transaction, what an import has to do with a statute.
func (s *Service) prepare(st *statute.Statute, held map[string]standing) *prepared {
	p := &prepared{st: st, hash: st.Hash(), size: 1000}
	if old, ok := held[st.SFS]; ok && old.hash == p.hash {
		return p
	}
	title := st.Title
	p.rows = append(p.rows, partRow{Part: statute.Part{Kind: kindStatute, Line: title}, words: strings.Join(s.words.Terms(title+" "+st.SFS, "", ofStatute), " ")})
	chapters := false
	for _, part := range st.Parts {
		chapters = chapters || part.Kind == statute.Chapter
	}
	heading := ""
	for _, part := range st.Parts {
		row := partRow{Part: part, page: page(part, chapters), heading: heading, hash: part.Hash()}
		switch part.Kind {
		case statute.Division, statute.Chapter:
			heading = ""
		case statute.Heading:
			heading = part.Line
		}
		if len(part.Stycken) > 0 {
			row.words = strings.Join(s.words.Terms(row.heading+" "+title, part.Label()+" "+part.Text()), " ")
			p.size += len(row.words) + len(part.Text())
		}
		p.rows = append(p.rows, row)
	}
	return p
}

// kindStatute is the kind of the row that is the statute itself.
const kindStatute statute.Kind = "statute"

// page is where on the site a part stands.
func page(p statute.Part, chapters bool) string {
	switch {
	case p.Kind == statute.Transition || p.Kind == statute.Appendix:
		return more
	case p.Kind == statute.Division, p.Kind == statute.Heading && chapters && p.Chapter == "" && len(p.Stycken) == 0:
		return ""
	case p.Chapter == "":
		return noChapter
	}
	return p.Chapter
}

// write puts statutes in the place of what the book holds of them.
func (s *Service) write(ctx context.Context, tx *store.Tx, batch []*prepared) error {
	rows := 0
	for _, p := range batch {
		rows += len(p.rows)
	}
	var last int64
	if err := tx.QueryRow(ctx, `UPDATE law_book SET last_ord = last_ord + $1 WHERE id = 1 RETURNING last_ord`, rows).Scan(&last); err != nil {
		return err
	}
	ord, now := last-int64(rows), store.Micros(s.Clock.Now())
	parts := &inserter{tx: tx, head: `INSERT INTO law_part (ord, sfs, n, kind, page, chapter, number, line, heading, body, since, until, cond, anchor, hash) VALUES `, columns: 15}
	terms := &inserter{tx: tx, head: `INSERT INTO law_index (rowid, words) VALUES `, columns: 2}
	if s.DB.Engine() == store.Postgres {
		terms.head, terms.form = `INSERT INTO law_index (ord, words) VALUES `, "($%d, array_to_tsvector(string_to_array($%d, ' ')))"
	}
	for _, p := range batch {
		if err := s.writeStatute(ctx, tx, p, now); err != nil {
			return fmt.Errorf("writing %s: %w", p.st.SFS, err)
		}
		for n, r := range p.rows {
			ord++
			body := make([]string, len(r.Stycken))
			for i, t := range r.Stycken {
				body[i] = strings.ReplaceAll(t, "\n", lineBreak)
			}
			if err := parts.add(ctx, ord, p.st.SFS, n, string(r.Kind), r.page, r.Chapter, r.Number, r.Line, r.heading, strings.Join(body, "\n"), day(r.From), day(r.Until), r.When, r.Anchor, r.hash); err != nil {
				return fmt.Errorf("writing %s: %w", p.st.SFS, err)
			}
			if r.words == "" {
				continue
			}
			if err := terms.add(ctx, ord, r.words); err != nil {
				return fmt.Errorf("indexing %s: %w", p.st.SFS, err)
			}
		}
	}
	if err := parts.flush(ctx); err != nil {
		return fmt.Errorf("writing statutes: %w", err)
	}
	if err := terms.flush(ctx); err != nil {
		return fmt.Errorf("indexing statutes: %w", err)
	}
	return nil
}

func (s *Service) writeStatute(ctx context.Context, tx *store.Tx, p *prepared, now int64) error {
	st := p.st
	if p.known {
		index := `DELETE FROM law_index WHERE rowid IN (SELECT ord FROM law_part WHERE sfs = $1)`
		if s.DB.Engine() == store.Postgres {
			index = `DELETE FROM law_index WHERE ord IN (SELECT ord FROM law_part WHERE sfs = $1)`
		}
		for _, q := range []string{index, `DELETE FROM law_part WHERE sfs = $1`, `DELETE FROM law_statute WHERE sfs = $1`} {
			if _, err := tx.Exec(ctx, q, st.SFS); err != nil {
				return err
			}
		}
	}
	about := encode(About{Kind: st.Kind, Department: st.Department, Preparatory: st.Preparatory, Issued: st.Issued, InForce: st.InForce, RepealedBy: st.RepealedBy,
		Consolidated: st.Consolidated, Amendments: st.Amendments})
	if _, err := tx.Exec(ctx, `INSERT INTO law_statute (sfs, title, about, published, repealed, form, has_text, sections, hash, version, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		st.SFS, st.Title, about, day(st.Published), day(st.Repealed), string(st.Form), store.Bool(st.HasText()), st.Sections(), p.hash, p.version, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO law_version (sfs, version, hash, published, at) VALUES ($1, $2, $3, $4, $5)`, st.SFS, p.version, p.hash, day(st.Published), now)
	return err
}

func day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// inserter writes many rows with few statements.
type inserter struct {
	tx      *store.Tx
	head    string
	form    string // of a row with %d for the numbers of its arguments; "" for plain values
	columns int
	args    []any
	text    string // of a full statement
}

// perStatement is how many rows a full statement writes.
const perStatement = 50

func (i *inserter) add(ctx context.Context, row ...any) error {
	if i.args = append(i.args, row...); len(i.args) < perStatement*i.columns {
		return nil
	}
	if i.text == "" {
		i.text = i.statement(perStatement)
	}
	_, err := i.tx.Exec(ctx, i.text, i.args...)
	i.args = i.args[:0]
	return err
}

// flush writes the rows that are left one by one, so that there are two statements to prepare and not fifty.
func (i *inserter) flush(ctx context.Context) error {
	one := i.statement(1)
	for ; len(i.args) > 0; i.args = i.args[i.columns:] {
		if _, err := i.tx.Exec(ctx, one, i.args[:i.columns]...); err != nil {
			return err
		}
	}
	return nil
}

func (i *inserter) statement(rows int) string {
	var b strings.Builder
	b.WriteString(i.head)
	form := i.form
	if form == "" {
		form = "(" + strings.TrimSuffix(strings.Repeat("$%d, ", i.columns), ", ") + ")"
	}
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		at := make([]any, i.columns)
		for c := range at {
			at[c] = r*i.columns + c + 1
		}
		fmt.Fprintf(&b, form, at...)
	}
	return b.String()
}
