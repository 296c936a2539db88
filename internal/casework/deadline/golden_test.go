package deadline_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/calendar"
)

func days(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return c
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

func rule(t testing.TB, key string) deadline.Rule {
	t.Helper()
	r, ok := deadline.Swedish().On(key, date(t, "2026-03-02"))
	if !ok {
		t.Fatalf("there is no rule %s", key)
	}
	return r
}

// Golden days of the statutes. Worked out by hand with a calendar; the provision is that of the row.
func TestGoldenDaysOfTheStatutes(t *testing.T) {
	c := days(t)
	for _, x := range []struct{ key, provision, from, last, why string }{
		{"fl-12-wait", "FL 12 §", "2026-01-15", "2026-07-15", "six months end on the day with the same number"},
		{"fl-12-wait", "FL 12 §", "2026-08-31", "2027-02-28", "February has no 31st (lag 1930:173, 1 §)"},
		{"fl-12-wait", "FL 12 §", "2023-08-31", "2024-02-29", "nor in a leap year"},
		{"fl-12-wait", "FL 12 §", "2026-06-24", "2026-12-24", "what the authority must do is not moved from julafton"},
		{"fl-12-wait", "FL 12 §", "2026-12-06", "2027-06-06", "nor from the national day, a Sunday"},
		{"fl-12-decide", "FL 12 §", "2026-03-02", "2026-03-30", "four weeks end on the same weekday"},
		{"fl-12-decide", "FL 12 §", "2026-03-06", "2026-04-03", "Good Friday, and the authority's day is not moved"},
		{"fl-44", "FL 44 §", "2026-03-02", "2026-03-23", "three weeks from the day the party got the decision"},
		{"fl-44", "FL 44 §", "2026-03-13", "2026-04-07", "Good Friday: the Tuesday after Easter (lag 1930:173, 2 §)"},
		{"fl-44", "FL 44 §", "2026-05-29", "2026-06-22", "midsommarafton: the Monday"},
		{"fl-44", "FL 44 §", "2026-12-03", "2026-12-28", "julafton, juldagen, annandagen, Sunday"},
		{"fl-44", "FL 44 §", "2026-12-10", "2027-01-04", "nyårsafton, nyårsdagen, Saturday, Sunday"},
		{"fl-44", "FL 44 §", "2026-05-16", "2026-06-08", "the national day is a Saturday"},
		{"fl-44-public", "FL 44 §", "2026-03-14", "2026-04-07", "for the public's party from the day of the decision, moved too"},
		{"kl-13-5", "KL 13 kap. 5 §", "2026-04-10", "2026-05-04", "1 May, then a weekend"},
		{"kl-13-5", "KL 13 kap. 5 §", "2026-03-02", "2026-03-23", "three weeks from when it was announced"},
		{"kl-5-35", "KL 5 kap. 35 §", "2026-02-23", "2027-02-23", "a year from when it was raised"},
		{"kl-5-35", "KL 5 kap. 35 §", "2024-02-29", "2025-02-28", "raised on 29 February"},
		{"kl-6-34", "KL 6 kap. 34 §", "2026-05-24", "2027-05-24", "a year from when it was raised in the council"},
		{"kl-8-12", "KL 8 kap. 12 §", "2026-03-05", "2026-03-07", "the second day after, a Saturday: the rule does not move it"},
		{"skollagen-8-14", "Skollagen 8 kap. 14 §", "2026-10-31", "2027-02-28", "four months"},
		{"sol-20-2", "SoL 20 kap. 2 §", "2026-03-20", "2026-04-03", "fourteen days, Good Friday counts"},
		{"sol-20-3", "SoL 20 kap. 3 §", "2026-04-30", "2026-08-30", "four months"},
		{"fl-11", "FL 11 §", "2026-03-02", "", "no day: when the authority finds that it will be materially late"},
		{"fl-46", "FL 46 §", "2026-03-02", "", "skyndsamt: no day"},
		{"tf-2-16", "TF 2 kap. 16 §", "2026-03-02", "", "skyndsamt: no day"},
	} {
		r := rule(t, x.key)
		if got := r.Day(c, date(t, x.from)); got != date(t, x.last) || r.Provision.String() != x.provision || r.HasDay() != (x.last != "") {
			t.Errorf("%s from %s: %s by %s, want %s by %s (%s)", x.key, x.from, got, r.Provision, x.last, x.provision, x.why)
		}
	}
}

// Each row's provision stands in the statutes of the project, where they are at hand.
func TestEveryRowsProvisionExists(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "law")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the statutes are not here")
	}
	for _, r := range deadline.Swedish() {
		year, number, _ := strings.Cut(r.Provision.SFS, ":")
		text, err := os.ReadFile(filepath.Join(dir, "sfs-"+year+"-"+number+".md"))
		if err != nil {
			text, err = os.ReadFile(filepath.Join(dir, "rattsdatabas-sfs-"+year+"-"+number+".json"))
			text = []byte(strings.ReplaceAll(strings.ReplaceAll(string(text), `\r\n`, "\n"), `\n`, "\n"))
		}
		if err != nil {
			t.Errorf("%s: SFS %s is not among the statutes", r.Key, r.Provision.SFS)
			continue
		}
		body := string(text)
		if r.Provision.Chapter != "" {
			at := regexp.MustCompile(`(?m)^(## )?` + r.Provision.Chapter + ` kap\. `).FindStringIndex(body)
			if at == nil {
				t.Errorf("%s: no chapter %s in SFS %s", r.Key, r.Provision.Chapter, r.Provision.SFS)
				continue
			}
			body = body[at[0]:]
		}
		if !regexp.MustCompile(`(?m)^(#+ )?` + r.Provision.Section + ` §`).MatchString(body) {
			t.Errorf("%s: no section %s in SFS %s", r.Key, r.Provision.Section, r.Provision.SFS)
		}
	}
}

