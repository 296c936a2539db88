package archive_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/casework/archive"
	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// house is the town with retention and deliveries.
type house struct {
	*town
	kept *retention.Service
	*archive.Deliveries
}

func open(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{town: build(t, db)}
	plan := &pack.BodyPlan{Body: "ks", Delivered: &pack.Delivered{After: calendar.Period{N: 1, Unit: calendar.Months}, Authority: "KS § 3"}}
	h.kept = retention.New(retention.Config{DB: db, Journal: h.World.Log, Clock: h.World.Clock, Types: h.World, Cases: h.Service, Decisions: h.Org, Vault: h.vault, Index: h.Index,
		Plan: func(string) *pack.BodyPlan { return plan }, Queue: jobs.New(db, h.World.Clock, slog.New(slog.DiscardHandler), jobs.Settings{})})
	h.Deliveries = &archive.Deliveries{Exporter: h.town.Exporter, DB: db, Log: h.World.Log, Clock: h.World.Clock, Confirmed: h.kept.Delivered}
	return h
}

func TestArkivlagen_10_TheCopyHereMayGoOnlyWhenTheEArchiveHasConfirmed(t *testing.T) {
	storetest.Each(t, append(rooms(), retention.Migrations, archive.Migrations, jobs.Migrations), func(t *testing.T, db *store.DB) {
		h := open(t, db)
		ctx, id := t.Context(), h.full(t, 2, 100)
		still := h.HandIn(t, casestest.Broken())
		if _, err := h.kept.Sweep(ctx, 0); err != nil {
			t.Fatal(err)
		}
		due, err := h.Due(ctx)
		if err != nil || len(due) != 1 || due[0].ID != id {
			t.Fatalf("due: %+v %v", due, err)
		}
		if one, err := h.ByNumber(ctx, due[0].Number); err != nil || one != due[0] {
			t.Errorf("%+v %v", one, err)
		}
		dir := filepath.Join(t.TempDir(), "out")
		if _, err := h.Deliver(ctx, nil, dir); !errors.Is(err, archive.ErrNothing) {
			t.Error(err)
		}
		openOne, err := h.ByNumber(ctx, still.Number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Deliver(ctx, []archive.Case{due[0], openOne}, dir); !errors.Is(err, archive.ErrOpen) {
			t.Errorf("with an open case: %v", err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("left of a delivery that failed: %v %v", left, err)
		}
		made, err := h.Deliver(ctx, due, dir)
		if err != nil || len(made) != 1 || made[0].Cases != 1 {
			t.Fatalf("%+v %v", made, err)
		}
		if _, err := os.Stat(filepath.Join(dir, archive.Name(due[0].Number)+".zip")); err != nil {
			t.Error(err)
		}
		if _, err := h.Deliver(ctx, due, dir); !errors.Is(err, os.ErrExist) {
			t.Errorf("written over: %v", err)
		}
		if again, err := h.Due(ctx); err != nil || len(again) != 0 {
			t.Errorf("due again: %v %v", again, err)
		}
		reg, today := h.As("reg"), calendar.DateOf(h.World.Clock.Now())
		for _, bad := range []struct {
			receipt string
			day     calendar.Date
		}{{" ", today}, {"EA-1", calendar.Date{}}, {"EA-1", today.AddDays(1)}} {
			if err := h.Confirm(ctx, reg, made[0].ID, bad.receipt, bad.day); !errors.Is(err, archive.ErrReceipt) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := h.Confirm(ctx, h.As("anna"), made[0].ID, "EA-1", today); err == nil {
			t.Error("an officer confirmed a delivery")
		}
		if k, err := h.kept.Of(ctx, id); err != nil || k.State != retention.Preserve {
			t.Errorf("before: %+v %v", k, err)
		}
		if err := h.Confirm(ctx, reg, made[0].ID, "EA-1", today); err != nil {
			t.Fatal(err)
		}
		if err := h.Confirm(ctx, reg, made[0].ID, "EA-2", today); !errors.Is(err, archive.ErrConfirmed) {
			t.Errorf("twice: %v", err)
		}
		k, err := h.kept.Of(ctx, id)
		if err != nil || k.State != retention.Discard || k.Due != today.AddMonths(1).AddDays(1) || k.Authority != "KS § 3" {
			t.Errorf("after: %+v %v", k, err)
		}
		if err := h.World.Log.Sequence(ctx); err != nil {
			t.Fatal(err)
		}
		trail, err := h.Audit(ctx, h.As("rev"), id)
		found := false
		for _, e := range trail.Entries {
			found = found || e.Action == "case.exported"
		}
		if err != nil || !found {
			t.Errorf("that the case was taken out is not in its trail: %v", err)
		}
		if err := cases.Compare(ctx, db, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}

func TestTextsAreCompleteAndPlain(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, archive.Texts), ".", "archive.")
}

func TestTheReceiptIsEnteredOnAPage(t *testing.T) {
	h := open(t, storetest.SQLite(t, append(rooms(), retention.Migrations, archive.Migrations, jobs.Migrations)...))
	h.full(t, 1, 10)
	if _, err := h.kept.Sweep(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	texts := i18ntest.Complete(t, archive.Texts, ui.Texts, web.Texts, access.Texts, office.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Assets: assets}
	door := officetest.Door(h.Org, h.World.Clock, site)
	mux := http.NewServeMux()
	(&archive.Module{Deliveries: h.Deliveries, Office: door}).Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: h.World.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				p := &identity.Principal{PersonID: h.IDs[req.Header.Get("Test-Person")], Kind: identity.Staff, LoA: identity.LoASubstantial}
				next.ServeHTTP(rw, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	defer server.Close()
	want := func(who, path string, form url.Values, status int, words ...string) {
		t.Helper()
		method, body := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, body = http.MethodPost, strings.NewReader(form.Encode())
		}
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Test-Person", who)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		raw, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != status {
			t.Fatalf("%s %s as %s: %d, %v", method, path, who, resp.StatusCode, err)
		}
		if status != http.StatusSeeOther {
			uitest.Page(t, path, strings.NewReader(string(raw)))
		}
		for _, w := range words {
			if !strings.Contains(string(raw), w) {
				t.Fatalf("%s does not say %q:\n%s", path, w, raw)
			}
		}
	}
	want("anna", archive.Path, nil, 403)
	want("reg", archive.Path, nil, 200, "Ett ärende ska bevaras", "Inget är levererat än")
	due, err := h.Due(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made, err := h.Deliver(context.WithoutCancel(t.Context()), due, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	here := archive.Path + "/" + made[0].ID
	want("reg", archive.Path, nil, 200, "Väntar på kvitto", "0 ärenden ska bevaras")
	want("reg", here, nil, 200, due[0].Number, "SHA-256")
	want("anna", here, nil, 403)
	want("reg", archive.Path+"/finns-inte", nil, 404)
	want("reg", here, url.Values{"kvitto": {" "}, "dag-day": {"1"}, "dag-month": {"1"}, "dag-year": {"2099"}}, 422, "Skriv vad e-arkivet", "en dag som har varit", `value="2099"`)
	want("reg", here, url.Values{"kvitto": {"EA-7"}, "dag-day": {"2"}, "dag-month": {"3"}, "dag-year": {"2026"}}, 303)
	want("reg", here, nil, 200, "EA-7", "Mottagen av e-arkivet")
	want("reg", "/en"+here, nil, 200, "Received by the e-archive")
	want("reg", here, url.Values{"kvitto": {"EA-8"}, "dag-day": {"2"}, "dag-month": {"3"}, "dag-year": {"2026"}}, 303)
}
