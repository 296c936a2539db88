package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"dygnet/test/load"
)

// starts measures how long it is from starting the program to its first answered request, some times, and gives the median. The
// server of the last is left running.
func (b *bench) starts(s *load.Server, n int) (time.Duration, error) {
	var took load.Samples
	for i := range n {
		if i > 0 {
			s.Stop()
		}
		begun := time.Now()
		if err := s.Start(time.Minute); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
	}
	return took.Quantile(0.5), nil
}

// empty measures an installation without matters.
func (b *bench) empty(ctx context.Context) error {
	dir := filepath.Join(b.cache, "empty")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &load.Server{Bin: b.bin, Data: dir}
	defer s.Kill()
	var err error
	r := emptyResult{When: now()}
	if r.StartNew, err = b.starts(s, 1); err != nil {
		return err
	}
	s.Stop()
	if r.Start, err = b.starts(s, b.plan.starts); err != nil {
		return err
	}
	if r.Weights, err = weigh(s.Address); err != nil {
		return err
	}
	if r.Page, err = wrk(ctx, "http://"+s.Address+"/", b.run); err != nil {
		return err
	}
	if r.PageZipped, err = wrk(ctx, "http://"+s.Address+"/", b.run, "Accept-Encoding: gzip"); err != nil {
		return err
	}
	if _, err := submissions(ctx, s, 32, b.run/5); err != nil { // warm
		return err
	}
	if r.Submit, err = submissions(ctx, s, 32, b.run); err != nil {
		return err
	}
	if r.One, err = submissions(ctx, s, 1, b.run); err != nil {
		return err
	}
	b.results.Empty = &r
	return nil
}

// large measures an installation with many matters.
func (b *bench) large(ctx context.Context) error {
	dir, err := b.copied()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &load.Server{Bin: b.bin, Data: dir}
	defer s.Kill()
	r := largeResult{When: now(), Cases: b.cases}
	if r.Start, err = b.starts(s, b.plan.starts); err != nil {
		return fmt.Errorf("%w\nIf the pack has changed since the large database was made, delete %s", err, b.seeded())
	}
	if r.Desk, err = b.desk(ctx, s); err != nil {
		return err
	}
	if _, err := submissions(ctx, s, 32, b.run/5); err != nil { // warm
		return err
	}
	if r.Submit, err = submissions(ctx, s, 32, b.run); err != nil {
		return err
	}
	b.results.Large = &r
	return nil
}

// memory measures what the program holds after a while of load on the large database.
func (b *bench) memory(ctx context.Context) error {
	dir, err := b.copied()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &load.Server{Bin: b.bin, Data: dir}
	defer s.Kill()
	if err := s.Start(time.Minute); err != nil {
		return err
	}
	r := memoryResult{When: now(), Cases: b.cases, After: b.minute}
	if r.Resident, err = b.busy(ctx, s); err != nil {
		return err
	}
	b.results.Memory = &r
	return nil
}

// desk measures the officers' pages at 50 requests a second each, first as an officer of one unit, then as the contact centre that
// sees the whole municipality.
func (b *bench) desk(ctx context.Context, s *load.Server) ([]deskFigure, error) {
	var out []deskFigure
	for _, persona := range []string{"handlaggare", "kontaktcenter"} {
		cookie, err := signIn(s, persona)
		if err != nil {
			return nil, err
		}
		cases, err := someCases(s, cookie)
		if err != nil {
			return nil, err
		}
		for _, page := range []struct {
			name  string
			paths []string
		}{
			{"inbox, 200 rows", []string{"/arbete/inkorg?ko=oppna&antal=200"}},
			{"search", []string{"/arbete/sok?q=lampan", "/arbete/sok?q=gatlyktan+simhallen", "/arbete/sok?q=brunnslock", "/arbete/sok?q=granne+nummer+411", "/arbete/sok?q=finnsinte"}},
			{"case page", cases},
		} {
			if _, err := steady(ctx, s, cookie, 50, b.run/5, page.paths...); err != nil { // warm
				return nil, fmt.Errorf("%s as %s: %w", page.name, persona, err)
			}
			before, err := load.UsageOf(s.PID())
			if err != nil {
				return nil, err
			}
			took, err := steady(ctx, s, cookie, 50, b.run, page.paths...)
			if err != nil {
				return nil, fmt.Errorf("%s as %s: %w", page.name, persona, err)
			}
			after, err := load.UsageOf(s.PID())
			if err != nil {
				return nil, err
			}
			out = append(out, deskFigure{page.name, persona, took.Quantile(0.5), took.Quantile(0.99), (after.CPU - before.CPU) / time.Duration(len(took))})
		}
	}
	return out, nil
}

