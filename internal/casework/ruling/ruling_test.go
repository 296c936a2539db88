package ruling_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
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

// room is the small municipality with decisions that can be appealed: nej and ja on delegation to officers, stor by the body. Kim is also
// the secretary of the executive board.
type room struct {
	*casestest.World
	*ruling.Module
	vault *documents.Vault
	url   string
	Clock *calendar.Fake
}

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	w := casestest.New(t, db)
	three, err := calendar.ParsePeriod("P3W")
	if err != nil {
		t.Fatal(err)
	}
	d := w.Lamp.Definition
	appeal := casetype.Appeal{Type: casetype.Administrative, Within: three, Text: text("Skriv till förvaltningsrätten inom tre veckor. Lämna det till oss."), To: text("Förvaltningsrätten i Prov")}
	legality := appeal
	legality.Type = casetype.Legality
	delegation := &casetype.Delegation{Ref: "KS 7", Role: access.Officer}
	d.Decisions = append(d.Decisions,
		casetype.Decision{Key: "nej", Outcome: casetype.Reject, Title: text("Lampan lagas inte"), Result: "klar", Delegation: delegation, Appeal: appeal, Wording: casetype.Wording{Closing: text("Ärendet {number} avslutas.")}},
		casetype.Decision{Key: "ja", Outcome: casetype.Approve, Title: text("Lampan lagas"), Result: "klar", Delegation: delegation, Appeal: appeal},
		casetype.Decision{Key: "laglig", Outcome: casetype.Answer, Title: text("Gatan stängs"), Result: "klar", Delegation: delegation, Appeal: legality})
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	w.Lamp = ct
	if _, err := w.Org.Appoint(t.Context(), bodies.By{Person: journal.System}, bodies.Mandate{Person: w.IDs["kim"], Role: access.Secretary, Place: bodies.Place{Body: "ks"}, From: calendar.NewDate(2026, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	key, err := documents.GenerateMasterKey(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	r := &room{World: w, Clock: w.Clock}
	if r.vault, err = documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(folder, "documents"), Key: key, Clock: w.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.vault.Close() })
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	texts := i18ntest.Complete(t, ruling.Texts, ui.Texts, web.Texts, access.Texts)
	i18ntest.Strict(t, texts)
	r.Module = &ruling.Module{Service: ruling.New(ruling.Config{DB: db, Journal: w.Log, Cases: w.Service, Types: w, Vault: r.vault, Organisation: w.Org, Clock: w.Clock, Days: days, Words: texts.For, Town: text("Provköping")})}
	r.serve(t, texts)
	return r
}

func (r *room) serve(t *testing.T, texts *i18n.Catalogue) {
	t.Helper()
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		return // the pages are tested where the assets are built
	}
	site := &ui.Site{Name: text("Kommunen"), Assets: assets}
	r.Office = officetest.Door(r.Org, r.Clock, site)
	mux := http.NewServeMux()
	r.Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					req = req.WithContext(identity.With(req.Context(), &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}))
				}
				next.ServeHTTP(w, req)
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	rooms := append(casestest.Rooms(), []fs.FS{documents.Migrations, ruling.Migrations}...)
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

// matter hands in a matter as Ines, and lets Anna take it.
func (r *room) matter(t *testing.T) string {
	t.Helper()
	a := r.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person = r.IDs["inv"] })
	if _, err := r.Claim(t.Context(), r.As("anna"), cases.On{Case: a.CaseID}); err != nil {
		t.Fatal(err)
	}
	return a.CaseID
}

func refusal() ruling.Words {
	return ruling.Words{Text: "Lampan lagas inte.", Reasons: "Gatan rivs nästa vecka.", Grounds: []ruling.Ground{{Text: "Kommunallagen (2017:725) 2 kap. 1 §"}}}
}

