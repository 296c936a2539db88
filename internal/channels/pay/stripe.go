package pay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
)

// stripeVersion is the version of the API that the adapter is written for; Stripe keeps answering in it.
const stripeVersion = "2025-03-31.basil"

// Errors of Stripe.
var (
	// ErrStripe means that Stripe refused or could not answer.
	ErrStripe = errors.New("stripe did not do as it was asked")
	// ErrSignature means that a message does not come from Stripe, or is older than five minutes.
	ErrSignature = errors.New("the webhook's signature does not hold")
)

// maxAnswer bounds what is read of an answer or a webhook, in bytes.
const maxAnswer = 1 << 20

// Stripe takes payments through Stripe Checkout: the payer pays on Stripe's page, and no card number ever comes here.
type Stripe struct {
	client        *http.Client
	clock         calendar.Clock
	base          string
	key           string
	webhookSecret string
}

// NewStripe speaks with Stripe at base ("https://api.stripe.com") with the account's secret key. webhookSecret may be "".
func NewStripe(clock calendar.Clock, base, key, webhookSecret string) *Stripe {
	return &Stripe{client: &http.Client{Timeout: 20 * time.Second}, clock: clock, base: strings.TrimRight(base, "/"), key: key, webhookSecret: webhookSecret}
}

// CheckoutOrigin is the site that a payment form is redirected to: a Content-Security-Policy's form-action must allow it.
const CheckoutOrigin = "https://checkout.stripe.com"

// Name is how its payments are stored.
func (s *Stripe) Name() string { return "stripe" }

// session is what we read of a Checkout Session.
type session struct {
	ID       string `json:"id"`
	URL      string `json:"url"`
	Status   string `json:"status"`         // open, complete, expired
	Payment  string `json:"payment_status"` // paid, unpaid, no_payment_required
	Total    *int64 `json:"amount_total"`   // öre
	Currency string `json:"currency"`
}

// Begin makes a Checkout Session. Nothing about a person is sent: Stripe asks the payer itself.
func (s *Stripe) Begin(ctx context.Context, o payment.Order) (string, string, error) {
	back := o.ReturnURL
	form := url.Values{
		"mode": {"payment"}, "success_url": {back}, "cancel_url": {back}, "client_reference_id": {o.Ref}, "locale": {locale(o.Lang)},
		"line_items[0][quantity]":                       {"1"},
		"line_items[0][price_data][currency]":           {"sek"},
		"line_items[0][price_data][unit_amount]":        {strconv.FormatInt(int64(o.Amount), 10)},
		"line_items[0][price_data][product_data][name]": {o.Text},
	}
	var out session
	if err := s.call(ctx, http.MethodPost, "/v1/checkout/sessions", form, o.Ref, &out); err != nil {
		return "", "", err
	}
	if out.ID == "" || !strings.HasPrefix(out.URL, "https://") {
		return "", "", fmt.Errorf("%w: a session without an address", ErrStripe)
	}
	return out.URL, out.ID, nil
}

func locale(l i18n.Lang) string {
	if l == i18n.EN {
		return "en"
	}
	return "sv"
}

// sessionID is what Stripe names its sessions: it becomes a part of an address.
var sessionID = regexp.MustCompile(`^cs_[A-Za-z0-9_]{1,200}$`)

// Status reads a Checkout Session.
func (s *Stripe) Status(ctx context.Context, ref string) (payment.State, money.Amount, error) {
	if !sessionID.MatchString(ref) {
		return "", 0, fmt.Errorf("%w: not the name of a session", ErrStripe)
	}
	var out session
	if err := s.call(ctx, http.MethodGet, "/v1/checkout/sessions/"+ref, nil, "", &out); err != nil {
		return "", 0, err
	}
	switch {
	case out.Payment == "paid" && (out.Currency != "sek" || out.Total == nil):
		return "", 0, fmt.Errorf("%w: paid in %q", ErrStripe, out.Currency)
	case out.Payment == "paid":
		return payment.Paid, money.Amount(*out.Total), nil
	case out.Status == "expired":
		return payment.Cancelled, 0, nil
	}
	return payment.Pending, 0, nil // open, or complete with a slow means of payment
}

func (s *Stripe) call(ctx context.Context, method, path string, form url.Values, idempotency string, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("asking Stripe: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Stripe-Version", stripeVersion)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Idempotency-Key", idempotency)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("asking Stripe: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("asking Stripe: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		var said struct {
			Error struct{ Type, Code string }
		}
		_ = json.Unmarshal(raw, &said) // what is no JSON says nothing more than the status; the message may quote what we sent
		return fmt.Errorf("%w: %d %s %s", ErrStripe, resp.StatusCode, said.Error.Type, said.Error.Code)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%w: an answer that is not JSON", ErrStripe)
	}
	return nil
}

// tolerance is how old a webhook may be: an old one that somebody has kept is not believed.
const tolerance = 5 * time.Minute

// Event reads a webhook: the session that something happened to, or "" if it is about something else. The error wraps ErrSignature.
func (s *Stripe) Event(header string, body []byte) (ref string, err error) {
	if s.webhookSecret == "" || !s.signed(header, body) {
		return "", ErrSignature
	}
	var event struct {
		Type string
		Data struct{ Object struct{ ID string } }
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return "", fmt.Errorf("%w: an event that is not JSON", ErrStripe)
	}
	if !strings.HasPrefix(event.Type, "checkout.session.") || !sessionID.MatchString(event.Data.Object.ID) {
		return "", nil
	}
	return event.Data.Object.ID, nil
}

// signed checks the header "t=1700000000,v1=hex,v1=hex" (https://docs.stripe.com/webhooks#verify-manually).
func (s *Stripe) signed(header string, body []byte) bool {
	var at string
	var given [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil {
				given = append(given, sum)
			}
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || s.clock.Now().Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	h := hmac.New(sha256.New, []byte(s.webhookSecret))
	h.Write([]byte(at + "."))
	h.Write(body)
	want := h.Sum(nil)
	for _, sum := range given {
		if hmac.Equal(sum, want) {
			return true
		}
	}
	return false
}

// Webhook takes Stripe's messages and passes on the session they are about. What fails is answered so that Stripe sends it again.
func (s *Stripe) Webhook(heard func(ctx context.Context, ref string) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		ref, err := s.Event(r.Header.Get("Stripe-Signature"), body)
		if err != nil {
			http.Error(w, "not believed", http.StatusBadRequest)
			return
		}
		if ref != "" {
			if err := heard(r.Context(), ref); err != nil {
				http.Error(w, "try again", http.StatusServiceUnavailable)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
