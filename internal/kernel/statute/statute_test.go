package statute_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
)

const collection = "/work/shared/data/law"

// local gives the files of the collection, or skips.
func local(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(collection, "*sfs*"))
	if more, _ := filepath.Glob(filepath.Join(collection, "ratt*")); err == nil {
		for _, m := range more {
			if !strings.Contains(filepath.Base(m), "sfs") {
				files = append(files, m)
			}
		}
	}
	if err != nil || len(files) == 0 {
		t.Skipf("the collection of statutes is not at %s", collection)
	}
	return files
}

func read(t testing.TB, file string) *statute.Statute {
	t.Helper()
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	list, faults := statute.Read(filepath.Base(file), data)
	if len(list) != 1 || len(faults) != 0 {
		t.Fatalf("%s: %d statutes, faults %v", file, len(list), faults)
	}
	return list[0]
}

// letters is a text without what is not a word: spaces and line breaks. Whatever else goes missing is a word lost.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

var (
	targets  = regexp.MustCompile(`\]\((?:https?://|#)[^)]*\)`)
	headings = regexp.MustCompile(`(?m)^#+ `)
)

func TestEveryStatuteOfTheCollectionIsReadAndNoWordIsLost(t *testing.T) {
	for _, file := range local(t) {
		s := read(t, file)
		data, _ := os.ReadFile(file)
		var want string
		if strings.HasSuffix(file, ".json") {
			var raw struct {
				Fulltext struct {
					Text string `json:"forfattningstext"`
				} `json:"fulltext"`
			}
			if err := json.Unmarshal(data, &raw); err != nil {
				t.Fatal(err)
			}
			want = letters(raw.Fulltext.Text)
		} else {
			_, body, _ := strings.Cut(strings.TrimPrefix(string(data), "---"), "\n---")
			body = targets.ReplaceAllString(body, "")
			body = headings.ReplaceAllString(body, "")
			want = strings.ReplaceAll(letters(body), "[", "")
			// The title is told by the front matter and is not a part of the text.
			want = strings.TrimPrefix(want, letters(s.Title))
			want = strings.TrimPrefix(strings.TrimPrefix(want, letters(s.Title)), "("+s.SFS+")")
			if !s.HasText() && want != "" {
				want = letters(s.Text())
			}
		}
		got := letters(s.Text())
		if strings.HasSuffix(file, ".md") {
			got = strings.ReplaceAll(got, "[", "")
		}
		if got != want {
			i := 0
			for i < len(got) && i < len(want) && got[i] == want[i] {
				i++
			}
			t.Errorf("%s: the text differs at %d:\n got %.200q\nwant %.200q", file, i, got[max(0, i-60):], want[max(0, i-60):])
		}
	}
}

// Counts of the collection's files, counted by hand with grep in the files.
func TestTheStructureOfKnownStatutes(t *testing.T) {
	for _, c := range []struct {
		file, sfs, title       string
		chapters, sections, tr int
	}{
		{"sfs-2017-900.md", "2017:900", "Förvaltningslag", 0, 49, 0},
		{"sfs-2017-725.md", "2017:725", "Kommunallag", 13, 330, 0},
		{"sfs-2010-900.md", "2010:900", "Plan- och bygglag", 16, 502, 0},
		{"sfs-2016-1145.md", "2016:1145", "Lag om offentlig upphandling", 22, 415, 0},
		{"sfs-1949-105.md", "1949:105", "Tryckfrihetsförordning", 14, 191, 3},
		{"rattsdatabas-sfs-2025-400.json", "2025:400", "Socialtjänstlag", 35, 302, 4},
		{"sfs-1990-782.md", "1990:782", "Arkivlag", 0, 0, 0}, // a file that only tells about the statute
	} {
		s := read(t, filepath.Join(collection, c.file))
		n := map[statute.Kind]int{}
		for _, p := range s.Parts {
			n[p.Kind]++
		}
		if s.SFS != c.sfs || s.Title != c.title || n[statute.Chapter] != c.chapters || n[statute.Section] != c.sections || n[statute.Transition] != c.tr {
			t.Errorf("%s: %s %s, %v; want %+v", c.file, s.SFS, s.Title, n, c)
		}
		if s.HasText() != (c.sections > 0) {
			t.Errorf("%s: HasText %v", c.file, s.HasText())
		}
	}
}

