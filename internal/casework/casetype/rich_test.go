package casetype

import (
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// rich is a definition with the questions and rules that sample has not.
func rich() Definition {
	d := sample()
	d.Auth = Auth{Level: LevelLoA3}
	d.ActFor = []ActFor{ForSelf, ForOrganisation}
	d.Registry.Subject = i18n.Text{i18n.SV: "Bygge: {slag}, {fastighet}", i18n.EN: "Building: {slag}, {fastighet}"}
	d.Assignment = nil
	d.Documents = nil
	d.Form = Form{
		Steps: []Step{
			{Key: "vad", Title: tx("Vad"), Questions: []Question{
				{Key: "slag", Type: TypeTree, Label: tx("Slag"), Options: []Option{
					{Value: "bygga", Label: tx("Bygga"), Options: []Option{
						{Value: "eldstad", Label: tx("Eldstad")},
						{Value: "hus", Label: tx("Hus"), Options: []Option{{Value: "villa", Label: tx("Villa")}, {Value: "garage", Label: tx("Garage")}}}}},
					{Value: "riva", Label: tx("Riva")}}},
				{Key: "area", Type: TypeNumber, Label: tx("Yta"), Unit: tx("m²"), VisibleIf: `slag in ["villa", "garage"]`,
					Validate: Limits{Min: "1", Max: "500", Decimals: 2}},
				{Key: "fastighet", Type: TypeProperty, Label: tx("Fastighet")},
				{Key: "kostnad", Type: TypeMoney, Label: tx("Kostnad"), Optional: true, RequiredIf: `area > 100`},
			}},
			{Key: "nar", Title: tx("När"), Questions: []Question{
				{Key: "start", Type: TypeDate, Label: tx("Start"), Validate: Limits{Min: "today", Max: "today+P1Y", Message: tx("Välj en dag det närmaste året")}},
				{Key: "slut", Type: TypeDate, Label: tx("Slut"), Optional: true, Validate: Limits{If: `slut >= start`, Message: tx("Slutet måste komma efter starten")}},
				{Key: "besok", Type: TypeDateTime, Label: tx("Besök"), Optional: true},
			}},
			{Key: "rader", Title: tx("Rader"), VisibleIf: `slag == "villa"`, Questions: []Question{
				{Key: "delar", Type: TypeTable, Label: tx("Delar"), Rows: &Rows{Min: 1, Max: 3, Columns: []Question{
					{Key: "vad", Type: TypeText, Label: tx("Vad")},
					{Key: "antal", Type: TypeNumber, Label: tx("Antal")},
					{Key: "pris", Type: TypeMoney, Label: tx("Pris"), Optional: true},
					{Key: "summa", Type: TypeComputed, Label: tx("Summa"), As: AsMoney, Value: `antal * pris`},
					{Key: "sort", Type: TypeChoice, Label: tx("Sort"), Optional: true, Options: []Option{{Value: "ny", Label: tx("Ny")}, {Value: "gammal", Label: tx("Gammal")}}},
				}}},
				{Key: "totalt", Type: TypeComputed, Label: tx("Totalt"), As: AsMoney, Value: `total(delar, "summa")`},
				{Key: "barn", Type: TypeChildren, Label: tx("Barn"), Optional: true, Rows: &Rows{Max: 4, Columns: []Question{{Key: "skola", Type: TypeText, Label: tx("Skola"), Optional: true}}}},
			}},
			{Key: "vem", Title: tx("Vem"), Questions: []Question{
				{Key: "sokande", Type: TypePerson, Label: tx("Sökande"), Ask: []PersonPart{AskPhone, AskName, AskNumber, AskAddress, AskEmail}, VisibleIf: `acting == "self"`, Prefill: FromMe},
				{Key: "firma", Type: TypeOrganisation, Label: tx("Firma"), Ask: []PersonPart{AskName, AskNumber, AskEmail}, VisibleIf: `acting == "organisation"`},
				{Key: "medsokande", Type: TypeTable, Label: tx("Medsökande"), Optional: true, Rows: &Rows{Max: 3, Columns: []Question{
					{Key: "name", Type: TypeText, Label: tx("Namn")}, {Key: "number", Type: TypeText, Label: tx("Personnummer")}, {Key: "email", Type: TypeEmail, Label: tx("E-post")}}}},
				{Key: "post", Type: TypeAddress, Label: tx("Postadress"), Optional: true},
				{Key: "omyndig", Type: TypeComputed, Label: tx("Omyndig"), As: AsYesNo, Value: `len(sokande) > 0 and age(sokande) < 18 and age(sokande) >= 0`},
			}},
		},
		Stops: []Stop{
			{Key: "riva_fritt", If: `slag == "riva" and not signed_in`, Title: tx("Ring"), Text: tx("Ring oss"), Link: &Link{Href: "tel:112", Text: tx("Ring")}},
			{Key: "for_ung", If: `omyndig`, Title: tx("För ung"), Text: tx("En vuxen måste söka")},
		},
	}
	d.Payment = &Payment{Amount: `slag == "villa" ? 1000 + area * 12.505 : 0`, Text: tx("Avgift")}
	d.Parties = []PartyRule{
		{Key: "sokande", Role: RoleInitiator, Title: tx("Sökande"), Question: "sokande"},
		{Key: "medsokande", Role: RoleCoApplicant, Title: tx("Medsökande"), Question: "medsokande", Signs: true},
	}
	d.Sign = Sign{Mode: SignSequential, Deadline: period("P14D"), If: `slag != "riva"`}
	d.Examples = []Example{{Name: "villa", Today: calendar.NewDate(2026, 3, 1), SignedIn: true, Answers: values(villa()), Expect: Expectation{
		Price: "2250.50", Computed: map[string]string{"totalt": "250.00", "delar.1.summa": "250.00", "omyndig": "no"}, Signers: []string{"Bo Ek"},
		Steps: []string{"vad", "nar", "rader", "vem"}, Hidden: []string{"firma"}, Unit: "kansli", Subject: "Bygge: Bygga › Hus › Villa, EKBACKEN 3:12"}}}
	return d
}

func values(in Answers) map[string]Values {
	out := map[string]Values{}
	for name, v := range in {
		out[name] = v
	}
	return out
}

// villa is a form of rich without fault.
func villa() Answers {
	return Answers{"slag": {"villa"}, "area": {"100,00"}, "fastighet": {"Ekbacken 3 : 12"}, "start": {"2026-05-01"},
		"delar.1.vad": {"Fönster"}, "delar.1.antal": {"2"}, "delar.1.pris": {"125"},
		"sokande.name": {"Åsa Ek"}, "sokande.number": {"900101-0017"}, "sokande.street": {"Storgatan 1"}, "sokande.postcode": {"737 30"},
		"sokande.town": {"Ort"}, "sokande.email": {"asa@exempel.se"},
		"medsokande.1.name": {"Bo Ek"}, "medsokande.1.number": {"19900101-0017"}, "medsokande.1.email": {"bo@exempel.se"}}
}

func compiledRich(t testing.TB) *CaseType {
	t.Helper()
	ct, issues := Compile(rich())
	if len(issues) > 0 {
		t.Fatalf("rich does not compile: %v", issues)
	}
	return ct.At(Moment{Today: calendar.NewDate(2026, 3, 1), SignedIn: true})
}
