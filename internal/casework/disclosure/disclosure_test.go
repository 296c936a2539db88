package disclosure_test

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
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/disclosure"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/ui/uitest"
	"dygnet/internal/kernel/web"
)

// room is disclosure in the small municipality, whose one case type takes in requests as well. Who asks stands in the header Test-Person.
type room struct {
	*casestest.World
	*disclosure.Service
	vault *documents.Vault
	url   string
}

func text(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{World: casestest.New(t, db)}
	def := r.Lamp.Definition
	step := &def.Form.Steps[0]
	step.Questions = append(step.Questions, casetype.Question{Key: "satt", Type: casetype.TypeChoice, Label: text("Hur?"), Optional: true,
		Options: []casetype.Option{{Value: "har", Label: text("Här")}, {Value: "epost", Label: text("E-post")}}},
		casetype.Question{Key: "epost", Type: casetype.TypeEmail, Label: text("Adress"), VisibleIf: `satt == "epost"`})
	def.Disclosure = &casetype.Disclosure{Wanted: "what", Way: "satt", Ways: []string{"har", "epost"}, Email: "epost", Answer: casetype.Reply{Given: text("Här är den."), Masked: text("Delar är borta, {lagrum}."),
		Reserved: text("Villkor: {forbehall} ({lagrum})"), Refused: text("Nej, {lagrum}."), Review: text("Begär beslut.")}}
	ct, issues := casetype.Compile(def)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	*r.Lamp = *ct
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	if r.vault, err = documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Key: key, Clock: r.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.vault.Close() })
	r.Service = disclosure.New(db, r.World.Service, r.vault, r.World, r.Clock)
	r.serve(t)
	return r
}

func (r *room) serve(t *testing.T) {
	texts := i18ntest.Complete(t, disclosure.Texts, office.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts)
	i18ntest.Strict(t, texts)
	assets, err := ui.NewAssets(ui.NeutralTheme())
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: text("Kommunen"), Contact: ui.Contact{Phone: "0555-10 00"}, Assets: assets}
	frame := func(req *http.Request, title, _ string) ui.Page {
		return ui.Page{Site: site, Title: title, Path: req.URL.RequestURI()}
	}
	door := officetest.Door(r.Org, r.Clock, site)
	mux := http.NewServeMux()
	disclosure.Pages(disclosure.Config{Service: r.Service, Office: door, Site: frame}).Routes(mux)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		web.Secure(web.SecurityOptions{}), web.SameOrigin(), func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if key := req.Header.Get("Test-Person"); key != "" {
					p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
					if key == "inv" {
						p.Kind = identity.Citizen
					}
					req = req.WithContext(identity.With(req.Context(), p))
				}
				next.ServeHTTP(w, req)
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	rooms := append(casestest.Rooms(), fs.FS(documents.Migrations), disclosure.Migrations)
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func (r *room) want(t *testing.T, who, path string, form url.Values, status int, words ...string) string {
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
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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
		uitest.Page(t, method+" "+path+" as "+who, bytes.NewReader(raw))
	}
	for _, w := range words {
		if !strings.Contains(string(raw), w) {
			t.Fatalf("%s as %q does not say %q:\n%s", path, who, w, raw)
		}
	}
	return string(raw)
}

// handIn is a case with a message and a text file.
func (r *room) handIn(t *testing.T, words string) (caseID, number string) {
	t.Helper()
	d, err := r.vault.Put(t.Context(), strings.NewReader("Brev om "+words+"\nRing 070-174 06 23 i morgon\n"), documents.Meta{Name: words + ".txt", Limits: documents.Limits{MaxBytes: 1000, Types: []string{documents.AnyType}}})
	if err != nil {
		t.Fatal(err)
	}
	a := r.HandIn(t, casestest.Broken(), func(in *cases.Submission) {
		in.Files = []cases.Document{{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256}}
	})
	if _, err := r.Message(t.Context(), r.As("anna"), cases.On{Case: a.CaseID}, "Svar till Ines om "+words+" och annat", nil); err != nil {
		t.Fatal(err)
	}
	return a.CaseID, a.Number
}

