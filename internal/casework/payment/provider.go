package payment

import (
	"context"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
)

// Provider moves money.
type Provider interface {
	// Name is stored with each payment, "stripe".
	Name() string
	// Begin asks the provider to take a payment: where the payer goes, and the provider's name for it. The same order.Ref gives the same
	// payment, however often it is begun.
	Begin(ctx context.Context, order Order) (url, ref string, err error)
	// Status asks how it went. The amount is what has been received, 0 unless it is Paid.
	Status(ctx context.Context, ref string) (State, money.Amount, error)
}

// Order is what is to be paid.
type Order struct {
	Ref       string // ours, unique, not secret
	Amount    money.Amount
	Text      string // what the fee is for, without anything about a person
	ReturnURL string // where the payer comes back to, whatever became of it
	Lang      i18n.Lang
}

// State is how a payment went.
type State string

// The states. Failed and Cancelled are for ever: who wants to pay after all begins a new payment.
const (
	Pending   State = "pending"
	Paid      State = "paid"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)
