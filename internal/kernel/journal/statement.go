package journal

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ErrStatement means that a signed statement is not what it says, or of another kind.
var ErrStatement = errors.New("the statement is not genuine")

// Sign signs a statement of a kind with the installation's key: a note (C2SP signed-note, Ed25519) whose first line is the kind. A kind
// holds a space, which the name of a log never does, so that no statement can be shown as a checkpoint, nor a checkpoint as a statement.
// text is lines, each ending in a line feed.
func (k *Key) Sign(kind, text string) (string, error) {
	if !strings.Contains(kind, " ") || strings.Contains(kind, "\n") || !strings.HasSuffix(text, "\n") {
		return "", fmt.Errorf("signing a statement of kind %q: %w", kind, ErrStatement)
	}
	signed, err := note.Sign(&note.Note{Text: kind + "\n" + text}, k.signer)
	if err != nil {
		return "", fmt.Errorf("signing a statement: %w", err)
	}
	return string(signed), nil
}

// OpenStatement gives the text of a statement of a kind after checking its signature with a public key.
func OpenStatement(signed, kind, public string) (string, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return "", fmt.Errorf("the public key cannot be read: %w", err)
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return "", fmt.Errorf("%w: it is not signed by %s: %w", ErrStatement, verifier.Name(), err)
	}
	text, ok := strings.CutPrefix(opened.Text, kind+"\n")
	if !ok {
		return "", fmt.Errorf("%w: it is of another kind than %q", ErrStatement, kind)
	}
	return text, nil
}