// signIn gives the cookies of someone who is signed in.
func signIn(s *load.Server, persona string) (string, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm("http://"+s.Address+"/logga-in/demo", url.Values{"persona": {persona}})
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Body.Close() }()
	var all string
	for _, c := range r.Cookies() {
		if all != "" {
			all += "; "
		}
		all += c.Name + "=" + c.Value
	}
	if r.StatusCode != http.StatusSeeOther || all == "" {
		return "", fmt.Errorf("signing in as %s: %s", persona, r.Status)
	}
	return all, nil
}

var caseLink = regexp.MustCompile(`/arbete/arenden/[0-9a-f-]{36}`)

// someCases are the addresses of the cases in somebody's inbox.
func someCases(s *load.Server, cookie string) ([]string, error) {
	c, err := load.Dial(s.Address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	a, err := c.Do(load.Get(s.Address, "/arbete/inkorg?ko=oppna&antal=200", cookie))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, link := range caseLink.FindAllString(string(a.Body), -1) {
		if !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	if len(out) < 50 {
		return nil, fmt.Errorf("the inbox shows %d cases", len(out))
	}
	return out, nil
}

// busy gives the resident memory after a minute in a busy town: 200 public pages a second, four people handing in without pause, an officer's inbox now and then.
func (b *bench) busy(ctx context.Context, s *load.Server) (resident int64, err error) {
	cookie, err := signIn(s, "handlaggare")
	if err != nil {
		return 0, err
	}
	failures := make(chan error, 3)
	go func() { _, err := submissions(ctx, s, 4, b.minute); failures <- err }()
	go func() {
		_, err := steady(ctx, s, cookie, 10, b.minute, "/arbete/inkorg?ko=oppna&antal=200", "/arbete/sok?q=lampan")
		failures <- err
	}()
	go func() {
		_, err := steady(ctx, s, "", 200, b.minute, "/", "/e-tjanster", "/e-tjanster/felanmalan", "/diarium", "/e-tjanster/felanmalan/allt")
		failures <- err
	}()
	if err := errors.Join(<-failures, <-failures, <-failures); err != nil {
		return 0, err
	}
	used, err := load.UsageOf(s.PID())
	return used.Resident, err
}

// weight is what a first visit to a page costs the visitor.
type weight struct {
	Path     string
	Bytes    int // zipped, bodies alone
	Requests int
}

var assetLink = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// weigh fetches public pages with all that they load at once.
func weigh(address string) ([]weight, error) {
	var out []weight
	for _, path := range []string{"/", "/e-tjanster", "/e-tjanster/felanmalan", "/e-tjanster/felanmalan/allt", "/folj", "/diarium", "/tillganglighet"} {
		page, n, err := zipped(address, path)
		if err != nil {
			return nil, err
		}
		w := weight{path, n, 1}
		seen := map[string]bool{}
		for _, m := range assetLink.FindAllStringSubmatch(string(page), -1) {
			if seen[m[1]] {
				continue
			}
			seen[m[1]] = true
			_, n, err := zipped(address, m[1])
			if err != nil {
				return nil, err
			}
			w.Bytes += n
			w.Requests++
		}
		out = append(out, w)
	}
	return out, nil
}

// zipped fetches an address as a browser does and gives the text and how many bytes came.
func zipped(address, path string) (text []byte, sent int, err error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	r, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = r.Body.Close() }()
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("%s: %s: %w", path, r.Status, err)
	}
	if r.Header.Get("Content-Encoding") != "gzip" {
		return raw, len(raw), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, 0, err
	}
	text, err = io.ReadAll(z)
	return text, len(raw), err
}