func TestAWordingAppliesFromAndUntilTheDaysThatTheTextGives(t *testing.T) {
	s := read(t, filepath.Join(collection, "rattsdatabas-2010-800.json"))
	before, after := calendar.NewDate(2026, 6, 30), calendar.NewDate(2026, 7, 1)
	old, now := s.Find("1", "1", before), s.Find("1", "1", after)
	if len(old) != 2 || len(now) != 2 {
		t.Fatalf("skollagen 1 kap. 1 § has %d wordings", len(old))
	}
	if !strings.Contains(old[0].Text(), "- förskoleklass,") || strings.Contains(now[0].Text(), "- förskoleklass,") {
		t.Error("the wording of the wrong day comes first")
	}
	if old[0].Applies(after) || !old[0].Applies(before) || now[0].Applies(before) {
		t.Errorf("from %v until %v; from %v", old[0].From, old[0].Until, now[0].From)
	}
	if old[0].Anchor != "K1P1" || now[0].Anchor != "K1P1-2" {
		t.Errorf("anchors %s, %s", old[0].Anchor, now[0].Anchor)
	}
	if six := s.Find("6 a", "1", after); len(six) == 0 {
		t.Error("6 a kap. is lost: a mark stands before it")
	}
}

func TestOldStatutesAndStatutesWithoutSectionsAreReadToo(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		parts string // kind and label of each
	}{
		"old spelling, no §":           {"---\nbeteckning: \"1827:60 s.1007\"\nrubrik: Kungörelse\n---\n\n# Kungörelse\n\nWi Carl Johan, med Guds Nåde, Göre weterligt.\n", "preamble:"},
		"a text that is only about it": {"---\nbeteckning: \"1901:bih. 56 s. 1\"\nrubrik: Reglemente\n---", ""},
		"section tags": {"---\nbeteckning: 1978:164\nrubrik: Förordning\n---\n<article selex:ikraft_datum=\"1978-07-01\">\n\n# Förordning\n\n<section id=\"a\">\n\n## Ansökan\n\n" +
			"<section id=\"1\" class=\"paragraf\" selex:upphor_datum=\"2026-07-01\">\n\n### 1 §\n\nEn ansökan enligt [2 §](#2).\n\n</section>\n</section>\n</article>", "heading:Ansökan section:1 §"},
		"a scrap before the number": {"---\nbeteckning: 2016:1\nrubrik: Lag\n---\n\n## 1 kap. Ett\n\n#### /24/ 11 §\n\nText.\n", "chapter:1 kap. section:1 kap. 11 §"},
		"§§ in the text":            {"---\nbeteckning: 1964:1\nrubrik: Lag\n---\n\n1 § Den som gör så.\n\n2 § första stycket gäller inte.\n\n2 a § Annat.\n\n3–5 §§ har upphävts genom lag (1990:1).\n", "section:1 § section:2 a § section:3–5 §§"},
		"chapters, divisions": {`{"beteckning":"1970:994","rubrik":"Jordabalk (1970:994)","fulltext":{"forfattningstext":"FÖRSTA AVDELNINGEN\r\n\r\nRÄTTSFÖRHÅLLANDEN\r\n\r\n1 Kap. Fastighet\r\n\r\nOm gränser\r\n\r\n1 § Fast egendom är jord.\r\n\r\n2 kap. Tillbehör\r\n\r\n1 § Till fastighet hör\r\n\r\n1. byggnad, och\r\n\r\n2. stängsel.\r\n\r\nÖvergångsbestämmelser\r\n\r\n1971:1209\r\n\r\nDenna lag träder i kraft den 1 januari 1972.\r\n\r\nBilaga 1\r\n\r\n1 § Inte en paragraf."}}`,
			"division:FÖRSTA AVDELNINGEN heading:RÄTTSFÖRHÅLLANDEN chapter:1 kap. heading:Om gränser section:1 kap. 1 § chapter:2 kap. section:2 kap. 1 § transition:Övergångsbestämmelser transition:1971:1209 appendix:Bilaga 1"},
		"an answer of the search": {`{"hits":{"hits":[{"_source":{"beteckning":"SFS 2001:1","rubrik":"Lag","fulltext":null}}]}}`, ""},
	} {
		list, faults := statute.Read(name, []byte(c.file))
		if len(list) != 1 || len(faults) > 0 {
			t.Errorf("%s: %d statutes, %v", name, len(list), faults)
			continue
		}
		var got []string
		for _, p := range list[0].Parts {
			got = append(got, string(p.Kind)+":"+p.Label())
		}
		if strings.Join(got, " ") != c.parts {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, " "), c.parts)
		}
	}
}

