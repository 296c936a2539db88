package email

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// ErrMessage means that a message cannot be sent as it is: its address is none, or it says nothing.
var ErrMessage = errors.New("not a message that can be sent")

// Message is one letter to one address.
type Message struct {
	To      string // an address, without a name
	Subject string // line breaks become spaces
	Text    string // plain text, lines of any length
	HTML    string // the same as HTML, or ""
	Lang    string // BCP 47, for Content-Language
	CaseID  string // what it is about, or ""
	// Invitation is an iCalendar object that programs show as one (RFC 6047), or ""; Method is its method.
	Invitation, Method string
}

// Limits of a message, in bytes.
const (
	maxAddress = 254 // RFC 5321 section 4.5.3.1.3
	maxSubject = 500
	maxText    = 256 << 10
)

// clean gives the message as it is kept and sent, or ErrMessage. Nothing in it can begin a header of its own.
func (m Message) clean() (Message, error) {
	address, err := ParseAddress(m.To)
	if err != nil {
		return Message{}, err
	}
	m.To = address
	m.Subject = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(m.Subject, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	for len(m.Subject) > maxSubject {
		_, size := utf8.DecodeLastRuneInString(m.Subject)
		m.Subject = m.Subject[:len(m.Subject)-size]
	}
	m.Text, m.HTML = strings.ToValidUTF8(m.Text, "�"), strings.ToValidUTF8(m.HTML, "�")
	switch {
	case m.Subject == "" || m.Text == "":
		return Message{}, fmt.Errorf("%w: no subject or text", ErrMessage)
	case len(m.Text) > maxText || len(m.HTML) > maxText || len(m.Invitation) > maxText:
		return Message{}, fmt.Errorf("%w: longer than %d bytes", ErrMessage, maxText)
	}
	return m, nil
}

// ParseAddress gives the address that somebody typed, without name and spaces, or ErrMessage.
func ParseAddress(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	parsed, err := mail.ParseAddress(typed)
	// The error of the parser quotes the address, and so is not wrapped: errors end up in the log.
	if err != nil || parsed.Name != "" || len(parsed.Address) > maxAddress || strings.ContainsFunc(typed, unicode.IsControl) ||
		strings.ContainsAny(parsed.Address, " \"<>()") {
		return "", fmt.Errorf("%w: not an e-mail address", ErrMessage)
	}
	return parsed.Address, nil
}

// compose makes the letter as it travels. The same outbox row always gives the same Message-ID and Date.
func compose(m Message, id, domain, from string, written time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(from); err != nil {
		return nil, fmt.Errorf("the sender's address: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("%w: the server's library refuses the address", ErrMessage)
	}
	msg.SetMessageIDWithValue(id + "@" + domain)
	msg.SetDateWithValue(written)
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday answers, please
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same to Exchange
	if m.Lang != "" {
		msg.SetGenHeader("Content-Language", m.Lang)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if m.Invitation != "" {
		msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+m.Method), m.Invitation)
	}
	return msg, nil
}
