package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/represent"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// firmNumber is Ines' firm, which she signs for alone; Maja signs for it too.
const firmNumber = "165560160680"

// kin is the registers of the house: Ines has a firm with Maja and a club that she signs for with others.
type kin struct{ h *house }

func (k kin) ChildrenOf(_ context.Context, person string, _ calendar.Date) ([]represent.Relative, error) {
	if person == k.h.IDs["inv"] {
		return []represent.Relative{{Person: k.h.IDs["olle"], Name: "Olle"}}, nil
	}
	return nil, nil
}

func (k kin) OrganisationsOf(_ context.Context, person string) ([]represent.Organisation, error) {
	number := func(s string) civic.Number {
		n, err := civic.Parse(s, calendar.NewDate(2026, 1, 1))
		if err != nil {
			panic(err)
		}
		return n
	}
	switch person {
	case k.h.IDs["inv"]:
		return []represent.Organisation{{Number: number(firmNumber), Name: "Ines AB"}, {Number: number("8020024280"), Name: "Laget", Jointly: true}}, nil
	case k.h.IDs["maja"]:
		return []represent.Organisation{{Number: number(firmNumber), Name: "Ines AB"}}, nil
	}
	return nil, nil
}

func (k kin) NameOf(ctx context.Context, person string) (string, error) {
	p, err := k.h.Org.Person(ctx, person)
	return p.Name, err
}

func (k kin) NumberOf(ctx context.Context, person string) (string, error) {
	return k.h.Org.NumberOf(ctx, person)
}

func (k kin) Person(r *http.Request, person string) (site.Known, bool) {
	p, err := k.h.Org.Person(r.Context(), person)
	return site.Known{Name: p.Name, Protected: p.Protected}, err == nil
}

func (kin) Organisation(*http.Request, string) (site.Known, bool) { return site.Known{}, false }

func (kin) Children(*http.Request, string) []site.Known { return nil }

func (k kin) Office(mandate string) (role, unit i18n.Text, ok bool) {
	d := k.h.Org.Directory()
	m, ok := d.Mandate(mandate)
	u, _ := d.Unit(m.Unit)
	x, _ := d.Role(m.Role)
	return x.Name, u.Name, ok
}

// links are the letters that ask whose an address is.
type links struct{ paths []string }

func (l *links) Proof(_ context.Context, _ *store.Tx, _ *i18n.Localizer, _, path string) error {
	l.paths = append(l.paths, path)
	return nil
}

// forAll lets the service be used in every name.
func forAll(d *casetype.Definition) {
	d.ActFor = []casetype.ActFor{casetype.ForSelf, casetype.ForChild, casetype.ForPerson, casetype.ForOrganisation}
	d.Documents = append(d.Documents, casetype.DocumentType{Key: "blankett", Title: both("Blankett", "Form"), Direction: "in", Question: "*", Nomination: casetype.Preserve, Authority: "KS 2026-01-01 § 1"})
}

// act chooses in whose name the browser acts.
func (b *browser) act(as string) *view {
	return b.get("/mina-sidor/roll").want(http.StatusOK).form("/roll").set("roll", as).send().want(http.StatusOK)
}

// start presses the button of the service, wherever that leads.
func start(b *browser) *view {
	b.t.Helper()
	return b.get("/e-tjanster/fel").want(http.StatusOK).form("/e-tjanster/fel").send().want(http.StatusOK)
}

// report hands in a fault and gives the page of the receipt.
func report(b *browser) *view {
	b.t.Helper()
	begin(b).form("/vad").set("what", "water", "text", "Det läcker").send()
	v := b.get("/e-tjanster/fel/var").form("/var").set("where.address", "Storgatan 1").send()
	v = v.form("/foto").send()
	v = v.form("/du").set("anonymous", "no", "who.name", "Ines Invånare", "who.phone", "070-123 45 67").send()
	return v.want(http.StatusOK)
}

