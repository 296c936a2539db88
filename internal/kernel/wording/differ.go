package wording

import "strings"

// Piece is a run of words of two texts compared: in both, or only in the old or the new one.
type Piece struct {
	Text string
	Old  bool
	New  bool
}

// maxCompared bounds the table of a comparison: words of one text times words of the other. Texts that differ in more than that are shown
// as one text gone and one come.
const maxCompared = 4 << 20

// Diff compares two texts word by word. The line breaks stay in the pieces.
func Diff(old, now string) []Piece {
	a, b := words(old), words(now)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []Piece
	add := func(text string, isOld, isNew bool) {
		if text == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Old == isOld && out[n-1].New == isNew {
			out[n-1].Text += text
			return
		}
		out = append(out, Piece{text, isOld, isNew})
	}
	add(strings.Join(a[:head], ""), true, true)
	x, y := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(x)*len(y) > maxCompared {
		add(strings.Join(x, ""), true, false)
		add(strings.Join(y, ""), false, true)
	} else {
		common(x, y, add)
	}
	add(strings.Join(a[len(a)-tail:], ""), true, true)
	return out
}

// common walks through two texts along their longest common row of words.
func common(x, y []string, add func(text string, isOld, isNew bool)) {
	width := len(y) + 1
	best := make([]int32, (len(x)+1)*width) // of x[i:] and y[j:]
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				best[i*width+j] = best[(i+1)*width+j+1] + 1
			} else {
				best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			add(x[i], true, true)
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && best[(i+1)*width+j] >= best[i*width+j+1]:
			add(x[i], true, false)
			i++
		default:
			add(y[j], false, true)
			j++
		}
	}
}

// words cuts a text after each run of blanks.
func words(text string) []string {
	var out []string
	for text != "" {
		end := strings.IndexAny(text, " \n")
		if end < 0 {
			return append(out, text)
		}
		for end < len(text) && (text[end] == ' ' || text[end] == '\n') {
			end++
		}
		out, text = append(out, text[:end]), text[end:]
	}
	return out
}