func (r *room) decide(t *testing.T, id, key string, change ...func(*ruling.Making)) *ruling.Record {
	t.Helper()
	m := ruling.Making{Ruling: cases.Ruling{Key: key}, Words: refusal()}
	for _, c := range change {
		c(&m)
	}
	x, err := r.Module.Service.Decide(t.Context(), r.As("anna"), cases.On{Case: id}, m)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (r *room) reload(t *testing.T, x *ruling.Record) *ruling.Record {
	t.Helper()
	list, err := r.Of(t.Context(), x.Case)
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range list {
		if y.Decision == x.Decision {
			return y
		}
	}
	t.Fatal("the decision is gone")
	return nil
}

func (r *room) read(t *testing.T, f ruling.File) []byte {
	t.Helper()
	_, body, err := r.vault.Open(t.Context(), f.Document)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (r *room) day(s string) { r.Clock.Set(at(s)) }

func at(s string) time.Time {
	d, _ := calendar.ParseDate(s)
	return d.Start().Add(12 * time.Hour)
}

func date(s string) calendar.Date { d, _ := calendar.ParseDate(s); return d }

func TestFL_31_TheDocumentSaysWhatTheLawDemandsAndProvesItself(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.matter(t)
		x := r.decide(t, id, "nej", func(m *ruling.Making) {
			m.Words.Rapporteurs, m.Words.Present = []string{"Fia Föredragande"}, []string{"Nils Närvarande"}
			m.Words.Dissents = []ruling.Dissent{{Name: "Rut Reserverad", Text: "Lampan <borde> lagas."}}
			m.To = "avslutad"
		})
		html := r.read(t, x.HTML)
		for _, once := range []string{"<main>", "<h1>", "<title>", `<meta charset="utf-8">`} { // a whole page by itself, with no style and no script
			if strings.Count(string(html), once) != 1 {
				t.Errorf("the document has %d %s", strings.Count(string(html), once), once)
			}
		}
		if regexp.MustCompile(`(?i)<(style|script|link)|style=|javascript:`).Match(html) {
			t.Error("the document leans on something outside it")
		}
		for _, want := range []string{`<html lang="sv">`, "2 mars 2026", "Lampan lagas inte.", "Gatan rivs nästa vecka.", "Kommunallagen (2017:725) 2 kap. 1 §", "Person anna", "Fia Föredragande",
			"Nils Närvarande", "Avvikande mening: Rut Reserverad", "Lampan &lt;borde&gt; lagas.", "KS 7", "Skriv till förvaltningsrätten", "Provköping, Kommunstyrelsen", "avslutas."} {
			if !strings.Contains(string(html), want) {
				t.Errorf("the document does not say %q:\n%s", want, html)
			}
		}
		if !bytes.HasPrefix(r.read(t, x.PDF), []byte("%PDF")) {
			t.Error("there is no paper copy")
		}
		s, err := ruling.Verify(html, x.Statement, r.Log.Key().Public())
		if err != nil || s.Decision != x.Decision || s.Decider != r.IDs["anna"] || s.Mandate == "" || s.Delegation != "KS 7" || s.HTML != x.HTML.SHA256 {
			t.Errorf("%+v, %v", s, err)
		}
		view, err := r.View(t.Context(), r.As("anna"), id)
		if err != nil || len(view.Documents) != 2 || view.Case.Open || len(view.Decisions) != 1 || !strings.Contains(view.Decisions[0].Text, "Gatan rivs") {
			t.Errorf("%+v, %v", view.Documents, err)
		}
		if err := r.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := r.Log.About(t.Context(), journal.Ref{Kind: "case", ID: id})
		if last := entries[len(entries)-1]; err != nil || last.Action != cases.ActionDecided || !strings.Contains(string(last.Payload), x.HTML.SHA256) || !strings.Contains(string(last.Payload), x.PDF.SHA256) {
			t.Errorf("the journal does not hold the digests: %s", last.Payload)
		}
		if err := cases.Compare(t.Context(), r.DB, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}

func TestPR_2_ADecisionByOneWhoseDelegationEndedYesterdayIsRefusedWithTheReason(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.matter(t)
		making := ruling.Making{Ruling: cases.Ruling{Key: "nej"}, Words: refusal()}
		yesterday := r.As("anna") // the page was opened while it held
		mandate := yesterday.Mandates[0].ID
		if err := r.Org.EndMandate(t.Context(), bodies.By{Person: journal.System}, mandate, date("2026-03-02")); err != nil {
			t.Fatal(err)
		}
		r.day("2026-03-03")
		_, err := r.Module.Service.Decide(t.Context(), yesterday, cases.On{Case: id}, making)
		var no *ruling.DelegationError
		if !errors.As(err, &no) || no.Ended != date("2026-03-02") || no.Ref != "KS 7" || no.Role != access.Officer {
			t.Errorf("%v", err)
		}
		if _, err := r.Module.Service.Decide(t.Context(), r.As("chef"), cases.On{Case: id}, making); !errors.As(err, &no) || !no.Ended.IsZero() {
			t.Errorf("one who never had it: %v", err)
		}
		if list, err := r.Of(t.Context(), id); err != nil || len(list) != 0 {
			t.Errorf("%d decisions, %v", len(list), err)
		}
		r.day("2026-03-02") // the last day counts
		r.decide(t, id, "nej")
	})
}

// The clock passes midnight between the page's question and the commit: the mandate is asked again at the instant of the commit.
func TestPR_2_TheMandateIsAskedAtTheInstantOfTheCommit(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.matter(t)
		r.Clock.Set(date("2026-03-03").Start().Add(-time.Second))
		m := ruling.Making{Ruling: cases.Ruling{Key: "nej"}, Words: refusal()}
		x := r.Module.Service
		slow := &ticking{Fake: r.Clock, after: 1}
		late := ruling.New(ruling.Config{DB: r.DB, Journal: r.Log, Cases: r.World.Service, Types: r.World, Vault: r.vault, Organisation: r.Org, Clock: slow, Days: mustDays(t), Words: func(i18n.Lang) *i18n.Localizer { return localizer(t) }, Town: text("P")})
		if _, err := late.Decide(t.Context(), r.As("anna"), cases.On{Case: id}, m); !errors.Is(err, ruling.ErrDay) {
			t.Errorf("%v", err)
		}
		if list, _ := x.Of(t.Context(), id); len(list) != 0 {
			t.Error("it was decided all the same")
		}
	})
}