func TestTheChosenRoleIsInSightAndOnEverythingThatIsHandedIn(t *testing.T) {
	h := once(t, forAll)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	b.act("organisation:"+firmNumber).at("/mina-sidor").want(http.StatusOK, "Du företräder Ines AB", "Du har inga ärenden")
	b.get("/e-tjanster").want(http.StatusOK, "Du företräder Ines AB", "Byt")
	review := report(b).want(http.StatusOK, "Företräder", "Ines AB", "Av Ines Invånare: Firmatecknare")

	// In another window the role changes: what was read is not sent in another name.
	b.act("self:" + h.IDs["inv"])
	review.form("/skicka").send().at("/e-tjanster/fel/granska")
	b.act("organisation:" + firmNumber)
	done := b.get("/e-tjanster/fel/granska").form("/skicka").send().want(http.StatusOK, "Företräder", "Ines AB")
	number := caseNumber.FindString(done.text())
	b.get("/mina-sidor").want(http.StatusOK, number)
	b.act("self:"+h.IDs["inv"]).want(http.StatusOK, "Du har inga ärenden")

	maja := h.browser(t, i18n.SV)
	maja.signIn("maja")
	maja.get("/mina-sidor/arenden/" + slug(number)).want(http.StatusNotFound)
	maja.act("organisation:"+firmNumber).want(http.StatusOK, number)
	maja.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, "Ines AB")
	olle := h.browser(t, i18n.SV)
	olle.signIn("olle")
	olle.post("/mina-sidor/roll", url.Values{"roll": {"organisation:" + firmNumber}}).at("/mina-sidor/roll")
	olle.get("/mina-sidor/arenden/" + slug(number)).want(http.StatusNotFound)

	id, err := h.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.View(t.Context(), h.As("anna"), id)
	if err != nil || len(v.Parties) != 2 || v.Parties[0].Organisation != firmNumber || v.Parties[1].Role != "agent" || v.Parties[1].Ground != "signatory" {
		t.Errorf("%+v, %v", v.Parties, err)
	}
	if a := v.Events[0].Data.Acting; a == nil || a.Name != "Ines AB" || a.Agent != "Ines Invånare" {
		t.Errorf("%+v", a)
	}
}

func TestAServiceThatIsNotForTheRoleSaysSoAndOffersAnother(t *testing.T) {
	h := once(t, nil) // for oneself only
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	b.act("child:" + h.IDs["olle"])
	start(b).want(http.StatusOK, "kan inte användas för Olle").form("/roll").set("roll", "self:"+h.IDs["inv"]).send().at("/e-tjanster/fel")
	start(b).at("/e-tjanster/fel/vad")

	joint := once(t, forAll)
	b = joint.browser(t, i18n.SV)
	b.signIn("inv")
	b.act("organisation:168020024280")
	start(b).want(http.StatusOK, "Ni tecknar Laget tillsammans")
}

func TestPowerOfAttorneyFromGivenToEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		forAll(&h.Lamp.Definition)
		ines, maja, olle := h.browser(t, i18n.SV), h.browser(t, i18n.EN), h.browser(t, i18n.SV)
		ines.signIn("inv")
		maja.signIn("maja")
		olle.signIn("olle")
		ines.get("/mina-sidor/ombud/ny").want(http.StatusOK).form("/ny").set("nummer", "123", "namn", "Maja").send().want(http.StatusUnprocessableEntity, "tolv siffror")
		confirm := ines.get("/mina-sidor/ombud/ny").form("/ny").set("nummer", majas, "namn", "Maja").send().want(http.StatusOK, "Maja kommer att kunna", "gäller som om du hade gjort det själv")
		confirm.form("/ge").send().want(http.StatusOK, "Fullmakten är given", "Väntar på svar")

		maja.get("/mina-sidor").want(http.StatusOK, "Answer a power of attorney from Ines")
		page := maja.get("/mina-sidor/ombud").want(http.StatusOK, "Waiting for your answer")
		link := regexp.MustCompile(`/mina-sidor/ombud/[^"]+/godta`).FindString(page.body)
		olle.get(link).want(http.StatusNotFound)
		if v := olle.post(link, nil); v.StatusCode != http.StatusNotFound {
			t.Errorf("a stranger accepts: %d", v.StatusCode)
		}
		maja.get(link).want(http.StatusOK, "Do you want to act for them?").form("/godta").send().want(http.StatusOK, "You have accepted")
		maja.act("person:"+h.IDs["inv"]).want(http.StatusOK, "You act for Ines")

		end := strings.Replace(link, "/godta", "/avsluta", 1)
		ines.get(end).want(http.StatusOK, "kan då inte längre").form("/avsluta").send().want(http.StatusOK, "Fullmakten är avslutad")
		if v := maja.get("/mina-sidor").want(http.StatusOK); strings.Contains(v.text(), "You act for") {
			t.Error("still acts after the end")
		}
		staff := h.browser(t, i18n.SV)
		staff.signIn("anna")
		staff.get("/mina-sidor/ombud").want(http.StatusNotFound)
	})
}

