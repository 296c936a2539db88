package journeys_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dygnet/test/browser"
)

// official is somebody at the desk, with a mouse.
type official struct {
	t *testing.T
	*browser.Page
}

// signsIn opens a browser of their own and signs in on the page for that.
func signsIn(t *testing.T, b *browser.Browser, persona string) *official {
	t.Helper()
	o := &official{t, b.Open(t, demo.base+"/logga-in", browser.View{})}
	o.Follow(fmt.Sprintf("form:has(input[value=%q]) button", persona))
	return o
}

// link is a selector of the first link that says something.
func (o *official) link(text string) string {
	o.t.Helper()
	href := browser.Eval[string](o.Page, fmt.Sprintf(`[...document.querySelectorAll("main a")].find(a => a.textContent.includes(%q))?.getAttribute("href") ?? ""`, text))
	if href == "" {
		o.t.Fatalf("at %s: no link says %q:\n%s", o.URL(), text, o.Text("main"))
	}
	return fmt.Sprintf("main a[href=%q]", href)
}

func (o *official) sees(texts ...string) {
	o.t.Helper()
	shown := strings.Join(strings.Fields(o.Text("main")), " ")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			o.t.Fatalf("at %s: no %q in:\n%s", o.URL(), text, shown)
		}
	}
}

// does fills in a page of the case and sends it: fields by selector, radio buttons with an empty text.
func (o *official) does(page string, fields ...[2]string) {
	o.t.Helper()
	o.Follow(fmt.Sprintf("main a[href$=%q]", "/"+page))
	for _, f := range fields {
		if f[1] == "" {
			o.Click(f[0])
		} else {
			o.Fill(f[0], f[1])
		}
	}
	o.Follow(fmt.Sprintf("main form[action$=%q] .d-actions button", "/"+page))
	if strings.HasSuffix(o.URL(), "/"+page) {
		o.t.Fatalf("the form %s came back:\n%s", page, o.Text("main"))
	}
}

func TestAnOfficerHandlesACaseAndTheCitizenSeesEachPublicStep(t *testing.T) {
	b := browser.New(t)
	karin := signsIn(t, b, "handlaggare")
	karin.Goto(demo.base + "/arbete/inkorg?ko=otilldelade")
	browser.Eval[bool](karin.Page, "window.stayed = true")

	// It comes in while she looks, and shows without her doing anything.
	citizen := visitor(t)
	form := faultReport(citizen, "Lampan vid skolan har slocknat")
	sent := upload{fields: form, field: "foto", name: "lampa.jpg", kind: "image/jpeg", content: photo(t)}.send(citizen, "/e-tjanster/felanmalan/allt")
	number, _ := receiptOf(t, sent)
	if !karin.Until(fmt.Sprintf("document.querySelector('#inkorg').textContent.includes(%q)", number), 20*time.Second) {
		t.Fatalf("%s does not come to the open inbox by itself", number)
	}
	if !browser.Eval[bool](karin.Page, "window.stayed === true") {
		t.Error("the whole page was loaded again")
	}
	follows := func(texts ...string) {
		t.Helper()
		page := citizen.get("/folj/" + slug(number))
		for _, text := range texts {
			if !strings.Contains(page.body, text) {
				t.Errorf("the citizen does not see %q", text)
			}
		}
		for _, secret := range []string{"Ringde entreprenören", "Intern", "Karin"} {
			if strings.Contains(page.body, secret) {
				t.Errorf("the citizen sees %q", secret)
			}
		}
	}
	follows("Inkommen", "Lampan vid skolan har slocknat")

	karin.Follow(karin.link(number))
	karin.sees(number, "Lampan vid skolan har slocknat", "Nils Hemlig", "SWEREF 99 TM", "Storgatan 5")
	casePage := karin.URL()
	karin.Follow("main form[action$='/ta'] button")
	karin.sees("Karin Ekstrand")

	karin.does("status", [2]string{"input[value=pagar]", ""})
	follows("Vi arbetar med felet")
	karin.does("svara", [2]string{"#text", "Vi åker ut i morgon."})
	follows("Vi åker ut i morgon.", "Svar från kommunen")
	karin.does("anteckning", [2]string{"#text", "Ringde entreprenören, de är sena."})
	karin.sees("Ringde entreprenören, de är sena.", "Internt")
	follows("Vi åker ut i morgon.")

	// The citizen answers while the case is open in front of her.
	browser.Eval[bool](karin.Page, "window.stayed = true")
	reply := citizen.post("/folj/"+slug(number)+"/svara", url.Values{"text": {"Tack, ring på klockan."}})
	if reply.StatusCode != http.StatusOK {
		t.Fatalf("the reply answers %d", reply.StatusCode)
	}
	if !karin.Until("document.querySelector('#arendet').textContent.includes('ring på klockan')", 20*time.Second) {
		t.Error("the reply does not come to the open case by itself")
	}

	// The photo that she downloads does not tell where it was taken.
	shown := browser.Eval[string](karin.Page, `[...document.querySelectorAll("main a")].find(a => a.textContent.includes("lampa.jpg"))?.getAttribute("href") ?? ""`)
	stored := visitor(t, karin.Cookies()...).get(shown)
	if stored.StatusCode != http.StatusOK || shown == "" {
		t.Fatalf("the photo %q answers %d", shown, stored.StatusCode)
	}
	cleaned(t, []byte(stored.body))
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff", "Content-Type": "image/jpeg", "Cache-Control": "no-store"} {
		if got := stored.Header.Get(name); !strings.Contains(got, want) { // a stranger's file, on our own address
			t.Errorf("the photo is sent with %s: %q, want %q", name, got, want)
		}
	}

	karin.Goto(casePage)
	karin.does("beslut", [2]string{"input[name=beslut][value=atgardad]", ""}, [2]string{"#text", "Lampan är bytt."}, [2]string{"input[name=status][value=beslutad]", ""})
	follows("Lampan är bytt.", "Felet är åtgärdat", "inget beslut som kan överklagas", "Besked finns")
	karin.does("status", [2]string{"input[value=avslutad]", ""})
	follows("Avslutad", "Ärendet är avslutat")
	karin.does("status", [2]string{"input[value=pagar]", ""}, [2]string{"#skal", "Den slocknade igen."})
	follows("Vi arbetar med felet", "Den slocknade igen.")

	t.Run("the search finds it for her", func(t *testing.T) {
		c := as(t, "handlaggare")
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for range 50 {
			if strings.Contains(c.get("/arbete/sok?q=skolan+slocknat").body, number) {
				return
			}
			<-tick.C
		}
		t.Errorf("%s is not found by its words within 10 s", number)
	})
	t.Run("two officers who change at once are told of each other", func(t *testing.T) { changedMeanwhile(t, casePage) })
	t.Run("the registrar screens the row", func(t *testing.T) { screened(t, b, number) })
	t.Run("the auditor proves that nothing was changed", func(t *testing.T) { audited(t, b, strings.TrimPrefix(casePage, demo.base), number) })
	t.Run("those whom it does not concern do not see it", func(t *testing.T) { hidden(t, strings.TrimPrefix(casePage, demo.base), number) })
}

