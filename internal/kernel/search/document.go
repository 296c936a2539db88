package search

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dygnet/internal/kernel/store"
)

// Migrations are the index's tables.
//
//go:embed migrations
var Migrations embed.FS

const (
	// maxWords is how many words of a document are found; PostgreSQL keeps no place beyond 16 383 (documentation, 8.11.1).
	maxWords = 12_000
	// maxTitle and maxBody bound, in bytes, what is kept to show and search.
	maxTitle = 2_000
	maxBody  = 100_000
)

// Document is what can be found. Its fields but Title and Body are what access conditions read.
type Document struct {
	// ID is the ID of what is found: a case, a document.
	ID string
	// Kind is "case", "document", …
	Kind string
	// Title counts for more than Body.
	Title string
	// Body is plain text; the first 100 kB are searched.
	Body string
	// Member and Unit own it; "" if none.
	Member string
	Unit   string
	// Secrecy is the legal ground of its secrecy, "" if it is open.
	Secrecy string
	// Parties are the persons whose matter it is.
	Parties []string
	// UpdatedAt is when it last changed, for showing.
	UpdatedAt time.Time
}

// Index makes documents searchable and shows them. It is safe for concurrent use.
type Index struct {
	engine  store.Engine
	analyse *analyser
}

// New makes the index of a database with the given engine.
func New(engine store.Engine) *Index { return &Index{engine: engine, analyse: newAnalyser()} }

// Put makes documents findable in the state given, in tx. A document put again is a new version and comes first among its equals.
func (x *Index) Put(ctx context.Context, tx *store.Tx, docs ...Document) error {
	for _, d := range docs {
		if err := x.put(ctx, tx, d); err != nil {
			return fmt.Errorf("indexing %s %s: %w", d.Kind, d.ID, err)
		}
	}
	return nil
}

// Remove makes documents unfindable and forgets their texts, in tx. Unknown IDs are not an error.
func (x *Index) Remove(ctx context.Context, tx *store.Tx, ids ...string) error {
	for _, id := range ids {
		if err := x.remove(ctx, tx, id); err != nil {
			return fmt.Errorf("removing %s from the search index: %w", id, err)
		}
	}
	return nil
}

func (x *Index) remove(ctx context.Context, tx *store.Tx, id string) error {
	if x.engine == store.SQLite {
		if _, err := tx.Exec(ctx, `DELETE FROM search_index WHERE rowid = (SELECT ord FROM search_document WHERE id = $1)`, id); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM search_document WHERE id = $1`, id)
	return err
}

const insertDocument = `INSERT INTO search_document (id, kind, member, unit, secrecy, updated_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ord`

func (x *Index) put(ctx context.Context, tx *store.Tx, d Document) error {
	if err := x.remove(ctx, tx, d.ID); err != nil {
		return err
	}
	d.Title, d.Body = shorten(d.Title, maxTitle), shorten(d.Body, maxBody)
	terms := x.terms(d)
	row := []any{d.ID, d.Kind, d.Member, d.Unit, d.Secrecy, store.Micros(d.UpdatedAt)}
	var ord int64
	if x.engine == store.Postgres {
		err := tx.QueryRow(ctx, `WITH doc AS (`+insertDocument+`) INSERT INTO search_text (ord, title, body, words)
			SELECT ord, $7, $8, (CAST($9 AS TEXT) || ' §a' || ord / `+fmt.Sprint(window)+` || ' §b' || ord / `+fmt.Sprint(wide)+`)::tsvector FROM doc RETURNING ord`,
			append(row, d.Title, d.Body, terms.vector())...).Scan(&ord)
		if err != nil {
			return err
		}
	} else {
		if err := tx.QueryRow(ctx, insertDocument, row...).Scan(&ord); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO search_text (ord, title, body) VALUES ($1, $2, $3)`, ord, d.Title, d.Body); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO search_index (rowid, title, body, more) VALUES ($1, $2, $3, $4)`, ord,
			strings.Join(terms.title, " "), strings.Join(terms.body, " "), strings.Join(terms.more, " ")); err != nil {
			return err
		}
	}
	for _, p := range d.Parties {
		if _, err := tx.Exec(ctx, `INSERT INTO search_party (ord, party) VALUES ($1, $2) ON CONFLICT DO NOTHING`, ord, p); err != nil {
			return err
		}
	}
	return nil
}

// shorten cuts a text at a rune, and takes out what neither engine can store.
func shorten(s string, limit int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", " "), "\uFFFD")
	if len(s) <= limit {
		return s
	}
	for !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// Marks that no word of a text begins with.
const (
	titleMark = "¤" // a word of the title
	scopeMark = "§" // kind, unit, party
)

// terms are what the index holds of a document. more has no order: parts of compounds, whole numbers, marked title words, scopes.
type terms struct {
	title, body, more []string
}

func (x *Index) terms(d Document) terms {
	var t terms
	title := x.analyse.tokens(d.Title, maxWords)
	for _, w := range title {
		t.title = append(t.title, w.word)
	}
	t.more = extras(d.Title, title)
	for _, w := range append(slices.Clone(t.title), t.more...) {
		t.more = append(t.more, titleMark+w)
	}
	body := x.analyse.tokens(d.Body, maxWords-len(title)+1)
	for _, w := range body {
		t.body = append(t.body, w.word)
	}
	t.more = append(t.more, extras(d.Body, body)...)
	t.more = append(t.more, scope("k", d.Kind), scope("u", d.Unit))
	for _, p := range d.Parties {
		t.more = append(t.more, scope("p", p))
	}
	slices.Sort(t.more)
	t.more = slices.Compact(t.more)
	return t
}

// scope is the term of a kind, unit or party. Bytes that a term cannot hold are written out, so that no two values meet in one.
func scope(of, value string) string {
	var b strings.Builder
	b.WriteString(scopeMark + of)
	for i := range len(value) {
		if c := value[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%s%02x", joint, c)
		}
	}
	return b.String()
}

// vector is the text form of a tsvector. Words have places, for phrases; the rest has none. No term needs quoting: they hold letters,
// digits and our marks only.
func (t terms) vector() string {
	var b strings.Builder
	place := 0
	for _, words := range [][]string{t.title, t.body} {
		for _, w := range words {
			place++
			fmt.Fprintf(&b, "%s:%d ", w, place)
		}
		place++ // so that no phrase reaches from the title into the body
	}
	b.WriteString(strings.Join(t.more, " "))
	return b.String()
}