func TestMessagesAreNewUntilTheCaseIsRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser(t, i18n.SV)
		b.signIn("inv")
		number := caseNumber.FindString(report(b).form("/skicka").send().text())
		id, err := h.ByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Message(t.Context(), h.As("anna"), cases.On{Case: id}, "Vilket rum?", nil); err != nil {
			t.Fatal(err)
		}
		b.get("/mina-sidor").want(http.StatusOK, "Nya meddelanden: 1")
		b.get("/mina-sidor/meddelanden").want(http.StatusOK, "Vilket rum?", "Nytt")
		b.get("/mina-sidor/arenden/"+slug(number)).want(http.StatusOK, "Vilket rum?")
		if v := b.get("/mina-sidor").want(http.StatusOK); strings.Contains(v.text(), "Nya meddelanden") {
			t.Error("still new after it was read")
		}
		maja := h.browser(t, i18n.SV)
		maja.signIn("maja")
		maja.get("/mina-sidor/meddelanden").want(http.StatusOK, "Du har inga meddelanden")
		b.get("/mina-sidor/meddelanden?efter=x").want(http.StatusBadRequest)
	})
}

func TestAnAddressIsConfirmedByTheLinkAndAServiceThatNeedsOneOpens(t *testing.T) {
	h := once(t, func(d *casetype.Definition) { d.Auth.Level = casetype.LevelEmail; d.Auth.Anonymous = false })
	b := h.browser(t, i18n.SV)
	v := start(b).at("/bekrafta?till=%2Fe-tjanster%2Ffel").want(http.StatusOK, "Visa att e-postadressen är din")
	v.form("/bekrafta").set("epost", "inte en adress").send().want(http.StatusUnprocessableEntity, "Skriv en e-postadress")
	v.form("/bekrafta").set("epost", "Ines@Example.org").send().want(http.StatusOK, "Titta i din e-post")
	page := b.get(h.links.paths[0]).want(http.StatusOK, "Bekräfta adressen")
	page.form(h.links.paths[0]).send().at("/e-tjanster/fel")
	start(b).at("/e-tjanster/fel/vad").want(http.StatusOK)
	b.get(h.links.paths[0]).want(http.StatusNotFound, "fungerar inte längre")
	start(h.browser(t, i18n.SV)).at("/bekrafta?till=%2Fe-tjanster%2Ffel")

	ines := h.browser(t, i18n.SV)
	ines.signIn("inv")
	start(ines).at("/e-tjanster/fel/vad") // known better than by an address
	ines.get("/mina-sidor/kontakt").want(http.StatusOK).form("/epost").set("epost", "ines@example.org").send().want(http.StatusOK, "Vi har skickat en länk till ines@example.org")
	b.get(h.links.paths[1]).form(h.links.paths[1]).send().want(http.StatusOK, "Adressen är bekräftad") // on another device
	f := ines.get("/mina-sidor/kontakt").want(http.StatusOK, "Vi använder ines@example.org").form("/kontakt")
	f.set("telefon", "ring mig").send().want(http.StatusUnprocessableEntity, "Skriv ett telefonnummer")
	f.set("telefon", "070-1", "decision", "letter", "sprak", "en").send().want(http.StatusOK, "Sparat")
	w, err := h.Reach.Mine(t.Context(), h.IDs["inv"])
	if err != nil || w.Email != "ines@example.org" || w.By[reach.Decision] != reach.Letter || w.Lang != i18n.EN {
		t.Errorf("%+v, %v", w, err)
	}
	ines.get("/mina-sidor/kontakt").form("/ta-bort").send().want(http.StatusOK, "Adressen är borttagen")
}

