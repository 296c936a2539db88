package identity_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"dygnet/internal/kernel/identity"
)

// keyPages are pages that do what passkey.js asks of one.
type keyPages struct{ plainPages }

func (keyPages) page(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="sv"><title>x</title><body>%s
		<p hidden data-passkey-said role="alert" data-refused="refused" data-failed="failed"></p><script src="/passkey.js"></script></body></html>`, body)
}

func (p keyPages) SignIn(w http.ResponseWriter, _ *http.Request, _ identity.SignInPage) {
	p.page(w, `<button type="button" id="key" hidden data-passkey="sign-in" data-begin="`+identity.PathPasskeySignInBegin+`" data-finish="`+
		identity.PathPasskeySignInFinish+`?till=`+identity.PathPasskeys+`">Nyckel</button>`)
}

func (p keyPages) Passkeys(w http.ResponseWriter, _ *http.Request, page identity.PasskeysPage) {
	p.page(w, fmt.Sprintf(`<p data-count="%d"></p><button type="button" id="key" hidden data-passkey="add" data-begin="%s" data-finish="%s">Lägg till</button>`,
		len(page.Passkeys), identity.PathPasskeyAddBegin, identity.PathPasskeyAddFinish))
}

func (p keyPages) OneTime(w http.ResponseWriter, _ *http.Request) {
	p.page(w, `<form method="post"><input name="kod" data-one-time-code><button id="send">Logga in</button></form>`)
}

func TestChromiumAddsAPasskeyWithAOneTimeLinkAndSignsInWithIt(t *testing.T) {
	path := os.Getenv("DYGNET_TEST_CHROMIUM")
	if path == "" {
		var err error
		if path, err = exec.LookPath("chromium"); err != nil {
			missing(t, "no chromium")
		}
	}
	script, err := os.ReadFile("../ui/assets/src/passkey.js")
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, storetestSQLite(t), func(_ *house, o *identity.Options) { o.Pages = keyPages{} })
	app := h.handler
	h.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/passkey.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(script)
			return
		}
		app.ServeHTTP(w, r)
	})
	admin, err := h.AdminCreate(t.Context(), "Anna Admin", "anna@kommun.example")
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil { // starts the browser, which a time limit must not end
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
		HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		t.Fatal(err)
	}
	key := chromedp.CSS("#key")

	do("opening the link", chromedp.Navigate(admin.Link))
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil || strings.Contains(address, admin.Code) {
		t.Errorf("the code stays in the address bar: %s (%v)", address, err)
	}
	do("using the code", chromedp.Click(chromedp.CSS("#send")), chromedp.WaitReady(chromedp.CSS(`[data-count="0"]`)))
	do("adding a passkey", chromedp.Click(key), chromedp.WaitReady(chromedp.CSS(`[data-count="1"]`)))

	if err := h.EndAllSessions(t.Context(), admin.Person.ID, admin.Person.ID); err != nil {
		t.Fatal(err)
	}
	do("signing in", chromedp.Navigate(h.server.URL+"/logga-in"), chromedp.Click(key),
		chromedp.WaitReady(chromedp.CSS(`[data-count="1"]`)), chromedp.Navigate(h.server.URL+"/who"))
	if who, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("body"))); err != nil || who != admin.Person.ID+" staff substantial passkey" {
		t.Errorf("who = %q (%v)", who, err)
	}

	// A key that the server does not know any more: the page says so.
	list, err := h.Passkeys(t.Context(), admin.Person.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d passkeys: %v", len(list), err)
	}
	if err := h.RemovePasskey(identity.With(t.Context(), &identity.Principal{PersonID: admin.Person.ID}), list[0].ID); err != nil {
		t.Fatal(err)
	}
	do("signing in with a removed key", chromedp.Navigate(h.server.URL+"/logga-in"), chromedp.Click(key),
		chromedp.WaitVisible(chromedp.CSS(`[data-passkey-said]:not([hidden])`)))
	if said, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("[data-passkey-said]"))); err != nil || said != "refused" {
		t.Errorf("the page says %q (%v)", said, err)
	}
}
