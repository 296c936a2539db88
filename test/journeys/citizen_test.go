package journeys_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dygnet/test/browser"
)

// words are what pages say in one language.
type words struct {
	prefix  string // of every address
	search  string // finds the e-service
	review  string // heading of the check page
	done    string // heading of the receipt
	sent    string // said when a message has come in
	missing string // said in front of the list of faults
}

var (
	swedish = words{prefix: "", search: "trasig lampa", review: "Granska och skicka", done: "Tack, ditt ärende har kommit in", sent: "Ditt meddelande har kommit in", missing: "Det finns något att rätta"}
	english = words{prefix: "/en", search: "broken lamp", review: "Check and send", done: "Thank you", sent: "Your message has come in", missing: "There is a problem"}
)

// goOn is the button to the next step.
const goOn = "#steg button[type=submit]:not([name]):not([hidden])"

// reporter is somebody who reports a fault.
type reporter struct {
	t *testing.T
	*browser.Page
	hands
	words
	// place tells where, on the page that asks; nil: by address.
	place func(r *reporter)

	text   string // what they write; it is theirs alone
	number string
	code   string
}

func (r *reporter) sees(selector string, texts ...string) {
	r.t.Helper()
	shown := strings.Join(strings.Fields(r.Text(selector)), " ")
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			r.t.Fatalf("at %s: no %q in:\n%s", r.URL(), text, shown)
		}
	}
}

func (r *reporter) at(path string) {
	r.t.Helper()
	if got := strings.TrimPrefix(r.URL(), demo.base); got != r.prefix+path {
		r.t.Fatalf("at %s, want %s; the page says:\n%s", got, r.prefix+path, r.Text("main"))
	}
}

var (
	caseNumber = regexp.MustCompile(`[A-Z]{2,5} 20\d\d/\d{5}`)
	followCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
)

// report is the whole way from the start page to the receipt.
func (r *reporter) report() {
	r.t.Helper()
	r.Goto(demo.base + r.prefix + "/")
	r.follow(`nav a[href$="/e-tjanster"]`)
	r.fill("main input[name=q]", r.search)
	r.follow("main search button")
	if r.Has(`main a[href$="/e-tjanster/synpunkt"]`) {
		r.t.Error("the search for a lamp finds the e-service for opinions too")
	}
	r.follow(`main a[href$="/e-tjanster/felanmalan"]`)
	if len(r.Cookies()) != 0 {
		r.t.Errorf("cookies before one is needed: %v", r.Cookies())
	}
	r.follow(`form[action$="/e-tjanster/felanmalan"] button`)

	r.at("/e-tjanster/felanmalan/vad")
	r.follow(goOn) // without an answer
	r.sees("main", r.missing)
	if !r.Has(`a[href="#kategori"]`) {
		r.t.Error("the list of faults does not lead to the question")
	}
	r.choose("input[value=gatubelysning]")
	r.follow(goOn)

	r.at("/e-tjanster/felanmalan/beskriv")
	r.fill("#beskrivning", "Den har slocknat, eller så är det natt.")
	r.fill("#stolpnummer", "GB1042")
	r.choose("input[name=slackta][value=en]")
	r.choose("input[name=farligt][value=no]")
	r.follow(goOn)

	r.at("/e-tjanster/felanmalan/plats")
	if r.place == nil {
		r.place = byAddress
	}
	r.place(r)
	r.follow(goOn)

	r.at("/e-tjanster/felanmalan/foto")
	r.attach("#foto", photoFile(r.t))
	r.follow(goOn)

	r.at("/e-tjanster/felanmalan/kontakt")
	r.choose("input[name=anonym][value=no]")
	r.fill(`[name="kontakt.name"]`, "Åsa Öberg")
	r.fill(`[name="kontakt.email"]`, "asa.oberg@example.org")
	r.follow(goOn)

	r.at("/e-tjanster/felanmalan/granska")
	r.sees("h1", r.review)
	r.sees("main", "GB1042", "Storgatan 5", "IMG_0042.jpg", "asa.oberg@example.org")
	r.follow(`a[href$="/beskriv?till=granska"]`)
	r.fill("#beskrivning", r.text)
	r.follow(goOn)
	r.at("/e-tjanster/felanmalan/granska")
	r.sees("main", r.text)
	r.follow(`form[action$="/skicka"] button`)

	r.at("/e-tjanster/felanmalan/klart")
	r.sees("h1", r.done)
	r.number, r.code = caseNumber.FindString(r.Text("main")), followCode.FindString(r.Text("main"))
	if r.number == "" || r.code == "" {
		r.t.Fatalf("the receipt has no number or no code:\n%s", r.Text("main"))
	}
}

// byAddress searches the register of addresses and chooses.
func byAddress(r *reporter) {
	r.fill(`[name="plats.address"]`, "storgatan 5")
	r.follow("button[name=_sok]")
	r.choose(`input[name="_adress.plats"][value^="Storgatan 5"]`)
}

