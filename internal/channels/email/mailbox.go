package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// Mailbox is the demo's mail server and what it has received: there, mail really travels over SMTP, and goes nowhere else. It must
// listen on loopback only.
type Mailbox struct {
	db    *store.DB
	clock calendar.Clock
	log   *slog.Logger
	kept  atomic.Uint64 // letters since the start
}

// NewMailbox makes a mailbox.
func NewMailbox(db *store.DB, clock calendar.Clock, log *slog.Logger) *Mailbox {
	return &Mailbox{db: db, clock: clock, log: log}
}

// Received is a letter in the mailbox.
type Received struct {
	ID, To, Subject, Text, HTML string
	At                          time.Time
}

// Bounds of the mailbox.
const (
	maxLetter   = 1 << 20 // bytes
	keepLetters = 1000
	// sweepLetters is how many letters come between two times that the oldest are thrown away.
	sweepLetters = 64
)

// Serve takes mail until ctx ends.
func (m *Mailbox) Serve(ctx context.Context, listener net.Listener) error {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: m, ctx: ctx}, nil }))
	server.Domain = "localhost"
	server.MaxMessageBytes = maxLetter
	server.MaxRecipients = 10
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.ErrorLog = slog.NewLogLogger(m.log.Handler(), slog.LevelDebug)
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) && ctx.Err() == nil {
		return fmt.Errorf("the demo's mail server: %w", err)
	}
	return nil
}

// List gives the newest letters to an address, or to anybody if it is "", newest first.
func (m *Mailbox) List(ctx context.Context, to string, limit int) ([]Received, error) {
	return store.All(ctx, m.db, scanReceived, selectReceived+` WHERE $1 = '' OR to_address = $1 ORDER BY id DESC LIMIT $2`, strings.ToLower(to), limit)
}

// Get gives one letter, or store.ErrNotFound.
func (m *Mailbox) Get(ctx context.Context, id string) (Received, error) {
	list, err := store.All(ctx, m.db, scanReceived, selectReceived+` WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("letter %s: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return Received{}, err
	}
	return list[0], nil
}

const selectReceived = `SELECT id, to_address, subject, body_text, body_html, received_at FROM demo_mail`

func scanReceived(r *store.Rows) (Received, error) {
	var m Received
	var at int64
	err := r.Scan(&m.ID, &m.To, &m.Subject, &m.Text, &m.HTML, &at)
	m.At = store.Time(at)
	return m, err
}

// delivery is one conversation.
type delivery struct {
	box *Mailbox
	ctx context.Context //nolint:containedctx // go-smtp's sessions have no context of their own
	to  []string
}

func (d *delivery) Reset()                               { d.to = nil }
func (d *delivery) Logout() error                        { return nil }
func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, strings.ToLower(to))
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	m, messageID, err := parse(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "the message cannot be read"}
	}
	if err := d.box.keep(d.ctx, d.to, m, messageID); err != nil {
		d.box.log.ErrorContext(d.ctx, "the demo's mailbox cannot keep a letter", "error", err)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	}
	return nil
}

// keep stores a letter once for each address, however often it comes.
func (m *Mailbox) keep(ctx context.Context, to []string, letter Received, messageID string) error {
	// The sender's note that a letter left comes after it in the same database, so that a letter that is lost is sent again.
	return m.db.Write(store.Replayable(ctx), func(ctx context.Context, tx *store.Tx) error {
		for _, address := range to {
			if _, err := tx.Exec(ctx, `INSERT INTO demo_mail (id, message_id, to_address, subject, body_text, body_html, received_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
				store.NewID(), messageID, address, letter.Subject, letter.Text, letter.HTML, store.Micros(m.clock.Now())); err != nil {
				return err
			}
		}
		if m.kept.Add(1)%sweepLetters != 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `DELETE FROM demo_mail WHERE id < (SELECT id FROM demo_mail ORDER BY id DESC LIMIT 1 OFFSET $1)`, keepLetters-1)
		return err
	})
}

// parse reads a letter.
func parse(r io.Reader) (m Received, messageID string, err error) {
	msg, err := gomail.EMLToMsgFromReader(r)
	if err != nil {
		return Received{}, "", fmt.Errorf("reading a letter: %w", err)
	}
	if list := msg.GetGenHeader(gomail.HeaderSubject); len(list) > 0 {
		if m.Subject, err = new(mime.WordDecoder).DecodeHeader(list[0]); err != nil {
			m.Subject = list[0]
		}
	}
	for _, part := range msg.GetParts() {
		content, err := part.GetContent()
		if err != nil {
			return Received{}, "", fmt.Errorf("reading a part of a letter: %w", err)
		}
		text := strings.ReplaceAll(strings.ToValidUTF8(strings.ReplaceAll(string(content), "\x00", ""), "�"), "\r\n", "\n")
		switch {
		case strings.HasPrefix(string(part.GetContentType()), "text/html"):
			m.HTML = text
		case m.Text == "":
			m.Text = text
		}
	}
	m.Subject = strings.ToValidUTF8(strings.ReplaceAll(m.Subject, "\x00", ""), "�")
	messageID = strings.ToValidUTF8(msg.GetMessageID(), "")
	if messageID == "" {
		messageID = store.NewID()
	}
	return m, messageID, nil
}
