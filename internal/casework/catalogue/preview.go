package catalogue

import (
	"fmt"
	"reflect"
	"slices"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
)

// fate is what becomes of a version of a pack when it is read.
type fate int

const (
	unchanged fate = iota
	fresh
	retired
	refused
)

// fateOf compares a version of a pack, which is no draft, with what was published of it, nil if nothing was. A refusal has its reason.
func fateOf(before *Published, ct *casetype.CaseType) (fate, string, error) {
	if before == nil {
		if ct.State == casetype.Retired {
			return refused, "it is retired but was never published; a retired version is one that was published", nil
		}
		return fresh, "", nil
	}
	same, err := saySame(before.Definition, ct.Definition)
	if err != nil {
		return 0, "", fmt.Errorf("comparing case type %s@%d: %w", ct.ID, ct.Version, err)
	}
	switch {
	case !same:
		return refused, fmt.Sprintf("it is published and has been changed; give the changed file version %d", ct.Version+1), nil
	case ct.State == before.State:
		return unchanged, "", nil
	case ct.State == casetype.Published:
		return refused, fmt.Sprintf("it is retired; to offer it again, give the file version %d", ct.Version+1), nil
	}
	return retired, "", nil
}

// saySame tells whether two definitions have the same hash. Those that are equal in every part have; most are, and to see that takes a
// fraction of the time.
func saySame(a, b casetype.Definition) (bool, error) {
	a.State, b.State = "", ""
	if reflect.DeepEqual(a, b) {
		return true, nil
	}
	then, err := Hash(a)
	if err != nil {
		return false, err
	}
	now, err := Hash(b)
	return then == now, err
}

// Preview tells what Reload would do with a pack, and does nothing.
func (c *Catalogue) Preview(p *pack.Pack) (Outcome, error) {
	var done Outcome
	s := c.now.Load()
	inPack := map[string]bool{}
	for _, ct := range p.CaseTypes {
		inPack[ct.ID] = true
		if ct.State == casetype.Draft {
			continue
		}
		k := key{ct.ID, ct.Version}
		fate, reason, err := fateOf(s.versions[k], ct)
		if err != nil {
			return Outcome{}, err
		}
		switch fate {
		case refused:
			done.refuse(k, reason)
		case fresh:
			done.Published = append(done.Published, k.String())
		case retired:
			done.Retired = append(done.Retired, k.String())
		case unchanged:
			done.Unchanged = append(done.Unchanged, k.String())
		}
	}
	for k, before := range s.versions {
		if !inPack[k.id] && before.State == casetype.Published {
			done.Absent = append(done.Absent, k.id)
		}
	}
	slices.Sort(done.Absent)
	done.Absent = slices.Compact(done.Absent)
	return done, nil
}
