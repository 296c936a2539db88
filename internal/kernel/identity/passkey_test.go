package identity_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
)

// authenticator is a security key in software: one ES256 credential, attestation "none", as W3C Web Authentication says.
type authenticator struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	handle  []byte
	counter uint32
	flags   byte // user present 0x01, user verified 0x04
	// What a test bends.
	origin    string
	challenge string
	rpID      string
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	if _, err := rand.Read(id); err != nil {
		t.Fatal(err)
	}
	return &authenticator{t: t, key: key, id: id, flags: 0x05, origin: origin, rpID: "localhost"}
}

var b64 = base64.RawURLEncoding

// options are what the server sends to begin either ceremony.
type options struct {
	PublicKey struct {
		Challenge string
		RPID      string `json:"rpId"`
		RP        struct{ ID string }
		User      struct{ ID string }
	} `json:"publicKey"`
}

func parseOptions(t *testing.T, a answer) options {
	t.Helper()
	var o options
	if err := json.Unmarshal([]byte(a.body), &o); err != nil || a.StatusCode != http.StatusOK || o.PublicKey.Challenge == "" {
		t.Fatalf("%s: %s (%v)", a.Status, a.body, err)
	}
	return o
}

func (k *authenticator) clientData(kind, challenge string) []byte {
	if k.challenge != "" {
		challenge = k.challenge
	}
	data, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	if err != nil {
		k.t.Fatal(err)
	}
	return data
}

