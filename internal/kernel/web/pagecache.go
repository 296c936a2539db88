package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// PageCacheOptions bound a PageCache. Clock is required.
type PageCacheOptions struct {
	Clock calendar.Clock
	// MaxAge is how long a page is kept when nothing invalidates it; 0 means five minutes.
	MaxAge time.Duration
	// Pages bounds how many pages are kept; 0 means 2 000.
	Pages int
	// Variant tells apart pages that differ by more than language and path, such as a colour scheme; nil if none do.
	Variant func(*http.Request) string
}

// renderTimeout bounds one rendering, which outlives the visitor who asked first.
const renderTimeout = 10 * time.Second

// PageCache renders a page that is the same for everyone once, zips it once, and gives it to all, until a topic it was made of
// changes. Visitors with a cookie, requests with a query and answers other than 200 go past it. It is safe for concurrent use.
//
// A page made from old data never stays: a page is entered before it is rendered, and Invalidate takes it out whether it is finished or
// not. Whoever asks after Invalidate returned gets a page whose rendering began after that.
type PageCache struct {
	options PageCacheOptions

	mu    sync.Mutex
	pages map[pageKey]*cached
}

type pageKey struct {
	lang          i18n.Lang
	path, variant string
}

// cached is one page, or the promise of one. The fields below done are written before it is closed and never after.
type cached struct {
	topics []string
	until  time.Time
	done   chan struct{}

	shared             bool // false: everyone makes their own
	status             int
	header             http.Header
	body, zipped       []byte
	tag, zippedTag     []string
	length, zippedSize []string
}

// NewPageCache makes an empty cache.
func NewPageCache(o PageCacheOptions) *PageCache {
	if o.MaxAge <= 0 {
		o.MaxAge = 5 * time.Minute
	}
	if o.Pages <= 0 {
		o.Pages = 2000
	}
	return &PageCache{options: o, pages: map[pageKey]*cached{}}
}

// Invalidate forgets every page made of one of the topics. The journal's listener calls it.
func (c *PageCache) Invalidate(topics ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.pages, func(_ pageKey, p *cached) bool {
		return slices.ContainsFunc(p.topics, func(topic string) bool { return slices.Contains(topics, topic) })
	})
}

// Clear forgets every page.
func (c *PageCache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.pages)
}

// Len is how many pages are kept.
func (c *PageCache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pages)
}

// Wrap caches what next answers to GET, as made of the topics.
func (c *PageCache) Wrap(next http.Handler, topics ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead || r.URL.RawQuery != "" ||
			r.Header["Cookie"] != nil || r.Header["Authorization"] != nil {
			next.ServeHTTP(w, r)
			return
		}
		p := c.page(r, next, topics)
		if !p.shared {
			next.ServeHTTP(w, r)
			return
		}
		p.serve(w, r)
	})
}

// page finds the page, waits for whoever is making it, or makes it.
func (c *PageCache) page(r *http.Request, next http.Handler, topics []string) *cached {
	key := pageKey{lang: i18n.From(r.Context()).Lang(), path: r.URL.Path}
	if c.options.Variant != nil {
		key.variant = c.options.Variant(r)
	}
	now := c.options.Clock.Now()
	c.mu.Lock()
	p := c.pages[key]
	if p != nil && now.Before(p.until) {
		c.mu.Unlock()
		<-p.done
		return p
	}
	p = &cached{topics: topics, until: now.Add(c.options.MaxAge), done: make(chan struct{})}
	if len(c.pages) >= c.options.Pages {
		c.makeRoom(now)
	}
	c.pages[key] = p
	c.mu.Unlock()

	defer func() {
		close(p.done)
		if !p.shared || p.status != http.StatusOK {
			c.drop(key, p)
		}
	}()
	p.render(r, next)
	return p
}

// makeRoom forgets what is too old, or else any one page.
func (c *PageCache) makeRoom(now time.Time) {
	maps.DeleteFunc(c.pages, func(_ pageKey, p *cached) bool { return !now.Before(p.until) })
	for key := range c.pages {
		if len(c.pages) < c.options.Pages {
			return
		}
		delete(c.pages, key)
	}
}

func (c *PageCache) drop(key pageKey, p *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages[key] == p {
		delete(c.pages, key)
	}
}

// render lets next write the page. If it panics, the page stays unshared and the panic goes on.
func (p *cached) render(r *http.Request, next http.Handler) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), renderTimeout)
	defer cancel()
	ctx = context.WithValue(ctx, visitKey{}, (*visit)(nil)) // what a failure says to one visitor is not for the others
	asked := r.Clone(ctx)
	asked.Method = http.MethodGet
	for _, name := range []string{"Range", "If-None-Match", "If-Modified-Since", "Accept-Encoding"} {
		asked.Header.Del(name)
	}
	answer := &capture{header: http.Header{}}
	next.ServeHTTP(answer, asked)
	if answer.status == 0 {
		answer.status = http.StatusOK
	}
	if answer.status != http.StatusOK || answer.header["Set-Cookie"] != nil || strings.Contains(answer.header.Get("Cache-Control"), "no-store") {
		return
	}
	p.status, p.header, p.body = answer.status, answer.header, answer.body.Bytes()
	p.header.Set("Cache-Control", "public, max-age=0, must-revalidate")
	p.header.Set("Vary", "Cookie, Accept-Encoding")
	sum := sha256.Sum256(p.body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	p.tag, p.length = []string{`"` + tag + `"`}, []string{strconv.Itoa(len(p.body))}
	if len(p.body) >= compressLeast && p.header["Content-Encoding"] == nil {
		var zipped bytes.Buffer
		z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is valid
		_, _ = z.Write(p.body)                                     // into memory
		_ = z.Close()
		p.zipped, p.zippedTag, p.zippedSize = zipped.Bytes(), []string{`"` + tag + `-z"`}, []string{strconv.Itoa(zipped.Len())}
	}
	p.shared = true
}

// serve answers with the page. It makes no copy of anything.
func (p *cached) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, value := range p.header {
		header[name] = value
	}
	body, length := p.body, p.length
	header["Etag"] = p.tag
	if p.zipped != nil && acceptsGzip(r) {
		body, length = p.zipped, p.zippedSize
		header["Etag"] = p.zippedTag
		header["Content-Encoding"] = gzipEncoding
	}
	if known := r.Header.Get("If-None-Match"); known != "" && sameTag(known, header["Etag"][0]) {
		delete(header, "Content-Length")
		delete(header, "Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header["Content-Length"] = length
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader went away: nothing to do about it
	}
}

var gzipEncoding = []string{"gzip"}

// sameTag compares weakly, as If-None-Match does (RFC 9110 section 13.1.2).
func sameTag(list, tag string) bool {
	for known := range strings.SplitSeq(list, ",") {
		known = strings.TrimPrefix(strings.TrimSpace(known), "W/")
		if known == tag || known == "*" {
			return true
		}
	}
	return false
}

// capture is the response writer of a rendering.
type capture struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (c *capture) Header() http.Header { return c.header }

func (c *capture) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
}

func (c *capture) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(b)
}
