package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/lawbook"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
)

// openLaw opens the statutes. What the command line imports, a running server hears of through the journal.
func (a *App) openLaw() {
	a.law = lawbook.New(lawbook.Config{DB: a.db, Journal: a.journal, Clock: a.clock, Types: a.types, Log: a.log})
	a.ruling.Law = a.law
	a.dispatcher.Listen(a.law.Heard)
	a.every("lawbook.counts", 5*time.Minute, a.law.WriteCounts)
}

// lawPages are the pages of the law, and its part of a case's page.
func (a *App) lawPages(door *office.Office) *lawbook.Module {
	return &lawbook.Module{Service: a.law, Office: door, Site: a.publicPage}
}

// lawPlace is where those who own e-services see what has changed in the law.
func (a *App) lawPlace() desk.Place {
	return desk.Place{Text: "law.changes.title", Path: lawbook.PathChanges, For: access.ServiceManage, Count: a.lawPages(nil).Count}
}

// ImportLaw reads statutes from files and folders into the installation, and prints what is new and what cannot be read.
func ImportLaw(ctx context.Context, file string, paths []string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, io.Discard), "")
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	begin := a.clock.Now()
	r, err := a.law.Import(ctx, bodies.By{Person: journal.System}, paths...)
	for _, f := range r.Faults {
		if _, werr := fmt.Fprintln(out, f.Error()); werr != nil {
			return werr
		}
	}
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%d new, %d changed, %d unchanged, %d files older or without the text that is here, %d files that cannot be read (%s)\n", r.New, r.Changed, r.Unchanged, r.Superseded, len(r.Faults),
		a.clock.Now().Sub(begin).Round(100*time.Millisecond)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%d sections written; %d of the new and changed statutes have no text in their file; %d changes for owners of case types to look at\n", r.Sections, r.WithoutText, r.Changes); err != nil {
		return err
	}
	if len(r.Faults) > 0 {
		return ErrFound
	}
	return nil
}
