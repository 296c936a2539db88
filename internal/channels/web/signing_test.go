package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/payment"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// told keeps what people are written to about signing.
type told struct {
	mu   sync.Mutex
	list []drafts.Telling
}

func (t *told) Tell(_ context.Context, _ *store.Tx, x drafts.Telling) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, x)
	return nil
}

// kinds are what somebody has been told, in order.
func (t *told) kinds(to string) string {
	var out []string
	for _, x := range t.list {
		if x.To == to {
			out = append(out, string(x.Kind))
		}
	}
	return strings.Join(out, " ")
}

// link is where somebody was asked to go last.
func (t *told) link(to string) string {
	for i := len(t.list) - 1; i >= 0; i-- {
		if t.list[i].To == to && t.list[i].Path != "" {
			return t.list[i].Path
		}
	}
	return ""
}

// till is a provider that does as it is told: the demonstration's, as far as the site knows.
type till struct {
	mu     sync.Mutex
	orders map[string]payment.Order
	states map[string]payment.State
}

func (t *till) Name() string { return "till" }

func (t *till) Begin(_ context.Context, o payment.Order) (string, string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.orders[o.Ref], t.states[o.Ref] = o, payment.Pending
	return "/demo/betala/" + o.Ref, o.Ref, nil
}

func (t *till) Status(_ context.Context, ref string) (payment.State, money.Amount, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.states[ref] != payment.Paid {
		return t.states[ref], 0, nil
	}
	return payment.Paid, t.orders[ref].Amount, nil
}

func (t *till) Order(ref string) (payment.Order, payment.State, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, ok := t.orders[ref]
	return o, t.states[ref], ok
}

func (t *till) Press(ref string, s payment.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.states[ref] = s
}

// Personnummer of the series that Skatteverket reserves for tests.
const majas, olles = "199012119948", "197306749982"

// addSigners adds maja and olle, residents with numbers.
func (h *house) addSigners(t testing.TB) {
	t.Helper()
	for key, number := range map[string]string{"maja": majas, "olle": olles} {
		if there, err := h.Org.PersonByKey(context.Background(), key); err == nil { // the database was opened before
			h.IDs[key] = there.ID
			continue
		}
		n, err := civic.Parse(number, calendar.NewDate(2026, 1, 1))
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Org.AddPerson(context.Background(), bodies.By{Person: journal.System}, bodies.Person{Key: key, Kind: bodies.Resident, Name: strings.ToUpper(key[:1]) + key[1:]}, n)
		if err != nil {
			t.Fatal(err)
		}
		h.IDs[key] = p.ID
	}
}

