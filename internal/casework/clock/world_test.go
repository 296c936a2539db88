package clock_test

import (
	"io/fs"
	"log/slog"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/clock"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// world is the small municipality with a clock. The day is Monday 2 March 2026.
type world struct {
	*casestest.World
	clock  *clock.Service
	keeper *clock.Keeper
	plan   []clock.Settings
}

func both(sv string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: sv + " (en)"} }

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// open gives the world, with the case type changed by the functions given. Its decision avslag may be made by officers and is appealed to
// a court.
func open(t *testing.T, db *store.DB, change ...func(*casetype.Definition)) *world {
	t.Helper()
	w := &world{World: casestest.New(t, db)}
	d := w.Lamp.Definition
	d.Decisions = append([]casetype.Decision{}, d.Decisions...)
	d.Decisions[1].Delegation = &casetype.Delegation{Ref: "KS 2", Role: access.Officer}
	d.Decisions[1].Appeal = casetype.Appeal{Type: casetype.Administrative, Text: both("Överklaga till förvaltningsrätten inom tre veckor."), Within: period(t, "P3W")}
	for _, c := range change {
		c(&d)
	}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	w.Lamp = ct
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	w.keeper = clock.NewKeeper(days, w.Clock, func() []clock.Settings { return w.plan })
	w.Service = cases.New(cases.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: days, Types: w, Organisation: w, Secrets: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef")),
		Watcher: w.keeper})
	texts := i18ntest.Complete(t, clock.Texts)
	w.clock = clock.New(clock.Config{Keeper: w.keeper, DB: db, Cases: w.Service, Types: w, Directory: w.Org.Directory, Log: slog.New(slog.DiscardHandler),
		Say: func(l i18n.Lang) *i18n.Localizer { return texts.For(l) }})
	return w
}

func each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, append(casestest.Rooms(), fs.FS(clock.Migrations)), fn)
}

// statutory is a time of ten weeks from a complete matter, that may be extended once by ten.
func statutory(t testing.TB) func(*casetype.Definition) {
	return func(d *casetype.Definition) {
		d.Deadlines.Statutory = &casetype.Statutory{Within: period(t, "P10W"), From: casetype.FromComplete, Extend: period(t, "P10W"),
			Law: casetype.Law{SFS: "2010:900", Label: "PBL", Chapter: "9", Section: "27"}}
	}
}

// at moves the clock to noon in Stockholm of a day.
func (w *world) at(t testing.TB, day string) { w.Clock.Set(date(t, day).Start().Add(12 * time.Hour)) }

// begin hands a matter in, and anna takes it.
func (w *world) begin(t *testing.T, change ...func(*cases.Submission)) string {
	t.Helper()
	a := w.HandIn(t, casestest.Broken(), change...)
	if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: a.CaseID}); err != nil {
		t.Fatal(err)
	}
	return a.CaseID
}

func on(id string) cases.On { return cases.On{Case: id} }

func (w *world) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) view(t *testing.T, id string) (cases.OfficerView, clock.Clock) {
	t.Helper()
	view, err := w.View(t.Context(), w.As("chef"), id)
	w.must(t, err)
	k, err := w.clock.Of(t.Context(), view.Case, view.Type, view.Events)
	w.must(t, err)
	return view, k
}

// last is the latest event of a case.
func (w *world) last(t *testing.T, id string) cases.Event {
	t.Helper()
	view, _ := w.view(t, id)
	return view.Events[len(view.Events)-1]
}

// due checks the day of a case, in the case and in its row.
func (w *world) due(t *testing.T, id, want string) {
	t.Helper()
	view, k := w.view(t, id)
	var row string
	w.must(t, w.DB.QueryRow(t.Context(), `SELECT due FROM case_clock WHERE case_id = $1`, id).Scan(&row))
	if view.Case.Due != date(t, want) || row != want {
		t.Errorf("due %s, in the row %s, now %s; want %s", view.Case.Due, row, k.Due, want)
	}
}

func (w *world) move(t *testing.T, id, to string) {
	t.Helper()
	_, err := w.Move(t.Context(), w.As("anna"), on(id), to, "skäl")
	w.must(t, err)
}
