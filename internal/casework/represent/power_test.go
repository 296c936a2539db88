package represent_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/represent"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func number(t testing.TB, s string) civic.Number {
	t.Helper()
	n, err := civic.Parse(s, calendar.NewDate(2026, 11, 23))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// town knows Anna, who has a child and a firm she signs for alone and one she does not, Bo and Cia.
type town struct {
	t       testing.TB
	left    bool // Anna has left the firm
	numbers map[string]string
}

func (w *town) ChildrenOf(_ context.Context, person string, _ calendar.Date) ([]represent.Relative, error) {
	if person == "anna" {
		return []represent.Relative{{Person: "kid", Name: "Kim"}}, nil
	}
	return nil, nil
}

func (w *town) OrganisationsOf(_ context.Context, person string) ([]represent.Organisation, error) {
	if person == "anna" && !w.left {
		return []represent.Organisation{{Number: number(w.t, "556016-0680"), Name: "Annas AB"}, {Number: number(w.t, "802002-4280"), Name: "Laget", Jointly: true}}, nil
	}
	return nil, nil
}

func (w *town) NameOf(_ context.Context, person string) (string, error) { return person, nil }

func (w *town) NumberOf(_ context.Context, person string) (string, error) {
	if n, ok := w.numbers[person]; ok {
		return n, nil
	}
	return "", store.ErrNotFound
}

const (
	annas = "196506259883"
	bos   = "195402059975"
)

func each(t *testing.T, fn func(t *testing.T, s *represent.Service, w *town, clock *calendar.Fake, log *journal.Log)) {
	storetest.Each(t, []fs.FS{journal.Migrations, represent.Migrations}, func(t *testing.T, db *store.DB) {
		log, clock := journaltest.Open(t, db)
		w := &town{t: t, numbers: map[string]string{"anna": annas, "bo": bos}}
		fn(t, represent.New(db, log, clock, w, w, []byte("0123456789abcdef0123456789abcdef")), w, clock, log)
	})
}

func today(clock *calendar.Fake) calendar.Date { return calendar.DateOf(clock.Now()) }

func TestAPowerWorksFromAcceptanceUntilItsLastDay(t *testing.T) {
	each(t, func(t *testing.T, s *represent.Service, _ *town, clock *calendar.Fake, _ *journal.Log) {
		ctx := t.Context()
		day := today(clock)
		p, err := s.Give(ctx, "anna", represent.Offer{AgentNumber: bos, AgentName: " Bo  Ek ", From: day, To: day.AddDays(9), Types: []string{"bygglov"}})
		if err != nil {
			t.Fatal(err)
		}
		may := func(person, typeID string) bool {
			t.Helper()
			_, ok, err := s.May(ctx, person, casetype.ForPerson, "anna", typeID)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if may("bo", "bygglov") {
			t.Error("it works before it was accepted")
		}
		if _, err := s.Accept(ctx, "cia", p.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody else accepts it: %v", err)
		}
		offered, err := s.Offered(ctx, "bo")
		if err != nil || len(offered) != 1 || offered[0].AgentName != "Bo Ek" {
			t.Fatalf("Bo sees %v, %v", offered, err)
		}
		if _, err := s.Accept(ctx, "bo", p.ID); err != nil {
			t.Fatal(err)
		}
		if !may("bo", "bygglov") || may("bo", "fardtjanst") || may("cia", "bygglov") {
			t.Error("it does not work for just its agent and its case types")
		}
		clock.Set(day.AddDays(9).Start())
		if !may("bo", "bygglov") {
			t.Error("it does not work on its last day")
		}
		clock.Set(day.AddDays(10).Start())
		if may("bo", "bygglov") {
			t.Error("it works after its last day")
		}
	})
}

func TestEitherCanEndAPowerAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, s *represent.Service, _ *town, clock *calendar.Fake, _ *journal.Log) {
		ctx := t.Context()
		for _, ender := range []string{"anna", "bo"} {
			for _, accepted := range []bool{true, false} {
				p, err := s.Give(ctx, "anna", represent.Offer{AgentNumber: bos, AgentName: "Bo", From: today(clock), To: today(clock)})
				if err != nil {
					t.Fatal(err)
				}
				if accepted {
					if _, err := s.Accept(ctx, "bo", p.ID); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := s.End(ctx, "cia", p.ID); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("a stranger ends it: %v", err)
				}
				if _, err := s.End(ctx, ender, p.ID); err != nil {
					t.Errorf("%s cannot end it: %v", ender, err)
				}
				if _, ok, _ := s.May(ctx, "bo", casetype.ForPerson, "anna", "x"); ok {
					t.Error("it works after it was ended")
				}
				if _, err := s.Accept(ctx, "bo", p.ID); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("an ended one is accepted: %v", err)
				}
			}
		}
	})
}

