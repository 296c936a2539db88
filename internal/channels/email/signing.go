package email

import (
	"strings"
	"time"

	"dygnet/internal/kernel/i18n"
)

// AboutForm is a form that is being signed or paid for, and not handed in yet. It holds nothing of what the form says.
type AboutForm struct {
	Kind    string // the last part of the text keys: invited, reminded, withdrawn, timeout, refused, to_pay
	To      string
	Service i18n.Text // empty where the mere name of the e-service tells too much
	Writer  string    // name of the one who asks for a signature, or ""
	Path    string    // where to go, without language; "" for Mina sidor
	Until   time.Time // last instant to sign, or zero
}

// Signing tells somebody about a form that is being signed or paid for.
func Signing(l *i18n.Localizer, t Town, f AboutForm) Message {
	service := f.Service.In(l.Lang())
	if service == "" {
		service = l.T("email.sign.matter")
	}
	writer := f.Writer
	if writer == "" {
		writer = l.T("email.sign.somebody")
	}
	path := f.Path
	if path == "" {
		path = "/mina-sidor"
	}
	args := []any{"Service", service, "Writer", writer, "Time", l.DateTime(f.Until)}
	return laid(l, t, f.To, "", l.T("email.sign."+f.Kind+".subject"), []string{l.T("email.sign."+f.Kind+".text", args...)},
		l.T("email.sign."+f.Kind+".next"), strings.TrimRight(t.BaseURL, "/")+l.Path(path))
}
