package ui

import (
	"errors"
	"fmt"
)

// The least contrast of WCAG 2.2: 1.4.3 for text, 1.4.11 for the borders of fields and the focus ring.
const (
	MinText   = 4.5
	MinBorder = 3.0
)

// Pair is two colours that meet on a page, in one scheme.
type Pair struct {
	Name   string // what it is, in plain words
	Scheme Scheme
	Front  Colour
	Back   Colour
	Least  float64 // the ratio it must have
}

// Ratio is the contrast of the pair.
func (p Pair) Ratio() float64 { return Contrast(p.Front, p.Back) }

// Pairs returns every pair of colours that carries meaning on our pages, in both schemes.
func (t Theme) Pairs() []Pair {
	var pairs []Pair
	for _, scheme := range []Scheme{Light, Dark} {
		tones := map[string]map[string]Colour{}
		for _, c := range t.named() {
			tones[c.name] = toneMap(c.colour, scheme)
		}
		neutral, accent := tones["neutral"], tones["accent"]
		background := neutral["background-default"]
		add := func(name string, front, back Colour, least float64) {
			pairs = append(pairs, Pair{name, scheme, front, back, least})
		}
		for _, back := range []string{"background-default", "background-tinted", "surface-default", "surface-tinted", "surface-hover"} {
			add("text on "+back, neutral["text-default"], neutral[back], MinText)
		}
		for _, back := range []string{"background-default", "background-tinted", "surface-default", "surface-tinted"} {
			add("subtle text on "+back, neutral["text-subtle"], neutral[back], MinText)
			add("link on "+back, accent["text-subtle"], neutral[back], MinText)
			add("hovered link on "+back, accent["text-default"], neutral[back], MinText)
		}
		for _, name := range []string{"accent", "brand", "danger"} {
			c := tones[name]
			for _, state := range []string{"base-default", "base-hover", "base-active"} {
				add(name+" button, "+state, c["base-contrast-default"], c[state], MinText)
			}
		}
		for _, name := range []string{"neutral", "accent", "brand", "info", "success", "warning", "danger"} {
			c := tones[name]
			add(name+" tag", c["text-default"], c["surface-tinted"], MinText)
			add(name+" text on its tint", c["text-subtle"], c["surface-tinted"], MinText)
			add(name+" text", c["text-subtle"], background, MinText)
		}
		add("border of a field", neutral["border-default"], background, MinBorder)
		add("border of a field on a card", neutral["border-default"], neutral["surface-default"], MinBorder)
		add("border of a field on tint", neutral["border-default"], neutral["background-tinted"], MinBorder)
		add("border of a wrong field", tones["danger"]["border-default"], background, MinBorder)
		add("focus ring", neutral["text-default"], background, MinBorder)
		add("focus ring, inside", background, neutral["text-default"], MinBorder)
		add("focus ring on tint", neutral["text-default"], neutral["surface-tinted"], MinBorder)
	}
	return pairs
}

// Check refuses a theme that someone could not read: it names every pair with too little contrast and its ratio.
func (t Theme) Check() error {
	var problems []error
	if t.Radius < 0 || t.Radius > 12 {
		problems = append(problems, fmt.Errorf("radius is %d px, must be 0 to 12", t.Radius))
	}
	for _, p := range t.Pairs() {
		if ratio := p.Ratio(); ratio < p.Least {
			problems = append(problems, fmt.Errorf("%s (%s): %s on %s has contrast %.2f, needs %.1f", p.Name, p.Scheme, p.Front, p.Back, ratio, p.Least))
		}
	}
	return errors.Join(problems...)
}