func (k *authenticator) data(flags byte) []byte {
	hash := sha256.Sum256([]byte(k.rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.counter)
}

func (k *authenticator) encode(v any) []byte {
	out, err := cbor.Marshal(v)
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func (k *authenticator) answer(response map[string]any) []byte {
	out, err := json.Marshal(map[string]any{"id": b64.EncodeToString(k.id), "rawId": b64.EncodeToString(k.id), "type": "public-key",
		"response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// create answers navigator.credentials.create.
func (k *authenticator) create(o options) []byte {
	k.t.Helper()
	var err error
	if k.handle, err = b64.DecodeString(o.PublicKey.User.ID); err != nil {
		k.t.Fatal(err)
	}
	point, err := k.key.PublicKey.Bytes()
	if err != nil {
		k.t.Fatal(err)
	}
	data := k.data(k.flags | 0x40)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(data, k.id...)
	data = append(data, k.encode(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:65]})...)
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(k.clientData("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": b64.EncodeToString(k.encode(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})),
		"transports":        []string{"internal"}})
}

// get answers navigator.credentials.get.
func (k *authenticator) get(o options) []byte {
	k.t.Helper()
	k.counter++
	data, client := k.data(k.flags), k.clientData("webauthn.get", o.PublicKey.Challenge)
	clientHash := sha256.Sum256(client)
	digest := sha256.Sum256(append(slices.Clone(data), clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, digest[:])
	if err != nil {
		k.t.Fatal(err)
	}
	return k.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(k.handle)})
}

func (b *browser) addPasskey(k *authenticator) answer {
	b.t.Helper()
	return b.postJSON(identity.PathPasskeyAddFinish, k.create(parseOptions(b.t, b.postJSON(identity.PathPasskeyAddBegin, nil))))
}

func (b *browser) usePasskey(k *authenticator) answer {
	b.t.Helper()
	return b.postJSON(identity.PathPasskeySignInFinish+"?till=/inkorg", k.get(parseOptions(b.t, b.postJSON(identity.PathPasskeySignInBegin, nil))))
}

const accepted = `{"next":"/inkorg"}`

func TestAPersonAddsAPasskeyAndSignsInWithIt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		k := newAuthenticator(t, h.server.URL)
		b := h.browser(t)
		if a := b.get(identity.PathPasskeys); a.Header.Get("Location") != "/logga-in?till=%2Flogga-in%2Fnyckel" {
			t.Errorf("passkeys of nobody: %s %q", a.Status, a.Header.Get("Location"))
		}
		if a := b.postJSON(identity.PathPasskeyAddBegin, nil); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody adds a passkey: %s %s", a.Status, a.body)
		}
		b.demo("officer")
		if a := b.addPasskey(k); a.StatusCode != http.StatusOK || a.body != `{"next":"/logga-in/nyckel"}` {
			t.Fatalf("adding: %s %s", a.Status, a.body)
		}
		if got := b.get(identity.PathPasskeys).body; got != "passkeys 1" {
			t.Errorf("page: %s", got)
		}
		h.clock.Advance(time.Minute)
		other := h.browser(t)
		before := parseOptions(t, other.postJSON(identity.PathPasskeySignInBegin, nil))
		planted := other.cookies()[0].Value
		if a := other.postJSON(identity.PathPasskeySignInFinish+"?till=//evil.example", k.get(before)); a.body != `{"next":"/"}` {
			t.Fatalf("signing in: %s %s", a.Status, a.body)
		}
		other.wantWho(officer.ID + " staff substantial passkey")
		if other.cookies()[0].Value == planted {
			t.Error("the session's token is the one of before sign-in")
		}
		list, err := h.Passkeys(t.Context(), officer.ID)
		if err != nil || len(list) != 1 || list[0].Name != "Firefox, Linux" || list[0].Level != identity.LoASubstantial || !list[0].Used.Equal(h.clock.Now()) {
			t.Errorf("%+v %v", list, err)
		}
		if a := h.browser(t).usePasskey(k); a.body != accepted {
			t.Errorf("again: %s", a.body)
		}
		if a := b.addPasskey(k); a.StatusCode != http.StatusForbidden {
			t.Errorf("the same credential twice: %s %s", a.Status, a.body)
		}
		stranger := identity.With(t.Context(), &identity.Principal{PersonID: store.NewID()})
		if err := h.RemovePasskey(stranger, list[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger removes it: %v", err)
		}
		if a := b.post(identity.PathPasskeyRemove, url.Values{"nyckel": {list[0].ID}}); a.StatusCode != http.StatusSeeOther {
			t.Errorf("removing: %s %s", a.Status, a.body)
		}
		if a := h.browser(t).usePasskey(k); a.StatusCode != http.StatusForbidden || a.body != `{"code":"passkey"}` {
			t.Errorf("a removed passkey: %s %s", a.Status, a.body)
		}
		got := h.actions(t)
		for _, want := range []string{"passkey.added", "passkey.removed", "sign_in.refused"} {
			if !slices.Contains(got, want) {
				t.Errorf("the journal lacks %s: %v", want, got)
			}
		}
	})
}

