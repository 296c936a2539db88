package office

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/kernel/ui"
)

// Texts are the words of the office.
//
//go:embed texts
var Texts embed.FS

// saidCookie carries what was done over the redirect: the key of a text, nothing about anybody. It is shown once.
const saidCookie = "dygnet-gjort"

func (v *Visit) saidName() string {
	if v.Secure {
		return "__Host-" + saidCookie
	}
	return saidCookie
}

func (v *Visit) setSaid(value string, seconds int) {
	http.SetCookie(v.W, &http.Cookie{Name: v.saidName(), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode})
}

// Said is something that was done, or was not, told on the next page: a text whose key has ".said." in it, with the numbers Count and Of.
type Said struct {
	Key       string
	Count, Of int
	Warn      bool // it was not done, or not all of it
}

// String writes what was said as the cookie carries it: key, count, of and w for a warning.
func (s Said) String() string {
	out := s.Key + "," + strconv.Itoa(s.Count) + "," + strconv.Itoa(s.Of)
	if s.Warn {
		out += ",w"
	}
	return out
}

// Done leads on to a page of a room that says what was done.
func (v *Visit) Done(path, key string) error { return v.Tell(path, Said{Key: key}) }

// Tell leads on to a page of a room that says something.
func (v *Visit) Tell(path string, s Said) error {
	v.setSaid(s.String(), 60)
	return v.See(path)
}

// said is what was done before this page, once; nil for nothing.
func (v *Visit) said() *ui.Alert {
	cookie, err := v.R.Cookie(v.saidName())
	if err != nil || v.R.Header.Get("Dygnet-Live") != "" { // a page that renews itself leaves it for the next
		return nil
	}
	v.setSaid("", -1)
	parts := append(strings.Split(cookie.Value, ","), "", "", "")
	if !strings.Contains(parts[0], ".said.") || !v.L.Has(parts[0]) { // not of ours
		return nil
	}
	count, _ := strconv.Atoi(parts[1]) // what is no number is none: the cookie may be anybody's
	of, _ := strconv.Atoi(parts[2])
	a := &ui.Alert{Tone: ui.Success, Live: true, Text: v.T(parts[0], "Count", count, "Of", of)}
	if parts[3] == "w" {
		a.Tone = ui.Warning
	}
	return a
}
