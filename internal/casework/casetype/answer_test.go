package casetype

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

func TestEachFaultOfTheNewQuestionsIsNamedByFieldAndCode(t *testing.T) {
	ct := compiledRich(t)
	for _, tt := range []struct {
		name        string
		change      []string
		field, code string
	}{
		{"a branch is no leaf", []string{"slag", "hus"}, "slag", "leaf"},
		{"no such leaf", []string{"slag", "koja"}, "slag", "option"},
		{"not a number", []string{"area", "tolv"}, "area", "number"},
		{"thousands by a point and decimals by a comma", []string{"area", "1.234,5"}, "area", "number"},
		{"spaces anywhere", []string{"area", "12 34"}, "area", "number"},
		{"too many decimals", []string{"area", "12,345"}, "area", "decimals"},
		{"below the lowest", []string{"area", "0,99"}, "area", "min"},
		{"above the highest", []string{"area", "500,01"}, "area", "max"},
		{"a number without end", []string{"kostnad", "9999999999999"}, "kostnad", "max"},
		{"money in words", []string{"kostnad", "hundra"}, "kostnad", "money"},
		{"money too large to hold", []string{"kostnad", "99999999999999999999"}, "kostnad", "max"},
		{"money below zero", []string{"kostnad", "-5"}, "kostnad", "min"},
		{"needed by requiredIf", []string{"area", "101"}, "kostnad", "required"},
		{"a property without number", []string{"fastighet", "Ekbacken"}, "fastighet", "property"},
		{"a day that has been", []string{"start", "2026-02-28"}, "start", "min"},
		{"a day too far away", []string{"start", "2027-03-02"}, "start", "max"},
		{"a condition of the file", []string{"slut", "2026-04-30"}, "slut", "if"},
		{"a date without time", []string{"besok", "2026-05-01"}, "besok.time", "required"},
		{"a time without date", []string{"besok.time", "14:00"}, "besok", "required"},
		{"no such time", []string{"besok", "2026-05-01", "besok.time", "25:00"}, "besok.time", "time"},
		{"a time the clocks jump over", []string{"besok", "2026-03-29", "besok.time", "02:30"}, "besok.time", "time"},
		{"no rows", []string{"delar.1.vad", "", "delar.1.antal", "", "delar.1.pris", ""}, "delar.1.vad", "required"},
		{"a cell that is missing", []string{"delar.1.antal", ""}, "delar.1.antal", "required"},
		{"a cell that is wrong", []string{"delar.1.antal", "två"}, "delar.1.antal", "number"},
		{"a child without number", []string{"barn.1.name", "Kim"}, "barn.1.number", "required"},
		{"a child with a wrong number", []string{"barn.2.name", "Kim", "barn.2.number", "20150101-9821"}, "barn.2.number", "personal_number"},
		{"a wrong last digit", []string{"sokande.number", "19900101-0018"}, "sokande.number", "personal_number"},
		{"an organisation is no person", []string{"sokande.number", "556036-0793"}, "sokande.number", "personal_number"},
		{"four digits are no postcode", []string{"sokande.postcode", "7373"}, "sokande.postcode", "postcode"},
		{"a part that is asked for", []string{"sokande.town", ""}, "sokande.town", "required"},
		{"neither e-mail nor telephone", []string{"sokande.email", ""}, "sokande.email", "contact"},
		{"half an address that need not be given", []string{"post.street", "Storgatan 1", "post.postcode", "12345"}, "post.town", "required"},
		{"a party of a table is known by number", []string{"medsokande.1.number", "Bo"}, "medsokande.1.number", "personal_number"},
		{"row nought", []string{"delar.0.vad", "x"}, "delar.0.vad", "unknown_field"},
		{"a row beyond all", []string{"delar.101.vad", "x"}, "delar.101.vad", "unknown_field"},
		{"a row written in another way", []string{"delar.01.vad", "x"}, "delar.01.vad", "unknown_field"},
		{"no such column", []string{"delar.1.vikt", "x"}, "delar.1.vikt", "unknown_field"},
		{"a part that is not asked for", []string{"firma.phone", "0223-12345"}, "firma.phone", "unknown_field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := ct.Validate(with(villa(), tt.change...))
			if len(faults) != 1 || faults[0].Field != tt.field || string(faults[0].Code) != tt.code {
				t.Errorf("got %v, want %s: %s", faults, tt.field, tt.code)
			}
		})
	}
}

