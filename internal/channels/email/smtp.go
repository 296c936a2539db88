package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is the mail server that takes our mail.
type Server struct {
	Host string
	Port int
	// Security is "starttls", "tls" or "none". The first two never fall back to plain text.
	Security string
	User     string // "" for none
	Password string
	Timeout  time.Duration // of each step; 0 means 30 s
	Hello    string        // our name in EHLO; "" is the machine's
	// TLS is for tests, and for servers with certificates of their own; nil trusts what the machine trusts.
	TLS *tls.Config
}

// refusedError means that the server will never take this letter.
type refusedError struct {
	code int // of SMTP
	err  error
}

func (e *refusedError) Error() string { return fmt.Sprintf("refused for good (%d): %v", e.code, e.err) }
func (e *refusedError) Unwrap() error { return e.err }

// client makes the client of one conversation.
func (s Server) client() (*gomail.Client, error) {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(timeout)}
	switch s.Security {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail server security %q: want starttls, tls or none", s.Security)
	}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password), gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover))
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	if s.TLS != nil {
		options = append(options, gomail.WithTLSConfig(s.TLS))
	}
	return gomail.NewClient(s.Host, options...)
}

// refusal tells of an error in sending whether the server refused the letter for good: it gives a *refusedError then, and the error itself
// if it may pass.
func refusal(err error) error {
	var failed *gomail.SendError
	if errors.As(err, &failed) && failed.ErrorCode() >= 500 && failed.ErrorCode() < 600 {
		switch failed.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			return &refusedError{code: failed.ErrorCode(), err: err}
		default: // our own address or sign-in is refused: the operator's to mend, and no reason to give the letter up
		}
	}
	return err
}

// Ping tells whether the server answers, speaks TLS if it must, and takes our sign-in, for `dygnet check`.
func (s Server) Ping(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("reaching the mail server: %w", err)
	}
	return client.Close()
}
