package app

import (
	"context"
	"fmt"
	"net"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/reach"
	"dygnet/internal/channels/email"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// demoSender is who writes in a demo. Its letters go no further than the demo's own mailbox.
const demoSender = "noreply@demo.example"

func mailServer(c config.Email) email.Server {
	return email.Server{Host: c.Host, Port: c.Port, Security: c.TLS, User: c.User, Password: string(c.Password), Timeout: c.Timeout}
}

// openEmail makes the sender of letters and lets it follow the journal. Without a mail server nothing is sent, and nothing is promised.
func (a *App) openEmail(ctx context.Context) error {
	c := a.cfg.Email
	server, from := mailServer(c), c.From
	if a.cfg.Demo && c.Host == "" {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("opening the demo's mailbox: %w", err)
		}
		a.mailbox, a.mailListener = email.NewMailbox(a.db, a.clock, a.log), listener
		a.closers = append(a.closers, closer(func() error { _ = listener.Close(); return nil }))
		server = email.Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: "none", Hello: "localhost"}
		from = demoSender
	}
	if server.Host == "" {
		return nil
	}
	sender, err := email.NewSender(email.Options{
		DB: a.db, Queue: a.queue, Clock: a.clock, Server: server, From: from,
		Undelivered: func(ctx context.Context, o email.Outcome) error {
			return a.cases.Unreached(ctx, o.CaseID, o.ID, o.Reason)
		},
	})
	if err != nil {
		return err
	}
	a.sender = sender
	a.dispatcher.Subscribe(letterWriter, letters{a, sender}.handle)
	return nil
}

// letters writes to citizens about what happens in their cases. A letter says that something happened, never what.
type letters struct {
	a      *App
	sender *email.Sender
}

func (l letters) handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	for _, e := range batch {
		if err := l.beside(ctx, tx, e); err != nil {
			return fmt.Errorf("writing to others about %s: %w", e.Action, err)
		}
		switch e.Action {
		case cases.ActionSubmitted, cases.ActionMessaged, cases.ActionDecided, cases.ActionClosed,
			clock.ActionExtended, clock.ActionDelayed, clock.ActionRefused:
			if err := l.write(ctx, tx, e); err != nil {
				return fmt.Errorf("writing a letter about %s: %w", e.Action, err)
			}
		}
	}
	return nil
}

func (l letters) write(ctx context.Context, tx *store.Tx, e journal.Recorded) error {
	who, err := l.a.cases.Contact(ctx, tx, e.Object.ID)
	if err != nil {
		return err
	}
	wishes, err := l.a.reach.Of(ctx, tx, who.Person)
	if err != nil {
		return err
	}
	if wishes.Email != "" { // shown to be theirs, which what stands in the form is not
		who.Email = wishes.Email
	}
	if who.Email == "" || wishes.By[matterOf(e.Action)] != reach.Email {
		return nil
	}
	if wishes.Lang != "" {
		who.Case.Lang = wishes.Lang
	}
	about := email.About{ID: who.Case.ID, To: who.Email, Number: who.Case.Number, Service: who.Type.Title, Received: who.Case.ReceivedAt}
	if !who.SignedIn {
		about.FollowCode = l.a.secrets.FollowCode(who.Case.ID)
	}
	m := l.a.pack.Municipality
	town := email.Town{Name: m.Name, BaseURL: l.a.cfg.BaseURL, Phone: m.Contact.Phone}
	say := l.a.texts.For(who.Case.Lang)
	write := email.NewMessage
	switch {
	case e.Action == cases.ActionSubmitted:
		write = email.Receipt
	case cases.Closing(e):
		write = email.Closed
	}
	letter := write(say, town, about)
	_, err = l.sender.Enqueue(ctx, tx, letter)
	return err
}

// matterOf is what an entry is to the one who is written to.
func matterOf(action string) reach.Matter {
	switch action {
	case cases.ActionSubmitted:
		return reach.Confirmation
	case cases.ActionMessaged, clock.ActionExtended, clock.ActionDelayed:
		return reach.Message
	}
	return reach.Decision
}

// demoBox shows the demo's mailbox on the site.
type demoBox struct{ *email.Mailbox }

func (b demoBox) Letters(ctx context.Context, limit int) ([]site.Letter, error) {
	list, err := b.List(ctx, "", limit)
	if err != nil {
		return nil, err
	}
	out := make([]site.Letter, len(list))
	for i, x := range list {
		out[i] = site.Letter{ID: x.ID, To: x.To, Subject: x.Subject, Text: x.Text, At: x.At}
	}
	return out, nil
}
