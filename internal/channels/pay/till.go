package pay

import (
	"context"
	"net/url"
	"sync"

	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/money"
)

// Till is the provider of the demonstration: its own page stands in for a bank, and no money moves. It forgets when the program ends.
type Till struct {
	mu    sync.Mutex
	sales map[string]*sale
}

type sale struct {
	order payment.Order
	state payment.State
}

// NewTill makes a till.
func NewTill() *Till { return &Till{sales: map[string]*sale{}} }

// Name is how its payments are stored.
func (t *Till) Name() string { return "demo" }

// Begin leads to the till's page.
func (t *Till) Begin(_ context.Context, o payment.Order) (string, string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sales[o.Ref] == nil {
		t.sales[o.Ref] = &sale{o, payment.Pending}
	}
	return "/demo/betala/" + url.PathEscape(o.Ref), o.Ref, nil
}

// Status tells what was pressed. What it has forgotten is cancelled.
func (t *Till) Status(_ context.Context, ref string) (payment.State, money.Amount, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sales[ref]
	switch {
	case s == nil:
		return payment.Cancelled, 0, nil
	case s.state == payment.Paid:
		return payment.Paid, s.order.Amount, nil
	}
	return s.state, 0, nil
}

// Order is what the page shows; false if there is no such order.
func (t *Till) Order(ref string) (payment.Order, payment.State, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sales[ref]
	if s == nil {
		return payment.Order{}, "", false
	}
	return s.order, s.state, true
}

// Press is what the visitor of the page chose. What has been settled stays so.
func (t *Till) Press(ref string, state payment.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.sales[ref]; s != nil && s.state == payment.Pending {
		s.state = state
	}
}
