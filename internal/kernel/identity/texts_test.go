package identity_test

import (
	"fmt"
	"net/http"
	"testing"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
)

func TestEveryFailureLevelAndMethodHasATextInBothLanguages(t *testing.T) {
	texts := i18ntest.Complete(t, identity.Texts)
	wanted := map[string]bool{}
	for _, err := range []error{identity.ErrNotSignedIn, identity.ErrStale, identity.ErrCancelled, identity.ErrProviderDown, identity.ErrFlow, identity.ErrToken,
		identity.ErrLevel, identity.ErrUnknownPerson, identity.ErrClosed, identity.ErrPasskey, identity.ErrCode, identity.ErrTooMany,
		identity.ErrBadRequest, store.ErrUnavailable, store.ErrFull, store.ErrCorrupt, fmt.Errorf("anything else")} {
		f := identity.Explain(fmt.Errorf("trying: %w", err))
		if f.Code == "" || http.StatusText(f.Status) == "" || f.Status < 400 {
			t.Errorf("%v: %+v", err, f)
		}
		wanted["identity.failure."+f.Code+".title"] = true
		wanted["identity.failure."+f.Code+".text"] = true
	}
	for l := identity.LoANone; l <= identity.LoAHigh; l++ {
		wanted["identity.level."+l.String()] = true
		var back identity.LoA
		if text, err := l.MarshalText(); err != nil || back.UnmarshalText(text) != nil || back != l {
			t.Errorf("level %v does not come back: %v", l, back)
		}
	}
	if _, err := identity.ParseLoA("extreme"); err == nil {
		t.Error("an unknown level is read")
	}
	for _, m := range []identity.Method{identity.MethodOIDC, identity.MethodPasskey, identity.MethodLink, identity.MethodDemo} {
		wanted["identity.method."+string(m)] = true
	}
	have := texts.Texts(i18n.SV)
	for key := range wanted {
		if have[key] == nil {
			t.Errorf("no text for %s", key)
		}
	}
	for key := range have {
		if !wanted[key] {
			t.Errorf("nothing asks for %s", key)
		}
	}
}
