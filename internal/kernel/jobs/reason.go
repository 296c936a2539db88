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

// Failure is an error with a code that may be stored and logged. Free text is neither, since an error from a mail server or a form
// may quote personal data.
type Failure struct {
	// Code is a fixed word of the handler's: "smtp_refused".
	Code string
	// Final tells that trying again is of no use.
	Final bool
	// After, if not 0, is when to try again instead of the usual wait.
	After time.Duration
	// Err is the cause.
	Err error
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return f.Code
	}
	return f.Code + ": " + f.Err.Error()
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Fail gives err a code that is kept with the job.
func Fail(code string, err error) error { return &Failure{Code: code, Err: err} }

// Discard is a failure that trying again cannot mend.
func Discard(code string, err error) error { return &Failure{Code: code, Final: true, Err: err} }

// RetryAfter is a failure that the other side asked us to wait d with.
func RetryAfter(d time.Duration, code string, err error) error {
	return &Failure{Code: code, After: d, Err: err}
}

// Reason says in a code and a type why err happened, without any of its text.
func Reason(err error) string {
	var failure *Failure
	code := ""
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failure):
		code = plainCode(failure.Code)
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
