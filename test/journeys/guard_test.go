package journeys_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// headers fails the test if an answer does not tell browsers what our pages never do.
func headers(t *testing.T, got answer) {
	t.Helper()
	where := got.Request.Method + " " + got.Request.URL.Path
	policy := got.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: no %s in Content-Security-Policy: %q", where, part, policy)
		}
	}
	if strings.Contains(policy, "unsafe-") {
		t.Errorf("%s: %s", where, policy)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %s: %q, want %q", where, name, got.Header.Get(name), want)
		}
	}
	if name := got.Header.Get("Server"); name != "" {
		t.Errorf("%s: tells its software: %s", where, name)
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	c := visitor(t)
	for _, path := range []string{
		"/", "/en", "/e-tjanster", "/sok?q=lampa", "/folj", "/diarium", "/logga-in", "/finns-inte", "/journal", "/journal/checkpoint", "/karta/bas.geojson",
		"/robots.txt", "/.well-known/security.txt", "/healthz", "/kvitto/NVK-2026-00001.json", "/mina-sidor", "/arbete",
	} {
		headers(t, c.get(path))
	}
}

func TestAPageThatIsNotThereSaysSoInBothLanguages(t *testing.T) {
	c := visitor(t)
	for path, lang := range map[string]string{
		"/finns-inte": "sv", "/en/finns-inte": "en", "/e-tjanster/finns-inte": "sv", "/en/e-tjanster/finns-inte": "en", "/e-tjanster/felanmalan/finns-inte": "sv",
		"/karta/hemlig": "sv", "/e-tjanster/..%2f..%2fetc%2fpasswd": "sv", "/kvitto/..%2f..%2fjournal.key.json": "sv", "/folj/%00": "", "/sok%ff": "sv",
		"/assets/finns-inte.js": "", "/" + strings.Repeat("a", 5000): "sv",
	} {
		got := c.get(path)
		if lang == "" { // not a page, or led on; never an error of ours
			if got.StatusCode >= 500 {
				t.Errorf("%.60s answers %d", path, got.StatusCode)
			}
			continue
		}
		if got.StatusCode != http.StatusNotFound {
			t.Errorf("%.60s answers %d", path, got.StatusCode)
			continue
		}
		isPage(t, got, lang)
		if !strings.Contains(got.body, `<meta name="robots" content="noindex">`) {
			t.Errorf("%.60s may be indexed", path)
		}
	}
	r := c.request(http.MethodGet, "/finns-inte", nil)
	r.Header.Set("Accept", "application/json")
	if got := c.do(r); got.StatusCode != http.StatusNotFound || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("to a program it answers %d, %s", got.StatusCode, got.Header.Get("Content-Type"))
	}
}

func TestAMethodThatIsNotTakenIsRefused(t *testing.T) {
	c := visitor(t)
	for _, x := range []struct{ method, path, lang string }{
		{http.MethodDelete, "/e-tjanster", "sv"}, {http.MethodPut, "/en/folj", "en"}, {http.MethodPatch, "/", "sv"}, {http.MethodPost, "/diarium", "sv"},
		{http.MethodDelete, "/e-tjanster/felanmalan/vad", "sv"}, {"BREW", "/kontakt", "sv"},
	} {
		got := c.do(c.request(x.method, x.path, nil))
		if got.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(got.Header.Get("Allow"), "GET") {
			t.Errorf("%s %s answers %d, Allow: %q", x.method, x.path, got.StatusCode, got.Header.Get("Allow"))
			continue
		}
		isPage(t, got, x.lang)
	}
	if got := c.do(c.request(http.MethodHead, "/", nil)); got.StatusCode != http.StatusOK || got.body != "" {
		t.Errorf("HEAD / answers %d with %d bytes", got.StatusCode, len(got.body))
	}
}

