package identity_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/identity"
)

// missing skips the test, unless everything must run.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("DYGNET_TEST_STRICT") != "" {
		t.Fatalf("%s, and DYGNET_TEST_STRICT demands it", what)
	}
	t.Skipf("%s: run the tests with `make test`", what)
}

// foreignOP starts npm's oidc-provider and gives its issuer.
func foreignOP(t *testing.T, redirect, signedOut string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "no node")
	}
	if _, err := os.Stat("../../../node_modules/oidc-provider/package.json"); err != nil {
		missing(t, "no node_modules/oidc-provider")
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/op.mjs", redirect, signedOut)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	t.Cleanup(func() {
		_ = input.Close()
		_, _ = io.Copy(io.Discard, output)
		_ = cmd.Wait()
	})
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "http://") {
			return lines.Text()
		}
	}
	t.Fatalf("oidc-provider did not start: %s", complaints.String())
	return ""
}

var (
	formTag  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]+)"`)
	inputTag = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	nameAttr = regexp.MustCompile(`name="([^"]*)"`)
	valAttr  = regexp.MustCompile(`value="([^"]*)"`)
	abortTag = regexp.MustCompile(`href="([^"]+/abort)"`)
)

// follow walks redirects from an answer until a page, or until it leads to stop (which is not fetched, but given).
func (b *browser) follow(a answer, stop string) (answer, string) {
	b.t.Helper()
	for range 20 {
		location := a.Header.Get("Location")
		if location == "" {
			return a, ""
		}
		u, err := a.Request.URL.Parse(location)
		if err != nil {
			b.t.Fatal(err)
		}
		if strings.HasPrefix(u.String(), stop) {
			return a, u.String()
		}
		a = b.get(u.String())
	}
	b.t.Fatal("redirects without end")
	return a, ""
}

// fill sends the form on a page, with what it holds and more.
func (b *browser) fill(page answer, more url.Values) answer {
	b.t.Helper()
	action := formTag.FindStringSubmatch(page.body)
	if page.StatusCode != http.StatusOK || action == nil {
		b.t.Fatalf("no form: %s %s", page.Status, page.body)
	}
	u, err := page.Request.URL.Parse(html.UnescapeString(action[1]))
	if err != nil {
		b.t.Fatal(err)
	}
	values := url.Values{}
	for _, tag := range inputTag.FindAllString(page.body, -1) {
		if name, value := nameAttr.FindStringSubmatch(tag), valAttr.FindStringSubmatch(tag); name != nil && value != nil {
			values.Set(name[1], html.UnescapeString(value[1]))
		}
	}
	for name, v := range more {
		values[name] = v
	}
	return b.post(u.String(), values)
}

func TestSignInAndOutAtAProviderThatIsNotOurs(t *testing.T) {
	db := storetestSQLite(t)
	h := open(t, db, nil)
	h.clock.Set(calendar.System().Now()) // the provider has the machine's
	redirect := h.server.URL + identity.PathAnswer + "kommunen"
	issuer := foreignOP(t, redirect, h.server.URL+identity.PathSignedOut)
	h.restart(t, h.options(identity.ProviderConfig{Key: "kommunen", Kind: identity.Staff, Name: "Kommunkonto", Issuer: issuer, ClientID: "dygnet",
		Secret: "a-secret-of-the-test", Level: identity.LoASubstantial}))
	officer := h.add(t, bodies.Staff, "Olle Handläggare", "olle@kommun.example")

	logIn := func(b *browser, name string) answer {
		t.Helper()
		page, _ := b.follow(b.get(identity.PathStart+"kommunen?till=/inkorg"), redirect)
		page, back := b.follow(b.fill(page, url.Values{"login": {name}, "password": {"x"}}), redirect)
		if back == "" { // consent
			_, back = b.follow(b.fill(page, nil), redirect)
		}
		return b.get(back)
	}

	b := h.browser(t)
	if a := logIn(b, "olle"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/inkorg" {
		t.Fatalf("%s %q %s", a.Status, a.Header.Get("Location"), a.body)
	}
	b.wantWho(officer.ID + " staff substantial oidc")

	// The provider remembers them: signing in again asks nothing.
	if _, back := b.follow(b.get(identity.PathStart+"kommunen"), redirect); back == "" {
		t.Error("the provider asks again although its session lives")
	}

	out := b.post(identity.PathSignOut, url.Values{"till": {"/om"}})
	page, _ := b.follow(out, h.server.URL)
	_, back := b.follow(b.fill(page, url.Values{"logout": {"yes"}}), h.server.URL)
	if !strings.HasPrefix(back, h.server.URL+identity.PathSignedOut+"?") {
		t.Fatalf("after sign-out the provider sends people to %q", back)
	}
	if a := b.get(back); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/om" {
		t.Errorf("after sign-out: %s %q", a.Status, a.Header.Get("Location"))
	}
	b.wantWho("nobody")
	page, back = b.follow(b.get(identity.PathStart+"kommunen"), redirect)
	if back != "" {
		t.Error("the provider signs in without asking although we signed out there")
	}

	// Turning back at the provider.
	abort := abortTag.FindStringSubmatch(page.body)
	if abort == nil {
		t.Fatalf("no way back on the provider's page: %s", page.body)
	}
	_, back = b.follow(b.get(issuer+strings.TrimPrefix(html.UnescapeString(abort[1]), issuer)), redirect)
	if a := b.get(back); a.body != "failed cancelled" {
		t.Errorf("cancelled: %s %s", a.Status, a.body)
	}

	if a := logIn(h.browser(t), "eva"); a.body != "failed unknown_person" {
		t.Errorf("somebody without an account: %s %s", a.Status, a.body)
	}
}