// ticking moves to the next day once it has been asked.
type ticking struct {
	*calendar.Fake
	after int
}

func (c *ticking) Now() time.Time {
	now := c.Fake.Now()
	if c.after--; c.after == 0 {
		c.Advance(2 * time.Second)
	}
	return now
}

func mustDays(t *testing.T) *calendar.Calendar {
	c, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func localizer(t *testing.T) *i18n.Localizer { return i18ntest.Complete(t, ruling.Texts).For(i18n.SV) }

func TestFL_16_NobodyDecidesInTheirOwnMatter_FL_32_NorWithoutReasons(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		own := r.HandIn(t, casestest.Broken(), func(s *cases.Submission) { s.Person = r.IDs["chef"] }).CaseID
		if _, err := r.Module.Service.Decide(t.Context(), r.As("chef"), cases.On{Case: own}, ruling.Making{Ruling: cases.Ruling{Key: "nej"}, Words: refusal()}); err == nil {
			t.Error("chef decided in a matter of their own")
		}
		id := r.matter(t)
		_, err := r.Module.Service.Decide(t.Context(), r.As("anna"), cases.On{Case: id}, ruling.Making{Ruling: cases.Ruling{Key: "nej"}, Words: ruling.Words{Text: "Nej."}})
		var lack *ruling.LackError
		if !errors.As(err, &lack) || len(lack.Lacks) != 2 {
			t.Errorf("%v", err)
		}
		r.decide(t, id, "ja", func(m *ruling.Making) { m.Words = ruling.Words{Text: "Ja."} })
	})
}

