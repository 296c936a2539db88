package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// ServerOptions bound what one connection may cost. Zero durations mean the default.
type ServerOptions struct {
	// Header is how long a client may take to send the header; 5 s.
	Header time.Duration
	// Read is how long it may take to send header and body; 20 s. AllowUpload gives more to a client that makes progress.
	Read time.Duration
	// Write is how long it may take to receive the answer, from the end of the header; 30 s. KeepSending gives more.
	Write time.Duration
	// Idle is how long a connection is kept without a request; 30 s.
	Idle time.Duration
	// Log gets what net/http has to say. Required.
	Log *slog.Logger
}

// maxHeader bounds the header, in bytes: enough for our one cookie and what proxies add.
const maxHeader = 16 << 10

// NewServer makes a server that cuts off slow clients in header, body, answer and idleness. It speaks HTTP/1.1: TLS and HTTP/2 are the
// business of the proxy before it. There is no limit per address, since a whole school may share one.
func NewServer(o ServerOptions, h http.Handler) *http.Server {
	or := func(d, standard time.Duration) time.Duration {
		if d <= 0 {
			return standard
		}
		return d
	}
	stopping := make(chan struct{})
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: or(o.Header, 5*time.Second),
		ReadTimeout:       or(o.Read, 20*time.Second),
		WriteTimeout:      or(o.Write, 30*time.Second),
		IdleTimeout:       or(o.Idle, 30*time.Second),
		MaxHeaderBytes:    maxHeader,
		Protocols:         protocols,
		// Panics never reach net/http (see Frame). What is left is a client's broken connection, with its address in it.
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stoppingKey{}, (<-chan struct{})(stopping))
		},
	}
	srv.RegisterOnShutdown(func() { close(stopping) })
	return srv
}

type stoppingKey struct{}

// Stopping is closed when the server begins to shut down: a handler that sends for as long as the client listens must then end. It is
// nil, and so never ready, outside a server of NewServer.
func Stopping(ctx context.Context) <-chan struct{} {
	ch, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return ch
}

// Serve answers until ctx ends, then takes no new requests and finishes those under way, for grace at most. The error is nil when
// everything was finished.
func Serve(ctx context.Context, srv *http.Server, listener net.Listener, grace time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- srv.Serve(listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(limited); err != nil {
		return errors.Join(fmt.Errorf("shutting down: some requests did not end in time: %w", err), srv.Close())
	}
	return nil
}
