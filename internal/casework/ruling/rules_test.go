package ruling

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

func days(t interface{ Fatal(...any) }) *calendar.Calendar {
	c, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func on(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var weeks = calendar.Period{N: 3, Unit: calendar.Weeks}

// Golden days; the weekdays and holidays were looked up in an almanac.
func TestFL_44_ThreeWeeksFromTheDayTheOneWhoAppealsReceivedTheDecision(t *testing.T) {
	c := days(t)
	for _, x := range []struct {
		name, served, decided, received, last string
		public, late                          bool
	}{
		{"an ordinary Monday", "2026-03-02", "2026-02-27", "2026-03-23", "2026-03-23", false, false},
		{"the day after", "2026-03-02", "2026-02-27", "2026-03-24", "2026-03-23", false, true},
		{"ends on a Saturday", "2026-02-28", "2026-02-27", "2026-03-23", "2026-03-23", false, false},
		{"ends on Good Friday", "2026-03-13", "2026-03-10", "2026-04-07", "2026-04-07", false, false},
		{"ends on Midsummer Eve", "2026-05-29", "2026-05-28", "2026-06-22", "2026-06-22", false, false},
		{"ends on Christmas Eve", "2026-12-03", "2026-12-01", "2026-12-28", "2026-12-28", false, false},
		{"over the change to summer time", "2026-03-20", "2026-03-20", "2026-04-10", "2026-04-10", false, false},
		{"nobody knows when it was received", "", "2026-01-02", "2026-11-02", "", false, false},
		{"a party that represents the public counts from the decision", "2026-03-10", "2026-03-02", "2026-03-24", "2026-03-23", true, true},
		{"the public is not served", "", "2026-03-02", "2026-03-23", "2026-03-23", true, false},
	} {
		served, last := calendar.Date{}, calendar.Date{}
		if x.served != "" {
			served = on(t, x.served)
		}
		if x.last != "" {
			last = on(t, x.last)
		}
		if got := InTime(c, weeks, served, on(t, x.decided), on(t, x.received), x.public); got.Last != last || got.Late != x.late {
			t.Errorf("%s: %+v, expected last %s and late %v", x.name, got, x.last, x.late)
		}
	}
}

// Whatever the day, the last day is a weekday, no more than the longest run of holidays after three weeks, and never earlier for one who
// received the decision later.
func TestFL_44_TheLastDayIsAWeekdayAndNeverEarlierForOneWhoGotItLater(t *testing.T) {
	c := days(t)
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.NewDate(2020, 1, 1).AddDays(rapid.IntRange(0, 365*30).Draw(t, "day"))
		last := c.LastDay(d, weeks)
		if w := last.Weekday(); w == time.Saturday || w == time.Sunday || c.Statutory(last) != last {
			t.Fatalf("%s gives %s, a holiday", d, last)
		}
		if n := d.DaysUntil(last); n < 21 || n > 21+5 {
			t.Fatalf("%s gives %s, %d days", d, last, n)
		}
		if next := c.LastDay(d.AddDays(1), weeks); next.Before(last) {
			t.Fatalf("%s gives %s, and the day after %s", d, last, next)
		}
	})
}

