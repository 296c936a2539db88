package browser

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a page as the server sent it.
type document struct {
	url    *url.URL // after redirects
	status int
	header http.Header
	body   []byte
	root   *html.Node // nil if it is not a page of HTML
}

// fetch gets a URL with the browser's cookies, as a visitor without JavaScript would.
func (b *Browser) fetch(ctx context.Context, address string) (*document, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", address, err)
	}
	req.Header.Set("Accept", "text/html,*/*;q=0.8")
	req.Header.Set("Accept-Language", "sv-SE,sv")
	for _, c := range b.cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", address, err)
	}
	defer resp.Body.Close()
	doc := &document{url: resp.Request.URL, status: resp.StatusCode, header: resp.Header}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "text/html" || strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") { // a file to keep is no page
		return doc, nil
	}
	if doc.body, err = io.ReadAll(io.LimitReader(resp.Body, 16<<20)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", address, err)
	}
	if doc.root, err = html.Parse(bytes.NewReader(doc.body)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", address, err)
	}
	return doc, nil
}

// elements are all elements of the document.
func (d *document) elements() []*html.Node {
	var all []*html.Node
	if d.root != nil {
		for n := range d.root.Descendants() {
			if n.Type == html.ElementNode {
				all = append(all, n)
			}
		}
	}
	return all
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// links are the hrefs of the document's links, as written.
func (d *document) links() []string {
	var hrefs []string
	for _, n := range d.elements() {
		if href, ok := attribute(n, "href"); ok && n.Data == "a" && !slices.Contains(hrefs, href) {
			hrefs = append(hrefs, href)
		}
	}
	return hrefs
}

// within resolves a link to a page of the same site, without fragment; nil if it leads elsewhere or
// would sign the visitor out.
func (d *document) within(href string) *url.URL {
	ref, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return nil
	}
	target := d.url.ResolveReference(ref)
	if target.Scheme != d.url.Scheme || target.Host != d.url.Host || strings.Contains(target.Path, "logga-ut") {
		return nil
	}
	target.Fragment = ""
	return target
}

// A site with a million cases has a million pages of one shape: a crawl looks at so many of each.
const pagesOfOneShape = 3

var variable = regexp.MustCompile(`/[^/]*[0-9][^/]*`)

// shape is a URL with its numbered parts blanked: pages of one shape come from one template.
func shape(u *url.URL) string {
	names := make([]string, 0, 4)
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return variable.ReplaceAllString(u.Path, "/*") + "?" + strings.Join(names, "&")
}

// Crawl follows the links of a site from some start paths, breadth first, and returns the URLs of
// its HTML pages: at most limit, and at most three that differ only in numbers or query values. A page
// that answers with an error is among them, so that Check reports it. It never signs out, and never
// leaves base.
func (b *Browser) Crawl(t testing.TB, base string, start []string, limit int) []string {
	t.Helper()
	top, err := url.Parse(base)
	if err != nil {
		t.Fatalf("crawling %s: %v", base, err)
	}
	var queue, pages []string
	seen, shapes := map[string]bool{}, map[string]int{}
	enqueue := func(u *url.URL) {
		if address := u.String(); !seen[address] && shapes[shape(u)] < pagesOfOneShape {
			seen[address] = true
			shapes[shape(u)]++
			queue = append(queue, address)
		}
	}
	for _, path := range start {
		ref, err := url.Parse(path)
		if err != nil {
			t.Fatalf("crawling %s: %v", path, err)
		}
		enqueue(top.ResolveReference(ref))
	}
	for len(queue) > 0 && len(pages) < limit {
		address := queue[0]
		queue = queue[1:]
		doc, err := b.fetch(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if doc.url.Host != top.Host || doc.root == nil && doc.status < 400 || slices.Contains(pages, doc.url.String()) {
			continue
		}
		pages = append(pages, doc.url.String())
		for _, href := range doc.links() {
			if target := doc.within(href); target != nil {
				enqueue(target)
			}
		}
	}
	return pages
}
