package casetype

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
)

func TestAStopHoldsWhenItsAnswersAreKnown(t *testing.T) {
	ct := compiledRich(t).At(Moment{Today: calendar.NewDate(2026, 3, 1)})
	if s := ct.StopFor(Answers{}); s != nil {
		t.Error("stopped before anything is answered:", s.Key)
	}
	if s := ct.StopFor(Answers{"slag": {"riva"}}); s == nil || s.Key != "riva_fritt" {
		t.Error(s)
	}
	if s := ct.At(Moment{SignedIn: true}).StopFor(Answers{"slag": {"riva"}}); s != nil {
		t.Error(s)
	}
	if s := ct.StopFor(villa()); s != nil {
		t.Error(s)
	}
	if s := ct.StopFor(with(villa(), "sokande.number", "20150101-9820")); s == nil || s.Key != "for_ung" {
		t.Error(s)
	}
	d := sample()
	d.Form.Stops = []Stop{{Key: "inget_foto", If: `len(photo) == 0`, Title: tx("Foto"), Text: tx("Ta ett foto")}}
	ct, issues := Compile(d)
	if issues != nil {
		t.Fatal(issues)
	}
	if s := ct.StopFor(Answers{"what": {"lamp"}}); s != nil {
		t.Error("stopped by a question that was not asked yet")
	}
	if s := ct.StopFor(whole()); s == nil {
		t.Error("not stopped by a question that was passed by")
	}
}

func TestThePriceIsRoundedOnceHalfUp(t *testing.T) {
	ct := compiledRich(t)
	for area, want := range map[string]money.Amount{"100": 225050, "1": 101251, "1,01": 101263, "3": 103752} { // 12.505 a square metre
		clean, _ := ct.Validate(with(villa(), "area", area))
		if got, ok := ct.Price(clean); got != want || !ok {
			t.Errorf("%s m² costs %s, want %s", area, got, want)
		}
	}
	clean, _ := ct.Validate(with(villa(), "slag", "eldstad"))
	if got, ok := ct.Price(clean); ok {
		t.Errorf("a price of %s where there is nothing to pay", got)
	}
	if _, ok := compiled(t).Price(Clean(whole())); ok {
		t.Error("a price without a payment")
	}
}

func TestNobodyGetsPastAPriceByNumbersBeyondReason(t *testing.T) {
	d := rich()
	at(&d, 0, 1).Validate.Max = ""
	d.Payment.Amount = "area * area"
	ct, issues := Compile(d)
	if issues != nil {
		t.Fatal(issues)
	}
	ct = ct.At(Moment{Today: calendar.NewDate(2026, 3, 1)})
	if _, faults := ct.Validate(with(villa(), "area", "999999999999", "kostnad", "1")); len(faults) != 1 || faults[0].Field != "area" || faults[0].Code != ErrTooLarge {
		t.Error(faults)
	}
}

func TestPartiesAndSignersComeFromTheAnswers(t *testing.T) {
	ct := compiledRich(t)
	names := func(found []FoundParty) (out []string) {
		for _, p := range found {
			out = append(out, p.Rule.Key+": "+p.Name+" "+p.Number)
		}
		return out
	}
	clean, faults := ct.Validate(with(villa(), "medsokande.4.name", "Ida Ek", "medsokande.4.number", "800101-9812", "medsokande.4.email", "ida@exempel.se"))
	if faults != nil {
		t.Fatal(faults)
	}
	if d := cmp.Diff([]string{"sokande: Åsa Ek 199001010017", "medsokande: Bo Ek 199001010017", "medsokande: Ida Ek 198001019812"}, names(ct.PartiesOf(clean))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"medsokande: Bo Ek 199001010017", "medsokande: Ida Ek 198001019812"}, names(ct.Signers(clean))); d != "" {
		t.Error(d)
	}
	clean, _ = ct.Validate(with(villa(), "slag", "riva"))
	if got := ct.Signers(clean); got != nil {
		t.Error("signed though sign.if does not hold:", got)
	}
}

func TestNeededFollowsRequiredIf(t *testing.T) {
	ct := compiledRich(t)
	q := ct.Question("kostnad")
	if ct.Needed(q, villa()) || !ct.Needed(q, with(villa(), "area", "100,01")) || !ct.Needed(ct.Question("slag"), nil) || ct.Needed(ct.Question("besok"), nil) {
		t.Error("not what requiredIf says")
	}
}

