package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// paid makes the case type one with a fee that the answers say.
func paid(change func(*casetype.Definition)) func(*casetype.Definition) {
	return func(d *casetype.Definition) {
		d.Form.Steps = []casetype.Step{{Key: "vad", Title: both("Vad", "What"), Questions: []casetype.Question{
			{Key: "what", Type: casetype.TypeText, Label: both("Vad?", "What?")}, {Key: "price", Type: casetype.TypeMoney, Label: both("Avgift", "Fee"), Optional: true}}}}
		d.Documents, d.Assignment = nil, nil
		d.Registry.Subject = both("Ansökan: {what}", "Application: {what}")
		d.Payment = &casetype.Payment{Amount: "price", Text: both("Avgift enligt taxan", "Fee by the tariff")}
		if change != nil {
			change(d)
		}
		d.Examples = []casetype.Example{{Name: "en", Answers: map[string]casetype.Values{"what": {"x"}, "price": {"500"}}, Expect: casetype.Expectation{Unit: "gata"}}}
	}
}

// order fills in the form and gives the review page.
func order(b *browser, fee string) *view {
	b.t.Helper()
	b.post("/e-tjanster/fel", url.Values{})
	return b.get("/e-tjanster/fel/vad").want(http.StatusOK).form("/vad").set("what", "En sak", "price", fee).send().at("/e-tjanster/fel/granska").want(http.StatusOK)
}

// refs are the references of the orders.
func (h *house) refs() []string {
	var out []string
	for ref := range h.till.orders {
		out = append(out, ref)
	}
	return out
}

func (h *house) count(t *testing.T) int {
	t.Helper()
	var n int
	if err := h.DB.QueryRow(t.Context(), `SELECT count(*) FROM cases`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFeeIsPaidBeforeTheMatterIsHandedIn(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		h := build(t, db, paid(nil))
		for i, l := range i18n.Languages() {
			T := h.texts.For(l).T
			b := h.browser(t, l)
			amount := map[i18n.Lang]string{i18n.SV: "499,50 kr", i18n.EN: "SEK 499.50"}[l]
			review := order(b, "499,50").want(http.StatusOK, amount, T("public.pay.fee"), T("public.review.betala"))
			review = review.form("/skicka").send().at("/e-tjanster/fel/betala").want(http.StatusOK, amount)
			till := review.form("/betala").send().want(http.StatusOK, T("public.pay.till.lead"), amount)
			if !strings.Contains(till.Request.URL.Path, "/demo/betala/") || h.count(t) != i {
				t.Fatalf("at %s with %d matters", till.Request.URL, h.count(t))
			}
			ref := till.Request.URL.Path[strings.LastIndex(till.Request.URL.Path, "/")+1:]
			// The payer cancels, comes back, and pays after all.
			back := b.post("/demo/betala/"+ref, url.Values{"gor": {"cancelled"}}).at("/e-tjanster/fel/betala").want(http.StatusOK, T("public.pay.is.cancelled"))
			b.get("/e-tjanster/fel/vad").at("/e-tjanster/fel/betala") // what is paid for stands
			till = back.form("/betala").send().want(http.StatusOK)
			again := till.Request.URL.Path[strings.LastIndex(till.Request.URL.Path, "/")+1:]
			if again == ref {
				t.Fatal("a cancelled payment was gone on with")
			}
			b.post("/demo/betala/"+again, url.Values{"gor": {"paid"}}).at("/e-tjanster/fel/klart").want(http.StatusOK, T("public.done.title"))
			if h.count(t) != i+1 {
				t.Fatalf("%d matters", h.count(t))
			}
			b.get("/e-tjanster/fel/betala").at("/e-tjanster/fel/klart?igen=1")
			if list, err := h.Payments.Unclaimed(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("unclaimed %v %v", list, err)
			}
		}
	})
}

