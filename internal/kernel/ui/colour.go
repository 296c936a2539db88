package ui

import (
	"fmt"
	"math"
	"strconv"
)

// Colour is an opaque sRGB colour, written "#rrggbb" in data.
type Colour struct{ R, G, B uint8 }

// ParseColour reads "#rrggbb".
func ParseColour(s string) (Colour, error) {
	n, err := strconv.ParseUint(s[min(1, len(s)):], 16, 32)
	if len(s) != 7 || s[0] != '#' || err != nil {
		return Colour{}, fmt.Errorf("%q is not a colour: write # and six hexadecimal digits, such as #1d5a73", s)
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

// String writes the colour as "#rrggbb".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// UnmarshalText reads the colour from JSON, YAML and TOML.
func (c *Colour) UnmarshalText(text []byte) error {
	read, err := ParseColour(string(text))
	if err == nil {
		*c = read
	}
	return err
}

// MarshalText writes the colour to JSON, YAML and TOML.
func (c Colour) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

var (
	white = Colour{255, 255, 255}
	black = Colour{}
)

// linear takes a channel from sRGB to linear light (IEC 61966-2-1).
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// gamma takes linear light to a channel of sRGB, cut to what a screen can show.
func gamma(x float64) uint8 {
	x = min(max(x, 0), 1)
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(x * 255))
}

// Luminance is the relative luminance of WCAG 2.2, 0 for black and 1 for white.
func (c Colour) Luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Contrast is the contrast ratio of WCAG 2.2 between two colours, 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.Luminance(), b.Luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// mix returns the colour the share 0..1 of the way to another, in sRGB.
func (c Colour) mix(to Colour, share float64) Colour {
	between := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return Colour{between(c.R, to.R), between(c.G, to.G), between(c.B, to.B)}
}

// at returns the tint or shade of the colour that has the luminance.
func (c Colour) at(luminance float64) Colour {
	to := white
	if c.Luminance() > luminance {
		to = black
	}
	low, high := 0.0, 1.0
	for range 24 {
		middle := (low + high) / 2
		if (c.mix(to, middle).Luminance() < luminance) == (to == white) {
			low = middle
		} else {
			high = middle
		}
	}
	return c.mix(to, high)
}

// muted returns the colour with its chroma in Oklab (B. Ottosson 2020) times the share; lightness and hue stay.
func (c Colour) muted(share float64) Colour {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	light := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
	x := share * (1.9779984951*l - 2.4285922050*m + 0.4505937099*s)
	y := share * (0.0259040371*l + 0.7827717662*m - 0.8086757660*s)
	cube := func(v float64) float64 { return v * v * v }
	l, m, s = cube(light+0.3963377774*x+0.2158037573*y), cube(light-0.1055613458*x-0.0638541728*y), cube(light-0.0894841775*x-1.2914855480*y)
	return Colour{
		gamma(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		gamma(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		gamma(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
	}
}
