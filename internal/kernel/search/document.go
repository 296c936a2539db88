package search

import (
	"context"
	"embed"
	"errors"
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
// Many documents in one Put cost much less than one by one.
func (x *Index) Put(ctx context.Context, tx *store.Tx, docs ...Document) error {
	// On SQLite everything else goes before the full-text index: FTS5 writes out what it has gathered whenever a statement on another
	// table may have to be undone, and a segment for each document makes indexing four times slower.
	docs = latest(docs)
	if err := x.Remove(ctx, tx, ids(docs)...); err != nil {
		return err
	}
	entries := make([]entry, len(docs))
	for i, d := range docs {
		d.Title, d.Body = shorten(d.Title, maxTitle), shorten(d.Body, maxBody)
		entries[i].terms = x.terms(d)
		var err error
		if entries[i].ord, err = x.insert(ctx, tx, d, entries[i].terms); err != nil {
			return fmt.Errorf("indexing %s %s: %w", d.Kind, d.ID, err)
		}
	}
	if x.engine == store.Postgres {
		return nil
	}
	for i, e := range entries {
		if _, err := tx.Exec(ctx, `INSERT INTO search_index (rowid, title, body, more) VALUES ($1, $2, $3, $4)`, e.ord,
			strings.Join(e.terms.title, " "), strings.Join(e.terms.body, " "), strings.Join(e.terms.more, " ")); err != nil {
			return fmt.Errorf("indexing %s %s: %w", docs[i].Kind, docs[i].ID, err)
		}
	}
	return nil
}

type entry struct {
	ord   int64
	terms terms
}

// latest keeps the last of the documents with the same ID.
func latest(docs []Document) []Document {
	last := make(map[string]int, len(docs))
	for i, d := range docs {
		last[d.ID] = i
	}
	out := make([]Document, 0, len(last))
	for i, d := range docs {
		if last[d.ID] == i {
			out = append(out, d)
		}
	}
	return out
}

func ids(docs []Document) []string {
	out := make([]string, len(docs))
	for i, d := range docs {
		out[i] = d.ID
	}
	return out
}

// Remove makes documents unfindable and forgets their texts, in tx. Unknown IDs are not an error.
func (x *Index) Remove(ctx context.Context, tx *store.Tx, ids ...string) error {
	var gone []int64
	for _, id := range ids {
		var ord int64
		err := tx.QueryRow(ctx, `SELECT ord FROM search_document WHERE id = $1`, id).Scan(&ord)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM search_document WHERE ord = $1`, ord)
		}
		if err != nil {
			return fmt.Errorf("removing %s from the search index: %w", id, err)
		}
		gone = append(gone, ord)
	}
	if x.engine == store.Postgres {
		return nil
	}
	for _, ord := range gone {
		if _, err := tx.Exec(ctx, `DELETE FROM search_index WHERE rowid = $1`, ord); err != nil {
			return fmt.Errorf("removing a document from the search index: %w", err)
		}
	}
	return nil
}

const insertDocument = `INSERT INTO search_document (id, kind, member, unit, secrecy, updated_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ord`

// insert stores a document outside SQLite's full-text index and gives its place.
func (x *Index) insert(ctx context.Context, tx *store.Tx, d Document, t terms) (ord int64, err error) {
	row := []any{d.ID, d.Kind, d.Member, d.Unit, d.Secrecy, store.Micros(d.UpdatedAt)}
	if x.engine == store.Postgres {
		err = tx.QueryRow(ctx, insertWithWords, append(row, d.Title, d.Body, t.vector())...).Scan(&ord)
	} else if err = tx.QueryRow(ctx, insertDocument, row...).Scan(&ord); err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO search_text (ord, title, body) VALUES ($1, $2, $3)`, ord, d.Title, d.Body)
	}
	if err != nil {
		return 0, err
	}
	for _, p := range d.Parties {
		if _, err := tx.Exec(ctx, `INSERT INTO search_party (ord, party) VALUES ($1, $2) ON CONFLICT DO NOTHING`, ord, p); err != nil {
			return 0, err
		}
	}
	return ord, nil
}

// insertWithWords adds to the words the ranges that the document's place is in.
var insertWithWords = fmt.Sprintf(`WITH doc AS (%s) INSERT INTO search_text (ord, title, body, words)
	SELECT ord, $7, $8, (CAST($9 AS TEXT) || ' §a' || ord / %d || ' §b' || ord / %d)::tsvector FROM doc RETURNING ord`, insertDocument, window, wide)

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

// Purge writes the word index anew, so that it holds no word of what was removed; Remove alone leaves words until the index happens to be
// rewritten. PostgreSQL forgets when its tables are cleared (store.DB.Purge).
func (x *Index) Purge(ctx context.Context, tx *store.Tx) error {
	if x.engine == store.Postgres {
		return nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO search_index(search_index) VALUES('optimize')`); err != nil {
		return fmt.Errorf("clearing the word index: %w", err)
	}
	return nil
}
