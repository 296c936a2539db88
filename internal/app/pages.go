package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"dygnet/internal/kernel/store"
)

// checkEvery is how often the pages of the database file are looked through.
const checkEvery = time.Hour

// ErrDamaged means that the database file has damaged pages. The program then ends with ExitDamaged, so that the server that asked knows it
// from a check that could not be made.
var ErrDamaged = errors.New("the database file is damaged")

// ExitDamaged is the exit code of a check that found damage.
const ExitDamaged = 3

// watchPages looks for damaged pages soon after the start and then each hour: a server must not go on answering from a damaged file.
func (a *App) watchPages(ctx context.Context) {
	timer := time.NewTimer(10 * time.Second)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := a.checkPages(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("checking the database's pages", "error", err, "corrupt", errors.Is(err, store.ErrCorrupt))
		}
		timer.Reset(checkEvery)
	}
}

// checkPages looks at every page in a process of its own at the lowest priority, since reading gigabytes takes a whole core from those who wait
// for an answer, and the runtime of this process cannot let some of its work yield. Where no such process can be had, it is done here, with
// rests.
func (a *App) checkPages(ctx context.Context) error {
	if a.self == "" || a.db.Engine() == store.Postgres {
		return a.db.QuickCheck(ctx, store.Polite)
	}
	//nolint:gosec // the program itself, with the database of its own configuration
	cmd := exec.CommandContext(ctx, a.self, "pages", string(a.cfg.Database))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, whose priority it lowers
	var said bytes.Buffer
	cmd.Stderr = &said
	held, err := cmd.StdinPipe() // when this process dies, the other one sees its input end, and stops
	if err == nil {
		defer func() { _ = held.Close() }()
		err = cmd.Run()
	}
	var exit *exec.ExitError
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() == ExitDamaged:
		err = fmt.Errorf("%w: %s", store.ErrCorrupt, strings.TrimSpace(said.String()))
		a.db.Distrust(err)
		return err
	}
	a.log.Warn("the database's pages are checked in the server itself: a process for it could not be had", "error", err, "said", said.String())
	return a.db.QuickCheck(ctx, store.Polite)
}

// CheckPages looks for damaged pages in a SQLite database beside the server that runs on it, at the lowest priority, until ctx or held ends.
// Damage is ErrDamaged.
func CheckPages(ctx context.Context, database string, held io.Reader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, held)
		stop()
	}()
	const lowest = 19
	rest := 0
	if err := syscall.Setpriority(syscall.PRIO_PGRP, 0, lowest); err != nil {
		rest = store.Polite // where priority may not be lowered, it rests
	}
	db, err := store.Open(ctx, store.Options{URL: database, Log: slog.New(slog.DiscardHandler), AsIs: true, Readers: 1})
	if err == nil {
		err = errors.Join(db.QuickCheck(ctx, rest), db.Close())
	}
	if errors.Is(err, store.ErrCorrupt) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
