package ruling

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/paper"
	"dygnet/internal/kernel/store"
)

// Forward hands an appeal and the other documents of the case over to the court (FL 46 §), with a covering letter that lists them. An
// appeal of legality is sent on without being examined (KL 13 kap. 4 and 6 §§).
func (s *Service) Forward(ctx context.Context, who access.Actor, decision, id, court string) (*Record, error) {
	r, view, err := s.Record(ctx, who, decision)
	if err != nil {
		return nil, err
	}
	appeal := r.appeal(id)
	if appeal == nil {
		return nil, store.ErrNotFound
	}
	if court = strings.TrimSpace(court); court == "" {
		return nil, ErrCourt
	}
	if err := mayForward(r, appeal); err != nil {
		return nil, err
	}
	l := s.words(i18n.SV)
	var pdf bytes.Buffer
	if err := s.covering(l, r, appeal, view, court).Write(&pdf); err != nil {
		return nil, err
	}
	staged, err := s.stage(ctx, pdf.Bytes(), l.T("ruling.cover.file", "Number", strings.ReplaceAll(r.Number, "/", "-"))+".pdf", who.Person, documents.PDF)
	if err != nil {
		return nil, err
	}
	return s.do(ctx, who, decision, access.CaseMessage, actionForwarded, func(ctx context.Context, a *cases.Act, _ []*Record, r *Record) error {
		appeal := r.appeal(id)
		if appeal == nil {
			return store.ErrNotFound
		}
		if err := mayForward(r, appeal); err != nil {
			return err
		}
		if err := s.vault.Insert(ctx, a.Tx, staged); err != nil {
			return err
		}
		a.Files = []cases.Document{{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256, Direction: cases.Out}}
		appeal.State, appeal.Court, appeal.Forwarded = Forwarded, court, calendar.DateOf(a.Now)
		a.Event.Kind, a.Event.Data.To, a.Event.Data.Day = AppealForwarded, court, appeal.Forwarded
		a.Handling = &cases.Handling{Direction: cases.Out, Kind: string(AppealForwarded), Party: court}
		return nil
	})
}

func mayForward(r *Record, a *Appeal) error {
	switch {
	case a.State == Unfounded && r.Appeal.Type == casetype.Administrative:
		return &StandingError{a.Refused}
	case a.State == Accepted, r.Appeal.Type == casetype.Legality && (a.State == Lodged || a.State == Unfounded):
		return nil
	}
	return ErrState
}

// covering is the letter that goes with an appeal: what it is about, and every document of the case.
func (s *Service) covering(l *i18n.Localizer, r *Record, a *Appeal, view cases.OfficerView, court string) paper.Sheet {
	about := s.about(view.Case, view.Parties)
	sheet := paper.Sheet{Lang: l.Lang(), Sender: about.Sender, Title: l.T("ruling.cover.title"), Foot: r.Number, At: a.At, Lead: l.T("ruling.cover.lead", "Court", court)}
	facts := paper.Facts{
		{Name: l.T("ruling.doc.number"), Values: []string{r.Number}}, {Name: l.T("ruling.cover.decision"), Values: []string{r.Title + ", " + l.Date(r.Day)}},
		{Name: l.T("ruling.cover.received"), Values: []string{l.Date(a.Received)}},
	}
	if !a.Last.IsZero() {
		facts = append(facts, paper.Fact{Name: l.T("ruling.cover.last"), Values: []string{l.Date(a.Last)}})
	}
	if a.Refused != "" {
		facts = append(facts, paper.Fact{Name: l.T("ruling.cover.standing"), Values: []string{l.T("ruling.refusal." + string(a.Refused))}})
	}
	if a.Excuse != "" {
		facts = append(facts, paper.Fact{Name: l.T("ruling.cover.excuse"), Values: []string{l.T("ruling.excuse." + string(a.Excuse)), a.Note}})
	}
	t := paper.Table{Columns: []string{l.T("ruling.cover.number"), l.T("ruling.cover.day"), l.T("ruling.cover.document")}}
	for _, p := range packageOf(view) {
		t.Rows = append(t.Rows, []string{strconv.Itoa(p.N), p.Day.String(), p.Name})
	}
	sheet.Parts = []paper.Part{facts, paper.Heading(l.T("ruling.cover.appeal")), paper.Paragraph(a.Text), paper.Heading(l.T("ruling.cover.documents")), t}
	return sheet
}

