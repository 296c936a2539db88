package pack

import (
	"slices"
	"strings"
	"testing"
)

func TestMeetingsAreStrict(t *testing.T) {
	const heading = "apiVersion: dygnet/v1\nkind: Meetings\nbodies:\n"
	const body = heading + "  - {body: KS, refused: {sv: Nej., en: No.}, members: [politiker], "
	const ideas = heading + "  - {body: KS, refused: {sv: Nej., en: No.}, members: [politiker], convenors: [{role: ordforande}]}\nideas:\n"
	for _, c := range []struct{ text, want string }{
		{heading + "  - {body: KZ, convenors: [{role: ordforande}], refused: {sv: Nej., en: No.}, members: [politiker]}\n", `4:12: there is no body "KZ" (did you mean "`},
		{body + "convenors: [{role: ordforand}]}\n", `there is no role "ordforand" (did you mean "ordforande"?)`},
		{body + "convenors: [{role: chef}]}\n", `role chef is not held at a body; name the unit`},
		{body + "convenors: [{role: chef, unit: va-x}]}\n", `there is no unit "va-x"`},
		{body + "convenors: [{role: ordforande}], seats: [{key: a, title: {sv: A, en: A}, unit: itt}]}\n", `there is no unit "itt" (did you mean "it"?)`},
		{body + "convenors: [{role: ordforande}], seats: [{key: a, title: {sv: A, en: A}}, {key: a, title: {sv: A, en: A}}]}\n", `the key "a" is used twice`},
		{body + "convenors: [{role: ordforande}], planned: [{day: 2027-01-01, time: \"8.30\"}]}\n", `"8.30" is not a time of day; write 08:30`},
		{body + "convenors: [{role: ordforande}], planned: [{day: 2027-01-01, time: \"08:30\", end: \"08:00\"}]}\n", `the meeting ends before it begins`},
		{body + "convenors: [{role: ordforande}], planned: [{day: 2027-01-01, time: \"08:30\"}, {day: 2027-01-01, time: \"10:30\"}]}\n", `the body meets twice on 2027-01-01`},
		{body + "convenors: [{role: ordforande}], sits: []}\n", `unknown key "sits" (did you mean "seats"?)`},
		{ideas + "  - {key: it, title: {sv: A, en: A}, treats: ITX, forwards: LG, answer: P3M}\n", `there is no body "ITX" (did you mean "ITG"?)`},
		{ideas + "matters:\n  - {key: it, title: {sv: A, en: A}, actions: [system.reclasify], needs: []}\n", `there is no reserved action "system.reclasify" (did you mean "system.reclassify"?)`},
		{ideas + "matters:\n  - {key: it, title: {sv: A, en: A}, needs: [{body: KS, letter: itcheff, consult: [LX], sentence: S4-AC-5, text: {sv: A, en: A}}]}\n", `there is no role "itcheff"`},
		{ideas + "matters:\n  - {key: it, title: {sv: A, en: A}, needs: [{body: KS, letter: itchef, consult: [LX], sentence: S4-AC-5, text: {sv: A, en: A}}]}\n", `there is no body "LX"`},
	} {
		fsys := shipped(t)
		text := strings.Replace(c.text, "ideas:\nmatters:", "matters:", 1)
		fsys[meetingsFile].Data = []byte(text)
		var said []string
		for _, p := range Check(fsys) {
			said = append(said, p.String())
		}
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, meetingsFile) && strings.Contains(s, c.want) }) {
			t.Errorf("%s does not lead to %q but to %q", text, c.want, said)
		}
	}
}

func TestAPackNeedNotSayHowItsBodiesMeet(t *testing.T) {
	fsys := shipped(t)
	delete(fsys, meetingsFile)
	if p := Check(fsys); len(p) > 0 {
		t.Error(p)
	}
	p, err := Load(fsys)
	if err != nil || p.MeetingsOf("KS") != nil {
		t.Errorf("%v", err)
	}
}
