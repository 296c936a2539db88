package pay_test

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/payment"
	"dygnet/internal/channels/pay"
	"dygnet/internal/kernel/calendar"
)

var noon = time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)

var fee = payment.Order{Ref: "0190c0de-0000-7000-8000-000000000001", Amount: 4_350_00, Text: "Avgift för anmälan av eldstad", ReturnURL: "https://kommun.example/e-tjanster/eldstad/betala?ater=1"}

// stripeMock starts Stripe's own server of its API description, which scripts/test-setup installs.
func stripeMock(t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("../../../.cache/bin/stripe-mock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip("stripe-mock is not installed: run scripts/test-setup")
	}
	cmd := exec.CommandContext(t.Context(), program, "-http-addr", "127.0.0.1:0", "-strict-version-check=false") //nolint:gosec // our own cache
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	address := regexp.MustCompile(`Listening for HTTP at address: (\S+)`)
	for lines.Scan() {
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "http://" + m[1]
		}
	}
	t.Fatal("stripe-mock does not say where it listens")
	return ""
}

func TestStripeTakesOurRequestsAndWeReadItsAnswers(t *testing.T) {
	address := stripeMock(t)
	s := pay.NewStripe(calendar.NewFake(noon), address, "sk_test_123", "")
	checkout, ref, err := s.Begin(t.Context(), fee)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(checkout, "https://") || !strings.HasPrefix(ref, "cs_") {
		t.Errorf("address %q, session %q", checkout, ref)
	}
	if state, _, err := s.Status(t.Context(), ref); err != nil || state != payment.Pending && state != payment.Paid && state != payment.Cancelled {
		t.Errorf("%q, %v", state, err)
	}
	// It refuses a key that is none of its, as Stripe does.
	if _, _, err := pay.NewStripe(calendar.NewFake(noon), address, "wrong", "").Status(t.Context(), ref); !errors.Is(err, pay.ErrStripe) {
		t.Errorf("with a wrong key: %v", err)
	}
}

// recorded answers as Stripe does in its documentation of Checkout Sessions.
func recorded(t *testing.T, status int, answer string, seen *http.Request) *pay.Stripe {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		if seen != nil {
			*seen = *r
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return pay.NewStripe(calendar.NewFake(noon), server.URL, "sk_test_123", "whsec_x")
}

func TestTheAmountAsksForOreAndTheSameOrderIsTheSamePayment(t *testing.T) {
	var seen http.Request
	s := recorded(t, http.StatusOK, `{"id":"cs_test_a","url":"https://checkout.stripe.com/c/pay/cs_test_a"}`, &seen)
	if _, _, err := s.Begin(t.Context(), fee); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"line_items[0][price_data][unit_amount]": "435000", "line_items[0][price_data][currency]": "sek", "client_reference_id": fee.Ref, "locale": "sv"} {
		if got := seen.PostForm.Get(field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	if seen.Header.Get("Idempotency-Key") != fee.Ref || seen.Header.Get("Authorization") != "Bearer sk_test_123" {
		t.Errorf("headers %v", seen.Header)
	}
}

func TestWhatASessionSaysIsWhatBecameOfThePayment(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   payment.State
		amount int64
	}{
		"open":            {`{"status":"open","payment_status":"unpaid","amount_total":435000,"currency":"sek"}`, payment.Pending, 0},
		"paid":            {`{"status":"complete","payment_status":"paid","amount_total":435000,"currency":"sek"}`, payment.Paid, 435000},
		"slow means":      {`{"status":"complete","payment_status":"unpaid","amount_total":435000,"currency":"sek"}`, payment.Pending, 0},
		"gone":            {`{"status":"expired","payment_status":"unpaid","amount_total":435000,"currency":"sek"}`, payment.Cancelled, 0},
		"other currency":  {`{"status":"complete","payment_status":"paid","amount_total":435000,"currency":"eur"}`, "", 0},
		"without a total": {`{"status":"complete","payment_status":"paid","amount_total":null,"currency":"sek"}`, "", 0},
	} {
		state, amount, err := recorded(t, http.StatusOK, test.answer, nil).Status(t.Context(), "cs_test_a")
		if state != test.want || int64(amount) != test.amount || (err != nil) != (test.want == "") {
			t.Errorf("%s: %q, %d, %v", name, state, amount, err)
		}
	}
	if _, _, err := recorded(t, http.StatusOK, `{}`, nil).Status(t.Context(), "../customers"); !errors.Is(err, pay.ErrStripe) {
		t.Errorf("a name that leads elsewhere: %v", err)
	}
	_, _, err := recorded(t, http.StatusPaymentRequired, `{"error":{"type":"card_error","code":"declined","message":"Ines Invånare"}}`, nil).Status(t.Context(), "cs_test_a")
	if !errors.Is(err, pay.ErrStripe) || strings.Contains(err.Error(), "Ines") {
		t.Errorf("a refusal: %v", err)
	}
}

func sign(secret string, at time.Time, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(h, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s,v0=ignored", at.Unix(), hex.EncodeToString(h.Sum(nil)))
}

func TestOnlyStripeIsBelieved(t *testing.T) {
	body := `{"type":"checkout.session.completed","data":{"object":{"id":"cs_test_a"}}}`
	s := pay.NewStripe(calendar.NewFake(noon), "https://stripe.example", "sk_test_123", "whsec_x")
	var heard []string
	hook := s.Webhook(func(_ context.Context, ref string) error {
		heard = append(heard, ref)
		return nil
	})
	for name, test := range map[string]struct {
		header, body string
		want         int
	}{
		"right":          {sign("whsec_x", noon, body), body, http.StatusNoContent},
		"another secret": {sign("whsec_y", noon, body), body, http.StatusBadRequest},
		"another body":   {sign("whsec_x", noon, body), strings.Replace(body, "cs_test_a", "cs_test_b", 1), http.StatusBadRequest},
		"kept":           {sign("whsec_x", noon.Add(-6*time.Minute), body), body, http.StatusBadRequest},
		"unsigned":       {"", body, http.StatusBadRequest},
		"something else": {sign("whsec_x", noon, `{"type":"charge.refunded"}`), `{"type":"charge.refunded"}`, http.StatusNoContent},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/betala/stripe", strings.NewReader(test.body))
		r.Header.Set("Stripe-Signature", test.header)
		w := httptest.NewRecorder()
		hook.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d, want %d", name, w.Code, test.want)
		}
	}
	if len(heard) != 1 || heard[0] != "cs_test_a" {
		t.Errorf("heard of %v", heard)
	}
	if _, err := pay.NewStripe(calendar.NewFake(noon), "", "", "").Event(sign("", noon, body), []byte(body)); !errors.Is(err, pay.ErrSignature) {
		t.Errorf("without a secret nothing is believed: %v", err)
	}
}

func FuzzEvent(f *testing.F) {
	f.Add("t=1,v1=00", []byte(`{"type":"checkout.session.completed"}`))
	f.Add(sign("whsec_x", noon, "{"), []byte("{"))
	s := pay.NewStripe(calendar.NewFake(noon), "", "", "whsec_x")
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		ref, err := s.Event(header, body)
		if err != nil && ref != "" {
			t.Errorf("%q with %v", ref, err)
		}
	})
}
