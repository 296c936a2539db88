package app

import (
	"context"

	"dygnet/internal/casework/printout"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// newPrinter puts what was handed in on paper, into the cases whose type wants that.
func (a *App) newPrinter() *printout.Printer {
	p := &printout.Printer{
		Cases: a.cases, Types: a.types, Vault: a.vault, Queue: a.queue, Clock: a.clock, Town: a.pack.Municipality.Name,
		Words: func(l i18n.Lang) *i18n.Localizer { return a.texts.For(l) }, // they are read after this
	}
	p.Register()
	return p
}

// proofs writes to addresses that somebody says are theirs.
type proofs struct{ a *App }

func (p proofs) Proof(ctx context.Context, tx *store.Tx, l *i18n.Localizer, to, path string) error {
	m := p.a.pack.Municipality
	_, err := p.a.sender.Enqueue(ctx, tx, email.Proof(l, email.Town{Name: m.Name, BaseURL: p.a.cfg.BaseURL, Phone: m.Contact.Phone}, to, path))
	return err
}

// offices tells by what mandate an official did something.
type offices struct{ a *App }

func (o offices) Office(mandate string) (role, unit i18n.Text, ok bool) {
	d := o.a.bodies.Directory()
	m, ok := d.Mandate(mandate)
	if !ok {
		return nil, nil, false
	}
	if r, found := d.Role(m.Role); found {
		role = r.Name
	}
	if u, found := d.Unit(m.Unit); found {
		unit = u.Name
	}
	return role, unit, role != nil
}
