package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// Somebody sits down at a computer where another's session has run out. What was written there is neither read, sent, signed for nor
// deleted, however it is asked for.
func TestAnExpiredSessionLeavesNothingToTheNextVisitor(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	begin(b).form("/vad").set("what", "water", "text", "Mitt eget").send()
	b.get("/e-tjanster/fel/foto").form("/foto").attach("photo", part{"ritning.txt", "text/plain", "hej"}).send("_ladda", "photo")
	b.post("/e-tjanster/fel/var", url.Values{"where.text": {"Bakom ladan"}})
	b.post("/e-tjanster/fel/du", url.Values{"anonymous": {"yes"}}).at("/e-tjanster/fel/granska")
	h.Clock.Advance(13 * time.Hour)
	long := url.Values{"where.text": {strings.Repeat("a", 300<<10)}} // cut: what did not come is not taken away
	for name, v := range map[string]*view{
		"send": b.post("/e-tjanster/fel/skicka", nil), "delete": b.post("/e-tjanster/fel/ta-bort", nil), "step": b.post("/e-tjanster/fel/vad", long),
		"all": b.post("/e-tjanster/fel/allt", long), "files": b.post("/e-tjanster/fel/foto", url.Values{"x": {"y"}}), "sign": b.post("/e-tjanster/fel/signera", url.Values{"gor": {"start"}}),
		"pay": b.post("/e-tjanster/fel/betala", url.Values{"gor": {"betala"}}),
	} {
		if strings.Contains(v.body, "Mitt eget") || strings.Contains(v.body, "ritning") || strings.Contains(v.body, "ladan") {
			t.Errorf("%s shows what another wrote, at %s", name, v.Request.URL.Path)
		}
	}
	if h.count(t) != 0 {
		t.Error("what another wrote is handed in")
	}
	// They begin with a form of their own.
	if v := b.post("/e-tjanster/fel", nil).want(http.StatusOK).at("/e-tjanster/fel/vad"); strings.Contains(v.body, "Mitt eget") {
		t.Error("the form is another's")
	}
	h.Clock.Advance(time.Second)
	b.signIn("inv")
	b.get("/mina-sidor").want(http.StatusOK).form("/fortsatt").send().want(http.StatusOK, "Mitt eget")
	b.get("/e-tjanster/fel/foto").want(http.StatusOK, "ritning.txt")
}

// versions are case types in several versions, the last of which takes in new matters.
type versions []*casetype.CaseType

func (v versions) Open(calendar.Date) []*casetype.CaseType { return v[len(v)-1:] }

func (v versions) Version(_ string, n int) (*casetype.CaseType, bool) {
	for _, ct := range v {
		if ct.Version == n {
			return ct, true
		}
	}
	return nil, false
}

func TestADraftOfAnEarlierVersionIsGoneOnWithWhereItsOwnStepsAre(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b).form("/vad").set("text", "Skrivet i ettan").send("_spara", "1")
	next := faultReport(t, func(d *casetype.Definition) { d.Version, d.Form.Steps[0].Key = 2, "helt-nytt" })
	h.Module.Services = versions{h.Lamp, next}
	b.get("/e-tjanster/fel").form("/e-tjanster/fel").send().want(http.StatusOK, "Skrivet i ettan").at("/e-tjanster/fel/vad")
	// Its definition is gone: a new form can be begun.
	h.Module.Services = versions{next}
	b.get("/e-tjanster/fel").form("/e-tjanster/fel").send().want(http.StatusOK).at("/e-tjanster/fel/helt-nytt")
}

func TestWhatIsSentIsWhatWasShown(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b).form("/vad").set("what", "water", "text", "Det första").send()
	b.post("/e-tjanster/fel/var", url.Values{"where.address": {"Storgatan 1"}})
	review := b.post("/e-tjanster/fel/du", url.Values{"anonymous": {"yes"}}).at("/e-tjanster/fel/granska").want(http.StatusOK, "Det första")
	b.post("/e-tjanster/fel/vad", url.Values{"what": {"water"}, "text": {"Det andra"}}) // another tab
	again := review.form("/skicka").send().want(http.StatusConflict, "Det andra", h.texts.For(i18n.SV).T("public.review.changed"))
	if h.count(t) != 0 {
		t.Fatal("what was not shown is handed in")
	}
	again.form("/skicka").send().want(http.StatusOK).at("/e-tjanster/fel/klart")
	review.form("/skicka").send().want(http.StatusOK).at("/e-tjanster/fel/klart?igen=1")
}

