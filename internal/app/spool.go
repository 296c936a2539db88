package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"dygnet/internal/casework/spool"
	"dygnet/internal/kernel/config"
)

// replayEvery is how often the spool is looked through while something waits there.
const replayEvery = 30 * time.Second

// watchSpool takes in what waits in the spool, at the start and then as soon as the database can take it.
func (a *App) watchSpool(ctx context.Context) {
	tick := time.NewTicker(replayEvery)
	defer tick.Stop()
	for {
		if err := a.replay(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("taking in what waits in the spool", "error", err, "waiting", a.spool.Waiting())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Maintenance switches maintenance on or off for the server that runs on the configuration's data folder. It takes effect at once.
func Maintenance(file string, on bool, out io.Writer) error {
	cfg, err := config.Load(config.Sources{File: file, Environ: os.Environ()})
	if err != nil {
		return err
	}
	if err := spool.MaintenanceOf(cfg.Data).Set(on); err != nil {
		return err
	}
	said := "maintenance is off: what was handed in meanwhile is taken in within %s\n"
	if on {
		said = "maintenance is on: what is handed in waits, and is taken in within %s when it is switched off\n"
	}
	_, err = fmt.Fprintf(out, said, replayEvery)
	return err
}
