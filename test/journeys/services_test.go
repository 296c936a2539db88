package journeys_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/test/browser"
)

// fillPage answers every control of the form with an example's answers, by name, and tells which file questions are to be given a file
// and which button adds a row that the example has. It stands in for the hand of a visitor; the page's own scripts are off.
const fillPage = `(answers => {
	const to = name => {
		for (const [i, part] of ["-year", "-month", "-day"].entries())
			if (name.endsWith(part) && answers[name.slice(0, -part.length)])
				return [answers[name.slice(0, -part.length)][0].split("-")[i]];
		for (const part of ["lat", "lon"])
			if (name.endsWith("-" + part) && answers[name.slice(0, -4) + "." + part])
				return answers[name.slice(0, -4) + "." + part];
		return answers[name] ?? [];
	};
	const form = document.querySelector("#steg"), files = [];
	let row = "";
	for (const c of form.elements) {
		const want = to(c.name);
		if (c.type === "hidden" || !c.name) continue;
		if (c.type === "radio" || c.type === "checkbox") c.checked = want.includes(c.value);
		else if (c.type === "file") { if (want.length) files.push([c.name, c.accept]); }
		else if (c.tagName === "BUTTON") {
			if (c.name !== "_ny-rad" || row) continue;
			const [key, n] = c.value.split(".");
			if (Object.keys(answers).some(a => a.startsWith(key + "." + n + "."))) row = c.value;
		}
		else if (c.tagName === "SELECT") c.value = want[0] ?? "";
		else c.value = want[0] ?? "";
	}
	return JSON.stringify({files, row});
})(%s)`

// errand is one service walked through by one of its examples.
type errand struct {
	*browser.Page
	t       *testing.T
	prefix  string
	ct      *casetype.CaseType
	answers string // JSON
	axe     bool
}

// step fills in the page and goes on.
func (e *errand) step() {
	e.t.Helper()
	if e.axe {
		browser.Report(e.t, e.Axe())
	}
	var found struct {
		Files [][2]string
		Row   string
	}
	if err := json.Unmarshal([]byte(browser.Eval[string](e.Page, fmt.Sprintf(fillPage, e.answers))), &found); err != nil {
		e.t.Fatal(err)
	}
	for _, f := range found.Files {
		file := photoFile(e.t)
		if strings.Contains(f[1], "pdf") {
			file = paperFile(e.t)
		}
		e.Attach(fmt.Sprintf("input[type=file][name=%q]", f[0]), file)
	}
	if found.Row != "" {
		e.Follow(fmt.Sprintf("#steg button[value=%q]", found.Row))
		return
	}
	e.Follow(goOn)
}

// paperFile is a small PDF.
func paperFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bilaga.pdf")
	text := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// through walks from the service's page to where handing in leads.
func (e *errand) through() {
	e.t.Helper()
	base := e.prefix + "/e-tjanster/" + e.ct.ID
	e.Goto(demo.base + base)
	e.Follow(fmt.Sprintf("main form[action=%q] button", base))
	for range 60 {
		path, _, _ := strings.Cut(strings.TrimPrefix(e.URL(), demo.base), "?")
		path, _, _ = strings.Cut(path, "#")
		if path == base+"/granska" {
			if e.axe {
				browser.Report(e.t, e.Axe())
			}
			e.Follow(fmt.Sprintf("form[action=%q] button", base+"/skicka"))
			break
		}
		if e.ct.Step(strings.TrimPrefix(path, base+"/")) == nil {
			e.t.Fatalf("the form led to %s:\n%s", path, e.Text("main"))
		}
		e.step()
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(e.URL(), demo.base), "?")
	if path != base+"/klart" && !strings.HasSuffix(path, "/signera") && !strings.HasSuffix(path, "/betala") && !strings.HasPrefix(strings.TrimPrefix(path, e.prefix), "/demo/betala") {
		e.t.Fatalf("handing in led to %s:\n%s", path, e.Text("main"))
	}
}

