package pack

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/ui"
)

// Pack is a municipality as data: complete, every reference resolved. It is never changed.
type Pack struct {
	Municipality Municipality
	Organisation Organisation
	Roles        []Role
	Decisions    []Beslut
	People       []Person
	Personas     []Persona
	Reserved     Reserved
	Residents    []Resident
	Firms        []Firm // firms and associations
	Addresses    []Address
	Processes    []Process
	Retention    []BodyPlan // what no case type holds of the document plans
	Map          Map
	Assignments  []AssignRule // in the order they are asked
	Phrases      []Phrase
	Meetings     Meetings // how the bodies meet

	SteeringTypes     []SteeringType
	SteeringDocuments []*SteeringDocument // by key and version

	CaseTypes []*casetype.CaseType // by id and version; recipients are those of the pack
	Broken    []Problem            // what is wrong with files of case types, which are left out; and processes whose e-service is not there

	members map[string]*Member
	bodies  map[string]*Body
	units   map[string]*Unit
	people  map[string]*Person

	residents map[string]*Resident
}

// Load reads a pack. A file of a case type that is wrong is left out, with its problems in Broken; anything else that is wrong is the
// error, [LoadError], and then there is no pack.
func Load(fsys fs.FS) (*Pack, error) {
	l := load(fsys)
	if len(l.problems) > 0 {
		return nil, append(l.problems, l.broken()...).sorted()
	}
	l.pack.Broken = l.broken().sorted()
	return l.pack, nil
}

// load reads a pack, whole or not.
func load(fsys fs.FS) *loader {
	l := &loader{pack: &Pack{Municipality: Municipality{Theme: ui.NeutralTheme()}}, fsys: fsys}
	l.load()
	return l
}

// Check says what is wrong with a pack, its case types among it, by file and line; nil if all of it can be used.
func Check(fsys fs.FS) []Problem {
	p, err := Load(fsys)
	var problems LoadError
	if errors.As(err, &problems) || p == nil {
		return problems
	}
	return p.Broken
}

// Member gives a member by key, nil if there is none.
func (p *Pack) Member(key string) *Member { return p.members[key] }

// Body gives a body by key, nil if there is none.
func (p *Pack) Body(key string) *Body { return p.bodies[key] }

// Unit gives a unit by key, nil if there is none.
func (p *Pack) Unit(key string) *Unit { return p.units[key] }

// Person gives an officer or elected by key, nil if there is none.
func (p *Pack) Person(key string) *Person { return p.people[key] }

// CaseType gives the newest version of a case type that is no draft, nil if there is none.
func (p *Pack) CaseType(id string) *casetype.CaseType {
	var newest *casetype.CaseType
	for _, ct := range p.CaseTypes { // a later version comes after an earlier one
		if ct.ID == id && ct.State != casetype.Draft {
			newest = ct
		}
	}
	return newest
}

// Drafts are the case types that are not to be published yet, for a preview.
func (p *Pack) Drafts() []*casetype.CaseType {
	var out []*casetype.CaseType
	for _, ct := range p.CaseTypes {
		if ct.State == casetype.Draft {
			out = append(out, ct)
		}
	}
	return out
}

// BodyOf is the body a unit works for: its own, or that of the unit above.
func (p *Pack) BodyOf(unit string) *Body {
	for u := p.units[unit]; u != nil; u = p.units[u.Parent] {
		if u.Body != "" {
			return p.bodies[u.Body]
		}
	}
	return nil
}

// UnitFor is the unit that handles what is sent to a destination: the unit itself, that of the body, that of the officer's first
// mandate at a unit, or that of the body in which the politician holds a seat. Nil if there is none, which Load does not let happen
// for the recipients it offers.
func (p *Pack) UnitFor(d casetype.Destination) *Unit {
	if d.Unit != "" {
		return p.units[d.Unit]
	}
	switch r := d.Recipient; r.Kind {
	case casetype.ToUnit:
		return p.units[r.Key]
	case casetype.ToBody:
		if b := p.bodies[r.Key]; b != nil {
			return p.units[b.Unit]
		}
	case casetype.ToPolitician, casetype.ToOfficer:
		if who := p.people[r.Key]; who != nil {
			for _, m := range who.Mandates {
				if m.Unit != "" {
					return p.units[m.Unit]
				}
				if b := p.bodies[m.Body]; b != nil && p.units[b.Unit] != nil {
					return p.units[b.Unit]
				}
			}
		}
	}
	return nil
}

// Recipients are those to whom a resident can address a matter, in this order: the municipality, bodies with an e-mail address, units
// that can be reached, elected and officers who are public.
func (p *Pack) Recipients() []casetype.Option {
	list := []casetype.Option{{Value: string(casetype.ToMunicipality), Label: p.Municipality.Name}}
	add := func(kind casetype.RecipientKind, key string, o casetype.Option) {
		o.Value = casetype.Recipient{Kind: kind, Key: key}.String()
		list = append(list, o)
	}
	for _, b := range p.Organisation.Bodies {
		if b.Email != "" && b.Member == p.Municipality.Member {
			add(casetype.ToBody, b.Key, casetype.Option{Label: b.Name})
		}
	}
	for _, u := range p.Organisation.Units {
		if u.Reachable {
			add(casetype.ToUnit, u.Key, casetype.Option{Label: u.Name})
		}
	}
	for _, kind := range []PersonKind{Elected, Staff} {
		for _, who := range p.People {
			if who.Public && who.Kind == kind {
				to := casetype.ToOfficer
				if kind == Elected {
					to = casetype.ToPolitician
				}
				add(to, who.Key, casetype.Option{Label: both(who.Name), Help: who.Title})
			}
		}
	}
	return list
}

