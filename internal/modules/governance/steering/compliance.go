package steering

import (
	"context"
	"fmt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/compliance"
	"dygnet/internal/kernel/i18n"
)

func both(sv, en string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: en} }

// Compliance gives the sentences that the room of the steering documents holds.
func (m *Module) Compliance() []compliance.Rule {
	return []compliance.Rule{
		{Sentence: "S0-1", Way: compliance.Records, Href: PathStaff, How: both(
			"Målbilden ligger överst bland styrdokumenten. En strategi som inte hänvisar till målbilden kan inte beredas eller fastställas.",
			"The vision stands above all other steering documents. A strategy that does not refer to it can be neither prepared nor adopted.")},
		{Sentence: "S1-3", Way: compliance.Records, Href: Path, How: both(
			"Alla kan läsa de offentliga styrdokumenten och se vem som beslutar varje slag av dokument.",
			"Everybody can read the public steering documents and see who decides each type.")},
		{Sentence: "S1-5", Way: compliance.Leads, Href: PathStaff, Find: m.late, How: both(
			"Varje slag av styrdokument har ett organ som beslutar det, dagar det gäller och en dag då det ska ses över.",
			"Each type of steering document has a body that decides it, days it applies and a day when it is reviewed.")},
		{Sentence: "S4-KF-1", Way: compliance.Refuses, Href: PathStaff, How: both(
			"En IT-strategi blir fastställd bara med ett beslut av kommunfullmäktige. Den tidigare ersätts i samma stund och kan fortfarande läsas.",
			"An IT strategy becomes adopted only with a decision of the municipal council. The one before is replaced in the same instant and can still be read.")},
		{Sentence: "S4-LG-1", Way: compliance.Refuses, Href: PathStaff, Find: m.outdated, How: both(
			"Ledningsgruppen beslutar riktlinjer, regler och rutiner, och bara de som stöder sig på strategin. Det som är äldre än det som det stöder sig på tas upp nedan.",
			"The management group decides guidelines, rules and routines, and only those that rest on the strategy. One that is older than what it rests on is listed below.")},
		{Sentence: "S4-AC-2", Way: compliance.Reports, Href: PathTrace, How: both(
			"Den här sidan visar för varje mening i strategin hur den hålls, vad som bryter mot den och vilka avsteg som finns, som det är just nu.",
			"This page shows for each sentence of the strategy how it is held, what breaks it and which departures there are, as it is right now.")},
		{Sentence: "S6-1", Way: compliance.Refuses, Href: PathStaff, How: both(
			"En IT-säkerhetspolicy blir fastställd bara med ett beslut av kommunfullmäktige.",
			"An IT security policy becomes adopted only with a decision of the municipal council.")},
	}
}

// late finds what applies on a day and should have been reviewed before it.
func (m *Module) late(ctx context.Context, lang i18n.Lang, on calendar.Date, limit int) ([]compliance.Violation, int, error) {
	list, err := m.InForce(ctx, on)
	if err != nil {
		return nil, 0, err
	}
	var out []compliance.Violation
	n := 0
	for _, v := range list {
		if v.Review.IsZero() || !v.Review.Before(on) {
			continue
		}
		if n++; len(out) < limit {
			words := both("%s skulle ha setts över %s.", "%s should have been reviewed on %s.")
			out = append(out, compliance.Violation{Text: fmt.Sprintf(words.In(lang), v.Title.In(lang), v.Review), Href: v.StaffPath()})
		}
	}
	return out, n, nil
}

// outdated finds what applies on a day and is older than what it rests on (S4-LG-1).
func (m *Module) outdated(ctx context.Context, lang i18n.Lang, on calendar.Date, limit int) ([]compliance.Violation, int, error) {
	list, err := m.Conflicts(ctx, on)
	if err != nil {
		return nil, 0, err
	}
	var out []compliance.Violation
	for _, c := range list[:min(limit, len(list))] {
		words := both("%s är äldre än %s och kan strida mot det som nu gäller.", "%s is older than %s and may be against what now applies.")
		out = append(out, compliance.Violation{Text: fmt.Sprintf(words.In(lang), c.Version.Title.In(lang), c.Newer.Title.In(lang)), Href: c.Version.StaffPath()})
	}
	return out, len(list), nil
}
