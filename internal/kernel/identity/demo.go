package identity

import (
	"errors"
	"fmt"
	"net/http"

	"dygnet/internal/kernel/store"
)

// Demo is sign-in without proof, for demonstrations with invented people only.
type Demo struct {
	Enabled  bool
	Personas []Persona
}

// Persona is an invented person whom anybody may be in the demo. Title and Description are texts for a page in the reader's
// language, or keys of them, as Pages expects.
type Persona struct {
	Key         string
	Title       string
	PersonID    string
	Kind        Kind
	Description string
}

func (d Demo) check() error {
	seen := map[string]bool{}
	for _, p := range d.Personas {
		switch {
		case p.Key == "" || p.PersonID == "":
			return fmt.Errorf("persona %q: key and person are needed", p.Key)
		case p.Kind != Staff && p.Kind != Citizen:
			return fmt.Errorf("persona %s: kind %q: want staff or citizen", p.Key, p.Kind)
		case seen[p.Key]:
			return fmt.Errorf("persona %s is given twice", p.Key)
		}
		seen[p.Key] = true
	}
	return nil
}

// demoSignIn makes the visitor the persona they chose.
func (s *Service) demoSignIn(w http.ResponseWriter, r *http.Request) {
	if err := parseForm(w, r); err != nil {
		s.fail(w, r, err)
		return
	}
	for _, p := range s.demo.Personas {
		if p.Key != r.PostForm.Get(FieldPersona) {
			continue
		}
		person, err := s.person(r.Context(), p.PersonID)
		if err == nil {
			err = s.signIn(r.Context(), w, r, Principal{PersonID: person.ID, Kind: p.Kind, LoA: LoASubstantial, Method: MethodDemo}, "")
		}
		if err != nil {
			s.fail(w, r, fmt.Errorf("signing in persona %s: %w", p.Key, err))
			return
		}
		redirect(w, r, LocalPath(r.PostForm.Get(FieldReturn)))
		return
	}
	s.fail(w, r, fmt.Errorf("%w: no such persona", ErrBadRequest))
}

// notFoundAs turns store.ErrNotFound into kind, and leaves everything else as it is.
func notFoundAs(kind, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return kind
	}
	return err
}
