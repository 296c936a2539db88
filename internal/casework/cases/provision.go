package cases

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"dygnet/internal/casework/casetype"
)

// Provision is where in a statute something stands: "21 kap. 1 § OSL".
type Provision struct {
	Law     string `json:"law"`               // short name, "OSL"
	Chapter string `json:"chapter,omitempty"` // "21"
	Section string `json:"section,omitempty"` // "1", "18 a"
}

// ErrProvision means that the words name no provision: a chapter is the least.
var ErrProvision = errors.New("no provision can be read; write it as 21 kap. 1 § OSL")

// secrecyAct is the law that is meant when none is named: the Public Access to Information and Secrecy Act (2009:400).
const secrecyAct = "OSL"

// The pieces that a provision is written with, and the number and full name of the law that is meant anyway.
var (
	provisionPiece = regexp.MustCompile(`\d+|\pL+|§+|[:–-]|\S`)
	secrecyActName = regexp.MustCompile(`(?i)(?:offentlighets-? ?och )?sekretesslagen|\(?2009:400\)?`)
)

// ParseProvision reads a provision in the ways it is written: "21 kap. 1 § OSL", "OSL 21:1", "21:1", "OSL 21 kap 1§", "25 kap. 18 a §",
// "21 kap. 1–3 §§". Without a law it is of OSL.
func ParseProvision(text string) (Provision, error) {
	if len(text) > 200 {
		return Provision{}, ErrProvision
	}
	var p Provision
	var numbers []string
	paragraphOnly := false
	pieces := provisionPiece.FindAllString(secrecyActName.ReplaceAllString(strings.ReplaceAll(text, "\u00a0", " "), " "), -1)
	for i, piece := range pieces {
		first := []rune(piece)[0]
		switch {
		case unicode.IsDigit(first):
			if len(piece) > 3 {
				return Provision{}, ErrProvision
			}
			if i > 0 && len(numbers) == 2 && (pieces[i-1] == "–" || pieces[i-1] == "-") {
				numbers[1] += "–" + piece
				continue
			}
			if len(numbers) == 2 {
				return Provision{}, ErrProvision
			}
			numbers = append(numbers, piece)
		case unicode.IsLetter(first):
			word := strings.ToLower(piece)
			switch {
			case word == "kap" || word == "kapitel" || word == "kapitlet" || word == "i" && i+1 < len(pieces) && len(pieces[i+1]) > 1:
			case len([]rune(word)) == 1 && len(numbers) > 0 && unicode.IsDigit([]rune(pieces[i-1])[0]):
				numbers[len(numbers)-1] += " " + word
			case p.Law == "" && len([]rune(word)) >= 2 && len(piece) <= 20:
				p.Law = piece
			default:
				return Provision{}, ErrProvision
			}
		case first == '§':
			paragraphOnly = len(numbers) == 1
		case !strings.ContainsRune(":–-.,", first):
			return Provision{}, ErrProvision
		}
	}
	if p.Law == "" || strings.EqualFold(p.Law, secrecyAct) {
		p.Law = secrecyAct
	}
	switch {
	case len(numbers) == 0:
		return Provision{}, ErrProvision
	case len(numbers) == 2:
		p.Chapter, p.Section = numbers[0], numbers[1]
	case paragraphOnly && p.Law != secrecyAct: // a law without chapters
		p.Section = numbers[0]
	default:
		p.Chapter = numbers[0]
	}
	return p, nil
}

// ProvisionOf is the provision that a case type proposes.
func ProvisionOf(l casetype.Law) Provision {
	return Provision{Law: l.Label, Chapter: l.Chapter, Section: l.Section}
}

// String writes it as statutes do: "21 kap. 1 § OSL". The zero Provision is "".
func (p Provision) String() string {
	if p == (Provision{}) {
		return ""
	}
	var parts []string
	if p.Chapter != "" {
		parts = append(parts, p.Chapter+" kap.")
	}
	if p.Section != "" {
		mark := "§"
		if strings.ContainsAny(p.Section, "-–,") {
			mark = "§§"
		}
		parts = append(parts, p.Section+" "+mark)
	}
	return strings.Join(append(parts, p.Law), " ")
}
