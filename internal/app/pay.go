package app

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/channels/email"
	"dygnet/internal/channels/pay"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// tendEvery is how often forms that wait for signatures and payments are looked at.
const tendEvery = 2 * time.Minute

// openPayments chooses who takes fees: Stripe if it has a key, the demonstration's till in the demo, otherwise nobody.
func (a *App) openPayments() {
	s := a.cfg.Payment.Stripe
	switch {
	case s.SecretKey != "":
		a.stripe = pay.NewStripe(a.clock, s.URL, string(s.SecretKey), string(s.WebhookSecret))
		a.payments = payment.New(a.db, a.journal, a.clock, a.stripe)
	case a.cfg.Demo:
		a.till = pay.NewTill()
		a.payments = payment.New(a.db, a.journal, a.clock, a.till)
	}
}

// formOrigins are the sites that a form of ours may be redirected to.
func (a *App) formOrigins() []string {
	list := a.identity.FormOrigins()
	if a.stripe != nil {
		list = append(slices.Clone(list), pay.CheckoutOrigin)
	}
	return list
}

// teller writes to those who are to sign, and to those who wait for them.
type teller struct{ a *App }

// Tell puts a letter in the outbox. An address that no letter can go to stops nobody from signing: it waits on Mina sidor too.
func (t teller) Tell(ctx context.Context, tx *store.Tx, x drafts.Telling) error {
	if _, err := email.ParseAddress(x.To); err != nil {
		return nil //nolint:nilerr // see above
	}
	about := email.AboutForm{Kind: string(x.Kind), To: x.To, Writer: x.Writer, Path: x.Path, Until: x.Until}
	if ct, ok := t.a.types.Version(x.TypeID, x.Version); ok && ct.Secrecy.Default != casetype.Presumed { // its name alone would tell too much
		about.Service = ct.Title
	}
	m := t.a.pack.Municipality
	_, err := t.a.sender.Enqueue(ctx, tx, email.Signing(t.a.texts.For(x.Lang), email.Town{Name: m.Name, BaseURL: t.a.cfg.BaseURL, Phone: m.Contact.Phone}, about))
	return err
}

// UnclaimedPayments lists for finance, as CSV, what was paid more than an hour ago and became no matter: it is paid back, or handed in. It
// names nobody; the provider knows who paid.
func UnclaimedPayments(ctx context.Context, file string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, io.Discard), "")
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := payment.New(a.db, a.journal, a.clock, nil).Unclaimed(ctx)
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	rows := [][]string{{"payment", "paid", "service", "provider", "reference", "kronor"}}
	for _, p := range list {
		rows = append(rows, []string{p.ID, calendar.DateOf(p.Changed).String(), p.TypeID, p.Provider, p.Ref, p.Paid.String()})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}