// errandOf is the example to walk a service by: one that is accepted in one's own name, best one that nobody else signs.
func errandOf(ct *casetype.CaseType, today calendar.Date) (casetype.Answers, bool) {
	var best casetype.Answers
	for _, e := range ct.Examples {
		if len(e.Expect.Errors) > 0 || e.Expect.Stop != "" || e.Acting != "" && e.Acting != casetype.ForSelf {
			continue
		}
		answers := casetype.Answers{}
		for name, v := range e.Answers {
			answers[name] = v
		}
		now := ct.At(casetype.Moment{Today: today, SignedIn: ct.Auth.Level != casetype.LevelNone})
		clean, faults := now.Validate(answers)
		if len(faults) > 0 || now.StopFor(answers) != nil {
			continue
		}
		if best == nil || len(now.Signers(clean)) == 0 {
			best = answers
		}
		if len(now.Signers(clean)) == 0 {
			break
		}
	}
	return best, best != nil
}

// coverage is a few services whose examples together answer every kind of question that any of them asks.
func coverage(types []*casetype.CaseType, today calendar.Date) []*errand {
	seen := map[casetype.QuestionType]bool{}
	var out []*errand
	for _, ct := range types {
		answers, ok := errandOf(ct, today)
		if open, _ := ct.Window.Open(today); !open || !ok {
			continue
		}
		now := ct.At(casetype.Moment{Today: today, SignedIn: true})
		fresh := false
		for _, step := range now.VisibleSteps(answers) {
			for _, q := range now.VisibleQuestions(step.Key, answers) {
				fresh = fresh || !seen[q.Type]
				seen[q.Type] = true
			}
		}
		if text, err := json.Marshal(answers); err == nil && fresh {
			out = append(out, &errand{ct: ct, answers: string(text)})
		}
	}
	return out
}

// TestEveryServiceIsDoneInABrowserWithoutJavaScript walks every service that is open today in Chromium, page by page, in Swedish and in
// English. Some of them, which together have every kind of question, are walked once more under the eyes of axe. internal/app walks all examples, also of services that are open another day.
func TestEveryServiceIsDoneInABrowserWithoutJavaScript(t *testing.T) {
	p, err := pack.Load(os.DirFS(demo.pack))
	if err != nil {
		t.Fatal(err)
	}
	today := calendar.DateOf(calendar.System().Now())
	b := browser.New(t)
	cookies := as(t, "invanare").cookies()
	done := 0
	for _, ct := range p.CaseTypes {
		open, _ := ct.Window.Open(today)
		answers, ok := errandOf(ct, today)
		if !open || !ok || ct.State != casetype.Published {
			t.Logf("%s is not open today or has no example for today", ct.ID)
			continue
		}
		text, err := json.Marshal(answers)
		if err != nil {
			t.Fatal(err)
		}
		done++
		for _, l := range i18n.Languages() {
			t.Run(ct.ID+"/"+string(l), func(t *testing.T) {
				began := time.Now()
				seat := b
				if ct.Auth.Level != casetype.LevelNone {
					seat = b.As(cookies...)
				}
				e := &errand{Page: seat.Open(t, demo.base+"/om-webbplatsen", browser.View{NoJS: true, Width: 320}), t: t, prefix: strings.TrimSuffix(l.Path("/"), "/"), ct: ct, answers: string(text)}
				e.through()
				t.Logf("%v", time.Since(began).Round(time.Millisecond))
			})
		}
	}
	for _, w := range coverage(p.CaseTypes, today) { // axe needs the page's scripts on, for its timers
		t.Run(w.ct.ID+"/axe", func(t *testing.T) {
			w.Page, w.t, w.axe = b.As(cookies...).Open(t, demo.base+"/om-webbplatsen", browser.View{Width: 320, Dark: true}), t, true
			w.through()
		})
	}
	if done < 30 {
		t.Errorf("%d services were walked through", done)
	}
}
