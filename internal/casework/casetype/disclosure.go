package casetype

import (
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
}

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
	if !c.ct.Auth.Anonymous {
		c.fail("auth.anonymous", "nobody who asks for a public document may be asked who they are (TF 2 kap. 18 §); set anonymous: true")
	}
}
