package i18n

import (
	"fmt"
	"regexp"
	"strings"
)

// MaxWords is the longest sentence, in words, that Lint lets pass.
const MaxWords = 25

// heavy lists words of officialese with the plain word for each (Språkrådet, Myndigheternas skrivregler; Plain English Campaign).
var heavy = map[Lang]map[string]string{
	SV: {
		"erhålla": "få", "erhåller": "får", "erhållit": "fått", "jämlikt": "enligt", "avseende": "om", "vederbörande": "den som",
		"beträffande": "om", "medelst": "med", "ombesörja": "ordna", "ombesörjer": "ordnar", "ifall": "om", "tillse": "se till",
		"tillser": "ser till", "därest": "om", "huruvida": "om", "ävensom": "och", "samtliga": "alla", "inkomma": "komma in",
		"inkommer": "kommer in", "föreligger": "finns", "härmed": "nu", "tillhandahålla": "ge", "tillhandahåller": "ger",
		"ånyo": "igen", "åtnjuta": "ha", "innevarande": "denna", "såsom": "som",
	},
	EN: {
		"hereby": "now", "herein": "here", "pursuant": "under", "utilise": "use", "utilize": "use", "commence": "start",
		"endeavour": "try", "aforementioned": "this", "regarding": "about", "thereof": "of it", "notwithstanding": "despite",
		"facilitate": "help", "terminate": "end",
	},
}

var (
	word     = regexp.MustCompile(`[\p{L}\p{N}{}.\-]*[\p{L}\p{N}}][\p{L}\p{N}{}.\-]*`)
	sentence = regexp.MustCompile(`[.!?:;]+(\s+|$)|\n`)
)

// Lint returns what makes a text hard to read: heavy words, with the plain word to use, and sentences over MaxWords.
// Nil means nothing was found.
func Lint(l Lang, text string) []string {
	var found []string
	for _, w := range word.FindAllString(text, -1) {
		if plain, ok := heavy[l][strings.ToLower(strings.Trim(w, ".-"))]; ok {
			found = append(found, fmt.Sprintf("write %q instead of %q", plain, w))
		}
	}
	for _, s := range sentence.Split(text, -1) {
		if n := len(word.FindAllString(s, -1)); n > MaxWords {
			found = append(found, fmt.Sprintf("a sentence has %d words, at most %d: %q", n, MaxWords, strings.TrimSpace(s)))
		}
	}
	return found
}