func TestRowsAreCountedAndNumberedWithoutHoles(t *testing.T) {
	ct := compiledRich(t)
	in := with(villa(), "delar.3.vad", "Dörr", "delar.3.antal", "1", "delar.5.vad", " ", "delar.7.summa", "1000000")
	clean, faults := ct.Validate(in)
	if faults != nil {
		t.Fatal(faults)
	}
	want := Clean{"delar.1.vad": {"Fönster"}, "delar.1.antal": {"2"}, "delar.1.pris": {"125.00"}, "delar.1.summa": {"250.00"},
		"delar.2.vad": {"Dörr"}, "delar.2.antal": {"1"}, "delar.2.summa": {"0.00"}}
	got := maps.Clone(clean)
	maps.DeleteFunc(got, func(name string, _ []string) bool { q, _, _ := ct.parseCell(name); return q == nil || q.Key != "delar" })
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	q := ct.Question("delar")
	if n := ct.Rows(q, in); n != 3 {
		t.Errorf("%d rows typed, want 3", n)
	}
	if names := ct.Inputs(q, in); len(names) != 12 || names[0] != "delar.1.vad" || names[11] != "delar.3.sort" {
		t.Error(names)
	}
	if names := ct.Inputs(q, Answers{}); len(names) != 4 {
		t.Error("no row to begin with:", names)
	}
	if cols := ct.Columns(ct.Question("barn")); len(cols) != 3 || cols[0].Key != "name" || cols[1].Key != "number" || cols[2].Key != "skola" {
		t.Error(cols)
	}
	for n := range 3 {
		with(in, cell("delar", n+10, "vad"), "x", cell("delar", n+10, "antal"), "1")
	}
	if _, faults = ct.Validate(in); len(faults) != 1 || faults[0].Code != ErrRowsMany || faults[0].Field != "delar.11.vad" || faults[0].Params["Max"] != 3 {
		t.Error(faults)
	}
	d := rich()
	d.Form.Steps[2].Questions[0].Rows.Min = 2
	d.Form.Steps[2].Questions[0].Optional = true
	few, issues := Compile(d)
	if issues != nil {
		t.Fatal(issues)
	}
	few = few.At(ct.moment)
	if _, faults = few.Validate(villa()); len(faults) != 1 || faults[0].Code != ErrRowsFew || faults[0].Field != "delar.2.vad" {
		t.Error(faults)
	}
}

func TestTheNewAnswersAreKeptInTheirOneForm(t *testing.T) {
	ct := compiledRich(t)
	clean, faults := ct.Validate(with(villa(), "area", "0100,50", "kostnad", "1 234 567:-", "fastighet", " kvarnen  4 ", "besok", "20260501",
		"besok.time", "9.30", "post.street", "Box 1", "post.postcode", "SE-123 45", "post.town", "Ort", "totalt", "1", "sokande.phone", "0223-123 45"))
	if faults != nil {
		t.Fatal(faults)
	}
	for name, want := range map[string]string{"area": "100.5", "kostnad": "1234567.00", "fastighet": "KVARNEN 4", "besok": "2026-05-01", "besok.time": "09:30",
		"post.postcode": "12345", "totalt": "250.00", "sokande.number": "199001010017", "sokande.postcode": "73730"} {
		if got := clean.Get(name); got != want {
			t.Errorf("%s is kept as %q, want %q", name, got, want)
		}
	}
	for number, want := range map[string]string{"16556036-0793": "5560360793", "556036-0793": "5560360793", "900101-0017": "199001010017"} {
		at := ct.At(Moment{Today: calendar.NewDate(2026, 3, 1), Acting: ForOrganisation})
		in := with(villa(), "firma.name", "Firman", "firma.number", number, "firma.email", "a@b.se")
		if clean, faults := at.Validate(in); faults != nil || clean.Get("firma.number") != want || clean.Get("sokande.name") != "" {
			t.Errorf("%s is kept as %q, want %q (%v)", number, clean.Get("firma.number"), want, faults)
		}
	}
}

