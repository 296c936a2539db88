package cases_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// filters are all combinations of what a list can be asked that are served, two narrowings at a time.
func filters(person string) []cases.Filter {
	narrow := []func(*cases.Filter){
		func(*cases.Filter) {}, func(f *cases.Filter) { f.Unit = "gata" }, func(f *cases.Filter) { f.Type = "lampa" }, func(f *cases.Filter) { f.Status = "pagar" },
		func(f *cases.Filter) { f.Content = casetype.Closed }, func(f *cases.Filter) { f.Assignee = person }, func(f *cases.Filter) { f.Channel = "phone" },
		func(f *cases.Filter) { f.Mark = cases.MarkSome }, func(f *cases.Filter) { f.Mark = cases.MarkSecret }, func(f *cases.Filter) { f.Due = cases.DueLate },
		func(f *cases.Filter) { f.Due = cases.DueSoon }, func(f *cases.Filter) { f.From = calendar.NewDate(2026, 2, 20) }, func(f *cases.Filter) { f.To = calendar.NewDate(2026, 2, 25) },
		func(f *cases.Filter) { f.Party.Person = person }, func(f *cases.Filter) { f.Party.Organisation = "5560360793" }, func(f *cases.Filter) { f.Words = "lampa" },
	}
	var out []cases.Filter
	for _, queue := range cases.Queues() {
		for _, order := range []cases.Order{cases.Newest, cases.Oldest, cases.Urgent} {
			for i, first := range narrow {
				for _, second := range narrow[i:] {
					f := cases.Filter{Queue: queue, Order: order}
					first(&f)
					second(&f)
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// No list that is served reads the whole table, or sorts more than the rows of one person or of what was found: each walks along an index
// that has its order, and each walk is bounded.
func TestListsWalkAlongAnIndex(t *testing.T) {
	db := storetest.SQLite(t, casestest.Rooms()...)
	w := casestest.New(t, db)
	walks := []string{"cases_unit", "cases_inbox", "cases_received", "cases_due", "cases_mine", "cases_addressee", "cases_open_unit", "cases_open", "sqlite_autoindex_cases_1"}
	checked := 0
	for _, key := range []string{"anna", "reg", "rev"} {
		who := w.As(key)
		for _, f := range filters(w.IDs["bo"]) {
			page, bounds := cases.Statements(who, f, store.SQLite, calendar.NewDate(2026, 3, 2))
			for _, s := range append(bounds, page) {
				if s.Text == "" {
					continue
				}
				plan := plan(t, db, s)
				checked++
				for _, line := range plan {
					rest, of := strings.CutPrefix(line, "SEARCH c ")
					if !of {
						rest, of = strings.CutPrefix(line, "SCAN c ")
					}
					if line == "SCAN c" || of && !slices.ContainsFunc(walks, func(index string) bool { return strings.Contains(rest+" ", "INDEX "+index+" ") }) {
						t.Fatalf("%s, %+v: %s\n%s\n%s", key, f, line, s.Text, strings.Join(plan, "\n"))
					}
				}
				one := !strings.Contains(s.Text, "UNION ALL") && f.Words == "" && f.Party == (cases.Tie{}) && f.Queue != cases.QueueMine && f.Queue != cases.QueueAddressed &&
					(f.Assignee == "" || f.Queue == cases.QueueAll)
				if one && strings.Contains(strings.Join(plan, "\n"), "TEMP B-TREE") {
					t.Fatalf("%s, %+v sorts\n%s\n%s", key, f, s.Text, strings.Join(plan, "\n"))
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d plans", checked)
	}
}

func plan(t *testing.T, db *store.DB, s cases.Statement) []string {
	t.Helper()
	lines, err := store.All(t.Context(), db, func(r *store.Rows) (string, error) {
		var id, parent, unused int
		var detail string
		return detail, r.Scan(&id, &parent, &unused, &detail)
	}, "EXPLAIN QUERY PLAN "+s.Text, s.Args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Text)
	}
	return lines
}

// scatter hands in cases and spreads them over what lists ask for.
func scatter(t *testing.T, w *casestest.World, n int) []*cases.Case {
	t.Helper()
	pick := func(i int, of ...string) string { return of[i%len(of)] }
	var all []*cases.Case
	for i := range n {
		a := w.HandIn(t, casestest.Broken(), func(in *cases.Submission) {
			if i%5 == 0 {
				in.Person = w.IDs["inv"]
			}
		})
		status := pick(i, "inkommen", "pagar", "vantar", "avslutad")
		content := map[string]casetype.Content{"inkommen": casetype.Received, "pagar": casetype.InProgress, "vantar": casetype.WaitingParty, "avslutad": casetype.Closed}[status]
		open := content != casetype.Closed
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE cases SET unit = $2, type_id = $3, status = $4, content = $5, open = $6, assignee = $7, channel = $8, secrecy = $9, protected = $10,
				received_at = $11, due = $12, addressee = $13 WHERE id = $1`,
				a.CaseID, pick(i/3, "gata", "kansli", "gata", "granne"), pick(i/2, "lampa", "lampa", "annat"), status, string(content), store.Bool(open),
				pick(i/5, "", w.IDs["anna"], w.IDs["bo"], w.IDs["kim"]), pick(i/2, "web", "phone", "web"), i%7/5+i%11/10, store.Bool(i%13 == 0),
				store.Micros(calendar.NewDate(2026, 2, 15).AddDays(i%14).Start().Add(time.Duration(i%3)*time.Hour)), calendar.NewDate(2026, 2, 25).AddDays(i%16).String(), pick(i, "", "", w.IDs["pol"], "", ""))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Case(t.Context(), a.CaseID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// wants is the law of a list, said once more and without an index.
func wants(f cases.Filter, who access.Actor, c *cases.Case, today calendar.Date) bool {
	o := c.Object()
	received := calendar.DateOf(c.ReceivedAt)
	open, late := c.Open, c.Due.Before(today)
	person := f.Queue == cases.QueueMine || f.Queue == cases.QueueAddressed || f.Assignee != "" && f.Queue != cases.QueueAll
	switch {
	case !access.Check(who, access.CaseRead, o).Allowed,
		!person && !slices.Contains(access.Units(who, access.CaseRead), c.Unit), // a queue is of one's units
		f.Queue != cases.QueueAll && f.Queue != cases.QueueAddressed && !open,
		f.Queue == cases.QueueMine && c.Assignee != who.Person,
		f.Queue == cases.QueueUnassigned && c.Assignee != "",
		f.Queue == cases.QueueOverdue && !late,
		f.Queue == cases.QueueAddressed && c.Addressee != who.Person,
		f.Unit != "" && c.Unit != f.Unit, f.Type != "" && c.TypeID != f.Type, f.Status != "" && c.Status != f.Status, f.Content != "" && c.Content != f.Content,
		f.Assignee != "" && c.Assignee != f.Assignee, f.Channel != "" && c.Channel != f.Channel,
		f.Mark == cases.MarkNone && access.RequiresTrace(o), f.Mark == cases.MarkSome && !access.RequiresTrace(o),
		f.Mark == cases.MarkSecret && c.Secrecy != cases.Secret && !c.Protected,
		f.Due == cases.DueLate && !late, f.Due == cases.DueSoon && (late || today.DaysUntil(c.Due) > cases.SoonDays),
		!f.From.IsZero() && received.Before(f.From), !f.To.IsZero() && received.After(f.To):
		return false
	}
	return true
}

// Whatever a list is asked for, its pages together hold exactly what answers and may be read, once, in order, however short the look is.
func TestAListHoldsWhatAnswersAndNothingElse(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		all := scatter(t, w, 90)
		today := calendar.NewDate(2026, 3, 2)
		rapid.Check(t, func(t *rapid.T) {
			who := w.As(rapid.SampledFrom([]string{"anna", "kim", "chef", "reg", "rev", "pol", "nora", "adm"}).Draw(t, "who"))
			maybe := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "", "")).Draw(t, name) }
			f := cases.Filter{
				Queue: rapid.SampledFrom(cases.Queues()).Draw(t, "queue"), Order: rapid.SampledFrom([]cases.Order{cases.Newest, cases.Oldest, cases.Urgent}).Draw(t, "order"),
				Unit: maybe("unit", "gata", "kansli"), Type: maybe("type", "lampa", "annat"), Content: casetype.Content(maybe("content", "closed", "received")),
				Status: maybe("status", "pagar"), Assignee: maybe("assignee", w.IDs["bo"], w.IDs["anna"]), Channel: maybe("channel", "phone"),
				Mark: cases.Mark(maybe("mark", cases.Mark("").Values()...)), Due: cases.Due(maybe("due", cases.Due("").Values()...)),
				Limit: rapid.IntRange(1, 7).Draw(t, "limit"), Look: rapid.IntRange(1, 30).Draw(t, "look"),
			}
			if rapid.Bool().Draw(t, "from?") {
				f.From = calendar.NewDate(2026, 2, rapid.IntRange(14, 20).Draw(t, "from"))
			}
			if rapid.Bool().Draw(t, "to?") {
				f.To = calendar.NewDate(2026, 2, rapid.IntRange(18, 28).Draw(t, "to"))
			}
			var want []*cases.Case
			for _, c := range all {
				if wants(f, who, c, today) {
					want = append(want, c)
				}
			}
			order := f.Order
			if f.Queue == cases.QueueAll && order == cases.Urgent {
				order = cases.Newest
			}
			slices.SortFunc(want, func(a, b *cases.Case) int {
				key := func(c *cases.Case) string {
					if order == cases.Urgent {
						return c.Due.String() + c.ID
					}
					return fmt.Sprintf("%020d%s", store.Micros(c.ReceivedAt), c.ID)
				}
				n := strings.Compare(key(a), key(b))
				if order == cases.Newest {
					return -n
				}
				return n
			})
			var got []*cases.Case
			for pages := 0; ; pages++ {
				page, err := w.List(context.Background(), who, f)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Cases...)
				if f.After = page.Next; f.After == "" {
					break
				}
				if pages > 200 {
					t.Fatal("the pages never end")
				}
			}
			numbers := func(list []*cases.Case) (out []string) {
				for _, c := range list {
					out = append(out, c.Number)
				}
				return out
			}
			if !slices.Equal(numbers(got), numbers(want)) {
				t.Fatalf("%+v:\ngot  %v\nwant %v", f, numbers(got), numbers(want))
			}
			names, err := w.Initiators(context.Background(), who, got)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range got {
				veiled := access.RequiresTrace(c.Object()) && c.Assignee != who.Person
				if (c.Subject == "") != veiled || (c.Place.Address == "") != veiled || (names[c.ID] == "") != veiled {
					t.Fatalf("%s: subject %q, place %q, party %q", c.Number, c.Subject, c.Place.Address, names[c.ID])
				}
			}
		})
	})
}

// P-S: to find a marked case by its words, its place or its party is to learn what is in it, and a list leaves no trace of that.
func TestP_S_AListFindsNothingByWhatItVeils(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		mine := func(in *cases.Submission) { in.Person = w.IDs["inv"] }
		open := w.HandIn(t, casestest.Broken(), mine)
		marked := w.HandIn(t, casestest.Broken(), mine)
		taken := w.HandIn(t, casestest.Broken(), mine)
		if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: taken.CaseID}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{marked.CaseID, taken.CaseID} {
			if _, err := w.Mark(t.Context(), w.As("anna"), cases.On{Case: id}, cases.Marked, "OSL 21 kap. 1 §", "hälsa"); err != nil {
				t.Fatal(err)
			}
		}
		w.Find(t)
		for name, f := range map[string]cases.Filter{
			"words": {Words: "lampan släckt"}, "place": {Place: "Storgatan"}, "both": {Words: "lampan", Place: "storgatan 1"}, "party": {Party: cases.Tie{Person: w.IDs["inv"]}},
		} {
			f.Queue, f.Index, f.Limit = cases.QueueOpen, w.Index, 10
			for who, want := range map[string][]string{"anna": {open.Number, taken.Number}, "bo": {open.Number}, "chef": {open.Number}, "nora": nil} {
				page, err := w.List(t.Context(), w.As(who), f)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, c := range page.Cases {
					got = append(got, c.Number)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s for %s: %v, want %v", name, who, got, want)
				}
			}
		}
		for _, f := range []cases.Filter{{Place: "Storgatan_1"}, {Place: "Kyrkogatan"}, {Place: `\`}, {Words: "' OR 1=1 --"}} {
			f.Queue, f.Index = cases.QueueOpen, w.Index
			if page, err := w.List(t.Context(), w.As("anna"), f); err != nil || len(page.Cases) > 0 {
				t.Errorf("%+v found %d, %v", f, len(page.Cases), err)
			}
		}
		if _, err := w.List(t.Context(), w.As("anna"), cases.Filter{Queue: cases.QueueOpen, Words: "lampa"}); err == nil {
			t.Error("words without an index")
		}
	})
}
