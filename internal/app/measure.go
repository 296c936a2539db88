package app

import (
	"context"
	"net/http"
	"os"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/studio"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// openMeasure makes what is counted ready. The site's cached pages show some of it.
func (a *App) openMeasure() error {
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		return err
	}
	a.measure = measure.New(measure.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Days: days, Types: a.types, Log: a.log, Targets: measure.DefaultTargets(),
		Changed: func() {
			if a.cache != nil { // not yet when the first figures are made
				a.cache.Invalidate(site.CacheTopic)
			}
		},
	})
	a.dispatcher.Listen(a.measure.Heard)
	return nil
}

// probe lets the site try itself: the start page, a form and the database.
func (a *App) probe(site http.Handler) {
	a.every("measure.probe", measure.ProbeEvery, func(ctx context.Context) error {
		paths := []string{"/"}
		for _, ct := range a.types.Open(calendar.DateOf(a.clock.Now())) {
			if ct.Auth.Level == casetype.LevelNone {
				paths = append(paths, "/e-tjanster/"+ct.ID, "/e-tjanster/"+ct.ID+"/allt")
				break
			}
		}
		return a.measure.Probe(ctx, site, paths...)
	})
}

// studio is the room of those who write and own e-services.
func (a *App) studio(door *office.Office) *studio.Module {
	return studio.New(studio.Config{Office: door, Types: a.types, Measure: a.measure, Folder: casetypeFolder{a}, Pack: a.packs.Latest})
}

// casetypeFolder is the folder of the pack as the studio sees it.
type casetypeFolder struct{ a *App }

// Read reads the folder and changes nothing.
func (f casetypeFolder) Read() (*pack.Pack, error) { return pack.Load(os.DirFS(f.a.cfg.Pack)) }

// Test runs the examples of one case type.
func (f casetypeFolder) Test(id string) ([]pack.Tested, []pack.Problem) {
	tested, other := pack.Test(os.DirFS(f.a.cfg.Pack))
	var out []pack.Tested
	for _, t := range tested {
		if t.ID == id {
			out = append(out, t)
		}
	}
	return out, other
}

// Publish reads the folder and takes in what has changed.
func (f casetypeFolder) Publish(ctx context.Context, by bodies.By) (catalogue.Outcome, error) {
	done, err := f.a.ReloadPack(ctx, by)
	return done.Outcome, err
}

// draftPreview lets officials who may see a service look at a version that is not published.
type draftPreview struct{ a *App }

// Draft finds a version that is not published yet, for one who may see it.
func (d draftPreview) Draft(r *http.Request, id string, version int) (*casetype.CaseType, bool) {
	ct, ok := d.a.types.Draft(id, version)
	if !ok {
		return nil, false
	}
	who, ok := d.a.actor(r)
	return ct, ok && access.Check(who, access.ServiceRead, studio.Object(d.a.bodies.Directory(), ct)).Allowed
}

// coverage is the share of the processes that have been assessed, for the public.
func (a *App) coverage() (covered, total int) {
	return a.packs.Latest().Coverage("", calendar.DateOf(a.clock.Now()))
}
