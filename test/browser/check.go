package browser

import (
	_ "embed" // the scripts that run in the page
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	//go:embed script/axe.js
	axeScript string
	//go:embed script/facts.js
	factsScript string
	//go:embed script/focused.js
	focusedScript string
	//go:embed script/lcp.js
	lcpScript string
	//go:embed script/still.js
	stillScript string
	//go:embed script/unfocused.js
	unfocusedScript string
)

// Violation is one fault of a page.
type Violation struct {
	URL    string
	Rule   string // as axe:color-contrast, axe:color-contrast@dark, html:wcag/h30, reflow-320, nojs:form
	Detail string
	Where  string // CSS selector or tag, if the fault is in one place
}

// String is the violation on one line.
func (v Violation) String() string {
	s := fmt.Sprintf("%s  %s  %s", v.URL, v.Rule, v.Detail)
	if v.Where != "" {
		s += "  [" + v.Where + "]"
	}
	return s
}

// Budget limits the weight of a page on a first visit, with an empty cache. Zero is no limit.
type Budget struct {
	HTML     int // bytes of HTML, uncompressed
	Wire     int // bytes received in all, headers included
	Requests int
	Elements int
	LCP      int // largest contentful paint, milliseconds; depends on the machine's load
}

// PublicBudget is what a public page without pictures may weigh.
var PublicBudget = Budget{HTML: 30_000, Wire: 50_000, Requests: 4, Elements: 1500}

// CheckOptions says what Check expects of a page. The zero value expects an ordinary page.
type CheckOptions struct {
	Status int // expected HTTP status; 0 is 200
	Budget Budget
	// Words is for a page that has been checked in another language: only what its words can change is looked at, which is all but
	// dark mode, the keyboard and the page without JavaScript.
	Words bool
}

// Check looks at one page in every way that a page has to work, and returns what is wrong.
func (b *Browser) Check(t testing.TB, address string, o CheckOptions) []Violation {
	t.Helper()
	if o.Status == 0 {
		o.Status = http.StatusOK
	}
	c := &checker{b: b, t: t, o: o, address: address, known: map[string]bool{}}
	doc, err := b.fetch(t.Context(), address)
	if err != nil {
		c.add("http", err.Error(), "")
		return c.found
	}
	if doc.status != o.Status || doc.root == nil {
		c.add("http", fmt.Sprintf("status %d and %s, want %d and text/html", doc.status, doc.header.Get("Content-Type"), o.Status), "")
		return c.found
	}
	c.doc = doc
	c.sent()
	c.links()
	c.page = b.newPage(t)
	defer c.page.close()
	withScript := c.light()
	if !o.Words {
		c.keyboard()
		c.dark()
	}
	c.small()
	if !o.Words {
		c.withoutScript(withScript)
	}
	return c.found
}

// Report fails the test with each violation on a line of its own.
func Report(t testing.TB, violations []Violation) {
	t.Helper()
	for _, v := range violations {
		t.Error(v)
	}
}

// checker is one run of Check.
type checker struct {
	b       *Browser
	t       testing.TB
	o       CheckOptions
	address string
	doc     *document
	page    *Page
	known   map[string]bool // axe rule and element, to report a fault of all views once
	found   []Violation
}

func (c *checker) add(rule, detail, where string) {
	v := Violation{URL: c.address, Rule: rule, Detail: detail, Where: where}
	if !slices.Contains(c.found, v) {
		c.found = append(c.found, v)
	}
}

// sent judges headers and markup as they came from the server.
func (c *checker) sent() {
	if c.doc.header.Get("Content-Security-Policy") == "" {
		c.add("csp", "no Content-Security-Policy", "")
	} else if strings.Contains(c.doc.header.Get("Content-Security-Policy"), "unsafe-inline") {
		c.add("csp", "unsafe-inline", "")
	}
	if cookie := c.doc.header.Get("Set-Cookie"); cookie != "" && len(c.b.cookies) == 0 {
		name, _, _ := strings.Cut(cookie, "=")
		c.add("cookie", "sets the cookie "+name+" before the visitor asked for anything", "")
	}
	if limit := c.o.Budget.HTML; limit > 0 && len(c.doc.body) > limit {
		c.add("budget:html", fmt.Sprintf("%d bytes of HTML, limit %d", len(c.doc.body), limit), "")
	}
	faults, err := c.b.html.check(c.address, c.doc.body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range faults {
		c.add("html:"+f.Rule, fmt.Sprintf("%s (line %d)", f.Message, f.Line), f.Selector)
	}
	for _, n := range c.doc.elements() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				c.add("inline-handler", a.Key, n.Data)
			}
		}
	}
}