func TestFL_30_to_32_WhatADecisionMustHave(t *testing.T) {
	whole := Words{Text: "Avslås.", Reasons: "Därför.", Grounds: []Ground{{Text: "FL 32 §"}}, Deciders: []string{"Anna"}}
	for _, x := range []struct {
		name    string
		outcome casetype.Outcome
		against bool
		change  func(*Words)
		lacks   []Lack
	}{
		{"whole", casetype.Reject, true, func(*Words) {}, nil},
		{"FL 31 § 2: nothing decided", casetype.Reject, true, func(w *Words) { w.Text = " " }, []Lack{LackText}},
		{"FL 31 § 3: nobody decided", casetype.Reject, true, func(w *Words) { w.Deciders = nil }, []Lack{LackDeciders}},
		{"FL 32 §: a refusal without reasons", casetype.Reject, false, func(w *Words) { w.Reasons = "" }, []Lack{LackReasons}},
		{"FL 32 §: which provisions", casetype.Dismiss, false, func(w *Words) { w.Grounds = nil }, []Lack{LackGrounds}},
		{"FL 32 §: an approval against a neighbour", casetype.Approve, true, func(w *Words) { w.Reasons, w.Grounds = "", nil }, []Lack{LackReasons, LackGrounds}},
		{"FL 32 §: an approval that goes against nobody", casetype.Approve, false, func(w *Words) { w.Reasons, w.Grounds = "", nil }, nil},
		{"an answer", casetype.Answer, false, func(w *Words) { w.Reasons, w.Grounds = "", nil }, nil},
		{"FL 32 § second paragraph 2", casetype.Reject, true, func(w *Words) { w.Reasons, w.Grounds, w.Without = "", nil, Immediate }, nil},
		{"reasons and an exemption", casetype.Reject, true, func(w *Words) { w.Without = Shielding }, []Lack{LackExempt}},
		{"FL 31 § 2: a blank of the proposal is left", casetype.Approve, false, func(w *Words) { w.Text = "Tillstånd ges till [… dag]." }, []Lack{LackTextBlank}},
		{"FL 32 §: what decided is left blank", casetype.Reject, true, func(w *Words) { w.Reasons = "Avslaget beror på [… vad som avgjorde]." }, []Lack{LackReasonsBlank}},
		{"a quotation with something left out", casetype.Reject, true, func(w *Words) { w.Reasons = "Domstolen skrev att bolaget […] ska svara." }, nil},
		{"FL 30 §: a dissent without words", casetype.Reject, true, func(w *Words) { w.Dissents = []Dissent{{"Bo", ""}} }, []Lack{LackDissent}},
	} {
		w := whole
		x.change(&w)
		got := Demand(w, x.outcome, x.against)
		if len(got) != len(x.lacks) {
			t.Errorf("%s: %v, expected %v", x.name, got, x.lacks)
			continue
		}
		for i := range got {
			if got[i] != x.lacks[i] {
				t.Errorf("%s: %v, expected %v", x.name, got, x.lacks)
			}
		}
	}
}

func TestFL_36_to_39_WhenADecisionMayBeChanged(t *testing.T) {
	for _, x := range []struct {
		name    string
		e       Earlier
		c       Change
		why     string
		section string
	}{
		{"36 §: a slip of the pen, even when appealed and handed over", Earlier{Appealed: true, Forwarded: true, First: true}, Change{Rule: Correct36}, "", ""},
		{"36 §: no slip that makes it worse", Earlier{First: true}, Change{Rule: Correct36, Worse: true, Detriment: Misleading}, "writing", "36"},
		{"37 §: wrong", Earlier{First: true}, Change{Rule: May37}, "", ""},
		{"37 §: not as first instance", Earlier{}, Change{Rule: May37}, "instance", "37"},
		{"37 § second paragraph: favours, worse, no ground", Earlier{Favours: true, First: true}, Change{Rule: May37, Worse: true}, "favourable", "37"},
		{"37 § second paragraph 1", Earlier{Favours: true, First: true}, Change{Rule: May37, Worse: true, Detriment: Revocable}, "", ""},
		{"37 § second paragraph 2", Earlier{Favours: true, First: true}, Change{Rule: May37, Worse: true, Detriment: Safety}, "", ""},
		{"37 § second paragraph 3", Earlier{Favours: true, First: true}, Change{Rule: May37, Worse: true, Detriment: Misleading}, "", ""},
		{"37 §: an invented ground", Earlier{Favours: true, First: true}, Change{Rule: May37, Worse: true, Detriment: "annat"}, "favourable", "37"},
		{"37 §: a burdensome one may be made worse", Earlier{First: true}, Change{Rule: May37, Worse: true}, "", ""},
		{"38 §: to nobody's detriment", Earlier{First: true}, Change{Rule: Must38, Worse: true, Detriment: Safety}, "detriment", "38"},
		{"38 §: obviously wrong", Earlier{Favours: true, First: true}, Change{Rule: Must38}, "", ""},
		{"39 §: appealed, changed under 37 §", Earlier{Appealed: true, First: true}, Change{Rule: May37}, "appealed", "39"},
		{"39 §: appealed, changed under 38 §", Earlier{Appealed: true, First: true}, Change{Rule: Must38}, "", ""},
		{"39 §: handed over already", Earlier{Appealed: true, Forwarded: true, First: true}, Change{Rule: Must38}, "forwarded", "39"},
		{"no rule", Earlier{First: true}, Change{}, "rule", "36–38"},
	} {
		err := MayChange(x.e, x.c)
		var no *ChangeError
		if x.why == "" && err != nil || x.why != "" && (!errors.As(err, &no) || no.Why != x.why || no.Section != x.section) {
			t.Errorf("%s: %v, expected %q of %s §", x.name, err, x.why, x.section)
		}
	}
}