func TestTheExportHoldsOnesOwnAndNothingOfAnother(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		numbers := map[string]string{}
		browsers := map[string]*browser{}
		for _, who := range []string{"inv", "maja"} {
			b := h.browser(t, i18n.SV)
			b.signIn(who)
			begin(b).form("/vad").set("what", "water", "text", "läcker hos "+who).send()
			v := b.get("/e-tjanster/fel/var").form("/var").set("where.address", "Storgatan 1").send()
			v = v.form("/foto").attach("photo", part{"bild.txt", "text/plain", "bilaga från " + who}).send()
			v = v.form("/du").set("anonymous", "no", "who.name", who, "who.phone", "070-123 45 67").send()
			numbers[who] = caseNumber.FindString(v.form("/skicka").send().want(http.StatusOK).text())
			browsers[who] = b
		}
		b := browsers["inv"]
		page := b.get("/mina-sidor/mina-uppgifter").want(http.StatusOK, "Ines Invånare", "Ingen läsning är antecknad")
		v := page.form("/export").send()
		if v.StatusCode != http.StatusOK || v.Header.Get("Content-Type") != "application/zip" {
			t.Fatalf("%d %s", v.StatusCode, v.Header.Get("Content-Type"))
		}
		archive, err := zip.NewReader(strings.NewReader(v.body), int64(len(v.body)))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		var names []string
		for _, f := range archive.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(&all, r)
			_ = r.Close()
			names = append(names, f.Name)
			all.WriteString(f.Name)
		}
		for _, want := range []string{"index.html", "uppgifter.json", "arenden/" + slug(numbers["inv"]) + "/arende.json", "arenden/" + slug(numbers["inv"]) + "/1-bild.txt"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s is missing in %q", want, names)
			}
		}
		for _, want := range []string{"läcker hos inv", "bilaga från inv"} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%q is missing", want)
			}
		}
		for _, never := range []string{"läcker hos maja", "bilaga från maja", slug(numbers["maja"]), numbers["maja"]} {
			if strings.Contains(all.String(), never) {
				t.Errorf("holds another's %q", never)
			}
		}
		if err := h.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		entries, err := h.Log.About(t.Context(), journal.Ref{Kind: "person", ID: h.IDs["inv"]})
		if err != nil || !slices.ContainsFunc(entries, func(e journal.Recorded) bool { return e.Action == site.ActionExported && e.Actor == h.IDs["inv"] }) {
			t.Errorf("not journalled: %v", err)
		}
		page.form("/export").send()
		page.form("/export").send().want(http.StatusTooManyRequests)

		// Who has read: by role and unit, never by name.
		id, err := h.ByNumber(t.Context(), numbers["inv"])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Mark(t.Context(), h.As("anna"), cases.On{Case: id}, cases.Marked, "21", "hälsa"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.View(t.Context(), h.As("bo"), id); err != nil {
			t.Fatal(err)
		}
		if err := h.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		role, _ := h.Org.Directory().Role(access.Officer)
		if v := b.get("/mina-sidor/mina-uppgifter").want(http.StatusOK, role.Name.In(i18n.SV)+", Gata"); strings.Contains(v.text(), "Person bo") {
			t.Error("the reader's name is shown")
		}
	})
}