func TestStepsAreSkippedByTheirRule(t *testing.T) {
	ct := compiledRich(t)
	if got := ct.VisibleSteps(with(villa(), "slag", "garage")); len(got) != 3 || got[2].Key != "vem" {
		t.Error(got)
	}
	clean, faults := ct.Validate(with(villa(), "slag", "garage"))
	if faults != nil || clean.Get("delar.1.vad") != "" || clean.Get("totalt") != "" {
		t.Error("a skipped step gives values:", clean, faults)
	}
}

func TestAWindowOpensAndCloses(t *testing.T) {
	d := func(s string) calendar.Date {
		day, err := calendar.ParseDate(s)
		if s != "" && err != nil {
			t.Fatal(err)
		}
		return day
	}
	once := Window{Opens: d("2026-02-01"), Closes: d("2026-02-15")}
	spring := Window{Opens: d("2000-02-01"), Closes: d("2000-02-29"), Yearly: true}
	winter := Window{Opens: d("2020-11-15"), Closes: d("2020-01-15"), Yearly: true}
	for _, tt := range []struct {
		w    Window
		day  string
		open bool
		next string
	}{
		{Window{}, "2026-01-01", true, ""},
		{once, "2026-01-31", false, "2026-02-01"}, {once, "2026-02-01", true, ""}, {once, "2026-02-15", true, ""}, {once, "2026-02-16", false, ""},
		{Window{Closes: d("2026-02-15")}, "1999-01-01", true, ""}, {Window{Opens: d("2026-02-01")}, "2099-01-01", true, ""},
		{spring, "2027-01-31", false, "2027-02-01"}, {spring, "2027-02-28", true, ""}, {spring, "2027-03-01", false, "2028-02-01"}, {spring, "2028-02-29", true, ""},
		{winter, "2026-01-15", true, ""}, {winter, "2026-01-16", false, "2026-11-15"}, {winter, "2026-12-31", true, ""}, {winter, "2026-11-14", false, "2026-11-15"},
	} {
		if open, next := tt.w.Open(d(tt.day)); open != tt.open || next != d(tt.next) {
			t.Errorf("%s of %v: %v, again %s; want %v, %s", tt.day, tt.w, open, next, tt.open, tt.next)
		}
	}
}

func TestADifferenceIsNamedByThePathOfTheFile(t *testing.T) {
	before, after := sample(), sample()
	after.Version = 2
	after.Title = i18n.Text{i18n.SV: "Prov två", i18n.EN: "Prov (en)"}
	after.Secrecy.Default = Presumed
	q := after.Form.Steps[0].Questions
	after.Form.Steps[0].Questions = append(append([]Question{q[2], q[1]}, q[3:]...), Question{Key: "ny", Type: TypeText, Label: tx("Ny fråga")})
	after.Form.Steps[0].Questions[1].Options[0].Help = tx("Hjälp")
	after.Form.Steps[1].Questions[2].Files = &FileLimits{Max: 3, MaxMB: 10, Accept: []string{"image/jpeg", "image/png"}}
	after.Payment = &Payment{Amount: "100", Text: tx("Avgift")}
	after.Deadlines.Target = period("P20B")
	after.Examples[0].Answers["what"] = Values{"water"}
	want := []Change{
		{"version", "changed", "1", "2"},
		{"title.sv", "changed", "Prov", "Prov två"},
		{"confidentiality.default", "changed", "public", "presumed"},
		{"payment", "added", "", "Avgift"},
		{"form.steps[vad].questions[intro]", "removed", "Läs detta", ""},
		{"form.steps[vad].questions[what].options[lamp].help.sv", "added", "", "Hjälp"},
		{"form.steps[vad].questions[what].options[lamp].help.en", "added", "", "Hjälp (en)"},
		{"form.steps[vad].questions[ny]", "added", "", "Ny fråga"},
		{"form.steps[vad].questions", "changed", "what, more, extras, text, pole", "more, what, extras, text, pole"},
		{"form.steps[var].questions[photo].files.max", "changed", "2", "3"},
		{"form.steps[var].questions[photo].files.accept", "changed", "image/jpeg", "image/jpeg, image/png"},
		{"deadlines.target", "changed", "P10B", "P20B"},
		{"examples[lampa].answers.what", "changed", "lamp", "water"},
	}
	if d := cmp.Diff(want, Diff(before, after)); d != "" {
		t.Error(d)
	}
	if got := Diff(rich(), rich()); got != nil {
		t.Error("the same is different:", got)
	}
}
