package browser

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long one action in a page may take.
const patience = 30 * time.Second

// Browser is one running Chromium with what the checks need. It may be used by parallel tests;
// each page has cookies and storage of its own.
type Browser struct {
	ctx     context.Context // of chromedp; ends with the test
	axe     string          // source of axe-core
	html    *validator
	cookies []*http.Cookie
	site    *site
}

// site remembers what was seen of a site across checks.
type site struct {
	sync.Mutex
	titles map[string]string // title -> first URL that had it
	status map[string]int    // URL -> HTTP status of a link's target
}

// New starts Chromium for the length of a test. Without Chromium, Node.js or the packages of
// package.json it skips the test, or fails it under DYGNET_TEST_STRICT=1.
func New(t testing.TB) *Browser {
	t.Helper()
	program := findChromium()
	if program == "" {
		unavailable(t, "no Chromium found: install Debian's package chromium, or set DYGNET_TEST_CHROMIUM")
	}
	top, err := repository()
	if err != nil {
		t.Fatalf("finding the repository: %v", err)
	}
	axe, err := os.ReadFile(filepath.Join(top, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		unavailable(t, "axe-core is not installed: run make assets")
	}

	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(program),
		chromedp.NoFirstRun,
		chromedp.NoSandbox, // as root, as in most containers, Chromium has no sandbox of its own
		chromedp.DisableGPU,
		chromedp.Headless,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		// Nothing but this machine is ever looked up, whatever a page asks for.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]"),
		chromedp.Flag("lang", "sv-SE"),
		chromedp.Flag("accept-lang", "sv-SE,sv"),
		chromedp.WindowSize(1280, 900),
	)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	return &Browser{
		ctx: ctx, axe: string(axe), html: startValidator(t, top),
		site: &site{titles: map[string]string{}, status: map[string]int{}},
	}
}

// As is the same browser with cookies of a signed-in person sent to every page.
func (b *Browser) As(cookies ...*http.Cookie) *Browser {
	signedIn := *b
	signedIn.cookies = cookies
	signedIn.site = &site{titles: map[string]string{}, status: map[string]int{}}
	return &signedIn
}

// View says how a page is looked at. The zero View is a light 1280 px window with JavaScript.
type View struct {
	NoJS  bool // JavaScript switched off
	Dark  bool // prefers-color-scheme: dark
	Width int  // of the window in CSS pixels; 0 is 1280
}

// Open opens a URL in a new tab that shares no cookie with other tabs. The tab closes with the test.
func (b *Browser) Open(t testing.TB, url string, v View) *Page {
	t.Helper()
	p := b.newPage(t)
	p.look(v)
	p.Goto(url)
	return p
}

func (b *Browser) newPage(t testing.TB) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	return &Page{t: t, ctx: ctx, close: cancel, axe: b.axe, cookies: b.cookies}
}

// Page is one tab. Its methods fail the test when the browser cannot do what is asked.
type Page struct {
	t       testing.TB
	ctx     context.Context
	close   context.CancelFunc
	axe     string
	cookies []*http.Cookie
}

// Do runs chromedp actions, 30 seconds at most.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("at %s: %v", p.where(), err)
	}
}

// Run runs one chromedp action and returns its value.
func Run[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("at %s: %v", p.where(), err)
	}
	return value
}

// Eval runs JavaScript in the page, also where the page's own scripts are switched off, and returns
// its value. A promise is awaited.
func Eval[T any](p *Page, js string) T {
	p.t.Helper()
	return Run(p, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

// Goto loads a URL and waits until it is loaded.
func (p *Page) Goto(url string) {
	p.t.Helper()
	for _, c := range p.cookies {
		call(p, network.SetCookie, network.SetCookieParams{
			Name: c.Name, Value: c.Value, URL: url, Path: "/", Secure: &c.Secure, HTTPOnly: &c.HttpOnly,
		})
	}
	p.Do(chromedp.Navigate(url))
}

// URL is where the page is now.
func (p *Page) URL() string { p.t.Helper(); return Run(p, chromedp.Location()) }

// Title is the page's title.
func (p *Page) Title() string { p.t.Helper(); return Run(p, chromedp.Title()) }

// Text is what a person sees of the first element that a CSS selector matches.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return Run(p, chromedp.Text(chromedp.CSS(selector)))
}

// Has says whether a CSS selector matches something in the page as it is now.
func (p *Page) Has(selector string) bool {
	p.t.Helper()
	return Eval[bool](p, fmt.Sprintf("document.querySelector(%q) !== null", selector))
}

// Fill replaces the value of a field with text, typed key by key.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.Do(chromedp.Focus(chromedp.CSS(selector)))
	Eval[bool](p, "document.activeElement.select(), true")
	p.Press("\b" + text)
}

// Click clicks on an element and does not wait for what follows.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Follow clicks on a link or button and waits until the page it leads to is loaded.
func (p *Page) Follow(selector string) {
	p.t.Helper()
	p.Loads(chromedp.Click(chromedp.CSS(selector)))
}

// Press types keys into whatever has the focus; the special ones are in chromedp's package kb.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.Do(chromedp.KeyEvent(keys))
}

// PressAndLoad types keys that lead to another page, such as Enter on a link, and waits until it is loaded.
func (p *Page) PressAndLoad(keys string) {
	p.t.Helper()
	p.Loads(chromedp.KeyEvent(keys))
}

// Loads does something that leads to another page and waits until that is loaded.
func (p *Page) Loads(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	Run(p, chromedp.WaitEvent(page.LoadEventFired, nil, action))
}

// TabTo presses Tab until the focus is on an element that the CSS selector matches, at most 100
// times, and fails the test if it never is: the element cannot be reached by keyboard.
func (p *Page) TabTo(selector string) {
	p.t.Helper()
	for range 100 {
		p.Press("\t")
		if Eval[bool](p, fmt.Sprintf("document.activeElement?.matches(%q) ?? false", selector)) {
			return
		}
	}
	p.t.Fatalf("at %s: 100 presses of Tab did not reach %s", p.where(), selector)
}

// Screenshot writes a PNG of the whole page to a file.
func (p *Page) Screenshot(file string) {
	p.t.Helper()
	if err := os.WriteFile(file, Run(p, chromedp.FullScreenshot(100)), 0o600); err != nil {
		p.t.Fatalf("writing a screenshot: %v", err)
	}
}

// look sets how the page is shown from now on.
func (p *Page) look(v View) {
	p.t.Helper()
	width := int64(v.Width)
	if width == 0 {
		width = 1280
	}
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	p.Do(chromedp.EmulateViewport(width, 900))
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoJS})
}

// call sends one protocol command to the tab of a page.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatalf("at %s: %v", p.where(), err)
	}
	return result
}

// where is the page's URL for a failure message.
func (p *Page) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	url, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "a page"
	}
	return url
}

func unavailable(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("DYGNET_TEST_STRICT") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func findChromium() string {
	if program := os.Getenv("DYGNET_TEST_CHROMIUM"); program != "" {
		return program
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	return ""
}

// repository is the folder of go.mod above the working directory.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}
