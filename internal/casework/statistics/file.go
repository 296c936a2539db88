package statistics

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/store"
)

// files are what can be taken home, by name without .csv.
func files() []string { return []string{"manader", "typer"} }

// file sends figures as CSV: UTF-8 with a byte order mark and semicolons, as Excel in Swedish reads it. Where too few cases were closed to
// speak of times, the field is empty.
func (m *Module) file(v *office.Visit) error {
	name, ok := strings.CutSuffix(v.R.PathValue("file"), ".csv")
	if !ok || name != "manader" && name != "typer" {
		return store.ErrNotFound
	}
	a := ask(v)
	if len(a.faults) > 0 {
		return v.See(Path + "?" + a.query().Encode()) // the page says what is wrong
	}
	s, err := m.Figures.Statistics(v.Ctx(), a.Question)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="statistik-`+name+"-"+a.from+"-"+a.to+`.csv"`)
	v.W.WriteHeader(http.StatusOK)
	if _, err := v.W.Write([]byte("\ufeff")); err != nil {
		return nil //nolint:nilerr // the reader has gone
	}
	w := csv.NewWriter(v.W)
	w.Comma, w.UseCRLF = ';', true
	if name == "manader" {
		_ = w.Write([]string{v.T("statistics.month"), v.T("statistics.received"), v.T("statistics.closed")})
		for _, x := range s.Months {
			_ = w.Write([]string{x.Month, strconv.Itoa(x.Received), strconv.Itoa(x.Closed)})
		}
	} else {
		_ = w.Write([]string{v.T("statistics.kind"), v.T("statistics.received"), v.T("statistics.closed"), v.T("statistics.median"), v.T("statistics.p90"), v.T("statistics.first"), v.T("statistics.feedback"), v.T("statistics.answers")})
		for _, l := range s.Types {
			_ = w.Write(append([]string{m.kind(v, l.TypeID), strconv.Itoa(l.Received), strconv.Itoa(l.Closed)}, measured(v, l)...))
		}
	}
	w.Flush() // an error means that the reader has gone
	return nil
}

// measured are the fields that take enough cases or answers to say anything.
func measured(v *office.Visit, l measure.Line) []string {
	out := []string{"", "", "", "", strconv.Itoa(l.Answers)}
	if l.Measured() {
		out[0], out[1], out[2] = strconv.Itoa(l.Median), strconv.Itoa(l.P90), strconv.Itoa(l.FirstContact)
	}
	if l.Mean() > 0 {
		out[3] = decimal(v, l.Mean())
	}
	return out
}
