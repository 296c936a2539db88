package email

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// lineIdle is how long a conversation with the mail server is kept for another letter.
	lineIdle = 3 * time.Second
	// lineLetters is how many letters go in one conversation: many servers end it after a hundred.
	lineLetters = 50
)

// lines are the conversations with the mail server that may take another letter: to greet, encrypt and sign in anew for each costs more
// than the letter. It is safe for concurrent use.
type lines struct {
	client *gomail.Client
	mu     sync.Mutex
	idle   []*line
}

// line is one conversation.
type line struct {
	*smtp.Client
	letters int
	end     *time.Timer
}

func newLines(s Server) (*lines, error) {
	client, err := s.client()
	return &lines{client: client}, err
}

// send hands one letter to the server. A *refusedError is for good; every other error may pass.
func (l *lines) send(ctx context.Context, msg *gomail.Msg) error {
	for {
		c := l.take()
		kept := c != nil
		if !kept {
			dialled, err := l.client.DialToSMTPClientWithContext(ctx)
			if err != nil {
				return fmt.Errorf("reaching the mail server: %w", err)
			}
			c = &line{Client: dialled}
		}
		err := l.client.SendWithSMTPClient(c.Client, msg)
		if err == nil {
			l.keep(c)
			return nil
		}
		_ = c.Close()
		if msg.IsDelivered() { // what fails after the server took it is nothing to us
			return nil
		}
		if err = refusal(err); kept && !errors.As(err, new(*refusedError)) && ctx.Err() == nil {
			continue // the server may only have ended the conversation: ask anew, until no old one is left
		}
		return err
	}
}

func (l *lines) take() *line {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := len(l.idle); n > 0; n = len(l.idle) {
		c := l.idle[n-1]
		l.idle = l.idle[:n-1]
		if c.end.Stop() {
			return c
		}
	}
	return nil
}

// keep puts a conversation aside for the next letter, and ends it if none comes.
func (l *lines) keep(c *line) {
	if c.letters++; c.letters >= lineLetters {
		go func() { _ = c.Quit() }()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.end = time.AfterFunc(lineIdle, func() { l.drop(c) })
	l.idle = append(l.idle, c)
}

func (l *lines) drop(c *line) {
	l.mu.Lock()
	for i, other := range l.idle {
		if other == c {
			l.idle = append(l.idle[:i], l.idle[i+1:]...)
			break
		}
	}
	l.mu.Unlock()
	_ = c.Quit()
}
