package payment_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/journal/journaltest"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{journal.Migrations, payment.Migrations}

// bank is a provider that does as it is told.
type bank struct {
	mu    sync.Mutex
	state map[string]payment.State
	paid  money.Amount
	down  error
	begun int
}

func (b *bank) Name() string { return "bank" }

func (b *bank) Begin(_ context.Context, o payment.Order) (string, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return "", "", b.down
	}
	if _, ok := b.state[o.Ref]; !ok {
		b.begun++
		b.state[o.Ref] = payment.Pending
	}
	return "https://bank.example/" + o.Ref, o.Ref, nil
}

func (b *bank) Status(_ context.Context, ref string) (payment.State, money.Amount, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state[ref] != payment.Paid {
		return b.state[ref], 0, b.down
	}
	return payment.Paid, b.paid, b.down
}

func (b *bank) all(s payment.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ref := range b.state {
		b.state[ref] = s
	}
}

type till struct {
	*payment.Service
	*bank
	log   *journal.Log
	clock *calendar.Fake
}

func each(t *testing.T, fn func(t *testing.T, s till)) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		s := till{bank: &bank{state: map[string]payment.State{}, paid: 50_000}}
		s.log, s.clock = journaltest.Open(t, db)
		s.Service = payment.New(db, s.log, s.clock, s.bank)
		fn(t, s)
	})
}

func (s till) begin(t *testing.T, amount money.Amount) string {
	t.Helper()
	url, err := s.Service.Begin(t.Context(), "draft", "eldstad", amount, "Avgift", "https://kommun.example/ater", i18n.SV)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// said are the actions in the journal.
func (s till) said(t *testing.T) []string {
	t.Helper()
	if err := s.log.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := s.log.Since(t.Context(), -1, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Action)
		var told payment.Told
		if err := json.Unmarshal(e.Payload, &told); err != nil || told.Provider != "bank" {
			t.Errorf("payload %s: %v", e.Payload, err)
		}
	}
	return out
}

func TestAPaymentIsNotedOnceHoweverOftenItIsAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, s till) {
		s.begin(t, 50_000)
		if list, err := s.Ask(t.Context(), "draft"); err != nil || len(list) != 1 || list[0].State != payment.Pending {
			t.Fatalf("%+v, %v", list, err)
		}
		s.all(payment.Paid)
		var wait sync.WaitGroup
		for range 8 { // the payer comes back, the webhook and the job, all at once
			wait.Go(func() {
				if err := s.Follow(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		list, err := s.Of(t.Context(), "draft")
		if err != nil {
			t.Fatal(err)
		}
		if sum, err := payment.Received(list); err != nil || sum != 50_000 {
			t.Errorf("received %v, %v", sum, err)
		}
		if got := s.said(t); len(got) != 1 || got[0] != payment.ActionReceived {
			t.Errorf("the journal says %v", got)
		}
	})
}

func TestTwoTabsAreOnePayment(t *testing.T) {
	each(t, func(t *testing.T, s till) {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { s.begin(t, 50_000) })
		}
		wait.Wait()
		if s.begun != 1 {
			t.Errorf("%d payments were begun", s.begun)
		}
		if a, b := s.begin(t, 50_000), s.begin(t, 60_000); a == b {
			t.Error("another amount is another payment")
		}
	})
}

func TestABankThatDoesNotAnswerLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, s till) {
		s.down = errors.New("out of order")
		if _, err := s.Service.Begin(t.Context(), "draft", "eldstad", 50_000, "Avgift", "x", i18n.SV); !errors.Is(err, s.down) {
			t.Fatalf("beginning: %v", err)
		}
		s.down = nil
		s.begin(t, 50_000)
		if list, err := s.Of(t.Context(), "draft"); err != nil || len(list) != 1 {
			t.Errorf("the order that was not answered is gone on with: %v %v", list, err)
		}
		s.all(payment.Paid)
		s.down = errors.New("out of order")
		if err := s.Follow(t.Context()); !errors.Is(err, s.down) {
			t.Errorf("asking: %v", err)
		}
		s.down = nil
		if err := s.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Of(t.Context(), "draft"); err != nil || list[0].State != payment.Paid {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestWhatIsPaidAndNeverHandedInIsListedForFinance(t *testing.T) {
	each(t, func(t *testing.T, s till) {
		s.begin(t, 50_000)
		s.all(payment.Paid)
		ref := ""
		for r := range s.state {
			ref = r
		}
		if draft, err := s.Heard(t.Context(), ref); err != nil || draft != "draft" {
			t.Fatalf("%q, %v", draft, err)
		}
		if _, err := s.Heard(t.Context(), "unknown"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody else's payment: %v", err)
		}
		if list, err := s.Unclaimed(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("at once: %v %v", list, err)
		}
		s.clock.Advance(2 * time.Hour)
		if list, err := s.Unclaimed(t.Context()); err != nil || len(list) != 1 || list[0].Paid != 50_000 {
			t.Errorf("after two hours: %v %v", list, err)
		}
		for range 2 {
			if err := s.Claim(t.Context(), "draft", "case"); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := s.Unclaimed(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("when it has become a matter: %v %v", list, err)
		}
	})
}

func TestAPaymentThatFailsOrIsForgottenIsSaid(t *testing.T) {
	each(t, func(t *testing.T, s till) {
		s.begin(t, 50_000)
		s.all(payment.Cancelled)
		if list, err := s.Ask(t.Context(), "draft"); err != nil || list[0].State != payment.Cancelled {
			t.Fatalf("%v %v", list, err)
		}
		s.begin(t, 50_000)
		s.clock.Advance(15 * 24 * time.Hour)
		if err := s.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := s.Of(t.Context(), "draft")
		if err != nil || len(list) != 2 || list[1].State != payment.Cancelled {
			t.Errorf("%v %v", list, err)
		}
		if got := s.said(t); len(got) != 2 || got[0] != payment.ActionFailed || got[1] != payment.ActionFailed {
			t.Errorf("the journal says %v", got)
		}
	})
}

// other is a provider that was used before.
type other struct{ *bank }

func (other) Name() string { return "other" }

func TestPaymentsOfAnotherProviderDoNotStandInTheWay(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		b := &bank{state: map[string]payment.State{}, paid: 500}
		log, clock := journaltest.Open(t, db)
		before, now := payment.New(db, log, clock, other{b}), payment.New(db, log, clock, b)
		for i := range 501 {
			if _, err := before.Begin(t.Context(), fmt.Sprint("old", i), "lampa", 500, "x", "https://x.example", i18n.SV); err != nil {
				t.Fatal(err)
			}
		}
		clock.Advance(time.Minute)
		if _, err := now.Begin(t.Context(), "new", "lampa", 500, "x", "https://x.example", i18n.SV); err != nil {
			t.Fatal(err)
		}
		b.all(payment.Paid)
		if err := now.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, err := now.Unbound(t.Context(), 10); err != nil || len(list) != 1 || list[0] != "new" {
			t.Errorf("paid and not handed in: %v, %v", list, err)
		}
	})
}
