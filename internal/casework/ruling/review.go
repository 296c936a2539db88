package ruling

import "fmt"

// Rule is the provision under which an authority corrects or changes its decision.
type Rule string

// The rules.
const (
	Correct36 Rule = "36" // an obvious mistake of writing or counting
	May37     Rule = "37" // it is wrong: new circumstances, or another reason
	Must38    Rule = "38" // obviously wrong in something essential, and changed quickly and easily to nobody's detriment
)

// Rules are all, in the order of the law.
func Rules() []Rule { return []Rule{Correct36, May37, Must38} }

// Detriment is why a decision that favours somebody may be changed against them (FL 37 § second paragraph 1-3).
type Detriment string

// The grounds.
const (
	Revocable  Detriment = "forbehall"    // 1: it follows from the decision or its rules
	Safety     Detriment = "sakerhet"     // 2: compelling reasons of safety
	Misleading Detriment = "vilseledande" // 3: the party gave wrong information
)

// Detriments are all, in the order of the law.
func Detriments() []Detriment { return []Detriment{Revocable, Safety, Misleading} }

// Change is how a decision stands to the one it corrects or changes.
type Change struct {
	Rule Rule `json:",omitempty"`
	// Worse is that it is to the detriment of a private party.
	Worse bool `json:",omitempty"`
	// Detriment is why that may be.
	Detriment Detriment `json:",omitempty"`
}

// ChangeError refuses a change of a decision; its text is "ruling.change." and Why.
type ChangeError struct {
	Why     string
	Section string // of förvaltningslagen
}

func (e *ChangeError) Error() string {
	return fmt.Sprintf("the decision may not be changed: %s (FL %s §)", e.Why, e.Section)
}

// Earlier is what the rules ask of the decision that is to be changed.
type Earlier struct {
	Favours   bool // to its character it favours a private party (FL 37 § second paragraph)
	Appealed  bool
	Forwarded bool // the appeal and the other documents have been handed over to the court
	First     bool // the authority decided as first instance
}

// MayChange is nil if a decision may be changed so, else a *ChangeError. FL 36 § is about mistakes of writing only: it changes nothing in
// substance, so it can be to nobody's detriment.
func MayChange(e Earlier, c Change) error {
	switch {
	case c.Rule != Correct36 && c.Rule != May37 && c.Rule != Must38:
		return &ChangeError{"rule", "36–38"}
	case c.Rule == Correct36 && c.Worse:
		return &ChangeError{"writing", "36"}
	case c.Rule == Correct36:
		return nil
	case !e.First:
		return &ChangeError{"instance", "37"}
	case c.Rule == Must38 && c.Worse:
		return &ChangeError{"detriment", "38"}
	case e.Forwarded:
		return &ChangeError{"forwarded", "39"}
	case e.Appealed && c.Rule != Must38:
		return &ChangeError{"appealed", "39"}
	case e.Favours && c.Worse && c.Detriment != Revocable && c.Detriment != Safety && c.Detriment != Misleading:
		return &ChangeError{"favourable", "37"}
	}
	return nil
}
