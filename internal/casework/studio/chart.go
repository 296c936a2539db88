package studio

import "strconv"

// chart is bars lying down, drawn without script or style of its own; the same figures stand in a table beside it.
type chart struct {
	Title string
	Max   int // the longest bar
	Bars  []bar
}

type bar struct {
	Label string
	Value int
	Text  string
}

// Sizes of a chart, in its own units.
const (
	chartWidth = 320
	barSpace   = 44
	barWidth   = 260
)

func (c chart) box() string { return "0 0 " + strconv.Itoa(chartWidth) + " " + c.height() }

func (c chart) height() string { return strconv.Itoa(barSpace * len(c.Bars)) }

func (c chart) at(i, more int) string { return strconv.Itoa(i*barSpace + more) }

// length is a bar's share of the longest, and never invisible when it is not nothing.
func (c chart) length(b bar) int {
	if c.Max == 0 || b.Value == 0 {
		return 0
	}
	return max(2, b.Value*barWidth/c.Max)
}

// label is cut where it would run out of the picture; the table has all of it.
func (b bar) label() string {
	const most = 42
	if c := []rune(b.Label); len(c) > most {
		return string(c[:most-1]) + "…"
	}
	return b.Label
}
