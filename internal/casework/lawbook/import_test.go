package lawbook_test

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/lawbook"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

const collection = "/work/shared/data/law"

func rooms() []fs.FS { return append(casestest.Rooms(), fs.FS(lawbook.Migrations)) }

// desk is the book in the small municipality.
type book struct {
	*lawbook.Service
	*casestest.World
	dir string
}

func openBook(t testing.TB, db *store.DB) *book {
	t.Helper()
	w := casestest.New(t, db)
	return &book{World: w, dir: t.TempDir(), Service: lawbook.New(lawbook.Config{DB: db, Journal: w.Log, Clock: w.Clock, Types: w, Log: slog.New(slog.DiscardHandler)})}
}

func eachBook(t *testing.T, fn func(t *testing.T, b *book)) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) { fn(t, openBook(t, db)) })
}

var by = bodies.By{Person: "system"}

// put writes a statute of §§ without chapters as a file. Its §§ are numbered from 1.
func (b *book) put(t testing.TB, name, sfs, title, published string, sections ...string) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "---\nbeteckning: %s\nrubrik: %s\npublicerad_datum: %s\n---\n\n# %s\n\n## Rubriken\n", sfs, title, published, title)
	for i, s := range sections {
		fmt.Fprintf(&text, "\n### %d §\n\n%s\n", i+1, s)
	}
	if len(sections) == 0 {
		text.Reset()
		fmt.Fprintf(&text, "---\nbeteckning: %s\nrubrik: %s\npublicerad_datum: %s\n---", sfs, title, published)
	}
	b.raw(t, name, text.String())
}

func (b *book) raw(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b *book) imported(t testing.TB) lawbook.Report {
	t.Helper()
	r, err := b.Import(t.Context(), by, b.dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestS8_B_1_AnImportSaysWhatIsNewChangedUnchangedAndUnreadable(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-01-01", "Första.", "Andra.")
		b.put(t, "b.md", "1990:782", "Arkivlag", "2025-01-01")
		b.raw(t, "c.md", "# utan huvud\n")
		b.raw(t, "README.md", "# om samlingen\n")
		if r := b.imported(t); r.New != 2 || r.Changed+r.Unchanged != 0 || r.WithoutText != 1 || r.Sections != 2 || len(r.Faults) != 1 || r.Faults[0].Line != 1 || !strings.HasSuffix(r.Faults[0].File, "c.md") {
			t.Fatalf("first: %+v", r)
		}
		if r := b.imported(t); r.New+r.Changed != 0 || r.Unchanged != 2 || r.Sections != 0 {
			t.Fatalf("again: %+v", r)
		}
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-02-01", "Första.", "Andra, ny.")
		if r := b.imported(t); r.Changed != 1 || r.Unchanged != 1 {
			t.Fatalf("changed: %+v", r)
		}
		parts, before, after, err := b.Section(t.Context(), lawbook.Provision{SFS: "2017:900", Section: "2"})
		if err != nil || len(parts) != 1 || parts[0].Text() != "Andra, ny." || before != "1" || after != "" {
			t.Fatalf("%+v %s %s %v", parts, before, after, err)
		}
		if err := b.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := b.DB.QueryRow(t.Context(), `SELECT count(*) FROM journal_entry WHERE action = $1`, lawbook.ActionImported).Scan(&n); err != nil || n != 2 {
			t.Errorf("%d entries in the journal, %v: an import that changes nothing has none", n, err)
		}
	})
}

