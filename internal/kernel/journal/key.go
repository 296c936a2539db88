package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key signs checkpoints (Ed25519, golang.org/x/mod/sumdb/note). Its name, the log's origin, is part of each checkpoint.
type Key struct {
	signer note.Signer
	public string
}

// Origin is the log's name, such as "example.se/dygnet".
func (k *Key) Origin() string { return k.signer.Name() }

// Public is the verifier key that the municipality publishes; Receipt.Verify and the checkpoint's readers need it.
func (k *Key) Public() string { return k.public }

// GenerateKey makes a new key for a log named origin, and the text to keep in its file.
func GenerateKey(origin string) (*Key, string, error) {
	if strings.ContainsAny(origin, " +\n\t") || origin == "" {
		return nil, "", fmt.Errorf("journal origin %q: it may not be empty or hold spaces or plus signs", origin)
	}
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, "", fmt.Errorf("generating the journal key: %w", err)
	}
	text := secret + "\n" + public + "\n"
	key, err := ParseKey(text)
	return key, text, err
}

// ParseKey reads the text that GenerateKey gave.
func ParseKey(text string) (*Key, error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return nil, errors.New("the journal key must hold two lines, the secret key and the public key")
	}
	signer, err := note.NewSigner(fields[0])
	if err != nil {
		return nil, errors.New("the journal key's first line is not a signing key")
	}
	verifier, err := note.NewVerifier(fields[1])
	if err != nil || verifier.KeyHash() != signer.KeyHash() || verifier.Name() != signer.Name() {
		return nil, errors.New("the journal key's two lines do not belong together")
	}
	return &Key{signer: signer, public: fields[1]}, nil
}

// LoadKey reads the key file, or makes one with the given origin if there is none. Others on the machine may not read it.
func LoadKey(file, origin string) (*Key, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		key, text, err := GenerateKey(origin)
		if err != nil {
			return nil, err
		}
		f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("writing the journal key: %w", err)
		}
		_, werr := f.WriteString(text)
		if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
			return nil, fmt.Errorf("writing the journal key %s: %w", file, err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the journal key: %w", err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("reading the journal key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the journal key %s can be read by others (mode %v); run chmod 600 on it", file, info.Mode().Perm())
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}
