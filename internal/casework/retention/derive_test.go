package retention_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func period(s string) calendar.Period {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		panic(err)
	}
	return p
}

// matter is a case type with one way to keep its result, and documents.
func matter(after string, from casetype.RetentionStart, docs ...casetype.DocumentType) *casetype.CaseType {
	r := casetype.Result{Key: "klar", Nomination: casetype.Preserve, Authority: "SN 2024-03-12 § 22"}
	if after != "" {
		r.Nomination, r.After, r.From = casetype.Discard, period(after), from
	}
	return &casetype.CaseType{Definition: casetype.Definition{Results: []casetype.Result{r}, Documents: docs}}
}

// Golden: each start, over leap days and ends of years. A time does not count the day it begins on, and what is kept until the end of a
// day goes the day after.
func TestTheDayOfGallring(t *testing.T) {
	m := retention.Matter{Closed: date("2026-05-03"), Decided: date("2026-04-30"), LegalForce: date("2026-05-28"), LastEntry: date("2026-05-10"), Said: date("2040-02-29")}
	for _, tt := range []struct {
		name, after string
		from        casetype.RetentionStart
		m           retention.Matter
		due         string
	}{
		{"arkivlagen 10 §: two years from closing", "P2Y", "", m, "2028-05-04"},
		{"from the decision", "P2Y", casetype.FromDecided, m, "2028-05-01"},
		{"from laga kraft", "P6M", casetype.FromLegalForce, m, "2026-11-29"},
		{"from laga kraft that a person has said", "P1Y", casetype.FromLegalForce, retention.Matter{Closed: m.Closed, Said: date("2027-01-01")}, "2028-01-02"},
		{"bokföring: seven years after the end of the year", "P7Y", casetype.FromYearEnd, m, "2034-01-01"},
		{"SoL 16 kap. 1 §: five years after the last entry", "P5Y", casetype.FromLastEntry, m, "2031-05-11"},
		{"SoL 16 kap. 2 a §: when the child has turned thirty", "P0D", casetype.FromEvent, m, "2040-03-01"},
		{"from a leap day", "P1Y", casetype.FromEvent, m, "2041-03-01"},
		{"from the last of a long month", "P1M", "", retention.Matter{Closed: date("2026-01-31")}, "2026-03-01"},
		{"weeks", "P2W", "", m, "2026-05-18"},
		{"days", "P10D", "", m, "2026-05-14"},
	} {
		got := retention.Derive(matter(tt.after, tt.from), nil, tt.m)
		if got.State != retention.Discard || got.Due.String() != tt.due || got.Authority == "" {
			t.Errorf("%s: %+v, want %s", tt.name, got, tt.due)
		}
	}
}

func TestWhatIsMissingIsATodo(t *testing.T) {
	closed := retention.Matter{Closed: date("2026-05-03")}
	two := matter("P2Y", "")
	two.Results = append(two.Results, casetype.Result{Key: "annat", Nomination: casetype.Preserve})
	gone := closed
	gone.Result = "borta"
	for _, tt := range []struct {
		ct  *casetype.CaseType
		m   retention.Matter
		why retention.Why
	}{
		{nil, closed, retention.NoType}, {two, closed, retention.NoResult}, {two, gone, retention.GoneResult}, {matter("P2Y", casetype.FromDecided), closed, retention.NoDecision},
		{matter("P2Y", casetype.FromLegalForce), closed, retention.NoLegalForce}, {matter("P2Y", casetype.FromEvent), closed, retention.NoEvent},
	} {
		if got := retention.Derive(tt.ct, nil, tt.m); got.State != retention.Todo || got.Why != tt.why || !got.Due.IsZero() {
			t.Errorf("%s: %+v", tt.why, got)
		}
	}
}