func TestAPasskeyThatBreaksARuleIsRefused(t *testing.T) {
	db := storetestSQLite(t)
	h, officer, _ := demoHouse(t, db)
	good := newAuthenticator(t, h.server.URL)
	b := h.browser(t)
	b.demo("officer")
	if a := b.addPasskey(good); a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	evil := newAuthenticator(t, h.server.URL)
	for name, bend := range map[string]func(*authenticator){
		"another site":          func(k *authenticator) { k.origin = "https://evil.example" },
		"another port":          func(k *authenticator) { k.origin = "http://localhost:1" },
		"another relying party": func(k *authenticator) { k.rpID = "evil.example" },
		"another challenge":     func(k *authenticator) { k.challenge = b64.EncodeToString(make([]byte, 32)) },
		"nobody there":          func(k *authenticator) { k.flags = 0x04 },
		"nobody verified":       func(k *authenticator) { k.flags = 0x01 },
		"another key":           func(k *authenticator) { k.key = evil.key },
		"another person":        func(k *authenticator) { k.handle = []byte(store.NewID()) },
		"no person":             func(k *authenticator) { k.handle = []byte("\x00") },
		"another credential":    func(k *authenticator) { k.id = evil.id },
		"a counter that went back, as of a copy": func(k *authenticator) {
			k.counter = 0
		},
	} {
		good.counter += 10
		if a := h.browser(t).usePasskey(good); a.body != accepted {
			t.Fatalf("before %s: %s", name, a.body)
		}
		h.clock.Advance(time.Minute)
		bad := *good
		bend(&bad)
		v := h.browser(t)
		if a := v.usePasskey(&bad); a.StatusCode != http.StatusForbidden || a.body != `{"code":"passkey"}` {
			t.Errorf("%s: %s %s", name, a.Status, a.body)
		}
		v.wantWho("nobody")
		if strings.Contains(name, "person") || strings.Contains(name, "counter") {
			continue
		}
		fresh := newAuthenticator(t, h.server.URL)
		bend(fresh)
		b.demo("officer")
		if name != "another key" && name != "another credential" {
			if a := b.addPasskey(fresh); a.StatusCode != http.StatusForbidden {
				t.Errorf("adding with %s: %s %s", name, a.Status, a.body)
			}
		}
	}
	list, err := h.Passkeys(t.Context(), officer.ID)
	if err != nil || len(list) != 1 {
		t.Errorf("%d passkeys, %v", len(list), err)
	}
}

func TestAPasskeyAnswerWorksOnceAndForAWhile(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h, officer, _ := demoHouse(t, db)
		k := newAuthenticator(t, h.server.URL)
		b := h.browser(t)
		b.demo("officer")
		b.addPasskey(k)

		v := h.browser(t)
		said := k.get(parseOptions(t, v.postJSON(identity.PathPasskeySignInBegin, nil)))
		if a := v.postJSON(identity.PathPasskeySignInFinish, said); a.StatusCode != http.StatusOK {
			t.Fatal(a.body)
		}
		for name, replay := range map[string]*browser{"the same browser": v, "another browser": h.browser(t)} {
			if a := replay.postJSON(identity.PathPasskeySignInFinish, said); a.StatusCode != http.StatusBadRequest || a.body != `{"code":"flow"}` {
				t.Errorf("replayed in %s: %s %s", name, a.Status, a.body)
			}
		}
		late := h.browser(t)
		said = k.get(parseOptions(t, late.postJSON(identity.PathPasskeySignInBegin, nil)))
		h.clock.Advance(6 * time.Minute)
		if a := late.postJSON(identity.PathPasskeySignInFinish, said); a.body != `{"code":"flow"}` {
			t.Errorf("six minutes later: %s", a.body)
		}
		mixed := h.browser(t) // the answer of one ceremony for the other
		mixed.demo("officer")
		o := parseOptions(t, mixed.postJSON(identity.PathPasskeyAddBegin, nil))
		if a := mixed.postJSON(identity.PathPasskeySignInFinish, k.get(o)); a.StatusCode != http.StatusForbidden {
			t.Errorf("a sign-in answered to a registration: %s %s", a.Status, a.body)
		}
		for _, body := range []string{"", "{", "[]", `{"id":"x"}`, strings.Repeat("a", 100_000)} {
			g := h.browser(t)
			g.postJSON(identity.PathPasskeySignInBegin, nil)
			if a := g.postJSON(identity.PathPasskeySignInFinish, []byte(body)); a.StatusCode != http.StatusForbidden {
				t.Errorf("body %.10q: %s %s", body, a.Status, a.body)
			}
			h.clock.Advance(10 * time.Second)
		}
		h.clock.Advance(31 * time.Minute)
		if a := b.postJSON(identity.PathPasskeyAddBegin, nil); a.StatusCode != http.StatusForbidden || a.body != `{"code":"stale"}` {
			t.Errorf("adding a passkey in an old session: %s %s", a.Status, a.body)
		}
		h.closeAccount(t, officer.ID)
		if a := h.browser(t).usePasskey(k); a.body != `{"code":"closed"}` {
			t.Errorf("a closed account: %s", a.body)
		}
	})
}

