package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/retention"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/store"
)

// ledgerName is the file in the data folder that tells what has been destroyed. It is in no backup, and is kept with the keys.
const ledgerName = "destroyed.jsonl"

// erasers are the rooms that keep something of a case, and remove it when the case is destroyed.
func (a *App) erasers() []retention.Erase {
	return []retention.Erase{
		email.Forget, drafts.Erase, inbox.Erase, a.measure.Erase, a.disclosure.Erase, a.caseClock.Erase, a.tasks.Erase, a.ties.Erase, a.roster.Erase, a.ruling.Erase, a.board.Erase,
	}
}

// openRetention opens what sees to how long cases are kept, and clears the database of what an older copy has brought back.
func (a *App) openRetention(ctx context.Context) error {
	a.retention = retention.New(retention.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Log: a.log, Types: a.types, Cases: a.cases, Decisions: a.bodies,
		Plan: func(body string) *pack.BodyPlan { return a.packs.Latest().PlanOf(body) }, Vault: a.vault, Index: a.index, Queue: a.queue,
		LegalForce: a.legalForce, Rooms: a.erasers(), Ledger: retention.Ledger(filepath.Join(a.cfg.Data, ledgerName)),
	})
	again, err := a.retention.Reconcile(ctx)
	if err != nil {
		return err
	}
	if again > 0 {
		a.log.Warn(fmt.Sprintf("the database is an older copy: %d cases that had been destroyed since were destroyed again", again))
	}
	a.every("retention.sweep", 24*time.Hour, func(ctx context.Context) error {
		_, err := a.retention.Sweep(ctx, store.Polite)
		return err
	})
	return nil
}

// legalForce is the day the last decision of a case that is final got laga kraft.
func (a *App) legalForce(ctx context.Context, _ store.Queryer, caseID string) (calendar.Date, error) {
	var day calendar.Date
	list, err := a.ruling.Of(ctx, caseID)
	for _, r := range list {
		if r.Final.Told && r.Final.On.After(day) {
			day = r.Final.On
		}
	}
	return day, err
}

// destroyedSince tells how much the ledger knows to be destroyed, before a backup is put back. What a backup brings back of it can only be
// destroyed again with the keys in place.
func destroyedSince(cfg config.Config) (int, error) {
	lines, err := retention.Ledger(filepath.Join(cfg.Data, ledgerName)).Read()
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	for _, key := range []string{cfg.Documents.MasterKeyFile, cfg.Journal.KeyFile} {
		if _, err := os.Stat(key); err != nil {
			return 0, fmt.Errorf("put the keys back first (%s is missing): %d cases have been destroyed since the installation began, and what the backup brings back of them must be destroyed again", key, len(lines))
		}
	}
	return len(lines), nil
}

// destroyAgain opens what was restored, which clears it of what has been destroyed since the backup was made.
func destroyAgain(ctx context.Context, cfg config.Config, gone int, out io.Writer) error {
	if gone == 0 {
		_, err := fmt.Fprintf(out, "There is no %s: nothing has been destroyed, or the file has not been put back. If cases were destroyed after the backup was made, put it in %s before you start.\n", ledgerName, cfg.Data)
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, io.Discard), "")
	if err != nil {
		return fmt.Errorf("the backup is back, but what had been destroyed since may be in it; do not start the server: %w", err)
	}
	if err := a.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "cleared of what had been destroyed since (%d cases in %s).\n", gone, ledgerName)
	return err
}
