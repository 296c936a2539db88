package ruling

import (
	"strings"

	"dygnet/internal/casework/casetype"
)

// Exemption is why a decision has no reasons although it goes against somebody (FL 32 § second paragraph 1-4).
type Exemption string

// The exemptions.
const (
	Employment Exemption = "anstallning" // 1: the employment of somebody
	Immediate  Exemption = "bradskande"  // 2: it must be given at once
	Shielding  Exemption = "skydd"       // 3: security, or the protection of private circumstances
	Regulation Exemption = "foreskrift"  // 4: regulations
)

// Exemptions are all, in the order of the law.
func Exemptions() []Exemption { return []Exemption{Employment, Immediate, Shielding, Regulation} }

// Lack is something that a decision must have and lacks; its text is "ruling.lack." and this.
type Lack string

// What can be lacking.
const (
	LackText     Lack = "text"     // FL 31 § 2
	LackReasons  Lack = "reasons"  // FL 32 §
	LackGrounds  Lack = "grounds"  // FL 32 §: which provisions were applied
	LackDeciders Lack = "deciders" // FL 31 § 3
	LackDissent  Lack = "dissent"  // FL 30 §: a dissent says who and what
	LackExempt   Lack = "exempt"   // reasons and an exemption from them

	// What the case type proposed was left with a blank: the circumstances that decided are not given (FL 31 § 2, 32 §).
	LackTextBlank    Lack = "text_blank"
	LackReasonsBlank Lack = "reasons_blank"
)

// LackError refuses a decision for what it lacks.
type LackError struct{ Lacks []Lack }

func (e *LackError) Error() string {
	var parts []string
	for _, l := range e.Lacks {
		parts = append(parts, string(l))
	}
	return "the decision lacks " + strings.Join(parts, ", ")
}

// NeedsReasons tells whether a decision must give its reasons: it may be assumed to affect somebody's situation in a way that is not
// insignificant (FL 32 § first paragraph) when it refuses or dismisses, or goes against a party.
func NeedsReasons(outcome casetype.Outcome, against bool) bool {
	return against || outcome == casetype.Reject || outcome == casetype.Dismiss
}

// Demand gives what a decision lacks by FL 30-32 §§, in the order of its form.
func Demand(w Words, outcome casetype.Outcome, against bool) []Lack {
	var out []Lack
	if strings.TrimSpace(w.Text) == "" {
		out = append(out, LackText)
	}
	if len(casetype.Blanks(w.Text)) > 0 {
		out = append(out, LackTextBlank)
	}
	if len(casetype.Blanks(w.Reasons)) > 0 {
		out = append(out, LackReasonsBlank)
	}
	reasons := strings.TrimSpace(w.Reasons) != ""
	switch {
	case reasons && w.Without != "":
		out = append(out, LackExempt)
	case NeedsReasons(outcome, against) && w.Without == "":
		if !reasons {
			out = append(out, LackReasons)
		}
		if len(w.Grounds) == 0 {
			out = append(out, LackGrounds)
		}
	}
	if len(w.Deciders) == 0 {
		out = append(out, LackDeciders)
	}
	for _, d := range w.Dissents {
		if strings.TrimSpace(d.Name) == "" || strings.TrimSpace(d.Text) == "" {
			out = append(out, LackDissent)
			break
		}
	}
	return out
}

// againstOf is whom a decision goes against until the official says otherwise: one that refuses or dismisses goes against all, another
// only against those whom somebody else's matter concerns. Agents are no parties in their own right.
func againstOf(outcome casetype.Outcome, role, ground string) bool {
	switch {
	case ground != "" || role == string(casetype.RoleAgent):
		return false
	case outcome == casetype.Reject, outcome == casetype.Dismiss:
		return true
	}
	return outcome == casetype.Approve && role == string(casetype.RoleConcerned)
}
