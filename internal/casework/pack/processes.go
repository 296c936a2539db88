package pack

import (
	"fmt"
	"maps"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Processes is processes.yaml: what each förvaltning does for residents, firms and associations, and whether it ought to be an e-service
// (S4-NF-5, S8-24-2).
type Processes struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       ProcessesKind       `yaml:"kind" need:"yes"`
	Processes  []Process           `yaml:"processes" need:"yes"`
}

// ProcessesKind is the kind of the file.
type ProcessesKind string

// Values lists the kind.
func (ProcessesKind) Values() []string { return []string{"Processes"} }

// Process is something people turn to a unit for.
type Process struct {
	Key        string      `yaml:"key" need:"yes"`
	Title      i18n.Text   `yaml:"title" need:"yes"`
	Unit       string      `yaml:"unit" need:"yes"`
	Level      Level       `yaml:"level" need:"yes"` // how far it has come
	Service    string      `yaml:"service"`          // id of its case type; none: it has no e-service here
	Assessment *Assessment `yaml:"assessment"`       // none: nobody has looked at it
}

// Level is how much of a process can be done at any hour (S8-24-2).
type Level string

// The levels: there is information; a form to print; it can be handed in; all of it, decision and follow-up too.
const (
	LevelInfo       Level = "info"
	LevelForm       Level = "form"
	LevelSubmission Level = "submission"
	LevelFull       Level = "full"
)

// Values lists the levels, lowest first.
func (Level) Values() []string {
	return []string{string(LevelInfo), string(LevelForm), string(LevelSubmission), string(LevelFull)}
}

// Assessment is a unit's answer to whether a process ought to be an e-service (e-tjänstprövning). It holds for a year.
type Assessment struct {
	Verdict Verdict       `yaml:"verdict" need:"yes"`
	Reason  i18n.Text     `yaml:"reason" need:"yes"`
	Date    calendar.Date `yaml:"date" need:"yes"`
	By      string        `yaml:"by" need:"yes"` // key of a person in people.yaml
}

// Verdict is the answer of an assessment.
type Verdict string

// It is or ought to be an e-service, it ought not, it will be one.
const (
	VerdictYes     Verdict = "yes"
	VerdictNo      Verdict = "no"
	VerdictPlanned Verdict = "planned"
)

// Values lists the answers.
func (Verdict) Values() []string {
	return []string{string(VerdictYes), string(VerdictNo), string(VerdictPlanned)}
}

// DueOn reports whether the process has to be assessed on a day: it never was, or more than a year ago.
func (p *Process) DueOn(day calendar.Date) bool {
	return p.Assessment == nil || day.After(p.Assessment.Date.AddMonths(12))
}

// ProcessesOf are the processes of a unit and the units below it, in the order of the file; of all units if the key is empty.
func (p *Pack) ProcessesOf(unit string) []*Process {
	var out []*Process
	for i := range p.Processes {
		if one := &p.Processes[i]; unit == "" || p.within(one.Unit, unit) {
			out = append(out, one)
		}
	}
	return out
}

// within reports whether a unit is another or lies below it.
func (p *Pack) within(unit, above string) bool {
	for u := p.units[unit]; u != nil; u = p.units[u.Parent] {
		if u.Key == above {
			return true
		}
	}
	return false
}

// Unassessed are the processes of a unit and those below it that have to be assessed on a day. A plan of action cannot be handed in while
// there are any (S4-NF-5).
func (p *Pack) Unassessed(unit string, day calendar.Date) []*Process {
	return slices.DeleteFunc(p.ProcessesOf(unit), func(one *Process) bool { return !one.DueOn(day) })
}

// Coverage counts the processes of a unit and those below it with an assessment that holds on a day, and all of them.
func (p *Pack) Coverage(unit string, day calendar.Date) (covered, total int) {
	total = len(p.ProcessesOf(unit))
	return total - len(p.Unassessed(unit, day)), total
}

// processes checks what processes.yaml names. An e-service that is not there refuses nothing; see unserved.
func (r *resolver) processes() {
	s, p := r.sources["processes.yaml"], r.pack
	seen := map[string]*Process{}
	for i := range p.Processes {
		one, at := &p.Processes[i], fmt.Sprintf("processes[%d]", i)
		unique(s, seen, one.Key, one, at+".key", slug)
		refers(s, p.units, "unit", one.Unit, at+".unit")
		if one.Service != "" && (one.Level == LevelInfo || one.Level == LevelForm) {
			s.report(at+".level", "", "process %s has an e-service, so its level is submission or full", one.Key)
		}
		if one.Service == "" && one.Level == LevelFull {
			s.report(at+".level", "", "process %s has level full but no e-service; add service", one.Key)
		}
		if one.Assessment != nil {
			refers(s, p.people, "person", one.Assessment.By, at+".assessment.by")
		}
	}
}

// unserved says which processes name an e-service that is not there. As long as a file of a case type cannot be read nobody can tell.
func (l *loader) unserved(s *source, services map[string]bool) LoadError {
	beside := &source{file: s.file, root: s.root}
	for i, one := range l.pack.Processes {
		if one.Service != "" && services != nil && !services[one.Service] {
			beside.report(fmt.Sprintf("processes[%d].service", i), casetype.Nearest(one.Service, slices.Sorted(maps.Keys(services))), "there is no case type %q", one.Service)
		}
	}
	return beside.problems
}
