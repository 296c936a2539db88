package casetype

import (
	"strings"
	"testing"

	"dygnet/internal/kernel/i18n"
)

func TestAWordingLeavesOpenWhatACaseCanFillIn(t *testing.T) {
	d := sample()
	d.Decisions[0].Wording = Wording{Opening: tx("Nämnden har prövat {subject} ({number})."), Reasons: tx("Den {date}.")}
	if _, issues := Compile(d); len(issues) > 0 {
		t.Fatal(issues)
	}
	d.Decisions[0].Wording.Reasons = i18n.Text{i18n.SV: "Hej {namn}", i18n.EN: "Hi {party}"}
	d.Decisions = append(d.Decisions, Decision{Key: "utan", Outcome: Answer, Title: tx("Utan"), Result: d.Decisions[0].Result,
		Appeal: Appeal{Type: NoAppeal, Text: tx("Kan inte överklagas"), To: tx("Förvaltningsrätten")}})
	_, issues := Compile(d)
	for _, want := range []struct{ path, says string }{{"decisions[0].wording.reasons", "{namn}"}, {"decisions[1].appeal.to", "nobody"}} {
		found := false
		for _, i := range issues {
			found = found || strings.HasSuffix(i.Path, want.path[len("decisions[0]"):]) && strings.Contains(i.Message, want.says)
		}
		if !found {
			t.Errorf("no issue at %s that says %q: %v", want.path, want.says, issues)
		}
	}
}

func TestFL_32_ABlankStandsOnlyInWhatTheOfficialFinishes(t *testing.T) {
	d := sample()
	d.Decisions[0].Wording = Wording{Text: tx("Du får tillstånd till och med [… dag]."), Reasons: tx("Det som har avgjort är [… vad].")}
	if _, issues := Compile(d); len(issues) > 0 {
		t.Fatal(issues)
	}
	d.Decisions[0].Wording.Closing = tx("Betala senast [… dag].")
	if _, issues := Compile(d); len(issues) != 2 || !strings.Contains(issues[0].Message, "nobody fills in [… dag") {
		t.Error(issues)
	}
	for text, want := range map[string]int{"": 0, "som domstolen skriver: \"Bolaget […] ska\"": 0, "[1] och [a]": 0, "[… dag] till [… dag]": 2, "[…dag]": 0} {
		if got := Blanks(text); len(got) != want {
			t.Errorf("%q has the blanks %q, want %d", text, got, want)
		}
	}
}
