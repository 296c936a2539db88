package pack_test

import (
	"io/fs"
	"log/slog"
	"testing"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func TestTheKernelTakesTheOrganisationOfThePack(t *testing.T) {
	p, err := pack.Load(fagersta(t))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		service, err := bodies.Open(t.Context(), db, log, clock, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		done, err := service.Import(t.Context(), bodies.By{Person: journal.System}, p.Organised())
		if err != nil {
			t.Fatal(err)
		}
		if done.Changed["persons"] != len(p.People)+len(p.Residents) || done.Changed["reserved"] != len(p.Reserved.Actions) {
			t.Errorf("imported %v", done.Changed)
		}
		if again, err := service.Import(t.Context(), bodies.By{Person: journal.System}, p.Organised()); err != nil || !again.Unchanged {
			t.Errorf("again: %+v, %v", again, err)
		}
		err = service.Reserved(t.Context(), bodies.Act{Member: "fagersta", Action: "strategy.adopt", On: calendar.NewDate(2026, 11, 23)})
		if err == nil {
			t.Error("the strategy is reserved to nobody")
		}
		manager, err := service.PersonByKey(t.Context(), "ingemar-stal")
		if err != nil {
			t.Fatal(err)
		}
		var roles []string
		for _, m := range service.Directory().HistoryOf(manager.ID) {
			roles = append(roles, m.Role+"@"+m.Member+"/"+m.Unit)
		}
		if len(roles) != 2 || roles[0] != access.ITManager+"@nvk/it" && roles[1] != access.ITManager+"@nvk/it" {
			t.Errorf("the IT manager holds %v", roles)
		}
	})
}
