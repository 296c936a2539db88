package catalogue_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var operator = bodies.By{Person: journal.System}

func tables() []fs.FS { return []fs.FS{journal.Migrations, catalogue.Migrations} }

// shipped is the pack in the repository with one case type alone, felanmalan.
func shipped(t testing.TB) *pack.Pack {
	t.Helper()
	files := fstest.MapFS{}
	folder := os.DirFS("../../../packs/fagersta")
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "casetypes/") && path != "casetypes/felanmalan.yaml" {
			return err
		}
		raw, err := fs.ReadFile(folder, path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack.Load(files)
	if err != nil || len(p.CaseTypes) != 1 {
		t.Fatal(err, p)
	}
	return p
}

// sample is the case type of that pack.
func sample(t testing.TB) *casetype.CaseType { return shipped(t).CaseTypes[0] }

func changed(t testing.TB, ct *casetype.CaseType, change func(*casetype.Definition)) *casetype.CaseType {
	t.Helper()
	def := ct.Definition
	change(&def)
	out, issues := casetype.Compile(def)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return out
}

// of is a pack of these case types.
func of(list ...*casetype.CaseType) *pack.Pack { return &pack.Pack{CaseTypes: list} }

// reload publishes, and sees that it was told beforehand what would be published.
func reload(t testing.TB, c *catalogue.Catalogue, list ...*casetype.CaseType) catalogue.Outcome {
	t.Helper()
	told, err := c.Preview(of(list...))
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.Reload(t.Context(), of(list...), operator)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(told) != fmt.Sprint(done) || !slices.Equal(told.Absent, done.Absent) || fmt.Sprint(told.Refused) != fmt.Sprint(done.Refused) {
		t.Errorf("told beforehand: %+v; done: %+v", told, done)
	}
	return done
}

func open(t testing.TB, db *store.DB, log *journal.Log, clock calendar.Clock) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Open(t.Context(), db, log, clock)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// offered is what is open on a day.
func offered(c *catalogue.Catalogue, day calendar.Date) string {
	var out []string
	for _, ct := range c.Open(day) {
		out = append(out, fmt.Sprintf("%s@%d", ct.ID, ct.Version))
	}
	return strings.Join(out, " ")
}

func TestPublishedVersionsNeverChangeAndStay(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		id := func(v int) string { return fmt.Sprintf("%s@%d", first.ID, v) }
		c := open(t, db, log, clock)
		if done := reload(t, c, first); !slices.Equal(done.Published, []string{id(first.Version)}) {
			t.Fatal(done)
		}
		if done := reload(t, c, first); len(done.Published) > 0 || len(done.Unchanged) != 1 {
			t.Errorf("published again: %v", done)
		}
		reworded := changed(t, first, func(d *casetype.Definition) { d.Title = i18n.Text{i18n.SV: "Annat", i18n.EN: "Other"} })
		done := reload(t, c, reworded)
		if len(done.Refused) != 1 || !strings.Contains(done.Refused[0].String(), fmt.Sprintf("give the changed file version %d", first.Version+1)) {
			t.Fatalf("a published version was changed: %v", done)
		}
		if ct, _ := c.Version(first.ID, first.Version); ct.Title.In(i18n.SV) != first.Title.In(i18n.SV) {
			t.Error("the changed version is shown")
		}
		next := changed(t, reworded, func(d *casetype.Definition) { d.Version = first.Version + 1 })
		reload(t, c, next)
		for _, c := range []*catalogue.Catalogue{c, open(t, db, log, clock)} { // now, and after the next start
			old, ok := c.Version(first.ID, first.Version)
			if !ok || old.Title.In(i18n.SV) != first.Title.In(i18n.SV) || len(old.Form.Steps) != len(first.Form.Steps) {
				t.Error("the version that cases pin is gone")
			}
			if got := offered(c, calendar.DateOf(clock.Now())); got != id(next.Version) {
				t.Errorf("open today: %v", got)
			}
			if got := offered(c, next.ValidFrom.AddDays(-1)); got != "" {
				t.Errorf("a case type is open before its first day: %v", got)
			}
			if list := c.Versions(first.ID); len(list) != 2 || list[0].Version != first.Version || !list[1].PublishedAt.Equal(clock.Now()) || len(c.All()) != 2 {
				t.Errorf("versions %v", list)
			}
		}
	})
}