// keepReceipt downloads the receipt, and proves with the program and the key of the public page that it is genuine and cannot be
// forged.
func (r *reporter) keepReceipt() {
	r.t.Helper()
	r.sealed()
	name, receipt := r.Download(func() { r.press(`a[href*="/kvitto/"]`) })
	if want := "kvitto-" + slug(r.number) + ".json"; name != want {
		r.t.Errorf("the receipt is called %q, want %q", name, want)
	}
	if !bytes.Contains(receipt, []byte(r.text)) {
		r.t.Errorf("the receipt does not say what was sent:\n%s", receipt)
	}
	key := publicKey(r.t)
	file := filepath.Join(r.t.TempDir(), name)
	check := func(content []byte) (string, bool) {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			r.t.Fatal(err)
		}
		return demo.command(r.t, "receipt", "verify", "--key", key, file)
	}
	if said, ok := check(receipt); !ok || !strings.Contains(said, "genuine") || !strings.Contains(said, r.number) {
		r.t.Errorf("the receipt is not genuine: %s", said)
	}
	if said, ok := check(bytes.ReplaceAll(receipt, []byte(r.text), []byte("Något helt annat"))); ok {
		r.t.Errorf("a forged receipt is taken for genuine: %s", said)
	}
}

// sealed waits until the receipt's proof is ready: a second after it came in.
func (r *reporter) sealed() {
	r.t.Helper()
	c := visitor(r.t, r.Cookies()...)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 100 {
		resp := c.get("/kvitto/" + slug(r.number) + ".json")
		if resp.StatusCode == http.StatusOK {
			return
		}
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			r.t.Fatalf("the receipt answers %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		<-tick.C
	}
	r.t.Fatal("the receipt is not sealed after 10 s")
}

var noteKey = regexp.MustCompile(`[^\s<>]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+`)

// publicKey is the journal's key, as the public page shows it.
func publicKey(t *testing.T) string {
	t.Helper()
	key := noteKey.FindString(visitor(t).get("/journal").body)
	if key == "" {
		t.Fatal("no public key on /journal")
	}
	return key
}

// slug is a case number as it stands in addresses.
func slug(number string) string { return strings.NewReplacer(" ", "-", "/", "-").Replace(number) }

// open shows number and code, as somebody in a browser that knows nothing of the case.
func (r *reporter) open() {
	r.t.Helper()
	r.Goto(demo.base + r.prefix + "/")
	r.follow(`nav a[href$="/folj"]`)
	r.fill("input[name=nummer]", strings.ToLower(r.number))
	r.fill("input[name=kod]", r.code)
	r.follow(`main form[action$="/folj"] button`)
	r.at("/folj/" + slug(r.number))
	r.sees("main", r.number, r.text, "IMG_0042.jpg")
}

// write sends a message in the case.
func (r *reporter) write(text string) {
	r.t.Helper()
	r.fill("main textarea", text)
	r.follow("main form[action$=svara] .d-actions button")
	r.sees("main", r.sent, text)
}

func TestACitizenReportsAFaultAndFollowsIt(t *testing.T) {
	b := browser.New(t)
	noScript := func(t *testing.T) (*browser.Page, hands) {
		p := b.Open(t, "about:blank", browser.View{NoJS: true})
		return p, pointer{p}
	}
	byKeys := func(t *testing.T) (*browser.Page, hands) {
		p := b.Open(t, "about:blank", browser.View{})
		return p, keyboard{t, p}
	}
	withScript := func(t *testing.T) (*browser.Page, hands) {
		p := b.Open(t, "about:blank", browser.View{})
		return p, pointer{p}
	}
	for _, way := range []struct {
		name  string
		sit   func(*testing.T) (*browser.Page, hands)
		words words
		place func(*reporter)
	}{
		{"without JavaScript", noScript, swedish, nil},
		{"without JavaScript in English", noScript, english, nil},
		{"by keyboard alone", byKeys, swedish, nil},
		{"with JavaScript and the map", withScript, swedish, byMap},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			p, h := way.sit(t)
			r := &reporter{t: t, Page: p, hands: h, words: way.words, place: way.place, text: "Lampan är släckt, sett " + way.name}
			r.report()
			r.keepReceipt()
			r.Page, r.hands = way.sit(t)
			r.open()
			r.write("Nu blinkar den.")
			photo := visitor(t, r.Cookies()...).get("/folj/" + slug(r.number) + "/dokument/1")
			cleaned(t, []byte(photo.body))
		})
	}
}

// byMap points at the map with the mouse, then moves it with the arrows and places with Enter; the address is written as well.
func byMap(r *reporter) {
	const map_ = "[data-map]"
	place := func() string {
		return browser.Eval[string](r.Page, "document.getElementById('plats-lat').value + ' ' + document.getElementById('plats-lon').value")
	}
	placed := "document.getElementById('plats-lat').value !== ''"
	if !r.Until("document.querySelector('"+map_+" canvas') !== null", 10*time.Second) {
		r.t.Fatal("no map is drawn")
	}
	r.fill(`[name="plats.address"]`, "Storgatan 5")
	r.Do(chromedp.Click(chromedp.CSS(map_)))
	if !r.Until(placed, 5*time.Second) {
		r.t.Fatal("a click on the map places nothing")
	}
	clicked := place()
	r.Do(chromedp.Focus(chromedp.CSS(map_)))
	for range 3 {
		r.Press(kb.ArrowRight)
	}
	moved := `document.getElementById('plats-lon').value !== '` + clicked[strings.IndexByte(clicked, ' ')+1:] + `'`
	for range 20 { // the map glides
		r.Press("\r")
		if r.Until(moved, 200*time.Millisecond) {
			break
		}
	}
	if place() == clicked {
		r.t.Errorf("the arrows and Enter place nothing else than the click: %s", clicked)
	}
}
