package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

// Record is a submission that waits: all that casework needs to take it in as if it had done so at once.
type Record struct {
	ID       string           `json:"id"`  // the case that it becomes
	Key      string           `json:"key"` // of the submission
	Type     string           `json:"type"`
	Version  int              `json:"version"`
	Answers  casetype.Answers `json:"answers"` // as typed; they were accepted when they came
	As       casetype.ActFor  `json:"as"`      // what the form's rules knew of the sender
	SignedIn bool             `json:"signed_in,omitempty"`
	Channel  string           `json:"channel"`
	Lang     i18n.Lang        `json:"lang"`
	Received time.Time        `json:"received"` // UTC: when it came in
	Person   string           `json:"person,omitempty"`
	Acting   cases.Acting     `json:"acting,omitzero"`
	By       string           `json:"by,omitempty"`
	Mandate  string           `json:"mandate,omitempty"`
	Draft    string           `json:"draft,omitempty"` // the draft that it was, to be emptied
	Shielded bool             `json:"shielded,omitempty"`
}

// ErrRefused means that a submission can never be taken in as it is. It is set aside for a person to look at.
var ErrRefused = errors.New("it cannot be taken in as it is")

// purpose binds what is sealed to this package and to the case.
func purpose(id string) string { return "spooled submission " + id }

func (s *Spool) seal(r Record) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("writing a submission: %w", err)
	}
	return s.key.Seal(purpose(r.ID), text), nil
}

func (s *Spool) unseal(id string, sealed []byte) (Record, error) {
	text, err := s.key.Unseal(purpose(id), sealed)
	if err != nil {
		return Record{}, errors.Join(ErrRefused, err)
	}
	var r Record
	if err := json.Unmarshal(text, &r); err != nil || r.ID != id {
		return Record{}, fmt.Errorf("%w: it is not a submission of this program", ErrRefused)
	}
	return r, nil
}
