package web_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/spool"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// provisional is the reference of a submission that waits.
func provisional(t testing.TB, v *view) (reference, code string) {
	t.Helper()
	found := followCode.FindAllString(v.text(), -1)
	i := strings.Index(v.text(), "V-")
	if len(found) < 2 || i < 0 {
		t.Fatalf("no reference and code:\n%s", main(v))
	}
	return v.text()[i : i+len("V-0000-0000-0000")], found[1]
}

// spooled gives the house a spool and a switch in a data folder.
func (h *house) spooled(t testing.TB, data string, least uint64) {
	t.Helper()
	path := filepath.Join(data, "master.key")
	key, err := documents.LoadMasterKey(path)
	if err != nil {
		if key, err = documents.GenerateMasterKey(path); err != nil {
			t.Fatal(err)
		}
	}
	if h.Spool, err = spool.Open(spool.Options{Dir: filepath.Join(data, "spool"), Key: key, Log: slog.New(slog.DiscardHandler), Least: least}); err != nil {
		t.Fatal(err)
	}
	h.Maintenance = spool.MaintenanceOf(data)
}

// reopen opens the database of an address again.
func reopen(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: address, Migrations: rooms, Log: slog.New(slog.DiscardHandler), Readers: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// addresses runs a test on both engines with an address that can be opened again.
func addresses(t *testing.T, fn func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, "sqlite://"+filepath.Join(t.TempDir(), "test.db")) })
	t.Run("postgres", func(t *testing.T) { fn(t, storetest.PostgresURL(t)) })
}

// leak fills in the page with all questions.
func leak(b *browser, text string) *form {
	b.t.Helper()
	return b.get("/e-tjanster/fel/allt").want(http.StatusOK).form("/allt").
		set("what", "water", "text", text, "where.address", "Storgatan 1", "anonymous", "no", "who.name", "Ines Invånare", "who.email", "ines@example.se")
}