// links follows every link of the page once for the whole site.
func (c *checker) links() {
	ids := map[string]bool{"": true, "top": true}
	for _, n := range c.doc.elements() {
		if id, ok := attribute(n, "id"); ok {
			ids[id] = true
		}
	}
	for _, href := range c.doc.links() {
		switch {
		case href == "" || href == "#" || strings.HasPrefix(strings.ToLower(href), "javascript:"):
			c.add("nojs:link", fmt.Sprintf("the link %q does nothing without JavaScript", href), "")
			continue
		case strings.HasPrefix(href, "#"):
			if fragment, err := url.PathUnescape(href[1:]); err != nil || !ids[fragment] {
				c.add("link:fragment", href+" leads nowhere", "")
			}
			continue
		}
		target := c.doc.within(href)
		if target == nil {
			continue
		}
		if status := c.b.statusOf(c.t, target.String()); status >= 400 {
			c.add("link:broken", fmt.Sprintf("%s answers %d", target, status), "")
		}
	}
}

func (b *Browser) statusOf(t testing.TB, address string) int {
	t.Helper()
	b.site.Lock()
	status, known := b.site.status[address]
	b.site.Unlock()
	if known {
		return status
	}
	doc, err := b.fetch(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	b.site.Lock()
	defer b.site.Unlock()
	b.site.status[address] = doc.status
	return doc.status
}

// facts is what script/facts.js says of a page.
type facts struct {
	Lang               string   `json:"lang"`
	Title              string   `json:"title"`
	H1                 int      `json:"h1"`
	Main               int      `json:"main"`
	SkipLink           bool     `json:"skipLink"`
	Elements           int      `json:"elements"`
	Text               int      `json:"text"` // characters a person sees
	Wide               int      `json:"wide"` // pixels wider than the window
	Widest             string   `json:"widest"`
	LCP                int      `json:"lcp"` // milliseconds
	FormsWithoutSubmit []string `json:"formsWithoutSubmit"`
	DeadButtons        []string `json:"deadButtons"`
}

// traffic is what a page fetched and complained of while it loaded.
type traffic struct {
	sync.Mutex
	requests   int
	bytes      int
	thirdParty []string
	errors     []string
}

// light loads the page with JavaScript in a wide light window and judges structure, weight and axe.
func (c *checker) light() facts {
	c.t.Helper()
	seen := c.listen()
	call(c.page, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: lcpScript})
	c.page.look(View{})
	c.page.Goto(c.address)
	Eval[bool](c.page, stillScript)
	f := Eval[facts](c.page, factsScript)

	if f.Lang == "" {
		c.add("lang", "the page does not say its language", "html")
	}
	if f.H1 != 1 {
		c.add("h1", fmt.Sprintf("%d h1 elements, want 1", f.H1), "")
	}
	if f.Main != 1 {
		c.add("main", fmt.Sprintf("%d main landmarks, want 1", f.Main), "")
	}
	if !f.SkipLink {
		c.add("skiplink", "no link to the main content", "")
	}
	c.title(f.Title)

	seen.Lock()
	requests, bytes := seen.requests, seen.bytes
	for _, u := range seen.thirdParty {
		c.add("third-party", u, "")
	}
	for _, e := range seen.errors {
		c.add("console", e, "")
	}
	seen.Unlock()
	over := func(rule string, got, limit int) {
		if limit > 0 && got > limit {
			c.add("budget:"+rule, fmt.Sprintf("%d, limit %d", got, limit), "")
		}
	}
	over("wire", bytes, c.o.Budget.Wire)
	over("requests", requests, c.o.Budget.Requests)
	over("elements", f.Elements, c.o.Budget.Elements)
	over("lcp", f.LCP, c.o.Budget.LCP)
	c.runAxe("")
	return f
}

// title reports a title that another page of the site has too.
func (c *checker) title(title string) {
	here := c.doc.url.Path
	c.b.site.Lock()
	defer c.b.site.Unlock()
	if other, taken := c.b.site.titles[title]; taken && other != here {
		c.add("title", fmt.Sprintf("same title as %s: %s", other, title), "")
		return
	}
	c.b.site.titles[title] = here
}

