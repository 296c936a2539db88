package statistics

import (
	"context"
	"embed"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/ui"
)

// Texts are the words of the room.
//
//go:embed texts
var Texts embed.FS

// Path is the address of the room, without language.
const Path = "/arbete/statistik"

// Types finds case types; *catalogue.Catalogue is it.
type Types interface {
	Current(id string, day calendar.Date) (*casetype.CaseType, bool)
}

// Figures answers questions; *measure.Service is it.
type Figures interface {
	Statistics(ctx context.Context, ask measure.Question) (measure.Statistics, error)
}

// Module is the room.
type Module struct {
	Office  *office.Office
	Figures Figures
	Types   Types
}

// Routes adds the pages.
func (m *Module) Routes(mux *http.ServeMux) {
	mux.Handle("GET "+Path, m.Office.Staff(access.ServiceRead, m.page))
	mux.Handle("GET "+Path+"/{file}", m.Office.Staff(access.ServiceRead, m.file))
}

// asked is what the page was asked for: as typed, and as understood.
type asked struct {
	from, to, unit, kind string
	measure.Question
	units  []string // that may be asked of
	faults []ui.FieldError
}

var month = regexp.MustCompile(`^(\d{4})-(\d{2})$`)

// ask reads the address. Without months it is the last twelve.
func ask(v *office.Visit) asked {
	q := v.R.URL.Query()
	a := asked{from: q.Get("fran"), to: q.Get("till"), unit: q.Get("enhet"), kind: q.Get("typ"), units: access.Units(v.Who, access.ServiceRead)}
	today := v.Today()
	if a.from == "" {
		a.from = monthOf(today.AddMonths(-11))
	}
	if a.to == "" {
		a.to = monthOf(today)
	}
	read := func(field, typed string) calendar.Date {
		if month.MatchString(typed) {
			if day, err := calendar.ParseDate(typed + "-01"); err == nil {
				return day
			}
		}
		a.faults = append(a.faults, ui.FieldError{Field: field, Message: v.T("statistics.month.wrong", "Example", monthOf(today))})
		return calendar.Date{}
	}
	a.From, a.To, a.Type = read("fran", a.from), read("till", a.to), a.kind
	if len(a.faults) == 0 && (a.To.Before(a.From) || a.From.AddMonths(12*maxYears).Before(a.To)) {
		a.faults = append(a.faults, ui.FieldError{Field: "till", Message: v.T("statistics.month.order", "Years", maxYears)})
	}
	if a.Units = a.units; a.unit != "" {
		a.Units = nil
		if slices.Contains(a.units, a.unit) {
			a.Units = []string{a.unit}
		}
	}
	return a
}

// maxYears is how many years one question may span.
const maxYears = 50

func monthOf(d calendar.Date) string { return d.String()[:len("2006-01")] }

// kind is what a case type is called.
func (m *Module) kind(v *office.Visit, id string) string {
	if ct, ok := m.Types.Current(id, v.Today()); ok {
		return ct.Title.In(v.Lang())
	}
	return id
}

// count writes a whole number.
func count(v *office.Visit, n int) string { return v.L.Number(int64(n)) }

// share writes a part of a whole.
func share(v *office.Visit, part, whole int) string {
	if whole < measure.Enough {
		return v.T("statistics.few")
	}
	return strconv.Itoa((part*100+whole/2)/whole) + " %"
}