func TestFL_44_ReadingOnMinaSidorIsTheDayOfReceiptAndALetterIsNone(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		x := r.decide(t, r.matter(t), "nej")
		who := cases.Citizen{Person: r.IDs["inv"]}
		view, err := r.CitizenView(t.Context(), who, x.Case)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.ReadBy(t.Context(), cases.Citizen{Opened: []string{x.Case}}, view); err != nil || !r.reload(t, x).Parties[0].On.IsZero() {
			t.Errorf("by its code nobody has received it: %v", err)
		}
		if _, err := r.Serve(t.Context(), r.As("anna"), x.Decision, ruling.Serving{Party: 0, Way: ruling.WayLetter, Sent: date("2026-03-02"), On: date("2026-03-02")}); !errors.Is(err, ruling.ErrWay) {
			t.Errorf("a letter tells no day: %v", err)
		}
		if _, err := r.Serve(t.Context(), r.As("anna"), x.Decision, ruling.Serving{Party: 0, Way: ruling.WayLetter, Sent: date("2026-03-02")}); err != nil {
			t.Fatal(err)
		}
		if p := r.reload(t, x).Parties[0]; p.Sent.IsZero() || !p.On.IsZero() {
			t.Errorf("%+v", p)
		}
		r.day("2026-03-05")
		for range 2 {
			if err := r.ReadBy(t.Context(), who, view); err != nil {
				t.Fatal(err)
			}
		}
		p := r.reload(t, x).Parties[0]
		if p.On != date("2026-03-05") || p.Way != ruling.WayMine || p.At.IsZero() {
			t.Errorf("%+v", p)
		}
		if _, err := r.Serve(t.Context(), r.As("anna"), x.Decision, ruling.Serving{Party: 0, Way: ruling.WayHanded, On: date("2026-03-05")}); !errors.Is(err, ruling.ErrServed) {
			t.Errorf("%v", err)
		}
		parts, err := r.Show(t.Context(), localizer(t), view)
		if err != nil || len(parts) != 1 {
			t.Fatal(err)
		}
		shown, err := ui.String(i18n.With(t.Context(), localizer(t)), parts[0])
		if err != nil || !strings.Contains(shown, "Sista dagen att överklaga är 26 mars 2026") {
			t.Errorf("%s, %v", shown, err)
		}
		mine := []cases.CaseDecision{{Case: view.Case, Decision: view.Decisions[0]}}
		if until, err := r.Until(t.Context(), localizer(t), mine); err != nil || !strings.Contains(until[x.Decision], "Sista dagen att överklaga är 26 mars 2026") {
			t.Errorf("Mina sidor says %v, %v", until, err)
		}
		if until, err := r.Until(t.Context(), localizer(t), nil); err != nil || len(until) != 0 {
			t.Errorf("%v, %v", until, err)
		}
	})
}