func TestAVersionTakesOverAtMidnightInStockholmOfItsFirstDay(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		today := calendar.DateOf(clock.Now())
		next := changed(t, first, func(d *casetype.Definition) { d.Version, d.ValidFrom = first.Version+1, today.AddDays(1) })
		c := open(t, db, log, clock)
		reload(t, c, first, next)
		clock.Set(today.AddDays(1).Start().Add(-time.Second))
		if got := c.Open(calendar.DateOf(clock.Now())); len(got) != 1 || got[0].Version != first.Version {
			t.Errorf("before midnight: %v", offered(c, calendar.DateOf(clock.Now())))
		}
		clock.Set(today.AddDays(1).Start())
		if got := c.Open(calendar.DateOf(clock.Now())); len(got) != 1 || got[0].Version != next.Version {
			t.Errorf("after midnight: %v", offered(c, calendar.DateOf(clock.Now())))
		}
		if _, ok := c.Version(first.ID, first.Version); !ok {
			t.Error("the draft begun before midnight has lost its version")
		}
		if ct, ok := c.Current(first.ID, today); !ok || ct.Version != first.Version {
			t.Error("the version of a day is not that of the day")
		}
	})
}

func TestARetiredCaseTypeTakesInNothingAndLivesOn(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		retired := changed(t, first, func(d *casetype.Definition) { d.State = casetype.Retired })
		today := calendar.DateOf(clock.Now())
		c := open(t, db, log, clock)
		if done := reload(t, c, retired); len(done.Refused) != 1 || len(c.All()) != 0 {
			t.Errorf("what was never published is retired: %v", done)
		}
		reload(t, c, first)
		if done := reload(t, c, retired); len(done.Retired) != 1 {
			t.Errorf("retiring: %+v", done)
		}
		if done := reload(t, c, retired); len(done.Unchanged) != 1 {
			t.Errorf("retiring again: %+v", done)
		}
		for _, c := range []*catalogue.Catalogue{c, open(t, db, log, clock)} {
			ct, ok := c.Version(first.ID, first.Version)
			if !ok || ct.State != casetype.Retired || offered(c, today) != "" || c.All()[0].RetiredAt.IsZero() {
				t.Error("it is offered, or gone")
			}
		}
		if done := reload(t, c, first); len(done.Refused) != 1 || offered(c, today) != "" {
			t.Errorf("a retired version came back: %+v", done)
		}
		if done := reload(t, c, changed(t, first, func(d *casetype.Definition) { d.Version++ })); len(done.Published) != 1 || offered(c, today) == "" {
			t.Errorf("a new version of a retired one: %+v", done)
		}
	})
}

// What a clerk breaks or takes away is still offered as it was published.
func TestAPublishedVersionIsOfferedWhenItsFileIsBrokenOrGone(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		c := open(t, db, log, clock)
		reload(t, c, first)
		done := reload(t, c)
		if !slices.Equal(done.Absent, []string{first.ID}) {
			t.Errorf("absent: %v", done.Absent)
		}
		if got := offered(c, calendar.DateOf(clock.Now())); got == "" {
			t.Error("it is not offered")
		}
	})
}

func TestADraftIsNotPublishedButCanBeLookedAt(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		draft := changed(t, sample(t), func(d *casetype.Definition) { d.State = casetype.Draft })
		c := open(t, db, log, clock)
		reload(t, c, draft)
		if _, ok := c.Version(draft.ID, draft.Version); ok || len(c.All()) > 0 || offered(c, calendar.DateOf(clock.Now())) != "" {
			t.Error("a draft was published")
		}
		if ct, ok := c.Draft(draft.ID, draft.Version); !ok || ct != draft || len(c.Drafts()) != 1 {
			t.Error("the draft cannot be looked at")
		}
	})
}

