package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/test/load"
)

// formsResult is what forms cost.
type formsResult struct {
	When         when
	Step         string // the step that is measured: that with most fields in the pack
	Fields       int
	Render, Save spell
	Heavy        string // the type that is handed in: that with most answers among those that need no files, signing or payment
	Answers      int
	Submit       spell
	Load         time.Duration // 500 case types, read and checked
	LoadCPU      time.Duration
}

// heavy finds the heaviest step of the pack, and the heaviest example that is handed in by one request.
func heavy(p *pack.Pack, today calendar.Date) (step *casetype.Step, of, whole *casetype.CaseType, example casetype.Answers, typed url.Values) {
	for _, ct := range p.CaseTypes {
		open, _ := ct.Window.Open(today)
		if ct.State != casetype.Published || !open || len(ct.ActFor) > 0 && !slices.Contains(ct.ActFor, casetype.ForSelf) {
			continue
		}
		for _, e := range ct.Examples {
			if len(e.Expect.Errors) > 0 || e.Expect.Stop != "" || e.Acting != "" && e.Acting != casetype.ForSelf || !e.Today.IsZero() && e.Today != today {
				continue
			}
			at := ct.At(casetype.Moment{Today: today, SignedIn: true})
			answers := casetype.Answers{}
			files := false
			for name, v := range e.Answers {
				q := ct.Question(name)
				if files = files || q != nil && q.Type == casetype.TypeFile; q == nil || q.Type != casetype.TypeFile {
					answers[name] = v
				}
			}
			view := at.View(answers)
			for _, s := range view.Steps() {
				own := url.Values{}
				for _, q := range view.Questions(s.Key) {
					for _, name := range at.Inputs(q, answers) {
						if v := answers[name]; len(v) > 0 {
							own[name] = v
						}
					}
				}
				if len(own) > len(typed) && !slices.ContainsFunc(s.Questions, func(q casetype.Question) bool { return q.Type == casetype.TypeFile }) {
					step, of, typed = s, ct, own
				}
			}
			_, pays := at.Price(view.Clean())
			if !files && !pays && len(view.Faults()) == 0 && len(at.Signers(view.Clean())) == 0 && at.Sign.Mode != casetype.SignSubmitter && ct.Window.Cap+ct.Window.PerPerson == 0 && len(answers) > len(example) {
				whole, example = ct, answers
			}
		}
	}
	return step, of, whole, example, typed
}

