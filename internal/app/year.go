package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// The model year of a municipality: what a demo is filled with on request.
const (
	yearMatters   = 12_000
	yearMessages  = 60_000
	yearDocuments = 35_000 // besides the papers that the program prints of what was handed in
	yearWeeks     = 52
	// yearHands is how many things happen at a time: enough to fill a group commit.
	yearHands = 64
)

// fillYear plays a year of matters through the real services. What happens in the same hour of the year happens at once, so that the
// database commits many together; a case has at most one event in an hour. A demo that has matters is left as it is.
func (a *App) fillYear(ctx context.Context, progress io.Writer) error {
	if last, err := a.cases.Any(ctx); err != nil || last {
		return err
	}
	clock, ok := a.clock.(*demoClock)
	if !ok {
		return nil
	}
	defer clock.back.Store(0)
	now := clock.real.Now()
	start := now.Add(-yearWeeks * 7 * 24 * time.Hour).Truncate(time.Hour)
	step := (now.Sub(start) - 14*24*time.Hour) / yearMatters // the last have two weeks in which all that is to happen happens
	examples := a.examples()
	hours := map[time.Time][]event{}
	for i := range yearMatters {
		for _, e := range a.yearOf(i, start.Add(time.Duration(i)*step).Truncate(time.Hour), examples) {
			hours[e.at.Truncate(time.Hour)] = append(hours[e.at.Truncate(time.Hour)], e)
		}
	}
	var order []time.Time
	for at := range hours {
		order = append(order, at)
	}
	slices.SortFunc(order, time.Time.Compare)
	for n, at := range order {
		if at.After(now) {
			break
		}
		clock.back.Store(int64(now.Sub(at)))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(yearHands)
		for _, e := range hours[at] {
			group.Go(func() error { return unlessRefused(e.do(ctx)) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if n%500 == 499 {
			if _, err := fmt.Fprintf(progress, "%s\n", at.Format(time.DateOnly)); err != nil {
				return err
			}
		}
	}
	return nil
}

// unlessRefused forgets that a case type, or a rule of it, did not allow what an invented official tried.
func unlessRefused(err error) error {
	if access.IsDenied(err) {
		return nil
	}
	for _, refusal := range []error{cases.ErrMove, cases.ErrDecision, cases.ErrClosed, cases.ErrNote, cases.ErrWho} {
		if errors.Is(err, refusal) {
			return nil
		}
	}
	return err
}

// yearOf is the life of the i-th matter: as in a small demo, and besides the letters and papers that a year of them has.
func (a *App) yearOf(i int, at time.Time, examples []sample) []event {
	var life lived
	list := a.matter(i, at, examples, &life)
	say := a.texts.For(i18n.SV)
	letters := yearMessages/yearMatters - 2 // the submission is one, and what a small demo has is another
	papers := yearDocuments * (i + 1) / yearMatters
	papers -= yearDocuments * i / yearMatters
	for n := range letters {
		files := papers / letters
		if n < papers%letters {
			files++
		}
		list = append(list, event{at.Add(time.Duration(49+6*n) * time.Hour), func(ctx context.Context) error {
			if life.id == "" {
				return nil
			}
			var kept []cases.Document
			for f := range files {
				doc, err := a.paper(ctx, i, n*10+f)
				if err != nil {
					return err
				}
				kept = append(kept, doc)
			}
			if n%2 == 1 || life.officer.Person == "" {
				_, err := a.cases.Reply(ctx, cases.Citizen{Opened: []string{life.id}}, life.id, say.T("demo.year.letter", "Number", i*10+n), kept)
				return err
			}
			_, err := a.cases.Message(ctx, life.officer, cases.On{Case: life.id}, say.T("demo.year.answer", "Number", i*10+n), kept)
			if access.IsDenied(err) { // secret, and given to nobody yet: the sender sends it
				_, err = a.cases.Reply(ctx, cases.Citizen{Opened: []string{life.id}}, life.id, say.T("demo.year.letter", "Number", i*10+n), kept)
			}
			return err
		}})
	}
	if i%40 != 0 { // what a small demo leaves open; a few stay so
		late := at.Add(time.Duration(7+i%20) * 24 * time.Hour)
		known := func(do func(context.Context) error) func(context.Context) error {
			return func(ctx context.Context) error {
				if life.id == "" || life.officer.Person == "" {
					return nil
				}
				return do(ctx)
			}
		}
		if i%5 == 4 {
			list = append(list, event{late.Add(-2 * time.Hour), known(func(ctx context.Context) error { return a.take(ctx, &life.officer, life.id) })},
				event{late.Add(-time.Hour), known(func(ctx context.Context) error { return a.move(ctx, life.officer, life.id, casetype.InProgress, "") })})
		}
		list = append(list, event{late, known(func(ctx context.Context) error { return a.settle(ctx, life.officer, life.id, say.T("demo.answer")) })})
	}
	return list
}

// settle closes a case by any way its type allows: a decision of whoever it is delegated to, or without one.
func (a *App) settle(ctx context.Context, officer access.Actor, id, words string) error {
	c, err := a.cases.Case(ctx, id)
	if err != nil {
		return err
	}
	ct, ok := a.types.Version(c.TypeID, c.TypeVersion)
	if !ok || !c.Open {
		return nil
	}
	for _, d := range ct.Decisions {
		if d.Delegation == nil {
			continue
		}
		decider := a.holder(d.Delegation.Role, c.Unit)
		if d.Delegation.Role == access.Officer {
			decider = officer
		}
		if decider.Person == "" {
			continue
		}
		if _, err := a.cases.Decide(ctx, decider, cases.On{Case: id}, cases.Ruling{Key: d.Key, Text: words}); unlessRefused(err) != nil {
			return err
		} else if err == nil {
			break
		}
	}
	if err := a.move(ctx, officer, id, casetype.Decided, words); unlessRefused(err) != nil {
		return err
	}
	return a.move(ctx, officer, id, casetype.Closed, words)
}

// paper is an invented file of some lines, kept as any other.
func (a *App) paper(ctx context.Context, i, n int) (cases.Document, error) {
	text := strings.Repeat(a.texts.For(i18n.SV).T("demo.year.paper", "Number", i*100+n)+"\n", 20)
	staged, err := a.vault.Stage(ctx, strings.NewReader(text), documents.Meta{Name: fmt.Sprintf("bilaga-%d-%d.txt", i, n), Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{"text/plain"}}})
	if err != nil {
		return cases.Document{}, fmt.Errorf("inventing a paper: %w", err)
	}
	err = a.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return a.vault.Insert(ctx, tx, staged) })
	return cases.Document{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256}, err
}
