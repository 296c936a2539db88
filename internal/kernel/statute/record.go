package statute

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// record is a statute as Regeringskansliets rättsdatabaser give it. Every field may be missing or null.
type record struct {
	Beteckning string `json:"beteckning"`
	Rubrik     string `json:"rubrik"`
	Upphavd    string `json:"upphavdDateTime"`
	Begransad  string `json:"tidsbegransadDateTime"`
	Ikraft     string `json:"ikraftDateTime"`
	Typ        string `json:"forfattningstypNamn"`
	Publicerad string `json:"publiceradDateTime"`
	Org        struct {
		Namn string `json:"namn"`
	} `json:"organisation"`
	Register struct {
		Forarbeten string `json:"forarbeten"`
	} `json:"register"`
	Fulltext struct {
		UpphavdGenom string `json:"upphavdGenom"`
		AndringInf   string `json:"andringInford"`
		Utfardad     string `json:"utfardadDateTime"`
		Text         string `json:"forfattningstext"`
	} `json:"fulltext"`
	Andringar []struct {
		Beteckning   string `json:"beteckning"`
		Rubrik       string `json:"rubrik"`
		Ikraft       string `json:"ikraftDateTime"`
		Anteckningar string `json:"anteckningar"`
	} `json:"andringsforfattningar"`

	// A record may come inside an answer of the database's search.
	Source *record `json:"_source"`
	Hits   struct {
		Hits []record `json:"hits"`
	} `json:"hits"`
}

// readRecords reads a JSON file: a record, a list of them, one a line, or an answer of the database's search.
func readRecords(name string, data []byte) ([]*Statute, []Fault) {
	var out []*Statute
	var faults []Fault
	take := func(r *record, offset int64) {
		for _, one := range r.flat() {
			s, why := one.statute()
			if why != "" {
				faults = append(faults, Fault{name, lineAt(data, offset), why})
				continue
			}
			out = append(out, s)
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	list := bytes.TrimSpace(data)[0] == '['
	if list {
		_, _ = dec.Token() // the bracket that was seen
	}
	for !list || dec.More() {
		from := dec.InputOffset()
		for from < int64(len(data)) && strings.IndexByte(" \t\r\n,", data[from]) >= 0 {
			from++
		}
		var r record
		err := dec.Decode(&r)
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.Is(err, io.EOF):
			return out, faults
		case errors.As(err, &wrong): // the decoder has read past the value and goes on
			faults = append(faults, Fault{name, lineAt(data, wrong.Offset), "the field " + shown(wrong.Field) + " holds " + wrong.Value + " where a text or a record is expected"})
			continue
		case err != nil:
			return out, append(faults, Fault{name, lineAt(data, offsetOf(err, dec.InputOffset(), len(data))), "this is no JSON: " + err.Error()})
		}
		take(&r, from)
	}
	if _, err := dec.Token(); err != nil {
		faults = append(faults, Fault{name, lineAt(data, int64(len(data))), "the list of records does not end"})
	}
	return out, faults
}

// offsetOf is where a fault of JSON is, as far as the decoder tells.
func offsetOf(err error, reached int64, size int) int64 {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		return int64(size)
	}
	return reached
}

func lineAt(data []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(data)))
	return 1 + bytes.Count(data[:offset], []byte{'\n'})
}

// flat gives the records that a value holds: itself, or those of an answer.
func (r *record) flat() []*record {
	switch {
	case r.Source != nil:
		return r.Source.flat()
	case len(r.Hits.Hits) > 0:
		var out []*record
		for i := range r.Hits.Hits {
			out = append(out, r.Hits.Hits[i].flat()...)
		}
		return out
	}
	return []*record{r}
}

// statute makes the statute of a record, or says why it is none.
func (r *record) statute() (*Statute, string) {
	sfs, ok := ParseSFS(clean(r.Beteckning))
	switch {
	case sfs == "":
		return nil, "the record has no beteckning (the statute's number, such as 2017:900)"
	case !ok:
		return nil, "beteckning " + shown(sfs) + " is no number of a statute"
	}
	title := one(r.Rubrik)
	if title == "" {
		return nil, "the record " + sfs + " has no rubrik (the statute's title)"
	}
	s := &Statute{SFS: sfs, Title: withoutNumber(title, sfs), Kind: one(r.Typ), Department: one(r.Org.Namn), Preparatory: one(r.Register.Forarbeten), Issued: day(r.Fulltext.Utfardad),
		InForce: day(r.Ikraft), Published: day(r.Publicerad), Repealed: day(r.Upphavd), RepealedBy: one(r.Fulltext.UpphavdGenom), Consolidated: one(r.Fulltext.AndringInf), Form: JSON}
	if s.Repealed.IsZero() {
		s.Repealed = day(r.Begransad)
	}
	for _, a := range r.Andringar {
		number, _ := ParseSFS(a.Beteckning)
		s.Amendments = append(s.Amendments, Amendment{SFS: number, Title: one(a.Rubrik), InForce: day(a.Ikraft), Note: one(a.Anteckningar)})
	}
	(&builder{s: s, plain: true}).run(plainBlocks(r.Fulltext.Text))
	return s, ""
}

// withoutNumber takes the statute's own number out of its title: "Skollag (2010:800)" is "Skollag".
func withoutNumber(title, sfs string) string {
	out := one(strings.Replace(title, "("+sfs+")", " ", 1))
	if out == "" {
		return title
	}
	return out
}

// one is a text on one line.
func one(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

var parenthesis = regexp.MustCompile(`\([^()]*\)`)

// plainTitle is a title without numbers in parentheses and in lower case, for comparing.
func plainTitle(title string) string {
	return strings.ToLower(one(parenthesis.ReplaceAllString(unlink(title), " ")))
}

// plainBlocks cuts a text into blocks at empty lines.
func plainBlocks(text string) []block {
	var out []block
	var open []string
	flush := func() {
		if len(open) > 0 {
			out = append(out, block{lines: open})
			open = nil
		}
	}
	for row := range strings.SplitSeq(clean(text), "\n") {
		row = strings.TrimRight(row, " \t")
		if strings.TrimSpace(row) == "" {
			flush()
			continue
		}
		open = append(open, row)
	}
	flush()
	return out
}