func TestFL_45_and_46_AnAppealInTimeIsHandedOverAndTheDecisionIsFinalAfterTheCourt(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		x := r.decide(t, r.matter(t), "nej")
		who := cases.Citizen{Person: r.IDs["inv"]}
		if n, err := r.Tend(t.Context()); err != nil || n != 0 {
			t.Fatal("final before anybody was served", n, err)
		}
		r.served(t, x, "2026-03-02")
		r.day("2026-03-23")
		for range 2 { // sent twice
			if err := r.LodgeOwn(t.Context(), who, x.Case, x.Decision, "Laga lampan."); err != nil {
				t.Fatal(err)
			}
		}
		x = r.reload(t, x)
		if len(x.Appeals) != 1 || x.Appeals[0].State != ruling.Lodged {
			t.Fatalf("%+v", x.Appeals)
		}
		a := x.Appeals[0].ID
		officer := r.As("anna")
		if _, err := r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{Dismiss: true}); !errors.Is(err, ruling.ErrTimely) {
			t.Errorf("dismissed although in time: %v", err)
		}
		if _, err := r.Forward(t.Context(), officer, x.Decision, a, "Rätten"); !errors.Is(err, ruling.ErrState) {
			t.Errorf("handed over before it was examined: %v", err)
		}
		if _, err := r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Forward(t.Context(), officer, x.Decision, a, " "); !errors.Is(err, ruling.ErrCourt) {
			t.Error(err)
		}
		if _, err := r.Forward(t.Context(), officer, x.Decision, a, "Förvaltningsrätten i Prov"); err != nil {
			t.Fatal(err)
		}
		change := ruling.Making{Ruling: cases.Ruling{Key: "ja"}, Words: refusal(), Changes: x.Decision, Change: ruling.Change{Rule: ruling.Must38}}
		var no *ruling.ChangeError
		if _, err := r.Module.Service.Decide(t.Context(), officer, cases.On{Case: x.Case}, change); !errors.As(err, &no) || no.Section != "39" {
			t.Errorf("changed after it was handed over: %v", err)
		}
		r.day("2026-06-01")
		if n, err := r.Tend(t.Context()); err != nil || n != 0 {
			t.Fatal("final while the court has it", n, err)
		}
		if _, err := r.Rule(t.Context(), officer, x.Decision, a, ruling.Ruling{Outcome: ruling.Upheld, Day: date("2026-05-04"), Final: date("2026-05-26")}); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Tend(t.Context()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if f := r.reload(t, x).Final; f.On != date("2026-05-26") || !f.Told {
			t.Errorf("%+v", f)
		}
		if n, err := r.Tend(t.Context()); err != nil || n != 0 {
			t.Fatal("told twice", n, err)
		}
		view, err := r.View(t.Context(), officer, x.Case)
		if err != nil || view.Events[len(view.Events)-1].Kind != ruling.Finalised || view.Documents[len(view.Documents)-1].Name != "Överlämnande "+strings.ReplaceAll(x.Number, "/", "-")+".pdf" {
			t.Errorf("%+v, %v", view.Documents, err)
		}
		if err := r.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return r.Module.Erase(ctx, tx, x.Case) }); err != nil {
			t.Fatal(err)
		}
		if list, err := r.Of(t.Context(), x.Case); err != nil || len(list) != 0 {
			t.Errorf("%d left, %v", len(list), err)
		}
	})
}

func (r *room) served(t *testing.T, x *ruling.Record, day string) {
	t.Helper()
	if _, err := r.Serve(t.Context(), r.As("anna"), x.Decision, ruling.Serving{Party: 0, Way: ruling.WayHanded, On: date(day), Note: "Anna"}); err != nil {
		t.Fatal(err)
	}
}

func TestFL_45_ALateAppealIsDismissedByADecisionThatCanBeAppealedOrExcused(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		officer := r.As("anna")
		late := func() (*ruling.Record, string) {
			r.day("2026-03-02")
			x := r.decide(t, r.matter(t), "nej")
			r.served(t, x, "2026-03-02")
			r.day("2026-03-24")
			x, err := r.Lodge(t.Context(), officer, x.Decision, ruling.Appeal{Channel: "letter", Party: 0, Received: date("2026-03-24"), Text: "Laga den."})
			if err != nil {
				t.Fatal(err)
			}
			return x, x.Appeals[0].ID
		}
		x, a := late()
		var no *ruling.LateError
		if _, err := r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{}); !errors.As(err, &no) || no.Last != date("2026-03-23") {
			t.Errorf("%v", err)
		}
		if _, err := r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{Dismiss: true}); err != nil {
			t.Fatal(err)
		}
		list, err := r.Of(t.Context(), x.Case)
		if err != nil || len(list) != 2 || list[0].Appeals[0].State != ruling.Dismissed || list[1].Outcome != casetype.Dismiss || !list[1].Appeal.Open() || list[1].Delegation != "KS 7" {
			t.Fatalf("%+v, %v", list, err)
		}
		html := r.read(t, list[1].HTML)
		if !strings.Contains(string(html), "23 mars 2026") || !strings.Contains(string(html), "Förvaltningslagen (2017:900) 45 §") {
			t.Errorf("%s", html)
		}
		if _, err := ruling.Verify(html, list[1].Statement, r.Log.Key().Public()); err != nil {
			t.Error(err)
		}
		if n, err := r.Tend(t.Context()); err != nil || n != 0 {
			t.Error("final although the dismissal can be appealed", n, err)
		}
		r.served(t, list[1], "2026-03-24")
		r.day("2026-04-15")
		for n := 1; n > 0; {
			if n, err = r.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if f := r.reload(t, x).Final; f.On != date("2026-03-24") {
			t.Errorf("%+v", f)
		}
		x, a = late()
		if _, err := r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{Excuse: ruling.WrongNotice}); !errors.Is(err, cases.ErrNote) {
			t.Error(err)
		}
		x, err = r.Examine(t.Context(), officer, x.Decision, a, ruling.Examination{Excuse: ruling.WrongNotice, Note: "Fel adress i beslutet."})
		if err != nil || x.Appeals[0].State != ruling.Accepted || x.Appeals[0].Excuse != ruling.WrongNotice {
			t.Errorf("%+v, %v", x, err)
		}
	})
}