func TestWhoPaysAndClosesTheBrowserHasHandedIn(t *testing.T) {
	h := once(t, paid(nil))
	b := h.browser(t, i18n.SV)
	order(b, "500").form("/skicka").send().form("/betala").send().want(http.StatusOK)
	if err := h.Tend(t.Context()); err != nil || h.count(t) != 0 {
		t.Fatalf("before it is paid: %d matters, %v", h.count(t), err)
	}
	h.till.Press(h.refs()[0], payment.Paid)
	for range 2 {
		if err := h.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if h.count(t) != 1 {
		t.Errorf("%d matters", h.count(t))
	}
	b.get("/e-tjanster/fel/betala").at("/e-tjanster/fel/klart?igen=1")
	if err := h.Heard(t.Context(), h.refs()[0]); err != nil { // the webhook comes last
		t.Error(err)
	}
}

func TestNothingToPayIsNoStep(t *testing.T) {
	h := once(t, paid(nil))
	b := h.browser(t, i18n.SV)
	review := order(b, "0")
	b.get("/e-tjanster/fel/betala").at("/e-tjanster/fel/granska")
	review.form("/skicka").send().want(http.StatusOK).at("/e-tjanster/fel/klart")
}

func TestAnotherPriceAfterPayingIsToldAndTheRestIsPaid(t *testing.T) {
	h := once(t, paid(nil))
	b := h.browser(t, i18n.SV)
	order(b, "500").form("/skicka").send().form("/betala").send()
	b.post("/e-tjanster/fel/betala", url.Values{"gor": {"tillbaka"}}).at("/e-tjanster/fel/granska")
	b.get("/e-tjanster/fel/vad").form("/vad").set("price", "700").send()
	h.till.Press(h.refs()[0], payment.Paid) // in the tab that was still open
	if err := h.Tend(t.Context()); err != nil || h.count(t) != 0 {
		t.Fatalf("handed in while it is edited: %d, %v", h.count(t), err)
	}
	page := b.post("/e-tjanster/fel/skicka", nil).at("/e-tjanster/fel/betala").want(http.StatusOK, "Kvar att betala", "200,00 kr")
	till := page.form("/betala").send().want(http.StatusOK, "200,00 kr")
	ref := till.Request.URL.Path[strings.LastIndex(till.Request.URL.Path, "/")+1:]
	b.post("/demo/betala/"+ref, url.Values{"gor": {"paid"}}).want(http.StatusOK).at("/e-tjanster/fel/klart")
	if h.count(t) != 1 {
		t.Errorf("%d matters", h.count(t))
	}
}

func TestWithoutAProviderTheServiceOffersItsOtherWays(t *testing.T) {
	h := once(t, paid(nil))
	h.Payments = nil
	b := h.browser(t, i18n.SV)
	b.get("/e-tjanster/fel").want(http.StatusOK, h.texts.For(i18n.SV).T("public.pay.none"))
	b.post("/e-tjanster/fel", url.Values{}).at("/e-tjanster/fel").want(http.StatusOK)
}

func TestAFullServiceKeepsTheDraftAndNobodyPaysForNothing(t *testing.T) {
	h := once(t, paid(func(d *casetype.Definition) {
		d.Window = casetype.Window{Cap: 1, Text: both("Vi öppnar igen i vår.", "We open again in spring.")}
	}))
	T := h.texts.For(i18n.SV).T
	first, second, third := h.browser(t, i18n.SV), h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	one, two, three := order(first, "0"), order(second, "0"), order(third, "500")
	three = three.form("/skicka").send().want(http.StatusOK)
	one.form("/skicka").send().at("/e-tjanster/fel/klart")
	two.form("/skicka").send().want(http.StatusConflict, T("public.room.full.title"), "Vi öppnar igen i vår.")
	second.get("/e-tjanster/fel/granska").want(http.StatusOK, "En sak")
	three.form("/betala").send().want(http.StatusConflict, T("public.room.full.title"))
	if len(h.refs()) != 0 {
		t.Error("a payment was begun for a matter that is not taken in")
	}
}

func TestWhatIsPaidAndCannotBeHandedInIsKeptAndListed(t *testing.T) {
	h := once(t, paid(func(d *casetype.Definition) { d.Window = casetype.Window{Cap: 1, Text: both("Fullt", "Full")} }))
	payer, quick := h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	order(payer, "500").form("/skicka").send().form("/betala").send()
	order(quick, "0").form("/skicka").send().at("/e-tjanster/fel/klart")
	h.till.Press(h.refs()[0], payment.Paid)
	payer.get("/e-tjanster/fel/betala").want(http.StatusConflict, h.texts.For(i18n.SV).T("public.room.full.title"))
	h.Clock.Advance(60 * 24 * time.Hour)
	if err := errors.Join(h.Tend(t.Context()), drafts.NewStore(h.DB, h.Vault, h.Clock).Sweep(t.Context())); err != nil {
		t.Fatal(err)
	}
	list, err := h.Payments.Unclaimed(t.Context())
	if err != nil || len(list) != 1 || list[0].Paid != 50_000 {
		t.Fatalf("for finance: %v %v", list, err)
	}
	if _, err := drafts.NewStore(h.DB, h.Vault, h.Clock).ByID(t.Context(), list[0].Draft); err != nil {
		t.Errorf("the draft that was paid for: %v", err)
	}
}

func TestAWindowThatShutsBetweenBeginningAndSendingKeepsTheDraft(t *testing.T) {
	h := once(t, paid(func(d *casetype.Definition) {
		d.Window = casetype.Window{Opens: calendar.NewDate(2026, 2, 1), Closes: calendar.NewDate(2026, 3, 3), Yearly: true, Text: both("Kom igen.", "Come again.")}
	}))
	b := h.browser(t, i18n.SV)
	review := order(b, "0")
	h.Clock.Advance(2 * 24 * time.Hour)
	review.form("/skicka").send().want(http.StatusConflict, h.texts.For(i18n.SV).T("public.room.shut.title"), "1 februari 2027")
	b.get("/e-tjanster/fel/granska").want(http.StatusOK, "En sak")
	if h.count(t) != 0 {
		t.Error("it was handed in")
	}
}

func TestAPersonIsToldThatTheyHaveSentInAsManyAsTheyMay(t *testing.T) {
	h := once(t, paid(func(d *casetype.Definition) {
		d.Window = casetype.Window{PerPerson: 1, Text: both("En var", "One each")}
	}))
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	order(b, "0").form("/skicka").send().at("/e-tjanster/fel/klart")
	order(b, "0").form("/skicka").send().want(http.StatusConflict, h.texts.For(i18n.SV).T("public.room.often.title"))
}

func TestAFeeIsPaidWhenAllHaveSigned(t *testing.T) {
	h := once(t, signed(t, func(d *casetype.Definition) {
		d.Payment = &casetype.Payment{Amount: "price", Text: both("Avgift", "Fee")}
		d.Sign.Mode = casetype.SignSequential
	}))
	ines, maja, olle := h.browser(t, i18n.SV), h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	for who, b := range map[string]*browser{"inv": ines, "maja": maja, "olle": olle} {
		b.signIn(who)
	}
	h.ask(ines, "500").form("/skicka").send().form("/signera").send().want(http.StatusOK)
	if h.told.link("olle@example.se") != "" {
		t.Error("the second was asked before the first had signed")
	}
	for _, step := range []struct {
		b  *browser
		to string
	}{{maja, "maja@example.se"}, {olle, "olle@example.se"}} {
		link := h.told.link(step.to)
		step.b.get(link).want(http.StatusOK).form(link).send().want(http.StatusOK).at(link)
	}
	if got := h.told.kinds("ines@example.se"); got != "to_pay" || h.count(t) != 0 {
		t.Fatalf("told %q, %d matters", got, h.count(t))
	}
	ines.get("/e-tjanster/fel/signera").at("/e-tjanster/fel/betala").want(http.StatusOK).form("/betala").send().want(http.StatusOK)
	ines.post("/demo/betala/"+h.refs()[0], url.Values{"gor": {"paid"}}).at("/e-tjanster/fel/klart").want(http.StatusOK)
	page, err := h.Mine(t.Context(), cases.Citizen{Person: h.IDs["olle"]}, "", 10)
	list := page.Cases
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	v, err := h.CitizenView(t.Context(), cases.Citizen{Person: h.IDs["olle"]}, list[0].ID)
	if err != nil || len(v.Events[0].Data.Signatures) != 3 || len(v.Events[0].Data.Payments) != 1 || v.Events[0].Data.Payments[0].Amount != 50_000 {
		t.Errorf("%+v, %v", v.Events[0].Data, err)
	}
}

func TestAVisitorDoesNotPassPaymentByCallingItATelephoneCall(t *testing.T) {
	h := once(t, paid(nil))
	b := h.browser(t, i18n.SV)
	v := b.post("/e-tjanster/fel/allt", url.Values{"_nyckel": {"x"}, "_key": {store.NewID()}, "what": {"x"}, "price": {"500"}, "_channel": {"phone"}, "_kanal": {"phone"}})
	if h.count(t) != 0 {
		t.Errorf("it was handed in at %s", v.Request.URL)
	}
	page := b.get("/e-tjanster/fel/allt").want(http.StatusOK)
	f := page.form("/allt")
	f.values.Set("_kanal", "phone")
	f.values.Set("_channel", "phone")
	f.set("what", "x", "price", "500").send().at("/e-tjanster/fel/granska")
	if h.count(t) != 0 {
		t.Error("it was handed in without being paid")
	}
}
