package casetype

import (
	"strings"

	"dygnet/internal/kernel/i18n"
	"fmt"
	"maps"
	"slices"
)

// Disclosure says that the cases are requests for public documents (TF 2 kap. and OSL 6 kap., from general knowledge), and which questions
// say what, so that a request can be made on one page or taken in over the counter. Nobody is asked who they are or why (TF 2 kap. 18 §).
type Disclosure struct {
	Wanted string   `yaml:"wanted" need:"yes"` // question: which document, in words
	Holder string   `yaml:"holder"`            // question: who holds it
	Unsure string   `yaml:"unsure"`            // the option of that question for one who does not know
	Way    string   `yaml:"way" need:"yes"`    // question: how they want it
	Ways   []string `yaml:"ways" need:"yes"`   // its options that need no more than an e-mail address; the first is chosen from the start
	Email  string   `yaml:"email"`             // question: where to send it by e-mail

	Answer Reply `yaml:"answer" need:"yes"`
}

// Reply is the words of an officer's first answer, which is no decision. {lagrum} is the provision and {forbehall} the condition.
type Reply struct {
	Given    i18n.Text `yaml:"given" need:"yes"`    // something is handed out whole
	Masked   i18n.Text `yaml:"masked" need:"yes"`   // a copy without what is secret
	Reserved i18n.Text `yaml:"reserved" need:"yes"` // with a condition on how it is used
	Refused  i18n.Text `yaml:"refused" need:"yes"`
	Review   i18n.Text `yaml:"review" need:"yes"` // that a decision of the authority can be had, and appealed (OSL 6 kap. 3 §)
}

// Placeholders of a Reply.
const (
	AnswerLaw       = "{lagrum}"
	AnswerCondition = "{forbehall}"
)

// disclosure checks that the questions are there and can be asked on one page.
func (c *checker) disclosure() {
	d := c.ct.Disclosure
	if d == nil {
		return
	}
	keys := slices.Sorted(maps.Keys(c.ct.byKey))
	ask := func(at, key string, types ...QuestionType) *question {
		q := c.ct.byKey[key]
		switch {
		case q == nil:
			c.unknown("disclosure."+at, "question", key, keys)
		case !slices.Contains(types, q.Type):
			c.fail("disclosure."+at, "question %q must be of type %s", key, types[0])
			return nil
		}
		return q
	}
	option := func(at string, q *question, value string) {
		if q == nil {
			return
		}
		var values []string
		for _, o := range q.Options {
			values = append(values, o.Value)
		}
		if !slices.Contains(values, value) {
			c.unknown(at, "option", value, values)
		}
	}
	ask("wanted", d.Wanted, TypeTextarea, TypeText)
	way := ask("way", d.Way, TypeChoice)
	for i, w := range d.Ways {
		option(fmt.Sprintf("disclosure.ways[%d]", i), way, w)
	}
	if len(d.Ways) == 0 {
		c.fail("disclosure.ways", "at least one way to get the document is needed")
	}
	if d.Email != "" {
		ask("email", d.Email, TypeEmail)
	}
	if d.Holder != "" {
		option("disclosure.unsure", ask("holder", d.Holder, TypeChoice), d.Unsure)
	}
	for at, text := range map[string]i18n.Text{"masked": d.Answer.Masked, "reserved": d.Answer.Reserved, "refused": d.Answer.Refused} {
		for _, l := range i18n.Languages() {
			if !strings.Contains(text[l], AnswerLaw) {
				c.fail("disclosure.answer."+at+"."+string(l), "say with %s on what provision", AnswerLaw)
			}
		}
	}
	if !c.ct.Auth.Anonymous {
		c.fail("auth.anonymous", "nobody who asks for a public document may be asked who they are (TF 2 kap. 18 §); set anonymous: true")
	}
}
