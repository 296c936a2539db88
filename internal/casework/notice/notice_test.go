package notice_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

func date(s string) calendar.Date { d, _ := calendar.ParseDate(s); return d }

func days(t interface{ Fatal(...any) }) *calendar.Calendar {
	c, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestKL_8_12_and_13_5_TheLastDayOfANotice(t *testing.T) {
	c := days(t)
	for _, x := range []struct {
		name                      string
		kind                      notice.Kind
		first, meeting, until, on string
	}{
		{"KL 13 kap. 5 §: three weeks", notice.Minutes, "2026-03-02", "2026-02-25", "", "2026-03-23"},
		{"ends on Good Friday", notice.Minutes, "2026-03-13", "2026-03-10", "", "2026-04-07"},
		{"ends on a Sunday", notice.Delegated, "2026-03-01", "", "", "2026-03-23"},
		{"KL 8 kap. 10 § 1: until the meeting", notice.Meeting, "2026-03-02", "2026-03-14", "", "2026-03-14"},
		{"another statute says how long", notice.Other, "2026-03-02", "", "2026-03-21", "2026-03-21"},
	} {
		if got := notice.LastDay(c, x.kind, date(x.first), date(x.meeting), date(x.until)); got != date(x.on) {
			t.Errorf("%s: %s, expected %s", x.name, got, x.on)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // never shorter than the time to appeal (KL 13 kap. 5 § second paragraph)
		d := calendar.NewDate(2020, 1, 1).AddDays(rapid.IntRange(0, 365*30).Draw(t, "day"))
		if n := d.DaysUntil(notice.LastDay(c, notice.Minutes, d, d, d)); n < 21 {
			t.Fatalf("%s: up %d days", d, n)
		}
	})
}

func TestKL_8_12_and_5_69_and_5_13_WhatIsLate(t *testing.T) {
	c := days(t)
	for _, x := range []struct {
		name                     string
		kind                     notice.Kind
		of                       bodies.BodyKind
		first, meeting, adjusted string
		late                     []notice.Late
	}{
		{"KL 8 kap. 12 §: the second day", notice.Minutes, bodies.Committee, "2026-03-04", "2026-02-25", "2026-03-02", nil},
		{"the third day", notice.Minutes, bodies.Committee, "2026-03-05", "2026-02-25", "2026-03-02", []notice.Late{notice.LateAnnounced}},
		{"the second day is a Sunday", notice.Minutes, bodies.Committee, "2026-03-09", "2026-02-25", "2026-03-06", nil},
		{"KL 5 kap. 69 §: fourteen days", notice.Minutes, bodies.Council, "2026-03-11", "2026-02-25", "2026-03-11", nil},
		{"fifteen days", notice.Minutes, bodies.Council, "2026-03-12", "2026-02-25", "2026-03-12", []notice.Late{notice.LateAdjusted}},
		{"KL 5 kap. 13 §: a week before", notice.Meeting, bodies.Council, "2026-03-02", "2026-03-09", "", nil},
		{"six days before", notice.Meeting, bodies.Council, "2026-03-03", "2026-03-09", "", []notice.Late{notice.LateCouncil}},
		{"a committee may meet sooner", notice.Meeting, bodies.Committee, "2026-03-03", "2026-03-09", "", nil},
	} {
		got := notice.LateOf(c, x.kind, x.of, date(x.first), date(x.meeting), date(x.adjusted))
		if len(got) != len(x.late) || len(got) == 1 && got[0] != x.late[0] {
			t.Errorf("%s: %v, expected %v", x.name, got, x.late)
		}
	}
}

// board is the board of the small municipality. Kim is the secretary of the executive board.
type board struct {
	*casestest.World
	*notice.Module
	vault   *documents.Vault
	rulings *rulings
	url     string
	Clock   *calendar.Fake
}

// rulings are decisions to announce.
type rulings struct {
	list []*ruling.Record
	told []ruling.Announcement
}

func (r *rulings) Unannounced(context.Context, access.Actor, string) ([]*ruling.Record, error) {
	return r.list, nil
}

func (r *rulings) Announced(_ context.Context, _ *store.Tx, a ruling.Announcement) error {
	r.told = append(r.told, a)
	return nil
}

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

func each(t *testing.T, fn func(t *testing.T, b *board)) {
	rooms := append(casestest.Rooms(), []fs.FS{documents.Migrations, notice.Migrations}...)
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB) *board {
	t.Helper()
	w := casestest.New(t, db)
	if _, err := w.Org.Appoint(t.Context(), bodies.By{Person: journal.System}, bodies.Mandate{Person: w.IDs["kim"], Role: access.Secretary, Place: bodies.Place{Body: "ks"}, From: calendar.NewDate(2026, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &board{World: w, Clock: w.Clock, rulings: &rulings{}}
	if b.vault, err = documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: w.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.vault.Close() })
	b.Module = &notice.Module{BaseURL: "https://prov.example", Town: text("Provköping"), Service: notice.New(notice.Config{DB: db, Journal: w.Log, Vault: b.vault, Organisation: w.Org, Rulings: b.rulings, Clock: w.Clock, Days: days(t)})}
	texts := i18ntest.Complete(t, notice.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		return b
	}
	site := &ui.Site{Name: text("Kommunen"), Assets: assets}
	page := func(req *http.Request, title string) ui.Page {
		return ui.Page{Site: site, Title: title, Path: req.URL.RequestURI()}
	}
	b.Page = func(req *http.Request, title, _ string) ui.Page { return page(req, title) }
	b.Office = officetest.Door(w.Org, w.Clock, site)
	mux := http.NewServeMux()
	b.Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: w.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					req = req.WithContext(identity.With(req.Context(), &identity.Principal{PersonID: w.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}))
				}
				next.ServeHTTP(rw, req)
			})
		}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func minutes() notice.Draft {
	return notice.Draft{Kind: notice.Minutes, Body: "ks", Meeting: date("2026-02-25"), Adjusted: date("2026-03-02"), Kept: "Kansliet", Contact: "Sekreteraren, 0555-10 00"}
}

