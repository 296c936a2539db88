package app

import (
	"context"
	"encoding/json"
	"fmt"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// protectCases is the job that makes the earlier cases of a person secret.
const protectCases = "cases.protect"

// guard follows the journal for persons who have got protected personal data and has their earlier cases protected (P-K).
type guard struct{ queue *jobs.Queue }

// whose is the argument of the job: a person's ID.
type whose struct {
	Person string `json:"person"`
}

func (a *App) newGuard() guard {
	a.queue.Register(protectCases, func(ctx context.Context, run jobs.Run) error {
		var of whose
		if err := run.Decode(&of); err != nil {
			return err
		}
		n, err := a.cases.Protect(ctx, of.Person)
		if n > 0 {
			a.log.Info("cases of a person with protected data are secret now", "cases", n)
		}
		return err
	}, jobs.Options{Concurrency: 1})
	return guard{a.queue}
}

// handle is a subscriber of the journal's dispatcher.
func (g guard) handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	for _, e := range batch {
		persons, err := becameProtected(e)
		if err != nil {
			return err
		}
		for _, p := range persons {
			if err := g.queue.Enqueue(ctx, tx, jobs.Job{Kind: protectCases, Args: whose{p}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// becameProtected are the persons whose data an entry says are protected.
func becameProtected(e journal.Recorded) ([]string, error) {
	if e.Payload == nil {
		return nil, nil
	}
	switch e.Action {
	case "person.updated":
		var said struct {
			Protected bool `json:"protected"`
		}
		if err := json.Unmarshal(e.Payload, &said); err != nil {
			return nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
		}
		if said.Protected {
			return []string{e.Object.ID}, nil
		}
	case "organisation.imported":
		var said bodies.Imported
		if err := json.Unmarshal(e.Payload, &said); err != nil {
			return nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
		}
		return said.Protected, nil
	}
	return nil, nil
}
