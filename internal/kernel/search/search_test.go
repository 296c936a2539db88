package search

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{Migrations}

func put(t testing.TB, db *store.DB, x *Index, docs ...Document) {
	t.Helper()
	if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Put(ctx, tx, docs...) }); err != nil {
		t.Fatal(err)
	}
}

// foundIDs gives the IDs of all pages of a request, in order.
func foundIDs(t testing.TB, db *store.DB, x *Index, r Request) []string {
	t.Helper()
	out := []string{}
	for range 1000 {
		result, err := x.Find(t.Context(), db, r)
		if err != nil {
			t.Fatalf("%q: %v", r.Text, err)
		}
		for _, h := range result.Hits {
			out = append(out, h.ID)
		}
		if result.Next == "" {
			return out
		}
		r.After = result.Next
	}
	t.Fatal("the pages never end")
	return nil
}

func doc(id, title, body string) Document {
	return Document{ID: id, Kind: "case", Title: title, Body: body, UpdatedAt: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
}

func TestSwedishWordsAreFoundInTheirInflectionsAndCompounds(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		x := New(db.Engine())
		put(t, db, x,
			doc("1", "Trasig gatubelysning", "Lampan vid förskolan på Åsgatan 3:12 är mörk sedan i tisdags."),
			doc("2", "Grundskolans matsedel", "Barnen vill ha mera vegetarisk mat. Diarienummer KS 2026/00123."),
			doc("3", "Snöröjningen", "Plogningen av gatan tog bort en lykta. The street light is broken."),
			doc("4", "Belysning av gator", "Nya armaturer, se KS 2026/00124 och förskoleavgiften."),
		)
		for _, c := range []struct{ text, want string }{
			{"gatubelysning", "4 1"},
			{"gatubelysningen", "4 1"},
			{"belysning", "4 1"},
			{"gata", "4 1 3"},
			{"lampor", "1"},
			{"skola", "2"},
			{"förskola", "4 1"},
			{"skolan barn", "2"},
			{"2026/00123", "2"},
			{"2026/123", "2"},
			{"KS 2026/00123", "2"},
			{"ks-2026/123", "2"},
			{"SN 2026/00123", ""},
			{"dnr 2026/00123 barn", "2"},
			{"barnen KS 2026/00123", "2"},
			{"ks 2026", "4 2"},
			{"00123", "2"},
			{"3:12", "1"},
			{"street lights", "3"},
			{`"street light"`, "3"},
			{`"light street"`, ""},
			{"belysning -trasig", "4"},
			{"-trasig", ""},
			{"veg*", "2"},
			{"gatub*", "1"},
			{"gatubelysningen*", "1"},
			{"och", "4"},
			{"och belysning", "4 1"},
			{"MÖRK", "1"},
			{"ve*", ""}, // too short to stand for more
			{"", ""},
			{`" * - -- "" (AND) OR NOT: ^{}`, ""},
			{`"trasig`, "1"},
		} {
			if got := strings.Join(foundIDs(t, db, x, Request{Text: c.text}), " "); got != c.want {
				t.Errorf("%q found %q, want %q", c.text, got, c.want)
			}
		}
	})
}

func TestAPhraseDoesNotReachFromTheTitleIntoTheBody(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		x := New(db.Engine())
		put(t, db, x, doc("1", "röd bil", "grön buss"), doc("2", "annat", "bil grön"), doc("3", "bil grön", ""))
		if got := fmt.Sprint(foundIDs(t, db, x, Request{Text: `"bil grön"`})); got != "[3 2]" {
			t.Error(got)
		}
	})
}

func TestADocumentPutAgainIsReplacedAndOneRemovedIsGone(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		x := New(db.Engine())
		first := doc("1", "gammal rubrik", "")
		first.Parties = []string{"p"}
		put(t, db, x, first, doc("2", "rubrik", ""))
		put(t, db, x, doc("1", "gammal", ""), doc("1", "ny rubrik", ""))
		if got := fmt.Sprint(foundIDs(t, db, x, Request{Text: "rubrik"}), foundIDs(t, db, x, Request{Text: "gammal"})); got != "[1 2] []" {
			t.Error(got)
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Remove(ctx, tx, "1", "unknown") })
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(foundIDs(t, db, x, Request{Text: "rubrik"})); got != "[2]" {
			t.Error(got)
		}
		for table, want := range map[string]int{"search_document": 1, "search_text": 1, "search_party": 0} {
			var n int
			if err := db.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
				t.Errorf("%s has %d rows, want %d; %v", table, n, want, err)
			}
		}
	})
}