func TestAnOlderTextOrNoneNeverTakesThePlaceOfANewer(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-02-01", "Ny.")
		b.imported(t)
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-01-01", "Gammal.")
		b.put(t, "b.md", "2017:900", "Förvaltningslag", "2026-01-01") // newer, and without text
		if r := b.imported(t); r.Superseded != 2 || r.Changed != 0 {
			t.Fatalf("%+v", r)
		}
		parts, _, _, err := b.Section(t.Context(), lawbook.Provision{SFS: "2017:900", Section: "1"})
		if err != nil || parts[0].Text() != "Ny." {
			t.Fatalf("%+v %v", parts, err)
		}
		// Two files of one statute that are as new give the same book every time.
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2026-03-01", "Ny.")
		if err := os.Remove(filepath.Join(b.dir, "b.md")); err != nil {
			t.Fatal(err)
		}
		b.raw(t, "c.json", `{"beteckning":"2017:900","rubrik":"Förvaltningslag (2017:900)","publiceradDateTime":"2026-03-01T00:00:00","fulltext":{"forfattningstext":"1 § Ur databasen."}}`)
		b.imported(t)
		if r := b.imported(t); r.Changed != 0 || r.Unchanged != 1 || r.Superseded != 1 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestS8_B_1_SearchInTheLawStemsAndNeedsNoPermission(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-01-01", "En myndighet ska vara saklig och opartisk.", "Överklagandet ges in till myndigheten inom tre veckor.")
		b.put(t, "b.md", "2010:900", "Plan- och bygglag", "2025-01-01", "Gatubelysningen bekostas av kommunen.", "Tre kommuner och två veckor.")
		b.imported(t)
		for question, want := range map[string]string{
			"myndigheter":      "2017:900 2; 2017:900 1", // inflected
			"belysning":        "2010:900 1",             // in a compound
			"överkl*":          "2017:900 2",
			`"tre veckor"`:     "2017:900 2", // words in a row
			"veckor":           "2010:900 2; 2017:900 2",
			"veckor -kommun":   "2017:900 2",
			"förvaltningslag":  "2017:900 ; 2017:900 2; 2017:900 1", // the statute itself first
			"2010:900":         "2010:900 ",
			"och":              "",
			"finns inte alls":  "",
			`"`:                "",
			"'; DROP TABLE --": "",
		} {
			r, err := b.Search(t.Context(), question, "")
			if err != nil {
				t.Fatalf("%s: %v", question, err)
			}
			var got []string
			for _, h := range r.Hits {
				got = append(got, h.SFS+" "+h.Part.Number)
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("%s: %s\nwant %s", question, strings.Join(got, "; "), want)
			}
		}
		// A statute that is changed is found by its new words only.
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-02-01", "Annat.")
		b.imported(t)
		if r, err := b.Search(t.Context(), "opartisk", ""); err != nil || len(r.Hits) != 0 {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestASearchGoesOnWhereItsPageEnded(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		var sections []string
		for i := range 45 {
			sections = append(sections, fmt.Sprintf("Vite nummer %d.", i))
		}
		b.put(t, "a.md", "2000:1", "Lag", "2025-01-01", sections...)
		b.imported(t)
		seen := map[string]bool{}
		after := ""
		for range 4 {
			r, err := b.Search(t.Context(), "vite", after)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range r.Hits {
				if seen[h.Part.Number] {
					t.Errorf("%s § is shown twice", h.Part.Number)
				}
				seen[h.Part.Number] = true
			}
			if after = r.Next; after == "" {
				break
			}
		}
		if len(seen) != 45 {
			t.Errorf("%d of 45", len(seen))
		}
	})
}

// The lamp builds on the whole of FL and on OSL 21 kap. 1 §.
func TestS8_B_1_AChangeToACitedSectionIsRaisedForTheOwner(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		osl := func(published, section string) {
			b.raw(t, "osl.md", "---\nbeteckning: 2009:400\nrubrik: Offentlighets- och sekretesslag\npublicerad_datum: "+published+"\n---\n\n## 21 kap. Hälsa\n\n#### 1 §\n\n"+section+"\n\n#### 2 §\n\nNågot som ingen bygger på, "+published+".\n")
		}
		osl("2025-01-01", "Sekretess gäller för uppgift om hälsa.")
		b.put(t, "al.md", "1990:782", "Arkivlag", "2025-01-01", "Ingen tjänst bygger på den.")
		if r := b.imported(t); r.Changes != 0 {
			t.Fatalf("the first import is no change: %+v", r)
		}
		osl("2025-02-01", "Sekretess gäller för uppgift om hälsa.")
		b.put(t, "al.md", "1990:782", "Arkivlag", "2025-02-01", "Nu annat.")
		if r := b.imported(t); r.Changed != 2 || r.Changes != 0 {
			t.Fatalf("another § is no change to what is cited: %+v", r)
		}
		osl("2025-03-01", "Sekretess gäller för uppgift om hälsa och sexualliv.")
		if r := b.imported(t); r.Changes != 1 {
			t.Fatalf("%+v", r)
		}
		open, err := b.Changes(t.Context(), true)
		if err != nil || len(open) != 1 {
			t.Fatalf("%+v %v", open, err)
		}
		c := open[0]
		if c.Type != "lampa" || c.Unit != "gata" || c.SFS != "2009:400" || c.Chapter != "21" || c.Section != "1" || !strings.Contains(c.Old, "om hälsa.") || !strings.Contains(c.New, "sexualliv") {
			t.Errorf("%+v", c)
		}
		// Another change before anybody has looked: one task still, compared with what was there before.
		osl("2025-04-01", "Sekretess gäller.")
		if r := b.imported(t); r.Changes != 0 {
			t.Fatalf("%+v", r)
		}
		if open, err = b.Changes(t.Context(), true); err != nil || len(open) != 1 || !strings.Contains(open[0].Old, "om hälsa.") || !strings.Contains(open[0].New, "Sekretess gäller.") {
			t.Fatalf("%+v %v", open, err)
		}
		all := func(string) bool { return true }
		if n, err := b.Waiting(t.Context(), all); err != nil || n != 1 {
			t.Errorf("%d waiting, %v", n, err)
		}
		if err := b.Assess(t.Context(), by, c.ID, " "); err != lawbook.ErrNothingDone {
			t.Errorf("assessed without a word: %v", err)
		}
		if err := b.Assess(t.Context(), by, c.ID, "Texten i tjänsten är rätt ändå"); err != nil {
			t.Fatal(err)
		}
		if err := b.Assess(t.Context(), by, c.ID, "en gång till"); err == nil {
			t.Error("assessed twice")
		}
		if n, err := b.Waiting(t.Context(), all); err != nil || n != 0 {
			t.Errorf("%d waiting, %v", n, err)
		}
		done, err := b.Changes(t.Context(), false)
		if err != nil || len(done) != 1 || done[0].Done != "Texten i tjänsten är rätt ändå" || done[0].SeenAt.IsZero() {
			t.Errorf("%+v %v", done, err)
		}
		if err := b.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		about, err := b.Log.About(t.Context(), journal.Ref{Kind: "law_change", ID: c.ID})
		if err != nil || len(about) != 1 || about[0].Action != lawbook.ActionAssessed {
			t.Errorf("the journal of the change: %+v %v", about, err)
		}
	})
}

