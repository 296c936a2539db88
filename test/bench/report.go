package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// results are what was measured, part by part; a part that never was is nil.
type results struct {
	Seeded string
	Raw    *rawResult
	Empty  *emptyResult
	Large  *largeResult
	Memory *memoryResult
	Forms  *formsResult
}

// when says when a part was measured and with what.
type when struct {
	At      time.Time
	Version string // of the program
	Load    string // /proc/loadavg at the start
}

func now() when {
	return when{time.Now(), strings.TrimSpace(first(exec.Command("git", "describe", "--always", "--dirty").Output())), strings.TrimSpace(first(os.ReadFile("/proc/loadavg")))}
}

type rawResult struct {
	When    when
	Inserts float64 // one-row durable transactions a second
	Hello   rate
}

type emptyResult struct {
	When             when
	StartNew, Start  time.Duration
	Page, PageZipped rate
	Submit, One      spell
	Weights          []weight
}

type largeResult struct {
	When   when
	Cases  int
	Start  time.Duration
	Desk   []deskFigure
	Submit spell
}

type memoryResult struct {
	When     when
	Cases    int
	After    time.Duration
	Resident int64
}

type deskFigure struct {
	Page, Persona string
	P50, P99      time.Duration
	CPU           time.Duration // of the server for each
}

// file is where results are kept between runs.
func (b *bench) file() string {
	if b.quick {
		return filepath.Join(b.cache, "quick.json")
	}
	return filepath.Join(b.cache, "results.json")
}

// load reads what was measured before.
func (b *bench) load() error {
	text, err := os.ReadFile(b.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &b.results)
}

// save keeps the results and writes the report from them.
func (b *bench) save() error {
	text, err := json.MarshalIndent(b.results, "", "\t")
	if err == nil {
		err = os.WriteFile(b.file(), text, 0o600)
	}
	if err != nil {
		return err
	}
	if b.out == "" {
		_, err := os.Stdout.WriteString(b.results.report(b.plan))
		return err
	}
	return os.WriteFile(filepath.Join(b.root, b.out), []byte(b.results.report(b.plan)), 0o644)
}

func first(text []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(text)
}

var cpuModel = regexp.MustCompile(`model name\s*: (.*)`)

