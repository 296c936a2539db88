package pack

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/civic"
)

// Address is a row of addresses.csv, WGS 84.
type Address struct {
	ID       string
	Street   string
	Number   string // 12, 12A
	Postcode civic.Postnummer
	Town     string
	Lat, Lon float64
}

// Words is the address as people write it: Storgatan 12.
func (a Address) Words() string { return a.Street + " " + a.Number }

// table is a CSV file with a heading.
type table struct {
	*source
	reader *csv.Reader
	row    []string
}

// readTable reads a CSV file of exactly these columns and calls each for every row.
func readTable(fsys fs.FS, file string, columns []string, each func(*table)) *source {
	t := &table{source: &source{file: file}}
	raw, err := readFile(fsys, file)
	if err != nil {
		t.fail(position{1, 1}, "%v", err)
		return t.source
	}
	t.reader = csv.NewReader(bytes.NewReader(raw))
	t.reader.FieldsPerRecord = len(columns)
	heading := true
	for {
		t.row, err = t.reader.Read()
		var syntax *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if heading {
				t.fail(position{1, 1}, "the file is empty; its first line is %s", strings.Join(columns, ","))
			}
			return t.source
		case errors.As(err, &syntax):
			t.fail(position{syntax.Line, max(syntax.Column, 1)}, "not a table of %d columns (%s): %v", len(columns), strings.Join(columns, ","), syntax.Err)
			return t.source
		case err != nil:
			t.fail(position{1, 1}, "the file cannot be read: %v", err)
			return t.source
		}
		if heading {
			heading = false
			for i, name := range t.row {
				if name != columns[i] {
					t.wrong(i, casetype.Nearest(name, columns), "column %d is %q but must be %q", i+1, name, columns[i])
					return t.source
				}
			}
			continue
		}
		each(t)
	}
}

// at is where a field of the row stands.
func (t *table) at(i int) position {
	line, column := t.reader.FieldPos(i)
	return position{line, column}
}

func (t *table) wrong(i int, suggest, format string, args ...any) {
	t.fail(t.at(i), format, args...)
	t.problems[len(t.problems)-1].Suggest = suggest
}

// need says when a field of the row is empty.
func (t *table) need(fields ...int) {
	for _, i := range fields {
		if strings.TrimSpace(t.row[i]) == "" {
			t.wrong(i, "", "the field is empty")
		}
	}
}

func (t *table) number(i int) float64 {
	f, err := strconv.ParseFloat(t.row[i], 64)
	if err != nil || math.IsNaN(f) {
		t.wrong(i, "", "%q is not a number", t.row[i])
	}
	return f
}

func (t *table) postcode(i int) civic.Postnummer {
	p, err := civic.ParsePostnummer(t.row[i])
	if err != nil {
		t.wrong(i, "", "%v", err)
	}
	return p
}

// readAddresses reads addresses.csv.
func readAddresses(fsys fs.FS, p *Pack) *source {
	ids, words := map[string]bool{}, map[string]bool{}
	columns := []string{"id", "street", "number", "postcode", "town", "lat", "lon"}
	return readTable(fsys, "addresses.csv", columns, func(t *table) {
		t.need(0, 1, 2, 4)
		a := Address{ID: t.row[0], Street: t.row[1], Number: t.row[2], Postcode: t.postcode(3), Town: t.row[4], Lat: t.number(5), Lon: t.number(6)}
		if ids[a.ID] {
			t.wrong(0, "", "address %q is given twice", a.ID)
		}
		if key := a.Words() + ", " + a.Town; words[key] {
			t.wrong(1, "", "%s is given twice", key)
		} else {
			words[key] = true
		}
		ids[a.ID] = true
		if !p.Municipality.Map.Contains(a.Lat, a.Lon) {
			t.wrong(5, "", "%s lies outside the map of municipality.yaml", a.Words())
		}
		p.Addresses = append(p.Addresses, a)
	})
}

// Streets are the names of all streets with an address, in order.
func (p *Pack) Streets() []string {
	var streets []string
	for _, a := range p.Addresses {
		streets = append(streets, a.Street)
	}
	slices.Sort(streets)
	return slices.Compact(streets)
}
