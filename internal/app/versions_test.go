package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// versioned writes version n of an e-service whose questions tell which version they are of: one is common with other options, one is
// required in every second version, one is of this version alone, and the steps are others in odd and even versions.
func versioned(tb testing.TB, dir string, n int, validFrom string) {
	tb.Helper()
	var form strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&form, format+"\n", args...) }
	label := func(what string) string {
		return fmt.Sprintf("label: {sv: %s i version %d, en: %s of version %d}", what, n, what, n)
	}
	line("  steps:\n    - key: ett%d\n      title: {sv: Ett, en: One}\n      questions:", n%2)
	line("        - {key: gemensam, type: choice, %s, options: [{value: alla, label: {sv: Alla, en: All}}, {value: v%d, label: {sv: Val av %d, en: Choice of %d}}]}", label("Gemensam"), n, n, n)
	line("        - {key: bara%d, type: text, %s}", n, label("Egen"))
	middle := fmt.Sprintf("    - key: steg%d\n      title: {sv: Steget, en: The step}\n      questions:\n        - {key: tal, type: %s, %s}",
		n%2, map[int]string{0: "number", 1: "yesno"}[n%2], label("Tal"))
	line("%s", middle)
	line("    - key: sist\n      title: {sv: Sist, en: Last}\n      questions:\n        - {key: slut%d, type: text, %s}", n, label("Slut"))
	tal := map[int]string{0: "12", 1: "yes"}[n%2]
	serviceFile(tb, dir, "prov", n, validFrom, form.String(), fmt.Sprintf(
		"  - name: allt\n    answers: {gemensam: v%d, bara%d: x, tal: %q, slut%d: y}\n    expect: {unit: gata-park}\n", n, n, tal, n))
}

// ofVersion finds the versions that the questions of a page are of.
var ofVersion = regexp.MustCompile(`i version (\d+)`)

// visit is a form from its beginning to its receipt.
type visit struct {
	h       *house
	tb      testing.TB
	cookies map[string]string
	address string // that it is asked from
	version int    // of the first question that was shown
	word    string // the answer that only this visitor gives
}

func (v *visit) ask(method, path string, form url.Values) (status int, to, page string) {
	w := v.h.call(v.tb, v.cookies, method, path, form.Encode(), v.address)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

// see opens a page and gives where it ended. All questions on it must be of the version that the form was begun with.
func (v *visit) see(path string) (string, error) {
	for range 4 {
		status, to, page := v.ask(http.MethodGet, path, nil)
		if status == http.StatusSeeOther {
			path = to
			continue
		}
		if status != http.StatusOK {
			return path, fmt.Errorf("GET %s of version %d: %d %s", path, v.version, status, words(page))
		}
		for _, m := range ofVersion.FindAllStringSubmatch(page, -1) {
			n, err := strconv.Atoi(m[1])
			if v.version == 0 {
				v.version = n
			}
			if err != nil || n != v.version {
				return path, fmt.Errorf("%s of a form of version %d shows a question of version %s", path, v.version, m[1])
			}
		}
		return path, nil
	}
	return path, fmt.Errorf("%s leads on for ever", path)
}

// post sends a form and wants it to lead to a place.
func (v *visit) post(path string, answers url.Values, want string) error {
	status, to, page := v.ask(http.MethodPost, path, answers)
	if status != http.StatusSeeOther || to != want {
		return fmt.Errorf("POST %s of version %d: %d to %q, want %s: %s", path, v.version, status, to, want, words(page))
	}
	return nil
}

// at sees a page and wants to be there.
func (v *visit) at(path, want string) error {
	at, err := v.see(path)
	if err == nil && at != want {
		err = fmt.Errorf("%s of version %d leads to %s, want %s", path, v.version, at, want)
	}
	return err
}

const trial = "/e-tjanster/prov"

// begin opens a new form.
func (v *visit) begin() error {
	status, to, page := v.ask(http.MethodPost, trial, nil)
	if status != http.StatusSeeOther {
		return fmt.Errorf("beginning: %d %s", status, words(page))
	}
	_, err := v.see(to)
	if err == nil && v.version == 0 {
		err = fmt.Errorf("%s shows no question", to)
	}
	return err
}

// finish goes the rest of the way, coming back to the form from the page of the service before each step. pause is called in between.
func (v *visit) finish(pause func()) error {
	n := v.version
	first, second := fmt.Sprintf("%s/ett%d", trial, n%2), fmt.Sprintf("%s/steg%d", trial, n%2)
	steps := []struct {
		path    string
		answers url.Values
		next    string
	}{
		{first, url.Values{"gemensam": {fmt.Sprintf("v%d", n)}, fmt.Sprintf("bara%d", n): {v.word}}, second},
		{second, url.Values{"tal": {map[int]string{0: "12", 1: "yes"}[n%2]}}, trial + "/sist"},
		{trial + "/sist", url.Values{fmt.Sprintf("slut%d", n): {v.word}}, trial + "/granska"},
	}
	for _, s := range steps {
		pause()
		if err := v.post(trial, nil, first); err != nil { // resumed
			return err
		}
		if err := v.at(first, first); err != nil {
			return err
		}
		if err := v.at(s.path, s.path); err != nil {
			return err
		}
		if err := v.post(s.path, s.answers, s.next); err != nil {
			return err
		}
	}
	pause()
	if err := v.at(trial+"/granska", trial+"/granska"); err != nil {
		return err
	}
	return v.post(trial+"/skicka", nil, trial+"/klart")
}

// Thirty-two visitors fill in forms while five new versions of the e-service are published beneath them.
func TestANewVersionUnderLoadLosesNoDraftAndMixesNone(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { publishUnderLoad(t, "") })
	t.Run("postgres", func(t *testing.T) { publishUnderLoad(t, storetest.PostgresURL(t)) })
}

