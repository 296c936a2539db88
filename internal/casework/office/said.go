package office

import (
	"embed"
	"net/http"
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

// Done leads on to a page of a room that says what was done: the text with this key, which must have ".said." in it.
func (v *Visit) Done(path, key string) error {
	v.setSaid(key, 60)
	return v.See(path)
}

// said is what was done before this page, once; nil for nothing.
func (v *Visit) said() *ui.Alert {
	cookie, err := v.R.Cookie(v.saidName())
	if err != nil || v.R.Header.Get("Dygnet-Live") != "" { // a page that renews itself leaves it for the next
		return nil
	}
	v.setSaid("", -1)
	if !strings.Contains(cookie.Value, ".said.") || !v.L.Has(cookie.Value) { // not of ours
		return nil
	}
	return &ui.Alert{Tone: ui.Success, Live: true, Text: v.T(cookie.Value)}
}
