package web

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
)

// Known is what the municipality knows of a person or an organisation, for forms to begin with. Empty where nothing is known.
type Known struct {
	Name, Number, Street, Postcode, Town, Email, Phone string // Number as people write it: 19900131-1234, 556000-1234
	Protected                                          bool   // skyddade personuppgifter: there is no address then
}

// Register knows residents and organisations as they are today (the population register and the register of organisations).
type Register interface {
	// Person is what is known of a person who has signed in; false if nothing is.
	Person(r *http.Request, person string) (Known, bool)
	// Organisation is what is known of an organisation by its number; false if nothing is.
	Organisation(r *http.Request, number string) (Known, bool)
	// Children are the children whose guardian a person is today.
	Children(r *http.Request, person string) []Known
}

// prefill is what a new form begins with: what the register knows of the visitor, of whom they act for and of their children, and the
// page they came from.
func (m *Module) prefill(r *http.Request, ct *casetype.CaseType) casetype.Answers {
	out := casetype.Answers{}
	who := identity.From(r.Context())
	if who != nil && who.Kind != identity.Citizen {
		who = nil // an officer writes for others
	}
	first := true
	for i := range ct.Form.Steps {
		for j := range ct.Form.Steps[i].Questions {
			q := &ct.Form.Steps[i].Questions[j]
			switch {
			case q.Prefill == casetype.FromPage:
				if page := cameFrom(r); page != "" {
					out[q.Key] = []string{page}
				}
			case who == nil:
			case q.Prefill != "":
				m.fill(r, who, q, out)
			case q.Type == casetype.TypePerson && first: // at least the name of whoever is signed in
				out[q.Key+casetype.PartName] = []string{who.Name}
			}
			first = first && q.Type != casetype.TypePerson
		}
	}
	return out
}

// fill fills in one question from the register.
func (m *Module) fill(r *http.Request, who *identity.Principal, q *casetype.Question, out casetype.Answers) {
	if m.Register == nil {
		return
	}
	acting := m.role(r)
	switch q.Prefill {
	case casetype.FromMe:
		known, ok := m.Register.Person(r, who.PersonID)
		if !ok {
			known.Name = who.Name
		}
		known.into(q, out)
	case casetype.FromPrincipal:
		switch acting.Kind {
		case casetype.ForOrganisation:
			if known, ok := m.Register.Organisation(r, acting.Key); ok {
				known.into(q, out)
			}
		case casetype.ForChild, casetype.ForPerson:
			if known, ok := m.Register.Person(r, acting.Key); ok {
				known.into(q, out)
			}
		default:
			if known, ok := m.Register.Person(r, who.PersonID); ok {
				known.into(q, out)
			}
		}
	case casetype.FromOrganisation:
		if known, ok := m.Register.Organisation(r, acting.Key); ok && acting.Kind == casetype.ForOrganisation {
			known.into(q, out)
		}
	case casetype.FromChildren:
		children := m.Register.Children(r, who.PersonID)
		if q.Rows == nil || len(children) > q.Rows.Max { // the page offers them to choose from
			break
		}
		for i, child := range children {
			child.intoRow(q, i+1, out)
		}
	}
}

// intoRow writes a child into a row.
func (k Known) intoRow(q *casetype.Question, row int, out casetype.Answers) {
	name := q.Key + "." + strconv.Itoa(row)
	out[name+casetype.PartName], out[name+casetype.PartNumber] = []string{k.Name}, []string{k.Number}
}

// children are those of the visitor, for a step that asks for some of them.
func (m *Module) children(r *http.Request, questions []*casetype.Question) []Known {
	who := identity.From(r.Context())
	if who == nil || who.Kind != identity.Citizen || m.Register == nil {
		return nil
	}
	for _, q := range questions {
		if q != nil && q.Type == casetype.TypeChildren && q.Prefill == casetype.FromChildren {
			return m.Register.Children(r, who.PersonID)
		}
	}
	return nil
}

// into writes the parts that a question asks for.
func (k Known) into(q *casetype.Question, out casetype.Answers) {
	parts := map[string]string{
		casetype.PartName: k.Name, casetype.PartNumber: k.Number, casetype.PartStreet: k.Street, casetype.PartCode: k.Postcode, casetype.PartTown: k.Town,
		casetype.PartEmail: k.Email, casetype.PartPhone: k.Phone,
	}
	for _, name := range q.Inputs() {
		if v := parts[strings.TrimPrefix(name, q.Key)]; v != "" {
			out[name] = []string{v}
		}
	}
	switch q.Type {
	case casetype.TypeText:
		if k.Name != "" {
			out[q.Key] = []string{k.Name}
		}
	case casetype.TypeEmail:
		if k.Email != "" {
			out[q.Key] = []string{k.Email}
		}
	case casetype.TypePhone:
		if k.Phone != "" {
			out[q.Key] = []string{k.Phone}
		}
	}
}

// cameFrom is the page of ours that led to the form, by ?om= in the address or by the browser's word; "" if neither is one. Only the
// path is taken, never what was searched for, and no address that leads to somebody or holds a secret.
func cameFrom(r *http.Request) string {
	for _, raw := range []string{r.FormValue("om"), r.Referer()} {
		u, err := url.Parse(raw)
		if err == nil && raw != "" && (u.Host == r.Host || u.Host == "" && u.Scheme == "") && openPath(u.Path) {
			return u.Path
		}
	}
	return ""
}

// openPath tells whether a path is of a page that everybody may be told of: one of ours as we write them, in no room that leads to somebody.
func openPath(p string) bool {
	if !strings.HasPrefix(p, "/") || len(p) >= 200 || path.Clean(p) != p || strings.ContainsFunc(p, func(r rune) bool { return r == '\\' || !unicode.IsPrint(r) }) {
		return false
	}
	for _, l := range i18n.Languages() {
		if prefix := strings.TrimSuffix(l.Path("/"), "/"); strings.HasPrefix(p, prefix+"/") {
			p = strings.TrimPrefix(p, prefix)
		}
	}
	room, rest, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	return rest == "" || !slices.Contains([]string{"folj", "mina-sidor", "kvitto", "signera", "arbete", "demo"}, room)
}
