package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// System is the actor of what the program does by itself.
const System = "system"

// Unsequenced is Recorded.Seq until the sequencer has given the entry its place in the tree.
const Unsequenced int64 = -1

// erased ends the action of an entry that says why payloads of its object are gone; Verify asks for one.
const erased = ".erased"

// Ref names what an entry is about: {"case", "018f…"}.
type Ref struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Entry is a change as its service tells it.
type Entry struct {
	// ID may be given beforehand (store.NewID), so that the change can keep it; otherwise the journal gives one.
	ID string
	// Actor is a person's ID, System, or "" when nobody is known.
	Actor string
	// Mandate is the mandate under which it was done, or "".
	Mandate string
	// Decision is the decision (beslut) it rests on, or "".
	Decision string
	// Action is a noun and a past participle: "case.claimed".
	Action string
	// Object is what it was done to.
	Object Ref
	// Payload is kept as JSON. It may hold personal data, since it can be removed. nil is no payload.
	Payload any
}

// Recorded is an entry as the journal keeps it.
type Recorded struct {
	// Seq is the entry's place in the tree, from 0 without gaps, or Unsequenced.
	Seq      int64
	ID       string
	At       time.Time
	Actor    string
	Mandate  string
	Decision string
	Action   string
	Object   Ref
	// PayloadHash is what the leaf holds of the payload; empty if there was none.
	PayloadHash []byte
	// Payload is nil if there was none or it has been removed.
	Payload json.RawMessage
}

var actionForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// check refuses an entry that could not be told apart from another in the leaf's line form.
func (e Entry) check() error {
	if !actionForm.MatchString(e.Action) {
		return fmt.Errorf("journal action %q: it must be words joined by dots", e.Action)
	}
	if e.Object.Kind == "" || e.Object.ID == "" {
		return fmt.Errorf("journal entry %s names no object", e.Action)
	}
	for _, field := range []string{e.Actor, e.Mandate, e.Decision, e.Object.Kind, e.Object.ID} {
		if strings.ContainsFunc(field, unicode.IsControl) || len(field) > 200 {
			return fmt.Errorf("journal entry %s: field %q is too long or has control characters", e.Action, field)
		}
	}
	return nil
}

// sealed is a payload ready to be kept: salted, so that a guess at its content cannot be tried against the public leaf.
type sealed struct {
	hash, salt []byte
	body       string
}

func seal(payload any) (sealed, error) {
	if payload == nil {
		return sealed{hash: []byte{}, salt: []byte{}}, nil
	}
	body, err := json.Marshal(payload) // also puts a json.RawMessage in the one form that receipts are compared in
	if err != nil {
		return sealed{}, fmt.Errorf("encoding a journal payload: %w", err)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // crypto/rand never fails since Go 1.24
	return sealed{hash: payloadHash(salt, string(body)), salt: salt, body: string(body)}, nil
}

func payloadHash(salt []byte, body string) []byte {
	h := sha256.New()
	h.Write([]byte("dygnet-payload-v1\x00"))
	h.Write(salt)
	h.Write([]byte(body))
	return h.Sum(nil)
}

// leaf is the exact text that the tree hashes: one field a line. Fields hold no control characters, so two entries never give
// the same text.
func (r Recorded) leaf() []byte {
	return []byte(strings.Join([]string{
		"dygnet-entry-v1", r.ID, strconv.FormatInt(r.At.UnixMicro(), 10), r.Actor, r.Mandate, r.Decision, r.Action,
		r.Object.Kind, r.Object.ID, hex.EncodeToString(r.PayloadHash),
	}, "\n"))
}