func (h *house) inAll(t testing.TB) (n int) {
	t.Helper()
	if err := h.DB.QueryRow(t.Context(), `SELECT count(*) FROM cases`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestS8_24_1_MaintenanceStillAcceptsSubmissions(t *testing.T) {
	addresses(t, func(t *testing.T, address string) {
		data := t.TempDir()
		h := build(t, reopen(t, address), nil)
		h.spooled(t, data, 0)
		b := h.browser(t, i18n.SV)
		signedIn := h.browser(t, i18n.SV)
		signedIn.signIn("inv")
		typed := leak(b, "Vattnet rinner")
		if err := h.DB.Close(); err != nil {
			t.Fatal(err)
		}

		came := h.Clock.Now()
		held := typed.send().want(http.StatusOK, "Vi har tagit emot det du skickade", "räknas som inkommet nu")
		reference, code := provisional(t, held)
		if again, _ := provisional(t, typed.send().want(http.StatusOK)); again != reference || h.Spool.Waiting() != 1 {
			t.Fatalf("sent twice it is %s and %s, and %d wait", reference, again, h.Spool.Waiting())
		}
		files, err := filepath.Glob(filepath.Join(data, "spool", "*-*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("files %v, %v", files, err)
		}
		if raw, err := os.ReadFile(files[0]); err != nil || strings.Contains(string(raw), "Vattnet") || strings.Contains(string(raw), "Ines") {
			t.Errorf("what waits can be read: %v", err)
		}
		// Whoever has a session that cannot be read gets the form too, in their own language.
		leak(signedIn, "En till").send().want(http.StatusOK, "Tillfällig referens")
		en := h.browser(t, i18n.EN)
		leak(en, "A third").send().want(http.StatusOK, "We have received what you sent", "Temporary reference")
		// A file cannot wait; without it the same form can.
		v := leak(b, "Med bild").attach("photo", part{"lampa.png", "image/png", png(t)}).send().want(http.StatusServiceUnavailable, "kan vi inte ta emot filer", "Med bild")
		if v.Header.Get("Retry-After") == "" {
			t.Error("the page does not say when to try again")
		}
		v.form("/allt").send().want(http.StatusOK, "Tillfällig referens")
		if n := h.Spool.Waiting(); n != 4 {
			t.Fatalf("%d wait, want 4", n)
		}

		db := reopen(t, address)
		h = build(t, db, nil)
		h.spooled(t, data, 0)
		h.Clock.Advance(50 * time.Hour)
		f := h.browser(t, i18n.SV)
		f.get("/folj").form("/folj").set("nummer", reference, "kod", code).send().want(http.StatusOK, "Tillfällig referens", reference)
		for range 2 { // the second time there is nothing left to do
			if err := h.Replay(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if h.Spool.Waiting() != 0 || h.Spool.Aside() != 0 || h.inAll(t) != 4 {
			t.Fatalf("%d wait, %d are aside, %d cases", h.Spool.Waiting(), h.Spool.Aside(), h.inAll(t))
		}
		shown := f.get("/folj").form("/folj").set("nummer", strings.ToLower(reference), "kod", code).send().want(http.StatusOK, "Vattnet rinner")
		number := caseNumber.FindString(shown.text())
		id, err := h.ByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		var received int64
		var payload string
		if err := db.QueryRow(t.Context(), `SELECT received_at FROM cases WHERE id = $1`, id).Scan(&received); err != nil || !store.Time(received).Equal(came.Truncate(time.Microsecond)) {
			t.Errorf("FL 22 §: received %v, but it came %v: %v", store.Time(received), came, err)
		}
		if err := h.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(t.Context(), `SELECT p.body FROM journal_entry e JOIN journal_payload p ON p.seq = e.seq WHERE e.object_id = $1 AND e.action = 'case.submitted'`, id).Scan(&payload); err != nil || !strings.Contains(payload, `"spooled":"2026-03-02T`) {
			t.Errorf("the journal does not say that it waited: %v %s", err, payload)
		}
		h.browser(t, i18n.SV).get("/folj").form("/folj").set("nummer", number, "kod", code).send().want(http.StatusOK, "Vattnet rinner")
	})
}

func TestAKillBetweenCommitAndRemovalGivesOneCase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spooled(t, t.TempDir(), 0)
		if err := h.Maintenance.Set(true); err != nil {
			t.Fatal(err)
		}
		typed := leak(h.browser(t, i18n.SV), "Vattnet rinner")
		typed.send().want(http.StatusOK, "Tillfällig referens")
		if err := h.Maintenance.Set(false); err != nil {
			t.Fatal(err)
		}
		rec, err := h.Spool.Get(h.Spool.Find("")[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Replay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Spool.Put(rec); err != nil { // as if it had never been removed
			t.Fatal(err)
		}
		if err := h.Replay(t.Context()); err != nil || h.inAll(t) != 1 || h.Spool.Waiting() != 0 {
			t.Fatalf("%d cases, %d wait: %v", h.inAll(t), h.Spool.Waiting(), err)
		}
		// Whoever sends again before the round has come gets the case at once.
		if _, err := h.Spool.Put(rec); err != nil {
			t.Fatal(err)
		}
		typed.send().want(http.StatusOK, "redan inskickat")
		if h.inAll(t) != 1 || h.Spool.Waiting() != 0 {
			t.Errorf("%d cases, %d wait", h.inAll(t), h.Spool.Waiting())
		}
	})
}

func TestUnderMaintenanceOnlyWholeFormsAreOpen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spooled(t, t.TempDir(), 0)
		b, with := h.browser(t, i18n.SV), h.browser(t, i18n.SV)
		fillIn(with) // has a file
		v := begin(b).form("/vad").set("what", "water", "text", "Utkastet").send()
		v = v.form("/var").set("where.address", "Storgatan 12").send().form("/foto").send()
		review := v.form("/du").set("anonymous", "yes").send().at("/e-tjanster/fel/granska")
		if err := h.Maintenance.Set(true); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/e-tjanster/fel", "/diarium", "/folj", "/mina-sidor"} {
			if v := b.get(path).want(http.StatusServiceUnavailable, "Webbplatsen underhålls", "Felanmälan", "112"); v.Header.Get("Retry-After") == "" {
				t.Errorf("%s does not say when to try again", path)
			}
		}
		review.form("/skicka").send().want(http.StatusOK, "Tillfällig referens")
		with.post("/e-tjanster/fel/skicka", nil).want(http.StatusServiceUnavailable, "Ditt utkast har filer", "Inget har skickats in")
		with.get("/e-tjanster/fel/allt").want(http.StatusOK, "men inte filer", "finns kvar")
		if err := h.Replay(t.Context()); err != nil || h.inAll(t) != 0 || h.Spool.Waiting() != 1 {
			t.Fatalf("under maintenance %d cases, %d wait: %v", h.inAll(t), h.Spool.Waiting(), err)
		}
		if note := h.SpoolNote(); note != "1 submissions wait to be taken in; the site is under maintenance" {
			t.Errorf("the operator is told %q", note)
		}
		if err := h.Maintenance.Set(false); err != nil {
			t.Fatal(err)
		}
		if err := h.Replay(t.Context()); err != nil || h.inAll(t) != 1 {
			t.Fatalf("%d cases: %v", h.inAll(t), err)
		}
		b.get("/e-tjanster/fel/granska").at("/e-tjanster/fel/klart?igen=1").want(http.StatusOK) // the draft is the case now
	})
}

func TestManyAtOnceAreEachTakenInOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.spooled(t, t.TempDir(), 0)
		if err := h.Maintenance.Set(true); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				f := leak(h.browser(t, i18n.SV), "Samtidigt")
				var twice sync.WaitGroup
				for range 2 {
					twice.Go(func() { f.send().want(http.StatusOK, "Tillfällig referens") })
				}
				twice.Wait()
			})
		}
		all.Wait()
		if n := h.Spool.Waiting(); n != 32 {
			t.Fatalf("%d wait, want 32", n)
		}
		if err := h.Maintenance.Set(false); err != nil {
			t.Fatal(err)
		}
		var failed [2]error
		for i := range failed {
			all.Go(func() { failed[i] = h.Replay(t.Context()) })
		}
		all.Wait()
		if failed[0] != nil || failed[1] != nil || h.inAll(t) != 32 || h.Spool.Waiting() != 0 {
			t.Fatalf("%d cases, %d wait: %v", h.inAll(t), h.Spool.Waiting(), failed)
		}
	})
}

func TestAFullSpoolAndServicesThatNeedTheDatabaseRefuse(t *testing.T) {
	h := once(t, nil)
	h.spooled(t, t.TempDir(), 1<<60)
	if err := h.Maintenance.Set(true); err != nil {
		t.Fatal(err)
	}
	leak(h.browser(t, i18n.SV), "Fullt").send().want(http.StatusInsufficientStorage)
	h = once(t, func(d *casetype.Definition) { d.Auth = casetype.Auth{Level: casetype.LevelLoA2} })
	h.spooled(t, t.TempDir(), 0)
	if err := h.Maintenance.Set(true); err != nil {
		t.Fatal(err)
	}
	h.browser(t, i18n.SV).get("/e-tjanster/fel/allt").want(http.StatusServiceUnavailable, "Inget har skickats in", "0555-123 00")
}

func TestWhatCannotBecomeACaseIsSetAside(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		data := t.TempDir()
		h.spooled(t, data, 0)
		if err := h.Maintenance.Set(true); err != nil {
			t.Fatal(err)
		}
		b := h.browser(t, i18n.SV)
		leak(b, "Rätt").send().want(http.StatusOK)
		leak(b, "Fel").send().want(http.StatusOK)
		leak(b, "Skadad").send().want(http.StatusOK)
		ids := h.Spool.Find("")
		rec, err := h.Spool.Get(ids[0])
		if err != nil {
			t.Fatal(err)
		}
		rec.Answers["what"] = []string{"something else"}
		if err := h.Spool.Done(ids[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Spool.Put(rec); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "spool", ids[1]), []byte(strings.Repeat("x", 200)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := h.Maintenance.Set(false); err != nil {
			t.Fatal(err)
		}
		if err := h.Replay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h.inAll(t) != 1 || h.Spool.Waiting() != 0 || h.Spool.Aside() != 2 || h.SpoolNote() != "2 submissions were set aside: look at the log" {
			t.Errorf("%d cases, %d wait, %d aside: %s", h.inAll(t), h.Spool.Waiting(), h.Spool.Aside(), h.SpoolNote())
		}
	})
}
