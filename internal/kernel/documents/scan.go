package documents

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
)

// Scanner looks for harmful content.
type Scanner interface {
	// Scan reads r and gives nil if it is clean, InfectedError if it is not, and any other error if it cannot tell.
	Scan(ctx context.Context, r io.Reader) error
}

// Clamd is the scanner of a ClamAV daemon at "tcp://host:3310" or "unix:///run/clamav/clamd.ctl".
// The daemon's StreamMaxLength must be at least as large as the largest file that is let in.
func Clamd(address string) (Scanner, error) {
	network, at, found := strings.Cut(address, "://")
	if !found || at == "" || network != "tcp" && network != "unix" {
		return nil, fmt.Errorf("scanner %q: write tcp://host:port or unix:///path", address)
	}
	return clamd{network: network, address: at}, nil
}

type clamd struct{ network, address string }

// clamdPatience is how long the daemon may be silent: with a large archive the verdict takes a while.
const clamdPatience = 2 * time.Minute

// Scan sends r in the INSTREAM command of clamd(8): chunks led by their length as 32 bits, an empty one last.
func (c clamd) Scan(ctx context.Context, r io.Reader) error {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, c.network, c.address)
	if err != nil {
		return fmt.Errorf("reaching the scanner: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer has been read
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	ask := &clamdStream{conn: conn}
	patient(conn)
	_, err = conn.Write([]byte("zINSTREAM\x00"))
	if err == nil {
		_, err = io.CopyBuffer(ask, onlyReader{r}, make([]byte, 64<<10))
	}
	if err == nil {
		_, err = conn.Write([]byte{0, 0, 0, 0})
	}
	if err != nil && !ask.failed {
		return fmt.Errorf("sending to the scanner: %w", err) // r failed
	}
	// If sending failed the daemon hung up, and has said why (its size limit) before it did.
	answer, readErr := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	if answer == "" {
		return fmt.Errorf("the scanner gave no verdict: %w", errors.Join(err, readErr))
	}
	return verdict(strings.TrimRight(answer, "\x00\n"))
}

// patient sets how long the daemon may stay silent from now. A network deadline is of the machine's clock, whatever tests do.
func patient(conn net.Conn) { _ = conn.SetDeadline(calendar.System().Now().Add(clamdPatience)) }

// verdict reads "stream: OK", "stream: Eicar-Signature FOUND" or "INSTREAM size limit exceeded. ERROR".
func verdict(answer string) error {
	what := strings.TrimPrefix(answer, "stream: ")
	if what == "OK" {
		return nil
	}
	if signature, found := strings.CutSuffix(what, " FOUND"); found {
		return InfectedError{Signature: signature}
	}
	return fmt.Errorf("the scanner could not tell: %q", answer)
}

// clamdStream writes each write as one chunk.
type clamdStream struct {
	conn   net.Conn
	failed bool
}

func (s *clamdStream) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	patient(s.conn)
	chunk := net.Buffers{binary.BigEndian.AppendUint32(nil, uint32(len(p))), p} //nolint:gosec // the copy's buffer of 64 KiB
	if _, err := chunk.WriteTo(s.conn); err != nil {
		s.failed = true
		return 0, err
	}
	return len(p), nil
}

// onlyReader hides other methods of a reader, so that a copy goes through the given buffer.
type onlyReader struct{ io.Reader }
