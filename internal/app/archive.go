package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dygnet/internal/casework/archive"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/kernel/i18n"
)

// deliveries are the packages for the e-archive.
func (a *App) deliveries() *archive.Deliveries {
	m := a.packs.Latest().Municipality
	member, _ := a.bodies.Directory().Member(m.Member)
	return &archive.Deliveries{DB: a.db, Log: a.journal, Clock: a.clock, Confirmed: a.retention.Delivered, Exporter: archive.New(archive.Config{
		Cases: a.cases, Vault: a.vault, Journal: a.journal, Directory: a.bodies.Directory, TypeText: catalogue.Text,
		Protected: func(ctx context.Context, person string) (bool, error) {
			p, err := a.bodies.Person(ctx, person)
			return p.Protected, err
		},
		Archive: m.Name.In(i18n.SV), Number: member.OrgNumber, Version: a.version,
	})}
}

// ExportArchive writes packages for the e-archive: of the cases named, or of all that are due.
func ExportArchive(ctx context.Context, file, dir, version string, numbers []string, due bool, out io.Writer) error {
	if due == (len(numbers) > 0) {
		return errors.New("say which cases: --case with a number, or --due for all that are to be preserved and not delivered yet")
	}
	cfg, err := load(file)
	if err != nil {
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, io.Discard), version)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	d := a.deliveries()
	var list []archive.Case
	if due {
		if list, err = d.Due(ctx); err != nil {
			return err
		}
	}
	for _, number := range numbers {
		one, err := d.ByNumber(ctx, number)
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	made, err := d.Deliver(ctx, list, dir)
	for _, one := range made {
		if _, werr := fmt.Fprintf(out, "%s: %d packages in %s. Enter the receipt of the e-archive on %s/%s.\n", one.Body, one.Cases, dir, archive.Path, one.ID); werr != nil {
			err = errors.Join(err, werr)
		}
	}
	if errors.Is(err, archive.ErrNothing) {
		_, err = fmt.Fprintln(out, "Nothing is to be delivered now.")
	}
	return err
}
