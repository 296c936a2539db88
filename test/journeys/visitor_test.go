package journeys_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// client is a visitor without a browser: cookies, no redirects unless asked to follow.
type client struct {
	t    *testing.T
	http *http.Client
}

// answer is a response that has been read.
type answer struct {
	*http.Response
	body string
}

// visitor is a client with cookies, if some are given.
func visitor(t *testing.T, cookies ...*http.Cookie) *client {
	t.Helper()
	return visitorFrom(t, "127.0.0.1", cookies...)
}

// visitorFrom is a client at an address of this machine: 127.0.N.1 is a network of its own to the server.
func visitorFrom(t *testing.T, address string, cookies ...*http.Cookie) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(demo.base)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(base, cookies)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, http: &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
}

// as is a visitor signed in as a persona.
func as(t *testing.T, persona string) *client {
	t.Helper()
	c := visitor(t)
	if got := c.post("/logga-in/demo", url.Values{"persona": {persona}, "till": {"/om-webbplatsen"}}); got.StatusCode != http.StatusOK {
		t.Fatalf("signing in as %s: %d", persona, got.StatusCode)
	}
	return c
}

// cookies are those the client would send to the site.
func (c *client) cookies() []*http.Cookie {
	base, err := url.Parse(demo.base)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.http.Jar.Cookies(base)
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.do(c.request(http.MethodGet, path, nil))
}

func (c *client) post(path string, form url.Values) answer {
	c.t.Helper()
	r := c.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(r)
}

func (c *client) request(method, path string, body io.Reader) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, demo.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	return r
}

func (c *client) do(r *http.Request) answer {
	c.t.Helper()
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("reading the answer to %s %s: %v", r.Method, r.URL.Path, err)
	}
	if resp.StatusCode == http.StatusInternalServerError {
		c.t.Errorf("%s %s: an error of ours; the log says:\n%s", r.Method, r.URL.Path, demo.log)
	}
	return answer{resp, string(body)}
}
