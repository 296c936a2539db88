package meeting_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
	"dygnet/internal/modules/governance/meeting"
)

// house is the town's pages.
type house struct {
	*town
	t   *testing.T
	url string
}

func pages(t *testing.T, fn func(w *house)) {
	each(t, func(t *testing.T, w *town) {
		assets, err := ui.NewAssets(ui.NeutralTheme())
		if err != nil {
			t.Skip("built without assets") // as in the other rooms: the stylesheet is made by make
		}
		texts := i18ntest.Complete(t, meeting.Texts, office.Texts, ui.Texts, web.Texts)
		site := &ui.Site{Name: text("Kommunen"), Assets: assets}
		m := &meeting.Module{Service: w.Service, Office: officetest.Door(w.org, w.clock, site), Site: func(r *http.Request, title, _ string) ui.Page {
			return ui.Page{Site: site, Title: title, Path: r.URL.RequestURI()}
		}}
		mux := http.NewServeMux()
		m.Routes(mux)
		server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
			web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: w.clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}), web.SameOrigin(),
			func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if key := r.Header.Get("Test-Person"); key != "" {
						r = r.WithContext(identity.With(r.Context(), &identity.Principal{PersonID: w.ids[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}))
					}
					next.ServeHTTP(rw, r)
				})
			}))
		t.Cleanup(server.Close)
		fn(&house{w, t, server.URL})
	})
}

// ask gets a page, or sends a form to it, as somebody; "" is the public. Redirects are followed.
func (h *house) ask(who, path string, form url.Values) (int, string, string) {
	h.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	ok(h.t, err)
	r.Header.Set("Test-Person", who)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", h.url)
	}
	client := &http.Client{CheckRedirect: func(next *http.Request, _ []*http.Request) error { next.Header.Set("Test-Person", who); return nil }}
	resp, err := client.Do(r)
	ok(h.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw := must[[]byte](h.t)(io.ReadAll(resp.Body))
	return resp.StatusCode, string(raw), resp.Request.URL.Path
}

// see expects a page with some words, and without those that begin with "-".
func (h *house) see(who, path string, form url.Values, status int, words ...string) string {
	h.t.Helper()
	code, page, at := h.ask(who, path, form)
	if code != status {
		h.t.Errorf("%s at %s: %d, expected %d\n%s", who, path, code, status, page)
	}
	for _, w := range words {
		if without, not := strings.CutPrefix(w, "-"); not == strings.Contains(page, without) && not || !not && !strings.Contains(page, w) {
			h.t.Errorf("%s at %s: %q is wrong on the page", who, path, w)
		}
	}
	return at
}