func TestAnswersAreShownAsPeopleReadThem(t *testing.T) {
	ct := compiledRich(t)
	clean, faults := ct.Validate(with(villa(), "area", "450,5", "kostnad", "1234,5", "besok", "2026-05-01", "besok.time", "14:00",
		"delar.1.sort", "ny", "barn.1.name", "Kim Ek", "barn.1.number", "150101-9820", "post.street", "Box 1", "post.postcode", "12345", "post.town", "Ort"))
	if faults != nil {
		t.Fatal(faults)
	}
	for _, tt := range []struct {
		key    string
		sv, en []string
	}{
		{"slag", []string{"Bygga › Hus › Villa"}, []string{"Bygga (en) › Hus (en) › Villa (en)"}},
		{"area", []string{"450,5\u00a0m²"}, []string{"450.5\u00a0m² (en)"}},
		{"kostnad", []string{"1\u00a0234,50\u00a0kr"}, []string{"SEK\u00a01,234.50"}},
		{"start", []string{"1 maj 2026"}, []string{"1 May 2026"}},
		{"besok", []string{"1 maj 2026 kl. 14.00"}, []string{"1 May 2026 at 14:00"}},
		{"delar", []string{"Fönster, 2, 125,00\u00a0kr, 250,00\u00a0kr, Ny"}, []string{"Fönster, 2, SEK\u00a0125.00, SEK\u00a0250.00, Ny (en)"}},
		{"barn", []string{"Kim Ek, 20150101-9820"}, []string{"Kim Ek, 20150101-9820"}},
		{"sokande", []string{"Åsa Ek", "19900101-0017", "Storgatan 1, 737 30 Ort", "asa@exempel.se"}, []string{"Åsa Ek", "19900101-0017", "Storgatan 1, 737 30 Ort", "asa@exempel.se"}},
		{"post", []string{"Box 1, 123 45 Ort"}, []string{"Box 1, 123 45 Ort"}},
		{"omyndig", []string{"no"}, []string{"no"}},
		{"slut", nil, nil}, {"firma", nil, nil},
	} {
		q := ct.Question(tt.key)
		if d := cmp.Diff(tt.sv, ct.Display(q, clean, i18n.SV)) + cmp.Diff(tt.en, ct.Display(q, clean, i18n.EN)); d != "" {
			t.Errorf("%s: %s", tt.key, d)
		}
	}
	if row := ct.DisplayRow(ct.Question("barn"), clean, 1, i18n.SV); cmp.Diff([]string{"Kim Ek", "20150101-9820", ""}, row) != "" {
		t.Error(row)
	}
	if row := ct.DisplayRow(ct.Question("barn"), clean, 2, i18n.SV); row != nil {
		t.Error(row)
	}
	leaves := ct.Question("slag").Leaves()
	if len(leaves) != 4 || leaves[1].Value != "villa" || leaves[1].Label[i18n.EN] != "Bygga (en) › Hus (en) › Villa (en)" {
		t.Error(leaves)
	}
}

func TestAStepHasTheRowsThatWerePosted(t *testing.T) {
	ct := compiledRich(t)
	draft := with(villa(), "delar.2.vad", "Dörr", "delar.2.antal", "1", "barn.1.name", "Kim")
	merged := ct.WithStep(draft, "rader", Answers{"delar.1.vad": {"Tak"}, "delar.1.antal": {"1"}, "area": {"3"}, "totalt": {"9"}, "okand": {"x"}})
	want := villa()
	maps.DeleteFunc(want, func(name string, _ []string) bool { return ct.owner(name).step == "rader" })
	with(want, "delar.1.vad", "Tak", "delar.1.antal", "1")
	if d := cmp.Diff(want, merged); d != "" {
		t.Error(d)
	}
}

func TestFaultsTellTheLimitInWords(t *testing.T) {
	_, faults := compiledRich(t).Validate(with(villa(), "area", "500,01", "start", "2020-01-01", "kostnad", "-1"))
	if len(faults) != 3 || faults[0].Limit != "500" || faults[1].Limit != "0" || faults[2].Own == nil || faults[2].Limit != "2026-03-01" {
		t.Errorf("%+v", faults)
	}
}

// A telephone number pasted from a list of contacts has marks of direction around it, and a name with one could be read as another.
func TestMarksThatAreNotSeenAreLeftOut(t *testing.T) {
	ct := compiledRich(t)
	clean, faults := ct.Validate(with(villa(), "sokande.phone", "\u202a070-123 45 67\u202c", "sokande.name", "\ufeffAnna \u202enosslO\u2066\u200b"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got := clean.Get("sokande.name"); got != "Anna nosslO" {
		t.Errorf("the name is %q", got)
	}
}