func TestOnePersonDoesNotSignAsTwo(t *testing.T) {
	h := once(t, signed(t, nil))
	ines, maja := h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	ines.signIn("inv")
	maja.signIn("maja")
	fill := func(first, second string) *view {
		ines.post("/e-tjanster/fel", url.Values{})
		return ines.get("/e-tjanster/fel/vad").form("/vad").set("what", "En sak", "who.name", "Ines", "who.email", "ines@example.se", "with.name", "Maja", "with.number", first,
			"with.email", "maja@example.se", "second.name", "Olle", "second.number", second, "second.email", "olle@example.se").send().at("/e-tjanster/fel/granska").form("/skicka").send()
	}
	same := h.texts.For(i18n.SV).T("public.sign.twice")
	v := fill(majas, majas[2:8]+"-"+majas[8:]).at("/e-tjanster/fel/signera").want(http.StatusOK, same)
	v.form("/signera").send().at("/e-tjanster/fel/signera").want(http.StatusOK, same)
	if h.told.link("maja@example.se") != "" {
		t.Error("Maja is asked to sign as two")
	}
	// The writer is not their own co-applicant.
	writer := h.browser(t, i18n.SV)
	writer.signIn("maja")
	ines = writer
	v = fill(majas, olles).at("/e-tjanster/fel/signera").want(http.StatusOK, same)
	v.form("/signera").send().at("/e-tjanster/fel/signera").want(http.StatusOK, same)
	if h.told.link("olle@example.se") != "" {
		t.Error("the writer signs as another")
	}
}

// An officer's sign-in is no citizen's: a matter that must come from somebody known does not come from them.
func TestAnOfficerDoesNotPassForACitizenWhoHasSignedIn(t *testing.T) {
	h := once(t, func(d *casetype.Definition) { d.Auth = casetype.Auth{Level: casetype.LevelLoA3} })
	b := h.browser(t, i18n.SV)
	b.signIn("anna")
	f := b.get("/e-tjanster/fel/allt").want(http.StatusOK).form("/allt")
	f.set("what", "water", "text", "Som om", "where.address", "Storgatan 1", "anonymous", "yes")
	f.send().want(http.StatusUnprocessableEntity, h.texts.For(i18n.SV).T("public.form.channel"))
	b.post("/e-tjanster/fel", nil).at("/e-tjanster/fel/allt")
	if h.count(t) != 0 {
		t.Error("handed in by nobody known")
	}
	f.send("_kanal", "phone").want(http.StatusOK).at("/e-tjanster/fel/klart")
}

func TestARowHasOneName(t *testing.T) {
	h := once(t, func(d *casetype.Definition) {
		d.Form.Steps[0].Questions = append(d.Form.Steps[0].Questions, casetype.Question{Key: "more", Type: casetype.TypeTable, Label: both("Fler", "More"), Optional: true,
			Rows: &casetype.Rows{Max: 5, Columns: []casetype.Question{{Key: "name", Type: casetype.TypeText, Label: both("Namn", "Name")}}}})
	})
	b := h.browser(t, i18n.SV)
	begin(b)
	for _, row := range []string{"0", "-1", "6", "01", "+1", "1e0", "٣", "１", "1 ", "", "99999999999999999999"} {
		v := b.post("/e-tjanster/fel/vad", url.Values{"what": {"water"}, "text": {"x"}, "more." + row + ".name": {"Obehörig"}})
		if v.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(v.text(), "inget fält som heter") {
			t.Errorf("row %q: %d", row, v.StatusCode)
		}
	}
	b.get("/e-tjanster/fel/vad").form("/vad").set("what", "water", "text", "x").send().want(http.StatusOK).at("/e-tjanster/fel/var")
}

// The address of a page that leads to somebody's matter, or holds a secret, is not carried into a form that others read.
func TestSecretAddressesAreNotCarriedIntoForms(t *testing.T) {
	h := once(t, func(d *casetype.Definition) { d.Form.Steps[0].Questions[2].Prefill = casetype.FromPage })
	for _, from := range []string{
		"/signera/HEMLIGHEMLIGHEMLIG", "/en/signera/HEMLIGHEMLIGHEMLIG", "/en/folj/HEMLIG-1", "/folj/HEMLIG-1", "/en/mina-sidor/arenden/HEMLIG-1", "/kvitto/HEMLIG.json",
		"/arbete/arenden/HEMLIG", "/x/../signera/HEMLIG", "//signera/HEMLIG", "/%2f/HEMLIG", "/%5cHEMLIG", "javascript:/HEMLIG", "javascript:HEMLIG", "//HEMLIG/x", "/a%0aHEMLIG", "/" + strings.Repeat("HEMLIG", 100),
		"https://evil.example/HEMLIG",
	} {
		b := h.browser(t, i18n.SV)
		r := b.request(http.MethodPost, "/e-tjanster/fel", "application/x-www-form-urlencoded", strings.NewReader(""))
		if strings.HasPrefix(from, "/") {
			r.Header.Set("Referer", h.server.URL+from)
		} else {
			r.Header.Set("Referer", from)
		}
		if v := b.do(r).want(http.StatusOK); strings.Contains(v.body, "HEMLIG") {
			t.Errorf("the referrer %s is carried along", from)
		}
		b = h.browser(t, i18n.SV)
		if v := b.get("/e-tjanster/fel?om=" + url.QueryEscape(from)); strings.Contains(strings.ReplaceAll(v.body, "om="+url.QueryEscape(from), ""), `value="`+from) {
			t.Errorf("%s is carried along", from)
		}
		if v := b.post("/e-tjanster/fel", url.Values{"om": {from}}).want(http.StatusOK); strings.Contains(v.body, "HEMLIG") {
			t.Errorf("%s is written into the form", from)
		}
	}
	b := h.browser(t, i18n.SV)
	if v := b.post("/e-tjanster/fel", url.Values{"om": {"/en/kontakt"}}).want(http.StatusOK); !strings.Contains(v.body, "/en/kontakt") {
		t.Error("an open page is not known")
	}
}

