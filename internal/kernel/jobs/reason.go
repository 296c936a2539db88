package jobs

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"dygnet/internal/kernel/store"
)

// ErrLeaseLost means that the job's lease ran out while it was worked on, so that another worker may have it now.
var ErrLeaseLost = errors.New("job lease lost")

// codedError is an error with a code that may be stored and logged. Free text is neither, since an error from a mail server or a
// form may quote personal data.
type codedError struct {
	code  string        // a fixed word of the handler's: "smtp_refused"
	final bool          // trying again is of no use
	after time.Duration // if not 0, when to try again instead of the usual wait
	err   error         // the cause
}

func (c *codedError) Error() string {
	if c.err == nil {
		return c.code
	}
	return c.code + ": " + c.err.Error()
}

func (c *codedError) Unwrap() error { return c.err }

// Fail gives err a code that is kept with the job. The code is a fixed word, lower case: "smtp_refused".
func Fail(code string, err error) error { return &codedError{code: code, err: err} }

// Discard is a failure that trying again cannot mend.
func Discard(code string, err error) error { return &codedError{code: code, final: true, err: err} }

// RetryAfter is a failure to be tried again after d instead of the usual wait, because the other side asked for it.
func RetryAfter(d time.Duration, code string, err error) error {
	return &codedError{code: code, after: d, err: err}
}

// Reason says in a code and a type why err happened, without any of its text.
func Reason(err error) string {
	var coded *codedError
	var code string
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coded):
		code = plainCode(coded.code)
	case errors.Is(err, context.DeadlineExceeded):
		code = "timeout"
	case errors.Is(err, context.Canceled):
		code = "cancelled"
	case errors.Is(err, errPanic):
		code = "panic"
	case errors.Is(err, store.ErrFull):
		code = "disk_full"
	case errors.Is(err, store.ErrUnavailable):
		code = "database_unavailable"
	case errors.Is(err, store.ErrConflict):
		code = "conflict"
	case errors.Is(err, store.ErrNotFound):
		code = "not_found"
	default:
		code = "error"
	}
	innermost := err
	for {
		next := errors.Unwrap(innermost)
		if next == nil {
			break
		}
		innermost = next
	}
	return code + " (" + fmt.Sprintf("%T", innermost) + ")"
}

// plainCode keeps what a code may hold, should a handler pass something else.
func plainCode(code string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '.' || r == '-' {
			return r
		}
		return -1
	}
	code = strings.Map(keep, code)
	return code[:min(len(code), 60)]
}

var errPanic = errors.New("panic in a job")

const (
	firstWait = 5 * time.Second
	longest   = 6 * time.Hour
)

// backoff is how long to wait after the given failed attempt: doubled each time from 5 s to 6 h, and up to a quarter more, decided by
// the job's ID, so that jobs that failed together do not come back together.
func backoff(attempt int, id string) time.Duration {
	wait := longest
	if shift := max(attempt-1, 0); shift < 13 {
		wait = min(firstWait<<shift, longest)
	}
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s/%d", id, attempt)
	return wait + wait/4*time.Duration(h.Sum32()%1024)/1024
}