func TestForAnOrganisationOnlyOneWhoSignsAloneGivesPower(t *testing.T) {
	each(t, func(t *testing.T, s *represent.Service, w *town, clock *calendar.Fake, _ *journal.Log) {
		ctx := t.Context()
		offer := func(org string) (represent.Power, error) {
			return s.Give(ctx, "anna", represent.Offer{Organisation: number(t, org).String(), AgentNumber: bos, AgentName: "Bo", From: today(clock), To: today(clock).AddDays(30)})
		}
		if _, err := offer("802002-4280"); !errors.Is(err, represent.ErrNotSole) {
			t.Errorf("one who signs jointly gives power alone: %v", err)
		}
		p, err := offer("556016-0680")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Accept(ctx, "bo", p.ID); err != nil {
			t.Fatal(err)
		}
		firm := number(t, "556016-0680").String()
		if who, ok, _ := s.May(ctx, "bo", casetype.ForOrganisation, firm, "x"); !ok || who.Name != "Annas AB" || who.Ground != represent.GroundPower {
			t.Errorf("Bo cannot act for the firm: %v", who)
		}
		w.left = true
		if _, ok, _ := s.May(ctx, "bo", casetype.ForOrganisation, firm, "x"); ok {
			t.Error("the power outlives its giver's right to sign")
		}
	})
}

func TestWhatCannotBeGivenIsRefusedWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, s *represent.Service, _ *town, clock *calendar.Fake, _ *journal.Log) {
		day := today(clock)
		for name, c := range map[string]struct {
			offer represent.Offer
			want  error
		}{
			"no number":     {represent.Offer{AgentNumber: "1", AgentName: "Bo", From: day, To: day}, represent.ErrNumber},
			"a firm":        {represent.Offer{AgentNumber: "556016-0680", AgentName: "Bo", From: day, To: day}, represent.ErrNumber},
			"oneself":       {represent.Offer{AgentNumber: annas, AgentName: "Anna", From: day, To: day}, represent.ErrSelf},
			"no name":       {represent.Offer{AgentNumber: bos, AgentName: " ", From: day, To: day}, represent.ErrName},
			"ends first":    {represent.Offer{AgentNumber: bos, AgentName: "Bo", From: day.AddDays(1), To: day}, represent.ErrPeriod},
			"began earlier": {represent.Offer{AgentNumber: bos, AgentName: "Bo", From: day.AddDays(-1), To: day}, represent.ErrPeriod},
			"for too long":  {represent.Offer{AgentNumber: bos, AgentName: "Bo", From: day, To: day.AddMonths(37)}, represent.ErrPeriod},
		} {
			if _, err := s.Give(t.Context(), "anna", c.offer); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestOneselfChildrenAndFirmsCanBeActedFor(t *testing.T) {
	each(t, func(t *testing.T, s *represent.Service, _ *town, _ *calendar.Fake, _ *journal.Log) {
		list, err := s.Of(t.Context(), "anna")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list {
			got = append(got, string(p.Kind)+" "+p.Name)
		}
		want := []string{"self anna", "child Kim", "organisation Annas AB", "organisation Laget"}
		if len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	})
}