func TestWhenADecisionIsFinal(t *testing.T) {
	c := days(t)
	never := func(string) calendar.Date { return calendar.Date{} }
	record := func(change func(*Record)) *Record {
		r := &Record{Day: on(t, "2026-03-02"), Appeal: Appealing{Type: casetype.Administrative, Within: weeks},
			Parties: []Served{{N: 0, Role: "initiator", Against: true, On: on(t, "2026-03-02")}, {N: 1, Role: "concerned", On: on(t, "2026-03-04")}, {N: 2, Role: "agent"}}}
		change(r)
		return r
	}
	today := on(t, "2026-03-26")
	for _, x := range []struct {
		name  string
		r     *Record
		final func(string) calendar.Date
		on    string
		wait  Wait
	}{
		{"the day after the last of all the parties", record(func(*Record) {}), never, "2026-03-26", WaitNothing},
		{"one has not received it", record(func(r *Record) { r.Parties[1].On = calendar.Date{} }), never, "", WaitServed},
		{"time runs", record(func(r *Record) { r.Parties[1].On = on(t, "2026-03-09") }), never, "2026-03-31", WaitPeriod},
		{"an appeal waits", record(func(r *Record) { r.Appeals = []Appeal{{State: Lodged}} }), never, "", WaitAppeal},
		{"at the court", record(func(r *Record) { r.Appeals = []Appeal{{State: Forwarded}} }), never, "", WaitAppeal},
		{"an appeal by somebody without the right to", record(func(r *Record) { r.Appeals = []Appeal{{State: Unfounded}} }), never, "2026-03-26", WaitNothing},
		{"dismissed, which can be appealed", record(func(r *Record) { r.Appeals = []Appeal{{State: Dismissed, Dismissal: "x"}} }), never, "", WaitAppeal},
		{"dismissed, and that is final", record(func(r *Record) { r.Appeals = []Appeal{{State: Dismissed, Dismissal: "x"}} }), func(string) calendar.Date { return today }, "2026-03-26", WaitNothing},
		{"the court refused, not final yet", record(func(r *Record) { r.Appeals = []Appeal{{State: StateRuled, Outcome: Upheld}} }), never, "", WaitAppeal},
		{"the court refused", record(func(r *Record) {
			r.Appeals = []Appeal{{State: StateRuled, Outcome: Upheld, FinalOn: on(t, "2026-03-20")}}
		}), never, "2026-03-26", WaitNothing},
		{"the court annulled", record(func(r *Record) { r.Appeals = []Appeal{{State: StateRuled, Outcome: Annulled, FinalOn: today}} }), never, "", WaitVoid},
		{"changed by the authority", record(func(r *Record) { r.Changed = "y" }), never, "", WaitVoid},
		{"cannot be appealed", record(func(r *Record) { r.Appeal = Appealing{Type: casetype.NoAppeal} }), never, "2026-03-02", WaitNothing},
		{"KL 13 kap. 5 §: not announced", record(func(r *Record) { r.Appeal.Type = casetype.Legality }), never, "", WaitAnnounce},
		{"KL 13 kap. 5 §: from the announcement", record(func(r *Record) {
			r.Appeal.Type, r.Report.Announced, r.Report.Last = casetype.Legality, on(t, "2026-03-03"), on(t, "2026-03-24")
		}), never, "2026-03-25", WaitNothing},
	} {
		got := FinalOf(c, x.r, today, x.final)
		var want calendar.Date
		if x.on != "" {
			want = on(t, x.on)
		}
		if got.On != want || got.Wait != x.wait {
			t.Errorf("%s: %+v, expected %s %q", x.name, got, x.on, x.wait)
		}
	}
}

func TestFL_42_WhoMayAppeal(t *testing.T) {
	r := &Record{Appeal: Appealing{Type: casetype.Administrative}, Parties: []Served{{N: 0, Against: true}, {N: 1}, {N: 2, Role: "agent", Against: true}}}
	for place, want := range map[int]Refusal{0: "", 1: NotAgainst, 2: NotConcerned, NoParty: NotConcerned, 9: NotConcerned} {
		if got := standing(r, Appeal{Party: place}); got != want {
			t.Errorf("party %d: %q, expected %q", place, got, want)
		}
	}
	r.Appeal.Type = casetype.Legality // KL 13 kap. 1 §: every member
	if standing(r, Appeal{Party: NoParty, Member: true}) != "" || standing(r, Appeal{Party: 0}) != NotMember {
		t.Error("members of the municipality, and only they, appeal the legality")
	}
}

