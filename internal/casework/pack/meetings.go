package pack

import (
	"fmt"
	"regexp"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Meetings is meetings.yaml: who calls the bodies to their meetings, who must have a seat in them, and what a matter needs before it may be
// put on an agenda. The file may be missing.
type Meetings struct {
	APIVersion casetype.APIVersion `yaml:"apiVersion" need:"yes"`
	Kind       MeetingsKind        `yaml:"kind" need:"yes"`
	Example    bool                `yaml:"example"` // the planned days are an example, and the pages say so
	Matters    []MatterKind        `yaml:"matters"`
	Bodies     []BodyMeetings      `yaml:"bodies" need:"yes"`
	Ideas      []IdeaRoute         `yaml:"ideas"`
}

// MeetingsKind is the kind of the file.
type MeetingsKind string

// Values lists the kind.
func (MeetingsKind) Values() []string { return []string{"Meetings"} }

// MatterKind is a kind of matter that bodies get prepared, such as those of IT. A matter is of the kind if it rests on one of its actions, if
// whoever proposes it works in one of its units, or if somebody says so.
type MatterKind struct {
	Key     string       `yaml:"key" need:"yes"`
	Title   i18n.Text    `yaml:"title" need:"yes"`
	Actions []string     `yaml:"actions"`
	Units   []string     `yaml:"units"`
	Needs   []MatterNeed `yaml:"needs" need:"yes"`
}

// MatterNeed is what a matter of the kind needs before it may be put on the agenda of a body for decision: the letter (tjänsteskrivelse) of
// somebody who holds a role, and that other bodies have been consulted (samråd).
type MatterNeed struct {
	Body     string    `yaml:"body" need:"yes"`
	Letter   string    `yaml:"letter"`  // role of whoever writes it
	Consult  []string  `yaml:"consult"` // bodies
	Sentence string    `yaml:"sentence" need:"yes"`
	Text     i18n.Text `yaml:"text" need:"yes"`
}

// BodyMeetings is how one body meets.
type BodyMeetings struct {
	Body      string       `yaml:"body" need:"yes"`
	Convenors []Holder     `yaml:"convenors" need:"yes"` // who may call it
	Sentence  string       `yaml:"sentence"`             // that says so
	Refused   i18n.Text    `yaml:"refused" need:"yes"`   // said to others who try
	Chairs    []Holder     `yaml:"chairs"`
	Members   []string     `yaml:"members" need:"yes"` // roles held at the body
	Deputies  []string     `yaml:"deputies"`           // roles of those who step in
	Seats     []Seat       `yaml:"seats"`
	Join      bool         `yaml:"join"`     // other units may join by own choice
	Announce  bool         `yaml:"announce"` // meeting and protokoll are announced on the anslagstavla (KL 8 kap. 10 §)
	Public    bool         `yaml:"public"`   // what is not secret in agendas and protokoll is public
	Calling   int          `yaml:"calling"`  // days before the meeting that the call is to be sent
	Planned   []PlannedDay `yaml:"planned"`
}

// Holder is whoever holds a role: at the body itself unless a unit or another body is named.
type Holder struct {
	Role string `yaml:"role" need:"yes"`
	Unit string `yaml:"unit"`
	Body string `yaml:"body"`
}

// Seat is a seat that must be filled. It is filled by a mandate as member of the body whose scope is the key of the seat, or by whoever
// holds a role.
type Seat struct {
	Key      string    `yaml:"key" need:"yes"`
	Title    i18n.Text `yaml:"title" need:"yes"`
	Unit     string    `yaml:"unit"` // that it is for
	Role     string    `yaml:"role"` // whose holder has it
	Sentence string    `yaml:"sentence"`
}

// PlannedDay is a day on which the body means to meet.
type PlannedDay struct {
	Day   calendar.Date `yaml:"day" need:"yes"`
	Time  string        `yaml:"time" need:"yes"` // "08:30"
	End   string        `yaml:"end"`
	Place string        `yaml:"place"`
}

// IdeaRoute is how suggestions of employees are dealt with in a member: the body that treats them first, the body that answers when it was put
// forward to it, and how long an answer may take.
type IdeaRoute struct {
	Key      string          `yaml:"key" need:"yes"`
	Title    i18n.Text       `yaml:"title" need:"yes"`
	Treats   string          `yaml:"treats" need:"yes"`
	Forwards string          `yaml:"forwards" need:"yes"`
	Answer   calendar.Period `yaml:"answer" need:"yes"`
	Sentence string          `yaml:"sentence"`
}

const meetingsFile = "meetings.yaml"

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// MeetingsOf is how a body meets, nil if the pack does not say.
func (p *Pack) MeetingsOf(body string) *BodyMeetings {
	for i := range p.Meetings.Bodies {
		if p.Meetings.Bodies[i].Body == body {
			return &p.Meetings.Bodies[i]
		}
	}
	return nil
}

// meetings checks what meetings.yaml names.
func (r *resolver) meetings() {
	s, p := r.sources[meetingsFile], r.pack
	actions := map[string]*ReservedAction{}
	for i := range p.Reserved.Actions {
		actions[p.Reserved.Actions[i].Action] = &p.Reserved.Actions[i]
	}
	kinds := map[string]*MatterKind{}
	for i := range p.Meetings.Matters {
		k, at := &p.Meetings.Matters[i], fmt.Sprintf("matters[%d]", i)
		unique(s, kinds, k.Key, k, at+".key", slug)
		for j, a := range k.Actions {
			refers(s, actions, "reserved action", a, fmt.Sprintf("%s.actions[%d]", at, j))
		}
		for j, u := range k.Units {
			refers(s, p.units, "unit", u, fmt.Sprintf("%s.units[%d]", at, j))
		}
		for j, n := range k.Needs {
			at := fmt.Sprintf("%s.needs[%d]", at, j)
			refers(s, p.bodies, "body", n.Body, at+".body")
			if n.Letter != "" {
				refers(s, r.roles, "role", n.Letter, at+".letter")
			}
			for x, b := range n.Consult {
				refers(s, p.bodies, "body", b, fmt.Sprintf("%s.consult[%d]", at, x))
			}
		}
	}
	seen := map[string]bool{}
	for i := range p.Meetings.Bodies {
		b, at := &p.Meetings.Bodies[i], fmt.Sprintf("bodies[%d]", i)
		if refers(s, p.bodies, "body", b.Body, at+".body") && seen[b.Body] {
			s.report(at+".body", "", "body %s stands here twice", b.Body)
		}
		seen[b.Body] = true
		r.meetingsOf(s, b, at)
	}
	routes := map[string]*IdeaRoute{}
	for i := range p.Meetings.Ideas {
		one, at := &p.Meetings.Ideas[i], fmt.Sprintf("ideas[%d]", i)
		unique(s, routes, one.Key, one, at+".key", slug)
		refers(s, p.bodies, "body", one.Treats, at+".treats")
		refers(s, p.bodies, "body", one.Forwards, at+".forwards")
	}
}

func (r *resolver) meetingsOf(s *source, b *BodyMeetings, at string) {
	p := r.pack
	for what, list := range map[string][]Holder{"convenors": b.Convenors, "chairs": b.Chairs} {
		for j, h := range list {
			at := fmt.Sprintf("%s.%s[%d]", at, what, j)
			if refers(s, r.roles, "role", h.Role, at+".role") && h.Unit == "" && h.Body == "" {
				if role := r.roles[h.Role]; role.Exclusive != Everywhere && !holds(role, AtBody) {
					s.report(at, "", "role %s is not held at a body; name the unit", h.Role)
				}
			}
			if h.Unit != "" {
				refers(s, p.units, "unit", h.Unit, at+".unit")
			}
			if h.Body != "" {
				refers(s, p.bodies, "body", h.Body, at+".body")
			}
		}
	}
	for what, list := range map[string][]string{"members": b.Members, "deputies": b.Deputies} {
		for j, role := range list {
			refers(s, r.roles, "role", role, fmt.Sprintf("%s.%s[%d]", at, what, j))
		}
	}
	seats := map[string]*Seat{}
	for j := range b.Seats {
		one, at := &b.Seats[j], fmt.Sprintf("%s.seats[%d]", at, j)
		unique(s, seats, one.Key, one, at+".key", slug)
		if one.Unit != "" {
			refers(s, p.units, "unit", one.Unit, at+".unit")
		}
		if one.Role != "" {
			refers(s, r.roles, "role", one.Role, at+".role")
		}
	}
	days := map[calendar.Date]bool{}
	for j, d := range b.Planned {
		at := fmt.Sprintf("%s.planned[%d]", at, j)
		if days[d.Day] {
			s.report(at+".day", "", "the body meets twice on %s", d.Day)
		}
		days[d.Day] = true
		for key, t := range map[string]string{"time": d.Time, "end": d.End} {
			if t != "" && !clockTime.MatchString(t) {
				s.report(at+"."+key, "", "%q is not a time of day; write 08:30", t)
			}
		}
		if d.End != "" && d.End <= d.Time {
			s.report(at+".end", "", "the meeting ends before it begins")
		}
	}
}

func holds(r *Role, at HeldAt) bool {
	for _, h := range r.Held {
		if h == at {
			return true
		}
	}
	return false
}
