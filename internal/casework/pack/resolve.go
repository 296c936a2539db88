package pack

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
)

// Shapes of keys and codes.
var (
	slug         = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	bodyKey      = regexp.MustCompile(`^[A-ZÅÄÖ][A-ZÅÄÖ0-9-]*$`)
	scbCode      = regexp.MustCompile(`^\d{4}$`)
	actionName   = regexp.MustCompile(`^[a-z][a-z_]*(\.[a-z][a-z_]*)+$`)
	sentenceID   = regexp.MustCompile(`^(S\d(-[A-Z0-9]+)+|S\d-\d+|P-[A-Z0-9]+)$`)
	emailAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	beslutPara   = regexp.MustCompile(`^\d+[a-z]?$`)
)

// both is a name that is the same in every language.
func both(name string) i18n.Text {
	t := i18n.Text{}
	for _, l := range i18n.Languages() {
		t[l] = name
	}
	return t
}

// resolver checks what no file can tell of itself: that references lead somewhere and keys are unique.
type resolver struct {
	pack    *Pack
	sources map[string]*source
	roles   map[string]*Role
	besluts map[string]*Beslut
	topics  map[string]*Topic

	docs     []steeringDoc
	services map[string]bool // ids of case types; nil: not all of them are known
}

func (r *resolver) resolve() {
	r.index()
	r.municipality()
	r.organisation()
	r.people()
	r.personas()
	r.reserved()
	r.processes()
	r.assignments()
	r.phrases()
	r.meetings()
	r.retention()
	r.steering()
}

// index maps keys to what they name; a key used twice is a problem.
func (r *resolver) index() {
	p := r.pack
	p.members, p.bodies, p.units, p.people = map[string]*Member{}, map[string]*Body{}, map[string]*Unit{}, map[string]*Person{}
	r.roles, r.besluts = map[string]*Role{}, map[string]*Beslut{}
	org, roles, people := r.sources["organisation.yaml"], r.sources["roles.yaml"], r.sources["people.yaml"]
	for i := range p.Organisation.Members {
		m := &p.Organisation.Members[i]
		unique(org, p.members, m.Key, m, fmt.Sprintf("members[%d].key", i), slug)
	}
	for i := range p.Organisation.Bodies {
		b := &p.Organisation.Bodies[i]
		unique(org, p.bodies, b.Key, b, fmt.Sprintf("bodies[%d].key", i), bodyKey)
	}
	for i := range p.Organisation.Units {
		u := &p.Organisation.Units[i]
		unique(org, p.units, u.Key, u, fmt.Sprintf("units[%d].key", i), slug)
	}
	for i := range p.Roles {
		unique(roles, r.roles, p.Roles[i].Key, &p.Roles[i], fmt.Sprintf("roles[%d].key", i), slug)
	}
	for _, known := range access.Roles() {
		if r.roles[known.Code] == nil {
			roles.report("roles", "", "the role %q is missing, which the rules of access need", known.Code)
		}
	}
	for i := range p.Decisions {
		unique(people, r.besluts, p.Decisions[i].Key, &p.Decisions[i], fmt.Sprintf("decisions[%d].key", i), slug)
	}
	for i := range p.People {
		unique(people, p.people, p.People[i].Key, &p.People[i], fmt.Sprintf("people[%d].key", i), slug)
	}
}

func unique[T any](s *source, into map[string]*T, key string, v *T, at string, shape *regexp.Regexp) {
	if !shape.MatchString(key) {
		s.report(at, "", "the key %q must have the form %s", key, shape)
	}
	if into[key] != nil {
		s.report(at, "", "the key %q is used twice", key)
	}
	into[key] = v
}

// refers says when a key names nothing.
func refers[T any](s *source, among map[string]*T, what, key, at string) bool {
	if among[key] != nil {
		return true
	}
	s.report(at, casetype.Nearest(key, slices.Sorted(maps.Keys(among))), "there is no %s %q", what, key)
	return false
}

