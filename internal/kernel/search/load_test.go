package search

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// BenchmarkLoad measures searches at 50 a second on a generated town of $DYGNET_SEARCH_DOCUMENTS documents. It runs only if that is
// set. $DYGNET_SEARCH_KEEP is a folder in which the SQLite file is kept for the next run; $DYGNET_SEARCH_POSTGRES is a database, with a
// search_path of its own, that is kept likewise.
func BenchmarkLoad(b *testing.B) {
	documents, _ := strconv.Atoi(os.Getenv("DYGNET_SEARCH_DOCUMENTS"))
	if documents == 0 {
		b.Skip("DYGNET_SEARCH_DOCUMENTS is not set")
	}
	dir := os.Getenv("DYGNET_SEARCH_KEEP")
	if dir == "" {
		dir = b.TempDir()
	}
	addresses := map[string]func() string{
		"sqlite": func() string { return "sqlite://" + filepath.Join(dir, fmt.Sprintf("search-%d.db", documents)) },
		"postgres": func() string {
			if kept := os.Getenv("DYGNET_SEARCH_POSTGRES"); kept != "" {
				return kept
			}
			return storetest.PostgresURL(b)
		},
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			address := addresses[engine]()
			town := newTown()
			fill(b, address, town, documents)
			db := opened(b, address, false)
			defer func() { _ = db.Close() }()
			for _, kind := range []string{"mixed", "common", "rare", "two common", "number", "phrase", "prefix", "few may be seen"} {
				b.Run(kind, func(b *testing.B) { load(b, db, town, kind) })
			}
		})
	}
}

func opened(b *testing.B, address string, unsynced bool) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{URL: address, Migrations: rooms, Log: slog.New(slog.DiscardHandler), Unsynced: unsynced})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

// town makes texts whose words are as unevenly common as in a language (Zipf).
type town struct {
	words []string
	pick  *rand.Zipf
	rnd   *rand.Rand
}

func newTown() *town {
	rnd := rand.New(rand.NewPCG(1, 2))
	var base []string
	for _, line := range strings.Split(wordList, "\n") {
		if !strings.HasPrefix(line, "#") && !strings.Contains(line, "=") {
			base = append(base, strings.Fields(line)...)
		}
	}
	rnd.Shuffle(len(base), func(i, j int) { base[i], base[j] = base[j], base[i] })
	t := &town{rnd: rnd, words: base[:400:400]}
	for len(t.words) < 40_000 {
		word := base[rnd.IntN(len(base))] + base[rnd.IntN(len(base))]
		if rnd.IntN(3) > 0 { // one word in three is a compound of known words
			word = ""
			for range 2 + rnd.IntN(2) {
				word += []string{"bl", "dr", "f", "k", "m", "sp", "t", "v"}[rnd.IntN(8)] + []string{"a", "e", "i", "o", "u", "y", "å", "ö"}[rnd.IntN(8)] +
					[]string{"ck", "l", "m", "nd", "r", "st", "x", "p"}[rnd.IntN(8)]
			}
		}
		t.words = append(t.words, word)
	}
	t.pick = rand.NewZipf(rnd, 1.1, 20, uint64(len(t.words)-1))
	return t
}

func (t *town) text(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = t.words[t.pick.Uint64()]
	}
	return strings.Join(list, " ")
}

func fill(b *testing.B, address string, t *town, documents int) {
	db := opened(b, address, true)
	defer func() { _ = db.Close() }()
	have := 0
	if err := db.QueryRow(b.Context(), `SELECT count(*) FROM search_document`).Scan(&have); err != nil {
		b.Fatal(err)
	}
	x := New(db.Engine())
	const batch = 1000
	begin := time.Now()
	for at := have; at < documents; at += batch {
		docs := make([]Document, batch)
		for i := range docs {
			n := at + i
			docs[i] = Document{
				ID: store.NewID(), Kind: []string{"case", "case", "document"}[n%3], Title: fmt.Sprintf("%s KS 2026/%05d", t.text(4), n), Body: t.text(60),
				Member: "m1", Unit: fmt.Sprintf("u%d", t.rnd.IntN(40)), Parties: []string{fmt.Sprintf("p%d", t.rnd.IntN(20_000))},
			}
		}
		if err := db.Write(b.Context(), func(ctx context.Context, tx *store.Tx) error { return x.Put(ctx, tx, docs...) }); err != nil {
			b.Fatal(err)
		}
	}
	if have < documents {
		b.Logf("%s: %.0f documents/s indexed", db.Engine(), float64(documents-have)/time.Since(begin).Seconds())
	}
	if db.Engine() == store.Postgres {
		if err := db.Write(b.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `ANALYZE search_document, search_text, search_party`)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func (t *town) request(kind string) Request {
	word := func(from, to int) string { return t.words[from+t.rnd.IntN(to-from)] }
	r := Request{Where: "secrecy = '' AND unit IN ($1, $2, $3, $4, $5, $6, $7, $8)", Args: []any{"u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"}}
	if kind == "mixed" {
		kind = []string{"common", "rare", "rare", "rare and common", "rare and common", "two common", "number", "number", "phrase", "prefix"}[t.rnd.IntN(10)]
	}
	switch kind {
	case "common":
		r.Text = word(0, 20)
	case "rare":
		r.Text = word(400, len(t.words))
	case "rare and common":
		r.Text = word(0, 100) + " " + word(400, 20_000)
	case "two common":
		r.Text = word(0, 100) + " " + word(0, 400)
	case "number":
		r.Text = fmt.Sprintf("KS 2026/%05d", t.rnd.IntN(200_000))
	case "phrase":
		r.Text = `"` + word(0, 100) + " " + word(0, 400) + `"`
	case "prefix":
		runes := []rune(word(0, 5000))
		r.Text = string(runes[:min(len(runes), 5)]) + "*"
	case "few may be seen":
		r.Text = word(0, 20)
		r.Where, r.Args = "EXISTS (SELECT 1 FROM search_party p WHERE p.ord = search_document.ord AND p.party = $1)", []any{"p7"}
	}
	return r
}

// load asks 50 times a second, on time, whatever the answers take.
func load(b *testing.B, db *store.DB, t *town, kind string) {
	x := New(db.Engine())
	var mu sync.Mutex
	var took []time.Duration
	var texts []string
	var wg sync.WaitGroup
	hits := 0
	ask := func(r Request, at time.Time) {
		result, err := x.Find(b.Context(), db, r)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			b.Error(err)
		}
		hits += len(result.Hits)
		took = append(took, time.Since(at))
		texts = append(texts, fmt.Sprintf("%8s %s", time.Since(at).Round(100*time.Microsecond), r.Text))
	}
	for b.Loop() {
		took, texts, hits = nil, nil, 0
		tick := time.NewTicker(20 * time.Millisecond)
		for range 500 {
			at := <-tick.C
			r := t.request(kind)
			wg.Go(func() { ask(r, at) })
		}
		wg.Wait()
		tick.Stop()
	}
	slices.Sort(took)
	if os.Getenv("DYGNET_SEARCH_SLOW") != "" {
		slices.Sort(texts)
		b.Log(strings.Join(texts[len(texts)-8:], "\n"))
	}
	ms := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(ms(1), "max-ms")
	b.ReportMetric(float64(hits)/float64(len(took)), "hits")
}
