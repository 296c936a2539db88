package civic

import (
	"errors"
	"strings"
)

// ErrPostnummer is returned for a text that is no Swedish post code.
var ErrPostnummer = errors.New("not a Swedish post code (five digits, NNN NN)")

// Postnummer is a Swedish post code, five digits without the space. Whether it is in use is not known here.
type Postnummer string

// ParsePostnummer reads "123 45", "12345" or "SE-123 45". The error wraps ErrPostnummer.
func ParsePostnummer(s string) (Postnummer, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "SE-"), "S-")
	s = strings.NewReplacer(" ", "", "\u00a0", "").Replace(s)
	if len(s) != 5 || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		return "", ErrPostnummer
	}
	return Postnummer(s), nil
}

// Format is the post code as people write it: 123 45.
func (p Postnummer) Format() string {
	if len(p) != 5 {
		return string(p)
	}
	return string(p[:3] + " " + p[3:])
}