func publishUnderLoad(t *testing.T, database string) {
	const visitors, last, each = 32, 6, 40
	dir := wholePack(t)
	versioned(t, dir, 1, "2026-01-01")
	h := opened(t, dir, database)
	today := calendar.DateOf(h.clock.Now())
	offered := func() int {
		ct, _ := h.types.Current("prov", today)
		return ct.Version
	}
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	type form struct {
		word           string
		version, newer int // begun with, offered when it was sent
	}
	sent := make(chan form, visitors)
	var versions [last + 1]chan struct{} // closed when the version is published
	for n := range versions {
		versions[n] = make(chan struct{})
	}
	var everyone sync.WaitGroup
	for i := range visitors {
		everyone.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				v := &visit{h: h, tb: t, cookies: map[string]string{}, word: fmt.Sprintf("ord-%d-%d", i, round), address: fmt.Sprintf("192.0.%d.%d:1234", round%250, i+1)}
				if i%2 == 0 {
					v.ask(http.MethodPost, "/logga-in/demo", url.Values{"persona": {"invanare"}})
				}
				err := v.begin()
				if err == nil {
					waits := i%4 + 1 // every third visitor stops at one of the steps until there is a newer version
					err = v.finish(func() {
						if waits--; waits == 0 && i%3 == 0 && v.version < last {
							select {
							case <-versions[v.version+1]:
							case <-ctx.Done():
							}
						}
					})
				}
				if err != nil {
					stop(fmt.Errorf("visitor %d, form %d: %w", i, round, err))
					return
				}
				select {
				case sent <- form{v.word, v.version, offered()}:
				case <-ctx.Done():
					sent <- form{v.word, v.version, offered()} // there is room for one of each
					return
				}
			}
		})
	}
	done, across := map[string]int{}, 0
	take := func(f form) {
		if f.newer > f.version {
			across++
		}
		done[f.word] = f.version
	}
	for n := 1; n <= last && ctx.Err() == nil; n++ {
		if n > 1 {
			versioned(t, dir, n, "2026-01-01")
			if out, err := h.ReloadPack(t.Context(), bodies.By{Person: "clerk"}); err != nil || len(out.Published) != 1 || len(out.Broken)+len(out.Refused) > 0 {
				stop(fmt.Errorf("publishing version %d: %+v, %w", n, out, err))
			}
			close(versions[n])
		}
		for range each {
			select {
			case f := <-sent:
				take(f)
			case <-ctx.Done():
			}
		}
	}
	stop(nil)
	go func() { everyone.Wait(); close(sent) }()
	for f := range sent {
		take(f)
	}
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	h.nothingLostOrMixed(t, done)
	if across < visitors/2 {
		t.Errorf("only %d forms were under way while a version was published", across)
	}
	t.Logf("%d forms sent, %d of them under another version than was offered then", len(done), across)
}

