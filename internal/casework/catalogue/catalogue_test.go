package catalogue_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// sample is the first case type of the pack in the repository.
func sample(t *testing.T) *casetype.CaseType {
	t.Helper()
	p, err := pack.Load(os.DirFS("../../../packs/fagersta"))
	if err != nil {
		t.Fatal(err)
	}
	return p.CaseTypes[0]
}

func changed(t *testing.T, ct *casetype.CaseType, change func(*casetype.Definition)) *casetype.CaseType {
	t.Helper()
	def := ct.Definition
	change(&def)
	out, issues := casetype.Compile(def)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return out
}

func TestPublishedVersionsNeverChangeAndStay(t *testing.T) {
	storetest.Each(t, []fs.FS{journal.Migrations, catalogue.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		first := sample(t)
		open := func(list ...*casetype.CaseType) (*catalogue.Catalogue, error) {
			return catalogue.Open(t.Context(), db, log, clock, list, nil)
		}
		for range 2 {
			if _, err := open(first); err != nil {
				t.Fatal(err)
			}
		}
		reworded := changed(t, first, func(d *casetype.Definition) { d.Title = i18n.Text{i18n.SV: "Annat", i18n.EN: "Other"} })
		var refused *catalogue.ChangedError
		if _, err := open(reworded); !errors.As(err, &refused) || refused.ID != first.ID {
			t.Fatalf("a published version was changed: %v", err)
		}
		next := changed(t, reworded, func(d *casetype.Definition) { d.Version = first.Version + 1 })
		c, err := open(next)
		if err != nil {
			t.Fatal(err)
		}
		old, ok := c.Version(first.ID, first.Version)
		if !ok || old.Title.In(i18n.SV) != first.Title.In(i18n.SV) || len(old.Form.Steps) != len(first.Form.Steps) {
			t.Error("the version that cases pin is gone")
		}
		if list := c.Open(calendar.DateOf(clock.Now())); len(list) != 1 || list[0].Version != next.Version {
			t.Errorf("open today: %v", list)
		}
		if list := c.Open(next.ValidFrom.AddDays(-1)); len(list) != 0 {
			t.Error("a case type is open before its first day")
		}
	})
}
