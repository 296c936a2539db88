package identity

import (
	"context"
	"fmt"
	"time"
)

// Kind tells in which capacity somebody has signed in.
type Kind string

// The kinds of people.
const (
	Staff   Kind = "staff"
	Citizen Kind = "citizen"
)

// LoA is a level of assurance: how sure we are that the person is who they say, by the scale of (EU) 2015/1502. DIGG's
// tillitsnivå 2, 3 and 4 are Low, Substantial and High. The zero value is LoANone.
type LoA int

// The levels, lowest first, so that they can be compared with < and >=.
const (
	LoANone LoA = iota
	LoALow
	LoASubstantial
	LoAHigh
)

var levelNames = [...]string{"none", "low", "substantial", "high"}

// String is the level's name in storage and configuration.
func (l LoA) String() string {
	if l < LoANone || l > LoAHigh {
		return fmt.Sprintf("LoA(%d)", int(l))
	}
	return levelNames[l]
}

// ParseLoA reads a level's name.
func ParseLoA(s string) (LoA, error) {
	for i, name := range levelNames {
		if s == name {
			return LoA(i), nil
		}
	}
	return LoANone, fmt.Errorf("level of assurance %q: want none, low, substantial or high", s)
}

// MarshalText writes the level's name.
func (l LoA) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the level's name.
func (l *LoA) UnmarshalText(text []byte) error {
	var err error
	*l, err = ParseLoA(string(text))
	return err
}

// Method is the way somebody signed in.
type Method string

// The ways to sign in.
const (
	MethodOIDC    Method = "oidc"
	MethodPasskey Method = "passkey"
	MethodLink    Method = "link"
	MethodDemo    Method = "demo"
)

// Principal is somebody who has signed in. What they may do is asked of package bodies by PersonID.
type Principal struct {
	PersonID   string
	Kind       Kind
	Name       string `json:"-"` // as it is now: the session does not hold it
	LoA        LoA
	Method     Method
	Provider   string    // key of the provider for MethodOIDC, else ""
	SignedInAt time.Time // UTC
	SessionID  string    // what Sessions and the journal call this session; not the cookie
}

type principalKey struct{}

// From gives who is asking, or nil for a visitor who has not signed in.
func From(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// With gives a context in which p is asking. Middleware calls it; tests of other packages may.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}
