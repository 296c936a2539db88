package pack

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

// Assignments is assignment.yaml: who gets a new case without anybody having to give it to them. The file may be missing.
type Assignments struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       AssignmentKind      `yaml:"kind" need:"yes"`
	Rules      []AssignRule        `yaml:"rules" need:"yes"`
}

// AssignmentKind is the kind of the file.
type AssignmentKind string

// Values lists the kind.
func (AssignmentKind) Values() []string { return []string{"Assignment"} }

// AssignRule says who gets the new cases of a unit and those below it for which all it asks holds. The first rule that holds decides.
type AssignRule struct {
	Key       string       `yaml:"key" need:"yes"`
	Title     i18n.Text    `yaml:"title" need:"yes"`
	Unit      string       `yaml:"unit" need:"yes"`
	Types     []string     `yaml:"types"`     // ids of case types; none: all
	If        string       `yaml:"if"`        // an expression over the answers; needs types, whose questions it asks for
	Area      string       `yaml:"area"`      // name of an area of map.geojson that the place lies in
	Lang      Language     `yaml:"lang"`      // of the one who handed it in
	Addressee string       `yaml:"addressee"` // key of the person it is addressed to
	To        AssignTarget `yaml:"to" need:"yes"`
}

// Language is a language of the interface, as a rule names it.
type Language string

// Values lists the languages.
func (Language) Values() []string {
	var out []string
	for _, l := range i18n.Languages() {
		out = append(out, string(l))
	}
	return out
}

// AssignTarget is who gets the case: another unit, a person, or one of those who hold a role in the unit. One of the three.
type AssignTarget struct {
	Unit   string   `yaml:"unit"`
	Person string   `yaml:"person"` // key in people.yaml
	Role   string   `yaml:"role"`
	By     AssignBy `yaml:"by"` // with role; least-load if it is not said
}

// AssignBy is how one of several is chosen.
type AssignBy string

// In turn, or the one with the fewest open cases.
const (
	ByTurn AssignBy = "round-robin"
	ByLoad AssignBy = "least-load"
)

// Values lists the ways.
func (AssignBy) Values() []string { return []string{string(ByTurn), string(ByLoad)} }

const assignmentFile = "assignment.yaml"

// assignments checks what assignment.yaml names.
func (r *resolver) assignments() {
	s, p := r.sources[assignmentFile], r.pack
	seen := map[string]*AssignRule{}
	areas := p.Map.areas()
	for i := range p.Assignments {
		one, at := &p.Assignments[i], fmt.Sprintf("rules[%d]", i)
		unique(s, seen, one.Key, one, at+".key", slug)
		refers(s, p.units, "unit", one.Unit, at+".unit")
		if one.If != "" && len(one.Types) == 0 {
			s.report(at+".if", "", "an expression needs types: the case types whose questions it asks for")
		}
		if _, ok := areas[one.Area]; one.Area != "" && !ok {
			s.report(at+".area", casetype.Nearest(one.Area, slices.Sorted(maps.Keys(areas))), "map.geojson has no area %q", one.Area)
		}
		if one.Addressee != "" {
			refers(s, p.people, "person", one.Addressee, at+".addressee")
		}
		to, n := one.To, 0
		for _, given := range []string{to.Unit, to.Person, to.Role} {
			if given != "" {
				n++
			}
		}
		if n != 1 {
			s.report(at+".to", "", "a rule gives the case to one of unit, person and role")
		}
		if to.Unit != "" && refers(s, p.units, "unit", to.Unit, at+".to.unit") && p.units[one.Unit] != nil && p.units[to.Unit].Member != p.units[one.Unit].Member {
			s.report(at+".to.unit", "", "unit %s belongs to another member than %s", to.Unit, one.Unit)
		}
		if to.Person != "" {
			refers(s, p.people, "person", to.Person, at+".to.person")
		}
		if to.Role != "" {
			refers(s, r.roles, "role", to.Role, at+".to.role")
		} else if to.By != "" {
			s.report(at+".to.by", "", "by is for a role, among whose holders one is chosen")
		}
	}
}

// unruly says which rules name a case type that is not there, or ask for what its questions do not tell. Such a rule never holds; nothing is
// refused for it.
func (l *loader) unruly(s *source, services map[string]bool) LoadError {
	beside := &source{file: s.file, root: s.root}
	for i, one := range l.pack.Assignments {
		for j, id := range one.Types {
			if services != nil && !services[id] {
				beside.report(fmt.Sprintf("rules[%d].types[%d]", i, j), casetype.Nearest(id, slices.Sorted(maps.Keys(services))), "there is no case type %q", id)
			}
			ct := l.pack.CaseType(id)
			if ct == nil || one.If == "" {
				continue
			}
			var wrong *casetype.ConditionError
			if _, err := ct.Condition(one.If); errors.As(err, &wrong) {
				beside.report(fmt.Sprintf("rules[%d].if", i), wrong.Suggest, "of case type %s: %s", id, wrong.Message)
			}
		}
	}
	return beside.problems
}

// areas are the named areas of the map.
func (m Map) areas() map[string][][][2]float64 {
	out := map[string][][][2]float64{}
	for _, f := range m.Features {
		if f.Geometry.Type == "Polygon" && f.Properties.Name != "" {
			out[f.Properties.Name] = f.Geometry.Lines
		}
	}
	return out
}

// Within tells whether a point lies in the area with a name: inside its outer ring and in none of its holes. WGS 84 degrees.
func (m Map) Within(area string, lat, lon float64) bool {
	rings := m.areas()[area]
	for i, ring := range rings {
		if inside(ring, lat, lon) != (i == 0) {
			return false
		}
	}
	return len(rings) > 0
}

// inside tells whether a ray from the point crosses the ring an odd number of times.
func inside(ring [][2]float64, lat, lon float64) bool {
	in := false
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[i], ring[j]
		if (a[1] > lat) != (b[1] > lat) && lon < (b[0]-a[0])*(lat-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}
