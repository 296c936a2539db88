package task_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// town is the small municipality with tasks in it.
type town struct {
	*casestest.World
	task   *task.Service
	vault  *documents.Vault
	post   *post
	stands deputies
}

// post keeps the letters.
type post struct{ sent []task.Letter }

func (p *post) Write(_ context.Context, _ *store.Tx, l task.Letter) error {
	p.sent = append(p.sent, l)
	return nil
}

// deputies are who stands in for whom.
type deputies map[string]string

func (d deputies) Deputies(person string, _ calendar.Date) []string {
	if s := d[person]; s != "" {
		return []string{s}
	}
	return nil
}

func tx(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s + " (en)"} }

// asking is the lamp with a checklist, properties, and moves and a decision that ask for them.
func asking(t testing.TB) *casetype.CaseType {
	d := casestest.Lamp(t).Definition
	d.Statuses = append([]casetype.Status{}, d.Statuses...)
	d.Statuses[1].Checklist = []casetype.Item{{Key: "besokt", Text: tx("Platsen är besökt"), Required: true}, {Key: "foto", Text: tx("Foto är taget")}}
	d.Properties = []casetype.Property{{Key: "hojd", Label: tx("Höjd"), Type: casetype.NumberProperty}}
	d.Documents = append(d.Documents, casetype.DocumentType{Key: "utlatande", Title: tx("Utlåtande"), Direction: "in", Nomination: casetype.Preserve, Authority: "KS 2026-01-01 § 1"})
	d.Transitions = []casetype.Move{
		{From: []string{"inkommen", "vantar"}, To: "pagar"},
		{From: []string{"pagar"}, To: "avslutad", Requires: []casetype.Requirement{casetype.NeedDecision, casetype.NeedChecklist}, Documents: []string{"utlatande"}, Properties: []string{"hojd"}},
		{From: []string{"avslutad"}, To: "pagar", Requires: []casetype.Requirement{casetype.NeedNote}},
		{From: []string{"pagar"}, To: "vantar", Requires: []casetype.Requirement{casetype.NeedNote, casetype.NeedApproval}},
	}
	d.Decisions = append([]casetype.Decision{}, d.Decisions...)
	d.Decisions[0].Requires = []casetype.Requirement{casetype.NeedApproval}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return ct
}

// open builds the town; with the lamp as it asks for nothing if ct is nil.
func open(t *testing.T, db *store.DB, ct *casetype.CaseType) *town {
	t.Helper()
	w := &town{World: casestest.New(t, db), post: &post{}, stands: deputies{}}
	if ct != nil {
		w.Lamp = ct
	}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	w.World.Service = cases.New(cases.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: days, Types: w, Organisation: w,
		Secrets: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef")), Gate: task.Gate{}})
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if w.vault, err = documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Key: key, Clock: w.Clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.vault.Close() })
	w.task = task.New(task.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: days, Cases: w.World.Service, Organisation: w.Org, Vault: w.vault,
		Log: slog.New(slog.DiscardHandler), Waits: task.DefaultWaits(), Deputies: w.stands, Post: w.post})
	return w
}

func each(t *testing.T, ct func(testing.TB) *casetype.CaseType, fn func(t *testing.T, w *town)) {
	rooms := append(casestest.Rooms(), fs.FS(documents.Migrations), task.Migrations)
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		var made *casetype.CaseType
		if ct != nil {
			made = ct(t)
		}
		fn(t, open(t, db, made))
	})
}

// claimed is a case that anna has and works with.
func (w *town) claimed(t *testing.T) string {
	t.Helper()
	id := w.HandIn(t, casestest.Broken()).CaseID
	if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Move(t.Context(), w.As("anna"), cases.On{Case: id}, "pagar", ""); err != nil {
		t.Fatal(err)
	}
	return id
}

