package cases

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// Secrets derives what only the installation and the one who handed in a matter know. Nothing of it is stored: the follow code is
// computed again when it is needed, and a stolen database does not give it away.
type Secrets struct{ key []byte }

// NewSecrets takes a key of at least 32 random bytes, kept outside the database.
func NewSecrets(key []byte) Secrets { return Secrets{key: key} }

func (s Secrets) derive(purpose, of string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(purpose + "\x00" + of))
	return h.Sum(nil)
}

// caseID is the ID of the case that a submission key gives, always the same for the same key, so that a form sent twice is one case.
// It keeps the time of the key, a UUIDv7, so that IDs stay in order of time; the key cannot be found from it.
func (s Secrets) caseID(submission uuid.UUID) string {
	var id uuid.UUID
	copy(id[:], s.derive("case", submission.String()))
	copy(id[:6], submission[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// crockford leaves out the letters that are mistaken for digits (I, L, O) and U.
var crockford = base32.NewEncoding(referenceDigits).WithPadding(base32.NoPadding)

// FollowCode is the code that opens a case together with its number: 60 bits as three groups of four, "7KQ2-M4XA-0PZT".
func (s Secrets) FollowCode(caseID string) string {
	text := crockford.EncodeToString(s.derive("follow", caseID))[:12]
	return text[:4] + "-" + text[4:8] + "-" + text[8:]
}

// Opens tells whether a follow code is the one of a case. It compares in constant time; spaces, dashes, case and the usual misreadings do not matter.
func (s Secrets) Opens(caseID, code string) bool {
	return subtle.ConstantTimeCompare([]byte(plainCode(s.FollowCode(caseID))), []byte(plainCode(code))) == 1
}

func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'O', 'o':
			return '0'
		case 'I', 'i', 'L', 'l':
			return '1'
		case '-', '–', ' ', '\u00a0', '\t':
			return -1
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, code)
}