func TestAnAdministratorGetsInWithAOneTimeLinkAndAddsAPasskey(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, nil)
		i, err := h.AdminCreate(t.Context(), "Anna Admin", "anna@kommun.example")
		if err != nil {
			t.Fatal(err)
		}
		if i.Link != h.server.URL+"/logga-in/engangskod#"+i.Code || i.Expires.Sub(h.clock.Now()) != time.Hour {
			t.Errorf("%+v", i)
		}
		var stored int
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM identity_invitations WHERE code = $1`, i.Code).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("the code itself is in the database: %d %v", stored, err)
		}
		b := h.browser(t)
		if a := b.get(identity.PathOneTime); a.body != "one-time code" {
			t.Errorf("page: %s", a.body)
		}
		a := b.post(identity.PathOneTime, url.Values{"kod": {" " + strings.ToLower(i.Code[:4]) + "-" + i.Code[4:]}})
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != identity.PathPasskeys {
			t.Fatalf("%s %s", a.Status, a.body)
		}
		b.wantWho(i.Person.ID + " staff substantial link")
		k := newAuthenticator(t, h.server.URL)
		b.addPasskey(k)
		in := h.browser(t)
		in.usePasskey(k)
		in.wantWho(i.Person.ID + " staff substantial passkey")

		if a := h.browser(t).post(identity.PathOneTime, url.Values{"kod": {i.Code}}); a.StatusCode != http.StatusForbidden || a.body != "failed code" {
			t.Errorf("used twice: %s %s", a.Status, a.body)
		}
		again, err := h.AdminCreate(t.Context(), "Anna Admin", "ANNA@kommun.example")
		if err != nil || again.Person.ID != i.Person.ID || again.Code == i.Code {
			t.Errorf("again: %+v %v", again, err)
		}
		h.clock.Advance(time.Hour)
		if a := h.browser(t).post(identity.PathOneTime, url.Values{"kod": {again.Code}}); a.body != "failed code" {
			t.Errorf("an hour later: %s", a.body)
		}
		if _, err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM identity_invitations`).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("%d links left after the sweep, %v", stored, err)
		}
		last, err := h.AdminCreate(t.Context(), "Anna Admin", "anna@kommun.example")
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
		guesser := h.browser(t)
		for n := range 12 {
			want := http.StatusForbidden
			if n >= 10 {
				want = http.StatusTooManyRequests
			}
			if a := guesser.post(identity.PathOneTime, url.Values{"kod": {"GUESS"}}); a.StatusCode != want {
				t.Errorf("guess %d: %s", n, a.Status)
			}
		}
		if a := guesser.post(identity.PathOneTime, url.Values{"kod": {last.Code}}); a.StatusCode != http.StatusTooManyRequests {
			t.Errorf("the right code after too many guesses: %s", a.Status)
		}
		h.clock.Advance(6 * time.Second)
		if a := guesser.post(identity.PathOneTime, url.Values{"kod": {last.Code}}); a.StatusCode != http.StatusSeeOther {
			t.Errorf("after a pause: %s %s", a.Status, a.body)
		}
		for _, e := range h.entries(t) {
			if strings.Contains(e.Actor+e.Object.ID+string(e.Payload), i.Code) || strings.Contains(string(e.Payload), "anna") {
				t.Errorf("a secret or an address in the journal: %+v", e)
			}
		}
	})
}

func TestAdminCreateWantsANameAndAnAddress(t *testing.T) {
	h := open(t, storetestSQLite(t), nil)
	for _, c := range [][2]string{{"", "a@b"}, {"Anna", ""}, {"Anna", "anna"}, {" ", "a@b"}} {
		if _, err := h.AdminCreate(t.Context(), c[0], c[1]); err == nil {
			t.Errorf("AdminCreate(%q, %q) works", c[0], c[1])
		}
	}
}