func TestWhatWasHandedInCanBeHadOnPaperByThoseWhoMaySeeTheCase(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	number := caseNumber.FindString(report(b).form("/skicka").send().want(http.StatusOK).text())
	for _, path := range []string{"/mina-sidor/arenden/", "/folj/"} {
		v := b.get(path + slug(number) + "/inlamning.pdf")
		if v.StatusCode != http.StatusOK || !strings.HasPrefix(v.body, "%PDF") {
			t.Fatalf("%s: %d", path, v.StatusCode)
		}
		if _, err := exec.LookPath("pdftotext"); err != nil {
			continue
		}
		cmd := exec.Command("pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader([]byte(v.body))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{number, "Felanmälan", "Det läcker", "Vatten", "Storgatan 1", "Ines Invånare"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%q is not on the paper:\n%s", want, out)
			}
		}
	}
	maja := h.browser(t, i18n.SV)
	maja.signIn("maja")
	maja.get("/mina-sidor/arenden/" + slug(number) + "/inlamning.pdf").want(http.StatusNotFound)
	h.browser(t, i18n.SV).get("/folj/" + slug(number) + "/inlamning.pdf").want(http.StatusOK).at("/folj")
	maja.get("/mina-sidor/dokument").want(http.StatusOK, "Det finns inga filer")
	b.get("/mina-sidor/dokument").want(http.StatusOK, number, "Det du har lämnat in")
}

func TestThePagesOfMinaSidorAskTheDatabaseAsOftenHoweverMuchThereIs(t *testing.T) {
	h := once(t, nil)
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	hand := func() {
		number := caseNumber.FindString(report(b).form("/skicka").send().text())
		id, err := h.ByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Message(t.Context(), h.As("anna"), cases.On{Case: id}, "Hej", nil); err != nil {
			t.Fatal(err)
		}
	}
	pages := []string{"/mina-sidor", "/mina-sidor/arenden", "/mina-sidor/meddelanden", "/mina-sidor/dokument", "/mina-sidor/ombud", "/mina-sidor/kontakt", "/mina-sidor/mina-uppgifter", "/mina-sidor/roll"}
	asked := func() map[string]uint64 {
		out := map[string]uint64{}
		for _, p := range pages {
			before := h.DB.Statements()
			b.get(p).want(http.StatusOK)
			out[p] = h.DB.Statements() - before
		}
		return out
	}
	hand()
	few := asked()
	for range 4 {
		hand()
	}
	many := asked()
	for _, p := range pages {
		if few[p] != many[p] || many[p] > 25 {
			t.Errorf("%s asks %d times for one case and %d for five", p, few[p], many[p])
		}
	}
}

// book links what it is shown, and says until when.
type book struct{}

func (book) Linked(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<a class="ds-link" href="/lag/x">`+templ.EscapeString(text)+`</a>`)
		return err
	})
}

func (book) Until(_ context.Context, _ *i18n.Localizer, list []cases.CaseDecision) (map[string]string, error) {
	out := map[string]string{}
	for _, d := range list {
		out[d.Decision.ID] = "Till och med på en måndag."
	}
	return out, nil
}

func TestTheLawIsLinkedWhereADecisionOrAServiceCitesItAndWordsStayWords(t *testing.T) {
	h := once(t, nil)
	h.Module.Law, h.Module.Appeals = book{}, book{}
	b := h.browser(t, i18n.SV)
	b.signIn("inv")
	number := caseNumber.FindString(report(b).form("/skicka").send().want(http.StatusOK).text())
	id, err := h.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Claim(t.Context(), h.As("anna"), cases.On{Case: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Decide(t.Context(), h.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: "5 § FL\n<script>alert(1)</script>", To: "avslutad"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/mina-sidor/arenden/" + slug(number), "/mina-sidor/dokument"} {
		v := b.get(path).want(http.StatusOK, "5 § FL")
		if strings.Contains(v.body, "<script>alert") || !strings.Contains(v.body, "&lt;script&gt;") || !strings.Contains(v.body, `href="/lag/x"`) {
			t.Errorf("%s: the words of a decision are not links and words", path)
		}
	}
	b.get("/mina-sidor/dokument").want(http.StatusOK, "Till och med på en måndag.")
	if v := b.get("/e-tjanster/fel").want(http.StatusOK); !strings.Contains(v.body, `href="/lag/x"`) {
		t.Error("the page of the service does not link the law")
	}
}
