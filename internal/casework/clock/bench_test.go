package clock_test

import (
	"io/fs"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/clock"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store/storetest"
)

// BenchmarkSubmit tells what keeping the time costs a submission.
func BenchmarkSubmit(b *testing.B) {
	for _, kept := range []bool{false, true} {
		b.Run(map[bool]string{false: "alone", true: "watched"}[kept], func(b *testing.B) {
			db := storetest.SQLite(b, append(casestest.Rooms(), fs.FS(clock.Migrations))...)
			w := casestest.New(b, db)
			if kept {
				days, err := calendar.NewCalendar(calendar.DefaultRules())
				if err != nil {
					b.Fatal(err)
				}
				w.Service = cases.New(cases.Config{DB: db, Journal: w.Log, Clock: w.Clock, Days: days, Types: w, Organisation: w,
					Secrets: cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef")), Watcher: clock.NewKeeper(days, w.Clock, nil)})
			}
			for b.Loop() {
				w.HandIn(b, casestest.Broken())
			}
		})
	}
}