func period(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signed makes the case type one that two people sign: a co-applicant and those in a table. change may alter it further.
func signed(t testing.TB, change func(*casetype.Definition), last ...func(*casetype.Definition)) func(*casetype.Definition) {
	return func(d *casetype.Definition) {
		d.Form.Steps = []casetype.Step{{Key: "vad", Title: both("Vad", "What"), Questions: []casetype.Question{
			{Key: "what", Type: casetype.TypeText, Label: both("Vad?", "What?")},
			{Key: "price", Type: casetype.TypeMoney, Label: both("Avgift", "Fee"), Optional: true},
			{Key: "who", Type: casetype.TypePerson, Label: both("Vem är du?", "Who are you?")},
			{Key: "with", Type: casetype.TypePerson, Label: both("Vem söker med dig?", "Who applies with you?"), Ask: []casetype.PersonPart{casetype.AskName, casetype.AskNumber, casetype.AskEmail}},
			{Key: "second", Type: casetype.TypePerson, Label: both("Och en till?", "And another?"), Ask: []casetype.PersonPart{casetype.AskName, casetype.AskNumber, casetype.AskEmail}},
			{Key: "photo", Type: casetype.TypeFile, Label: both("Foto", "Photo"), Optional: true, Files: &casetype.FileLimits{Max: 2, MaxMB: 1, Accept: []string{"text/plain"}}},
		}}}
		d.Documents[0].Question = "photo"
		d.Registry.Subject = both("Ansökan: {what}", "Application: {what}")
		d.Parties = []casetype.PartyRule{
			{Key: "du", Role: casetype.RoleInitiator, Title: both("Du", "You"), Question: "who"},
			{Key: "med", Role: casetype.RoleCoApplicant, Title: both("Medsökande", "Co-applicant"), Question: "with", Signs: true},
			{Key: "till", Role: casetype.RoleCoApplicant, Title: both("Medsökande", "Co-applicant"), Question: "second", Signs: true},
		}
		d.Sign = casetype.Sign{Mode: casetype.SignParallel, Deadline: period(t, "P14D")}
		d.Auth = casetype.Auth{Level: casetype.LevelLoA2}
		d.Examples = nil
		if change != nil {
			change(d)
		}
		d.Examples = []casetype.Example{{Name: "en", Answers: map[string]casetype.Values{
			"what": {"x"}, "who.name": {"A"}, "who.email": {"a@example.se"}, "with.name": {"B"}, "with.number": {majas}, "with.email": {"b@example.se"},
			"second.name": {"C"}, "second.number": {olles}, "second.email": {"c@example.se"},
		}, Expect: casetype.Expectation{Unit: "gata"}}}
		if d.Payment != nil {
			d.Examples[0].Answers["price"] = casetype.Values{"500"}
		}
		for _, change := range last {
			change(d)
		}
	}
}

// ask fills in the form as inv and gives the review page.
func (h *house) ask(b *browser, fee string) *view {
	b.t.Helper()
	b.post("/e-tjanster/fel", url.Values{})
	v := b.get("/e-tjanster/fel/vad").want(http.StatusOK)
	return v.form("/vad").set("what", "En hemlighet", "price", fee, "who.name", "Ines", "who.email", "ines@example.se",
		"with.name", "Maja", "with.number", majas, "with.email", "maja@example.se", "second.name", "Olle", "second.number", olles, "second.email", "olle@example.se").
		attach("photo", part{"ritning.txt", "text/plain", "en ritning"}).send().at("/e-tjanster/fel/granska").want(http.StatusOK, "En hemlighet")
}

func TestAMatterThatOthersSignIsHandedInWhenAllHave(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		h := build(t, db, signed(t, nil))
		for _, l := range i18n.Languages() {
			h.told.list = nil
			T := h.texts.For(l).T
			ines, maja, olle := h.browser(t, l), h.browser(t, l), h.browser(t, l)
			ines.signIn("inv")
			page := h.ask(ines, "").form("/skicka").send().at("/e-tjanster/fel/signera").want(http.StatusOK, "Maja", "Olle", T("public.sign.start"))
			if strings.Contains(page.body, majas) || strings.Contains(page.body, "9948") {
				t.Error("the page shows a whole personnummer")
			}
			page.form("/signera").send().at("/e-tjanster/fel/signera").want(http.StatusOK, T("public.sign.waiting.title"))
			for _, path := range []string{"vad", "granska", "allt", "betala"} { // the answers stand
				ines.get("/e-tjanster/fel/" + path).at("/e-tjanster/fel/signera")
			}
			ines.post("/e-tjanster/fel/vad", url.Values{"what": {"Något annat"}}).at("/e-tjanster/fel/signera")
			ines.post("/e-tjanster/fel/skicka", nil).at("/e-tjanster/fel/signera")
			link := h.told.link("maja@example.se")
			for _, x := range h.told.list {
				if strings.Contains(fmt.Sprint(x), "hemlighet") || x.Writer != "Ines Invånare" {
					t.Errorf("the letter says %+v", x)
				}
			}
			// Nobody but Maja reads it: not a stranger with the link, not Olle, not an officer.
			for _, who := range []string{"", "olle", "anna", "inv"} {
				stranger := h.browser(t, l)
				if who != "" {
					stranger.signIn(who)
				}
				for _, path := range []string{link, link + "/nej", link + "/fil/1"} {
					if v := stranger.get(path); v.StatusCode < 400 || strings.Contains(v.body, "hemlighet") || strings.Contains(v.body, "en ritning") {
						t.Errorf("%q reads %s: %d", who, path, v.StatusCode)
					}
				}
				if v := stranger.post(link, url.Values{"underlag": {"x"}}); v.StatusCode < 400 {
					t.Errorf("%q signs: %d", who, v.StatusCode)
				}
			}
			maja.signIn("maja")
			maja.get("/mina-sidor").want(http.StatusOK, T("public.sign.read.title", "Service", h.Lamp.Title.In(l)))
			read := maja.get(link).want(http.StatusOK, "En hemlighet", "ritning.txt")
			if v := maja.get(link + "/fil/1").want(http.StatusOK); v.body != "en ritning" {
				t.Errorf("the file says %q", v.body)
			}
			read.form(link).send().at(link).want(http.StatusOK)
			ines.get("/e-tjanster/fel/signera").want(http.StatusOK)
			olle.signIn("olle")
			done := olle.get(h.told.link("olle@example.se")).want(http.StatusOK, "En hemlighet").form(h.told.link("olle@example.se")).send().want(http.StatusOK)
			number := caseNumber.FindString(done.text())
			if number == "" || !strings.Contains(done.text(), "Maja") {
				t.Fatalf("the last who signs is at %s:\n%s", done.Request.URL, main(done))
			}
			ines.get("/e-tjanster/fel/granska").want(http.StatusOK).at("/e-tjanster/fel/klart?igen=1")
			for _, b := range []*browser{ines, maja, olle} {
				b.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, number)
			}
			id, err := h.ByNumber(t.Context(), number)
			if err != nil {
				t.Fatal(err)
			}
			v, err := h.View(t.Context(), h.As("anna"), id)
			if err != nil {
				t.Fatal(err)
			}
			got := v.Events[0].Data.Signatures
			if len(got) != 3 || got[1].Person != h.IDs["maja"] || got[2].Person != h.IDs["olle"] || got[0].Person != h.IDs["inv"] || got[1].Hash == "" || got[1].Hash != got[2].Hash {
				t.Errorf("signatures %+v", got)
			}
			maja.get(link).want(http.StatusNotFound) // the link has done its work
		}
	})
}