func TestAPostFromAnotherSiteIsRefused(t *testing.T) {
	c := begun(t)
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://ond.example"}, {"Origin": "null"},
		{"Origin": "https://ond.example", "Sec-Fetch-Site": "cross-site"},
	} {
		for _, path := range []string{"/e-tjanster/felanmalan", "/en" + describe, "/e-tjanster/felanmalan/skicka", "/e-tjanster/felanmalan/allt", "/folj", "/logga-in/demo", "/logga-ut"} {
			r := c.request(http.MethodPost, path, strings.NewReader("persona=handlaggare"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for name, value := range header {
				r.Header.Set(name, value)
			}
			got := c.do(r)
			if got.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %v answers %d at %s", path, header, got.StatusCode, got.Request.URL.Path)
			}
		}
	}
	r := c.request(http.MethodPost, "/e-tjanster/felanmalan", nil)
	r.Header.Set("Origin", demo.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if got := c.do(r); got.StatusCode != http.StatusOK {
		t.Errorf("a post from our own page answers %d", got.StatusCode)
	}
}

func TestACodeCannotBeGuessed(t *testing.T) {
	number, code := report(visitor(t), "En kod att gissa")
	try := func(c *client, number, code string) answer {
		return c.post("/folj", url.Values{"nummer": {number}, "kod": {code}})
	}
	thief := visitorFrom(t, "127.0.71.1")
	wrong := try(thief, number, "0000-0000-0000")
	missing := try(thief, strings.Replace(number, "/0", "/9", 1), "0000-0000-0000")
	if wrong.StatusCode != http.StatusUnprocessableEntity || missing.StatusCode != wrong.StatusCode {
		t.Errorf("a wrong code answers %d, a case that is not there %d", wrong.StatusCode, missing.StatusCode)
	}
	if same := strings.ReplaceAll(missing.body, strings.Replace(number, "/0", "/9", 1), number); same != wrong.body {
		t.Error("the answer tells whether there is such a case")
	}
	if len(thief.cookies()) != 0 {
		t.Errorf("a wrong code gives the cookies %v", thief.cookies())
	}
	limited := func(c *client, number func(int) string) {
		t.Helper()
		for i := range 40 {
			got := try(c, number(i), "0000-0000-0000")
			if got.StatusCode == http.StatusUnprocessableEntity {
				continue
			}
			if wait, err := strconv.Atoi(got.Header.Get("Retry-After")); got.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 {
				t.Errorf("after %d tries: %d, Retry-After %q", i, got.StatusCode, got.Header.Get("Retry-After"))
			}
			isPage(t, got, "sv")
			return
		}
		t.Error("40 codes were tried and none was refused")
	}
	limited(thief, func(i int) string { return "NVK 2026/9" + strconv.Itoa(1000+i) })
	if got := try(thief, number, code); got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the right code after too many wrong ones answers %d", got.StatusCode)
	}
	if got := try(visitorFrom(t, "127.0.72.1"), number, code); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "En kod att gissa") {
		t.Errorf("the sender, on another network, gets %d", got.StatusCode)
	}
}

func TestSomebodyElsesCaseIsNotThere(t *testing.T) {
	sender := visitor(t)
	number, _ := report(sender, "Bara mellan oss")
	for name, c := range map[string]*client{
		"a stranger": visitor(t), "another citizen": as(t, "skyddad-invanare"),
		"a forged cookie": visitor(t, &http.Cookie{Name: "dygnet-foljer", Value: strings.Repeat("A", 54)}),
	} {
		for _, path := range []string{"/folj/" + slug(number), "/en/folj/" + slug(number), "/kvitto/" + slug(number) + ".json", "/mina-sidor/arenden/" + slug(number), "/folj/" + slug(number) + "/strom", "/e-tjanster/felanmalan/klart"} {
			if got := c.get(path); strings.Contains(got.body, "Bara mellan oss") || strings.Contains(got.body, "Hemlig") {
				t.Errorf("%s reads %s", name, path)
			}
		}
		if got := c.post("/folj/"+slug(number)+"/svara", url.Values{"text": {"Jag är någon annan"}}); strings.Contains(got.body, "Bara mellan oss") {
			t.Errorf("%s writes in the case", name)
		}
	}
	if got := sender.get("/folj/" + slug(number)); !strings.Contains(got.body, "Bara mellan oss") || strings.Contains(got.body, "någon annan") {
		t.Error("the sender does not see the case as it was")
	}
}

