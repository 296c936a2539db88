package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"dygnet/test/load"
)

// report is what was measured.
type report struct {
	at       time.Time
	loadWas  string
	inserts  float64 // one-row durable transactions a second
	hello    rate
	seeded   string
	start    rate
	resident int64

	startZipped                         rate
	startNew, startEmpty, startLarge    time.Duration
	submitEmpty, submitOne, submitLarge spell
	desk                                []deskFigure
	weights                             []weight
}

type deskFigure struct {
	page, persona string
	p50, p99      time.Duration
}

func (r *report) begin(plan) {
	r.at = time.Now()
	r.loadWas = strings.TrimSpace(first(os.ReadFile("/proc/loadavg")))
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

func (r *report) write(p plan) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Benchmarks\n")
	line("Written by `make bench` (`go run ./test/bench`). All of it was measured in one run, client and server on the same machine; raw limits stand beside what is built on them.\n")
	line("* When: %s. Load average at the start: %s.", r.at.UTC().Format("2006-01-02 15:04 UTC"), r.loadWas)
	line("* Where: %s.", machine())
	line("* What: %s, each load for %v.", strings.TrimSpace(first(exec.Command("git", "describe", "--always", "--dirty").Output())), p.run)
	line("* Large database: %s", r.seeded)
	line("\n## Raw limits of the machine\n\n| what | figure |\n|---|---|")
	line("| one-row durable inserts, same driver (modernc SQLite, WAL, synchronous=FULL), one writer | %.0f/s |", r.inserts)
	line("| net/http hello-world, wrk, 64 connections | %.0f/s, p99 %s |", r.hello.perSecond, r.hello.p99)
	line("\n## Dygnet\n\n| what | figure | of the raw limit | target | |\n|---|---|---|---|---|")
	ratio := r.submitEmpty.perSecond / r.inserts
	line("| submission over HTTP, 32 clients, empty database | %.0f/s | %.0f %% of durable inserts | 60 %% | %s |", r.submitEmpty.perSecond, 100*ratio, verdict(ratio >= 0.6))
	line("| … p50, p99 | %s, %s | | p99 < 60 ms | %s |", ms(r.submitEmpty.p50), ms(r.submitEmpty.p99), verdict(r.submitEmpty.p99 < 60*time.Millisecond))
	line("| … CPU of the server for each | %s | | ≤ 1 ms | %s |", ms(r.submitEmpty.server), verdict(r.submitEmpty.server <= time.Millisecond))
	line("| … with what it does afterwards: search index, e-mail written and delivered to the demo's mailbox | %s | | | |", ms(r.submitEmpty.all))
	line("| … CPU of the client for each | %s | | | |", ms(r.submitEmpty.client))
	line("| submission, 1 client | %.0f/s, p99 %s | %.0f %% | | |", r.submitOne.perSecond, ms(r.submitOne.p99), 100*r.submitOne.perSecond/r.inserts)
	slower := 1 - r.submitLarge.perSecond/r.submitEmpty.perSecond
	line("| submission, 32 clients, %d cases | %.0f/s, p99 %s, %s CPU | %.0f %% | at most 15 %% slower than empty: %.0f %% | %s |", p.cases, r.submitLarge.perSecond,
		ms(r.submitLarge.p99), ms(r.submitLarge.server), 100*r.submitLarge.perSecond/r.inserts, 100*slower, verdict(slower <= 0.15))
	for _, d := range r.desk {
		line("| %s, %s, %d cases, 50 requests/s | p50 %s, p99 %s | | p99 < 25 ms | %s |", d.page, d.persona, p.cases, ms(d.p50), ms(d.p99), verdict(d.p99 < 25*time.Millisecond))
	}
	share := r.start.perSecond / r.hello.perSecond
	line("| start page, wrk, 64 connections | %.0f/s, p99 %s | %.0f %% of hello-world | 25 %% and 8 000/s | %s |", r.start.perSecond, r.start.p99, 100*share,
		verdict(share >= 0.25 && r.start.perSecond >= 8000))
	line("| start page zipped, as browsers ask | %.0f/s, p99 %s | %.0f %% | | |", r.startZipped.perSecond, r.startZipped.p99, 100*r.startZipped.perSecond/r.hello.perSecond)
	line("| start to first answer, new installation (schema and organisation made) | %s | | | |", ms(r.startNew))
	line("| start to first answer, empty database | %s | | < 400 ms | %s |", ms(r.startEmpty), verdict(r.startEmpty < 400*time.Millisecond))
	line("| start to first answer, %d cases | %s | | < 1.5 s | %s |", p.cases, ms(r.startLarge), verdict(r.startLarge < 1500*time.Millisecond))
	line("| resident memory after %v of load, %d cases | %.0f MB | | < 150 MB | %s |", p.minute, p.cases, float64(r.resident)/1e6, verdict(r.resident < 150e6))
	line("\n## Weight of public pages at the first visit (zipped bodies; target 50 kB and 4 requests)\n\n| page | bytes | requests | |\n|---|---|---|---|")
	for _, w := range r.weights {
		line("| `%s` | %d | %d | %s |", w.path, w.bytes, w.requests, verdict(w.bytes <= 50_000 && w.requests <= 4))
	}
	line("\n## What these figures do not say\n")
	line("* While people's changes keep the writer busy, search index and e-mail wait for their turn (`store.Background`): a matter can be found some seconds after a rush, at once otherwise.")
	line("* Client, wrk and server share the machine's cores: with a client elsewhere the server does more. Another run differs by some ten per cent; CPU for each submission is steadier.")
	line("* Whether the disk under the machine really hardens a sync cannot be seen from inside it. Both the raw limit and Dygnet rest on it alike.")
	line("* The submission is a whole form with ten answers in one request, without files. Uploads, OIDC sign-in, e-mail and PostgreSQL are not measured here.")
	line("* LCP in a browser is not measured here; the size and number of requests are.")
	if p.out == "" {
		_, err := os.Stdout.WriteString(b.String())
		return err
	}
	root, err := load.Root()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, p.out), []byte(b.String()), 0o644)
}