func TestPagesOfAMeetingFromPlanToDecision(t *testing.T) {
	pages(t, func(h *house) {
		ctx := h.t.Context()
		h.see("olle", "/styrning/moten/ks", nil, 200, "Kommunstyrelsen", "-/planera")
		h.see("sekr", "/styrning/moten/ks/planera", url.Values{"dag": {"i morgon"}, "tid": {"8"}, "plats": {"Stora salen"}}, 422, "Skriv en dag", "Skriv en tid", `value="i morgon"`, `value="Stora salen"`)
		at := h.see("sekr", "/styrning/moten/ks/planera", url.Values{"dag": {day.String()}, "tid": {"08:30"}, "plats": {"Stora salen"}}, 200, "Planerat", "Kalla till sammanträdet")
		id := at[strings.LastIndex(at, "/")+1:]
		h.see("olle", at, nil, 200, "-Kalla till sammanträdet", "-Ställ in")
		h.see("olle", at+"/kalla", url.Values{"version": {"1"}}, 403, "Bara ordföranden eller sekreteraren kallar.")
		h.see("rev", at, nil, 200, "-<form action=\"/styrning")
		h.see("rev", at+"/kalla", url.Values{"version": {"1"}}, 403)

		x := prepared(h.t, h.town, "olle", "ks", "it")
		h.see("sekr", at+"/arende", url.Values{"arende": {x.ID}}, 409, "S4-AC-5", "IT-chef", "Ledningsgruppen")
		h.see("sekr", at+"/arende", url.Values{}, 422, "Välj ett ärende.")
		y := prepared(h.t, h.town, "olle", "ks")
		h.see("sekr", at+"/arende", url.Values{"arende": {y.ID}}, 200, y.Number)
		h.see("sekr", at+"/kalla", url.Values{"version": {"1"}}, 409, "medan du skrev") // the agenda has changed since
		m := must[*meeting.Meeting](h.t)(h.Meeting(ctx, id, today))
		h.see("sekr", at+"/kalla", url.Values{"version": {strconv.FormatInt(m.Version, 10)}}, 200, "Kallat")
		code, calendar, _ := h.ask("led1", at+"/kalender.ics", nil)
		if code != 200 || !strings.Contains(calendar, "BEGIN:VEVENT") {
			h.t.Errorf("calendar: %d %s", code, calendar)
		}
		h.see("sekr", at+"?per="+today.AddDays(-1).String(), nil, 404)
		h.on(day)
		h.see("sekr", at+"?per="+today.String(), nil, 200, "Du ser hur det var", "-/narvaro")
		h.see("sekr", "/styrning/sammantrade?per="+today.String(), nil, 200, at, "Kallat")
		h.see("sekr", "/styrning/moten/ks?per="+today.AddDays(-1).String(), nil, 200, "-"+at) // nobody had planned it

		it := must[[]*meeting.Item](h.t)(h.Items(ctx, id))[0]
		paragraph, version := at+"/paragraf/"+it.ID, strconv.FormatInt(it.Version, 10)
		h.see("sekr", paragraph, url.Values{"version": {version}, "utfall": {"bifall"}}, 422, "Skriv vad som beslutades.")
		h.see("sekr", paragraph, url.Values{"version": {version}, "utfall": {"bifall"}, "text": {"Den förstas ord."}}, 200)
		h.see("sek2", paragraph, url.Values{"version": {version}, "utfall": {"avslag"}, "text": {"Den andras ord."}}, 409, "Någon annan har sparat", "Den förstas ord.", "Den andras ord.")
		h.see("sekr", at+"/till-justering", url.Values{"version": {"0"}}, 409)
		version = strconv.FormatInt(must[*meeting.Meeting](h.t)(h.Meeting(ctx, id, day)).Version, 10)
		h.see("sekr", at+"/narvaro", url.Values{"version": {version}, "narvaro": {h.ids["ordf"], h.ids["led1"]}, "ersattare-" + h.ids["ers"]: {h.ids["led2"]}, "ordforande": {h.ids["ordf"]}, "sekreterare": {h.ids["sekr"]}, "justerare": {h.ids["led1"]}}, 200, "Person ers")
		version = strconv.FormatInt(must[*meeting.Meeting](h.t)(h.Meeting(ctx, id, day)).Version, 10)
		h.see("sekr", at+"/till-justering", url.Values{"version": {version}}, 200, "§ 1", "Väntar", "-Justera protokollet")
		h.see("ordf", at, nil, 200, "Justera protokollet")
		h.see("ordf", at+"/protokoll", nil, 200, "Den förstas ord.")
		h.see("olle", at+"/protokoll", nil, 404)
		h.see("ordf", at+"/justera", url.Values{}, 200)
		h.see("ordf", at+"/justera", url.Values{}, 409, "Du har redan justerat protokollet.")
		h.see("led1", at+"/justera", url.Values{}, 200)
		h.see("sekr", at+"/slutfor", url.Values{}, 422, "Granska vad alla får se")
		h.see("sekr", at+"/slutfor", url.Values{"granskad": {"1"}}, 200, "Klart", "Protokollet som alla ser det")
		public := strings.Replace(at, "/styrning/sammantrade", "/sammantraden", 1)
		h.see("", "/sammantraden", nil, 200, "Kommunstyrelsen", public)
		h.see("", public, nil, 200, "Nytt golv i hallen", "protokoll.pdf")
		if code, pdf, _ := h.ask("", public+"/protokoll.pdf", nil); code != 200 || !strings.HasPrefix(pdf, "%PDF") {
			h.t.Errorf("the public protokoll: %d", code)
		}
	})
}