// nothingLostOrMixed compares the matters with what the visitors sent, by the word that each alone wrote.
func (h *house) nothingLostOrMixed(t *testing.T, sent map[string]int) {
	t.Helper()
	ids, err := store.All(t.Context(), h.db, func(r *store.Rows) (string, error) {
		var id string
		return id, r.Scan(&id)
	}, `SELECT id FROM cases WHERE type_id = 'prov'`)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, id := range ids {
		c, err := h.cases.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		ct, ok := h.types.Version(c.TypeID, c.TypeVersion)
		if !ok {
			t.Fatalf("version %d of a matter is gone", c.TypeVersion)
		}
		if _, faults := ct.Validate(casetype.Answers(c.Answers)); len(faults) > 0 {
			t.Errorf("the answers of a matter of version %d are not of it: %v", c.TypeVersion, faults)
		}
		word := c.Answers.Get(fmt.Sprintf("bara%d", c.TypeVersion))
		if sent[word] != c.TypeVersion || word != c.Answers.Get(fmt.Sprintf("slut%d", c.TypeVersion)) || found[word] {
			t.Errorf("%q is a matter of version %d, was begun as %d, twice: %v", word, c.TypeVersion, sent[word], found[word])
		}
		found[word] = true
	}
	if len(found) != len(sent) {
		t.Errorf("%d forms were sent, %d became matters", len(sent), len(found))
	}
	var left int
	if err := h.db.QueryRow(t.Context(), `SELECT count(*) FROM draft WHERE type_id = 'prov' AND sent_as = ''`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d drafts are left, %v", left, err)
	}
}

func TestAVersionOfTomorrowChangesNothingUntilMidnight(t *testing.T) {
	dir := wholePack(t)
	versioned(t, dir, 1, "2026-01-01")
	h := opened(t, dir, "")
	clock, ok := h.clock.(*demoClock)
	if !ok {
		t.Fatal("the demo's clock cannot be moved")
	}
	today := calendar.NewDate(2026, 11, 23)
	midnight := today.AddDays(1).Start()
	at := func(when time.Time) { clock.back.Store(int64(clock.real.Now().Sub(when))) }
	begun := func() *visit {
		t.Helper()
		v := &visit{h: h, tb: t, cookies: map[string]string{}, address: "192.0.2.1:1234"}
		if err := v.begin(); err != nil {
			t.Fatal(err)
		}
		return v
	}
	at(midnight.Add(-time.Hour))
	versioned(t, dir, 2, today.AddDays(1).String())
	if out, err := h.ReloadPack(t.Context(), bodies.By{Person: "clerk"}); err != nil || len(out.Published) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	before := begun()
	at(midnight.Add(-time.Minute))
	if v := begun(); before.version != 1 || v.version != 1 {
		t.Errorf("before midnight forms are of version %d and %d", before.version, v.version)
	}
	at(midnight.Add(time.Second))
	after := begun()
	if after.version != 2 {
		t.Errorf("after midnight a form is of version %d", after.version)
	}
	for _, v := range []*visit{before, after} {
		v.word = fmt.Sprintf("ord%d", v.version)
		if err := v.finish(func() {}); err != nil {
			t.Error(err)
		}
	}
	ids, err := store.All(t.Context(), h.db, func(r *store.Rows) (int, error) {
		var n int
		return n, r.Scan(&n)
	}, `SELECT type_version FROM cases WHERE type_id = 'prov' ORDER BY type_version`)
	if err != nil || !slices.Equal(ids, []int{1, 2}) {
		t.Errorf("matters of versions %v, %v", ids, err)
	}
}
