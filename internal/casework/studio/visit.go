package studio

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// visit is one request of an official.
type visit struct {
	*Module
	*office.Visit
}

// page answers a visit. An error is told by web.Error.
type page func(v *visit) error

// staff lets officials in who may see at least one service.
func (m *Module) staff(p page) http.Handler {
	return m.Office.Staff(access.ServiceRead, func(v *office.Visit) error { return p(&visit{m, v}) })
}

// page is what every page of the studio has in common.
func (v *visit) page(title string, crumbs ...ui.Link) ui.Page {
	if title != v.T("studio.title") {
		crumbs = append([]ui.Link{{Text: v.T("studio.title"), Href: Path}}, crumbs...)
	}
	return v.Page(title, Path, crumbs...)
}

// may tells whether the official may do something to a service, and under which mandate.
func (v *visit) may(action access.Action, ct *casetype.CaseType) access.Decision {
	return access.Check(v.Who, action, Object(v.Dir, ct))
}

// latest is the version of a service that speaks for it: the one that applies today, or else its newest, published or draft.
func (v *visit) latest(id string) (*casetype.CaseType, bool) {
	if ct, ok := v.Types.Current(id, v.Today()); ok {
		return ct, true
	}
	if list := v.Types.Versions(id); len(list) > 0 {
		return list[len(list)-1].CaseType, true
	}
	var found *casetype.CaseType
	for _, ct := range v.Types.Drafts() {
		if ct.ID == id {
			found = ct
		}
	}
	return found, found != nil
}

// open finds the service of the address, for one who may see it.
func (v *visit) open() (*casetype.CaseType, error) {
	ct, ok := v.latest(v.R.PathValue("type"))
	if !ok {
		return nil, store.ErrNotFound
	}
	return ct, v.may(access.ServiceRead, ct).Err()
}

func servicePath(id string) string { return Path + "/" + id }

// crumb leads back to a service.
func (v *visit) crumb(ct *casetype.CaseType) ui.Link {
	return ui.Link{Text: ct.Title.In(v.Lang()), Href: servicePath(ct.ID)}
}

// percent writes a share of 0 to 1.
func (v *visit) percent(share float64) string { return strconv.Itoa(int(math.Round(share*100))) + " %" }

// decimal writes a mean with one decimal.
func (v *visit) decimal(n float64) string {
	text := strconv.FormatFloat(n, 'f', 1, 64)
	if v.Lang() == i18n.SV {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func (v *visit) days(n int) string { return v.T("studio.days", "Count", n) }

// state is where a service stands today.
func (v *visit) state(ct *casetype.CaseType) (key string, tag ui.Tag) {
	day := v.Today()
	open, _ := ct.Window.Open(day)
	switch {
	case ct.State == casetype.Draft:
		key, tag.Tone = "draft", ui.Info
	case ct.State == casetype.Retired || !ct.ValidTo.IsZero() && day.After(ct.ValidTo):
		key, tag.Tone = "ended", ui.Neutral
	case day.Before(ct.ValidFrom):
		key, tag.Tone = "coming", ui.Info
	case !open:
		key, tag.Tone = "shut", ui.Warning
	default:
		key, tag.Tone = "open", ui.Success
	}
	tag.Text = v.T("studio.state." + key)
	return key, tag
}

// next is the first version that comes after today, nil if there is none.
func (v *visit) next(list []catalogue.Published) *catalogue.Published {
	for i := range list {
		if list[i].State == casetype.Published && v.Today().Before(list[i].ValidFrom) {
			return &list[i]
		}
	}
	return nil
}
