package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"dygnet/internal/kernel/store"
)

// Check is one thing without which the program cannot serve.
type Check struct {
	Name string // "database"
	// Probe gives nil when it works. A ReasonError's words are shown; of other errors only what kind they are.
	Probe func(ctx context.Context) error
	// Note is what the operator should know though it works; "" for nothing. It may be nil.
	Note func() string
}

// ReasonError is why something does not work, in words for an operator and without secrets.
type ReasonError string

func (r ReasonError) Error() string { return string(r) }

// SpaceCheck wants at least the given number of bytes free. free is store.DB.FreeSpace.
func SpaceCheck(free func() (bytes uint64, ok bool), least uint64) Check {
	return Check{Name: "disk", Probe: func(context.Context) error {
		if bytes, ok := free(); ok && bytes < least {
			return ReasonError(fmt.Sprintf("only %d MB are free where the data lies, %d MB are needed", bytes>>20, least>>20))
		}
		return nil
	}}
}

// checkTimeout bounds all checks together.
const checkTimeout = 2 * time.Second

// Healthz answers that the process lives, whatever else does not.
func Healthz() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("ok\n"))
	})
}

// state is one line of the answer.
type state struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Readyz answers 200 when all checks pass and 503 when not, or when the server is stopping, with JSON that says why.
func Readyz(checks ...Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
		defer cancel()
		states := make([]state, len(checks))
		var all sync.WaitGroup
		for i, c := range checks {
			all.Go(func() { states[i] = probe(ctx, c) })
		}
		all.Wait()
		select {
		case <-Stopping(r.Context()):
			states = append(states, state{Name: "server", Reason: "the server is shutting down"})
		default:
		}
		ready := true
		for _, s := range states {
			ready = ready && s.OK
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !ready {
			w.Header().Set("Retry-After", "10")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(struct {
			Ready  bool    `json:"ready"`
			Checks []state `json:"checks"`
		}{ready, states})
	})
}

// probe runs one check, and does not wait for one that does not heed its context.
func probe(ctx context.Context, c Check) state {
	result := make(chan error, 1)
	go func() { result <- c.Probe(ctx) }()
	var err error
	select {
	case err = <-result:
	case <-ctx.Done():
		err = ctx.Err()
	}
	s := state{Name: c.Name, OK: err == nil, Reason: reason(err)}
	if c.Note != nil {
		s.Note = c.Note()
	}
	return s
}

func reason(err error) string {
	var told ReasonError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &told):
		return string(told)
	case errors.Is(err, store.ErrFull):
		return "the disk is full"
	case errors.Is(err, store.ErrCorrupt):
		return "the database is damaged: restore a backup"
	case errors.Is(err, store.ErrUnavailable):
		return "the database cannot be reached"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer within " + checkTimeout.String()
	default:
		return "it failed: the log says why"
	}
}