func statement(t testing.TB) (Statement, *journal.Key, []byte) {
	t.Helper()
	key, _, err := journal.GenerateKey("example.se/dygnet")
	if err != nil {
		t.Fatal(err)
	}
	html := []byte("<!DOCTYPE html>\n<html lang=\"sv\"><body>-->\n<!-- hej</body></html>\n")
	return Statement{Number: "KS 2026/00001", Case: store.NewID(), Decision: store.NewID(), HTML: sum(html), PDF: sum([]byte("%PDF")), Decider: "p", Mandate: "m", Delegation: "KS 1", At: time.Date(2026, 3, 2, 11, 0, 0, 1000, time.UTC)}, key, html
}

func TestASavedDecisionProvesItselfAndNothingElse(t *testing.T) {
	s, key, html := statement(t)
	signed, err := s.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	file := Sealed(html, signed)
	got, text, err := Unseal(file)
	if err != nil || string(got) != string(html) {
		t.Fatal(err)
	}
	if read, err := Verify(got, text, key.Public()); err != nil || read != s {
		t.Fatalf("%+v, %v", read, err)
	}
	if _, err := Verify([]byte("%PDF"), text, key.Public()); err != nil {
		t.Errorf("the paper copy: %v", err)
	}
	if _, err := Verify(append(html, ' '), text, key.Public()); !errors.Is(err, ErrDocument) {
		t.Errorf("a changed document: %v", err)
	}
	if _, err := Verify(html, strings.Replace(text, "decider: p", "decider: q", 1), key.Public()); !errors.Is(err, journal.ErrStatement) {
		t.Errorf("another decider: %v", err)
	}
	if _, err := (Statement{Number: "x\ny"}).Sign(key); !errors.Is(err, ErrStatement) {
		t.Errorf("a value of two lines: %v", err)
	}
	for _, bad := range []string{"", "x", string(html), string(file[:len(file)-2]), string(file) + "x"} {
		if _, _, err := Unseal([]byte(bad)); !errors.Is(err, ErrStatement) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzStatement(f *testing.F) {
	s, _, html := statement(f)
	var whole string
	for _, x := range s.fields() {
		whole += x.name + ": " + x.value + "\n"
	}
	f.Add(whole, html)
	f.Add("number: \n", []byte("\n<!--\n-->\n"))
	f.Fuzz(func(t *testing.T, text string, file []byte) {
		if s, err := parseStatement(text); err == nil {
			var again string
			for _, x := range s.fields() {
				again += x.name + ": " + x.value + "\n"
			}
			if read, err := parseStatement(again); err != nil || !read.At.Equal(s.At) {
				t.Fatalf("%q reads as %q: %v", text, again, err)
			}
		}
		if html, text, err := Unseal(file); err == nil && string(Sealed(html, text)) != string(file) {
			t.Fatalf("%q is taken apart into another file", file)
		}
	})
}

// The same record always gives the same bytes, so that the digest proves them.
func TestTheDocumentIsTheSameEachTimeItIsMade(t *testing.T) {
	texts := i18ntest.Complete(t, Texts)
	r := &Record{Number: "KS 2026/00001", Title: "Avslag", Day: on(t, "2026-03-02"), Words: Words{Text: "Nej.\n\nInte nu.", Reasons: "Därför.", Grounds: []Ground{{Text: "FL 32 §"}}, Deciders: []string{"Anna"}},
		Appeal: Appealing{Type: casetype.Administrative, Text: "Skriv till rätten."}}
	first := compose(texts.For("sv"), r, about{Sender: "Kommunen", Subject: "Lampa", Party: []string{"Ines"}})
	for range 3 {
		again := compose(texts.For("sv"), r, about{Sender: "Kommunen", Subject: "Lampa", Party: []string{"Ines"}})
		for name, write := range map[string]func(letter) ([]byte, error){"html": letter.html, "pdf": letter.pdf} {
			a, err := write(first)
			if err != nil {
				t.Fatal(err)
			}
			b, err := write(again)
			if err != nil || sum(a) != sum(b) {
				t.Errorf("%s differs: %v", name, err)
			}
		}
	}
}