// machine says what it was measured on.
func machine() string {
	model := "unknown processor"
	if m := cpuModel.FindStringSubmatch(first(os.ReadFile("/proc/cpuinfo"))); m != nil {
		model = m[1]
	}
	kernel := strings.TrimSpace(first(os.ReadFile("/proc/sys/kernel/osrelease")))
	return fmt.Sprintf("%d cores (%s), Linux %s, %s", runtime.NumCPU(), model, kernel, runtime.Version())
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func verdict(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

// report is the text of docs/benchmarks.md.
func (r *results) report(p plan) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Benchmarks\n")
	line("Written by `make bench` (`go run ./test/bench`), client and server on the same machine; raw limits stand beside what is built on them. Each load lasts %v.\n", p.run)
	line("* Where: %s.", machine())
	line("* Large database: %s\n", r.Seeded)
	line("| part | measured | version | load average when it began |\n|---|---|---|---|")
	part := func(name string, w *when) {
		if w == nil {
			line("| %s | not yet | | |", name)
			return
		}
		line("| %s | %s | %s | %s |", name, w.At.UTC().Format("2006-01-02 15:04 UTC"), w.Version, w.Load)
	}
	raw, empty, large, memory := r.Raw, r.Empty, r.Large, r.Memory
	whens := [5]*when{}
	if raw != nil {
		whens[0] = &raw.When
	}
	if empty != nil {
		whens[1] = &empty.When
	}
	if large != nil {
		whens[2] = &large.When
	}
	if memory != nil {
		whens[3] = &memory.When
	}
	if r.Forms != nil {
		whens[4] = &r.Forms.When
	}
	for i, name := range []string{"raw limits", "empty database", "large database", "memory", "forms"} {
		part(name, whens[i])
	}
	share := func(of, limit float64) string {
		if raw == nil {
			return ""
		}
		return fmt.Sprintf("%.0f %%", 100*of/limit)
	}
	var inserts, hello float64
	if raw != nil {
		inserts, hello = raw.Inserts, raw.Hello.PerSecond
		line("\n## Raw limits of the machine\n\n| what | figure |\n|---|---|")
		line("| one-row durable inserts, same driver (modernc SQLite, WAL, synchronous=FULL), one writer | %.0f/s |", raw.Inserts)
		line("| net/http hello-world, wrk, 64 connections | %.0f/s, p99 %s |", raw.Hello.PerSecond, raw.Hello.P99)
	}
	line("\n## Dygnet\n\n| what | figure | of the raw limit | target | |\n|---|---|---|---|---|")
	if empty != nil {
		s := empty.Submit
		line("| submission over HTTP, 32 clients, empty database | %.0f/s | %s of durable inserts | 60 %% | %s |", s.PerSecond, share(s.PerSecond, inserts), verdict(raw != nil && s.PerSecond >= 0.6*inserts))
		line("| … p50, p99 | %s, %s | | p99 < 60 ms | %s |", ms(s.P50), ms(s.P99), verdict(s.P99 < 60*time.Millisecond))
		line("| … CPU of the server for each | %s | | ≤ 1 ms | %s |", ms(s.Server), verdict(s.Server <= time.Millisecond))
		line("| … with what it does afterwards: search index, e-mail written and delivered to the demo's mailbox | %s | | | |", ms(s.All))
		line("| … CPU of the client for each | %s | | | |", ms(s.Client))
		line("| submission, 1 client | %.0f/s, p99 %s | %s | | |", empty.One.PerSecond, ms(empty.One.P99), share(empty.One.PerSecond, inserts))
	}
	if large != nil {
		compared, met := "at most 15 % slower than empty", ""
		if empty != nil {
			slower := 1 - large.Submit.PerSecond/empty.Submit.PerSecond
			compared, met = fmt.Sprintf("%s: %.0f %%", compared, 100*slower), verdict(slower <= 0.15)
		}
		line("| submission, 32 clients, %d cases | %.0f/s, p99 %s, %s CPU | %s | %s | %s |", large.Cases, large.Submit.PerSecond,
			ms(large.Submit.P99), ms(large.Submit.Server), share(large.Submit.PerSecond, inserts), compared, met)
		for _, d := range large.Desk {
			line("| %s, %s, %d cases, 50 requests/s | p50 %s, p99 %s, %s CPU | | p99 < 25 ms | %s |", d.Page, d.Persona, large.Cases, ms(d.P50), ms(d.P99), ms(d.CPU), verdict(d.P99 < 25*time.Millisecond))
		}
	}
	if empty != nil {
		page := empty.Page.PerSecond
		line("| start page, wrk, 64 connections | %.0f/s, p99 %s | %s of hello-world | 25 %% and 8 000/s | %s |", page, empty.Page.P99, share(page, hello), verdict(raw != nil && page >= 0.25*hello && page >= 8000))
		line("| start page zipped, as browsers ask | %.0f/s, p99 %s | %s | | |", empty.PageZipped.PerSecond, empty.PageZipped.P99, share(empty.PageZipped.PerSecond, hello))
		line("| start to first answer, new installation (schema and organisation made) | %s | | | |", ms(empty.StartNew))
		line("| start to first answer, empty database | %s | | < 400 ms | %s |", ms(empty.Start), verdict(empty.Start < 400*time.Millisecond))
	}
	if r.Forms != nil {
		r.Forms.lines(line, func(perSecond float64) string { return share(perSecond, inserts) })
	}
	if large != nil {
		line("| start to first answer, %d cases | %s | | < 1.5 s | %s |", large.Cases, ms(large.Start), verdict(large.Start < 1500*time.Millisecond))
	}
	if memory != nil {
		line("| resident memory after %v of load, %d cases | %.0f MB | | < 150 MB | %s |", memory.After, memory.Cases, float64(memory.Resident)/1e6, verdict(memory.Resident < 150e6))
	}
	if empty != nil {
		line("\n## Weight of public pages at the first visit (zipped bodies; target 50 kB and 4 requests)\n\n| page | bytes | requests | |\n|---|---|---|---|")
		for _, w := range empty.Weights {
			line("| `%s` | %d | %d | %s |", w.Path, w.Bytes, w.Requests, verdict(w.Bytes <= 50_000 && w.Requests <= 4))
		}
	}
	line("\n## What these figures do not say\n")
	line("* Where the load average was above 1 when a part began, other work had a share of processors and disk: times, above all p99, then tell of that too, and parts cannot be set against each other. CPU for each request can.")
	line("* While people's changes keep the writer busy, search index and e-mail wait for their turn (`store.Background`): a matter can be found some seconds after a rush, at once otherwise.")
	line("* Client, wrk and server share the machine's cores: with a client elsewhere the server does more. Another run differs by some ten per cent; CPU for each submission is steadier.")
	line("* Whether the disk under the machine really hardens a sync cannot be seen from inside it. Both the raw limit and Dygnet rest on it alike.")
	line("* The submission is a whole form with ten answers in one request, without files. Uploads, OIDC sign-in, e-mail and PostgreSQL are not measured here.")
	line("* LCP in a browser is not measured here; the size and number of requests are.")
	return b.String()
}
