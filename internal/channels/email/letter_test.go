package email_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func town() email.Town {
	return email.Town{Name: i18n.Text{i18n.SV: "Provkommun", i18n.EN: "Test town"}, BaseURL: "https://prov.example/", Phone: "0123-45 67 89"}
}

func about() email.About {
	return email.About{ID: "case", To: "ann@example.org", Number: "PK-2026-7", Service: i18n.Text{i18n.SV: "Trasig <lampa>", i18n.EN: "Broken <lamp>"},
		Received: time.Date(2026, 11, 20, 13, 2, 0, 0, time.UTC), FollowCode: "K7QW-3MPX"}
}

func TestTextsAreCompleteAndPlain(t *testing.T) {
	c := i18ntest.Complete(t, email.Texts)
	i18ntest.Used(t, c, ".", "email.")
}

func TestLettersSayWhatHappenedAndWhereToReadIt(t *testing.T) {
	c := i18ntest.Complete(t, email.Texts)
	i18ntest.Strict(t, c)
	sv, en := c.For(i18n.SV), c.For(i18n.EN)
	for name, l := range map[string]struct {
		m    email.Message
		says []string
	}{
		"receipt": {email.Receipt(sv, town(), about()), []string{"Tack!", "den 20 november 2026 kl. 14.02", "PK-2026-7", "K7QW-3MPX",
			"https://prov.example/folj?nr=PK-2026-7\n", "Provkommun", "0123-45 67 89"}},
		"receipt in English": {email.Receipt(en, town(), about()), []string{"Thank you!", "Broken <lamp>", "https://prov.example/en/folj?nr=PK-2026-7\n", "Test town"}},
		"message":            {email.NewMessage(sv, town(), about()), []string{"fått ett meddelande", "PK-2026-7", "https://prov.example/folj?nr=PK-2026-7\n"}},
		"closed":             {email.Closed(sv, town(), about()), []string{"avslutat ärende PK-2026-7", "https://prov.example/folj?nr=PK-2026-7\n"}},
	} {
		for _, want := range l.says {
			if !strings.Contains(l.m.Text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, l.m.Text)
			}
		}
		if l.m.To != "ann@example.org" || l.m.CaseID != "case" || !strings.Contains(l.m.Subject, "PK-2026-7") || l.m.Lang == "" {
			t.Errorf("%s: %+v", name, l.m)
		}
		if strings.Contains(l.m.HTML, "<lamp") || !strings.Contains(l.m.HTML, `<a href="https://prov.example/`) {
			t.Errorf("%s: not escaped, or no link:\n%s", name, l.m.HTML)
		}
	}
}

func TestFollowCodeIsInTheTextOfTheReceiptAndNeverInALinkOrSubject(t *testing.T) {
	l := i18ntest.Complete(t, email.Texts).For(i18n.SV)
	for name, m := range map[string]email.Message{
		"receipt": email.Receipt(l, town(), about()), "message": email.NewMessage(l, town(), about()), "closed": email.Closed(l, town(), about()),
	} {
		if strings.Contains(m.Subject, "K7QW") || strings.Contains(m.HTML, "href=\"") && strings.Contains(strings.SplitAfter(m.HTML, "href=\"")[1][:60], "K7QW") {
			t.Errorf("%s tells the code where it does not belong", name)
		}
		if got, want := strings.Contains(m.Text, "K7QW"), name == "receipt"; got != want {
			t.Errorf("%s holds the code: %v, want %v", name, got, want)
		}
	}
	signedIn := about()
	signedIn.FollowCode = ""
	if m := email.Receipt(l, town(), signedIn); !strings.Contains(m.Text, "https://prov.example/mina-sidor\n") {
		t.Errorf("one who signs in is not led to Mina sidor:\n%s", m.Text)
	}
}

func TestOnlyAddressesAreTakenAsAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		"ann@example.org": "ann@example.org", "  ann@example.org ": "ann@example.org", "åsa@exämple.org": "åsa@exämple.org",
		"": "", "ann": "", "ann@": "", "@x": "", "Ann <ann@example.org>": "", "a@b.se, c@d.se": "", "a@b.se\nBcc: c@d.se": "",
		"a@b.se\r\nBcc: c@d.se": "", "\"a b\"@c.se": "", "a@b.se>": "", strings.Repeat("a", 250) + "@b.se": "", "a\x00@b.se": "",
	} {
		got, err := email.ParseAddress(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
		if err != nil && typed != "" && strings.Contains(err.Error(), typed) {
			t.Errorf("the error quotes what was typed: %v", err)
		}
	}
}

func TestParsedAddressIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.String().Draw(t, "typed") + rapid.SampledFrom([]string{"@", "@x.se", ""}).Draw(t, "domain")
		address, err := email.ParseAddress(typed)
		if err != nil {
			return
		}
		if again, err := email.ParseAddress(address); err != nil || again != address {
			t.Fatalf("%q gives %q, which gives %q, %v", typed, address, again, err)
		}
		if strings.ContainsAny(address, "\r\n\x00 <>") {
			t.Fatalf("%q gives %q", typed, address)
		}
	})
}

func TestALetterAboutSigningNamesNobodyButTheOneWhoAsks(t *testing.T) {
	catalogue := i18ntest.Complete(t, email.Texts)
	for _, l := range i18n.Languages() {
		for _, kind := range []string{"invited", "reminded", "withdrawn", "timeout", "refused", "to_pay"} {
			m := email.Signing(catalogue.For(l), email.Town{Name: i18n.Text{i18n.SV: "Ljusvik", i18n.EN: "Ljusvik"}, BaseURL: "https://ljusvik.example"}, email.AboutForm{
				Kind: kind, To: "maja@example.se", Service: i18n.Text{i18n.SV: "Ansökan", i18n.EN: "Application"}, Writer: "Ines", Path: "/signera/abc"})
			if m.Subject == "" || !strings.Contains(m.Text, "https://ljusvik.example"+l.Path("/signera/abc")) {
				t.Errorf("%s %s: %+v", l, kind, m)
			}
			if asks := kind == "invited" || kind == "reminded"; strings.Contains(m.Text, "Ines") != asks {
				t.Errorf("%s %s names the writer: %v", l, kind, !asks)
			}
		}
	}
}