func TestHitsAreMarkedInTitleAndSnippet(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		x := New(db.Engine())
		put(t, db, x, doc("1", "Gatubelysning & <b>", strings.Repeat("ord och åter ord ", 50)+"här är belysningen trasig "+strings.Repeat("mera ord ", 50)))
		result, err := x.Find(t.Context(), db, Request{Text: "belysning"})
		if err != nil || len(result.Hits) != 1 {
			t.Fatal(result, err)
		}
		hit := result.Hits[0]
		if got := fmt.Sprint(hit.Title); got != "[{Gatubelysning true} { & <b> false}]" {
			t.Error(got)
		}
		text, marked := "", ""
		for _, s := range hit.Snippet {
			text += s.Text
			if s.Mark {
				marked += s.Text + ";"
			}
		}
		if marked != "belysningen;" || !strings.HasPrefix(text, "… ") || !strings.HasSuffix(text, " …") || len(strings.Fields(text)) > snippetWords+2 {
			t.Errorf("marked %q in %q", marked, text)
		}
		if !hit.UpdatedAt.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
			t.Error(hit.UpdatedAt)
		}
	})
}

func TestAForgedCursorBeginsFromTheStart(t *testing.T) {
	for _, s := range []string{"", "x", "9.1", "-1.5", "0.", "0.-5", "0.zzzzzzzzzzzzzzzzzzzz", "1"} {
		if p := parsePlace(s); p != (place{before: top}) {
			t.Errorf("%q -> %v", s, p)
		}
	}
	if p := (place{tier: 1, before: 12345}); parsePlace(p.String()) != p {
		t.Error("a cursor does not come back as it was")
	}
}

// vocabulary is small, so that random documents and questions meet.
var vocabulary = []string{
	"gata", "gatan", "gatubelysning", "belysning", "skola", "förskola", "grundskolor", "avgift", "skolavgiften", "och", "KS", "KS 2026/00123", "2026/00123", "3:12", "trasig", "lampa",
}

func text(rt *rapid.T, most int, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, most).Draw(rt, label), " ")
}

// The law of search: each engine finds exactly the documents that a plain reading of the question finds among those the condition
// lets through, titles first and newest first, in pages of any size.
func TestSearchFindsWhatAPlainReadingFinds(t *testing.T) {
	storetest.Each(t, rooms, findsWhatAPlainReadingFinds)
}

