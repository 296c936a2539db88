package main

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"dygnet/test/load"
)

// spell is what a load of submissions gave.
type spell struct {
	PerSecond float64
	P50, P99  time.Duration
	Server    time.Duration // CPU of the server for each, while they came
	All       time.Duration // … and with what it put off until it had time: search index, e-mail
	Client    time.Duration // CPU of the client for each
}

// submissions hands in matters from n clients for d.
func submissions(ctx context.Context, s *load.Server, n int, d time.Duration) (spell, error) {
	var mu sync.Mutex
	var all load.Samples
	var failed error
	var clients sync.WaitGroup
	serverBefore, err := load.UsageOf(s.PID())
	if err != nil {
		return spell{}, err
	}
	clientBefore := own()
	begun := time.Now()
	for range n {
		clients.Go(func() {
			took, err := submitUntil(ctx, s.Address, begun.Add(d))
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil {
				failed = err
			}
		})
	}
	clients.Wait()
	wall := time.Since(begun)
	client := own() - clientBefore
	serverAfter, err := load.UsageOf(s.PID())
	if err != nil || failed != nil || len(all) == 0 {
		return spell{}, fmt.Errorf("submitting: %w", firstError(failed, err, fmt.Errorf("none was taken in")))
	}
	settled, err := settle(ctx, s)
	count := time.Duration(len(all))
	return spell{
		float64(len(all)) / wall.Seconds(), all.Quantile(0.5), all.Quantile(0.99), (serverAfter.CPU - serverBefore.CPU) / count,
		(settled.CPU - serverBefore.CPU) / count, client / count,
	}, err
}

// settle waits until the server has done what it put off: until it uses next to nothing for a second, at most two minutes.
func settle(ctx context.Context, s *load.Server) (load.Usage, error) {
	before, err := load.UsageOf(s.PID())
	for range 120 {
		select {
		case <-ctx.Done():
			return before, ctx.Err()
		case <-time.After(time.Second):
		}
		now, err := load.UsageOf(s.PID())
		if err != nil || now.CPU-before.CPU < 50*time.Millisecond {
			return now, err
		}
		before = now
	}
	return before, err
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func submitUntil(ctx context.Context, address string, end time.Time) (load.Samples, error) {
	c, err := load.Dial(address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	form := load.NewSubmission(address)
	var took load.Samples
	for ctx.Err() == nil {
		begun := time.Now()
		if begun.After(end) {
			break
		}
		a, err := c.Do(form.With(uuid.Must(uuid.NewV7()).String()))
		if err != nil {
			return took, err
		}
		if ok, before := a.Accepted(); !ok || before {
			return took, fmt.Errorf("a submission got %d %s", a.Status, a.Location)
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// own is the CPU that this process has used.
func own() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// steady asks for pages in turn, perSecond of them whether or not the answers keep up, and gives how long each took from when it was due.
func steady(ctx context.Context, s *load.Server, cookie string, perSecond int, d time.Duration, paths ...string) (load.Samples, error) {
	const connections = 32
	free := make(chan *load.Conn, connections)
	for range connections {
		c, err := load.Dial(s.Address)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		free <- c
	}
	requests := make([][]byte, len(paths))
	for i, path := range paths {
		requests[i] = load.Get(s.Address, path, cookie)
	}
	var mu sync.Mutex
	var took load.Samples
	var failed error
	var under sync.WaitGroup
	begun := time.Now()
	for i := range int(d.Seconds() * float64(perSecond)) {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		if ctx.Err() != nil {
			break
		}
		c := <-free
		under.Go(func() {
			a, err := c.Do(requests[i%len(requests)])
			late := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, late)
			if err == nil && a.Status != 200 {
				err = fmt.Errorf("%s answered %d %s", paths[i%len(paths)], a.Status, a.Location)
			}
			if err != nil {
				failed = err
			}
			free <- c
		})
	}
	under.Wait()
	return took, failed
}