// forms measures the pages and posts of forms, and the reading of many case types.
func (b *bench) forms(ctx context.Context) error {
	folder := os.DirFS(filepath.Join(b.root, "packs/fagersta"))
	p, err := pack.Load(folder)
	if err != nil {
		return err
	}
	step, of, whole, example, typed := heavy(p, calendar.DateOf(calendar.System().Now()))
	if step == nil || whole == nil {
		return errors.New("the pack has no form to measure")
	}
	dir := filepath.Join(b.cache, "forms")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &load.Server{Bin: b.bin, Data: dir}
	defer s.Kill()
	if err := s.Start(time.Minute); err != nil {
		return err
	}
	r := formsResult{When: now(), Step: of.ID + "/" + step.Key, Fields: len(typed), Heavy: whole.ID, Answers: len(example)}
	session, err := signIn(s, "invanare")
	if err != nil {
		return err
	}
	const clients = 32
	var visitors []string // cookies, each with a form under way
	for range clients {
		drafts, err := begun(s, session, of.ID)
		if err != nil {
			return err
		}
		visitors = append(visitors, session+"; "+drafts)
	}
	path := "/e-tjanster/" + of.ID + "/" + step.Key
	if r.Render, err = pressed(ctx, s, clients, b.run, http.StatusOK, "", func(i int) func() []byte {
		request := load.Get(s.Address, path, visitors[i])
		return func() []byte { return request }
	}); err != nil {
		return fmt.Errorf("the page of %s: %w", path, err)
	}
	if r.Save, err = pressed(ctx, s, clients, b.run, http.StatusSeeOther, "", func(i int) func() []byte {
		request := with(load.Post(s.Address, path, typed), visitors[i])
		return func() []byte { return request }
	}); err != nil {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	if r.Submit, err = pressed(ctx, s, clients, b.run, http.StatusSeeOther, "/klart", func(int) func() []byte {
		return func() []byte {
			form := url.Values{"_nyckel": {uuid.Must(uuid.NewV7()).String()}}
			for name, v := range example {
				form[name] = v
			}
			return with(load.Post(s.Address, "/e-tjanster/"+whole.ID+"/allt", form), session)
		}
	}); err != nil {
		return fmt.Errorf("handing in %s: %w", whole.ID, err)
	}
	s.Stop()
	files, err := many(folder, 500)
	if err != nil {
		return err
	}
	before, begunAt := own(), time.Now()
	if p, err = pack.Load(files); err != nil || len(p.CaseTypes) < 500 || len(p.Broken) > 0 {
		return fmt.Errorf("loading 500 case types: %d, %d broken: %w", len(p.CaseTypes), len(p.Broken), err)
	}
	r.Load, r.LoadCPU = time.Since(begunAt), own()-before
	b.results.Forms = &r
	return nil
}

// begun begins a form and gives the cookie of its browser.
func begun(s *load.Server, session, id string) (string, error) {
	c, err := load.Dial(s.Address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	a, err := c.Do(with(load.Post(s.Address, "/e-tjanster/"+id, nil), session))
	if err != nil || a.Status != http.StatusSeeOther || a.Cookie == "" {
		return "", fmt.Errorf("beginning %s: %d to %s, %w", id, a.Status, a.Location, err)
	}
	return a.Cookie, nil
}

// with is a request with cookies.
func with(request []byte, cookies string) []byte {
	return bytes.Replace(request, []byte("\r\n\r\n"), []byte("\r\nCookie: "+cookies+"\r\n\r\n"), 1)
}

// pressed sends requests from n clients for d, as fast as they are answered, and wants the
// status of each, and that it leads to a place that ends so.
func pressed(ctx context.Context, s *load.Server, n int, d time.Duration, status int, to string, client func(i int) func() []byte) (spell, error) {
	var mu sync.Mutex
	var all load.Samples
	var failed error
	var clients sync.WaitGroup
	serverBefore, err := load.UsageOf(s.PID())
	if err != nil {
		return spell{}, err
	}
	before, begun := own(), time.Now()
	for i := range n {
		next := client(i)
		clients.Go(func() {
			took, err := press(ctx, s.Address, begun.Add(d), status, to, next)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			failed = errors.Join(failed, err)
		})
	}
	clients.Wait()
	wall, mine := time.Since(begun), own()-before
	serverAfter, err := load.UsageOf(s.PID())
	if err = errors.Join(err, failed); err != nil || len(all) == 0 {
		return spell{}, fmt.Errorf("%d requests: %w", len(all), err)
	}
	count := time.Duration(len(all))
	return spell{PerSecond: float64(len(all)) / wall.Seconds(), P50: all.Quantile(0.5), P99: all.Quantile(0.99), Server: (serverAfter.CPU - serverBefore.CPU) / count,
		Client: mine / count}, nil
}

func press(ctx context.Context, address string, end time.Time, status int, to string, next func() []byte) (load.Samples, error) {
	c, err := load.Dial(address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var took load.Samples
	for ctx.Err() == nil && time.Now().Before(end) {
		request := next()
		begun := time.Now()
		a, err := c.Do(request)
		if err == nil && (a.Status != status || !strings.HasSuffix(a.Location, to)) {
			err = fmt.Errorf("answered %d %s", a.Status, a.Location)
		}
		if err != nil {
			return took, err
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// many is a pack with n case types: copies of its own.
func many(folder fs.FS, n int) (fs.FS, error) {
	out := fstest.MapFS{}
	var types []string
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "gen/") {
			return err
		}
		raw, err := fs.ReadFile(folder, path)
		out[path] = &fstest.MapFile{Data: raw}
		if strings.HasPrefix(path, "casetypes/") {
			types = append(types, path)
		}
		return err
	})
	for i := len(types); err == nil && i < n; i++ {
		raw := out[types[i%len(types)]].Data
		_, rest, _ := bytes.Cut(raw, []byte("\nid: "))
		id, _, _ := bytes.Cut(rest, []byte("\n"))
		copied := bytes.Replace(raw, append([]byte("\nid: "), id...), fmt.Appendf(nil, "\nid: %s-%d", bytes.TrimSpace(id), i), 1)
		out[fmt.Sprintf("casetypes/copy-%d.yaml", i)] = &fstest.MapFile{Data: copied}
	}
	return out, err
}

// lines writes the figures into the report.
func (r *formsResult) lines(line func(string, ...any), share func(float64) string) {
	figures := func(s spell) string {
		return fmt.Sprintf("%.0f/s, p50 %s, p99 %s, %s CPU each", s.PerSecond, ms(s.P50), ms(s.P99), ms(s.Server))
	}
	line("| page of a step, %s, %d answers, 32 clients | %s | | < 3 ms of the server | %s |", r.Step, r.Fields, figures(r.Render), verdict(r.Render.Server < 3*time.Millisecond))
	line("| saving that step, 32 clients | %s | %s of durable inserts | p99 < 60 ms, ≤ 1 ms CPU | %s |", figures(r.Save), share(r.Save.PerSecond),
		verdict(r.Save.P99 < 60*time.Millisecond && r.Save.Server <= time.Millisecond))
	line("| submission of %s, %d answers, 32 clients | %s | %s of durable inserts | | |", r.Heavy, r.Answers, figures(r.Submit), share(r.Submit.PerSecond))
	line("| reading and checking 500 case types | %s, %s CPU | | < 1 s | %s |", ms(r.Load), ms(r.LoadCPU), verdict(r.Load < time.Second))
}
