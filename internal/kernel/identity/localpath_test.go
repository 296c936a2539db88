package identity_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func storetestSQLite(t *testing.T) *store.DB {
	t.Helper()
	return storetest.SQLite(t, rooms...)
}

func TestLocalPathNeverLeavesTheSite(t *testing.T) {
	for target, want := range map[string]string{
		"/mina-sidor": "/mina-sidor", "/arenden?sida=2&ko=alla": "/arenden?sida=2&ko=alla", "/s%C3%B6k?q=%2F%2Fx": "/s%C3%B6k?q=%2F%2Fx", "/a#b": "/a#b", "/": "/",
		"": "/", "mina-sidor": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil`: "/", "https://evil.example": "/",
		"javascript:alert(1)": "/", "/\tx": "/", "/\n/evil": "/", " //evil": "/", "/x//evil": "/", "/%2F/evil": "/", "/./%2Fevil": "/", "/%5Cevil": "/",
		"/%zz": "/", "/" + strings.Repeat("a", 3000): "/",
	} {
		if got := identity.LocalPath(target); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", target, got, want)
		}
	}
}

// checkLocal resolves as a browser does: against our address.
func checkLocal(t interface{ Fatalf(string, ...any) }, target string) {
	base := &url.URL{Scheme: "https", Host: "kommun.example", Path: "/logga-in"}
	// Browsers drop these and read \ as / (WHATWG URL standard).
	got := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(identity.LocalPath(target))
	u, err := base.Parse(got)
	if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
		t.Fatalf("LocalPath(%q) = %q leads to %v (%v)", target, got, u, err)
	}
	if identity.LocalPath(got) != got {
		t.Fatalf("LocalPath(%q) = %q is not a fixed point", target, got)
	}
}

func TestLocalPathKeepsToTheSiteForAnyInput(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"/", `\`, "//", "evil.example", "https:", "@", "%2f", "%5c", "?", "#", "\t", "\n", ".", "..", "a", ":", " ", "å", "\x00"})
	rapid.Check(t, func(t *rapid.T) { checkLocal(t, strings.Join(rapid.SliceOf(pieces).Draw(t, "pieces"), "")) })
}

func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "//e", `/\e`, "/a?b#c", "http://e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) { checkLocal(t, target) })
}