func (r *resolver) municipality() {
	s, m := r.sources["municipality.yaml"], &r.pack.Municipality
	if refers(s, r.pack.members, "member", m.Member, "member") && r.pack.members[m.Member].Kind != TheMunicipality {
		s.report("member", "", "member %q is not the municipality", m.Member)
	}
	if !scbCode.MatchString(m.Code) {
		s.report("code", "", "the municipality code must be four digits")
	}
	v := m.Map
	if v.South >= v.North || v.West >= v.East || v.South < -90 || v.North > 90 || v.West < -180 || v.East > 180 || !v.Contains(v.Lat, v.Lon) {
		s.report("map", "", "the map must reach from south to north and west to east and have its centre inside")
	}
	if v.Zoom < 1 || v.Zoom > 20 {
		s.report("map.zoom", "", "zoom must be 1 to 20")
	}
	r.email(s, "contact.email", m.Contact.Email)
	r.topics = map[string]*Topic{}
	for i := range m.Topics {
		unique(s, r.topics, m.Topics[i].Key, &m.Topics[i], fmt.Sprintf("topics[%d].key", i), slug)
	}
	m.reminders(s)
	if err := m.Theme.Check(); err != nil {
		s.report("theme", "", "the theme cannot be read by all: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}

func (r *resolver) email(s *source, at, address string) {
	if address != "" && !emailAddress.MatchString(address) {
		s.report(at, "", "%q is not an e-mail address", address)
	}
}

func (r *resolver) organisation() {
	s, p := r.sources["organisation.yaml"], r.pack
	codes := map[[2]string]bool{}
	numbers := map[string]string{}
	main := 0
	for i, m := range p.Organisation.Members {
		if m.Kind == TheMunicipality {
			if main++; main > 1 {
				s.report(fmt.Sprintf("members[%d].kind", i), "", "there can be only one municipality; others are sister")
			}
		}
	}
	for i, b := range p.Organisation.Bodies {
		at := fmt.Sprintf("bodies[%d]", i)
		refers(s, p.members, "member", b.Member, at+".member")
		if k := [2]string{b.Member, b.Code}; codes[k] {
			s.report(at+".code", "", "the code %q is used twice in %s", b.Code, b.Member)
		} else {
			codes[k] = true
		}
		r.series(s, at, b, numbers)
		r.email(s, at+".email", b.Email)
		if b.Unit != "" {
			refers(s, p.units, "unit", b.Unit, at+".unit")
		} else if b.Email != "" {
			s.report(at, "", "body %s takes in mail but no unit handles it; add unit", b.Key)
		}
	}
	for i, u := range p.Organisation.Units {
		at := fmt.Sprintf("units[%d]", i)
		refers(s, p.members, "member", u.Member, at+".member")
		r.email(s, at+".email", u.Email)
		if u.Body != "" && refers(s, p.bodies, "body", u.Body, at+".body") && p.bodies[u.Body].Member != u.Member {
			s.report(at+".body", "", "body %s belongs to %s, not %s", u.Body, p.bodies[u.Body].Member, u.Member)
		}
		if u.Parent != "" && refers(s, p.units, "unit", u.Parent, at+".parent") && p.units[u.Parent].Member != u.Member {
			s.report(at+".parent", "", "unit %s belongs to %s, not %s", u.Parent, p.units[u.Parent].Member, u.Member)
		}
		if r.circular(u.Key) {
			s.report(at+".parent", "", "unit %s stands above itself", u.Key)
			p.units[u.Key].Parent = ""
		}
	}
	for i, u := range p.Organisation.Units {
		if p.BodyOf(u.Key) == nil {
			s.report(fmt.Sprintf("units[%d]", i), "", "no body answers for unit %s, neither its own nor one above", u.Key)
		}
	}
}

// series checks how the body's numbers are written, and that no other body could write the same: a number means one matter in the whole
// organisation. taken has the bodies by their first numbers.
func (r *resolver) series(s *source, at string, b Body, taken map[string]string) {
	keys := map[string]bool{}
	for i, one := range b.Series {
		here := fmt.Sprintf("%s.series[%d]", at, i)
		if keys[one.Key] {
			s.report(here+".key", "", "the series %q is given twice in %s", one.Key, b.Key)
		}
		keys[one.Key] = true
		if err := one.numbers().Check(); err != nil {
			field := ".format"
			if one.Format == "" {
				field = ".prefix"
			}
			s.report(here+field, "", "%s", err)
			continue
		}
		if other := taken[one.Prefix]; other != "" {
			s.report(here+".prefix", "", "%s and %s would both write %s; give one of them another prefix", b.Key, other, one.numbers().Write(2026, 1))
		}
		taken[one.Prefix] = b.Key
	}
	works := func(u Unit) bool { return u.Body == b.Key }
	if len(b.Series) == 0 && (b.Unit != "" || slices.ContainsFunc(r.pack.Organisation.Units, works)) { // others write no numbers
		if other := taken[b.Code]; other != "" {
			s.report(at+".code", "", "%s and %s would both write %s; give one of them a series with another prefix", b.Key, other, casetype.Series{Prefix: b.Code}.Write(2026, 1))
		}
		taken[b.Code] = b.Key
	}
}

// circular reports whether a unit is met again on the way up from it.
func (r *resolver) circular(key string) bool {
	seen := map[string]bool{}
	for u := r.pack.units[key]; u != nil; u = r.pack.units[u.Parent] {
		if seen[u.Key] {
			return true
		}
		seen[u.Key] = true
	}
	return false
}

func (r *resolver) people() {
	s, p := r.sources["people.yaml"], r.pack
	mails := map[string]bool{}
	for i, b := range p.Decisions {
		at := fmt.Sprintf("decisions[%d]", i)
		refers(s, p.bodies, "body", b.Body, at+".body")
		if !beslutPara.MatchString(b.Paragraph) {
			s.report(at+".paragraph", "", "the paragraph must be its number alone, such as 31")
		}
	}
	for i, who := range p.People {
		at := fmt.Sprintf("people[%d]", i)
		r.email(s, at+".email", who.Email)
		if address := strings.ToLower(who.Email); mails[address] {
			s.report(at+".email", "", "the e-mail address is used twice")
		} else {
			mails[address] = true
		}
		for j, m := range who.Mandates {
			r.mandate(s, fmt.Sprintf("%s.mandates[%d]", at, j), who, m)
		}
		kind := casetype.ToOfficer
		if who.Kind == Elected {
			kind = casetype.ToPolitician
		}
		if who.Public && p.UnitFor(casetype.Destination{Recipient: casetype.Recipient{Kind: kind, Key: who.Key}}) == nil {
			s.report(at+".public", "", "%s can be addressed but no unit would handle it: no mandate leads to a unit", who.Key)
		}
	}
}

func (r *resolver) mandate(s *source, at string, who Person, m Mandate) {
	p := r.pack
	var held []HeldAt
	if m.Member != "" {
		held = append(held, AtMember)
		refers(s, p.members, "member", m.Member, at+".member")
	}
	if m.Body != "" {
		held = append(held, AtBody)
		refers(s, p.bodies, "body", m.Body, at+".body")
	}
	if m.Unit != "" {
		held = append(held, AtUnit)
		refers(s, p.units, "unit", m.Unit, at+".unit")
	}
	switch {
	case m.Decision != "":
		refers(s, r.besluts, "decision", m.Decision, at+".decision")
	case who.Kind != Elected || p.bodies[m.Body] == nil || p.bodies[m.Body].Kind != Council:
		s.report(at, "", "the mandate rests on no decision; only those the voters elect to a council need none")
	}
	if !m.To.IsZero() && m.To.Before(m.From) {
		s.report(at+".to", "", "the mandate ends %s, before it begins %s", m.To, m.From)
	}
	if !refers(s, r.roles, "role", m.Role, at+".role") {
		return
	}
	role := r.roles[m.Role]
	switch {
	case role.Elected != (who.Kind == Elected):
		s.report(at+".role", "", "role %s is not for %s", role.Key, who.Kind)
	case len(held) == 0 && role.Wide:
	case len(held) != 1:
		s.report(at, "", "a mandate is held at one of member, body and unit")
	case !slices.Contains(role.Held, held[0]):
		s.report(at, "", "role %s is held at %v, not at a %s", role.Key, role.Held, held[0])
	}
}

func (r *resolver) personas() {
	s, p := r.sources["personas.yaml"], r.pack
	seen := map[string]*Persona{}
	residents := map[string]*Resident{}
	for i := range p.Residents {
		residents[p.Residents[i].Key] = &p.Residents[i]
	}
	for i := range p.Personas {
		one, at := &p.Personas[i], fmt.Sprintf("personas[%d]", i)
		unique(s, seen, one.Key, one, at+".key", slug)
		switch {
		case (one.Person == "") == (one.Resident == ""):
			s.report(at, "", "a persona is either a person or a resident")
		case one.Person != "":
			refers(s, p.people, "person", one.Person, at+".person")
		default:
			refers(s, residents, "resident", one.Resident, at+".resident")
		}
	}
}

func (r *resolver) reserved() {
	s, p := r.sources["reserved-actions.yaml"], r.pack
	seen := map[string]bool{}
	for i, a := range p.Reserved.Actions {
		at := fmt.Sprintf("actions[%d]", i)
		if !actionName.MatchString(a.Action) {
			s.report(at+".action", "", "the action %q must have the form thing.verb", a.Action)
		}
		if seen[a.Action] {
			s.report(at+".action", "", "the action %q is reserved twice", a.Action)
		}
		seen[a.Action] = true
		if a.Body != OwningBody {
			refers(s, p.bodies, "body", a.Body, at+".body")
		}
		if !sentenceID.MatchString(a.Sentence) {
			s.report(at+".sentence", "", "%q is not the ID of a sentence, such as S4-KS-3", a.Sentence)
		}
	}
}