func TestARowAppliesFromItsDayOn(t *testing.T) {
	table, err := deadline.Parse([]byte(`rules:
  - {key: a, within: P3W, starts: served, kind: statutory, by: party, sfs: "1:1", label: X, section: "1", from: 2010-01-01, to: 2025-12-31}
  - {key: a, within: P4W, starts: served, kind: statutory, by: party, sfs: "1:1", label: X, section: "1", from: 2026-01-01}
`))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2009-12-31": "", "2010-01-01": "P3W", "2025-12-31": "P3W", "2026-01-01": "P4W"} {
		if r, ok := table.On("a", date(t, day)); r.Within.String() != want || ok != (want != "") {
			t.Errorf("on %s: %s", day, r.Within)
		}
	}
}

func TestATableThatIsWrongSaysWhere(t *testing.T) {
	row := `{key: a, within: P3W, starts: served, kind: statutory, by: party, sfs: "1:1", label: X, section: "1", from: 2010-01-01}`
	for _, bad := range []string{"", "a: b", "rules: x", "rules: [x]", "rules:\n  - {key: a}", "rules:\n  - " + strings.Replace(row, "served", "sent", 1),
		"rules:\n  - " + strings.Replace(row, "party", "nobody", 1), "rules:\n  - " + strings.Replace(row, "P3W", "3 veckor", 1),
		"rules:\n  - " + strings.Replace(row, "statutory", "soft", 1), "rules:\n  - " + strings.Replace(row, "label", "namn", 1),
		"rules:\n  - " + strings.Replace(row, "from: 2010-01-01", "from: 2010-01-01, to: 2009-01-01", 1), "rules:\n  - " + row + "\n  - " + row} {
		if _, err := deadline.Parse([]byte(bad)); err == nil {
			t.Errorf("accepted:\n%s", bad)
		} else if !errors.Is(err, deadline.ErrTable) && !strings.Contains(err.Error(), ":") {
			t.Errorf("%v does not say where", err)
		}
	}
}