func TestFL_42_AnAppealByTheWrongPartyIsEnteredRefusedWithItsReasonAndOnlyTheCourtDismissesIt(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		officer := r.As("anna")
		x := r.decide(t, r.matter(t), "ja", func(m *ruling.Making) { m.Words = ruling.Words{Text: "Ja."} })
		x, err := r.Lodge(t.Context(), officer, x.Decision, ruling.Appeal{Channel: "letter", Party: ruling.NoParty, Name: "Gösta Granne", Received: date("2026-03-02"), Text: "Nej tack."})
		if err != nil || x.Appeals[0].State != ruling.Unfounded || x.Appeals[0].Refused != ruling.NotConcerned {
			t.Fatalf("%+v, %v", x, err)
		}
		view, err := r.View(t.Context(), officer, x.Case)
		if last := view.Handlings[len(view.Handlings)-1]; err != nil || last.Direction != cases.In || last.Party != "Gösta Granne" {
			t.Errorf("it is not in the diarium: %+v, %v", view.Handlings, err)
		}
		var no *ruling.StandingError
		if _, err := r.Examine(t.Context(), officer, x.Decision, x.Appeals[0].ID, ruling.Examination{}); !errors.As(err, &no) || no.Why != ruling.NotConcerned {
			t.Errorf("%v", err)
		}
		if _, err := r.Forward(t.Context(), officer, x.Decision, x.Appeals[0].ID, "Rätten"); !errors.As(err, &no) {
			t.Errorf("%v", err)
		}
		x, err = r.Examine(t.Context(), officer, x.Decision, x.Appeals[0].ID, ruling.Examination{Insists: true}) // FL 47 §
		if err != nil || x.Appeals[0].State != ruling.Accepted {
			t.Errorf("%+v, %v", x, err)
		}
		if err := r.LodgeOwn(t.Context(), cases.Citizen{Person: r.IDs["inv"]}, x.Case, x.Decision, "Mer."); err != nil {
			t.Fatal(err)
		}
		if a := r.reload(t, x).Appeals[1]; a.Refused != ruling.NotAgainst {
			t.Errorf("%+v", a)
		}
	})
}

