package pack

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"dygnet/packs"
)

// shipped is the pack of Fagersta, to be changed.
func shipped(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	from, err := fs.Sub(packs.Files, "fagersta")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAssignmentAndPhrasesAreStrict(t *testing.T) {
	const heading = "apiVersion: dygnet/v1\nkind: Assignment\nrules:\n"
	const phrases = "apiVersion: dygnet/v1\nkind: Phrases\nphrases:\n"
	for _, c := range []struct{ file, text, want string }{
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-parc, to: {role: handlaggare}}\n", `4:43: there is no unit "gata-parc" (did you mean "gata-park"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, to: {role: handlagare}}\n", `4:65: there is no role "handlagare" (did you mean "handlaggare"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, to: {role: handlaggare, unit: va}}\n", `one of unit, person and role`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, to: {unit: norberg-kansli}}\n", `belongs to another member`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, to: {unit: va, by: round-robin}}\n", `by is for a role`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, to: {role: handlaggare, by: least}}\n", `"least" is not one of round-robin, least-load`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, if: x == 1, to: {unit: va}}\n", `an expression needs types`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, area: Norra skog, to: {unit: va}}\n", `no area "Norra skog" (did you mean "Norra skogen"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, types: [felanmalen], to: {unit: va}}\n", `no case type "felanmalen" (did you mean "felanmalan"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, types: [felanmalan], if: kategry == \"x\", to: {unit: va}}\n", `(did you mean "kategori"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, too: {unit: va}}\n", `4:54: unknown key "too" (did you mean "to"?)`},
		{assignmentFile, heading + "  - {key: a, title: {sv: A, en: A}, unit: gata-park, lang: de, to: {unit: va}}\n", `"de" is not one of sv, en`},
		{phraseFile, phrases + "  - {key: a, title: {sv: A, en: A}, for: [message], text: {sv: \"{arende.numer}\", en: x}}\n", `there is no variable {arende.numer}`},
		{phraseFile, phrases + "  - {key: a, title: {sv: A, en: A}, for: [letter], text: {sv: x, en: x}}\n", `"letter" is not one of message, decision, note`},
		{phraseFile, phrases + "  - {key: a, title: {sv: A, en: A}, for: [], text: {sv: x, en: x}}\n", `say what the phrase is for`},
		{phraseFile, phrases + "  - {key: a, title: {sv: A, en: A}, for: [note], text: {sv: x}}\n", `4:56: text: the text is missing in "en"`},
	} {
		fsys := shipped(t)
		fsys[c.file].Data = []byte(c.text)
		var said []string
		for _, p := range Check(fsys) {
			said = append(said, p.String())
		}
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, c.file) && strings.Contains(s, c.want) }) {
			t.Errorf("%s does not lead to %q but to %q", c.text, c.want, said)
		}
	}
}

func TestAPackNeedsNeitherRulesNorPhrases(t *testing.T) {
	fsys := shipped(t)
	delete(fsys, assignmentFile)
	delete(fsys, phraseFile)
	if p := Check(fsys); len(p) > 0 {
		t.Error(p)
	}
}

func TestAnAreaHoldsWhatLiesInIt(t *testing.T) {
	square := [][2]float64{{15, 60}, {16, 60}, {16, 61}, {15, 61}, {15, 60}}
	hole := [][2]float64{{15.4, 60.4}, {15.6, 60.4}, {15.6, 60.6}, {15.4, 60.6}, {15.4, 60.4}}
	m := Map{Features: []Feature{{Properties: Properties{Name: "A"}, Geometry: Geometry{Type: "Polygon", Lines: [][][2]float64{square, hole}}}}}
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := rapid.Float64Range(59.5, 61.5).Draw(t, "lat"), rapid.Float64Range(14.5, 16.5).Draw(t, "lon")
		near := func(v float64, at ...float64) bool {
			return slices.ContainsFunc(at, func(x float64) bool { return v > x-1e-9 && v < x+1e-9 })
		}
		if near(lat, 60, 61, 60.4, 60.6) || near(lon, 15, 16, 15.4, 15.6) {
			return
		}
		want := lat > 60 && lat < 61 && lon > 15 && lon < 16 && !(lat > 60.4 && lat < 60.6 && lon > 15.4 && lon < 15.6)
		if m.Within("A", lat, lon) != want {
			t.Errorf("%f, %f: want %t", lat, lon, want)
		}
		if m.Within("B", lat, lon) {
			t.Error("an area that is not there")
		}
	})
}

func TestWordsAreFilledOnceAndWhatIsMissingIsNamed(t *testing.T) {
	got, without := FillWords("{part.namn} {sista.dag} {part.namn}", func(name string) string {
		if name == "part.namn" {
			return "{sista.dag}"
		}
		return ""
	}, func(name string) string { return "<" + name + ">" })
	if got != "{sista.dag} <sista.dag> {sista.dag}" || !slices.Equal(without, []string{"sista.dag"}) {
		t.Errorf("%q %q", got, without)
	}
	var wrong *VariableError
	if err := CheckWords("{arende.nummer} {arende.numer}"); !errors.As(err, &wrong) || wrong.Suggest != "arende.nummer" {
		t.Error(err)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("Hej {part.namn}!")
	f.Add("{}{{a}}{")
	f.Fuzz(func(t *testing.T, text string) {
		filled, without := FillWords(text, func(string) string { return "" }, func(name string) string { return "{" + name + "}" })
		if filled != text {
			t.Errorf("%q became %q", text, filled)
		}
		if (CheckWords(text) == nil) != !slices.ContainsFunc(without, func(name string) bool { return !slices.Contains(Variables(), name) }) {
			t.Errorf("%q: %v, %q", text, CheckWords(text), without)
		}
	})
}
