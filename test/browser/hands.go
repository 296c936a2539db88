package browser

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Attach chooses files for a file field.
func (p *Page) Attach(selector string, files ...string) {
	p.t.Helper()
	p.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// AttachByKey presses Enter on the file field that has the focus, and chooses files in the dialogue that it opens.
func (p *Page) AttachByKey(files ...string) {
	p.t.Helper()
	intercept := func(on bool) {
		call(p, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: on})
	}
	intercept(true)
	defer intercept(false)
	opened := Run(p, chromedp.WaitEvent(page.FileChooserOpened, nil, chromedp.KeyEvent("\r")))
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, BackendNodeID: opened.BackendNodeID})
}

// Download does something that downloads a file, and returns the file's suggested name and its content.
func (p *Page) Download(do func()) (name string, content []byte) {
	p.t.Helper()
	dir := p.t.TempDir()
	events := true
	tab := chromedp.FromContext(p.ctx)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: tab.BrowserContextID, DownloadPath: dir, EventsEnabled: &events,
	})
	if err != nil {
		p.t.Fatalf("at %s: allowing downloads: %v", p.where(), err)
	}
	done := make(chan string, 1)
	err = chromedp.ListenBrowser(ctx, func(event any) {
		switch e := event.(type) {
		case *cdpbrowser.EventDownloadWillBegin:
			name = e.SuggestedFilename
		case *cdpbrowser.EventDownloadProgress:
			if e.State == cdpbrowser.DownloadProgressStateCompleted {
				done <- e.GUID
			}
		}
	})
	if err != nil {
		p.t.Fatalf("at %s: listening for downloads: %v", p.where(), err)
	}
	do()
	select {
	case guid := <-done:
		if content, err = os.ReadFile(filepath.Join(dir, guid)); err != nil {
			p.t.Fatalf("reading the download: %v", err)
		}
	case <-ctx.Done():
		p.t.Fatalf("at %s: nothing was downloaded", p.where())
	}
	return name, content
}

// Until waits until a JavaScript expression is true, also in a page that renews itself.
func (p *Page) Until(js string, limit time.Duration) bool {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](js, chromedp.WithPollingTimeout(limit), chromedp.WithPollingInterval(50*time.Millisecond)))
	return err == nil
}

// Cookies are those that the page's address would be sent.
func (p *Page) Cookies() []*http.Cookie {
	p.t.Helper()
	var out []*http.Cookie
	for _, c := range call(p, network.GetCookies, network.GetCookiesParams{}).Cookies {
		out = append(out, &http.Cookie{Name: c.Name, Value: c.Value, HttpOnly: c.HTTPOnly, Secure: c.Secure, Path: c.Path})
	}
	return out
}