func TestPagesOfAMatterAndASuggestion(t *testing.T) {
	pages(t, func(h *house) {
		h.see("olle", "/styrning/arenden/nytt?organ=ks&rubrik=Byt+klass", nil, 200, `value="Byt klass"`)
		h.see("rev", "/styrning/arenden/nytt", nil, 403)
		h.see("olle", "/styrning/arenden/nytt", url.Values{"organ": {"ks"}, "rubrik": {"Byt klass"}}, 422, "Skriv vad organet ska besluta.", `value="Byt klass"`)
		at := h.see("olle", "/styrning/arenden/nytt", url.Values{"organ": {"ks"}, "rubrik": {"Hemligt upplägg"}, "forslag": {"Vi gör det."}, "slag": {"it"}, "sekretess": {"1"}}, 200, "Utkast", "S4-AC-5")
		h.see("anna", at, nil, 403, "-Hemligt upplägg")
		h.see("anna", "/styrning/arenden?organ=ks&lage=utkast", nil, 200, "-Hemligt upplägg", "KS-B 2026/1")
		h.see("it", at, nil, 200, "Hemligt upplägg", "/skrivelse")
		h.see("it", at+"/skrivelse", url.Values{"version": {"1"}, "skrivelse": {"Jag föreslår bifall."}}, 200, "Jag föreslår bifall.")
		h.see("it", at+"/samrad", url.Values{"version": {"2"}, "samradsorgan": {"lg"}, "samradsdag": {today.String()}}, 422, "Skriv vad de tyckte.", "Jag föreslår bifall.")
		h.see("it", at+"/samrad", url.Values{"version": {"2"}, "samradsorgan": {"lg"}, "samradsdag": {today.String()}, "samradssyn": {"Ledningsgruppen säger ja."}}, 200, "Ledningsgruppen säger ja.", "-S4-AC-5")
		h.see("olle", at+"/klar", url.Values{"version": {"1"}}, 409, "medan du skrev")
		h.see("olle", at+"/klar", url.Values{"version": {"3"}}, 200, "Berett")
		h.see("sekr", "/styrning/arenden", nil, 200, "Hemligt upplägg")

		idea := h.see("olle", "/styrning/forslag/nytt", url.Values{"omrade": {"it"}, "rubrik": {"Större skärmar"}, "text": {"Så ser man allt."}}, 200, "Inskickat", "2 juni 2026", "-/svara")
		h.see("anna", idea, nil, 200, "/svara", "/vidare")
		itg := h.see("it", "/styrning/moten/itg/planera", url.Values{"dag": {day.String()}, "tid": {"13:00"}, "digitalt": {"1"}}, 200, "Större skärmar") // an open item of the group
		h.see("it", itg+"/forslag", url.Values{}, 422, "Välj ett förslag.")
		h.see("it", itg+"/forslag", url.Values{"forslag": {idea[strings.LastIndex(idea, "/")+1:]}}, 200, "F 2026/1 Större skärmar")
		h.see("anna", idea+"/svara", url.Values{"version": {"1"}, "ja": {"0"}}, 422, "Skriv ett svar med skäl.")
		h.see("olle", idea+"/svara", url.Values{"version": {"1"}, "ja": {"1"}, "svar": {"Ja!"}}, 403, "S4-IG-3")
		h.see("anna", idea+"/vidare", url.Values{"version": {"1"}, "syn": {"Vi vill detta."}}, 200, "Lämnat vidare", "Vi vill detta.")
		h.see("rev", "/styrning/forslag", nil, 200, "Större skärmar")
		h.see("ove", "/styrning/forslag", nil, 200, "-Större skärmar")
		for _, path := range []string{idea, at, itg, itg + "/kalender.ics", "/styrning/moten/ks"} { // the neighbours' officials
			h.see("ove", path, nil, 404)
		}
		h.see("ove", "/styrning/sammantrade", nil, 200, "-Kommunstyrelsen")
		h.see("ove", "/styrning/forslag/nytt", url.Values{"omrade": {"it"}, "rubrik": {"Hej"}, "text": {"Hej."}}, 403)
		h.see("", "/styrning/forslag", nil, 404)
		if code, _, _ := h.ask("", "/sammantradeskalender/itg.ics", nil); code != 404 { // not open to the public
			h.t.Errorf("the calendar of the IT group: %d", code)
		}
		if code, c, _ := h.ask("", "/sammantradeskalender/ks.ics", nil); code != 200 || !strings.HasPrefix(c, "BEGIN:VCALENDAR") {
			h.t.Errorf("the calendar of the board: %d %s", code, c)
		}
		if code, _, _ := h.ask("", "/sammantradeskalender/min/gissad.ics", nil); code != 404 {
			h.t.Errorf("somebody guessed the address of a calendar: %d", code)
		}
	})
}
