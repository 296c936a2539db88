package ruling

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// statementKind is the first line of a signed statement of a decision.
const statementKind = "dygnet decision v1"

// Statement is what is signed of a decision: which, its documents, who made it, under which mandate, and when.
type Statement struct {
	Number     string // diarienummer
	Case       string // ID
	Decision   string // ID
	HTML       string // SHA-256 of the document, hex
	PDF        string // SHA-256 of the paper copy, hex
	Decider    string // person
	Mandate    string
	Delegation string // row of the delegation order, or the body's decision
	At         time.Time
}

// ErrStatement means that a text is no statement of a decision.
var ErrStatement = errors.New("this is no statement of a decision")

// ErrDocument means that a document is not the one that was signed.
var ErrDocument = errors.New("the document is not the one that was signed")

func (s Statement) fields() []struct{ name, value string } {
	return []struct{ name, value string }{
		{"number", s.Number}, {"case", s.Case}, {"decision", s.Decision}, {"html", s.HTML}, {"pdf", s.PDF}, {"decider", s.Decider},
		{"mandate", s.Mandate}, {"delegation", s.Delegation}, {"at", s.At.UTC().Format(time.RFC3339Nano)},
	}
}

// Sign writes the statement and signs it.
func (s Statement) Sign(key *journal.Key) (string, error) {
	var b strings.Builder
	for _, f := range s.fields() {
		if strings.ContainsAny(f.value, "\r\n") {
			return "", fmt.Errorf("signing decision %s: %w: %s has several lines", s.Decision, ErrStatement, f.name)
		}
		b.WriteString(f.name + ": " + f.value + "\n")
	}
	return key.Sign(statementKind, b.String())
}

// OpenStatement checks the signature of a statement with the municipality's public key and reads it. Every line must be there, once and
// in order, and nothing else.
func OpenStatement(signed, public string) (Statement, error) {
	text, err := journal.OpenStatement(signed, statementKind, public)
	if err != nil {
		return Statement{}, err
	}
	return parseStatement(text)
}

func parseStatement(text string) (Statement, error) {
	var s Statement
	var at string
	rest := text
	for _, f := range []struct {
		name string
		to   *string
	}{{"number", &s.Number}, {"case", &s.Case}, {"decision", &s.Decision}, {"html", &s.HTML}, {"pdf", &s.PDF}, {"decider", &s.Decider},
		{"mandate", &s.Mandate}, {"delegation", &s.Delegation}, {"at", &at}} {
		line, after, ok := strings.Cut(rest, "\n")
		value, found := strings.CutPrefix(line, f.name+": ")
		if !ok || !found {
			return Statement{}, fmt.Errorf("%w: no line %q", ErrStatement, f.name)
		}
		*f.to, rest = value, after
	}
	var err error
	if s.At, err = time.Parse(time.RFC3339Nano, at); err != nil || rest != "" || !store.ValidID(s.Decision) || !digest(s.HTML) || !digest(s.PDF) {
		return Statement{}, fmt.Errorf("%w: it cannot be read", ErrStatement)
	}
	return s, nil
}

func digest(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && s == strings.ToLower(s)
}

// Marks around the statement at the end of the file that a reader saves.
const (
	sealBegins = "\n<!--\n" + statementKind + "\n"
	sealEnds   = "-->\n"
)

// Sealed is the document with its statement after it, in a comment: one file that proves itself.
func Sealed(html []byte, statement string) []byte {
	return []byte(string(html) + "\n<!--\n" + statement + sealEnds)
}

// Unseal takes such a file apart.
func Unseal(file []byte) (html []byte, statement string, err error) {
	at := bytes.LastIndex(file, []byte(sealBegins))
	end := bytes.LastIndex(file, []byte(sealEnds))
	if at < 0 || end < at || end+len(sealEnds) != len(file) {
		return nil, "", fmt.Errorf("%w: the file has no statement at its end", ErrStatement)
	}
	return file[:at], string(file[at+len("\n<!--\n") : end]), nil
}

// Verify checks a file against a statement: it must be the document or the paper copy that was signed.
func Verify(file []byte, statement, public string) (Statement, error) {
	s, err := OpenStatement(statement, public)
	if err != nil {
		return Statement{}, err
	}
	if got := sum(file); got != s.HTML && got != s.PDF {
		return Statement{}, fmt.Errorf("%w: its SHA-256 is %s", ErrDocument, got)
	}
	return s, nil
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
