package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// Chart is bars lying down, drawn without script or style of its own; the same figures stand in a table that is folded out below.
type Chart struct {
	Title string
	Bars  []Bar
	More  string // words on what folds out the table
	Table templ.Component
}

// Bar is one bar of a chart.
type Bar struct {
	Label string
	Value int
	Text  string // the value in words
}

// longest is the value of the longest bar.
func (c Chart) longest() int {
	most := 0
	for _, b := range c.Bars {
		most = max(most, b.Value)
	}
	return most
}

// Sizes of a chart, in its own units.
const (
	chartWidth = 320
	barSpace   = 44
	barWidth   = 260
)

func (c Chart) box() string { return "0 0 " + strconv.Itoa(chartWidth) + " " + c.height() }

func (c Chart) height() string { return strconv.Itoa(barSpace * len(c.Bars)) }

func (c Chart) at(i, more int) string { return strconv.Itoa(i*barSpace + more) }

// length is a bar's share of the longest, and never invisible when it is not nothing.
func (c Chart) length(b Bar) int {
	if b.Value == 0 {
		return 0
	}
	return max(2, b.Value*barWidth/c.longest())
}

// label is cut where it would run out of the picture; the table has all of it.
func (b Bar) label() string {
	const most = 42
	if c := []rune(b.Label); len(c) > most {
		return string(c[:most-1]) + "…"
	}
	return b.Label
}

// Render writes the chart.
func (c Chart) Render(ctx context.Context, w io.Writer) error { return chart(c).Render(ctx, w) }