func TestASessionIsNewAtSignInAndDeadAtSignOut(t *testing.T) {
	session := func(c *client) string {
		for _, k := range c.cookies() {
			if k.Name == "dygnet" {
				return k.Value
			}
		}
		return ""
	}
	thief := as(t, "invanare")
	planted := session(thief)
	victim := visitor(t, &http.Cookie{Name: "dygnet", Value: planted, Path: "/"})
	got := victim.post("/logga-in/demo", url.Values{"persona": {"skyddad-invanare"}, "till": {"/mina-sidor"}})
	if got.StatusCode != http.StatusOK || session(victim) == planted || session(victim) == "" {
		t.Fatalf("sign-in answers %d and keeps the session that somebody planted: %v", got.StatusCode, session(victim) == planted)
	}
	own := session(victim)
	if page := thief.get("/mina-sidor"); strings.HasPrefix(page.Request.URL.Path, "/mina-sidor") {
		t.Error("the planted session lives on after the victim signed in with it")
	}
	// The cookie itself.
	r := visitor(t)
	r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, k := range r.post("/logga-in/demo", url.Values{"persona": {"invanare"}}).Cookies() {
		if !k.HttpOnly || k.SameSite != http.SameSiteLaxMode && k.SameSite != http.SameSiteStrictMode || k.Path != "/" || k.Domain != "" {
			t.Errorf("the cookie is %v", k)
		}
	}
	if got := victim.post("/logga-ut", nil); got.StatusCode != http.StatusOK {
		t.Errorf("signing out answers %d", got.StatusCode)
	}
	back := visitor(t, &http.Cookie{Name: "dygnet", Value: own, Path: "/"}).get("/mina-sidor")
	if strings.HasPrefix(back.Request.URL.Path, "/mina-sidor") {
		t.Error("the session lives on after sign-out")
	}
	for _, to := range []string{"https://ond.example/", "//ond.example/", `/\ond.example`, "/\t/ond.example", "javascript:alert(1)"} {
		c := visitor(t)
		c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		got := c.post("/logga-in/demo", url.Values{"persona": {"invanare"}, "till": {to}})
		if at, err := got.Location(); err != nil || at.Host != got.Request.URL.Host {
			t.Errorf("after sign-in %q leads to %v", to, at)
		}
	}
}

func TestTheWellKnownFiles(t *testing.T) {
	c := visitor(t)
	security := c.get("/.well-known/security.txt")
	fields := map[string]string{}
	for line := range strings.Lines(security.body) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fields[name] = value
	}
	expires, err := time.Parse(time.RFC3339, fields["Expires"])
	if err != nil || !expires.After(time.Now()) || expires.After(time.Now().AddDate(1, 0, 0)) { // RFC 9116 2.5.5
		t.Errorf("security.txt expires %q", fields["Expires"])
	}
	if !strings.HasPrefix(fields["Contact"], "mailto:") || !strings.HasPrefix(security.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("security.txt: %s\n%s", security.Header.Get("Content-Type"), security.body)
	}
	robots := c.get("/robots.txt").body
	for _, private := range []string{"/arbete", "/mina-sidor", "/folj", "/en/mina-sidor"} {
		if !strings.Contains(robots, "Disallow: "+private+"\n") {
			t.Errorf("robots.txt lets in to %s", private)
		}
	}
	for path, status := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/metrics": http.StatusNotFound} {
		if got := c.get(path); got.StatusCode != status {
			t.Errorf("%s answers %d, want %d", path, got.StatusCode, status)
		}
	}
}
