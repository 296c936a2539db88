package pack

import (
	"fmt"
	"maps"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// Municipality is municipality.yaml: what the site says of whose it is.
type Municipality struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       MunicipalityKind    `yaml:"kind" need:"yes"`
	Member     string              `yaml:"member" need:"yes"` // key of the member in organisation.yaml whose site this is
	Code       string              `yaml:"code" need:"yes"`   // SCB's municipality code, four digits
	Name       i18n.Text           `yaml:"name" need:"yes"`
	County     i18n.Text           `yaml:"county" need:"yes"`
	Notice     i18n.Text           `yaml:"notice"` // shown on every page of a demo: that nothing here is real
	Contact    Contact             `yaml:"contact" need:"yes"`
	Emergency  i18n.Text           `yaml:"emergency" need:"yes"` // what to do when life or property is in danger
	Map        MapView             `yaml:"map" need:"yes"`
	Topics     []Topic             `yaml:"topics" need:"yes"`
	Callback   string              `yaml:"callback"`  // id of the service by which one is called back, offered in every form; none: not offered
	Feedback   string              `yaml:"feedback"`  // id of the service by which one says what one thinks of a page, offered on every page
	Reminders  []Reminders         `yaml:"reminders"` // when officials are told of time that passes, each list from its day; none: the clock's own
	Theme      ui.Theme            `yaml:"theme"`
}

// Reminders are the days on which officials are told of time that passes, as they hold from a day on.
type Reminders struct {
	From   calendar.Date `yaml:"from" need:"yes"`
	Near   int           `yaml:"near" need:"yes"`   // working days before the promised day, to the one who has the case
	Head   int           `yaml:"head" need:"yes"`   // working days after it, to the head of the unit
	Legal  int           `yaml:"legal" need:"yes"`  // days before the day of a statute
	Review int           `yaml:"review" need:"yes"` // days for which the time may stand still before somebody is asked whether it still does
	Notice int           `yaml:"notice" need:"yes"` // working days after the promised day at which it is proposed to tell the party (FL 11 §)
}

// mostReminder is how many days a reminder may be away from what it is about.
const mostReminder = 365

// reminders checks that each list holds from a later day than the one before it, and that its days are days.
func (m *Municipality) reminders(s *source) {
	for i, r := range m.Reminders {
		at := fmt.Sprintf("reminders[%d]", i)
		if i > 0 && !r.From.After(m.Reminders[i-1].From) {
			s.report(at+".from", "", "these days hold from %s, which is not after %s of those before them", r.From, m.Reminders[i-1].From)
		}
		for _, n := range []struct {
			key  string
			days int
		}{{"near", r.Near}, {"head", r.Head}, {"legal", r.Legal}, {"review", r.Review}, {"notice", r.Notice}} {
			if n.days < 1 || n.days > mostReminder {
				s.report(at+"."+n.key, "", "%s must be 1 to %d days", n.key, mostReminder)
			}
		}
	}
}

// MunicipalityKind is the kind of the file.
type MunicipalityKind string

// Values lists the kind.
func (MunicipalityKind) Values() []string { return []string{"Municipality"} }

// Contact is the contact block of every public page (S2-M2-3).
type Contact struct {
	Phone string    `yaml:"phone" need:"yes"`
	Email string    `yaml:"email" need:"yes"`
	Visit i18n.Text `yaml:"visit" need:"yes"`
	Post  i18n.Text `yaml:"post" need:"yes"`
	Hours i18n.Text `yaml:"hours" need:"yes"`
}

// MapView is where the map opens and how far it reaches, in WGS 84 degrees.
type MapView struct {
	Lat   float64 `yaml:"lat" need:"yes"`
	Lon   float64 `yaml:"lon" need:"yes"`
	Zoom  int     `yaml:"zoom" need:"yes"`
	South float64 `yaml:"south" need:"yes"`
	West  float64 `yaml:"west" need:"yes"`
	North float64 `yaml:"north" need:"yes"`
	East  float64 `yaml:"east" need:"yes"`
}

// Contains reports whether a point lies within the map.
func (m MapView) Contains(lat, lon float64) bool {
	return lat >= m.South && lat <= m.North && lon >= m.West && lon <= m.East
}

// Topic is a heading that e-services are listed under.
type Topic struct {
	Key   string    `yaml:"key" need:"yes"`
	Title i18n.Text `yaml:"title" need:"yes"`
}

// unoffered says which services that the pages lead to are not there. Such a link is left out; nothing is refused for it.
func (l *loader) unoffered(s *source, services map[string]bool) LoadError {
	beside := &source{file: s.file, root: s.root}
	for _, at := range []struct{ path, service string }{{"callback", l.pack.Municipality.Callback}, {"feedback", l.pack.Municipality.Feedback}} {
		if at.service != "" && services != nil && !services[at.service] {
			beside.report(at.path, casetype.Nearest(at.service, slices.Sorted(maps.Keys(services))), "there is no case type %q", at.service)
		}
	}
	return beside.problems
}