func TestAChangeAnywhereInAStatuteThatIsCitedAsAWholeIsRaised(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-01-01", "Ett.", "Två.", "Tre.")
		b.imported(t)
		b.put(t, "a.md", "2017:900", "Förvaltningslag", "2025-02-01", "Ett.", "Nytt två.")
		if r := b.imported(t); r.Changes != 1 {
			t.Fatalf("%+v", r)
		}
		open, err := b.Changes(t.Context(), true)
		if err != nil || len(open) != 1 || open[0].Place != "" || open[0].Old != "2 §\nTvå.\n\n3 §\nTre." || open[0].New != "2 §\nNytt två." {
			t.Fatalf("%+v %v", open, err)
		}
	})
}

func TestWhatIsReadIsCounted(t *testing.T) {
	eachBook(t, func(t *testing.T, b *book) {
		for range 3 {
			lawbook.Count(b.Service, lawbook.Provision{SFS: "2017:900", Section: "12"})
		}
		lawbook.Count(b.Service, lawbook.Provision{SFS: "2009:400", Chapter: "21", Section: "1"})
		for range 2 { // a second time there is nothing to write
			if err := b.WriteCounts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if used, err := b.Used(t.Context(), 10); err != nil || len(used) != 2 || used[0].N != 3 || used[0].Section != "12" || used[1].N != 1 {
			t.Errorf("%+v %v", used, err)
		}
	})
}

func TestLawsOfACaseTypeAreListedOnce(t *testing.T) {
	lamp := casestest.Lamp(t)
	def := *lamp
	def.Secrecy.Provisions = append(def.Secrecy.Provisions, casetype.Law{SFS: "2017:900", Label: "FL"})
	if list := lawbook.Laws(&def); len(list) != 2 || list[0].Label != "FL" || list[1].Label != "OSL" {
		t.Errorf("%+v", list)
	}
}

// Every statute of the collection is imported, and again without any change.
func TestTheCollectionIsImported(t *testing.T) {
	if _, err := os.Stat(collection); err != nil {
		t.Skipf("the collection of statutes is not at %s", collection)
	}
	eachBook(t, func(t *testing.T, b *book) {
		r, err := b.Import(t.Context(), by, collection)
		if err != nil || len(r.Faults) != 0 || r.New != 29 || r.Sections < 3000 {
			t.Fatalf("%+v %v", r, err)
		}
		if r, err = b.Import(t.Context(), by, collection); err != nil || r.New+r.Changed != 0 || r.Unchanged+r.Superseded < 29 {
			t.Fatalf("again: %+v %v", r, err)
		}
		parts, _, _, err := b.Section(t.Context(), lawbook.Provision{SFS: "2010:900", Chapter: "9", Section: "30"})
		if err != nil || len(parts) == 0 || len(parts[0].Stycken) == 0 {
			t.Fatalf("PBL 9 kap. 30 §: %+v %v", parts, err)
		}
		begin := time.Now()
		hits, err := b.Search(t.Context(), "bygglov detaljplan", "")
		if err != nil || len(hits.Hits) == 0 || hits.Hits[0].SFS != "2010:900" && hits.Hits[0].SFS != "2011:338" {
			t.Fatalf("%+v %v", hits, err)
		}
		t.Logf("a search in %v", time.Since(begin))
	})
}

// many writes a collection of n statutes made of the local ones: every tenth is a whole statute of the collection, which are the large
// ones, the others are runs of §§, most of them short, as they are in Svensk författningssamling.
func many(t testing.TB, dir string, n int) (bytes int) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(collection, "*"))
	var whole []string
	var sections []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil || !strings.HasSuffix(f, ".md") {
			continue
		}
		list, _ := statute.Read(f, data)
		if len(list) != 1 || !list[0].HasText() {
			continue
		}
		_, body, _ := strings.Cut(string(data), "\n---\n")
		if len(body) < 60_000 {
			whole = append(whole, body)
		}
		for _, p := range list[0].Parts {
			if p.Kind == statute.Section {
				sections = append(sections, strings.Join(p.Stycken, "\n\n"))
			}
		}
	}
	if len(sections) == 0 {
		t.Skipf("the collection of statutes is not at %s", collection)
	}
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "---\nbeteckning: %d:%d\nrubrik: \"Förordning nummer %d om %s\"\npublicerad_datum: 2025-01-01\n---\n\n# Rubrik\n", 1900+i/90, 1+i%90, i, strings.ToLower(strings.Fields(sections[i*7%len(sections)])[0]))
		if i%10 == 0 {
			b.WriteString(whole[i/10%len(whole)])
		} else {
			for k := range 5 + i*31%38 {
				fmt.Fprintf(&b, "\n### %d §\n\n%s\n", k+1, sections[(i*37+k)%len(sections)])
			}
		}
		bytes += b.Len()
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("sfs-%d-%d.md", 1900+i/90, 1+i%90)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return bytes
}

func BenchmarkS8_B_1_Import8300(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...fs.FS) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			book := openBook(b, open(b, rooms()...))
			size := many(b, book.dir, 8300)
			b.ResetTimer()
			for range b.N {
				begin := time.Now()
				r := book.imported(b)
				b.Logf("%d statutes, %d §§, %d MB in %v", r.New, r.Sections, size>>20, time.Since(begin))
				begin = time.Now()
				r = book.imported(b)
				b.Logf("again: %d unchanged in %v", r.Unchanged, time.Since(begin))
				for _, q := range []string{"kommun", "bygglov", "kommunen får besluta", `"tre veckor"`, "nummer 77"} {
					begin = time.Now()
					res, err := book.Search(b.Context(), q, "")
					if err != nil {
						b.Fatal(err)
					}
					b.Logf("%s: %d hits in %v", q, len(res.Hits), time.Since(begin))
				}
			}
		})
	}
}
