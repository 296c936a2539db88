package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Sheet is a text to print.
type Sheet struct {
	Lang   i18n.Lang
	Sender string // letterhead: the municipality
	Title  string
	Lead   string    // under the title, may be empty
	Foot   string    // on every page, beside the page number: the case number
	At     time.Time // when what is printed was made, also the file's date
	Parts  []Part
}

// Part is a piece of a sheet: Heading, Paragraph, Facts or Table.
type Part interface{ draw(*pen) }

// Heading begins a section.
type Heading string

// Paragraph is running text; its line breaks are kept.
type Paragraph string

// Facts are names with values.
type Facts []Fact

// Fact is a name and its values, one on each line.
type Fact struct {
	Name   string
	Values []string
}

// Table is rows under column titles. Cells wrap.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Measures in millimetres and points.
const (
	margin   = 20.0
	width    = 210 - 2*margin
	nameCol  = 58.0
	line     = 5.0
	bodySize = 10.5
	family   = "go"
)

// Write writes the sheet as PDF.
func (s Sheet) Write(w io.Writer) error {
	p, err := newPen()
	if err != nil {
		return fmt.Errorf("making a PDF: %w", err)
	}
	pdf := p.pdf
	pdf.SetTitle(p.plain(s.Title), true)
	pdf.SetAuthor(p.plain(s.Sender), true)
	pdf.SetProducer("Dygnet", true)
	pdf.SetLang(string(s.Lang))
	pdf.SetCreationDate(s.At.UTC())
	pdf.SetModificationDate(s.At.UTC())
	pdf.SetFooterFunc(func() {
		pdf.SetY(-15)
		p.font("", 8.5)
		pdf.CellFormat(width-20, line, p.plain(s.Foot), "", 0, "L", false, 0, "")
		pdf.CellFormat(20, line, fmt.Sprint(pdf.PageNo()), "", 0, "R", false, 0, "")
	})
	pdf.AddPage()
	p.font("", 9.5)
	pdf.CellFormat(width/2, line, p.plain(s.Sender), "", 0, "L", false, 0, "")
	pdf.CellFormat(width/2, line, calendar.FormatTime(s.At, string(s.Lang)), "", 1, "R", false, 0, "")
	pdf.Ln(line)
	p.font("B", 17)
	p.block(s.Title, 8)
	if s.Lead != "" {
		pdf.Ln(1)
		Paragraph(s.Lead).draw(p)
	}
	for _, part := range s.Parts {
		part.draw(p)
	}
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("writing a PDF: %w", err)
	}
	return nil
}

func (h Heading) draw(p *pen) {
	p.room(4 * line)
	p.pdf.Ln(line)
	p.font("B", 12.5)
	p.block(string(h), 6)
	p.pdf.Ln(1)
}

func (t Paragraph) draw(p *pen) {
	p.font("", bodySize)
	p.block(string(t), line)
	p.pdf.Ln(1.5)
}

func (f Facts) draw(p *pen) {
	for _, fact := range f {
		p.row([]float64{nameCol, width - nameCol}, []string{"B", ""}, []string{fact.Name, strings.Join(fact.Values, "\n")})
	}
}

func (t Table) draw(p *pen) {
	if len(t.Columns) == 0 {
		return
	}
	widths, bold, thin := make([]float64, len(t.Columns)), make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i := range widths {
		widths[i], bold[i] = width/float64(len(widths)), "B"
	}
	p.row(widths, bold, t.Columns)
	for _, cells := range t.Rows {
		p.row(widths, thin, cells)
	}
}

// pen draws on the pages.
type pen struct {
	pdf   *fpdf.Fpdf
	glyph *sfnt.Font
	buf   sfnt.Buffer
}

func newPen() (*pen, error) {
	glyphs, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetMargins(margin, 18, margin)
	pdf.SetAutoPageBreak(true, 22)
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	return &pen{pdf: pdf, glyph: glyphs}, pdf.Error()
}

func (p *pen) font(style string, size float64) { p.pdf.SetFont(family, style, size) }

// plain puts a box in place of what the font cannot show, and drops what steers.
func (p *pen) plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFF:
			return '▯'
		}
		if i, err := p.glyph.GlyphIndex(&p.buf, r); err != nil || i == 0 {
			return '▯'
		}
		return r
	}, s)
}

func (p *pen) block(s string, height float64) {
	p.pdf.MultiCell(width, height, strings.TrimRight(p.plain(s), "\n"), "", "L", false)
}

// room begins a new page unless there is height left on this one.
func (p *pen) room(height float64) {
	_, pageHeight := p.pdf.GetPageSize()
	if p.pdf.GetY()+height > pageHeight-22 {
		p.pdf.AddPage()
	}
}

// row writes cells beside each other, as high as the highest, with a line under them. A row higher than a page goes on on the next.
func (p *pen) row(widths []float64, styles, cells []string) {
	const gap = 3
	lines := make([][]string, len(widths))
	most := 1
	for i, w := range widths {
		if i >= len(cells) {
			continue
		}
		p.font(styles[i], bodySize)
		for paragraph := range strings.SplitSeq(p.plain(cells[i]), "\n") {
			split := p.pdf.SplitText(paragraph, w-gap)
			if len(split) == 0 {
				split = []string{""}
			}
			lines[i] = append(lines[i], split...)
		}
		most = max(most, len(lines[i]))
	}
	p.room(min(float64(most), 8) * line)
	for n := range most {
		p.room(line)
		y := p.pdf.GetY()
		x := margin
		for i, w := range widths {
			if n < len(lines[i]) {
				p.font(styles[i], bodySize)
				p.pdf.SetXY(x, y)
				p.pdf.CellFormat(w-gap, line, lines[i][n], "", 0, "L", false, 0, "")
			}
			x += w
		}
		p.pdf.SetXY(margin, y+line)
	}
	y := p.pdf.GetY() + 0.8
	p.pdf.SetDrawColor(190, 195, 200)
	p.pdf.Line(margin, y, margin+width, y)
	p.pdf.SetXY(margin, y+1.2)
}
