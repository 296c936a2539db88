package pack

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// Resident is a row of residents.csv: someone invented, with a personnummer of the test series.
type Resident struct {
	Key       string // r001
	Number    civic.Number
	Name      string
	Email     string
	Phone     string
	Street    string // with house number
	Postcode  civic.Postnummer
	Town      string
	Protected bool     // skyddad identitet
	Guardians []string // keys of the vårdnadshavare, for a child
}

// Born is the day of birth by the personnummer.
func (r *Resident) Born() calendar.Date {
	day, _ := r.Number.Birth()
	return day
}

// ChildOn reports whether the resident is under eighteen on a day, the age until which a child has guardians (FB 6 kap. 2 §).
func (r *Resident) ChildOn(day calendar.Date) bool { return day.Before(r.Born().AddMonths(12 * 18)) }

// Firm is a row of organisations.csv: an invented firm or association, with a number that is given to nobody.
type Firm struct {
	Number      civic.Number
	Name        string
	Kind        FirmKind
	Street      string // with house number
	Postcode    civic.Postnummer
	Town        string
	Email       string
	Phone       string
	Signatories []string // keys of the residents who may sign (firmatecknare)
	Signing     Signing
}

// FirmKind is the kind of organisation.
type FirmKind string

// A firm, or an association.
const (
	AFirm         FirmKind = "firm"
	AnAssociation FirmKind = "association"
)

// Values lists the kinds.
func (FirmKind) Values() []string { return []string{string(AFirm), string(AnAssociation)} }

// Signing is how the signatories sign.
type Signing string

// Each alone, or all of them together.
const (
	Alone   Signing = "alone"
	Jointly Signing = "jointly"
)

// Values lists the ways.
func (Signing) Values() []string { return []string{string(Alone), string(Jointly)} }

// Resident gives a resident by key, nil if there is none.
func (p *Pack) Resident(key string) *Resident { return p.residents[key] }

// ChildrenOf are the residents whose guardian someone is by the register, in its order; [Resident.ChildOn] says who still is a child.
func (p *Pack) ChildrenOf(key string) []*Resident {
	var out []*Resident
	for i := range p.Residents {
		if r := &p.Residents[i]; slices.Contains(r.Guardians, key) {
			out = append(out, r)
		}
	}
	return out
}

// GuardiansOf are the guardians of a resident by the register.
func (p *Pack) GuardiansOf(key string) []*Resident {
	var out []*Resident
	if child := p.residents[key]; child != nil {
		for _, guardian := range child.Guardians {
			out = append(out, p.residents[guardian])
		}
	}
	return out
}

// OrganisationsOf are the firms and associations that someone may sign for, alone or with others.
func (p *Pack) OrganisationsOf(key string) []*Firm {
	var out []*Firm
	for i := range p.Firms {
		if f := &p.Firms[i]; slices.Contains(f.Signatories, key) {
			out = append(out, f)
		}
	}
	return out
}

// Firm gives a firm or association by its number, nil if there is none.
func (p *Pack) Firm(number civic.Number) *Firm {
	for i := range p.Firms {
		if p.Firms[i].Number == number {
			return &p.Firms[i]
		}
	}
	return nil
}