// Enclosed is a document that goes with an appeal.
type Enclosed struct {
	N    int // of the document in the case
	Name string
	Day  calendar.Date
}

// packageOf lists the documents of a case that are handed over: all but the municipality's working notes.
func packageOf(view cases.OfficerView) []Enclosed {
	when := map[int]calendar.Date{}
	for _, e := range view.Events {
		when[e.N] = calendar.DateOf(e.At)
	}
	var out []Enclosed
	for _, d := range view.Documents {
		if !d.Internal {
			out = append(out, Enclosed{N: d.N, Name: d.Name, Day: when[d.Event]})
		}
	}
	return out
}

// Ruling is a court's decision on an appeal.
type Ruling struct {
	Outcome Outcome
	Day     calendar.Date
	Final   calendar.Date // the day it was final, zero while it is not
	Note    string
}

// Rule registers what the court decided, and later the day that is final.
func (s *Service) Rule(ctx context.Context, who access.Actor, decision, id string, x Ruling) (*Record, error) {
	return s.do(ctx, who, decision, access.CaseNote, actionRuled, func(_ context.Context, a *cases.Act, _ []*Record, r *Record) error {
		appeal := r.appeal(id)
		today := calendar.DateOf(a.Now)
		switch {
		case appeal == nil:
			return store.ErrNotFound
		case appeal.State != Forwarded && (appeal.State != StateRuled || !appeal.FinalOn.IsZero()):
			return ErrState
		case !slices.Contains(Outcomes(), x.Outcome):
			return cases.ErrEmpty
		case x.Day.IsZero() || x.Day.Before(appeal.Forwarded) || x.Day.After(today), !x.Final.IsZero() && (x.Final.Before(x.Day) || x.Final.After(today)):
			return ErrFuture
		}
		appeal.State, appeal.Outcome, appeal.Ruled, appeal.FinalOn, appeal.Note = StateRuled, x.Outcome, x.Day, x.Final, strings.TrimSpace(x.Note)
		if x.Outcome.voids() && !x.Final.IsZero() {
			r.Final = Finality{Wait: WaitVoid}
		}
		a.Event.Kind, a.Event.Body, a.Event.Data.Day = cases.EventKind(fmt.Sprint(appealRuledAs, x.Outcome)), appeal.Note, x.Day
		a.Handling = &cases.Handling{Direction: cases.In, Kind: string(a.Event.Kind), Party: appeal.Court}
		return nil
	})
}

// Tend tells the cases whose decisions have become final since it last looked; it gives how many. It is run once a day or oftener.
func (s *Service) Tend(ctx context.Context) (int, error) {
	ctx = store.Background(ctx)
	done, after := 0, ""
	for {
		list, err := store.All(ctx, s.db, scan, `SELECT `+columns+tables+`WHERE r.waits = 1 AND r.decision > $1 ORDER BY r.decision LIMIT 200`, after)
		if err != nil {
			return done, fmt.Errorf("looking for decisions that are final: %w", err)
		}
		for _, r := range list {
			after = r.Decision
			all, err := ofCase(ctx, s.db, r.Case)
			if err != nil {
				return done, err
			}
			if f := s.finality(all, r); f.Wait != WaitNothing {
				continue
			}
			if err := s.finalise(ctx, r); err != nil {
				return done, fmt.Errorf("telling that decision %s is final: %w", r.Decision, err)
			}
			done++
		}
		if len(list) < 200 {
			return done, nil
		}
	}
}

func (s *Service) finalise(ctx context.Context, r *Record) error {
	_, err := s.cases.DoAlone(ctx, r.Case, actionFinal, func(ctx context.Context, a *cases.Act) error {
		_, err := s.within(ctx, a, r.Decision, func(_ context.Context, a *cases.Act, list []*Record, r *Record) error {
			f := s.finality(list, r)
			if f.Wait != WaitNothing || f.Told { // somebody appealed, or another node was faster
				return cases.ErrNothing
			}
			f.Told = true
			r.Final, a.Event.Kind, a.Event.Data.Day = f, Finalised, f.On
			return nil
		})
		return err
	})
	return err
}