func TestStyckenAreCountedWithTheItemsOfTheirLists(t *testing.T) {
	p := statute.Part{Stycken: []string{"Först gäller", "1. ett, och", "2. två.", "Sedan gäller"}}
	if all := p.Paragraphs(); len(all) != 2 || len(all[0]) != 3 || all[1][0] != "Sedan gäller" {
		t.Errorf("%q", all)
	}
}

func TestWhatCannotBeReadIsToldWithLineAndReason(t *testing.T) {
	for file, want := range map[string]string{
		"":                               "x:1: the file is empty",
		"# Lag\n":                        "x:1: there is no front matter",
		"\n\n---\nrubrik: Lag\n":         "the front matter does not end",
		"---\nrubrik: Lag\n---\n":        "x:2: the front matter has no beteckning",
		"---\nbeteckning: 2017:900\n---": "x:2: the front matter has no rubrik",
		"---\nrubrik: Lag\nbeteckning: \"!?\"\n---":                    "x:3: beteckning !? is no number",
		"{\n\"beteckning\": 5}":                                        "x:2: the field beteckning holds number",
		"{\n\"rubrik\": \"Lag\"}":                                      "x:1: the record has no beteckning",
		"[\n{\"beteckning\":\"2001:1\",\"rubrik\":\"Lag\"},\n{\"a\"\n": "x:4: this is no JSON",
		"{\"beteckning\":\"2001:1\"":                                   "x:1: this is no JSON",
	} {
		_, faults := statute.Read("x", []byte(file))
		if len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), want) && !strings.Contains(faults[0].Error(), want) {
			t.Errorf("%q: %v, want %s", file, faults, want)
		}
	}
	list, faults := statute.Read("x", []byte(`[{"beteckning":"2001:1","rubrik":"Lag"},{"rubrik":"x"},{"beteckning":"2001:2","rubrik":7},{"beteckning":"2001:3","rubrik":"Lag"}]`))
	if len(list) != 2 || len(faults) != 2 {
		t.Errorf("of a list the good ones are read: %d, %v", len(list), faults)
	}
}

func TestAHashKnowsAWordingWhateverItsLineBreaks(t *testing.T) {
	a := statute.Part{Line: "1 §", Stycken: []string{"Enligt 2–4 §§\nskall"}}
	b := statute.Part{Line: "1 §", Stycken: []string{"Enligt 2-4 §§ skall"}}
	c := statute.Part{Line: "1 §", Stycken: []string{"Enligt 2-4 §§ ska"}}
	if a.Hash() != b.Hash() || a.Hash() == c.Hash() {
		t.Error("the hash follows line breaks or not the words")
	}
}