func TestOneWhoDoesNotSignStopsItUntilItIsTakenBack(t *testing.T) {
	h := once(t, signed(t, nil))
	ines, maja := h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	ines.signIn("inv")
	maja.signIn("maja")
	h.ask(ines, "").form("/skicka").send().form("/signera").send().want(http.StatusOK)
	link := h.told.link("maja@example.se")
	no := maja.get(link + "/nej").want(http.StatusOK)
	no.form("/nej").set("skal", " ").send().want(http.StatusUnprocessableEntity)
	no.form("/nej").set("skal", "Fel belopp").send().at(link).want(http.StatusOK)
	if got := h.told.kinds("ines@example.se"); got != "refused" {
		t.Errorf("the writer is told %q", got)
	}
	ines.get("/e-tjanster/fel/signera").want(http.StatusOK, "Fel belopp")
	ines.post("/e-tjanster/fel/signera", url.Values{"gor": {"tillbaka"}}).want(http.StatusOK, h.texts.For(i18n.SV).T("public.sign.taken_back"))
	if got := h.told.kinds("olle@example.se"); got != "invited withdrawn" {
		t.Errorf("the other is told %q", got)
	}
	ines.get("/e-tjanster/fel/vad").at("/e-tjanster/fel/vad").want(http.StatusOK)
	maja.get(link).want(http.StatusNotFound)
}

