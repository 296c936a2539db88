package ui

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"
)

func TestNeutralThemeCanBeRead(t *testing.T) {
	theme := NeutralTheme()
	if err := theme.Check(); err != nil {
		t.Fatal(err)
	}
	// The ratios measured in a browser in the trial of the design system (light, dark).
	want := map[string][2]float64{
		"text on background-default":        {14.12, 15.10},
		"subtle text on background-default": {6.55, 7.47},
		"link on background-default":        {6.55, 7.48},
		"accent button, base-default":       {7.60, 7.63},
		"border of a field":                 {4.38, 4.61},
		"danger text":                       {6.56, 7.45},
	}
	for _, p := range theme.Pairs() {
		measured, ok := want[p.Name]
		if !ok {
			continue
		}
		at := measured[0]
		if p.Scheme == Dark {
			at = measured[1]
		}
		if math.Abs(p.Ratio()-at) > 0.35 {
			t.Errorf("%s (%s): %.2f, the browser showed %.2f", p.Name, p.Scheme, p.Ratio(), at)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#767676", "#ffffff", 4.54}, {"#ff0000", "#ffffff", 4.00},
	} {
		a, _ := ParseColour(tt.a)
		b, _ := ParseColour(tt.b)
		if got := Contrast(a, b); math.Abs(got-tt.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

func colours() *rapid.Generator[Colour] {
	return rapid.Custom(func(t *rapid.T) Colour {
		b := rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "rgb")
		return Colour{b[0], b[1], b[2]}
	})
}

func TestEveryColourGivesAReadableTheme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		theme := NeutralTheme()
		theme.Accent, theme.Brand, theme.Neutral = colours().Draw(t, "accent"), colours().Draw(t, "brand"), colours().Draw(t, "neutral")
		if err := theme.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCheckNamesAPairThatCannotBeRead(t *testing.T) {
	p := Pair{Name: "x", Front: Colour{0x99, 0x99, 0x99}, Back: white, Least: MinText}
	if p.Ratio() >= p.Least {
		t.Errorf("grey on white has contrast %.2f", p.Ratio())
	}
	theme := NeutralTheme()
	theme.Radius = 40
	if err := theme.Check(); err == nil || !strings.Contains(err.Error(), "radius") {
		t.Errorf("radius 40: %v", err)
	}
}

func TestThemeIsReadOverTheNeutralOne(t *testing.T) {
	want := NeutralTheme()
	want.Accent = Colour{0x00, 0x52, 0x8c}
	var fromJSON, fromYAML Theme
	if err := json.Unmarshal([]byte(`{"accent":"#00528c"}`), &fromJSON); err != nil || fromJSON != want {
		t.Errorf("JSON: %v %+v", err, fromJSON)
	}
	if err := yaml.Unmarshal([]byte(`accent: "#00528c"`), &fromYAML); err != nil || fromYAML != want {
		t.Errorf("YAML: %v %+v", err, fromYAML)
	}
	for _, bad := range []string{`{"accent":"red"}`, `{"accent":"#12345"}`, `{"accent":"#12345g"}`, `{"acent":"#123456"}`, `{"accent":"é23456"}`} {
		if err := json.Unmarshal([]byte(bad), &fromJSON); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func FuzzParseColour(f *testing.F) {
	for _, seed := range []string{"#1d5a73", "", "#", "#-12345", "#+12345", "1d5a73"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseColour(s); err == nil && c.String() != strings.ToLower(s) {
			t.Errorf("%q became %s", s, c)
		}
	})
}
