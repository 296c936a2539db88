package ui

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Theme is the look of one municipality: one small JSON or YAML file in its pack. A colour that is not given is that of the neutral
// theme. Check it with Check before use; NewAssets does.
type Theme struct {
	Accent  Colour `json:"accent" yaml:"accent"`   // buttons, links, chosen things
	Brand   Colour `json:"brand" yaml:"brand"`     // the line of the header, done steps
	Neutral Colour `json:"neutral" yaml:"neutral"` // text, lines, surfaces
	Info    Colour `json:"info" yaml:"info"`
	Success Colour `json:"success" yaml:"success"`
	Warning Colour `json:"warning" yaml:"warning"`
	Danger  Colour `json:"danger" yaml:"danger"`
	Radius  int    `json:"radius" yaml:"radius"` // of corners, in CSS pixels, 0 to 12
}

// NeutralTheme is the look of a municipality that has chosen none: petrol and forest.
func NeutralTheme() Theme {
	return Theme{
		Accent: Colour{0x1d, 0x5a, 0x73}, Brand: Colour{0x2f, 0x6b, 0x4f}, Neutral: Colour{0x23, 0x2a, 0x31},
		Info: Colour{0x0a, 0x71, 0xc0}, Success: Colour{0x06, 0x87, 0x18}, Warning: Colour{0xea, 0x9b, 0x1b}, Danger: Colour{0xb8, 0x1a, 0x1a},
		Radius: 4,
	}
}

// UnmarshalJSON reads a theme over the neutral one and refuses unknown fields.
func (t *Theme) UnmarshalJSON(raw []byte) error {
	type plain Theme
	read := plain(NeutralTheme())
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return fmt.Errorf("reading the theme: %w", err)
	}
	*t = Theme(read)
	return nil
}

// UnmarshalYAML reads a theme over the neutral one.
func (t *Theme) UnmarshalYAML(unmarshal func(any) error) error {
	type plain Theme
	read := plain(NeutralTheme())
	if err := unmarshal(&read); err != nil {
		return fmt.Errorf("reading the theme: %w", err)
	}
	*t = Theme(read)
	return nil
}

// Scheme is light or dark.
type Scheme string

// The two schemes of every theme; the reader's system chooses, unless the reader has.
const (
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

// step is one step of a colour's scale: its name in @digdir/designsystemet-css and its luminance in each scheme. The luminances are
// those of the design system (MIT, package @digdir/designsystemet 1.15), on which its contrasts rest.
type step struct {
	name        string
	light, dark float64
}

var ramp = [...]step{
	{"background-default", 1, .009},
	{"background-tinted", .9, .014},
	{"surface-default", 1, .021},
	{"surface-tinted", .81, .027},
	{"surface-hover", .7, .036},
	{"surface-active", .59, .056},
	{"border-subtle", .5, .08},
	{"border-default", .19, .22},
	{"border-strong", .11, .39},
	{"text-subtle", .11, .39},
	{"text-default", .0245, .84},
}

// tone is a colour of a scale by name.
type tone struct {
	name   string
	colour Colour
}

// scale makes the tones of one colour in one scheme.
func scale(base Colour, scheme Scheme) []tone {
	tint, solid := base, base
	if scheme == Dark {
		tint = base.muted(.7)
		solid = base.at(luminance(mirrored(lightness(base))))
	}
	tones := make([]tone, 0, 16)
	for _, s := range ramp {
		l := s.light
		if scheme == Dark {
			l = s.dark
		}
		tones = append(tones, tone{s.name, tint.at(l)})
	}
	// What lies on the solid colour is black or white, and hovering moves away from it, so that the contrast grows.
	on, away := white, -8.0
	if Contrast(solid, black) > Contrast(solid, white) {
		on, away = black, 8.0
	}
	shift := func(by float64) Colour { return solid.at(luminance(min(max(lightness(solid)+by, 0), 100))) }
	return append(tones,
		tone{"base-default", solid}, tone{"base-hover", shift(away)}, tone{"base-active", shift(2 * away)},
		tone{"base-contrast-subtle", on}, tone{"base-contrast-default", on})
}

// lightness is L* of CIELAB, 0 to 100.
func lightness(c Colour) float64 {
	y := c.Luminance()
	if y <= 216.0/24389 {
		return y * 24389 / 27
	}
	return math.Cbrt(y)*116 - 16
}

// luminance undoes lightness.
func luminance(l float64) float64 {
	if l <= 8 {
		return l * 27 / 24389
	}
	return math.Pow((l+16)/116, 3)
}

// mirrored is the lightness in the dark scheme of a solid colour that has l in the light one.
func mirrored(l float64) float64 {
	if l <= 30 {
		return 70
	}
	return max(100-l, 30)
}

// named lists the colours of the theme by the name the design system knows them by.
func (t Theme) named() []tone {
	return []tone{{"accent", t.Accent}, {"brand", t.Brand}, {"neutral", t.Neutral}, {"info", t.Info},
		{"success", t.Success}, {"warning", t.Warning}, {"danger", t.Danger}}
}

// css writes the custom properties of the theme: the light scheme at the root, the dark one where the system asks for it or the page
// says data-color-scheme="dark", and for data-color="x" the colours of x in the place of the accent's.
func (t Theme) css() string {
	var b strings.Builder
	for _, scheme := range []Scheme{Light, Dark} {
		var vars strings.Builder
		for _, c := range t.named() {
			for _, tone := range scale(c.colour, scheme) {
				fmt.Fprintf(&vars, "--ds-color-%s-%s:%s;", c.name, tone.name, tone.colour)
			}
		}
		neutral := toneMap(t.Neutral, scheme)
		fmt.Fprintf(&vars, "--ds-color-focus-inner:%s;--ds-color-focus-outer:%s", neutral["background-default"], neutral["text-default"])
		if scheme == Light {
			fmt.Fprintf(&b, "@layer ds.theme.color-scheme.light{:root{color-scheme:light dark;%s}:root[data-color-scheme=light]{color-scheme:light}}", vars.String())
			continue
		}
		fmt.Fprintf(&b, "@layer ds.theme.color-scheme.dark{@media screen and (prefers-color-scheme:dark){:root:not([data-color-scheme=light]){%[1]s}}"+
			"@media screen{:root[data-color-scheme=dark]{color-scheme:dark;%[1]s}}}", vars.String())
	}
	b.WriteString("@layer ds.theme.color{")
	for _, c := range t.named() {
		selector := "[data-color=" + c.name + "]"
		if c.name == "accent" {
			selector = ":root," + selector
		}
		b.WriteString(selector + "{")
		for _, tone := range scale(c.colour, Light) {
			fmt.Fprintf(&b, "--ds-color-%[1]s:var(--ds-color-%[2]s-%[1]s);", tone.name, c.name)
		}
		b.WriteString("}")
	}
	fmt.Fprintf(&b, "}@layer ds.theme.semantic{:root{--ds-border-radius-base:%dpx}}", t.Radius)
	return b.String()
}

// toneMap is a scale by name.
func toneMap(base Colour, scheme Scheme) map[string]Colour {
	m := map[string]Colour{}
	for _, tone := range scale(base, scheme) {
		m[tone.name] = tone.colour
	}
	return m
}
