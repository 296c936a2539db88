package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
)

// Names of our cookies, without the prefix they have under TLS.
const (
	draftCookie  = "dygnet-utkast" // whose drafts these are: a random token, hashed in the database
	openedCookie = "dygnet-foljer" // cases opened by code or handed in from this browser: signed, gone with the browser
)

func (m *Module) cookieName(name string) string {
	if m.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie for maxAge, or until the browser is closed if it is 0. A negative age removes it.
func (m *Module) setCookie(w http.ResponseWriter, name, value string, maxAge time.Duration) {
	seconds := int(maxAge.Seconds())
	if maxAge < 0 {
		seconds = -1
	}
	//nolint:gosec // G124: Secure is off only where the site is not served over TLS
	http.SetCookie(w, &http.Cookie{Name: m.cookieName(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: m.Secure, SameSite: http.SameSiteLaxMode})
}

func (m *Module) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(m.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// token is the hash of the browser's draft token, "" if it has none.
func (m *Module) token(r *http.Request) string {
	value := m.cookie(r, draftCookie)
	if len(value) != 26 {
		return ""
	}
	return hashToken(value)
}

// ensureToken gives the browser a draft token if it has none, and renews its time.
func (m *Module) ensureToken(w http.ResponseWriter, r *http.Request) string {
	value := m.cookie(r, draftCookie)
	if len(value) != 26 {
		value = rand.Text()
	}
	m.setCookie(w, draftCookie, value, drafts.Age)
	return hashToken(value)
}

func hashToken(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// How long a case stays open to a browser that has shown its code, and how many it remembers.
const (
	openedAge = 2 * time.Hour
	maxOpened = 10
)

// opened lists the cases that this browser has opened, newest first. The cookie is signed and holds nothing personal.
func (m *Module) opened(r *http.Request) []string {
	var ids []string
	for part := range strings.SplitSeq(m.cookie(r, openedCookie), ".") {
		if id, ok := m.readGrant(r, part); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// letIn remembers that this browser may see a case.
func (m *Module) letIn(w http.ResponseWriter, r *http.Request, id string) {
	parts := []string{m.grant(r, id)}
	for part := range strings.SplitSeq(m.cookie(r, openedCookie), ".") {
		if old, ok := m.readGrant(r, part); ok && old != id && len(parts) < maxOpened {
			parts = append(parts, part)
		}
	}
	m.setCookie(w, openedCookie, strings.Join(parts, "."), 0)
}

// grant is 16 bytes of case, 8 of when it ends and 16 of signature. One that is given to somebody who is signed in holds while they are: the
// next at the same computer is not let in when the session has run out.
func (m *Module) grant(r *http.Request, id string) string {
	key, err := uuid.Parse(id)
	if err != nil {
		return ""
	}
	raw := binary.BigEndian.AppendUint64(key[:], uint64(m.Clock.Now().Add(openedAge).Unix())) //nolint:gosec // after 1970
	return base64.RawURLEncoding.EncodeToString(append(raw, m.sign(raw, personOf(r))...))
}

func (m *Module) readGrant(r *http.Request, part string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil || len(raw) != 40 || !hmac.Equal(raw[24:], m.sign(raw[:24], "")) && !hmac.Equal(raw[24:], m.sign(raw[:24], personOf(r))) {
		return "", false
	}
	if m.Clock.Now().Unix() > int64(binary.BigEndian.Uint64(raw[16:24])) { //nolint:gosec // we wrote it
		return "", false
	}
	return uuid.UUID(raw[:16]).String(), true
}

// personOf is who is signed in, "" if nobody is.
func personOf(r *http.Request) string {
	if who := identity.From(r.Context()); who != nil {
		return who.PersonID
	}
	return ""
}

func (m *Module) sign(raw []byte, person string) []byte {
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte("opened\x00"))
	h.Write(raw) // of one length
	h.Write([]byte(person))
	return h.Sum(nil)[:16]
}

// newKey is a new submission key.
func newKey() string { return store.NewID() }
