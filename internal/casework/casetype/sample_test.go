package casetype

import (
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

func tx(s string) i18n.Text { return i18n.Text{i18n.SV: s, i18n.EN: s + " (en)"} }

func period(s string) calendar.Period {
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		panic(err)
	}
	return p
}

// sample is a definition with a question of every type.
func sample() Definition {
	return Definition{
		APIVersion: V1, Kind: "CaseType", ID: "prov-arende", Version: 1, State: Published, ValidFrom: calendar.NewDate(2026, 1, 1),
		Title: tx("Prov"), Description: tx("Prov"), Topic: "prov", WhatNext: tx("Sedan"),
		Owner:      Owner{Body: "KS", Unit: "kansli"},
		LegalBasis: []Law{{SFS: "2017:900", Label: "FL"}},
		GDPR:       GDPR{Purpose: tx("Handlägga"), Ground: "public_task"},
		Registry:   Registry{Series: "KS", Subject: i18n.Text{i18n.SV: "Prov: {what}, {where}", i18n.EN: "Test: {what}, {where}"}},
		Secrecy:    Secrecy{Default: Public}, ContactWays: []Way{Web, Phone}, Auth: Auth{Level: LevelNone, Anonymous: true},
		Form: Form{Steps: []Step{
			{Key: "vad", Title: tx("Vad"), Questions: []Question{
				{Key: "intro", Type: TypeInfo, Label: tx("Läs detta")},
				{Key: "what", Type: TypeChoice, Label: tx("Vad"), Options: []Option{
					{Value: "lamp", Label: tx("Lampa")},
					{Value: "water", Label: tx("Vatten"), Urgent: &Urgent{Text: tx("Ring!"), Phone: "0223-000 00"}},
					{Value: "other", Label: tx("Annat")}}},
				{Key: "more", Type: TypeText, Label: tx("Vad då"), VisibleIf: `what == "other"`, Validate: Limits{MinLength: 3, MaxLength: 20}},
				{Key: "extras", Type: TypeMulti, Label: tx("Mer"), Optional: true, Options: []Option{{Value: "a", Label: tx("A")}, {Value: "b", Label: tx("B")}}},
				{Key: "text", Type: TypeTextarea, Label: tx("Beskriv"), Optional: true, VisibleIf: `"b" in extras`},
				{Key: "pole", Type: TypeText, Label: tx("Stolpe"), Optional: true, VisibleIf: `what == "lamp"`,
					Validate: Limits{Pattern: `[A-ZÅÄÖ]{2}\d{4}`, Message: tx("Två bokstäver och fyra siffror")}},
			}},
			{Key: "var", Title: tx("Var"), Questions: []Question{
				{Key: "where", Type: TypePlace, Label: tx("Var")},
				{Key: "when", Type: TypeDate, Label: tx("När"), Optional: true},
				{Key: "photo", Type: TypeFile, Label: tx("Foto"), Optional: true, Files: &FileLimits{Max: 2, MaxMB: 10, Accept: []string{"image/jpeg"}}},
			}},
			{Key: "du", Title: tx("Du"), Questions: []Question{
				{Key: "anonymous", Type: TypeYesNo, Label: tx("Anonym?")},
				{Key: "who", Type: TypePerson, Label: tx("Du"), VisibleIf: `not anonymous`},
				{Key: "to", Type: TypeRecipient, Label: tx("Till"), Optional: true, Recipients: []RecipientKind{ToMunicipality, ToBody, ToPolitician}},
				{Key: "mail", Type: TypeEmail, Label: tx("E-post"), Optional: true},
				{Key: "phone", Type: TypePhone, Label: tx("Telefon"), Optional: true},
				{Key: "ok", Type: TypeConsent, Label: tx("Ja"), VisibleIf: `mail != "" and not anonymous`},
			}},
		}},
		Statuses: []Status{
			{Key: "inkommen", Content: Received, Title: tx("Inkommen"), PublicText: tx("Inkommen"), LegalClock: Runs},
			{Key: "pagar", Content: InProgress, Title: tx("Pågår"), PublicText: tx("Pågår"), LegalClock: Runs},
			{Key: "klar", Content: Closed, Title: tx("Klar"), PublicText: tx("Klar"), Final: true, LegalClock: Stopped},
		},
		Transitions: []Move{
			{From: []string{"inkommen"}, To: "pagar"},
			{From: []string{"inkommen", "pagar"}, To: "klar", Requires: []Requirement{NeedDecision}, Roles: []string{"handlaggare"}},
			{From: []string{"klar"}, To: "pagar", Requires: []Requirement{NeedNote}},
		},
		Deadlines: Deadlines{Acknowledge: period("P1B"), Target: period("P10B")},
		Decisions: []Decision{{Key: "atgardat", Outcome: Answer, Title: tx("Åtgärdat"), Result: "klart",
			Appeal: Appeal{Type: NoAppeal, Text: tx("Kan inte överklagas")}}},
		Results:   []Result{{Key: "klart", Title: tx("Klart"), Nomination: Discard, After: period("P2Y"), Authority: "KS 2024-01-01 § 1"}},
		Documents: []DocumentType{{Key: "foto", Title: tx("Foto"), Direction: "in", Question: "photo", Nomination: Discard, After: period("P2Y"), Authority: "KS 2024-01-01 § 1"}},
		Assignment: []Rule{
			{If: `what == "water"`, Unit: "va"},
			{If: `to != ""`, Recipient: "to"},
			{Unit: "gata"},
		},
		Examples: []Example{{Name: "lampa",
			Answers: map[string]Values{"what": {"lamp"}, "where.address": {"Storgatan 1"}, "anonymous": {"yes"}},
			Expect:  Expectation{Unit: "gata", Subject: "Prov: Lampa, Storgatan 1", Hidden: []string{"who", "more"}}}},
	}
}

func compiled(t testing.TB) *CaseType {
	t.Helper()
	ct, issues := Compile(sample())
	if len(issues) > 0 {
		t.Fatalf("the sample does not compile: %v", issues)
	}
	return ct
}

// whole is a form without fault.
func whole() Answers {
	return Answers{"what": {"lamp"}, "where.address": {"Storgatan 1"}, "anonymous": {"yes"}}
}

func with(a Answers, pairs ...string) Answers {
	for i := 0; i < len(pairs); i += 2 {
		a[pairs[i]] = []string{pairs[i+1]}
	}
	return a
}
