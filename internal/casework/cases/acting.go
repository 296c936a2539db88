package cases

import (
	"fmt"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
)

// Acting is in whose name somebody hands in or follows a matter. The zero value is one's own name.
type Acting struct {
	Kind   casetype.ActFor `json:"kind"`            // child, person or organisation
	Key    string          `json:"key"`             // person, or organisation number of twelve digits (civic.Number)
	Name   string          `json:"name"`            //
	Agent  string          `json:"agent,omitempty"` // the name of the one who acts
	Ground string          `json:"ground"`          // guardian, signatory or power
	Power  string          `json:"power,omitempty"` // the power of attorney for the ground power
	Types  []string        `json:"-"`               // case types the ground holds for; none: all
}

// Other reports whether it is somebody else's name.
func (a Acting) Other() bool { return a.Kind != "" && a.Kind != casetype.ForSelf }

// person is the principal if that is a human being, else "".
func (a Acting) person() string {
	if a.Other() && a.Kind != casetype.ForOrganisation {
		return a.Key
	}
	return ""
}

// principal is the person or the number of the organisation in whose name a matter comes in: "" for somebody who has not signed in.
func (in Submission) principal() string {
	if in.Acting.Other() {
		return in.Acting.Key
	}
	return in.Person
}

// represented makes the one acted for the initiator, and the one who acts a party beside.
func (in Submission) represented(p Party) []Party {
	a := in.Acting
	if !a.Other() {
		return []Party{p}
	}
	agent := Party{Role: string(casetype.RoleAgent), Person: in.Person, Name: a.Agent, Ground: a.Ground}
	p.Person, p.Name = a.person(), a.Name
	if a.Kind == casetype.ForOrganisation {
		p.Organisation = a.Key
	}
	return []Party{p, agent}
}

// follows tells whether the one who looks may see a case for whom they act for. Beside that the ground covers its type: of what is secret
// or has a protected party they see only what they handed in themselves, and for a child what a guardian has handed in, since the child
// may have matters of its own (OSL 12 kap. 3 §). The same as own says in SQL.
func (who Citizen) follows(c *Case, list []Party) bool {
	a := who.Acting
	if who.Person == "" || !a.Other() || len(a.Types) > 0 && !slices.Contains(a.Types, c.TypeID) {
		return false
	}
	handed := slices.ContainsFunc(list, func(p Party) bool { return p.Person == who.Person })
	if !handed && (c.Protected || a.Kind != casetype.ForOrganisation && c.Secrecy == Secret) {
		return false
	}
	if a.Kind == casetype.ForChild && !slices.ContainsFunc(list, func(p Party) bool { return p.Ground != "" }) {
		return false
	}
	return slices.ContainsFunc(list, func(p Party) bool {
		if a.Kind == casetype.ForOrganisation {
			return p.Organisation == a.Key
		}
		return p.Person == a.Key && p.Ground == ""
	})
}

// own is the condition of the cases c that are listed for somebody: of whom they act for, else their own.
func (who Citizen) own(first int) (where string, args []any) {
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", first+len(args)-1)
	}
	a := who.Acting
	if !a.Other() {
		return "c.id IN (SELECT p.case_id FROM case_party p WHERE p.person = " + arg(who.Person) + " AND p.person <> '' AND p.ground = '')", args
	}
	handed := "EXISTS (SELECT 1 FROM case_party h WHERE h.case_id = c.id AND h.person = " + arg(who.Person) + " AND h.person <> '')"
	if a.Kind == casetype.ForOrganisation {
		where = "c.id IN (SELECT p.case_id FROM case_party p WHERE p.organisation = " + arg(a.Key) + " AND p.organisation <> '') AND (c.protected = 0 OR " + handed + ")"
	} else {
		where = "c.id IN (SELECT p.case_id FROM case_party p WHERE p.person = " + arg(a.Key) + " AND p.person <> '' AND p.ground = '') AND (c.protected = 0 AND c.secrecy < 2 OR " + handed + ")"
	}
	if a.Kind == casetype.ForChild {
		where += " AND EXISTS (SELECT 1 FROM case_party g WHERE g.case_id = c.id AND g.ground <> '')"
	}
	if len(a.Types) > 0 {
		var types []string
		for _, t := range a.Types {
			types = append(types, arg(t))
		}
		where += " AND c.type_id IN (" + strings.Join(types, ", ") + ")"
	}
	return where, args
}

// may tells whether the citizen may see the case: a party who is signed in, one who acts for a party, or the holder of its code. Who acts
// for a party is none themselves: what they may ends with the ground.
func (s *Service) may(who Citizen, action access.Action, c *Case, list []Party) error {
	if slices.Contains(who.Opened, c.ID) {
		return nil
	}
	parties := slices.DeleteFunc(slices.Clone(list), func(p Party) bool { return p.Ground != "" })
	_, err := s.check(access.Actor{Person: who.Person, Citizen: true}, action, c, parties)
	if err == nil || !who.follows(c, list) {
		return err
	}
	_, err = s.check(access.Actor{Person: who.Acting.Key, Citizen: true}, action, c, []Party{{Person: who.Acting.Key}})
	return err
}