func findsWhatAPlainReadingFinds(t *testing.T, db *store.DB) {
	x := New(db.Engine())
	units := []string{"u1", "u2", "U-3"}
	rapid.Check(t, func(rt *rapid.T) {
		var docs []Document
		for i := range rapid.IntRange(1, 25).Draw(rt, "documents") {
			docs = append(docs, Document{
				ID: fmt.Sprint("d", i), Kind: rapid.SampledFrom([]string{"case", "document"}).Draw(rt, "kind"), Title: text(rt, 3, "title"), Body: text(rt, 8, "body"),
				Unit: rapid.SampledFrom(units).Draw(rt, "unit"), Secrecy: rapid.SampledFrom([]string{"", "", "OSL 26:1"}).Draw(rt, "secrecy"),
				Parties: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"p1", "p2"}), 0, 2, rapid.ID).Draw(rt, "parties"),
			})
		}
		r := Request{Limit: rapid.IntRange(1, 30).Draw(rt, "limit")}
		for range rapid.IntRange(1, 3).Draw(rt, "clauses") {
			w := rapid.SampledFrom(vocabulary).Draw(rt, "word")
			switch rapid.IntRange(0, 5).Draw(rt, "how") {
			case 0:
				w = `"` + w + " " + rapid.SampledFrom(vocabulary).Draw(rt, "second") + `"`
			case 1:
				w = "-" + w
			case 2:
				w = w[:min(len(w), rapid.IntRange(3, 6).Draw(rt, "length"))] + "*"
			}
			r.Text += w + " "
		}
		r.Where, r.Args = "(secrecy = '' AND unit = $1) OR EXISTS (SELECT 1 FROM search_party p WHERE p.ord = search_document.ord AND p.party = $2)", []any{"u1", "p1"}
		seen := func(d Document) bool { return d.Secrecy == "" && d.Unit == "u1" || slices.Contains(d.Parties, "p1") }
		if rapid.Bool().Draw(rt, "all") {
			r.Where, r.Args, seen = "", nil, func(Document) bool { return true }
		}
		if rapid.Bool().Draw(rt, "narrowed") {
			r.Kinds, r.Units, r.Party = []string{"case"}, []string{"u1", "U-3"}, rapid.SampledFrom([]string{"", "p2"}).Draw(rt, "party")
		}
		var titled, others []string
		for _, d := range slices.Backward(docs) {
			if !seen(d) || len(r.Kinds) > 0 && (d.Kind != "case" || d.Unit == "u2" && (r.Party == "" || !slices.Contains(d.Parties, r.Party))) {
				continue
			}
			inTitle, found := x.reads(x.analyse.parse(r.Text), d)
			switch {
			case found && inTitle:
				titled = append(titled, d.ID)
			case found:
				others = append(others, d.ID)
			}
		}
		want := fmt.Sprint(append(append([]string{}, titled...), others...))
		gap := rapid.IntRange(0, 3*wide).Draw(rt, "gap") // so that the documents lie in many windows
		var all []string
		for _, d := range docs {
			all = append(all, d.ID)
		}
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if err := x.Remove(ctx, tx, all...); err != nil {
				return err
			}
			for i, d := range docs {
				if db.Engine() == store.Postgres && i%5 == 4 {
					if _, err := tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence('search_document', 'ord'), (SELECT max(ord) FROM search_document) + $1 + 1)`, gap); err != nil {
						return err
					}
				}
				if err := x.Put(ctx, tx, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(foundIDs(t, db, x, r)); got != want {
			rt.Errorf("%q (%v) found %s, want %s", r.Text, x.analyse.parse(r.Text), got, want)
		}
		if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Remove(ctx, tx, all...) }); err != nil {
			t.Fatal(err)
		}
	})
}

// reads answers a question about one document by looking at its words.
func (x *Index) reads(q ask, d Document) (titled, found bool) {
	if len(q.all) == 0 {
		return false, false
	}
	title, body := x.terms(Document{Title: d.Title}), x.terms(Document{Body: d.Body})
	unordered := func(t terms) []string {
		return append(append(slices.Clone(t.title), t.body...), t.more...)
	}
	holds := func(c clause, words []string) bool {
		has := func(w string) bool { return slices.Contains(words, w) }
		if c.prefix != "" {
			return has(c.words[0]) || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, c.prefix) })
		}
		all := func(list []string) bool { return !slices.ContainsFunc(list, func(w string) bool { return !has(w) }) }
		return all(c.words) || len(c.parts) > 0 && all(c.parts)
	}
	inRow := func(c clause, words []string) bool {
		return strings.Contains(" "+strings.Join(words, " ")+" ", " "+strings.Join(c.words, " ")+" ")
	}
	everywhere := append(unordered(title), unordered(body)...)
	answers := func(c clause) bool {
		if len(c.words) > 1 {
			return inRow(c, title.title) || inRow(c, body.body)
		}
		return holds(c, everywhere)
	}
	titled, found = q.first() == inTitle, true
	for _, c := range q.all {
		found = found && answers(c)
		titled = titled && holds(c, unordered(title))
	}
	for _, c := range q.not {
		found = found && !answers(c)
	}
	return titled, found
}

func FuzzFindNeverFails(f *testing.F) {
	for _, s := range []string{`"gata`, `-"a b" c*`, `a AND (b OR`, `*`, `"" "`, "2026/00123* -x", "\xff\x00'\\:&|!<->", "{title} : x", "é\u0301*", `'a' <2> b`} {
		f.Add(s)
	}
	db := storetest.SQLite(f, rooms...)
	x := New(db.Engine())
	put(f, db, x, doc("1", "Trasig gatubelysning", "Lampan KS 2026/00123"))
	all, indexes := []*store.DB{db}, []*Index{x}
	if hasPostgres() {
		other := storetest.Postgres(f, rooms...)
		x := New(other.Engine())
		put(f, other, x, doc("1", "Trasig gatubelysning", "Lampan KS 2026/00123"))
		all, indexes = append(all, other), append(indexes, x)
	}
	f.Fuzz(func(t *testing.T, text string) {
		counts := make([]int, len(all))
		for i, db := range all {
			result, err := indexes[i].Find(t.Context(), db, Request{Text: text})
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			counts[i] = len(result.Hits)
		}
		if len(counts) == 2 && counts[0] != counts[1] {
			t.Fatalf("%q finds %v", text, counts)
		}
	})
}

func hasPostgres() bool { return os.Getenv("DYGNET_TEST_POSTGRES") != "" }