func TestKL_6_40_and_7_8_TheListToTheBody(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		sek := r.As("kim")
		a := r.decide(t, r.matter(t), "nej")
		b := r.decide(t, r.matter(t), "laglig")
		secret := r.matter(t)
		c := r.decide(t, secret, "ja")
		if _, err := r.World.Mark(t.Context(), r.As("anna"), cases.On{Case: secret}, cases.Marked, "OSL 21:1", "Hälsa"); err != nil {
			t.Fatal(err)
		}
		from, to := date("2026-03-01"), date("2026-03-31")
		if _, _, err := r.Delegated(t.Context(), r.As("anna"), "ks", from, to); !access.IsDenied(err) {
			t.Errorf("an officer reads the list: %v", err)
		}
		list, more, err := r.Delegated(t.Context(), sek, "ks", from, to)
		if err != nil || more || len(list) != 3 || list[0].Subject == "" || list[2].Subject != "" || !list[2].Veiled {
			t.Fatalf("%+v, %v", list, err)
		}
		var csv bytes.Buffer
		if err := ruling.WriteCSV(&csv, localizer(t), list); err != nil || strings.Count(csv.String(), "\n") != 4 || strings.Count(csv.String(), "Visas inte") != 1 || strings.Count(csv.String(), "Lampan är släckt") != 2 {
			t.Errorf("%s, %v", csv.String(), err)
		}
		for name, try := range map[string]struct {
			ids  []string
			r    ruling.Report
			want error
		}{
			"a meeting ahead":     {[]string{a.Decision}, ruling.Report{Meeting: date("2026-03-03"), Paragraph: "12"}, ruling.ErrMeeting},
			"before the decision": {[]string{a.Decision}, ruling.Report{Meeting: date("2026-03-01"), Paragraph: "12"}, ruling.ErrMeeting},
			"no paragraph":        {[]string{a.Decision}, ruling.Report{Meeting: date("2026-03-02")}, cases.ErrEmpty},
			"nothing":             {nil, ruling.Report{Meeting: date("2026-03-02"), Paragraph: "12"}, ruling.ErrNone},
			"no such decision":    {[]string{a.Decision, store.NewID()}, ruling.Report{Meeting: date("2026-03-02"), Paragraph: "12"}, store.ErrNotFound},
		} {
			if err := r.Report(t.Context(), sek, "ks", try.ids, try.r); !errors.Is(err, try.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := r.Report(t.Context(), sek, "ks", []string{a.Decision, c.Decision}, ruling.Report{Meeting: date("2026-03-02"), Paragraph: "12"}); err != nil {
			t.Fatal(err)
		}
		if err := r.Report(t.Context(), sek, "ks", []string{a.Decision}, ruling.Report{Not: true}); !errors.Is(err, ruling.ErrReported) {
			t.Errorf("%v", err)
		}
		if err := r.Report(t.Context(), sek, "ks", []string{b.Decision}, ruling.Report{Not: true}); err != nil {
			t.Fatal(err)
		}
		waiting, err := r.Unannounced(t.Context(), sek, "ks")
		if err != nil || len(waiting) != 1 || waiting[0].Decision != b.Decision {
			t.Fatalf("%+v, %v", waiting, err)
		}
		announce := ruling.Announcement{Body: "ks", Decision: b.Decision, First: date("2026-03-02"), Last: date("2026-03-23"), Notice: "x"}
		if err := r.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return r.Announced(ctx, tx, announce) }); err != nil {
			t.Fatal(err)
		}
		r.day("2026-03-23")
		if n, err := r.Tend(t.Context()); err != nil || n != 0 {
			t.Error("final on its last day", n, err)
		}
		r.day("2026-03-24")
		if n, err := r.Tend(t.Context()); err != nil || n != 1 || r.reload(t, b).Final.On != date("2026-03-24") {
			t.Error(n, err)
		}
	})
}

func (r *room) ask(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Test-Person", who)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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
		t.Fatalf("%s %s as %s: %d, expected %d\n%s", method, path, who, resp.StatusCode, status, raw)
	}
	if status != http.StatusSeeOther && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && resp.Header.Get("Content-Disposition") == "" {
		uitest.Page(t, method+" "+path, bytes.NewReader(raw))
	}
	for _, w := range words {
		if !strings.Contains(string(raw), w) {
			t.Fatalf("%s %s does not say %q:\n%s", method, path, w, raw)
		}
	}
	return string(raw)
}

