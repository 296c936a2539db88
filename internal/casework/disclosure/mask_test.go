package disclosure

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
)

// What is masked is gone: no masked word is in the copy unless it stands unmasked somewhere else, and what is not masked is all there.
func TestMaskedWordsAreGoneFromTheCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([A-ZÅÄÖa-zåäö0-9]{1,12}[ \t\n]{1,2}){0,40}`).Draw(t, "text")
		lines := Lines(text)
		m := Mask{}
		for i, words := range lines {
			if rapid.IntRange(0, 9).Draw(t, "whole") == 0 {
				m[Word{i + 1, 0}] = true
			}
			for j := range words {
				if rapid.Bool().Draw(t, "word") {
					m[Word{i + 1, j + 1}] = true
				}
			}
		}
		got, err := m.Apply(lines)
		if err != nil {
			t.Fatal(err)
		}
		var kept []string
		for i, words := range lines {
			for j, w := range words {
				if !m.covers(i+1, j+1) {
					kept = append(kept, w)
				}
			}
		}
		left := slices.DeleteFunc(strings.Fields(got), func(w string) bool { return w == Masked })
		if !slices.Equal(left, kept) {
			t.Fatalf("%q with %v became %q", text, m, got)
		}
		if strings.Contains(got, Masked+" "+Masked) {
			t.Fatalf("the gap tells how many words are gone: %q", got)
		}
	})
}

func TestAMaskOfWhatIsNotThereIsRefused(t *testing.T) {
	lines := Lines("ett två\ntre")
	for _, names := range [][]string{{"3"}, {"1.3"}, {"2.2"}} {
		m, err := ParseMask(names)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Apply(lines); !errors.Is(err, ErrMask) {
			t.Errorf("%v: %v", names, err)
		}
	}
	for _, name := range []string{"", "0", "1.0", "-1", "a", "1.b", "1.2.3"} {
		if _, err := ParseMask([]string{name}); !errors.Is(err, ErrMask) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSuggestionsFindNumbersAddressesAndNames(t *testing.T) {
	lines := Lines("Ring Ines Invånare på 070-174 06 23 eller ines@example.org.\nPersonnummer 20000101-2384 gäller Invånares hus.\nInget hemligt här 2026.")
	got, err := Suggest(lines, []string{"Ines Invånare"}, calendar.NewDate(2026, 1, 1)).Apply(lines)
	want := "Ring [maskat] på [maskat] eller [maskat]\nPersonnummer [maskat] gäller [maskat] hus.\nInget hemligt här 2026."
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTheSameWordElsewhereIsTold(t *testing.T) {
	lines := Lines("Anna Karlsson kom.\nSedan gick karlsson, hem.")
	m := Mask{Word{1, 2}: true}
	if left := m.Left(lines); !slices.Equal(left, []Word{{2, 3}}) {
		t.Errorf("%v", left)
	}
}

func TestCellsAreReadAsTheyAreTyped(t *testing.T) {
	got, err := ParseCells("b2:D3, a1\nT28")
	if err != nil || !slices.Equal(got, []Cells{{1, 1, 3, 2}, {0, 0, 0, 0}, {19, 27, 19, 27}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"U1", "A0", "A29", "B2:", "2B", "A+1", "Å1", "B2:D3:E4"} {
		var wrong CellsError
		if _, err := ParseCells(text); !errors.As(err, &wrong) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestBlackenedPixelsAreGone(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 203, 301)) // not even squares
	for y := range 301 {
		for x := range 203 {
			src.Set(x, y, color.RGBA{R: 200, G: uint8(x), B: uint8(y), A: 255})
		}
	}
	var in, out bytes.Buffer
	if err := png.Encode(&in, src); err != nil {
		t.Fatal(err)
	}
	cells, _ := ParseCells("B2:D3")
	if err := Blacken(&out, bytes.NewReader(in.Bytes()), cells); err != nil {
		t.Fatal(err)
	}
	p, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	hole := image.Rect(203*1/Columns, 301*1/Rows, 203*4/Columns, 301*3/Rows)
	for y := range 301 {
		for x := range 203 {
			r, _, _, _ := p.At(x, y).RGBA()
			switch at := image.Pt(x, y); {
			case at.In(hole) && r != 0:
				t.Fatalf("%v is still there", at)
			case !at.In(hole.Inset(-2)) && r == 0:
				t.Fatalf("%v is black as well", at)
			}
		}
	}
	var shown bytes.Buffer
	if err := Grid(&shown, bytes.NewReader(in.Bytes()), cells); err != nil || shown.Len() == 0 {
		t.Errorf("the grid: %v", err)
	}
	if err := Blacken(&out, strings.NewReader("no picture"), cells); !errors.Is(err, ErrPicture) {
		t.Errorf("no picture: %v", err)
	}
}

func FuzzParseMask(f *testing.F) {
	f.Add("3.2 4", "ett två\n\ntre fyra\nfem")
	f.Fuzz(func(t *testing.T, names, text string) {
		m, err := ParseMask(strings.Fields(names))
		if err != nil {
			return
		}
		if got, err := m.Apply(Lines(text)); err == nil && len(m) == 0 && strings.Contains(got, Masked) != strings.Contains(text, Masked) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func FuzzParseCells(f *testing.F) {
	f.Add("B2:D3 A1")
	f.Fuzz(func(t *testing.T, text string) {
		cells, err := ParseCells(text)
		if err != nil {
			return
		}
		for _, c := range cells {
			again, err := ParseCells(c.String())
			if err != nil || len(again) != 1 || again[0] != c {
				t.Errorf("%v is written %s", c, c)
			}
		}
	})
}
