package office

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web/formdata"
)

// PathWelcome is where somebody comes who signed in in another tab to send what they wrote. The desk has its page.
const PathWelcome = "/arbete/inloggad"

// FieldAgain is sent along when files were lost on the way: the form should be shown again.
const FieldAgain = "filerna"

// What is carried over a lost session.
const (
	mostFields = 500
	mostBytes  = 1_000_000
)

// signedOut is the page of somebody whose session ran out.
type signedOut struct {
	Form   ui.Form
	Typed  []string
	SignIn string
	Files  bool // files were lost
}

// askSignIn gives back what was typed to somebody whose session ran out while they wrote: a page whose form sends the same again, after
// they have signed in in another tab. Files cannot be carried along; the form then asks for them again.
func (v *Visit) askSignIn() error {
	files := false
	limits := formdata.Limits{Fields: mostFields, NameBytes: 200, FieldBytes: mostBytes, TextBytes: mostBytes, TotalBytes: mostBytes, Files: 1, FileBytes: 1}
	values, err := formdata.Read(v.R, limits, func(formdata.Upload) error { files = true; return nil })
	var large formdata.TooLargeError
	var many formdata.TooManyError
	switch {
	case err == nil:
	case errors.As(err, &large) && (large.What == formdata.File || large.What == formdata.Body), errors.As(err, &many) && many.What == formdata.File:
		files = true
	default:
		return err
	}
	if files {
		values.Set(FieldAgain, "1")
	}
	page := ui.Page{Site: v.Site, Title: v.T("office.signed_out.title"), Path: PathWelcome, Dense: true, NoIndex: true}
	s := signedOut{Form: ui.Form{Action: v.R.URL.Path, Unsaved: true}, SignIn: v.L.Path(identity.SignInPath(v.L.Path(PathWelcome))), Files: files}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			s.Form.Hidden = append(s.Form.Hidden, ui.Hidden{Name: name, Value: value})
			if strings.ContainsAny(strings.TrimSpace(value), " \n") { // what was written, not what was chosen
				s.Typed = append(s.Typed, value)
			}
		}
	}
	return ui.Render(v.W, v.R, http.StatusUnauthorized, signedOutPage(page, s))
}
