package inbox_test

import (
	"io/fs"
	"testing"
	"time"

	"dygnet/internal/casework/inbox"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func TestAMarkIsOnesOwnAndNeverGoesBack(t *testing.T) {
	storetest.Each(t, []fs.FS{inbox.Migrations}, func(t *testing.T, db *store.DB) {
		m := inbox.New(db, calendar.NewFake(time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)))
		for _, n := range []int{3, 5, 4} {
			if err := m.Read(t.Context(), "ines", "a", n); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Read(t.Context(), "bo", "b", 1); err != nil {
			t.Fatal(err)
		}
		got, err := m.Of(t.Context(), "ines", []string{"a", "b"})
		if err != nil || len(got) != 1 || got["a"] != 5 {
			t.Errorf("%v, %v", got, err)
		}
	})
}
