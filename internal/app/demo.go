package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/i18n"
)

// DemoOptions are what `dygnet demo` is told.
type DemoOptions struct {
	Pack     string
	Listen   string
	Data     string // "" for a folder that goes when the demo stops
	Database string // "" for SQLite in Data
	Version  string
	Self     string // file of this program, "" if not known
	Year     bool // filled with a model year of a municipality instead of some weeks
	Out, Err io.Writer
}

// Demo runs an installation with invented people on this machine, filled with matters to look at, and says how to sign in. Nothing it
// does reaches anybody: its e-mail ends in its own mailbox.
func Demo(ctx context.Context, o DemoOptions) (err error) {
	if o.Data == "" {
		if o.Data, err = os.MkdirTemp("", "dygnet-demo-*"); err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Data)) }()
	}
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return fmt.Errorf("the address to listen on: %w", err)
	}
	flags := map[string]string{
		"demo": "true", "pack": o.Pack, "data": o.Data, "listen": o.Listen, "base_url": "http://localhost:" + port,
		"log.format": "text", "log.level": "warn", "security.contacts": "mailto:it-sakerhet@example.se",
	}
	if o.Database != "" {
		flags["database"] = o.Database
	}
	cfg, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, o.Err), o.Version)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	fill := a.fillDemo
	if o.Year {
		fill = func(ctx context.Context) error { return a.fillYear(ctx, o.Out) }
	}
	if err := fill(ctx); err != nil {
		return fmt.Errorf("filling the demo: %w", err)
	}
	var failed error
	a.self = o.Self
	err = a.run(ctx, func(net.Addr) { failed = a.greet(o.Out) })
	return errors.Join(err, failed)
}

// greet says where the demo is and whom one can be.
func (a *App) greet(out io.Writer) error {
	_, err := fmt.Fprintf(out, "\n%s (demonstration, invented people): %s\n\nSign in at %s/logga-in as\n", a.pack.Municipality.Name.In(i18n.SV), a.cfg.BaseURL, a.cfg.BaseURL)
	for _, p := range a.pack.Personas {
		if err == nil {
			_, err = fmt.Fprintf(out, "  %-28s %s\n", p.Title.In(i18n.SV), p.Description.In(i18n.SV))
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(out, "\nStop with Ctrl-C. Data: %s\n", a.cfg.Data)
	}
	return err
}
