package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"dygnet/internal/casework/ruling"
	"dygnet/internal/kernel/calendar"
)

// VerifyDecision checks the document of a decision against a public key, without any network: the file saved with its signature, or a file
// beside another that has the signature, such as the paper copy.
func VerifyDecision(file, signature, key string, out io.Writer) error {
	raw, err := os.ReadFile(file) //nolint:gosec // the caller's own file
	if err != nil {
		return fmt.Errorf("reading the decision: %w", err)
	}
	if text, err := os.ReadFile(key); err == nil { //nolint:gosec // the caller's own file
		key = publicLine(string(text))
	}
	html, statement, err := ruling.Unseal(raw)
	if err == nil {
		raw = html
	}
	if signature != "" {
		beside, rerr := os.ReadFile(signature) //nolint:gosec // the caller's own file
		if rerr != nil {
			return fmt.Errorf("reading the signature: %w", rerr)
		}
		if _, statement, err = ruling.Unseal(beside); err != nil {
			statement, err = string(beside), nil
		}
	}
	if err != nil {
		return errors.Join(err, errors.New("give the file that was saved with its signature, or name the signature with --signature"))
	}
	s, err := ruling.Verify(raw, statement, key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "genuine: decision %s in %s, signed %s by %s under mandate %s (%s)\n", s.Decision, s.Number, calendar.FormatTime(s.At, "en"), s.Decider, s.Mandate, s.Delegation)
	return err
}