// listen notes what the page fetches and complains of from now on.
func (c *checker) listen() *traffic {
	c.t.Helper()
	seen := &traffic{}
	origin := c.doc.url.Scheme + "://" + c.doc.url.Host
	err := chromedp.Listen(c.page.ctx, func(event any) {
		seen.Lock()
		defer seen.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			u, err := url.Parse(e.Request.URL)
			if err != nil || u.Scheme == "data" || u.Scheme == "blob" {
				return
			}
			seen.requests++
			if u.Scheme+"://"+u.Host != origin {
				seen.thirdParty = append(seen.thirdParty, u.String())
			}
		case *network.EventLoadingFinished:
			seen.bytes += int(e.EncodedDataLength)
		case *runtime.EventExceptionThrown:
			message := e.ExceptionDetails.Text
			if e.ExceptionDetails.Exception != nil {
				message += " " + e.ExceptionDetails.Exception.Description
			}
			seen.errors = append(seen.errors, message)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError {
				seen.errors = append(seen.errors, "console.error was called")
			}
		case *log.EventEntryAdded:
			// That a page which should answer 404 does so is no fault of it.
			if e.Entry.Level == log.EntryLevelError && (e.Entry.URL != c.address || c.o.Status < 400) {
				seen.errors = append(seen.errors, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	if err != nil {
		c.t.Fatalf("listening to a tab: %v", err)
	}
	call(c.page, log.Enable, struct{}{})
	call(c.page, network.Enable, network.EnableParams{})
	call(c.page, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	return seen
}

// runAxe runs axe-core on the page as it is. A fault that an earlier view had is not told again.
func (c *checker) runAxe(view string) {
	c.t.Helper()
	for _, v := range c.page.Axe() {
		key := v.Rule + " " + v.Where
		if c.known[key] {
			continue
		}
		c.known[key] = true
		if view != "" {
			v.Rule += "@" + view
		}
		c.add(v.Rule, v.Detail, v.Where)
	}
}

// Axe runs axe-core's rules for WCAG 2.2 A and AA on the page as it is now. It needs JavaScript.
func (p *Page) Axe() []Violation {
	p.t.Helper()
	if !Eval[bool](p, "'axe' in globalThis") {
		p.Do(chromedp.Evaluate[chromedp.Void](p.axe))
	}
	var found []Violation
	for _, v := range Eval[[]struct{ Rule, Help, Where string }](p, axeScript) {
		found = append(found, Violation{URL: p.where(), Rule: "axe:" + v.Rule, Detail: v.Help, Where: v.Where})
	}
	return found
}

// Overflow is by how many pixels the page is wider than its window, and the last element that is.
func (p *Page) Overflow() (pixels int, widest string) {
	p.t.Helper()
	f := Eval[facts](p, factsScript)
	return max(f.Wide, 0), f.Widest
}

// Tabs of a page that are walked; longer pages repeat their components.
const tabStops = 80

// keyboard walks the page with Tab: the focus must be visible wherever it stands, and not covered.
func (c *checker) keyboard() {
	c.t.Helper()
	if Eval[int](c.page, unfocusedScript) == 0 {
		return
	}
	for range tabStops {
		c.page.Press("\t")
		stop := Eval[*struct {
			Name    string
			Seen    bool
			Covered bool
		}](c.page, focusedScript)
		if stop == nil {
			return
		}
		if !stop.Seen {
			c.add("focus-visible", "nothing shows that it has the focus", stop.Name)
		}
		if stop.Covered {
			c.add("focus-covered", "it has the focus but is hidden or covered", stop.Name)
		}
	}
}

func (c *checker) dark() {
	c.t.Helper()
	c.page.look(View{Dark: true})
	Eval[bool](c.page, stillScript)
	c.runAxe("dark")
}

// small is a telephone's window, or a desktop's at 400 % zoom (WCAG 1.4.10).
func (c *checker) small() {
	c.t.Helper()
	c.page.look(View{Width: 320})
	Eval[bool](c.page, stillScript)
	if pixels, widest := c.page.Overflow(); pixels > 0 {
		c.add("reflow-320", fmt.Sprintf("the page scrolls sideways by %d px at 320 px", pixels), widest)
	}
	c.runAxe("320")
}

// withoutScript loads the page once more with JavaScript switched off: the same text, and every
// control works.
func (c *checker) withoutScript(with facts) {
	c.t.Helper()
	c.page.look(View{NoJS: true})
	c.page.Goto(c.address)
	f := Eval[facts](c.page, factsScript)
	call(c.page, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	if f.Text < with.Text*9/10 {
		c.add("nojs:text", fmt.Sprintf("%d of %d characters without JavaScript", f.Text, with.Text), "")
	}
	for _, form := range f.FormsWithoutSubmit {
		c.add("nojs:form", "form without a submit button", form)
	}
	for _, button := range f.DeadButtons {
		c.add("nojs:button", "this button does nothing without JavaScript", button)
	}
}
