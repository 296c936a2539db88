package identity

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"unicode"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

// ClaimMap names the claims that a provider uses. An empty field takes the name in DefaultClaims.
type ClaimMap struct {
	Subject        string
	Name           string
	Email          string
	PersonalNumber string // no default: without it citizens are told apart by subject
	LoA            string
}

// DefaultClaims are the names of OpenID Connect Core 1.0, section 5.1 and 2.
func DefaultClaims() ClaimMap {
	return ClaimMap{Subject: "sub", Name: "name", Email: "email", LoA: "acr"}
}

func (m ClaimMap) orDefault() ClaimMap {
	d := DefaultClaims()
	for _, f := range []struct{ field, value *string }{{&m.Subject, &d.Subject}, {&m.Name, &d.Name}, {&m.Email, &d.Email}, {&m.LoA, &d.LoA}} {
		if *f.field == "" {
			*f.field = *f.value
		}
	}
	return m
}

// defaultLevels are what common values of acr stand for: DIGG's and Sweden Connect's tillitsnivå 2 to 4, eIDAS, and our own names.
func defaultLevels() map[string]LoA {
	return map[string]LoA{
		"http://id.elegnamnden.se/loa/1.0/loa2":  LoALow,
		"http://id.elegnamnden.se/loa/1.0/loa3":  LoASubstantial,
		"http://id.elegnamnden.se/loa/1.0/loa4":  LoAHigh,
		"http://eidas.europa.eu/LoA/low":         LoALow,
		"http://eidas.europa.eu/LoA/substantial": LoASubstantial,
		"http://eidas.europa.eu/LoA/high":        LoAHigh,
		"low":                                    LoALow, "substantial": LoASubstantial, "high": LoAHigh,
	}
}

// claims are what a provider says of somebody, as JSON.
type claims map[string]json.RawMessage

// merge adds what more says and c does not.
func (c claims) merge(more claims) claims {
	out := maps.Clone(more)
	maps.Copy(out, c)
	return out
}

// text gives a claim that is a string of printable characters, trimmed, or "".
func (c claims) text(name string) string {
	var s string
	if name == "" || json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	if s = strings.TrimSpace(s); strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// truth gives a claim that is true; some providers write it as a string.
func (c claims) truth(name string) bool {
	var b bool
	return json.Unmarshal(c[name], &b) == nil && b || c.text(name) == "true"
}

// identityOf is what the claims say, by the provider's names.
type identityOf struct {
	subject       string
	name          string
	email         string
	emailVerified bool
	number        civic.Number // zero if none
	level         LoA
}

// longestClaim bounds what is taken from a provider, in bytes.
const longestClaim = 255

func (p *provider) read(c claims, today calendar.Date) (identityOf, error) {
	m := p.Claims
	id := identityOf{subject: c.text(m.Subject), name: c.text(m.Name), email: c.text(m.Email), level: p.Level}
	if id.subject == "" || len(id.subject) > longestClaim {
		return id, &TokenError{Flaw: FlawClaims, cause: fmt.Errorf("claim %q", m.Subject)}
	}
	if len(id.name) > longestClaim || len(id.email) > longestClaim {
		return id, &TokenError{Flaw: FlawClaims, cause: fmt.Errorf("claim %q or %q is too long", m.Name, m.Email)}
	}
	id.emailVerified = id.email != "" && (p.TrustEmail || c.truth("email_verified"))
	if level, known := p.levels[c.text(m.LoA)]; known {
		id.level = level
	}
	if text := c.text(m.PersonalNumber); text != "" { // who signs in through eIDAS may have none
		n, err := civic.Parse(text, today)
		if err != nil || !n.IsPerson() {
			return id, &TokenError{Flaw: FlawClaims, cause: fmt.Errorf("claim %q", m.PersonalNumber)}
		}
		id.number = n
	}
	return id, nil
}