func (r *room) ask(t *testing.T, w disclosure.Wish) cases.Accepted {
	t.Helper()
	w.Key, w.Lang, w.Channel = store.NewID(), i18n.SV, "web"
	if w.Text == "" {
		w.Text = "Brevet om lampan"
	}
	a, err := r.Ask(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// content is what a stored document says: of a PDF its text.
func (r *room) content(t *testing.T, id string) string {
	t.Helper()
	d, body, err := r.vault.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if d.MIME != documents.PDF {
		return string(b)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: apt-get install poppler-utils")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-", "-")
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAMaskedCopyIsHandedOutAndTheOriginalIsUntouched(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		source, _ := r.handIn(t, "MARKORD")
		req := r.ask(t, disclosure.Wish{})
		list, err := r.In(ctx, anna, source)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		before := r.content(t, list[1].File.Document)
		if err := r.Choose(ctx, anna, req.CaseID, []disclosure.Source{list[0].Source, list[1].Source}); err != nil {
			t.Fatal(err)
		}
		if err := r.Answer(ctx, anna, cases.On{Case: req.CaseID}, "Här"); !errors.Is(err, disclosure.ErrUnassessed) {
			t.Errorf("unassessed: %v", err)
		}
		items, err := r.Items(ctx, anna, req.CaseID)
		if err != nil || len(items) != 2 {
			t.Fatalf("%+v, %v", items, err)
		}
		for i, words := range [][]string{{"1.5"}, {"1.3", "2"}} { // "Svar till Ines om MARKORD", "Brev om MARKORD"
			if err := r.Assess(ctx, anna, req.CaseID, items[i].ID, disclosure.Assessment{Outcome: disclosure.Parts, Words: words}); !errors.Is(err, cases.ErrProvision) {
				t.Errorf("without provision: %v", err)
			}
			if err := r.Assess(ctx, anna, req.CaseID, items[i].ID, disclosure.Assessment{Outcome: disclosure.Parts, Law: "21:1"}); !errors.Is(err, disclosure.ErrNoMask) {
				t.Errorf("without words: %v", err)
			}
			for range 2 { // a second try takes the place of the first
				if err := r.Assess(ctx, anna, req.CaseID, items[i].ID, disclosure.Assessment{Outcome: disclosure.Parts, Law: "21:1", Words: words}); err != nil {
					t.Fatal(err)
				}
			}
		}
		r.Clock.Advance(90 * time.Minute)
		if err := r.Answer(ctx, anna, cases.On{Case: req.CaseID}, "Här är de, maskade."); err != nil {
			t.Fatal(err)
		}
		v, err := r.CitizenView(ctx, cases.Citizen{Opened: []string{req.CaseID}}, req.CaseID)
		if err != nil || len(v.Documents) != 2 {
			t.Fatalf("%+v, %v", v.Documents, err)
		}
		for _, d := range v.Documents {
			said := r.content(t, d.Document)
			if strings.Contains(said, "MARKORD") || strings.Contains(said, "070") || !strings.Contains(said, disclosure.Masked) || strings.Contains(d.Name, "MARKORD") {
				t.Errorf("%s holds %q", d.Name, said)
			}
		}
		if now := r.content(t, list[1].File.Document); now != before {
			t.Errorf("the original is %q", now)
		}
		kept, err := r.Of(ctx, req.CaseID)
		if err != nil || kept.Answered.Sub(v.Case.ReceivedAt) < time.Hour {
			t.Errorf("%+v, %v", kept, err)
		}
		items, err = r.Items(ctx, anna, req.CaseID)
		if err != nil || items[1].Original != list[1].File.SHA256 && items[1].Original == "" || items[1].CopySHA == "" || items[1].Sent.IsZero() {
			t.Errorf("%+v, %v", items, err)
		}
		if err := r.Answer(ctx, anna, cases.On{Case: req.CaseID}, "Igen"); !errors.Is(err, disclosure.ErrNothing) {
			t.Errorf("sent twice: %v", err)
		}
		if err := r.Assess(ctx, anna, req.CaseID, items[0].ID, disclosure.Assessment{Outcome: disclosure.Whole}); !errors.Is(err, disclosure.ErrSent) {
			t.Errorf("assessed after it was sent: %v", err)
		}
		handlings, err := r.View(ctx, anna, req.CaseID)
		if err != nil || handlings.Handlings[len(handlings.Handlings)-1].Direction != cases.Out {
			t.Errorf("the answer is no handling: %v", err)
		}
		if err := cases.Compare(ctx, r.DB, func(d cases.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}

// A document that is marked after it was assessed is assessed anew, and what is marked needs a few words to be handed out.
func TestOSL_5_5_AMarkIsNoDecisionAndEachRequestIsAssessedAnew(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		source, _ := r.handIn(t, "lampan")
		req := r.ask(t, disclosure.Wish{})
		if err := r.Choose(ctx, anna, req.CaseID, []disclosure.Source{{Case: source, Kind: disclosure.KindDocument, N: 1}}); err != nil {
			t.Fatal(err)
		}
		items, _ := r.Items(ctx, anna, req.CaseID)
		whole := disclosure.Assessment{Outcome: disclosure.Whole}
		if err := r.Assess(ctx, anna, req.CaseID, items[0].ID, whole); err != nil {
			t.Fatal(err)
		}
		if _, err := r.MarkDocument(ctx, r.As("reg"), cases.On{Case: source}, 1, cases.Marked, "21:1", "Kanske hälsa"); err != nil {
			t.Fatal(err)
		}
		if err := r.Answer(ctx, anna, cases.On{Case: req.CaseID}, "Här"); !errors.Is(err, disclosure.ErrUnassessed) {
			t.Errorf("sent on an old assessment: %v", err)
		}
		if err := r.Assess(ctx, anna, req.CaseID, items[0].ID, whole); !errors.Is(err, disclosure.ErrReason) {
			t.Errorf("released without a word: %v", err)
		}
		whole.Note = "Inget i brevet rör hälsa."
		if err := r.Assess(ctx, anna, req.CaseID, items[0].ID, whole); err != nil {
			t.Fatal(err)
		}
		if err := r.Answer(ctx, anna, cases.On{Case: req.CaseID}, "Här"); err != nil {
			t.Fatal(err)
		}
	})
}

// Only those who may read a document assess it; others see that there is one. A request for a row goes to those who keep the document.
func TestOSL_6_3_WhoKeepsTheDocumentAssessesIt(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		source, number := r.handIn(t, "MARKORD")
		if _, err := r.Mark(ctx, r.As("reg"), cases.On{Case: source}, cases.Secret, "26:1", "MARKORD"); err != nil {
			t.Fatal(err)
		}
		rows, err := r.PublicRegister(ctx, "", 10)
		if err != nil || len(rows) == 0 {
			t.Fatal(err)
		}
		req := r.ask(t, disclosure.Wish{Row: rows[len(rows)-1].ID})
		c, err := r.Case(ctx, req.CaseID)
		if err != nil || c.Unit != "gata" {
			t.Errorf("it went to %s, %v", c.Unit, err)
		}
		from := disclosure.Source{Case: source, Kind: disclosure.KindDocument, N: 1}
		if err := r.Choose(ctx, r.As("anna"), req.CaseID, []disclosure.Source{from}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an officer chose what she may not read: %v", err)
		}
		if err := r.Choose(ctx, r.As("chef"), req.CaseID, []disclosure.Source{from}); err != nil {
			t.Fatal(err)
		}
		items, _ := r.Items(ctx, r.As("anna"), req.CaseID)
		if len(items) != 1 {
			t.Fatalf("%+v", items)
		}
		if err := r.Assess(ctx, r.As("chef"), req.CaseID, items[0].ID, disclosure.Assessment{Outcome: disclosure.Refused, Law: "26:1", Note: "MARKORD i skälen"}); err != nil {
			t.Fatal(err)
		}
		if err := r.Assess(ctx, r.As("anna"), req.CaseID, items[0].ID, disclosure.Assessment{Outcome: disclosure.Whole, Note: "x"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an officer assessed what she may not read: %v", err)
		}
		// Nothing of it is on the pages of those who may not read it, in the register, the search or the journal's open parts.
		here := "/arbete/utlamnande/" + req.CaseID
		var seen strings.Builder
		for _, path := range []string{"/arbete/utlamnande", here, here + "?nr=" + url.QueryEscape(number), here + "/svara"} {
			seen.WriteString(r.want(t, "anna", path, nil, 200))
		}
		r.want(t, "anna", here+"/handling/"+items[0].ID, nil, 404)
		r.want(t, "anna", here+"/handling/"+items[0].ID+"/kopia", nil, 404)
		r.want(t, "kim", here, nil, 403) // another unit's, which is told
		seen.WriteString(r.want(t, "", "/begar-handling?rad="+rows[len(rows)-1].ID, nil, 200))
		for _, h := range rows {
			seen.WriteString(h.Party + h.Subject)
		}
		v, err := r.View(ctx, r.As("anna"), req.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range v.Events {
			seen.WriteString(e.Body + e.Data.Law + e.Data.Ref)
		}
		trail, err := r.Audit(ctx, r.As("rev"), req.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range trail.Entries {
			seen.WriteString(e.Object.ID + string(e.Payload))
		}
		r.Find(t)
		found, _, err := r.Search(ctx, r.Index, r.As("anna"), "MARKORD", "", 10)
		if err != nil || len(found) != 0 || strings.Contains(seen.String(), "MARKORD") {
			t.Errorf("it leaks: %d found, %v, %s", len(found), err, regexp.MustCompile(`.{0,80}MARKORD.{0,80}`).FindString(seen.String()))
		}
		r.want(t, "chef", here+"/handling/"+items[0].ID, nil, 200, "MARKORD i skälen")
	})
}

func TestTF_2_18_AnybodyAsksOnOnePageWithoutNameOrPurpose(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		page := r.want(t, "", "/begar-handling", nil, 200, "inte säga vem du är", `name="text"`)
		if regexp.MustCompile(`name="(namn|syfte|personnummer|telefon)"`).MatchString(page) {
			t.Error("the page asks who or why")
		}
		key := regexp.MustCompile(`name="nyckel" value="([^"]+)"`).FindStringSubmatch(page)[1]
		form := url.Values{"nyckel": {key}, "text": {"Brevet om lampan"}, "satt": {"har"}}
		r.want(t, "", "/begar-handling", url.Values{"nyckel": {key}, "text": {" "}, "satt": {"har"}}, 422, "Skriv vilken handling")
		r.want(t, "", "/begar-handling", url.Values{"nyckel": {key}, "text": {"Mina ord"}, "satt": {"epost"}}, 422, "Skriv en e-postadress", "Mina ord")
		first := r.want(t, "", "/begar-handling", form, 200, "KS 2026/00001", "Skriv upp nummer och kod")
		again := r.want(t, "", "/begar-handling", form, 200, "KS 2026/00001")
		code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z-]{4,}`)
		if code.FindString(first) == "" || code.FindString(first) != code.FindString(again) {
			t.Error("sent twice is not one request with one code")
		}
		r.want(t, "", "/begar-handling", url.Values{"nyckel": {"x"}, "text": {"Brevet"}, "satt": {"har"}}, 422, "en gång till", "Brevet")
		r.want(t, "", "/en/begar-handling", nil, 200, "need not say who you are")
		// One that came by telephone in the morning counts from then, and waits in no queue.
		r.want(t, "anna", "/arbete/utlamnande/ny", nil, 200)
		key = store.NewID()
		r.want(t, "anna", "/arbete/utlamnande/ny", url.Values{"nyckel": {key}, "text": {"Protokollet"}, "satt": {"har"}, "dag": {"2026-03-02"}, "tid": {"25:00"}}, 422, "Skriv dag", "Välj hur begäran kom", "Protokollet")
		r.want(t, "anna", "/arbete/utlamnande/ny", url.Values{"nyckel": {key}, "text": {"Protokollet"}, "satt": {"har"}, "kanal": {"phone"}, "dag": {"2026-03-02"}, "tid": {"07:30"}}, 200, "KS 2026/00002")
		list := r.want(t, "anna", "/arbete/utlamnande", nil, 200, "4 timmar sedan")
		if strings.Index(list, "KS 2026/00002") > strings.Index(list, "KS 2026/00001") {
			t.Error("the one that has waited longest is not first")
		}
		for who, status := range map[string]int{"anna": 200, "reg": 200, "adm": 403, "inv": 403, "": 303} {
			r.want(t, who, "/arbete/utlamnande", nil, status)
		}
	})
}

func TestAnOfficerChoosesAssessesAndAnswersOnPages(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		source, number := r.handIn(t, "Storgatan")
		req := r.ask(t, disclosure.Wish{})
		here := "/arbete/utlamnande/" + req.CaseID
		r.want(t, "anna", here+"?nr="+url.QueryEscape(strings.ToLower(number)), nil, 200, "Storgatan.txt", "Vilka handlingar")
		r.want(t, "anna", here+"?nr=KS+2026%2F99999", nil, 200, "hittar inget")
		r.want(t, "anna", here+"/valj", url.Values{"fran": {source}, "nr": {number}, "handling": {"document:1", "event:2"}}, 303)
		items, err := r.Items(ctx, r.As("anna"), req.CaseID)
		if err != nil || len(items) != 2 {
			t.Fatalf("%+v, %v", items, err)
		}
		one := here + "/handling/" + items[0].ID
		page := r.want(t, "anna", one, nil, 200, "Hela rad 2", `value="2.2" checked`) // the telephone number is proposed
		if strings.Contains(page, `value="1.1" checked`) {
			t.Error("what is not personal is proposed")
		}
		r.want(t, "anna", one, url.Values{"bedomning": {"masked"}, "skal": {"Mina skäl"}, "ord": {"2.2"}}, 422, "Skriv lagrummet", "Mina skäl", `value="2.2" checked`)
		r.want(t, "anna", one, url.Values{}, 422, "Välj om handlingen lämnas ut")
		r.want(t, "anna", one, url.Values{"bedomning": {"masked"}, "lagrum": {"21:3"}, "ord": {"9.9"}}, 422, "Kryssa i")
		r.want(t, "anna", one, url.Values{"bedomning": {"masked"}, "lagrum": {"21:3"}, "ord": {"2.2", "2.3", "2.4", "2.5"}}, 303)
		r.want(t, "anna", one, nil, 200, "21 kap. 3 § OSL", "Maskad kopia")
		r.want(t, "anna", one+"/kopia", nil, 200)
		r.want(t, "anna", here+"/svara", url.Values{"text": {"Mitt svar"}}, 422, "Bedöm alla", "Mitt svar")
		r.want(t, "anna", here+"/handling/"+items[1].ID, url.Values{"bedomning": {"refused"}, "lagrum": {"21 kap. 1 §"}}, 303)
		r.want(t, "anna", here+"/svara", nil, 200, "Delar är borta, 21 kap. 3 § OSL.", "Nej, 21 kap. 1 § OSL.", "Begär beslut.")
		r.want(t, "anna", here+"/svara", url.Values{"text": {" "}}, 422, "Skriv ett svar")
		r.want(t, "anna", here+"/svara", url.Values{"text": {"Mitt svar"}, "version": {"1"}}, 422, "Någon annan har ändrat", "Mitt svar")
		c, err := r.Case(ctx, req.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		r.want(t, "anna", here+"/svara", url.Values{"text": {"Mitt svar"}, "version": {itoa(c.Version)}}, 303)
		r.want(t, "anna", here, nil, 200, "skickad")
		r.want(t, "anna", one, nil, 200, "Handlingen är skickad")

		// The one who asked wants a decision; once.
		who := cases.Citizen{Opened: []string{req.CaseID}}
		act := disclosure.Counter{Service: r.Service}.Acts()[0]
		view, err := r.CitizenView(ctx, who, req.CaseID)
		if err != nil || len(view.Documents) != 1 {
			t.Fatalf("%+v, %v", view.Documents, err)
		}
		l := i18ntest.Complete(t, disclosure.Texts, office.Texts, ui.Texts, web.Texts, access.Texts, casetype.Texts).For(i18n.SV)
		for i := range 2 {
			offered, err := act.Offer(ctx, l, view)
			if err != nil || (offered != "") != (i == 0) {
				t.Fatalf("offered %q the %d time, %v", offered, i, err)
			}
			if faults, err := act.Do(ctx, l, who, view, url.Values{"text": {"Jag vill ha allt"}}); err != nil || len(faults) > 0 {
				t.Fatal(faults, err)
			}
		}
		r.want(t, "anna", here, nil, 200, "vill ha ett beslut")
		if view, err = r.CitizenView(ctx, who, req.CaseID); err != nil || view.Events[len(view.Events)-1].Kind != disclosure.Reviewed || view.Events[len(view.Events)-2].Kind == disclosure.Reviewed {
			t.Errorf("%+v, %v", view.Events, err)
		}
	})
}

func TestPicturesAreBlackenedAndOtherFilesMaskedOnPaper(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx, anna := t.Context(), r.As("anna")
		put := func(name string, content []byte) cases.Document {
			d, err := r.vault.Put(ctx, bytes.NewReader(content), documents.Meta{Name: name, Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.AnyType}, Original: true}})
			if err != nil {
				t.Fatal(err)
			}
			return cases.Document{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256}
		}
		source := r.HandIn(t, casestest.Broken(), func(in *cases.Submission) {
			in.Files = []cases.Document{put("bild.png", picture(t)), put("fil.pdf", []byte("%PDF-1.4\n%%EOF"))}
		})
		req := r.ask(t, disclosure.Wish{})
		if err := r.Choose(ctx, anna, req.CaseID, []disclosure.Source{{Case: source.CaseID, Kind: disclosure.KindDocument, N: 1}, {Case: source.CaseID, Kind: disclosure.KindDocument, N: 2}}); err != nil {
			t.Fatal(err)
		}
		items, _ := r.Items(ctx, anna, req.CaseID)
		here := "/arbete/utlamnande/" + req.CaseID + "/handling/"
		r.want(t, "anna", here+items[0].ID, nil, 200, "bild.jpg", "Rutor")
		r.want(t, "anna", here+items[0].ID+"/bild.jpg", nil, 200)
		r.want(t, "anna", here+items[0].ID, url.Values{"bedomning": {"masked"}, "lagrum": {"21:1"}, "rutor": {"ZZ"}}, 422, "Skriv rutor som B2", "ZZ")
		r.want(t, "anna", here+items[0].ID, url.Values{"bedomning": {"masked"}, "lagrum": {"21:1"}, "rutor": {"A1:T28"}}, 303)
		r.want(t, "anna", here+items[1].ID, nil, 200, "maskas på papper")
		r.want(t, "anna", here+items[1].ID, url.Values{"bedomning": {"masked"}, "lagrum": {"21:1"}}, 422, "maskad på papper")
		own, err := r.vault.Stage(ctx, bytes.NewReader(picture(t)), documents.Meta{Name: "x.png", Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.PNG}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Assess(ctx, anna, req.CaseID, items[1].ID, disclosure.Assessment{Outcome: disclosure.Parts, Law: "21:1", Own: own}); err != nil {
			t.Fatal(err)
		}
		// Gallring leaves nothing of it.
		copies, _ := r.Items(ctx, anna, req.CaseID)
		if err := r.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return r.Erase(ctx, tx, source.CaseID) }); err != nil {
			t.Fatal(err)
		}
		for _, x := range copies {
			if _, _, err := r.vault.Open(ctx, x.Copy); !errors.Is(err, documents.ErrShredded) {
				t.Errorf("a copy is left: %v", err)
			}
		}
		if left, err := r.Items(ctx, anna, req.CaseID); err != nil || len(left) != 0 {
			t.Errorf("%+v, %v", left, err)
		}
	})
}

func TestEveryTextIsUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, disclosure.Texts), ".", "disclosure.")
}