// Many who leave the page of paying do not stand in the way of one who pays and closes the browser.
func TestAThousandUnpaidFormsDoNotHideOneThatIsPaid(t *testing.T) {
	h := once(t, paid(nil))
	s := drafts.NewStore(h.DB, h.Vault, h.Clock)
	for i := range 230 {
		d := &drafts.Draft{TypeID: h.Lamp.ID, Version: h.Lamp.Version, Answers: casetype.Answers{"what": {"x"}, "price": {"5"}}}
		if err := s.Begin(t.Context(), fmt.Sprint("token", i), d, nil); err != nil {
			t.Fatal(err)
		}
		clean, _ := h.Lamp.Validate(d.All())
		if err := s.Freeze(t.Context(), d, &drafts.Frozen{Clean: clean, Digest: drafts.Digest(h.Lamp, clean, nil), Fee: 500, Lang: i18n.SV}); err != nil {
			t.Fatal(err)
		}
	}
	h.Clock.Advance(time.Minute)
	b := h.browser(t, i18n.SV)
	order(b, "500").form("/skicka").send().at("/e-tjanster/fel/betala").form("/betala").send()
	h.till.Press(h.refs()[0], payment.Paid)
	if err := h.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.count(t) != 1 {
		t.Error("what was paid is not handed in")
	}
}

// Two tabs: one sends while the other has just added a file. Nothing is left of the file that did not go with the matter.
func TestAFileAddedInAnotherTabWhileSendingIsNotLeftBehind(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		begin(b)
		s := drafts.NewStore(h.DB, h.Vault, h.Clock)
		var id string
		if err := h.DB.QueryRow(t.Context(), `SELECT id FROM draft`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		read, err := s.ByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		v := b.get("/e-tjanster/fel/foto").form("/foto").attach("photo", part{"a.txt", "text/plain", "hej"}).send("_ladda", "photo").want(http.StatusOK, "a.txt")
		file := regexpID(t, v.body)
		if err := s.Sent(t.Context(), read, store.NewID(), nil); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.vault.Open(t.Context(), file); err == nil {
			t.Error("the file can still be read, and nothing leads to it")
		}
		// A form that is sent takes in no more.
		if _, err := s.Change(t.Context(), id, nil, func(d *drafts.Draft) { d.Answers = casetype.Answers{"text": {"För sent"}} }); err == nil {
			t.Error("a draft that was sent is written in")
		}
	})
}

// What was handed in by somebody who had signed in is theirs: the browser alone opens nothing when the session has run out.
func TestTheReceiptOfOneWhoSignedInEndsWithTheSession(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	v := b.post("/e-tjanster/fel/allt", allAnswers(store.NewID())).want(http.StatusOK).at("/e-tjanster/fel/klart")
	number := caseNumber.FindString(v.text())
	receipt := "/kvitto/" + slug(number) + ".json"
	b.get(receipt).want(http.StatusOK, number)
	b.get("/folj/"+slug(number)).want(http.StatusOK, number)
	b.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, number)
	h.Clock.Advance(100 * time.Minute)
	b.get("/mina-sidor").at("/logga-in?till=%2Fmina-sidor")
	for _, path := range []string{"/e-tjanster/fel/klart", "/folj/" + slug(number), "/folj", receipt} {
		if v := b.get(path); strings.Contains(v.body, number) {
			t.Errorf("the next visitor sees %s at %s", number, path)
		}
	}
}