func TestThePagesOfADecisionFromServiceToTheCourt(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		if r.url == "" {
			t.Skip("the assets are not built")
		}
		x := r.decide(t, r.matter(t), "nej")
		here := "/arbete/beslut/" + x.Decision
		for _, lang := range []string{"", "/en"} {
			r.ask(t, "anna", lang+here, nil, 200, x.HTML.SHA256, "Person anna", "KS 7")
			r.ask(t, "anna", lang+here+"/dokument", nil, 200, "Gatan rivs nästa vecka.")
			r.ask(t, "anna", lang+here+"/delgivning/0", nil, 200)
			r.ask(t, "anna", lang+here+"/overklagande", nil, 200)
			r.ask(t, "kim", lang+"/arbete/delegationsbeslut", nil, 200, x.Number, "Lampan lagas inte")
		}
		file := r.ask(t, "anna", here+"/beslut.html", nil, 200)
		html, statement, err := ruling.Unseal([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ruling.Verify(html, statement, r.Log.Key().Public()); err != nil {
			t.Error(err)
		}
		r.ask(t, "nora", here, nil, 404)
		r.ask(t, "anna", "/arbete/delegationsbeslut", nil, 403)
		r.ask(t, "anna", here+"/delgivning/0", url.Values{"satt": {"hand"}}, 422, "Skriv dagen då parten fick beslutet.")
		r.ask(t, "anna", here+"/delgivning/0", url.Values{"satt": {"brev"}, "skickat": {"2 mars"}}, 422, "Skriv datumet så här: 2026-03-02.", "2 mars")
		r.ask(t, "anna", here+"/delgivning/0", url.Values{"satt": {"hand"}, "mottaget": {"2026-03-02"}}, 303)
		r.day("2026-03-24")
		r.ask(t, "anna", here+"/overklagande", url.Values{}, 422, "Välj vem som överklagar.", "Skriv vad överklagandet säger.")
		r.ask(t, "anna", here+"/overklagande", url.Values{"part": {"0"}, "kanal": {"letter"}, "kom": {"2026-03-24"}, "text": {"Laga lampan."}}, 303)
		a := here + "/overklagande/" + r.reload(t, x).Appeals[0].ID
		r.ask(t, "anna", a+"/prova", nil, 200, "Det kom för sent.", "23 mars 2026")
		r.ask(t, "anna", a+"/prova", url.Values{}, 422, "Välj om det ska avvisas eller prövas ändå.")
		r.ask(t, "anna", a+"/prova", url.Values{"svar": {"overinstans"}}, 422, "Skriv varför det prövas fast det kom sent.")
		r.ask(t, "anna", a+"/prova", url.Values{"svar": {"overinstans"}, "not": {"Kom till rätten den 20 mars."}}, 303)
		r.ask(t, "anna", a+"/overlamna", nil, 200, "Förvaltningsrätten i Prov", "Handlingar som följer med", "Beslut "+strings.ReplaceAll(x.Number, "/", "-")+".pdf")
		r.ask(t, "anna", a+"/overlamna", url.Values{"domstol": {""}}, 422, "Skriv vilken domstol")
		r.ask(t, "anna", a+"/overlamna", url.Values{"domstol": {"Förvaltningsrätten i Prov"}}, 303)
		r.ask(t, "anna", a+"/utfall", url.Values{}, 422, "Välj vad domstolen beslutade.")
		r.ask(t, "anna", a+"/utfall", url.Values{"utfall": {"upphavt"}, "dag": {"2026-03-24"}, "lagakraft": {"2026-03-24"}}, 303)
		r.ask(t, "anna", here, nil, 200, "Beslutet upphävdes", "Gäller inte: upphävt eller ändrat")
		r.ask(t, "kim", "/arbete/delegationsbeslut", url.Values{"beslut": {x.Decision}, "gor": {"anmal"}, "sammantrade": {"2026-03-24"}}, 422, "Skriv paragrafen")
		r.ask(t, "kim", "/arbete/delegationsbeslut", url.Values{"beslut": {x.Decision}, "gor": {"anmal"}, "sammantrade": {"2026-03-24"}, "paragraf": {"7"}}, 303)
		r.ask(t, "kim", "/arbete/delegationsbeslut/lista.csv", nil, 200, "2026-03-24;7")
	})
}
