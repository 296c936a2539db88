package web_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

func TestWrongAnswersAreExplainedAndKept(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	v := begin(b).form("/vad").set("text", strings.Repeat("å", 201), "when-day", "31", "when-month", "4", "when-year", "2026").send().
		want(http.StatusUnprocessableEntity, "Det finns något att rätta", "Välj ett svar: Vad är trasigt", "Skriv högst 200 tecken. Du har skrivit 201.", "Skriv ett datum")
	if title := v.body[strings.Index(v.body, "<title>")+7:]; !strings.HasPrefix(title, "Fel: ") {
		t.Errorf("the title begins %.30s", title)
	}
	f := v.form("/vad")
	if f.values.Get("text") != strings.Repeat("å", 201) || f.values.Get("when-day") != "31" || f.values.Get("when-month") != "04" {
		t.Errorf("what was typed is lost: %v", f.values)
	}
	// The same after leaving and coming back.
	if got := b.get("/e-tjanster/fel/vad").form("/vad").values.Get("text"); got != strings.Repeat("å", 201) {
		t.Error("what was typed is lost on the way")
	}
	// The check page leads to what is missing.
	b.get("/e-tjanster/fel/granska").at("/e-tjanster/fel/vad?fel=1&till=granska").want(http.StatusOK, "Det finns något att rätta")
	b.post("/e-tjanster/fel/skicka", url.Values{}).at("/e-tjanster/fel/vad?fel=1&till=granska")
	// Urgent matters are told where to turn.
	b.get("/e-tjanster/fel/vad").form("/vad").set("what", "water", "text", "x", "when-day", "", "when-month", "", "when-year", "").send().want(http.StatusOK, "Stäng av vattnet.", "0555-113 00").at("/e-tjanster/fel/var")
}

func TestEachBadFormGetsAClearAnswer(t *testing.T) {
	h := once(t, nil)
	start := func() *browser {
		b := h.browser(t, i18n.SV)
		begin(b)
		return b
	}
	raw := func(kind, body string) func(*browser, string) *view {
		return func(b *browser, path string) *view {
			return b.do(b.request(http.MethodPost, path, kind, strings.NewReader(body)))
		}
	}
	const urlencoded, cut = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for name, c := range map[string]struct {
		send   func(*browser, string) *view
		path   string
		status int
		says   string
	}{
		"unknown field":         {raw(urlencoded, "what=lamp&text=x&pole=1&admin=1"), "/vad", 422, "inget fält som heter ”admin”"},
		"field of another step": {raw(urlencoded, "what=lamp&text=x&pole=1&anonymous=yes"), "/vad", 422, "inget fält som heter ”anonymous”"},
		"script as field":       {raw(urlencoded, "%3Cscript%3E=1"), "/vad", 422, "inget fält som heter ”<script>”"},
		"invalid UTF-8":         {raw(urlencoded, "what=lamp&text=%ff%fe"), "/vad", 422, "tecken som inte kan läsas"},
		"zero byte":             {raw(urlencoded, "what=lamp&text=a%00b"), "/vad", 422, "tecken som inte kan läsas"},
		"control character":     {raw(urlencoded, "what=lamp&pole=1&text=a%07b"), "/vad", 422, "tecken som inte kan läsas"},
		"far too long a text":   {raw(urlencoded, "what=lamp&text="+strings.Repeat("a", 300<<10)), "/vad", 422, "för lång"},
		"not an option":         {raw(urlencoded, "what=everything&text=x"), "/vad", 422, "Välj något av alternativen"},
		"two answers":           {raw(urlencoded, "what=lamp&what=water&text=x"), "/vad", 422, "Lämna högst 1"},
		"bad percent":           {raw(urlencoded, "what=%zz"), "/vad", 400, "Vi förstod inte"},
		"multipart cut short":   {raw(cut, "--x\r\nContent-Disposition: form-data; name=\"what\"\r\n\r\nla"), "/vad", 400, "Vi förstod inte"},
		"no boundary":           {raw("multipart/form-data", "x"), "/vad", 400, "Vi förstod inte"},
		"JSON":                  {raw("application/json", `{"what":"lamp"}`), "/vad", 415, "Vi kan inte läsa det formatet"},
		"half a coordinate":     {raw(urlencoded, "where-lat=60"), "/var", 422, "både latitud och longitud"},
		"coordinate of words":   {raw(urlencoded, "where-lat=norr&where-lon=%F0%9F%A7%AD"), "/var", 422, "både latitud och longitud"},
		"no such step":          {raw(urlencoded, "what=lamp"), "/..%2fvad", 404, "finns inte"},
		"thousand fields":       {raw(urlencoded, strings.Repeat("a=1&", 1000)), "/vad", 413, "för många"},
		"wrong key":             {raw(urlencoded, "_nyckel=1&what=water&text=x&where.address=y&anonymous=yes"), "/allt", 422, "saknade sin märkning"},
		"key of another kind":   {raw(urlencoded, "_nyckel=6ba7b810-9dad-41d1-80b4-00c04fd430c8&what=water&text=x&where.address=y&anonymous=yes"), "/allt", 422, "saknade sin märkning"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start()
			b.t = t
			c.send(b, "/e-tjanster/fel"+c.path).want(c.status, c.says)
		})
	}
}

