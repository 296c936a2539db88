package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"sync"
	"syscall"

	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/pack"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
)

// packs is the pack as it was read last.
type packs struct {
	reading sync.Mutex // held by whoever reads the folder
	mu      sync.RWMutex
	latest  *pack.Pack
	done    PackReload
}

// PackReload is what came of reading the pack's folder.
type PackReload struct {
	catalogue.Outcome
	Broken  []pack.Problem // files of case types that are wrong; what was published of them before is still offered
	Restart []string       // files that were changed and take effect with the next start
}

func (p *packs) set(latest *pack.Pack, done PackReload) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latest, p.done = latest, done
}

// Latest is the pack as it was read last.
func (p *packs) Latest() *pack.Pack {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.latest
}

// openPack applies the pack that was read at the start.
func (a *App) openPack(ctx context.Context) error {
	var err error
	if a.types, err = catalogue.Open(ctx, a.db, a.journal, a.clock); err != nil {
		return err
	}
	if err = a.openMeasure(); err != nil {
		return err
	}
	return a.takePack(ctx, a.pack, bodies.By{Person: journal.System})
}

// takePack makes the organisation and the case types what a pack says.
func (a *App) takePack(ctx context.Context, p *pack.Pack, by bodies.By) error {
	if err := apply(ctx, a.bodies, p, a.cfg.Demo); err != nil {
		return err
	}
	outcome, err := a.types.Reload(ctx, p, by)
	if err != nil {
		return err
	}
	if err := a.measure.TakeLevels(ctx, p.Processes); err != nil {
		return err
	}
	if a.modules.steering != nil { // not at the start, where what the documents need is not open yet
		if err := a.takeSteering(ctx, p); err != nil {
			return err
		}
	}
	done := PackReload{Outcome: outcome, Broken: p.Broken, Restart: restart(a.pack, p)}
	a.packs.set(p, done)
	done.log(ctx, a.log)
	return nil
}

// ReloadPack reads the pack's folder again and takes in what has changed, while people go on with what they do. A fault of anything but a
// case type refuses the whole ([pack.LoadError]) and changes nothing. By is who asked for it.
func (a *App) ReloadPack(ctx context.Context, by bodies.By) (PackReload, error) {
	a.packs.reading.Lock()
	defer a.packs.reading.Unlock()
	p, err := pack.Load(os.DirFS(a.cfg.Pack))
	if err != nil {
		return PackReload{}, fmt.Errorf("the pack %s cannot be used:\n%w", a.cfg.Pack, err)
	}
	if err := a.takePack(ctx, p, by); err != nil {
		return PackReload{}, err
	}
	a.cache.Invalidate(site.CacheTopic)
	return a.PackState(), nil
}

// PackState is what came of reading the pack's folder last.
func (a *App) PackState() PackReload {
	a.packs.mu.RLock()
	defer a.packs.mu.RUnlock()
	return a.packs.done
}

// restart names the files whose content only the start takes in.
func restart(before, after *pack.Pack) []string {
	var names []string
	for _, f := range []struct {
		name          string
		before, after any
	}{
		{"municipality.yaml", before.Municipality, after.Municipality}, {"personas.yaml", before.Personas, after.Personas},
		{"residents.csv", before.Residents, after.Residents}, {"organisations.csv", before.Firms, after.Firms},
		{"addresses.csv", before.Addresses, after.Addresses}, {"map.geojson", before.Map.Raw, after.Map.Raw},
	} {
		if !reflect.DeepEqual(f.before, f.after) {
			names = append(names, f.name)
		}
	}
	return names
}

// log says what was done, and each thing that is wrong on a line of its own. The texts come from files and name nobody.
func (r PackReload) log(ctx context.Context, log *slog.Logger) {
	for _, p := range r.Broken {
		log.ErrorContext(ctx, "a case type is broken and left out; the version published before is still offered", "problem", p.String())
	}
	for _, p := range r.Refused {
		log.ErrorContext(ctx, "a case type is not published; the version published before is still offered", "problem", p.String())
	}
	for _, id := range r.Absent {
		log.WarnContext(ctx, "a case type is offered though no sound file of the pack has it; to end it, keep its file with state: retired", "casetype", id)
	}
	for _, name := range r.Restart {
		log.WarnContext(ctx, "a file of the pack was changed and takes effect with the next start", "file", name)
	}
	if len(r.Published)+len(r.Retired) > 0 {
		log.InfoContext(ctx, "case types", "published", r.Published, "retired", r.Retired, "unchanged", len(r.Unchanged))
	}
}

// watchPack reads the pack again when the process is told to (SIGHUP), and takes in what other nodes publish, until ctx ends.
func (a *App) watchPack(ctx context.Context) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGHUP)
	defer signal.Stop(told)
	heard := make(chan struct{}, 1)
	defer a.dispatcher.Listen(func(entries []journal.Recorded) {
		for _, e := range entries {
			if e.Object.Kind == "casetype" {
				select {
				case heard <- struct{}{}:
				default: // it will look anyhow
				}
				return
			}
		}
	})()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-told:
			_, err = a.ReloadPack(ctx, bodies.By{Person: journal.System})
		case <-heard:
			err = a.types.Refresh(ctx)
			a.cache.Invalidate(site.CacheTopic) // a page may have been made between the publication and now
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			a.log.ErrorContext(ctx, "taking in the pack", "error", err)
		}
	}
}