// file adds a file to a case and gives its number.
func (w *town) file(t *testing.T, id, text string) int {
	t.Helper()
	d, err := w.vault.Put(t.Context(), strings.NewReader(text), documents.Meta{Name: "fil.txt", Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.Text}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Note(t.Context(), w.As("anna"), cases.On{Case: id}, "en fil", []cases.Document{{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256}}); err != nil {
		t.Fatal(err)
	}
	v, err := w.View(t.Context(), w.As("anna"), id)
	if err != nil {
		t.Fatal(err)
	}
	return v.Documents[len(v.Documents)-1].N
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// refused fails unless err is the refusal.
func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("expected %q, got %v", want, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// last is the newest row of a case's timeline.
func (w *town) last(t *testing.T, id string) cases.Event {
	t.Helper()
	v, err := w.View(t.Context(), w.As("anna"), id)
	must(t, err)
	return v.Events[len(v.Events)-1]
}

func TestATaskIsAskedListedAndDone(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		on := cases.On{Case: id}
		mine, err := w.task.Add(ctx, w.As("anna"), on, task.Asked{What: " Ring sökanden ", To: task.Whom{Person: w.IDs["bo"]}, Due: day("2026-03-10")})
		must(t, err)
		units, err := w.task.Add(ctx, w.As("anna"), on, task.Asked{What: "Mät upp", To: task.Whom{Unit: "gata", Role: access.Officer}, Due: day("2026-03-03")})
		must(t, err)
		if e := w.last(t, id); e.Kind != task.EventAdded || e.Data.Ref != units || e.Data.Day != day("2026-03-03") || !e.Internal {
			t.Errorf("the timeline says %+v", e)
		}
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 2)) // 4 March
		for view, want := range map[task.View]string{task.Mine: "Ring sökanden", task.OfUnit: "Mät upp", task.Overdue: "Mät upp"} {
			page, err := w.task.List(ctx, w.As("bo"), view, "", 10)
			must(t, err)
			if len(page.Rows) != 1 || page.Rows[0].What != want || page.Rows[0].Number == "" || page.Next != "" {
				t.Errorf("%s: %+v", view, page)
			}
		}
		counts, err := w.task.Counts(ctx, w.As("bo"))
		must(t, err)
		if counts[task.Mine] != 1 || counts[task.OfUnit] != 1 || counts[task.Overdue] != 1 || counts[task.Opinions] != 0 || counts[task.Approvals] != 0 {
			t.Errorf("the counts are %v", counts)
		}
		other, err := w.task.List(ctx, w.As("kim"), task.OfUnit, "", 10)
		must(t, err)
		if len(other.Rows) != 0 {
			t.Errorf("somebody of another unit sees %+v", other)
		}
		must(t, w.task.Close(ctx, w.As("bo"), id, mine, task.Done, "gjort"))
		refused(t, w.task.Close(ctx, w.As("bo"), id, mine, task.Done, ""), task.ErrOver)
		refused(t, w.task.Close(ctx, w.As("bo"), id, units, task.NotNeeded, " "), cases.ErrNote)
		must(t, w.task.Close(ctx, w.As("bo"), id, units, task.NotNeeded, "ritningen räcker"))
		if e := w.last(t, id); e.Kind != task.EventNotNeeded || e.Body != "Mät upp\nritningen räcker" {
			t.Errorf("the timeline says %+v", e)
		}
		got, err := w.task.Task(ctx, id, mine)
		must(t, err)
		if got.State != task.Done || got.Note != "gjort" || got.ClosedBy != w.IDs["bo"] {
			t.Errorf("the task is %+v", got)
		}
	})
}