// files are the names of the files at the top of a pack.
var files = []string{"municipality.yaml", "organisation.yaml", "roles.yaml", "people.yaml", "personas.yaml", "reserved-actions.yaml", "processes.yaml",
	"residents.csv", "organisations.csv", "addresses.csv", "map.geojson", "retention.yaml",
	assignmentFile, phraseFile, steeringFile, meetingsFile}

// loader reads the files of a pack and collects what is wrong.
type loader struct {
	pack      *Pack
	fsys      fs.FS
	problems  LoadError   // what no pack can be loaded with
	caseFiles []*caseFile // by name
	strays    LoadError   // what concerns case types but lies in no file of one
}

// take adds a file's problems and reports whether it had none.
func (l *loader) take(s *source) bool {
	l.problems = append(l.problems, s.problems...)
	return len(s.problems) == 0
}

func (l *loader) load() {
	p := l.pack
	var (
		roles    Roles
		people   People
		personas Personas

		processes Processes

		assignments Assignments
		phrases     Phrases
		steering    SteeringTypes
	)
	var beside sync.WaitGroup
	beside.Go(l.readCaseTypes)
	l.strangers()
	sources := map[string]*source{}
	for _, f := range []struct {
		name string
		into any
	}{{files[0], &p.Municipality}, {files[1], &p.Organisation}, {files[2], &roles}, {files[3], &people}, {files[4], &personas}, {files[5], &p.Reserved}, {files[6], &processes}} {
		sources[f.name] = read(l.fsys, f.name, f.into)
	}
	p.Roles, p.Decisions, p.People, p.Personas, p.Processes = roles.Roles, people.Decisions, people.People, personas.Personas, processes.Processes
	sources[files[7]] = readResidents(l.fsys, p)
	sources[files[8]] = readFirms(l.fsys, p)
	sources[files[9]] = readAddresses(l.fsys, p)
	sources[files[10]] = readMap(l.fsys, p)
	sources[files[11]] = readRetention(l.fsys, p)
	sources[assignmentFile] = l.maybe(assignmentFile, &assignments)
	sources[phraseFile] = l.maybe(phraseFile, &phrases)
	sources[meetingsFile] = l.maybe(meetingsFile, &p.Meetings)
	sources[steeringFile] = l.maybe(steeringFile, &steering)
	p.Assignments, p.Phrases, p.SteeringTypes = assignments.Rules, phrases.Phrases, steering.Types
	docs := l.readSteering()
	beside.Wait()
	if len(l.caseFiles) == 0 && len(l.strays) == 0 {
		l.problems = append(l.problems, Problem{File: casetypes, Line: 1, Column: 1, Message: "the folder is missing or empty; a pack has case types in it"})
	}
	sound := true
	for _, s := range sources {
		sound = l.take(s) && sound
	}
	for _, d := range docs {
		sound = l.take(d.source) && sound
	}
	if !sound {
		return // references into a file that could not be read would only be noise
	}
	r := &resolver{pack: p, sources: sources, services: services(l.caseFiles), docs: docs}
	r.resolve()
	for _, s := range sources {
		l.take(s)
	}
	for _, d := range docs {
		l.take(d.source)
		p.SteeringDocuments = append(p.SteeringDocuments, d.doc)
	}
	l.strays = append(l.strays, l.unserved(sources["processes.yaml"], r.services)...)
	l.strays = append(l.strays, l.unoffered(sources["municipality.yaml"], r.services)...)
	r.checkCaseTypes(l.caseFiles)
	for _, f := range l.caseFiles {
		if len(f.problems) == 0 {
			p.CaseTypes = append(p.CaseTypes, f.ct)
		}
	}
	slices.SortFunc(p.CaseTypes, func(a, b *casetype.CaseType) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	l.strays = append(l.strays, l.unruly(sources[assignmentFile], r.services)...)
	l.strays = append(l.strays, l.unphrased(sources[phraseFile], r.services)...)
}

// maybe reads a file that a pack can do without.
func (l *loader) maybe(name string, into any) *source {
	if _, err := fs.Stat(l.fsys, name); errors.Is(err, fs.ErrNotExist) {
		return &source{file: name}
	}
	return read(l.fsys, name, into)
}

// strangers says which files look like part of the pack but are read by nobody.
func (l *loader) strangers() {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.problems = append(l.problems, Problem{File: ".", Line: 1, Column: 1, Message: "the folder cannot be read"})
		return
	}
	for _, e := range entries {
		name := e.Name()
		if slices.Contains([]string{".yaml", ".yml", ".csv", ".geojson", ".json"}, strings.ToLower(path.Ext(name))) && !slices.Contains(files, name) {
			l.problems = append(l.problems, Problem{File: name, Line: 1, Column: 1, Message: "the file is not part of a pack",
				Suggest: casetype.Nearest(name, files)})
		}
	}
}
