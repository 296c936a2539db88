package disclosure

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // read, not written
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	_ "golang.org/x/image/webp" // read, not written
)

// A picture is masked in squares of a grid that is the same for every size: columns A to T, rows 1 to 28.
const (
	Columns = 20
	Rows    = 28
)

// Cells is a rectangle of squares, counted from 0, last ones included.
type Cells struct{ Left, Top, Right, Bottom int }

// String writes it as it is typed: "B2:D3".
func (c Cells) String() string {
	at := func(column, row int) string { return string(rune('A'+column)) + strconv.Itoa(row+1) }
	if c.Left == c.Right && c.Top == c.Bottom {
		return at(c.Left, c.Top)
	}
	return at(c.Left, c.Top) + ":" + at(c.Right, c.Bottom)
}

// CellsError tells which word is no rectangle of the grid.
type CellsError struct{ Word string }

func (e CellsError) Error() string {
	return fmt.Sprintf("%q is not a square such as B2 or a rectangle such as B2:D3", e.Word)
}

// ParseCells reads rectangles, separated by spaces, commas or lines: "B2:D3 A1".
func ParseCells(text string) ([]Cells, error) {
	var out []Cells
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return strings.ContainsRune(" ,;\n\r\t", r) })
	for _, word := range words {
		from, to, two := strings.Cut(word, ":")
		if !two {
			to = from
		}
		l, t, ok := cell(from)
		r, b, ok2 := cell(to)
		if !ok || !ok2 {
			return nil, CellsError{word}
		}
		out = append(out, Cells{min(l, r), min(t, b), max(l, r), max(t, b)})
	}
	return out, nil
}

func cell(s string) (column, row int, ok bool) {
	if len(s) < 2 || s[0] < 'A' || s[0] >= 'A'+Columns {
		return 0, 0, false
	}
	n, err := strconv.Atoi(s[1:])
	return int(s[0] - 'A'), n - 1, err == nil && n >= 1 && n <= Rows && s[1] != '+'
}

// ErrPicture means that the file is no picture that can be masked here.
var ErrPicture = errors.New("the picture cannot be read, or is too large to be masked here")

// maxPixels is how large a picture may be: 40 million pixels, 160 MB while it is worked on.
const maxPixels = 40_000_000

func readPicture(r io.ReadSeeker) (*image.RGBA, error) {
	size, _, err := image.DecodeConfig(r)
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height {
		return nil, ErrPicture
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	src, _, err := image.Decode(r)
	if err != nil {
		return nil, ErrPicture
	}
	out := image.NewRGBA(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), src, src.Bounds().Min, draw.Over)
	return out, nil
}

// square is where a rectangle of the grid lies in a picture.
func square(b image.Rectangle, c Cells) image.Rectangle {
	return image.Rect(b.Dx()*c.Left/Columns, b.Dy()*c.Top/Rows, (b.Dx()*(c.Right+1)+Columns-1)/Columns, (b.Dy()*(c.Bottom+1)+Rows-1)/Rows)
}

// Blacken writes the picture anew as PNG with the rectangles black: what was under them is nowhere in the file, nor is anything else that the
// file held beside the picture.
func Blacken(w io.Writer, r io.ReadSeeker, cells []Cells) error {
	p, err := readPicture(r)
	if err != nil {
		return err
	}
	for _, c := range cells {
		draw.Draw(p, square(p.Bounds(), c), image.Black, image.Point{}, draw.Src)
	}
	if err := png.Encode(w, p); err != nil {
		return fmt.Errorf("writing the masked picture: %w", err)
	}
	return nil
}

// shown is the longest side of the picture with its grid, in pixels.
const shown = 1400

// Grid writes the picture small enough to be shown, with the names of rows and columns around it and what is chosen darkened.
func Grid(w io.Writer, r io.ReadSeeker, cells []Cells) error {
	src, err := readPicture(r)
	if err != nil {
		return err
	}
	b := src.Bounds()
	step := max(1, (max(b.Dx(), b.Dy())+shown-1)/shown)
	const edge = 24
	width, height := max(1, b.Dx()/step), max(1, b.Dy()/step)
	scale := max(1, (Columns*14+width-1)/width) // a small picture grows until the names fit
	width, height = width*scale, height*scale
	out := image.NewRGBA(image.Rect(0, 0, width+edge, height+edge))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	for y := range height {
		for x := range width {
			out.Set(x+edge, y+edge, src.At(min(x/scale*step, b.Dx()-1), min(y/scale*step, b.Dy()-1)))
		}
	}
	inner := image.Rect(0, 0, width, height)
	for _, c := range cells {
		draw.Draw(out, square(inner, c).Add(image.Pt(edge, edge)), image.NewUniform(color.RGBA{A: 190}), image.Point{}, draw.Over)
	}
	line := image.NewUniform(color.RGBA{R: 200, G: 30, B: 30, A: 255})
	name := font.Drawer{Dst: out, Src: image.Black, Face: basicfont.Face7x13}
	for i := range Columns + 1 {
		x := edge + width*i/Columns
		draw.Draw(out, image.Rect(x, edge, x+1, height+edge), line, image.Point{}, draw.Src)
		if i < Columns {
			name.Dot = fixed.P(edge+width*(2*i+1)/(2*Columns)-3, 16)
			name.DrawString(string(rune('A' + i)))
		}
	}
	for i := range Rows + 1 {
		y := edge + height*i/Rows
		draw.Draw(out, image.Rect(edge, y, width+edge, y+1), line, image.Point{}, draw.Src)
		if i < Rows {
			name.Dot = fixed.P(4, edge+height*(2*i+1)/(2*Rows)+5)
			name.DrawString(strconv.Itoa(i + 1))
		}
	}
	return jpeg.Encode(w, out, &jpeg.Options{Quality: 80})
}

// pictures are the content types that can be masked here.
func pictures() []string { return []string{"image/png", "image/jpeg", "image/webp", "image/gif"} }

func isPicture(mime string) bool { return slices.Contains(pictures(), mime) }