func TestWhenTheTimeIsOutWhatWasSignedIsHandedInIfTheTypeSaysSo(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		h := build(t, db, signed(t, func(d *casetype.Definition) { d.Sign.OnTimeout = casetype.ProceedAnyway }))
		ines, maja := h.browser(t, i18n.SV), h.browser(t, i18n.SV)
		ines.signIn("inv")
		h.ask(ines, "").form("/skicka").send().form("/signera").send().want(http.StatusOK)
		link := h.told.link("maja@example.se")
		maja.signIn("maja")
		maja.get(link).form(link).send().want(http.StatusOK)
		h.Clock.Advance(8 * 24 * time.Hour)
		for range 2 {
			if err := h.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.told.kinds("olle@example.se"); got != "invited reminded" {
			t.Errorf("told %q", got)
		}
		if list, err := h.Mine(t.Context(), cases.Citizen{Person: h.IDs["inv"]}, "", 10); err != nil || len(list.Cases) != 0 {
			t.Fatalf("handed in too early: %v %v", list, err)
		}
		h.Clock.Advance(7 * 24 * time.Hour)
		for range 2 {
			if err := h.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		page, err := h.Mine(t.Context(), cases.Citizen{Person: h.IDs["inv"]}, "", 10)
		list := page.Cases
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		v, err := h.CitizenView(t.Context(), cases.Citizen{Person: h.IDs["maja"]}, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Events[0].Data.Signatures; len(got) != 3 || got[1].State != cases.Signed || got[2].State != cases.Unsigned {
			t.Errorf("signatures %+v", got)
		}
		if _, err := h.CitizenView(t.Context(), cases.Citizen{Person: h.IDs["olle"]}, list[0].ID); err == nil {
			t.Error("who did not sign follows the matter")
		}
	})
}

func TestTheOneWhoHandsInSignsWithTheButtonThatSaysSo(t *testing.T) {
	h := once(t, func(d *casetype.Definition) {
		d.Auth, d.Sign = casetype.Auth{Level: casetype.LevelLoA2}, casetype.Sign{Mode: casetype.SignSubmitter}
		d.Form.Steps = d.Form.Steps[:1]
		d.Documents, d.Examples = nil, []casetype.Example{{Name: "x", Answers: map[string]casetype.Values{"what": {"water"}, "text": {"x"}}, Expect: casetype.Expectation{Unit: "gata"}}}
		d.Registry.Subject = both("Fel", "Fault")
		d.Assignment = nil
	})
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	b.post("/e-tjanster/fel", url.Values{})
	review := b.get("/e-tjanster/fel/vad").form("/vad").set("what", "water", "text", "läcker").send().at("/e-tjanster/fel/granska").want(http.StatusOK, "Skriv under och skicka")
	review.form("/skicka").send().want(http.StatusOK).at("/e-tjanster/fel/klart")
	page, err := h.Mine(t.Context(), cases.Citizen{Person: h.IDs["inv"]}, "", 10)
	list := page.Cases
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	v, err := h.CitizenView(t.Context(), cases.Citizen{Person: h.IDs["inv"]}, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Events[0].Data.Signatures; len(got) != 1 || got[0].Person != h.IDs["inv"] || got[0].Hash == "" || got[0].Level == "" {
		t.Errorf("signatures %+v", got)
	}
}

func TestOneKnownByEmailAloneSignsWithTheSecretLinkAndASignIn(t *testing.T) {
	h := once(t, signed(t, func(d *casetype.Definition) {
		d.Form.Steps[0].Questions[4] = casetype.Question{Key: "more", Type: casetype.TypeTable, Label: both("Fler", "More"), Rows: &casetype.Rows{Min: 1, Max: 3, Columns: []casetype.Question{
			{Key: "name", Type: casetype.TypeText, Label: both("Namn", "Name")}, {Key: "number", Type: casetype.TypeText, Label: both("Personnummer", "Number"), Optional: true},
			{Key: "email", Type: casetype.TypeEmail, Label: both("E-post", "E-mail")}}}}
		d.Parties[2].Question = "more"
	}, func(d *casetype.Definition) {
		for _, part := range []string{"name", "number", "email"} {
			delete(d.Examples[0].Answers, "second."+part)
		}
		d.Examples[0].Answers["more.1.name"], d.Examples[0].Answers["more.1.email"] = casetype.Values{"C"}, casetype.Values{"c@example.se"}
	}))
	ines, maja, olle := h.browser(t, i18n.SV), h.browser(t, i18n.SV), h.browser(t, i18n.SV)
	for who, b := range map[string]*browser{"inv": ines, "maja": maja, "olle": olle} {
		b.signIn(who)
	}
	ines.post("/e-tjanster/fel", url.Values{})
	ines.get("/e-tjanster/fel/vad").form("/vad").set("what", "En hemlighet", "who.name", "Ines", "who.email", "ines@example.se", "with.name", "Maja", "with.number", majas,
		"with.email", "maja@example.se", "more.1.name", "Någon", "more.1.email", "nagon@example.se").send().at("/e-tjanster/fel/granska").
		form("/skicka").send().want(http.StatusOK).form("/signera").send().want(http.StatusOK)
	link := h.told.link("nagon@example.se")
	h.browser(t, i18n.SV).get(link).want(http.StatusUnauthorized)
	// One person is not two: neither the writer nor Maja, who has signed, can sign as somebody else too.
	ines.get(link).want(http.StatusOK).form(link).send().want(http.StatusConflict, h.texts.For(i18n.SV).T("public.sign.same"))
	own := h.told.link("maja@example.se")
	maja.get(own).form(own).send().want(http.StatusOK)
	maja.get(link).want(http.StatusOK).form(link).send().want(http.StatusConflict, h.texts.For(i18n.SV).T("public.sign.same"))
	olle.get(link).want(http.StatusOK, "En hemlighet").form(link).send().want(http.StatusOK, "Olle")
	if list, err := h.Mine(t.Context(), cases.Citizen{Person: h.IDs["olle"]}, "", 10); err != nil || len(list.Cases) != 1 {
		t.Errorf("%v %v", list, err)
	}
}