// The answers are changed in another tab while the bank has them, and the first sum is paid all the same.
func TestNobodyPaysTwiceForWhatTheBankHasNotToldOf(t *testing.T) {
	h := once(t, paid(nil))
	b := h.browser(t, i18n.SV)
	order(b, "500").form("/skicka").send().at("/e-tjanster/fel/betala").form("/betala").send()
	first := h.refs()[0]
	b.post("/e-tjanster/fel/betala", url.Values{"gor": {"tillbaka"}}).at("/e-tjanster/fel/granska")
	b.post("/e-tjanster/fel/vad", url.Values{"what": {"En sak till"}, "price": {"700"}})
	h.till.Press(first, payment.Paid)
	b.post("/e-tjanster/fel/betala", url.Values{"gor": {"betala"}}).want(http.StatusOK)
	for _, ref := range h.refs() {
		if o, _, _ := h.till.Order(ref); ref != first && o.Amount != 200_00 {
			t.Errorf("asks for %d öre more, want 20000", o.Amount)
		}
	}
	for _, ref := range h.refs() {
		h.till.Press(ref, payment.Paid)
	}
	b.get("/e-tjanster/fel/betala").want(http.StatusOK).at("/e-tjanster/fel/klart")
	// The page of the bank is open to whoever has its address, and what is settled there stays; it gives nobody the form.
	stranger := h.browser(t, i18n.SV)
	if v := stranger.get("/e-tjanster/fel/klart"); strings.Contains(v.body, "KS 2026") {
		t.Error("another browser has the receipt")
	}
}

// A link to a step that the draft's version does not have leads to the form, and not to nothing.
func TestAStepOfAnotherVersionLeadsToTheDraft(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.get("/e-tjanster/fel/helt-nytt").want(http.StatusNotFound)
	begin(b).form("/vad").set("text", "Skrivet i ettan").send("_spara", "1")
	b.get("/e-tjanster/fel/helt-nytt").want(http.StatusOK, "Skrivet i ettan").at("/e-tjanster/fel/vad")
}

// Eight presses at once, from eight tabs, are one matter; so are eight returns from the bank.
func TestManyPressesAtOnceAreOneMatter(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		h := build(t, db, paid(nil))
		b := h.browser(t, i18n.SV)
		at := func(n int, press func() *view) {
			t.Helper()
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if v := press(); v.StatusCode >= 500 {
						t.Errorf("%d at %s", v.StatusCode, v.Request.URL.Path)
					}
				})
			}
			all.Wait()
			if got := h.count(t); got != n {
				t.Errorf("%d matters, want %d", got, n)
			}
		}
		review := order(b, "")
		at(1, func() *view { return review.form("/skicka").send() })
		page := order(b, "500").form("/skicka").send().at("/e-tjanster/fel/betala")
		at(1, func() *view { return page.form("/betala").send() })
		if len(h.refs()) != 1 {
			t.Errorf("%d payments begun", len(h.refs()))
		}
		h.till.Press(h.refs()[0], payment.Paid)
		at(2, func() *view { return b.get("/e-tjanster/fel/betala") })
		at(2, func() *view { return b.post("/e-tjanster/fel/skicka", nil) })
	})
}

// What people write is text on every page that shows it, in both languages, and a form is gone on with in the other.
func TestMarkupIsTextWhereverItIsShown(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}${7*7}`
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	begin(b).form("/vad").set("what", "water", "text", evil, "when-day", "'><b>", "when-month", `"onclick="x`, "when-year", "<i>").send().want(http.StatusUnprocessableEntity)
	check := func(v *view) {
		t.Helper()
		for _, bad := range []string{"<script>alert", "<img src=x", "'><b>", `"onclick="x`, "<i>"} {
			if strings.Contains(v.body, bad) {
				t.Errorf("%s holds %s", v.Request.URL.Path, bad)
			}
		}
	}
	check(b.get("/e-tjanster/fel/vad"))
	b.post("/e-tjanster/fel/vad", url.Values{"what": {"water"}, "text": {evil}})
	check(b.post("/e-tjanster/fel/var", url.Values{"where.address": {evil}, "where.text": {evil}}))
	b.get("/e-tjanster/fel/foto").form("/foto").attach("photo", part{`<svg onload=alert(1)>.txt`, "text/plain", "hej"}).send()
	b.lang = i18n.EN
	check(b.get("/e-tjanster/fel/foto").want(http.StatusOK))
	review := b.post("/e-tjanster/fel/du", url.Values{"anonymous": {"no"}, "who.name": {evil}, "who.email": {"a@example.se"}}).at("/e-tjanster/fel/granska").want(http.StatusOK, "<script>alert(1)")
	check(review)
	done := review.form("/skicka").send().want(http.StatusOK).at("/e-tjanster/fel/klart")
	check(done)
	number := caseNumber.FindString(done.text())
	check(b.get("/folj/"+slug(number)).want(http.StatusOK, "<script>alert(1)"))
	check(b.get("/diarium").want(http.StatusOK))
}