func (b *board) announce(t *testing.T, d notice.Draft) *notice.Notice {
	t.Helper()
	n, err := b.Announce(t.Context(), b.As("kim"), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *board) day(s string) { b.Clock.Set(date(s).Start().Add(12 * time.Hour)) }

func TestKL_8_12_AProtokollIsAnnouncedOnceAndStaysUpTheWholeTimeToAppeal(t *testing.T) {
	each(t, func(t *testing.T, b *board) {
		if _, err := b.Announce(t.Context(), b.As("anna"), minutes(), nil); !access.IsDenied(err) {
			t.Errorf("an officer announces for the body: %v", err)
		}
		n := b.announce(t, minutes())
		if n.First != date("2026-03-02") || n.Last != date("2026-03-23") || len(n.Late) != 0 {
			t.Errorf("%+v", n)
		}
		if len(b.rulings.told) != 1 || b.rulings.told[0].Meeting != date("2026-02-25") || b.rulings.told[0].First != n.First {
			t.Errorf("%+v", b.rulings.told)
		}
		if _, err := b.Announce(t.Context(), b.As("kim"), minutes(), nil); !errors.Is(err, notice.ErrTwice) {
			t.Errorf("announced twice: %v", err)
		}
		part := minutes()
		part.Part = "§ 12"
		b.announce(t, part) // a paragraph that was justerad at once is its own
		again := minutes()
		again.Corrects, again.Kept = n.ID, "Biblioteket"
		fix := b.announce(t, again)
		if len(b.rulings.told) != 1 {
			t.Error("a correction moves the time to appeal")
		}
		if old, err := b.Public(t.Context(), n.ID); err != nil || old.CorrectedBy != fix.ID || old.Kept != "Kansliet" {
			t.Errorf("%+v, %v", old, err)
		}
		b.day("2026-03-23")
		var early *notice.EarlyError
		if err := b.Remove(t.Context(), b.As("kim"), n.ID); !errors.As(err, &early) || early.Last != date("2026-03-23") {
			t.Errorf("taken down on its last day: %v", err)
		}
		if done, err := b.Tend(t.Context()); err != nil || done != 0 {
			t.Error(done, err)
		}
		b.day("2026-03-24")
		if done, err := b.Tend(t.Context()); err != nil || done != 3 {
			t.Error(done, err)
		}
		if _, err := b.Public(t.Context(), n.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was taken down is public: %v", err)
		}
		kept, err := b.Notice(t.Context(), b.As("kim"), n.ID)
		if err != nil || kept.Up() || calendar.DateOf(kept.Down) != date("2026-03-24") {
			t.Errorf("%+v, %v", kept, err)
		}
		if _, err := b.Notice(t.Context(), b.As("anna"), n.ID); !access.IsDenied(err) {
			t.Errorf("%v", err)
		}
		if err := b.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := b.Log.About(t.Context(), journal.Ref{Kind: "notice", ID: n.ID})
		if err != nil || len(entries) != 2 || entries[0].Action != "notice.announced" || entries[1].Action != "notice.taken_down" || entries[1].Actor != journal.System {
			t.Errorf("the time up is not proved: %+v, %v", entries, err)
		}
		if err := b.Remove(t.Context(), b.As("kim"), n.ID); !errors.Is(err, notice.ErrDown) {
			t.Errorf("%v", err)
		}
	})
}

func TestKL_8_10_WhatEachNoticeMustSay(t *testing.T) {
	today := date("2026-03-02")
	meeting := notice.Draft{Kind: notice.Meeting, Body: "ks", Meeting: date("2026-03-10"), Time: "13", Place: "Salen", Text: "Budget", Contact: "x"}
	other := notice.Draft{Kind: notice.Other, Body: "ks", Title: "Samråd", Text: "Plan", Law: "PBL", Until: date("2026-03-20"), Contact: "x"}
	for _, x := range []struct {
		name   string
		draft  notice.Draft
		change func(*notice.Draft)
		file   bool
		field  string
		fact   notice.Fact
	}{
		{"whole", minutes(), func(*notice.Draft) {}, false, "", ""},
		{"a meeting", meeting, func(*notice.Draft) {}, false, "", ""},
		{"another", other, func(*notice.Draft) {}, false, "", ""},
		{"KL 8 kap. 12 §: where it is", minutes(), func(d *notice.Draft) { d.Kept = "" }, false, "finns", "kept"},
		{"justerat before the meeting", minutes(), func(d *notice.Draft) { d.Adjusted = date("2026-02-24") }, false, "justerat", "adjusted"},
		{"justerat tomorrow", minutes(), func(d *notice.Draft) { d.Adjusted = date("2026-03-03") }, false, "justerat", "adjusted"},
		{"a file nobody has looked through", minutes(), func(*notice.Draft) {}, true, "granskad", "screened"},
		{"a file that somebody has", minutes(), func(d *notice.Draft) { d.Screened = true }, true, "", ""},
		{"KL 5 kap. 13 §: the matters", meeting, func(d *notice.Draft) { d.Text = "" }, false, "text", "matters"},
		{"a meeting that was held", meeting, func(d *notice.Draft) { d.Meeting = date("2026-03-01") }, false, "sammantrade", "meeting_ahead"},
		{"KL 8 kap. 11 §: only what a statute asks for", other, func(d *notice.Draft) { d.Law = "" }, false, "lag", "law"},
		{"a personnummer in the text", other, func(d *notice.Draft) { d.Text = "Gäller 20000101-2384." }, false, "text", "number"},
		{"a personnummer in the heading", other, func(d *notice.Draft) { d.Title = "000101-2384" }, false, "rubrik", "number"},
		{"no decision", notice.Draft{Kind: notice.Delegated, Contact: "x"}, func(*notice.Draft) {}, false, "beslut", "decision"},
		{"something else", notice.Draft{Kind: "reklam", Contact: "x"}, func(*notice.Draft) {}, false, "sort", "kind"},
	} {
		d := x.draft
		x.change(&d)
		err := notice.Check(d, today, x.file)
		var no *notice.FactError
		if x.field == "" && err != nil || x.field != "" && (!errors.As(err, &no) || len(no.Fields) != 1 || no.Fields[0].Field != x.field || no.Fields[0].Fact != x.fact) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

func TestKL_8_10_3_ADecisionOnDelegationThatIsNotReportedIsAnnouncedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *board) {
		id := store.NewID()
		b.rulings.list = []*ruling.Record{{Decision: id, Case: store.NewID(), Number: "KS 2026/00007", Title: "Gatan stängs"}}
		d := notice.Draft{Kind: notice.Delegated, Body: "ks", Decision: id, Contact: "x", Title: "Något annat"}
		n := b.announce(t, d)
		if n.Title != "Gatan stängs" || n.Number != "KS 2026/00007" || b.rulings.told[0].Decision != id {
			t.Errorf("%+v", n)
		}
		if _, err := b.Announce(t.Context(), b.As("kim"), d, nil); !errors.Is(err, notice.ErrTwice) {
			t.Errorf("%v", err)
		}
		d.Decision = store.NewID()
		if _, err := b.Announce(t.Context(), b.As("kim"), d, nil); !errors.Is(err, notice.ErrTwice) {
			t.Errorf("one that is not to be announced: %v", err)
		}
		if err := b.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return b.Module.Erase(ctx, tx, n.Case) }); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Public(t.Context(), n.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

func (b *board) ask(t *testing.T, who, path string, fields map[string]string, pdf []byte, status int, words ...string) string {
	t.Helper()
	method, body, kind := http.MethodGet, io.Reader(nil), ""
	if fields != nil {
		var buffer bytes.Buffer
		w := multipart.NewWriter(&buffer)
		for name, value := range fields {
			_ = w.WriteField(name, value)
		}
		if pdf != nil {
			f, err := w.CreateFormFile("fil", "protokoll.pdf")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.Write(pdf)
		}
		_ = w.Close()
		method, body, kind = http.MethodPost, &buffer, w.FormDataContentType()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Test-Person", who)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != status {
		t.Fatalf("%s %s as %q: %d, expected %d\n%s", method, path, who, resp.StatusCode, status, raw)
	}
	if status != http.StatusSeeOther && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		uitest.Page(t, method+" "+path, bytes.NewReader(raw))
	}
	for _, w := range words {
		if !strings.Contains(string(raw), w) {
			t.Fatalf("%s %s does not say %q:\n%s", method, path, w, raw)
		}
	}
	return string(raw)
}

func TestKL_8_9_TheBoardIsForEverybodyWithItsFeedAndItsFile(t *testing.T) {
	each(t, func(t *testing.T, b *board) {
		if b.url == "" {
			t.Skip("the assets are not built")
		}
		for _, lang := range []string{"", "/en"} {
			b.ask(t, "", lang+"/anslagstavla", nil, nil, 200)
			for _, kind := range notice.Kinds() {
				b.ask(t, "kim", lang+"/arbete/nytt-anslag/"+string(kind), nil, nil, 200)
			}
			b.ask(t, "kim", lang+"/arbete/anslagstavla", nil, nil, 200)
		}
		b.ask(t, "anna", "/arbete/anslagstavla", nil, nil, 403)
		form := map[string]string{"organ": "ks", "sammantrade": "2026-02-25", "justerat": "2 mars", "finns": "Kansliet 20000101-2384", "kontakt": "Sekreteraren"}
		here := "/arbete/nytt-anslag/protokoll"
		pdf := []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
		b.ask(t, "kim", here, form, nil, 422, "Skriv datumet så här", "2 mars", "Kansliet")
		form["justerat"] = "2026-03-02"
		b.ask(t, "kim", here, form, pdf, 422, "Här står ett personnummer", "Kontrollera filen och kryssa i rutan", "Välj filen en gång till")
		form["finns"], form["granskad"] = "Kansliet", "1"
		b.ask(t, "kim", here, form, []byte("MZ no pdf"), 422, "Den ska vara en PDF")
		b.ask(t, "kim", here, form, pdf, 303)
		b.ask(t, "kim", here, form, nil, 422, "Det är redan tillkännagivet")
		list, err := b.Board(t.Context())
		if err != nil || len(list) != 1 || list[0].SHA256 == "" {
			t.Fatalf("%+v, %v", list, err)
		}
		at := "/anslagstavla/" + list[0].ID
		b.ask(t, "", "/anslagstavla", nil, nil, 200, "Justerat protokoll: Kommunstyrelsen 25 februari 2026", "2026-03-23", "Skriv till förvaltningsrätten")
		b.ask(t, "", at, nil, nil, 200, "Kansliet", "23 mars 2026", list[0].SHA256)
		b.ask(t, "", "/en"+at, nil, nil, 200, "Approved minutes")
		if got := b.ask(t, "", at+"/handling", nil, nil, 200); got != string(pdf) {
			t.Errorf("%q", got)
		}
		var feed struct {
			Entries []struct {
				ID    string `xml:"id"`
				Title string `xml:"title"`
				Link  struct {
					Href string `xml:"href,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(b.ask(t, "", "/anslagstavla.atom", nil, nil, 200)), &feed); err != nil || len(feed.Entries) != 1 || feed.Entries[0].ID != "urn:uuid:"+list[0].ID || feed.Entries[0].Link.Href != "https://prov.example"+at {
			t.Errorf("%+v, %v", feed, err)
		}
		staff := "/arbete/anslagstavla/" + list[0].ID
		b.ask(t, "kim", staff, nil, nil, 200, "Sattes upp")
		b.ask(t, "kim", staff+"/ta-ner", map[string]string{}, nil, 409, "Anslaget kan inte tas ned ännu", "23 mars 2026")
		b.ask(t, "kim", staff+"/bevis.pdf", nil, nil, 404)
		b.day("2026-03-24")
		b.ask(t, "kim", staff+"/ta-ner", map[string]string{}, nil, 303)
		for _, path := range []string{at, at + "/handling"} {
			b.ask(t, "", path, nil, nil, 404)
		}
		if got := b.ask(t, "kim", staff+"/bevis.pdf", nil, nil, 200); !strings.HasPrefix(got, "%PDF") {
			t.Error("no proof")
		}
		b.ask(t, "kim", staff, nil, nil, 200, "Togs ned")
	})
}
