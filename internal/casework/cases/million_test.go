package cases_test

import (
	"database/sql"
	"os"
	"slices"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// BenchmarkListsOfAMillion asks the lists of a page of 200 of the table of cases in the SQLite file $DYGNET_LIST_CASES, which is only read,
// and reports the slowest of each hundred. Units, types and persons are those of the file.
func BenchmarkListsOfAMillion(b *testing.B) {
	file := os.Getenv("DYGNET_LIST_CASES")
	if file == "" {
		b.Skip("set DYGNET_LIST_CASES to a file with many cases")
	}
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro&immutable=1")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	units := []string{"avfall", "gata-park", "kommunkansliet", "kontaktcenter", "utbildning-fritid", "va", "it", "skolor", "ekonomi", "fritid"}
	name := i18n.Text{i18n.SV: "x", i18n.EN: "x"}
	o := bodies.Organisation{Members: []bodies.Member{{Kind: bodies.Municipality, Name: name}}, Roles: access.Roles(), Bodies: []bodies.Body{{ID: "ks", Code: "KS", Kind: bodies.Executive, Name: name}}}
	var member string
	if err := db.QueryRow(`SELECT member FROM cases LIMIT 1`).Scan(&member); err != nil {
		b.Fatal(err)
	}
	o.Members[0].ID, o.Bodies[0].Member = member, member
	for _, u := range units {
		o.Units = append(o.Units, bodies.Unit{ID: u, Member: member, Body: "ks", Name: name})
	}
	from := calendar.NewDate(2020, 1, 1)
	o.Mandates = []bodies.Mandate{{Person: "one", Role: access.Officer, Place: bodies.Place{Unit: "gata-park", Member: member}, From: from}, {Person: "all", Role: access.Auditor, Place: bodies.Place{Member: member}, From: from}}
	d, err := o.Directory()
	if err != nil {
		b.Fatal(err)
	}
	today := calendar.NewDate(2026, 11, 23)
	filters := map[string]cases.Filter{
		"open, due": {Queue: cases.QueueOpen, Order: cases.Urgent}, "open, newest": {Queue: cases.QueueOpen, Order: cases.Newest}, "open, oldest": {Queue: cases.QueueOpen, Order: cases.Oldest},
		"all, newest": {Queue: cases.QueueAll, Order: cases.Newest}, "all, of a type": {Queue: cases.QueueAll, Type: "synpunkt"}, "open, a type": {Queue: cases.QueueOpen, Order: cases.Urgent, Type: "synpunkt"},
		"all, nothing answers": {Queue: cases.QueueAll, Channel: "letter"}, "open, nothing answers": {Queue: cases.QueueOpen, Order: cases.Urgent, Channel: "letter"},
		"all, secret": {Queue: cases.QueueAll, Mark: cases.MarkSecret}, "open, content": {Queue: cases.QueueOpen, Order: cases.Urgent, Content: casetype.InProgress},
		"open, of one": {Queue: cases.QueueOpen, Order: cases.Urgent, Assignee: "p7"}, "all, of one": {Queue: cases.QueueAll, Assignee: "p7"}, "overdue": {Queue: cases.QueueOverdue, Order: cases.Urgent},
		"nobody has": {Queue: cases.QueueUnassigned, Order: cases.Urgent}, "all, a month": {Queue: cases.QueueAll, From: calendar.NewDate(2024, 2, 1), To: calendar.NewDate(2024, 2, 29)},
		"soon, a channel": {Queue: cases.QueueOpen, Order: cases.Urgent, Due: cases.DueSoon, Channel: "phone"},
	}
	for _, person := range []string{"one", "all"} {
		who := access.Resolve(d, person, today, access.Substantial)
		for name, f := range filters {
			b.Run(person+"/"+name, func(b *testing.B) {
				var took []time.Duration
				rows := 0
				for b.Loop() {
					start := time.Now() //nolint:forbidigo // a stopwatch
					edge := ""
					_, bounds := cases.Statements(who, f, store.SQLite, today)
					for _, s := range bounds {
						var key, id string
						if err := db.QueryRow(s.Text, s.Args...).Scan(&key, &id); err == nil {
							edge = key + "." + id
						}
					}
					s := cases.Bounded(who, f, store.SQLite, today, edge)
					found, err := db.Query(s.Text, s.Args...)
					if err != nil {
						b.Fatal(err)
					}
					rows = 0
					for found.Next() {
						rows++
					}
					_ = found.Close()
					took = append(took, time.Since(start)) //nolint:forbidigo // a stopwatch
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[0].Microseconds())/1000, "best-ms") // on a busy machine the others tell of its other work
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
				b.ReportMetric(float64(rows), "rows")
			})
		}
	}
}