// endless is a file that goes on for ever.
type endless struct {
	head io.Reader
	sent int64
	max  int64
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); n > 0 || err == nil {
		return n, nil
	}
	if e.sent >= e.max {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'a'
	}
	e.sent += int64(len(p))
	return len(p), nil
}

func TestFilesThatAreNotTakenAreExplainedAtTheField(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b)
	send := func(parts ...part) *view {
		f := b.get("/e-tjanster/fel/foto").form("/foto")
		for _, p := range parts {
			f.attach("photo", p)
		}
		return f.send()
	}
	for says, p := range map[string]part{
		"i formatet PNG, PDF eller ren text": {"virus.exe", "image/png", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"},
		"mindre än 1 MB":                     {"stor.txt", "text/plain", strings.Repeat("a", 1_200_000)},
		"tom eller trasig":                   {"bild.png", "image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"},
		"Telefonens format HEIC":             {"bild.heic", "image/heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + strings.Repeat("\x00", 40)},
	} {
		send(p).want(http.StatusUnprocessableEntity, says)
	}
	if files := b.get("/e-tjanster/fel/foto").text(); strings.Contains(files, "Filer du har lagt till") {
		t.Errorf("a refused file was kept: %s", files)
	}
	// Path tricks end as a plain name; one file goes in although the other does not.
	v := send(part{"../../etc/passwd", "text/plain", "root"}, part{"stor.txt", "text/plain", strings.Repeat("a", 1_200_000)})
	v.want(http.StatusUnprocessableEntity, "mindre än 1 MB", "passwd")
	if strings.Contains(v.text(), "etc") {
		t.Error("the folder of a file name is kept")
	}
	send(part{"a.txt", "text/plain", "a"}).want(http.StatusOK)
	b.get("/e-tjanster/fel/foto").want(http.StatusOK, "så många filer som går")
	b.post("/e-tjanster/fel/foto", url.Values{"photo": {"someone-elses-file"}})
	v = b.get("/e-tjanster/fel/foto").want(http.StatusOK, "passwd.txt", "a.txt")
	// One more than may be added is said so; taking one away makes room.
	body, kind := multi(t, url.Values{}, map[string][]part{"photo": {{"b.txt", "text/plain", "b"}}})
	b.do(b.request(http.MethodPost, "/e-tjanster/fel/foto", kind, body)).want(http.StatusUnprocessableEntity, "Du kan lägga till högst 2 filer")
	f := v.form("/foto")
	id := regexpID(t, v.body)
	v = f.send("_ta-bort", id).want(http.StatusOK)
	if strings.Contains(v.text(), "passwd.txt") {
		t.Error("the file is still there")
	}
	if _, _, err := h.vault.Open(t.Context(), id); err == nil {
		t.Error("a file that was taken away can still be read")
	}
}

func regexpID(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="_ta-bort" value="`)
	if !ok {
		t.Fatal("no button to take a file away")
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

func TestAVeryLargeUploadIsCutOffWithAPage(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b)
	const head = "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n"
	r := b.request(http.MethodPost, "/e-tjanster/fel/foto", "multipart/form-data; boundary=x", &endless{head: strings.NewReader(head), max: 10 << 30})
	resp, err := b.Do(r)
	if err != nil { // the server has closed the connection on a client that would not stop: that is the other allowed answer
		t.Logf("cut off: %v", err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestGuessingACodeTellsNothingAndIsSlowedDown(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	v := b.post("/e-tjanster/fel/allt", allAnswers("0197a000-0000-7000-8000-000000000001")).want(http.StatusOK)
	number := caseNumber.FindString(v.text())
	stranger := h.browser(t, i18n.SV)
	try := func(n, code string) *view {
		return stranger.get("/folj").form("/folj").set("nummer", n, "kod", code).send()
	}
	known := try(number, "0000-0000-0000").want(http.StatusUnprocessableEntity, "hör inte ihop")
	unknown := try("KS 2026/99999", "0000-0000-0000").want(http.StatusUnprocessableEntity, "hör inte ihop")
	if a, b := strings.ReplaceAll(known.body, number, ""), strings.ReplaceAll(unknown.body, "KS 2026/99999", ""); a != b {
		t.Error("the answer tells whether there is such a case")
	}
	for _, path := range []string{"/folj/" + slug(number), "/folj/KS-2026-99999", "/folj/" + slug(number) + "/dokument/1"} {
		stranger.get(path).at("/folj")
	}
	stranger.get("/kvitto/" + slug(number) + ".json").want(http.StatusNotFound)
	stranger.get("/kvitto/KS-2026-99999.json").want(http.StatusNotFound)
	code := followCode.FindString(v.text())
	for range 3 {
		try(number, "0000-0000-0000")
	}
	refused := try(number, code).want(http.StatusTooManyRequests, "För många försök")
	if refused.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.Clock.Advance(time.Minute)
	try(number, code).want(http.StatusOK, number)
	// What was opened is closed again by itself.
	h.Clock.Advance(3 * time.Hour)
	stranger.get("/folj/" + slug(number)).at("/folj")
	// A reply whose time has run out is kept in the form that asks for the code.
	v = stranger.post("/folj/"+slug(number)+"/svara", url.Values{"text": {"Det jag skrev"}}).want(http.StatusUnauthorized)
	v.form("/folj").set("kod", code).send().want(http.StatusOK, "Det jag skrev", number)
	// A forged cookie opens nothing.
	u, _ := url.Parse(h.server.URL)
	forger := h.browser(t, i18n.SV)
	forger.Jar.SetCookies(u, []*http.Cookie{{Name: "dygnet-foljer", Value: strings.Repeat("A", 54)}, {Name: "dygnet-utkast", Value: strings.Repeat("A", 26)}})
	forger.get("/folj/" + slug(number)).at("/folj")
}

func TestDraftsOfOthersAreNotShown(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	begin(b).form("/vad").set("what", "water", "text", "Mitt eget").send()
	// The same browser, another person.
	b.signIn("kim")
	b.get("/e-tjanster/fel/vad").at("/e-tjanster/fel")
	// Signed out by hand: the browser forgets, Mina sidor remembers.
	b.signIn("inv")
	b.get("/e-tjanster/fel/vad").want(http.StatusOK, "Mitt eget")
	b.get("/kontakt").form("/logga-ut").send().want(http.StatusOK, "Du är utloggad")
	b.get("/e-tjanster/fel/vad").at("/e-tjanster/fel")
	b.signIn("inv")
	v := b.get("/mina-sidor").want(http.StatusOK, "Påbörjat")
	v.form("/ta-bort").send().want(http.StatusOK, "Du har inget påbörjat")
}

func TestSigningOutForgetsWhateverPageItLeadsTo(t *testing.T) {
	h := once(t, nil)
	for _, till := range []string{"", "/kontakt"} {
		b := h.browser(t, i18n.SV)
		b.signIn("inv")
		begin(b).form("/vad").set("what", "water", "text", "Det läcker").send()
		v := b.post("/e-tjanster/fel/allt", allAnswers(store.NewID())).want(http.StatusOK)
		b.post("/logga-ut", url.Values{"till": {till}}).want(http.StatusOK)
		for _, c := range b.Jar.Cookies(v.Request.URL) {
			if c.Name == "dygnet-utkast" || c.Name == "dygnet-foljer" {
				t.Errorf("till %q: the browser still holds %s", till, c.Name)
			}
		}
	}
}

func TestAnEServiceThatAsksForSignInAsksForItAndComesBack(t *testing.T) {
	h := once(t, func(d *casetype.Definition) { d.Auth = casetype.Auth{Level: casetype.LevelLoA3} })
	b := h.browser(t, i18n.SV)
	b.get("/e-tjanster/fel").want(http.StatusOK, "e-legitimation").form("/e-tjanster/fel").send().at("/logga-in?till=%2Fe-tjanster%2Ffel").want(http.StatusOK)
	b.post("/e-tjanster/fel/allt", allAnswers("0197a000-0000-7000-8000-000000000002")).want(http.StatusUnprocessableEntity, "logga in", "Lampan är släckt")
	b.signIn("inv")
	v := begin(b)
	h.Clock.Advance(13 * time.Hour)
	v.form("/vad").set("what", "water", "text", "Sparat ändå").send().at("/logga-in?till=%2Fe-tjanster%2Ffel%2Fvad")
	b.signIn("inv")
	b.get("/e-tjanster/fel/vad").want(http.StatusOK, "Sparat ändå")
}
