package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"dygnet/internal/app"
	"dygnet/test/load"
)

// plan is how much is measured.
type plan struct {
	cases  int           // in the large database
	run    time.Duration // of each load
	minute time.Duration // of load before memory is read
	starts int           // times the program is started
	out    string        // the report
	quick  bool
}

func main() {
	var p plan
	flag.BoolVar(&p.quick, "quick", false, "20 000 cases and short runs, written to standard output")
	flag.IntVar(&p.cases, "cases", 1_000_000, "cases in the large database")
	flag.DurationVar(&p.run, "run", 15*time.Second, "how long each load runs")
	flag.StringVar(&p.out, "out", "docs/benchmarks.md", "where the report goes")
	flag.Parse()
	p.minute, p.starts = time.Minute, 7
	if p.quick {
		p.cases, p.run, p.minute, p.starts, p.out = 20_000, 3*time.Second, 5*time.Second, 3, ""
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if flag.Arg(0) == "hello" {
		err = hello(flag.Arg(1))
	} else {
		err = measure(ctx, p, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// bench is one run.
type bench struct {
	plan
	root, cache, bin string
	results          results
}

// part is something that can be measured by itself.
type part struct {
	name string
	do   func(context.Context) error
}

func measure(ctx context.Context, p plan, asked []string) error {
	if _, err := exec.LookPath("wrk"); err != nil {
		return errors.New("wrk is missing, which measures the raw limit of HTTP: install the Debian package wrk, or run scripts/test-setup")
	}
	root, err := load.Root()
	if err != nil {
		return err
	}
	b := &bench{plan: p, root: root, cache: filepath.Join(root, ".cache", "bench")}
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	if b.bin, err = load.Build(b.cache); err != nil {
		return err
	}
	if err := b.load(); err != nil {
		return err
	}
	parts := []part{{"raw", b.raw}, {"empty", b.empty}, {"forms", b.forms}, {"seed", b.seed}, {"large", b.large}, {"memory", b.memory}}
	for _, name := range asked {
		if !slices.ContainsFunc(parts, func(x part) bool { return x.name == name }) {
			return fmt.Errorf("no part is called %q", name)
		}
	}
	for _, part := range parts {
		if len(asked) > 0 && !slices.Contains(asked, part.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s\n", part.name)
		err := part.do(ctx)
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = b.save()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// seeded is the folder of the large database, made once on a machine.
func (b *bench) seeded() string { return filepath.Join(b.cache, fmt.Sprintf("cases-%d", b.cases)) }

// seed makes the large database unless it is there; then it is brought to how the program would have it after a night.
func (b *bench) seed(ctx context.Context) error {
	note := filepath.Join(b.seeded(), "seeded")
	if text, err := os.ReadFile(note); err == nil {
		b.results.Seeded = string(text)
		return app.Settle(ctx, app.BulkOptions{Pack: filepath.Join(b.root, "packs/fagersta"), Data: b.seeded()})
	}
	if err := os.RemoveAll(b.seeded()); err != nil {
		return err
	}
	if err := os.MkdirAll(b.seeded(), 0o700); err != nil {
		return err
	}
	begun := time.Now()
	err := app.Bulk(ctx, app.BulkOptions{
		Pack: filepath.Join(b.root, "packs/fagersta"), Data: b.seeded(), Matters: b.cases, Years: 10, Open: 0.03, Words: words, Progress: os.Stderr,
	})
	if err != nil {
		return err
	}
	file, err := os.Stat(filepath.Join(b.seeded(), "dygnet.db"))
	if err != nil {
		return err
	}
	took := time.Since(begun)
	b.results.Seeded = fmt.Sprintf("%d cases in %.0f s (%.0f/s), handed in through the case service with journal, diarium and search index; %.2f GB on disk. Closed by one statement: 97 %%.",
		b.cases, took.Seconds(), float64(b.cases)/took.Seconds(), float64(file.Size())/1e9)
	return os.WriteFile(note, []byte(b.results.Seeded), 0o600)
}

// copied is a copy of the large database that may be written in.
func (b *bench) copied() (string, error) {
	dir := filepath.Join(b.cache, "run")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if out, err := exec.Command("cp", "-r", "--reflink=auto", b.seeded(), dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copying the large database: %w: %s", err, out)
	}
	syscall.Sync() // or the copy is still being written while the program is measured
	return dir, nil
}

// words are what the i-th matter is about: some hundred thousand different texts of words with a skewed frequency.
func words(i int) string {
	things := []string{"lampan", "gatlyktan", "bänken", "skylten", "brunnslocket", "gungan", "staketet", "papperskorgen", "cykelvägen", "övergångsstället",
		"trottoaren", "busskuren", "häcken", "trädet", "vattenledningen", "fontänen", "lekplatsen", "parkeringen", "gångbron", "snövallen"}
	faults := []string{"är trasig", "lyser inte", "är nedklottrad", "lutar", "har rasat", "är full", "skymmer sikten", "läcker", "är hal", "saknas",
		"har lossnat", "är sönder sedan i går", "blinkar hela natten", "luktar illa", "är översvämmad"}
	places := []string{"utanför skolan", "vid stationen", "bakom biblioteket", "intill förskolan", "nära simhallen", "vid infarten", "i parken", "på torget",
		"längs ån", "vid idrottsplatsen", "bredvid äldreboendet", "i backen", "mitt i korsningen"}
	return fmt.Sprintf("Hej! %s %s %s. Det har varit så i %d dagar och granne nummer %d har också sett det. Märkt %c%d.",
		things[i*i%len(things)], faults[i*7%len(faults)], places[i*11%len(places)], i%29+1, i%977, 'A'+rune(i%23), i%100_003)
}
