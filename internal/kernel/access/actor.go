package access

import (
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// Substantial is the level of assurance (2, DIGG's tillitsnivå 3) that officials need to reach what is secret (P-K).
const Substantial = 2

// Actor is somebody who wants to do something. The zero Actor is a visitor of whom nothing is known. For officials use Resolve: without
// it no mandate reaches anything.
type Actor struct {
	Person string
	// Citizen is set for someone who is here in a matter of their own. No mandate counts then, and without it being a party does not.
	Citizen bool
	// LoA is the level of assurance of the sign-in, 0 to 3 (none, low, substantial, high in (EU) 2015/1502).
	LoA int
	// Mandates are those in force.
	Mandates []bodies.Mandate
	// On is the day for which the mandates, and what is reserved, were looked up.
	On calendar.Date

	directory *bodies.Directory
}

// Resolve gives an official with the mandates they hold on a day. It is for one request: mandates end.
func Resolve(d *bodies.Directory, person string, on calendar.Date, loa int) Actor {
	return Actor{Person: person, LoA: loa, Mandates: d.MandatesOf(person, on), On: on, directory: d}
}

// HasRole reports whether one of the mandates is for a role.
func (a Actor) HasRole(role string) bool {
	for _, m := range a.Mandates {
		if m.Role == role {
			return true
		}
	}
	return false
}

// Object is what the rules need to know of what somebody wants to act on.
type Object struct {
	// Kind and ID name it: "case". No rule looks at them.
	Kind, ID string
	// Member, Body and Unit say whose it is.
	Member, Body, Unit string
	// Scope is what a mandate may be narrowed to: a case type, a system.
	Scope string
	// Assignee is the person who has it, Addressee the one it is addressed to, "" for none.
	Assignee, Addressee string
	// Parties are the persons it is about.
	Parties []string
	Secrecy Secrecy
	// Protected is set when a party has protected personal data; it makes the object Secret.
	Protected bool
}

func (o *Object) secrecy() Secrecy {
	if o.Protected {
		return Secret
	}
	return o.Secrecy
}

// RequiresTrace reports whether each reading of the object is journalled (P-S).
func RequiresTrace(o Object) bool { return o.secrecy() > Open }