func TestATaskIsForThoseWhoMayReadTheCase(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		on, due := cases.On{Case: id}, day("2026-03-10")
		add := func(as string, to task.Whom) error {
			_, err := w.task.Add(ctx, w.As(as), on, task.Asked{What: "x", To: to, Due: due})
			return err
		}
		refused(t, add("anna", task.Whom{Person: w.IDs["kim"]}), task.ErrReader)
		refused(t, add("anna", task.Whom{Unit: "kansli"}), task.ErrReader)
		refused(t, add("anna", task.Whom{Unit: "granne"}), task.ErrWhom)
		refused(t, add("anna", task.Whom{}), task.ErrWhom)
		refused(t, add("anna", task.Whom{Person: "finns-inte"}), task.ErrWhom)
		if err := add("kim", task.Whom{Person: w.IDs["bo"]}); !access.IsDenied(err) {
			t.Errorf("somebody of another unit adds a task: %v", err)
		}
		_, err := w.task.Add(ctx, w.As("anna"), on, task.Asked{What: "x", To: task.Whom{Person: w.IDs["bo"]}, Due: day("2026-03-01")})
		refused(t, err, task.ErrDay)
		_, err = w.task.Add(ctx, w.As("anna"), on, task.Asked{What: " ", To: task.Whom{Person: w.IDs["bo"]}, Due: due})
		refused(t, err, cases.ErrEmpty)

		must(t, add("anna", task.Whom{Person: w.IDs["bo"]}))
		_, err = w.Mark(ctx, w.As("anna"), on, cases.Secret, "OSL 21:1", "hälsa")
		must(t, err)
		// A secret case is for the one who has it and the head: bo is not asked any more, and does not see what he was asked.
		refused(t, add("anna", task.Whom{Person: w.IDs["bo"]}), task.ErrReader)
		must(t, add("anna", task.Whom{Person: w.IDs["chef"]}))
		must(t, add("anna", task.Whom{Unit: "gata"}))
		page, err := w.task.List(ctx, w.As("bo"), task.Mine, "", 10)
		must(t, err)
		if len(page.Rows) != 0 {
			t.Errorf("bo sees the tasks of a secret case: %+v", page.Rows)
		}
		page, err = w.task.List(ctx, w.As("chef"), task.Mine, "", 10)
		must(t, err)
		if len(page.Rows) != 1 || !page.Rows[0].Veiled || page.Rows[0].What != "" || page.Rows[0].Subject != "" {
			t.Errorf("a list leaves no trace and so says nothing of a secret case: %+v", page.Rows)
		}
	})
}

func TestATaskChangesHandsUnderAnOptimisticLock(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		asked := task.Asked{What: "Ring", To: task.Whom{Person: w.IDs["bo"]}, Due: day("2026-03-03")}
		one, err := w.task.Add(ctx, w.As("anna"), cases.On{Case: id}, asked)
		must(t, err)
		must(t, w.task.Change(ctx, w.As("anna"), id, one, 1, asked)) // nothing is changed
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 5))
		asked.To.Person = w.IDs["chef"]
		must(t, w.task.Change(ctx, w.As("anna"), id, one, 1, asked)) // though its day has passed
		refused(t, w.task.Change(ctx, w.As("anna"), id, one, 1, task.Asked{What: "Annat", To: asked.To, Due: day("2026-03-20")}), cases.ErrStale)
		asked.Due = day("2026-03-04")
		refused(t, w.task.Change(ctx, w.As("anna"), id, one, 2, asked), task.ErrDay)
		refused(t, w.task.Change(ctx, w.As("anna"), w.claimed(t), one, 2, asked), store.ErrNotFound)
	})
}

func TestListsArePagedByKey(t *testing.T) {
	each(t, nil, func(t *testing.T, w *town) {
		ctx, id := t.Context(), w.claimed(t)
		for i := range 7 {
			_, err := w.task.Add(ctx, w.As("anna"), cases.On{Case: id}, task.Asked{What: string(rune('a' + i)), To: task.Whom{Person: w.IDs["bo"]}, Due: day("2026-03-10").AddDays(i / 2)})
			must(t, err)
		}
		seen, after := "", ""
		for range 10 {
			page, err := w.task.List(ctx, w.As("bo"), task.Mine, after, 3)
			must(t, err)
			for _, r := range page.Rows {
				seen += r.What
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if seen != "abcdefg" {
			t.Errorf("the pages together are %q", seen)
		}
		_, err := w.task.List(ctx, w.As("bo"), task.Mine, "!", 3)
		refused(t, err, cases.ErrCursor)
	})
}
