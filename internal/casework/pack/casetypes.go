package pack

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"dygnet/internal/casework/casetype"
)

// casetypes is the folder of the files of case types.
const casetypes = "casetypes"

// caseFile is the file of one version of a case type.
type caseFile struct {
	*source
	def *casetype.Definition
	ct  *casetype.CaseType // nil as long as something is wrong with the definition

	unread   bool             // something is wrong with the file itself
	failures []casetype.Issue // of its examples
}

// readCaseType reads a definition, without checking it.
func readCaseType(t *types, fsys fs.FS, name string) *caseFile {
	def := &casetype.Definition{}
	s := readWith(t, fsys, name, def)
	return &caseFile{source: s, def: def, unread: len(s.problems) > 0}
}

// Definition reads the file of a case type by itself, as it is, without looking at what it means.
func Definition(fsys fs.FS, name string) (casetype.Definition, []Problem) {
	f := readCaseType(&types{}, fsys, name)
	return *f.def, f.problems
}

// readCaseTypes reads the files under casetypes.
func (l *loader) readCaseTypes() {
	entries, err := fs.ReadDir(l.fsys, casetypes)
	if err != nil {
		return
	}
	for _, e := range entries {
		if name := path.Join(casetypes, e.Name()); path.Ext(name) == ".yaml" && !e.IsDir() {
			l.caseFiles = append(l.caseFiles, &caseFile{source: &source{file: name}})
		} else {
			l.strays = append(l.strays, Problem{File: name, Line: 1, Column: 1, Message: "a case type is a file that ends in .yaml"})
		}
	}
	var t types
	parallel(len(l.caseFiles), func(i int) { l.caseFiles[i] = readCaseType(&t, l.fsys, l.caseFiles[i].file) })
}

// broken is what is wrong with the files of case types.
func (l *loader) broken() LoadError {
	list := l.strays
	for _, f := range l.caseFiles {
		list = append(list, f.problems...)
	}
	return list
}

// checkCaseTypes compiles the definitions that could be read and runs their examples. One that is wrong says nothing of the others.
func (r *resolver) checkCaseTypes(files []*caseFile) {
	recipients := r.pack.Recipients()
	twins(files)
	parallel(len(files), func(i int) {
		f := files[i]
		if f.unread {
			return
		}
		r.references(f.source, f.def)
		f.compile(recipients)
	})
}

// compile makes the definition work and runs its examples, unless something is wrong with it already.
func (f *caseFile) compile(recipients []casetype.Option) {
	if f.unread {
		return
	}
	ct, issues := casetype.Compile(*f.def)
	if len(issues) == 0 && len(f.problems) == 0 {
		if recipients != nil {
			ct = ct.WithRecipients(recipients)
		}
		f.ct, f.failures = ct, ct.Test()
		issues = f.failures
	}
	for _, issue := range issues {
		f.report(issue.Path, issue.Suggest, "%s", issue.Message)
	}
}

// services are the ids of all case types, nil if the file of one cannot be read.
func services(files []*caseFile) map[string]bool {
	ids := map[string]bool{}
	for _, f := range files {
		if f.unread {
			return nil
		}
		ids[f.def.ID] = true
	}
	return ids
}

// twins refuses files that say they are the same version of the same case type: nobody could tell which is meant.
func twins(files []*caseFile) {
	type version struct {
		id string
		n  int
	}
	first := map[version]*caseFile{}
	said := map[*caseFile]bool{}
	for _, f := range files {
		if f.unread || f.def.ID == "" {
			continue
		}
		v := version{f.def.ID, f.def.Version}
		other := first[v]
		if other == nil {
			first[v] = f
			continue
		}
		f.report("version", "", "%s version %d is declared in %s too; give the newer one version %d", v.id, v.n, other.file, v.n+1)
		if !said[other] {
			other.report("version", "", "%s version %d is declared in %s too; give the newer one version %d", v.id, v.n, f.file, v.n+1)
			said[other] = true
		}
	}
}

// parallel calls do for 0 to n-1, on all processors.
func parallel(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := next.Add(1) - 1; int(i) < n; i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	all.Wait()
}

// references checks what a case type names outside its own file.
func (r *resolver) references(s *source, def *casetype.Definition) {
	p := r.pack
	refers(s, r.topics, "topic", def.Topic, "topic")
	refers(s, p.bodies, "body", def.Owner.Body, "owner.body")
	if refers(s, p.units, "unit", def.Owner.Unit, "owner.unit") && p.bodies[def.Owner.Body] != nil && p.BodyOf(def.Owner.Unit) != p.bodies[def.Owner.Body] {
		s.report("owner.unit", "", "unit %s does not work for %s", def.Owner.Unit, def.Owner.Body)
	}
	if refers(s, p.bodies, "body", def.Registry.Series, "registry.series") && def.Registry.Named != "" {
		var keys []string
		for _, one := range p.bodies[def.Registry.Series].Series {
			keys = append(keys, one.Key)
		}
		if !slices.Contains(keys, def.Registry.Named) {
			s.report("registry.namedSeries", casetype.Nearest(def.Registry.Named, keys), "body %s has no series %q", def.Registry.Series, def.Registry.Named)
		}
	}
	for i, stop := range def.Form.Stops {
		if stop.Link != nil && stop.Link.Service != "" && r.services != nil && !r.services[stop.Link.Service] {
			s.report(fmt.Sprintf("form.stops[%d].link.service", i), casetype.Nearest(stop.Link.Service, slices.Sorted(maps.Keys(r.services))),
				"there is no case type %q", stop.Link.Service)
		}
	}
	for i, rule := range def.Assignment {
		if rule.Unit != "" {
			refers(s, p.units, "unit", rule.Unit, fmt.Sprintf("assignment[%d].unit", i))
		}
	}
	for i, m := range def.Transitions {
		for j, role := range m.Roles {
			refers(s, r.roles, "role", role, fmt.Sprintf("transitions[%d].roles[%d]", i, j))
		}
	}
	for i, d := range def.Decisions {
		if d.Delegation != nil {
			refers(s, r.roles, "role", d.Delegation.Role, fmt.Sprintf("decisions[%d].delegation.role", i))
		}
	}
}