// readResidents reads residents.csv. A personnummer outside the test series is refused: a pack never holds real people.
func readResidents(fsys fs.FS, p *Pack) *source {
	seen, keys := map[civic.Number]bool{}, map[string]bool{}
	var asked []reference
	columns := []string{"key", "number", "name", "email", "phone", "street", "postcode", "town", "protected", "guardians"}
	s := readTable(fsys, "residents.csv", columns, func(t *table) {
		number, err := civic.Parse(t.row[1], calendar.NewDate(2100, 1, 1)) // twelve digits: the day does not matter
		switch {
		case err != nil:
			t.wrong(1, "", "personnummer: %v", err)
		case len(t.row[1]) != 12 || !number.IsTest():
			t.wrong(1, "", "the personnummer must be 12 digits of the test series, with birth number 980 to 999")
		case seen[number]:
			t.wrong(1, "", "the personnummer is used twice")
		}
		if keys[t.row[0]] || !slug.MatchString(t.row[0]) {
			t.wrong(0, "", "the key %q is used twice or does not have the form %s", t.row[0], slug)
		}
		seen[number], keys[t.row[0]] = true, true
		t.need(2, 5, 7)
		if t.row[8] != "true" && t.row[8] != "false" {
			t.wrong(8, "", "protected must be true or false")
		}
		guardians := t.keys(9)
		asked = append(asked, reference{t.at(9), t.row[0], guardians})
		p.Residents = append(p.Residents, Resident{Key: t.row[0], Number: number, Name: t.row[2], Email: t.row[3], Phone: t.row[4], Street: t.row[5],
			Postcode: t.postcode(6), Town: t.row[7], Protected: t.row[8] == "true", Guardians: guardians})
	})
	p.residents = map[string]*Resident{}
	for i := range p.Residents {
		p.residents[p.Residents[i].Key] = &p.Residents[i]
	}
	for _, r := range asked {
		child := p.residents[r.from]
		for _, key := range r.to {
			guardian := p.resident(s, r.at, key)
			if guardian != nil && (len(guardian.Guardians) > 0 || !guardian.Born().Before(child.Born())) {
				s.fail(r.at, "%s cannot be the guardian of %s: guardians are older and have none themselves", key, r.from)
			}
		}
	}
	return s
}

// reference is a field of a table that names residents.
type reference struct {
	at   position
	from string
	to   []string
}

// keys are those of a field, separated by spaces, each once.
func (t *table) keys(i int) []string {
	keys := strings.Fields(t.row[i])
	if len(slices.Compact(slices.Sorted(slices.Values(keys)))) < len(keys) {
		t.wrong(i, "", "a key is given twice")
	}
	return keys
}

// resident finds whom a field names, or says that there is nobody.
func (p *Pack) resident(s *source, at position, key string) *Resident {
	r := p.residents[key]
	if r == nil {
		s.problems = append(s.problems, Problem{File: s.file, Line: at.line, Column: at.column, Message: fmt.Sprintf("there is no resident %q", key),
			Suggest: casetype.Nearest(key, slices.Sorted(maps.Keys(p.residents)))})
	}
	return r
}

// invented are the beginnings of organisationsnummer that a pack may use: the ends of the series of companies and associations, which
// are given to nobody.
var invented = []string{"559999", "809999"}

// readFirms reads organisations.csv, after the residents. A number outside the invented series is refused: a pack never holds real firms.
func readFirms(fsys fs.FS, p *Pack) *source {
	seen := map[civic.Number]bool{}
	columns := []string{"number", "name", "kind", "street", "postcode", "town", "email", "phone", "signatories", "signing"}
	return readTable(fsys, "organisations.csv", columns, func(t *table) {
		number, err := civic.Parse(t.row[0], calendar.NewDate(2100, 1, 1))
		switch {
		case err != nil:
			t.wrong(0, "", "organisationsnummer: %v", err)
		case number.Kind() != civic.Organisationsnummer || !slices.ContainsFunc(invented, func(series string) bool { return strings.HasPrefix(t.row[0], series) }):
			t.wrong(0, "", "the organisationsnummer must be 10 digits that begin with %s", strings.Join(invented, " or "))
		case seen[number]:
			t.wrong(0, "", "the organisationsnummer is used twice")
		}
		seen[number] = true
		t.need(1, 3, 5, 8)
		f := Firm{Number: number, Name: t.row[1], Kind: FirmKind(t.row[2]), Street: t.row[3], Postcode: t.postcode(4), Town: t.row[5], Email: t.row[6], Phone: t.row[7],
			Signatories: t.keys(8), Signing: Signing(t.row[9])}
		t.listed(2, t.row[2], f.Kind)
		t.listed(9, t.row[9], f.Signing)
		for _, key := range f.Signatories {
			if who := p.resident(t.source, t.at(8), key); who != nil && len(who.Guardians) > 0 {
				t.wrong(8, "", "%s is a child and cannot sign for a firm", key)
			}
		}
		p.Firms = append(p.Firms, f)
	})
}

// listed says when a field is not one of an enum's values.
func (t *table) listed(i int, text string, e enum) {
	if !slices.Contains(e.Values(), text) {
		t.wrong(i, casetype.Nearest(text, e.Values()), "%q is not one of %s", text, strings.Join(e.Values(), ", "))
	}
}
