package steering

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Intake is what came of taking in the documents of a pack.
type Intake struct {
	Adopted, Drafted, Annotated int
	Refused                     []string // what could not be taken in, and why; the rest was
}

// Take makes the steering documents those of a pack: a version that is not here comes in, adopted if the pack names its decision and a
// draft otherwise. Of an adopted version only what is said about its sentences changes, how they bind and their English; other words are
// a new version. What people here have begun to write stays as it is. Doing it again changes nothing.
func (s *Service) Take(ctx context.Context, docs []*pack.SteeringDocument) (Intake, error) {
	var out Intake
	docs = slices.Clone(docs) // from the top down: what is cited comes before what cites it
	slices.SortStableFunc(docs, func(a, b *pack.SteeringDocument) int { return cmp.Compare(s.rank(a.Type), s.rank(b.Type)) })
	for _, d := range docs {
		if err := s.take(ctx, d, &out); err != nil {
			if errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrCorrupt) || errors.Is(err, context.Canceled) {
				return out, fmt.Errorf("taking in steering document %s: %w", d.Key, err)
			}
			out.Refused = append(out.Refused, fmt.Sprintf("%s version %d: %v", d.Key, d.Version, err))
		}
	}
	s.stale.Store(true)
	return out, nil
}

func (s *Service) take(ctx context.Context, d *pack.SteeringDocument, out *Intake) error {
	v := &Version{Document: d.Key, Member: s.Member(), Type: d.Type, Number: d.Version, State: Draft, Title: d.Title, Public: d.Public, Acknowledge: d.Acknowledge, Revision: 1,
		Content: &Content{Note: d.Note, Cites: d.Cites, Sections: d.Sections}}
	here, err := s.Version(ctx, d.Key, d.Version)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.comeIn(ctx, v, d, out)
	case err != nil:
		return err
	case !here.Fixed(): // people here are writing it
		return nil
	case here.wording() != v.wording():
		return errors.New("the text that was adopted is another; give the new text the next version")
	}
	return s.annotate(ctx, here, v, out)
}

// comeIn stores a version that is not here.
func (s *Service) comeIn(ctx context.Context, v *Version, d *pack.SteeringDocument, out *Intake) error {
	t := s.Type(d.Type)
	if t == nil {
		return fmt.Errorf("there is no type %q", d.Type)
	}
	a := Adoption{From: d.From, Review: d.Review}
	if d.Decision != "" {
		var err error
		if a.Decision, err = s.Bodies.DecisionByKey(ctx, d.Decision); err != nil {
			return err
		}
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		v.ID = store.NewID()
		if _, err := tx.Exec(ctx, `INSERT INTO steering_document (key, member, type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, v.Document, v.Member, v.Type); err != nil {
			return journal.Entry{}, err
		}
		if faults, err := s.check(ctx, tx, v, t, false); err != nil || len(faults) > 0 {
			return journal.Entry{}, errors.Join(err, asError(faults))
		}
		if err := s.store(ctx, tx, v, true); err != nil {
			return journal.Entry{}, err
		}
		if d.Decision == "" {
			return journal.Entry{Actor: journal.System, Action: actionDrafted, Object: journal.Ref{Kind: kindVersion, ID: v.ID}, Payload: change{v.Document, v.Number, nil, told(v)}}, nil
		}
		if t.Action == "" {
			return journal.Entry{}, errors.New("the holder of a role adopts it here, no decision does")
		}
		if _, err := s.decided(ctx, tx, v.Member, t.Action, a.Decision); err != nil {
			return journal.Entry{}, err
		}
		return s.adopt(ctx, tx, v, t, a, Signature{Person: journal.System, At: s.Clock.Now().UTC()})
	})
	if err != nil {
		return err
	}
	s.stale.Store(true)
	if d.Decision == "" {
		out.Drafted++
	} else {
		out.Adopted++
	}
	return nil
}

// annotate takes over what the pack says about the sentences of an adopted version.
func (s *Service) annotate(ctx context.Context, here, v *Version, out *Intake) error {
	after := changed(here)
	after.Sections, after.Note = v.Sections, v.Note
	_, was, err := here.encode()
	if err != nil {
		return err
	}
	_, is, err := after.encode()
	if err != nil || was == is {
		return err
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if err := s.store(ctx, tx, after, false); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: journal.System, Action: actionAnnotated, Object: journal.Ref{Kind: kindVersion, ID: here.ID}, Payload: change{here.Document, here.Number, told(here), told(after)}}, nil
	})
	if err == nil {
		out.Annotated++
	}
	return err
}
