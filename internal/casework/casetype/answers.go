package casetype

import (
	"strconv"
	"strings"
)

// Answers are the answers of a form by field name, as a browser posts them. A question of several parts has a name for each
// part ([Question.Inputs]); a file's answer is the reference under which its content is kept.
type Answers map[string][]string

// Clean are answers that Validate accepted: normalised, only of questions that were shown, empty ones left out.
// They are Answers too: Validate(Answers(c)) gives c.
type Clean Answers

// Get is the one answer to a question, "" if there is none.
func (c Clean) Get(name string) string {
	if v := c[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// All are the answers to a question that takes several.
func (c Clean) All(name string) []string { return c[name] }

// Place is where something is: an address, a point, or words.
type Place struct {
	Address  string
	Lat, Lon float64 // WGS 84, decimal degrees
	HasPoint bool
	Text     string
}

// Place is the answer to a place question; false if it was not answered.
func (c Clean) Place(key string) (Place, bool) {
	p := Place{Address: c.Get(key + PartAddress), Text: c.Get(key + PartText)}
	if lat, lon := c.Get(key+PartLat), c.Get(key+PartLon); lat != "" && lon != "" {
		var errLat, errLon error
		p.Lat, errLat = strconv.ParseFloat(lat, 64)
		p.Lon, errLon = strconv.ParseFloat(lon, 64)
		p.HasPoint = errLat == nil && errLon == nil
	}
	return p, p.Address != "" || p.HasPoint || p.Text != ""
}

// Words is the place in words: the address, the description, or the coordinates.
func (p Place) Words() string {
	switch {
	case p.Address != "":
		return p.Address
	case p.Text != "":
		return p.Text
	case p.HasPoint:
		return coordinate(p.Lat) + ", " + coordinate(p.Lon)
	}
	return ""
}

// coordinate writes degrees with six decimals, about a decimetre.
func coordinate(deg float64) string { return strconv.FormatFloat(deg, 'f', 6, 64) }

// Person is someone, or a firm or association, with ways to be reached. What was not asked for or answered is empty.
type Person struct {
	Name   string
	Number string // twelve digits; of an organisation ten
	Street string
	Code   string // postcode, five digits
	Town   string
	Email  string
	Phone  string
}

// Person is the answer to a person or organisation question; false if it was not answered.
func (c Clean) Person(key string) (Person, bool) {
	p := Person{Name: c.Get(key + PartName), Number: c.Get(key + PartNumber), Street: c.Get(key + PartStreet), Code: c.Get(key + PartCode),
		Town: c.Get(key + PartTown), Email: c.Get(key + PartEmail), Phone: c.Get(key + PartPhone)}
	return p, p != Person{}
}

// Recipient is the one to whom a matter is addressed.
type Recipient struct {
	Kind RecipientKind
	Key  string // key of the body, unit or person; empty for the municipality
}

// ParseRecipient reads what String writes; false if it is not a recipient.
func ParseRecipient(s string) (Recipient, bool) {
	kind, key, _ := strings.Cut(s, ":")
	r := Recipient{Kind: RecipientKind(kind), Key: key}
	switch r.Kind {
	case ToMunicipality:
		return r, s == string(ToMunicipality)
	case ToBody, ToUnit, ToPolitician, ToOfficer:
		return r, recipientKey.MatchString(key)
	}
	return Recipient{}, false
}

// String writes the recipient as an answer: "municipality", "body:KS", "politician:key".
func (r Recipient) String() string {
	if r.Kind == ToMunicipality {
		return string(r.Kind)
	}
	return string(r.Kind) + ":" + r.Key
}

// Recipient is the answer to a recipient question; false if it was not answered.
func (c Clean) Recipient(key string) (Recipient, bool) { return ParseRecipient(c.Get(key)) }