// A case is kept until the last of its parts may go, and for ever if one is preserved: only of what it holds.
func TestArkivlagen_3_TheLongestTimeHolds(t *testing.T) {
	doc := func(key, question string, n casetype.Nomination, after string) casetype.DocumentType {
		d := casetype.DocumentType{Key: key, Question: question, Nomination: n, Authority: "KS § 1"}
		if after != "" {
			d.After = period(after)
		}
		return d
	}
	longer, ever := doc("langre", "a", casetype.Discard, "P10Y"), doc("alltid", "b", casetype.Preserve, "")
	ever.Results = []casetype.ResultTime{{Result: "klar", Nomination: casetype.Discard, After: period("P20Y"), Authority: "KS § 2"}}
	ct := matter("P2Y", "", longer, ever)
	for has, due := range map[string]string{"": "2028-05-04", "a": "2036-05-04", "b": "2046-05-04", "ab": "2046-05-04"} {
		m := retention.Matter{Closed: date("2026-05-03"), Has: func(d casetype.DocumentType) bool { return strings.Contains(has, d.Question) }}
		if got := retention.Derive(ct, nil, m); got.Due.String() != due {
			t.Errorf("with %q: %+v, want %s", has, got, due)
		}
	}
	ct.Documents[1].Results = nil
	m := retention.Matter{Closed: date("2026-05-03"), Has: func(casetype.DocumentType) bool { return true }}
	if got := retention.Derive(ct, nil, m); got.State != retention.Preserve {
		t.Errorf("one part is preserved: %+v", got)
	}
	plan := &pack.BodyPlan{Delivered: &pack.Delivered{After: period("P1Y"), Authority: "KS § 3"}}
	if got := retention.Derive(ct, plan, m); got.State != retention.Preserve {
		t.Errorf("not delivered: %+v", got)
	}
	m.Delivered = date("2027-01-10")
	if got := retention.Derive(ct, nil, m); got.State != retention.Preserve {
		t.Errorf("delivered, but the body has not decided that the copy may go: %+v", got)
	}
	if got := retention.Derive(ct, plan, m); got.State != retention.Discard || got.Due.String() != "2028-01-11" || got.Authority != "KS § 3" {
		t.Errorf("delivered: %+v", got)
	}
}

// More to keep never makes a case go earlier.
func TestAnotherDocumentNeverShortensTheTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var docs []casetype.DocumentType
		for i := range rapid.IntRange(0, 5).Draw(t, "documents") {
			d := casetype.DocumentType{Key: fmt.Sprint(i), Nomination: casetype.Preserve}
			if rapid.IntRange(0, 4).Draw(t, "discard") > 0 {
				d.Nomination, d.After = casetype.Discard, calendar.Period{N: rapid.IntRange(0, 40).Draw(t, "after"), Unit: calendar.Years}
				d.From = casetype.RetentionStart(rapid.SampledFrom(casetype.FromClosed.Values()).Draw(t, "from"))
				d.Event = i18n.Text{}
			}
			docs = append(docs, d)
		}
		ct := matter("P2Y", "", docs...)
		m := retention.Matter{Closed: calendar.NewDate(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"))}
		before := retention.Derive(ct, nil, m)
		for n := range docs {
			m.Has = func(d casetype.DocumentType) bool { var i int; _, _ = fmt.Sscan(d.Key, &i); return i <= n }
			now := retention.Derive(ct, nil, m)
			rank := map[retention.State]int{retention.Discard: 0, retention.Todo: 1, retention.Preserve: 2}
			if rank[now.State] < rank[before.State] || now.State == before.State && now.Due.Before(before.Due) {
				t.Fatalf("%+v became %+v with document %d", before, now, n)
			}
			before = now
		}
	})
}

func FuzzLedger(f *testing.F) {
	f.Add([]byte(`{"case":"a","number":"KS 2026/00001","at":"2028-03-04T01:00:00Z"}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"case":"a"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := retention.ParseLedger(text)
		for _, d := range list {
			if err != nil || d.Case == "" || d.At.IsZero() {
				t.Fatal(d, err)
			}
		}
	})
}

func TestTheLedgerOutlivesACrashInTheMidstOfALine(t *testing.T) {
	file := retention.Ledger(t.TempDir() + "/destroyed.jsonl")
	one := retention.Destroyed{Case: "a", Number: "KS 2026/00001", At: time.Date(2028, 3, 4, 1, 0, 0, 0, time.UTC)}
	two := one
	two.Case = "b"
	for _, err := range []error{file.Append(one), appendText(string(file), `{"case":"torn","num`), file.Append(two)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := file.Read()
	if err != nil || len(list) != 2 || list[0] != one || list[1] != two {
		t.Errorf("%+v %v", list, err)
	}
	if err := appendText(string(file), "not of ours\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a damaged line: %v", err)
	}
}