var input = regexp.MustCompile(`<input [^>]*name="([^"]+)"[^>]* value="([^"]*)"`)

// inputs are what stands in the fields of a page.
func inputs(page answer) url.Values {
	out := url.Values{}
	for _, m := range input.FindAllStringSubmatch(page.body, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// changedMeanwhile: the same form is open in two windows; the second to send gets its words back, and what the first did.
func changedMeanwhile(t *testing.T, casePage string) {
	c := as(t, "handlaggare")
	path := strings.TrimPrefix(casePage, demo.base) + "/andra"
	open := func(subject string) url.Values {
		form := inputs(c.get(path))
		if form.Get("version") == "" || form.Get("arendemening") == "" {
			t.Fatalf("the form holds %v", form)
		}
		form.Set("arendemening", subject)
		return form
	}
	first, second := open("Felanmälan: först"), open("Felanmälan: sedan")
	if got := c.post(path, first); got.StatusCode != http.StatusOK {
		t.Fatalf("the first change answers %d", got.StatusCode)
	}
	got := c.post(path, second)
	if got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Felanmälan: först") || !strings.Contains(got.body, "Felanmälan: sedan") {
		t.Errorf("the second change answers %d, and the page does not show both", got.StatusCode)
	}
}

// screened: the row stands in the public register without its party; the registrar takes it away.
func screened(t *testing.T, b *browser.Browser, number string) {
	public := func() string { return visitor(t).get("/diarium").body }
	row := number + "-1"
	if page := public(); !strings.Contains(page, row) || strings.Contains(page, "Nils Hemlig") {
		t.Fatalf("before: the row stands there: %v, with its party: %v", strings.Contains(page, row), strings.Contains(page, "Nils Hemlig"))
	}
	per := signsIn(t, b, "registrator")
	per.Goto(demo.base + "/arbete/diarium?" + url.Values{"nr": {number}}.Encode())
	per.sees(row, "Nils Hemlig")
	per.Follow(per.link(row))
	per.Click("#publik")
	per.Follow("form:has(#publik) button")
	if strings.Contains(public(), row) {
		t.Error("a row that the registrar took away stands in the public register")
	}
}

// audited: the auditor reads the log, cannot change, and the whole journal is sound.
func audited(t *testing.T, b *browser.Browser, path, number string) {
	gunnar := signsIn(t, b, "revisor")
	gunnar.Goto(demo.base + "/arbete/logg")
	gunnar.sees("Karin Ekstrand", "Per Östberg")
	gunnar.Goto(demo.base + path + "/logg")
	gunnar.sees(number, "Karin Ekstrand")
	for _, act := range []string{"/svara", "/anteckning", "/status", "/beslut", "/ta"} {
		c := as(t, "revisor")
		if got := c.post(path+act, url.Values{"text": {"Jag ändrar"}, "status": {"avslutad"}, "version": {"9"}, "beslut": {"atgardad"}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("the auditor's POST to %s answers %d", act, got.StatusCode)
		}
	}
	database := "sqlite://" + filepath.Join(demo.data, "dygnet.db")
	said, ok := demo.command(t, "journal", "verify", "--database", database, "--key", filepath.Join(demo.data, "journal.key"))
	if !ok || !strings.Contains(said, "sound") {
		t.Errorf("journal verify: %s", said)
	}
}

// hidden: nothing tells that there is such a case to those who may not know of it. What an administrator, a neighbouring municipality's registrar, an uninvolved politician and a citizen see of a case.
func hidden(t *testing.T, path, number string) {
	for persona, status := range map[string][]int{
		"administrator": {http.StatusForbidden, http.StatusNotFound}, "grannkommun": {http.StatusNotFound}, "politiker": {http.StatusNotFound},
		"invanare": {http.StatusForbidden, http.StatusNotFound},
	} {
		c := as(t, persona)
		for _, page := range []string{"", "/logg", "/svara", "/anteckning", "/status", "/handlingar/1"} {
			if got := c.get(path + page); got.StatusCode != status[0] && got.StatusCode != status[len(status)-1] {
				t.Errorf("%s gets %d at the case%s", persona, got.StatusCode, page)
			} else if strings.Contains(got.body, number) || strings.Contains(got.body, "Lampan vid skolan") {
				t.Errorf("the refusal that %s gets tells of the case", persona)
			}
		}
		for _, page := range []string{"/arbete/inkorg?ko=alla", "/arbete/inkorg?ko=otilldelade", "/arbete/diarium", "/arbete/sok?q=skolan+slocknat", "/arbete/logg"} {
			if got := c.get(page); strings.Contains(got.body, number) {
				t.Errorf("%s sees %s at %s", persona, number, page)
			}
		}
		for _, act := range []string{"/ta", "/svara", "/status"} {
			if got := c.post(path+act, url.Values{"version": {"1"}}); got.StatusCode != status[0] && got.StatusCode != status[len(status)-1] {
				t.Errorf("%s gets %d from a POST to the case%s", persona, got.StatusCode, act)
			}
		}
		if got := c.get("/arbete/strom?amne=case:" + path[strings.LastIndexByte(path, '/')+1:]); got.StatusCode < 400 {
			t.Errorf("%s hears when something happens in the case: %d", persona, got.StatusCode)
		}
	}
	if got := visitor(t).get(path); strings.Contains(got.body, number) || !strings.HasPrefix(got.Request.URL.Path, "/logga-in") {
		t.Errorf("without signing in the case answers %d at %s", got.StatusCode, got.Request.URL.Path)
	}
}

func TestAPoliticianReadsWhatIsWrittenToHerAndNothingElse(t *testing.T) {
	send := func(to, text string) string {
		c := visitor(t)
		key := submissionKey.FindStringSubmatch(c.get("/e-tjanster/synpunkt/allt").body)
		if key == nil {
			t.Fatal("no submission key")
		}
		number, _ := receiptOf(t, c.post("/e-tjanster/synpunkt/allt", url.Values{
			"_nyckel": {key[1]}, "mottagare": {to}, "typ": {"forslag"}, "text": {text}, "har_plats": {"no"}, "publicera": {"no"}, "svar": {"no"},
		}))
		return number
	}
	hers := send("politician:maria-hedlund", "Fler bänkar till Maria, tack.")
	others := send("politician:kjell-soderlind", "Fler bänkar till Kjell, tack.")
	maria := as(t, "politiker")
	inbox := maria.get("/arbete/inkorg")
	if !strings.Contains(inbox.body, hers) || strings.Contains(inbox.body, others) {
		t.Errorf("her inbox has what is written to her: %v; what is written to another: %v", strings.Contains(inbox.body, hers), strings.Contains(inbox.body, others))
	}
	find := func(c *client, number string) answer {
		return c.get("/arbete/arende?" + url.Values{"nr": {number}}.Encode())
	}
	if got := find(maria, hers); !strings.Contains(got.body, "Fler bänkar till Maria") {
		t.Errorf("she cannot read what is written to her: %d at %s", got.StatusCode, got.Request.URL)
	}
	if got := find(maria, others); strings.Contains(got.body, "Fler bänkar till Kjell") {
		t.Error("she reads what is written to another")
	}
	if got := find(as(t, "ks-sekreterare"), others); !strings.Contains(got.body, "Fler bänkar till Kjell") {
		t.Errorf("the secretary, whose unit handles it, cannot read it: %d at %s", got.StatusCode, got.Request.URL)
	}
}