// FL 12 §: six months from when the matter was initiated, by an enskild part, not decided, once.
func TestFL_12_WhoMayAskAndWhen(t *testing.T) {
	c, table := days(t), deadline.Swedish()
	sound := deadline.Matter{ByParty: true, Initiated: date(t, "2026-01-15")}
	with := func(f func(*deadline.Matter)) deadline.Matter { m := sound; f(&m); return m }
	for _, x := range []struct {
		name string
		m    deadline.Matter
		came string
		want deadline.Refusal
	}{
		{"on the last day of the six months", sound, "2026-07-15", deadline.Early},
		{"the day after them", sound, "2026-07-16", ""},
		{"years after", sound, "2031-01-01", ""},
		{"initiated by the authority or by a notifier", with(func(m *deadline.Matter) { m.ByParty = false }), "2026-07-16", deadline.NotByParty},
		{"decided", with(func(m *deadline.Matter) { m.Decided = true }), "2026-07-16", deadline.DecidedThen},
		{"asked once before", with(func(m *deadline.Matter) { m.Asked = true }), "2026-09-16", deadline.Again},
		{"FL 2 §: decisions that are tried under KL 13 kap.", with(func(m *deadline.Matter) { m.Exempt = true }), "2026-07-16", deadline.NotApplied},
		{"no day it was initiated", deadline.Matter{ByParty: true}, "2026-07-16", deadline.NotApplied},
		{"before the law", sound, "2017-07-16", deadline.NotApplied},
	} {
		if got := table.MayAsk(c, x.m, date(t, x.came)); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

// FL 45 §: too late is dismissed, but not when the authority misled, and not when it reached the higher instance in time.
func TestFL_45_WhatIsLate(t *testing.T) {
	c, r := days(t), rule(t, deadline.FL44)
	served := date(t, "2026-03-02") // last day 23 March
	for _, x := range []struct {
		a    deadline.Appeal
		late bool
	}{
		{deadline.Appeal{From: served, Came: date(t, "2026-03-23")}, false},
		{deadline.Appeal{From: served, Came: date(t, "2026-03-24")}, true},
		{deadline.Appeal{From: served, Came: date(t, "2026-03-24"), Misled: true}, false},
		{deadline.Appeal{From: served, Came: date(t, "2026-03-26"), ToHigher: date(t, "2026-03-23")}, false},
		{deadline.Appeal{From: served, Came: date(t, "2026-03-26"), ToHigher: date(t, "2026-03-24")}, true},
		{deadline.Appeal{From: served, Came: date(t, "2026-02-27")}, false}, // before it was served
	} {
		if got := r.Late(c, x.a); got != x.late {
			t.Errorf("%+v: late %t", x.a, got)
		}
	}
	if rule(t, deadline.FL46).Late(c, deadline.Appeal{From: served, Came: date(t, "2030-01-01")}) {
		t.Error("what has no day was late")
	}
}

// Real hours run through the nights the clocks are changed.
func TestHoursAreRealHoursOverTheChangeOfClocks(t *testing.T) {
	for _, x := range []struct {
		from  string
		hours deadline.Hours
		want  string
	}{
		{"2026-03-28T12:00", 24, "2026-03-29T13:00"}, // forward: the day has 23 hours
		{"2026-10-24T12:00", 24, "2026-10-25T11:00"}, // back: 25
		{"2026-03-27T16:00", 72, "2026-03-30T17:00"},
		{"2026-10-23T16:00", 72, "2026-10-26T15:00"},
		{"2026-06-01T16:00", 72, "2026-06-04T16:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02T15:04", x.from, calendar.Stockholm())
		if err != nil {
			t.Fatal(err)
		}
		if got := x.hours.From(from).In(calendar.Stockholm()).Format("2006-01-02T15:04"); got != x.want {
			t.Errorf("%d hours from %s: %s, want %s", x.hours, x.from, got, x.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("rules:\n  - {key: a, within: P3W, starts: served, kind: statutory, by: party, sfs: \"1:1\", label: X, section: \"1\", from: 2010-01-01}")
	f.Add("rules: []")
	f.Fuzz(func(t *testing.T, s string) {
		table, err := deadline.Parse([]byte(s))
		if err != nil && table != nil {
			t.Errorf("an error and a table of %q", s)
		}
		for _, r := range table {
			if found, ok := table.On(r.Key, r.ValidFrom); !ok || found.Key != r.Key || r.By == deadline.Party && !r.Moves {
				t.Errorf("%+v", r)
			}
		}
	})
}