// testdata holds what an installation of the first release has in its database, and the file it came from. Neither names the keys that the
// format has got since.
func TestAnUpgradeTakesTheRowsOfEarlierReleasesForWhatTheyWere(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		text, err := os.ReadFile("testdata/felanmalan-1.json")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO casetype_version (id, version, sha256, published_at, definition) VALUES ('felanmalan', 1, $1, $2, $3)`,
				hex.EncodeToString(sum[:]), store.Micros(clock.Now()), string(text))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		def, problems := pack.Definition(os.DirFS("testdata"), "felanmalan-1.yaml")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		ct, issues := casetype.Restore(def)
		if len(issues) > 0 {
			t.Fatal(issues)
		}
		c := open(t, db, log, clock)
		if done := reload(t, c, ct); len(done.Unchanged) != 1 || len(done.Refused) > 0 {
			t.Errorf("the file of the first release: %+v", done)
		}
		reworded := ct.Definition
		reworded.Title = i18n.Text{i18n.SV: "Annat", i18n.EN: "Other"}
		ct, _ = casetype.Restore(reworded)
		if done := reload(t, c, ct); len(done.Refused) != 1 {
			t.Errorf("a file that was changed: %+v", done)
		}
	})
}

// Any change of what a definition says is seen; the ways of saying nothing are one.
func TestTheHashIsOfWhatIsSaid(t *testing.T) {
	def := sample(t).Definition
	hash := func(change func(*casetype.Definition)) string {
		raw, err := json.Marshal(def)
		if err != nil {
			t.Fatal(err)
		}
		var copied casetype.Definition
		if err := json.Unmarshal(raw, &copied); err != nil {
			t.Fatal(err)
		}
		change(&copied)
		h, err := catalogue.Hash(copied)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	same := hash(func(*casetype.Definition) {})
	for name, change := range map[string]func(*casetype.Definition){
		"an empty list": func(d *casetype.Definition) { d.FAQ = []casetype.FAQ{} },
		"an empty text": func(d *casetype.Definition) { d.Window.Text = i18n.Text{} },
		"the state":     func(d *casetype.Definition) { d.State = casetype.Retired },
	} {
		if hash(change) != same {
			t.Errorf("%s changes the hash", name)
		}
	}
	for name, change := range map[string]func(*casetype.Definition){
		"a word":                func(d *casetype.Definition) { d.Title[i18n.SV] += "!" },
		"a day":                 func(d *casetype.Definition) { d.ValidFrom = d.ValidFrom.AddDays(1) },
		"a yes":                 func(d *casetype.Definition) { d.Registry.Public.HideParty = !d.Registry.Public.HideParty },
		"the order":             func(d *casetype.Definition) { slices.Reverse(d.Statuses) },
		"something given empty": func(d *casetype.Definition) { d.Payment = &casetype.Payment{} },
	} {
		if hash(change) == same {
			t.Errorf("%s does not change the hash", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // every string of the definition is part of it
		raw, err := json.Marshal(def)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		where := ""
		var walk func(v any) any
		walk = func(v any) any {
			switch v := v.(type) {
			case map[string]any:
				if len(v) == 0 {
					return v
				}
				k := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "key")
				where += "." + k
				v[k] = walk(v[k])
			case []any:
				if len(v) == 0 {
					return v
				}
				i := rapid.IntRange(0, len(v)-1).Draw(t, "i")
				v[i] = walk(v[i])
			case string:
				if v != "" && where != ".State" && !strings.ContainsAny(v[:1], "0123456789P") {
					where += "!"
					return v + "x"
				}
			}
			return v
		}
		walk(doc)
		raw, _ = json.Marshal(doc)
		var other casetype.Definition
		if err := json.Unmarshal(raw, &other); err != nil {
			t.Fatal(err)
		}
		h, err := catalogue.Hash(other)
		if err != nil {
			t.Fatal(err)
		}
		if (h != same) != strings.HasSuffix(where, "!") {
			t.Fatalf("%s: the hash is the same: %v", where, h == same)
		}
	})
}

// Publication is journalled, with the one who did it.
func TestAPublicationIsJournalled(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		c := open(t, db, log, clock)
		first := sample(t)
		if _, err := c.Reload(t.Context(), of(first), bodies.By{Person: "p1", Mandate: "m1"}); err != nil {
			t.Fatal(err)
		}
		if err := log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		var action, actor, object string
		if err := db.QueryRow(t.Context(), `SELECT action, actor, object_id FROM journal_entry ORDER BY seq DESC LIMIT 1`).Scan(&action, &actor, &object); err != nil {
			t.Fatal(err)
		}
		if action != "casetype.published" || actor != "p1" || object != fmt.Sprintf("%s@%d", first.ID, first.Version) {
			t.Errorf("journalled: %s by %s of %s", action, actor, object)
		}
	})
}

// Two nodes begin with the same pack at the same time; one publishes, the other takes that in.
func TestTwoNodesPublishTheSameOnce(t *testing.T) {
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		a, b := open(t, db, log, clock), open(t, db, log, clock)
		var both sync.WaitGroup
		for _, c := range []*catalogue.Catalogue{a, b} {
			both.Go(func() {
				if _, err := c.Reload(t.Context(), of(first), operator); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		reload(t, a, first, changed(t, first, func(d *casetype.Definition) { d.Version++ }))
		if err := b.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := b.Version(first.ID, first.Version+1); !ok || len(b.All()) != 2 {
			t.Error("the other node has not heard of the new version")
		}
	})
}

// People begin, save and hand in drafts of two case types while new versions of both are published together, again and again. A draft
// answers the form it was begun with, and nobody is ever shown the one case type in the new version and the other in the old.
func TestPublishingUnderLoadLosesAndMixesNoDraft(t *testing.T) {
	const publications, people = 15, 6
	storetest.Each(t, tables(), func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		day := calendar.DateOf(clock.Now())
		base := sample(t)
		// In version n both case types ask a question of their own, named after n.
		at := func(id string, n int) *casetype.CaseType {
			return changed(t, base, func(d *casetype.Definition) {
				d.ID, d.Version, d.Registry.Subject, d.Assignment = id, n, i18n.Text{i18n.SV: "Ärende", i18n.EN: "Matter"}, nil
				d.Examples = d.Examples[:1]
				d.Documents, d.Parties, d.Form.Stops, d.PublicReports = nil, nil, nil, false
				d.Form.Steps = []casetype.Step{{Key: "fraga", Title: d.Title, Questions: []casetype.Question{
					{Key: fmt.Sprintf("svar_%d", n), Type: casetype.TypeText, Label: d.Title},
				}}}
			})
		}
		var editions [][]*casetype.CaseType
		for n := 1; n <= publications; n++ {
			editions = append(editions, []*casetype.CaseType{at("ett", n), at("tva", n)})
		}
		c := open(t, db, log, clock)
		reload(t, c, editions[0]...)
		stop := make(chan struct{})
		var begun, handedIn atomic.Int64
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					list := c.Open(day)
					if len(list) != 2 || list[0].Version != list[1].Version {
						t.Errorf("a mixture is shown: %v", offered(c, day))
						return
					}
					id, version := list[(i+n)%2].ID, list[(i+n)%2].Version
					begun.Add(1)
					draft := casetype.Answers{}
					for range 3 { // saved a few times, each with the version it pins
						pinned, ok := c.Version(id, version)
						if !ok {
							t.Errorf("the draft's version %s@%d is gone", id, version)
							return
						}
						draft = pinned.WithStep(draft, "fraga", casetype.Answers{fmt.Sprintf("svar_%d", version): {"hej"}})
					}
					pinned, _ := c.Version(id, version)
					if clean, faults := pinned.Validate(draft); len(faults) > 0 || len(clean) == 0 || len(draft) != 1 {
						t.Errorf("the draft of %s@%d is not accepted: %v", id, version, faults)
						return
					}
					handedIn.Add(1)
				}
			})
		}
		for n := 2; n <= publications; n++ {
			if done := reload(t, c, slices.Concat(editions[:n]...)...); len(done.Published) != 2 || len(done.Refused) > 0 {
				t.Errorf("publication %d: %+v", n, done)
			}
		}
		close(stop)
		all.Wait()
		if begun.Load() == 0 || begun.Load() != handedIn.Load() {
			t.Errorf("%d drafts begun, %d handed in", begun.Load(), handedIn.Load())
		}
		t.Logf("%d drafts during %d publications", begun.Load(), publications)
	})
}
