package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/web"
)

// grace is how long what is under way may take when the program is told to stop.
const grace = 20 * time.Second

// ServeOptions are what `dygnet serve` is told.
type ServeOptions struct {
	Config   string // file, or "" for environment and defaults alone
	Set      map[string]string
	Version  string
	Self     string // file of this program, "" if not known
	Out, Err io.Writer
}

// Serve runs the server until ctx ends.
func Serve(ctx context.Context, o ServeOptions) error {
	cfg, err := config.Load(config.Sources{File: o.Config, Environ: os.Environ(), Flags: o.Set})
	if err != nil {
		return err
	}
	log := newLog(cfg.Log, o.Err)
	problems := config.Check(cfg)
	if fatal := problems.Fatal(); len(fatal) > 0 {
		return fatal
	}
	for _, p := range problems {
		log.Warn(p.String())
	}
	a, err := open(ctx, cfg, log, o.Version)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	a.self = o.Self
	return a.run(ctx, func(address net.Addr) { log.Info("serving", "address", address.String(), "version", o.Version) })
}

func newLog(c config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// run serves until ctx ends, then finishes what is under way, in the order: requests, jobs, journal.
func (a *App) run(ctx context.Context, ready func(net.Addr)) error {
	handler, err := a.handler(ctx)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", a.cfg.Listen, err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var group errgroup.Group
	group.Go(func() error { return a.journal.Run(background) })
	group.Go(func() error { a.bodies.Watch(background); return nil })
	group.Go(func() error { a.watchPages(background); return nil })
	group.Go(func() error { a.watchPack(background); return nil })
	group.Go(func() error { a.watchSpool(background); return nil })
	group.Go(func() error { return a.measure.Run(background) })
	if a.mailbox != nil {
		group.Go(func() error { return a.mailbox.Serve(background, a.mailListener) })
	}
	if err := a.dispatcher.Start(background); err != nil {
		return errors.Join(err, listener.Close())
	}
	a.queue.Start(background)
	if a.cfg.Metrics.Listen != "" {
		if err := a.serveMetrics(background, &group); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	ready(listener.Addr())
	err = web.Serve(ctx, web.NewServer(web.ServerOptions{Log: a.log}, handler), listener, grace)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err = errors.Join(err, a.queue.Stop(last))
	a.dispatcher.Stop()
	err = errors.Join(err, a.journal.Sequence(last))
	stop()
	return errors.Join(err, group.Wait())
}

// serveMetrics answers Prometheus on an address of its own.
func (a *App) serveMetrics(ctx context.Context, group *errgroup.Group) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Metrics.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s for metrics: %w", a.cfg.Metrics.Listen, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler(string(a.cfg.Metrics.Token)))
	group.Go(func() error {
		return web.Serve(ctx, web.NewServer(web.ServerOptions{Log: a.log}, mux), listener, time.Second)
	})
	return nil
}

// newMetrics counts requests and shows what an operator watches.
func (a *App) newMetrics() *web.Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m := web.NewMetrics(registry)
	m.Gauge("dygnet_dispatcher_lag", "Journal entries that the slowest subscriber has not handled.", func() float64 {
		var lag int64
		for _, s := range a.dispatcher.Stats() {
			lag = max(lag, s.Lag)
		}
		return float64(lag)
	})
	m.Gauge("dygnet_pages_cached", "Public pages kept ready.", func() float64 { return float64(a.cache.Len()) })
	m.Gauge("dygnet_spool_waiting", "Submissions that wait for the database.", func() float64 { return float64(a.spool.Waiting()) })
	m.Gauge("dygnet_spool_aside", "Submissions set aside, for a person to look at.", func() float64 { return float64(a.spool.Aside()) })
	m.Gauge("dygnet_disk_free_bytes", "Room left where the database lies; -1 on PostgreSQL.", func() float64 {
		if free, ok := a.db.FreeSpace(); ok {
			return float64(free)
		}
		return -1
	})
	return m
}
