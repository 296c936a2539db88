package casetype

import (
	"fmt"
	"slices"
)

// demands checks checklists and properties, and that what moves and decisions ask for can be there.
func (c *checker) demands() {
	for i, s := range c.ct.Statuses {
		seen := map[string]bool{}
		for j, item := range s.Checklist {
			c.key(fmt.Sprintf("statuses[%d].checklist[%d].key", i, j), item.Key, nameKey, seen, "item")
		}
	}
	c.properties()
	for i := range c.ct.Transitions {
		m := &c.ct.Transitions[i]
		at := fmt.Sprintf("transitions[%d]", i)
		c.asked(at, m.Documents, m.Properties)
		if j := slices.Index(m.Requires, NeedLaw); j >= 0 {
			c.fail(fmt.Sprintf("%s.requires[%d]", at, j), "law is for decisions: put it in the decision's requires")
		}
		for j, from := range m.From {
			s := c.ct.Status(from)
			if m.Needs(NeedChecklist) && s != nil && !slices.ContainsFunc(s.Checklist, func(i Item) bool { return i.Required }) {
				c.fail(fmt.Sprintf("%s.from[%d]", at, j), "the checklist is required but status %q has none with something required", from)
			}
		}
	}
	for i := range c.ct.Decisions {
		d := &c.ct.Decisions[i]
		at := fmt.Sprintf("decisions[%d]", i)
		c.asked(at, d.Documents, d.Properties)
		for j, r := range d.Requires {
			if r != NeedApproval && r != NeedLaw {
				c.fail(fmt.Sprintf("%s.requires[%d]", at, j), "a decision can require an approval or law, not %q", r)
			}
		}
	}
}

func (c *checker) properties() {
	seen := map[string]bool{}
	for i, p := range c.ct.Properties {
		at := fmt.Sprintf("properties[%d]", i)
		c.key(at+".key", p.Key, nameKey, seen, "property")
		switch {
		case p.Type == ChoiceProperty && len(p.Options) < 2:
			c.fail(at+".options", "the choice %q needs at least two options", p.Key)
		case p.Type != ChoiceProperty && len(p.Options) > 0:
			c.fail(at+".options", "options only have a meaning for a choice")
		}
		values := map[string]bool{}
		for j, o := range p.Options {
			c.key(fmt.Sprintf("%s.options[%d].value", at, j), o.Value, optionValue, values, "option")
			if len(o.Options) > 0 || o.Urgent != nil {
				c.fail(fmt.Sprintf("%s.options[%d]", at, j), "an option of a property has a value and a label only")
			}
		}
	}
}

// asked checks that the documents and properties that a step asks for are the type's.
func (c *checker) asked(at string, documents, properties []string) {
	var types, known []string
	for _, t := range c.ct.Documents {
		types = append(types, t.Key)
	}
	for _, p := range c.ct.Properties {
		known = append(known, p.Key)
	}
	for i, key := range documents {
		if !slices.Contains(types, key) {
			c.unknown(fmt.Sprintf("%s.documents[%d]", at, i), "document type", key, types)
		}
	}
	for i, key := range properties {
		if !slices.Contains(known, key) {
			c.unknown(fmt.Sprintf("%s.properties[%d]", at, i), "property", key, known)
		}
	}
}