func TestNumbersGoIntoAddressesAndBack(t *testing.T) {
	for text, want := range map[string]string{"SFS 2017:900": "2017:900", "1827:60 s.1007": "1827:60 s. 1007", "1901:bih. 56 s. 1": "1901:bih. 56 s. 1", "1901:bih 56 s.1": "1901:bih. 56 s. 1"} {
		got, ok := statute.ParseSFS(text)
		if got != want || !ok || statute.FromSlug(statute.Slug(got)) != got {
			t.Errorf("%s: %s %v", text, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		chapter, section := rapid.SampledFrom([]string{"", "1", "22", "6 a"}).Draw(t, "chapter"), rapid.SampledFrom([]string{"", "1", "7 a", "120 ab"}).Draw(t, "section")
		c, s, ok := statute.ParseAnchor(statute.Anchor(chapter, section))
		if want := chapter + section; want != "" && (!ok || c != chapter || s != section) {
			t.Fatalf("%s, %s became %s, %s", chapter, section, c, s)
		}
	})
}

// Any blocks make a statute that holds them all.
func TestNoWordIsLostWhateverTheText(t *testing.T) {
	blocks := []string{"1 kap. Ett", "1 §", "1 § Text.", "2 a § /Upphör att gälla U:2026-07-01/\nText", "Rubrik", "AVDELNING I. X", "Övergångsbestämmelser", "2010:1", "Bilaga 1\nrad", "- punkt", "löpande text.",
		"/Kapitlet träder i kraft I:2025-01-01/\n2 kap. Två", "3–4 §§ har upphävts", "§ 5. Gammal", "a\tb   c", "12-\n14 §§ gäller", "7 § 1 mom. Text"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(blocks), 0, 12).Draw(t, "blocks"), "\n\n")
		raw, err := json.Marshal(map[string]any{"beteckning": "2001:1", "rubrik": "Lag", "fulltext": map[string]string{"forfattningstext": text}})
		if err != nil {
			t.Fatal(err)
		}
		list, faults := statute.Read("x", raw)
		if len(list) != 1 || len(faults) > 0 {
			t.Fatalf("%v", faults)
		}
		if got, want := letters(list[0].Text()), letters(text); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		anchors := map[string]bool{}
		for _, p := range list[0].Parts {
			if anchors[p.Anchor] {
				t.Fatalf("two parts have the anchor %s", p.Anchor)
			}
			anchors[p.Anchor] = true
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("---\nbeteckning: 2017:900\nrubrik: Lag\n---\n# Lag\n\n## 1 kap. X\n\n### 1 §\n\nText [2 §](#2).\n"))
	f.Add([]byte(`{"beteckning":"2001:1","rubrik":"Lag","fulltext":{"forfattningstext":"1 § Text\r\n\r\nÖvergångsbestämmelser\r\n\r\n2001:1\r\nX"}}`))
	f.Add([]byte("[{}"))
	f.Add([]byte("---\n- a: b\n  c: \"\n---"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, faults := statute.Read("x", data)
		if len(list) == 0 && len(faults) == 0 && strings.TrimSpace(string(data)) != "[]" && !strings.HasPrefix(strings.TrimSpace(string(data)), "[") {
			t.Fatal("neither a statute nor a fault")
		}
		for _, s := range list {
			if s.SFS == "" || s.Title == "" || len(s.Hash()) != 32 {
				t.Fatalf("%+v", s)
			}
			for _, p := range s.Parts {
				_ = p.Label()
				_ = p.Paragraphs()
			}
		}
		for _, f := range faults {
			if f.Line < 1 || f.Why == "" {
				t.Fatalf("%+v", f)
			}
		}
	})
}

func ExampleFault() {
	fmt.Println(statute.Fault{File: "sfs-2017-900.md", Line: 3, Why: "there is no title"})
	// Output: sfs-2017-900.md:3: there is no title
}

func BenchmarkRead(b *testing.B) {
	var size int
	var all [][]byte
	for _, file := range local(b) {
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		all, size = append(all, data), size+len(data)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, data := range all {
			statute.Read("x", data)
		}
	}
}
