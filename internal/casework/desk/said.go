package desk

import (
	"net/http"
	"strconv"
	"strings"

	"dygnet/internal/kernel/ui"
)

// saidCookie carries what was done over the redirect: a word for it and numbers, nothing about anybody. It is shown once.
const saidCookie = "dygnet-klart"

func (v *visit) saidName() string {
	if v.Secure {
		return "__Host-" + saidCookie
	}
	return saidCookie
}

func (v *visit) setSaid(value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{Name: v.saidName(), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode})
}

// done leads on to a page that says what was done: the text desk.said.KEY. The numbers are for its Count and Lost.
func (v *visit) done(path, key string, numbers ...int) error {
	for _, n := range numbers {
		key += "." + strconv.Itoa(n)
	}
	v.setSaid(key, 60)
	return v.see(path)
}

// said is what was done before this page, once; nil for nothing.
func (v *visit) said() *ui.Alert {
	cookie, err := v.r.Cookie(v.saidName())
	if err != nil || v.r.Header.Get("Dygnet-Live") != "" { // a page that renews itself leaves it for the next
		return nil
	}
	v.setSaid("", -1)
	key, rest, _ := strings.Cut(cookie.Value, ".")
	if !v.l.Has("desk.said." + key) { // not of ours
		return nil
	}
	a := &ui.Alert{Tone: ui.Success, Live: true}
	switch key {
	case "took":
		first, second, _ := strings.Cut(rest, ".")
		took, _ := strconv.Atoi(first)
		lost, _ := strconv.Atoi(second)
		a.Text = v.T("desk.said.took", "Count", took)
		if lost > 0 {
			a.Tone, a.Title, a.Text = ui.Warning, a.Text, v.T("desk.said.lost", "Count", lost)
		}
		return a
	case "lost":
		return nil
	case "none", "changed", "nothing":
		a.Tone = ui.Warning
	}
	a.Text = v.T("desk.said." + key)
	return a
}
