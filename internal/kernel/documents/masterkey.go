package documents

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"
)

// MasterKey seals the documents' own keys. It lives in a file outside the database, so that a stolen database or backup opens
// no document. Without it no document can be read again: keep a copy of the file in a safe place, apart from the backups.
type MasterKey struct {
	id   string
	aead cipher.AEAD
}

// ID names the key without telling anything about it.
func (k MasterKey) ID() string { return k.id }

// String is the key's name, so that a log never holds the key.
func (k MasterKey) String() string { return "master key " + k.id }

// GenerateMasterKey makes a new random key in a new file that only its owner can read. It never overwrites a file
// (errors.Is(err, fs.ErrExist)).
func GenerateMasterKey(path string) (MasterKey, error) {
	secret := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(secret)                                                 // never fails (crypto/rand)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's path
	if err != nil {
		return MasterKey{}, fmt.Errorf("creating the master key: %w", err)
	}
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close(), syncDir(filepath.Dir(path))); err != nil {
		return MasterKey{}, errors.Join(fmt.Errorf("writing the master key: %w", err), os.Remove(path))
	}
	return newMasterKey(secret)
}

// LoadMasterKey reads a key that GenerateMasterKey wrote. It refuses a file that others may read.
func LoadMasterKey(path string) (MasterKey, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return MasterKey{}, fmt.Errorf("there is no master key at %s: put the old key back, or let a new installation make one: %w", path, err)
	case err != nil:
		return MasterKey{}, fmt.Errorf("reading the master key: %w", err)
	case !info.Mode().IsRegular():
		return MasterKey{}, fmt.Errorf("the master key %s is not a regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return MasterKey{}, fmt.Errorf("the master key %s may be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	case info.Size() > 1024:
		return MasterKey{}, fmt.Errorf("the master key %s is %d bytes long; it should be one line of 44 characters", path, info.Size())
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator's path
	if err != nil {
		return MasterKey{}, fmt.Errorf("reading the master key: %w", err)
	}
	secret, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(secret) != chacha20poly1305.KeySize {
		return MasterKey{}, fmt.Errorf("the master key %s does not hold 32 bytes in base64 (one line of 44 characters)", path)
	}
	return newMasterKey(secret)
}

func newMasterKey(secret []byte) (MasterKey, error) {
	aead, err := chacha20poly1305.NewX(secret)
	if err != nil {
		return MasterKey{}, fmt.Errorf("using the master key: %w", err)
	}
	name := sha256.Sum256(append([]byte("dygnet master key name\x00"), secret...))
	return MasterKey{id: hex.EncodeToString(name[:8]), aead: aead}, nil
}

// seal encrypts a document's key (XChaCha20-Poly1305, random nonce first). It opens for the same document only.
func (k MasterKey) seal(document string, secret []byte) []byte {
	nonce := make([]byte, k.aead.NonceSize(), k.aead.NonceSize()+len(secret)+k.aead.Overhead())
	_, _ = rand.Read(nonce)
	return k.aead.Seal(nonce, nonce, secret, sealContext(document))
}

// unseal gives back what seal was given.
func (k MasterKey) unseal(document string, sealed []byte) ([]byte, error) {
	n := k.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("%w: key of document %s is too short", ErrDamaged, document)
	}
	secret, err := k.aead.Open(nil, sealed[:n], sealed[n:], sealContext(document))
	if err != nil {
		return nil, fmt.Errorf("%w: key of document %s does not open with %s", ErrDamaged, document, k)
	}
	return secret, nil
}

// Seal encrypts something small that is kept outside the document store. It opens for the same purpose only.
func (k MasterKey) Seal(purpose string, text []byte) []byte {
	nonce := make([]byte, k.aead.NonceSize(), k.aead.NonceSize()+len(text)+k.aead.Overhead())
	_, _ = rand.Read(nonce)
	return k.aead.Seal(nonce, nonce, text, purposeContext(purpose))
}

// Unseal gives back what Seal was given; ErrDamaged if it was changed, or sealed for another purpose or with another key.
func (k MasterKey) Unseal(purpose string, sealed []byte) ([]byte, error) {
	n := k.aead.NonceSize()
	if len(sealed) < n {
		return nil, fmt.Errorf("%w: what was sealed is too short", ErrDamaged)
	}
	text, err := k.aead.Open(nil, sealed[:n], sealed[n:], purposeContext(purpose))
	if err != nil {
		return nil, fmt.Errorf("%w: what was sealed does not open with %s", ErrDamaged, k)
	}
	return text, nil
}

func purposeContext(purpose string) []byte { return []byte("dygnet sealed\x00" + purpose) }

func sealContext(document string) []byte { return []byte("dygnet document key\x00" + document) }
